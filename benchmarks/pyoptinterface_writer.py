"""Writes a program from a file with pyoptinterface: `python -m benchmarks.pyoptinterface_writer FILE` prints seconds and rows.

It must not import highspy, so it takes bare arrays.
"""

import sys
import time
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyoptinterface as poi
from pyoptinterface import highs

Arrays = Mapping[str, npt.NDArray[np.float64]]
"""The program: cost, bounds, and its matrix row by row."""


def write(program: Arrays) -> int:
    """A variable a column, a linear expression a row; gives the number of rows written."""
    model = highs.Model()
    bounds = zip(program["column_lower"].tolist(), program["column_upper"].tolist(), strict=True)
    numbers = np.array([model.add_variable(lb=low, ub=high).index for low, high in bounds])
    model.set_objective(poi.ScalarAffineFunction(program["cost"], numbers), poi.ObjectiveSense.Minimize)
    starts, columns, values = program["starts"].tolist(), numbers[program["indices"]], program["values"]
    limits = zip(program["row_lower"].tolist(), program["row_upper"].tolist(), strict=True)
    for row, (low, high) in enumerate(limits):
        span = slice(starts[row], starts[row + 1])
        terms = poi.ScalarAffineFunction(values[span], columns[span])
        if low == high:
            model.add_linear_constraint(terms, poi.ConstraintSense.Equal, high)
        elif np.isinf(low):
            model.add_linear_constraint(terms, poi.ConstraintSense.LessEqual, high)
        else:
            model.add_linear_constraint(terms, poi.ConstraintSense.GreaterEqual, low)
    return len(starts) - 1


def main() -> None:
    """Write the program of the file that is named."""
    with np.load(sys.argv[1]) as file:
        program = dict(file)
    wall, cpu = time.perf_counter(), time.process_time()
    rows = write(program)
    print(time.perf_counter() - wall, time.process_time() - cpu, rows)


if __name__ == "__main__":
    main()

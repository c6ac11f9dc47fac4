"""Writing a program down as MPS, by HiGHS."""

import tempfile
from pathlib import Path
from typing import Any

import highspy
from highspy._core import _Highs

from solvers.errors import SolverError
from solvers.lp.linear_program import LinearProgram


def format_mps(lp: LinearProgram, columns: list[str], rows: list[str]) -> str:
    """The program as free-format MPS with these names, every digit kept; raises SolverRefused if HiGHS will not write it."""
    model = highspy.HighsLp()
    model.num_col_, model.num_row_, model.offset_ = lp.column_count, lp.row_count, lp.offset
    model.col_cost_, model.col_lower_, model.col_upper_ = lp.cost, lp.column_lower, lp.column_upper
    model.row_lower_, model.row_upper_ = lp.row_lower, lp.row_upper
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_, model.a_matrix_.index_ = lp.matrix.indptr, lp.matrix.indices
    model.a_matrix_.value_ = lp.matrix.data
    model.col_names_, model.row_names_ = columns, rows
    # highspy's type stubs lack a third of its methods.
    highs: Any = _Highs()
    highs.setOptionValue("output_flag", False)
    with tempfile.TemporaryDirectory(prefix="allot-") as folder:
        path = Path(folder) / "program.mps"
        for status in (highs.passModel(model), highs.writeModel(str(path))):
            if status == highspy.HighsStatus.kError:
                raise SolverError("HiGHS would not write the program")
        return path.read_text()

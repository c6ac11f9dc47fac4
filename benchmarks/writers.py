"""The same program written in modelling libraries, the fastest way each of them knows.

They are handed finished coefficients and only write them down, while Allot's `build` computes them from the problem as well; so the
ratios are lower bounds of what a user would gain. What they make is the library's own model, ready to be solved, not yet handed over.
"""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import linopy
import numpy as np
import pulp
import xarray as xr

from benchmarks.measuring import Measured, timed
from solvers.lp.linear_program import IntArray, LinearProgram

Writer = Callable[[LinearProgram], Measured]
"""Writes a program; the note is its number of rows as the library counts them."""


def _relations(lp: LinearProgram) -> tuple[IntArray, IntArray, IntArray]:
    """Rows that are equations, rows with a greatest and rows with a least activity; a row may be in both of the last."""
    equal = lp.row_lower == lp.row_upper
    at_most, at_least = ~equal & np.isfinite(lp.row_upper), ~equal & np.isfinite(lp.row_lower)
    return tuple(np.flatnonzero(kind) for kind in (equal, at_most, at_least))  # type: ignore[return-value]


def _pulp(lp: LinearProgram) -> int:
    """PuLP: a variable object a column, an affine expression a row, from dictionaries (not by adding up terms)."""
    model = pulp.LpProblem("program", pulp.LpMinimize)
    bounds = zip(lp.column_lower.tolist(), lp.column_upper.tolist(), strict=True)
    columns = [pulp.LpVariable(f"x{k}", low, None if high == np.inf else high) for k, (low, high) in enumerate(bounds)]
    model.setObjective(pulp.LpAffineExpression(dict(zip(columns, lp.cost.tolist(), strict=True))))
    by_row = lp.matrix.tocsr()
    starts, indices, values = by_row.indptr.tolist(), by_row.indices.tolist(), by_row.data.tolist()
    senses = (pulp.LpConstraintEQ, pulp.LpConstraintLE, pulp.LpConstraintGE)
    limits = (lp.row_upper, lp.row_upper, lp.row_lower)
    for rows, sense, limit in zip(_relations(lp), senses, limits, strict=True):
        for row in rows.tolist():
            span = slice(starts[row], starts[row + 1])
            terms = {columns[c]: v for c, v in zip(indices[span], values[span], strict=True)}
            expression = pulp.LpAffineExpression(terms)
            model.addConstraint(pulp.LpConstraint(expression, sense, f"r{sense}{row}", float(limit[row])))
    return len(model.constraints)


def _linopy(lp: LinearProgram) -> int:
    """linopy: all columns as one array, rows in blocks of nearly equal length, so that little is padded."""
    model = linopy.Model()
    x = model.add_variables(lower=lp.column_lower, upper=lp.column_upper, dims=["column"], name="x")
    model.add_objective((x * xr.DataArray(lp.cost, dims=["column"])).sum())
    by_row = lp.matrix.tocsr()
    length = np.diff(by_row.indptr)
    limits = (lp.row_upper, lp.row_upper, lp.row_lower)
    for rows, sense, limit in zip(_relations(lp), ("=", "<=", ">="), limits, strict=True):
        size = np.ceil(np.log2(np.maximum(length[rows], 1))).astype(int)
        for k in np.unique(size).tolist():
            block = rows[size == k]
            left = _padded(lp, x, block, 2**k)
            right = xr.DataArray(limit[block], dims=[f"row{sense}{k}"])
            model.add_constraints(left.rename({"row": f"row{sense}{k}"}), sense, right, name=f"rows{sense}{k}")
    return int(model.ncons)


def _padded(lp: LinearProgram, x: linopy.Variable, rows: IntArray, width: int) -> linopy.LinearExpression:
    """Rows of at most `width` terms as one expression; −1 marks a term that is not there."""
    part = lp.matrix.tocsr()[rows]
    line = np.repeat(np.arange(len(rows)), np.diff(part.indptr))
    place = np.arange(part.nnz) - part.indptr[line]
    columns, values = np.full((len(rows), width), -1), np.full((len(rows), width), np.nan)
    columns[line, place], values[line, place] = x.labels.values[part.indices], part.data
    terms = xr.Dataset({"coeffs": (("row", "_term"), values), "vars": (("row", "_term"), columns)})
    return linopy.LinearExpression(terms, x.model)


def pyoptinterface_model(lp: LinearProgram) -> Measured:
    """pyoptinterface, in a process of its own: its HiGHS and highspy's do not live in one process."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "program.npz"
        matrix = lp.matrix.tocsr()
        np.savez(
            file,
            cost=lp.cost,
            column_lower=lp.column_lower,
            column_upper=lp.column_upper,
            row_lower=lp.row_lower,
            row_upper=lp.row_upper,
            starts=matrix.indptr,
            indices=matrix.indices,
            values=matrix.data,
        )
        command = [sys.executable, "-m", "benchmarks.pyoptinterface_writer", str(file)]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    wall, cpu, rows = said.splitlines()[-1].split()
    return Measured(float(wall), float(cpu), 0.0, f"{rows} rows")


WRITERS: Mapping[str, Writer] = {
    "pulp": lambda lp: timed(lambda: f"{_pulp(lp)} rows"),
    "linopy": lambda lp: timed(lambda: f"{_linopy(lp)} rows"),
    "pyoptinterface": pyoptinterface_model,
}
"""Libraries that write the program, by name."""

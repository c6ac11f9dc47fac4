"""CBC, and any other solver PuLP knows and this machine has, solving the arrays through PuLP.

Slow to hand over (a Python object per column and row) and so never the default: a different code path to the same optimum.
Ranged rows become two constraints, since PuLP has none; free rows are left out.
"""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import numpy as np
import pulp

from solvers.backends.base import Feature, SolveOptions
from solvers.backends.trivial_cases import require, settle, tell_apart
from solvers.errors import SolverUnavailable
from solvers.lp.linear_program import FloatArray, IntArray, LinearProgram
from solvers.lp.solution import Basis, OnProgress, Solution, Stop

CBC = "CBC"
"""The CBC that comes with PuLP."""

_STOPS: dict[int, Stop] = {
    pulp.LpStatusNotSolved: Stop("limit", "time"),
    pulp.LpStatusOptimal: Stop("optimal"),
    pulp.LpStatusInfeasible: Stop("infeasible"),
    pulp.LpStatusUnbounded: Stop("unbounded"),
    pulp.LpStatusUndefined: Stop("numerical"),
}
_SOLUTION_STOPS: dict[int, Stop] = {
    pulp.LpSolutionNoSolutionFound: Stop("limit", "time"),
    pulp.LpSolutionOptimal: Stop("optimal"),
    pulp.LpSolutionIntegerFeasible: Stop("limit", "time"),
    pulp.LpSolutionInfeasible: Stop("infeasible"),
    pulp.LpSolutionUnbounded: Stop("unbounded"),
}


def stop_of(status: int, solution_status: int) -> Stop:
    """What PuLP's two statuses mean together: CBC stopped by its time limit is `Optimal` in the first, the truth in the second."""
    stop = _STOPS[status]
    if stop.reason == "optimal":
        stop = _SOLUTION_STOPS[solution_status]
    return Stop(stop.reason, stop.limit, f"PuLP: {pulp.LpStatus[status]}, {pulp.LpSolution[solution_status]}")


@dataclass(frozen=True, slots=True)
class _Model:
    """A program as PuLP holds it."""

    problem: pulp.LpProblem
    columns: list[pulp.LpVariable]
    constraints: list[pulp.LpConstraint]
    rows: IntArray
    """Row of the arrays that each constraint stands for."""


class PulpBackend:
    """A solver of PuLP as a backend; `solver` is PuLP's name for it."""

    features = frozenset({Feature.DUALS, Feature.TIME_LIMIT})
    """What it can do. The solver may be another process that PuLP waits for, so it cannot be told to stop."""

    def __init__(self, name: str, solver: str) -> None:
        self.name = name
        self._pulp_name = solver
        self._solver = f"PuLP {pulp.VERSION} {solver}"
        if solver != CBC and solver not in pulp.listSolvers():
            raise SolverUnavailable(f"PuLP knows no solver {solver}")
        if not self._pulp_solver(SolveOptions(), Path()).available():
            raise SolverUnavailable(f"PuLP finds no solver {solver} on this machine")

    def solve(
        self,
        lp: LinearProgram,
        options: SolveOptions,
        *,
        start: Basis | None = None,
        on_progress: OnProgress | None = None,  # noqa: ARG002 — PuLP tells nothing while it waits
    ) -> Solution:
        """Solve; refuses a start."""
        require(self, start)
        settled = settle(lp, options.tolerance, self._solver)
        if settled is not None:
            return settled
        solution = self._run(lp, options)
        if solution.stop.reason in {"infeasible", "unbounded"}:
            return tell_apart(solution, lp, options, self._run)
        return solution

    def _run(self, lp: LinearProgram, options: SolveOptions) -> Solution:
        model = _build(lp)
        began = monotonic()
        with TemporaryDirectory() as folder:
            saved = Path(folder) / "solution"
            try:
                model.problem.solve(self._pulp_solver(options, saved))
            except pulp.PulpError as error:
                return Solution(Stop("error", detail=f"PuLP: {error}"), None, None, solver=self._solver)
            values, prices = _read_saved(saved, model) if saved.exists() else _read(model)
        return Solution(
            stop_of(model.problem.status, model.problem.sol_status),
            values,
            None if prices is None else _by_row(model, prices, lp.rows),
            seconds=monotonic() - began,
            solver=self._solver,
        )

    def _pulp_solver(self, options: SolveOptions, saved: Path) -> pulp.LpSolver:
        limit = options.time_limit_seconds
        if self._pulp_name != CBC:
            return pulp.getSolver(self._pulp_name, msg=False, timeLimit=limit)
        # CBC prints eight digits into the file that PuLP reads; its own saved solution holds whole doubles.
        extra = [
            f"primalTolerance {options.tolerance}",
            f"dualTolerance {options.tolerance}",
            "timeMode elapsed",
            "initialSolve",
            f"saveSolution {saved}",
        ]
        path = pulp.PULP_CBC_CMD.pulp_cbc_path
        return pulp.COIN_CMD(path=path, mip=False, msg=False, timeLimit=limit, options=extra)


def _build(lp: LinearProgram) -> _Model:
    """The arrays as a PuLP problem."""
    problem = pulp.LpProblem("program", pulp.LpMinimize)
    lower = [low if np.isfinite(low) else None for low in lp.column_lower.tolist()]
    upper = [high if np.isfinite(high) else None for high in lp.column_upper.tolist()]
    width = len(str(max(lp.columns, lp.rows)))
    columns = [
        problem.add_variable(f"x{j:0{width}}", low, high)
        for j, (low, high) in enumerate(zip(lower, upper, strict=True))
    ]
    # The objective names every column, zero cost or not: PuLP forgets a column that nothing names.
    problem.setObjective(pulp.LpAffineExpression(zip(columns, lp.cost.tolist(), strict=True), constant=lp.offset))
    a = lp.matrix.tocsr()
    starts, indices, data = a.indptr.tolist(), a.indices.tolist(), a.data.tolist()
    constraints: list[pulp.LpConstraint] = []
    rows: list[int] = []
    for i, (low, high) in enumerate(zip(lp.row_lower.tolist(), lp.row_upper.tolist(), strict=True)):
        span = slice(starts[i], starts[i + 1])
        terms = [(columns[j], value) for j, value in zip(indices[span], data[span], strict=True)]
        for sense, bound in _sides(low, high):
            name = f"r{i:0{width}}{'e' if sense == 0 else 'l' if sense < 0 else 'g'}"
            constraint = pulp.LpConstraint(pulp.LpAffineExpression(terms), sense, name, bound)
            problem.addConstraint(constraint)
            constraints.append(constraint)
            rows.append(i)
    return _Model(problem, columns, constraints, np.array(rows, dtype=np.int64))


def _sides(low: float, high: float) -> list[tuple[int, float]]:
    """The constraints that a row takes in PuLP: sense (−1 ≤, 0 =, 1 ≥) and bound."""
    if low == high:
        return [(0, low)]
    return [(sense, bound) for sense, bound in ((1, low), (-1, high)) if np.isfinite(bound)]


def _by_row(model: _Model, prices: FloatArray, rows: int) -> FloatArray:
    """Price by row of the arrays: the sum over the constraints it became, of which at most one binds."""
    total = np.zeros(rows)
    np.add.at(total, model.rows, prices)
    return total


def _read(model: _Model) -> tuple[FloatArray | None, FloatArray | None]:
    """Values and prices from PuLP's objects, each None if some are missing."""
    values = [column.varValue for column in model.columns]
    prices = [constraint.pi for constraint in model.constraints]
    return (
        None if None in values else np.array(values, dtype=np.float64),
        None if None in prices else np.array(prices, dtype=np.float64),
    )


def _read_saved(saved: Path, model: _Model) -> tuple[FloatArray | None, FloatArray | None]:
    """Values and prices from CBC's saved solution: two counts, the objective, then rows and columns, activities before prices."""
    raw = saved.read_bytes()
    m, n = (int(count) for count in np.frombuffer(raw, np.int32, 2))
    if (m, n) != (len(model.constraints), len(model.columns)):
        return None, None
    numbers = np.frombuffer(raw, np.float64, offset=16)
    return numbers[2 * m : 2 * m + n].copy(), numbers[m : 2 * m].copy()

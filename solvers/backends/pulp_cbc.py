"""CBC and other solvers through PuLP: an independent code path to the same optimum.

Building the model is slow (one Python object per variable and constraint), so PuLP is never the default.
PuLP has no ranged constraints: a ranged row becomes two constraints, and a free row is omitted.
"""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import numpy as np
import pulp

from solvers.backends.base import Feature, SolveOptions
from solvers.backends.trivial_cases import presolve_trivial, require_features, resolve_infeasible_or_unbounded
from solvers.errors import SolverUnavailableError
from solvers.lp.linear_program import FloatArray, IntArray, LinearProgram
from solvers.lp.solution import Basis, OnProgress, Solution, Termination

CBC = "CBC"
"""Name of the CBC build that PuLP includes."""

_TERMINATIONS: dict[int, Termination] = {
    pulp.LpStatusNotSolved: Termination("limit", "time"),
    pulp.LpStatusOptimal: Termination("optimal"),
    pulp.LpStatusInfeasible: Termination("infeasible"),
    pulp.LpStatusUnbounded: Termination("unbounded"),
    pulp.LpStatusUndefined: Termination("numerical"),
}
_SOLUTION_TERMINATIONS: dict[int, Termination] = {
    pulp.LpSolutionNoSolutionFound: Termination("limit", "time"),
    pulp.LpSolutionOptimal: Termination("optimal"),
    pulp.LpSolutionIntegerFeasible: Termination("limit", "time"),
    pulp.LpSolutionInfeasible: Termination("infeasible"),
    pulp.LpSolutionUnbounded: Termination("unbounded"),
}


def termination_of(status: int, solution_status: int) -> Termination:
    """Translate the two statuses of PuLP. At its time limit, CBC has the first status `Optimal`; only the second is correct."""
    stop = _TERMINATIONS[status]
    if stop.reason == "optimal":
        stop = _SOLUTION_TERMINATIONS[solution_status]
    return Termination(stop.reason, stop.limit, f"PuLP: {pulp.LpStatus[status]}, {pulp.LpSolution[solution_status]}")


@dataclass(frozen=True, slots=True)
class _PulpModel:
    """A program as PuLP objects."""

    problem: pulp.LpProblem
    columns: list[pulp.LpVariable]
    constraints: list[pulp.LpConstraint]
    rows: IntArray
    """Row of the arrays, by constraint of PuLP."""


class PulpBackend:
    """A solver of PuLP as a backend; `solver` is its name in PuLP."""

    features = frozenset({Feature.DUALS, Feature.TIME_LIMIT})
    """Capabilities of the backend. The solver may run as a child process of PuLP, so cancellation is not supported."""

    def __init__(self, name: str, solver: str) -> None:
        self.name = name
        self._pulp_name = solver
        self._solver = f"PuLP {pulp.VERSION} {solver}"
        if solver != CBC and solver not in pulp.listSolvers():
            raise SolverUnavailableError(f"PuLP has no solver {solver}")
        if not self._build_pulp_solver(SolveOptions(), Path()).available():
            raise SolverUnavailableError(f"solver {solver} of PuLP is not available on this machine")

    def solve_program(
        self,
        lp: LinearProgram,
        options: SolveOptions,
        *,
        start: Basis | None = None,
        on_progress: OnProgress | None = None,  # noqa: ARG002
    ) -> Solution:
        """Solve the program; rejects `start`."""
        require_features(self, start)
        trivial = presolve_trivial(lp, options.tolerance, self._solver)
        if trivial is not None:
            return trivial
        solution = self._solve_with_pulp(lp, options)
        if solution.termination.reason in {"infeasible", "unbounded"}:
            return resolve_infeasible_or_unbounded(solution, lp, options, self._solve_with_pulp)
        return solution

    def _solve_with_pulp(self, lp: LinearProgram, options: SolveOptions) -> Solution:
        model = _build_pulp_model(lp)
        started = monotonic()
        with TemporaryDirectory() as folder:
            solution_file = Path(folder) / "solution"
            try:
                model.problem.solve(self._build_pulp_solver(options, solution_file))
            except pulp.PulpError as error:
                return Solution(Termination("error", detail=f"PuLP: {error}"), None, None, solver=self._solver)
            values, duals = (
                _read_saved_solution(solution_file, model) if solution_file.exists() else _read_model_values(model)
            )
        return Solution(
            termination_of(model.problem.status, model.problem.sol_status),
            values,
            None if duals is None else _combine_row_duals(model, duals, lp.row_count),
            seconds=monotonic() - started,
            solver=self._solver,
        )

    def _build_pulp_solver(self, options: SolveOptions, solution_file: Path) -> pulp.LpSolver:
        limit = options.time_limit_seconds
        if self._pulp_name != CBC:
            return pulp.getSolver(self._pulp_name, msg=False, timeLimit=limit)
        # The solution file that PuLP reads has eight digits; the file of `saveSolution` has full precision.
        extra = [
            f"primalTolerance {options.tolerance}",
            f"dualTolerance {options.tolerance}",
            "timeMode elapsed",
            "initialSolve",
            f"saveSolution {solution_file}",
        ]
        path = pulp.PULP_CBC_CMD.pulp_cbc_path
        return pulp.COIN_CMD(path=path, mip=False, msg=False, timeLimit=limit, options=extra)


def _build_pulp_model(lp: LinearProgram) -> _PulpModel:
    """Build the PuLP model of the arrays."""
    problem = pulp.LpProblem("program", pulp.LpMinimize)
    lower = [low if np.isfinite(low) else None for low in lp.column_lower.tolist()]
    upper = [high if np.isfinite(high) else None for high in lp.column_upper.tolist()]
    width = len(str(max(lp.column_count, lp.row_count)))
    columns = [
        problem.add_variable(f"x{j:0{width}}", low, high)
        for j, (low, high) in enumerate(zip(lower, upper, strict=True))
    ]
    # Include variables with zero cost in the objective: PuLP drops variables that occur nowhere.
    problem.setObjective(pulp.LpAffineExpression(zip(columns, lp.cost.tolist(), strict=True), constant=lp.offset))
    a = lp.matrix.tocsr()
    starts, indices, data = a.indptr.tolist(), a.indices.tolist(), a.data.tolist()
    constraints: list[pulp.LpConstraint] = []
    rows: list[int] = []
    for i, (low, high) in enumerate(zip(lp.row_lower.tolist(), lp.row_upper.tolist(), strict=True)):
        entries = slice(starts[i], starts[i + 1])
        terms = [(columns[j], value) for j, value in zip(indices[entries], data[entries], strict=True)]
        for sense, bound in _split_row_bounds(low, high):
            name = f"r{i:0{width}}{'e' if sense == 0 else 'l' if sense < 0 else 'g'}"
            constraint = pulp.LpConstraint(pulp.LpAffineExpression(terms), sense, name, bound)
            problem.addConstraint(constraint)
            constraints.append(constraint)
            rows.append(i)
    return _PulpModel(problem, columns, constraints, np.array(rows, dtype=np.int64))


def _split_row_bounds(low: float, high: float) -> list[tuple[int, float]]:
    """Return the PuLP constraints of a row as pairs of sense (−1 ≤, 0 =, 1 ≥) and bound."""
    if low == high:
        return [(0, low)]
    return [(sense, bound) for sense, bound in ((1, low), (-1, high)) if np.isfinite(bound)]


def _combine_row_duals(model: _PulpModel, duals: FloatArray, row_count: int) -> FloatArray:
    """Return the dual value of each row: the sum over its PuLP constraints, of which at most one is binding."""
    total = np.zeros(row_count)
    np.add.at(total, model.rows, duals)
    return total


def _read_model_values(model: _PulpModel) -> tuple[FloatArray | None, FloatArray | None]:
    """Read values and dual values from the PuLP objects; None where one is missing."""
    values = [column.varValue for column in model.columns]
    duals = [constraint.pi for constraint in model.constraints]
    return (
        None if None in values else np.array(values, dtype=np.float64),
        None if None in duals else np.array(duals, dtype=np.float64),
    )


def _read_saved_solution(solution_file: Path, model: _PulpModel) -> tuple[FloatArray | None, FloatArray | None]:
    """Read values and dual values from a `saveSolution` file of CBC.

    Layout: two counts, the objective, then activities and duals of the rows, then values and reduced costs of the columns.
    """
    raw = solution_file.read_bytes()
    m, n = (int(count) for count in np.frombuffer(raw, np.int32, 2))
    if (m, n) != (len(model.constraints), len(model.columns)):
        return None, None
    numbers = np.frombuffer(raw, np.float64, offset=16)
    return numbers[2 * m : 2 * m + n].copy(), numbers[m : 2 * m].copy()

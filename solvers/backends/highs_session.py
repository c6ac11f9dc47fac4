"""A HiGHS session: load a program once, then change it and re-solve it from the current basis (warm start).

All data passes in bulk as arrays; no method loops over rows or columns.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from time import monotonic
from typing import Any, Literal

import highspy
import numpy as np
import numpy.typing as npt
from highspy import HighsBasisStatus, HighsModelStatus, HighsStatus
from highspy._core import _Highs

from solvers.backends.base import ProgressReporter, WatchProgress
from solvers.backends.solver_callbacks import register_solver_callbacks
from solvers.backends.trivial_cases import validate_program
from solvers.errors import SolverError
from solvers.lp.linear_program import FloatArray, IntArray, LinearProgram
from solvers.lp.solution import Basis, BasisStatus, OnProgress, Solution, Termination

LEAST_HIGHS_TOLERANCE = 1e-10
"""Smallest feasibility tolerance that HiGHS takes."""

RULES_WITH_A_CLOCK = 1 << 10 | 1 << 11
"""Presolve rules that HiGHS ends after a hundredth of its time limit, but after a second at the earliest: the search for dependent
equations and for dependent free columns. What presolve removes, and so the optimal vertex, would depend on the load."""

MOST_ITERATIONS = 2**31 - 1
"""Simplex iterations without a limit of their own."""

Method = Literal[
    "dual",
    "primal",
    "primal-unperturbed",
    "ipm",
    "ipm-primal-cleanup",
    "ipm-without-crossover",
    "dual-devex",
    "dual-steepest-edge",
]
"""A method of HiGHS.

`dual`, `primal`: simplex with default options.
`primal-unperturbed`: primal simplex whose points are feasible wherever it is stopped. `ipm`: interior point with crossover.
`ipm-primal-cleanup`: interior point with crossover, then primal simplex without perturbation for the clean-up.
`ipm-without-crossover`: interior point alone, which gives values and dual values near a vertex but no basis.
`dual-devex`, `dual-steepest-edge`: dual simplex without perturbation, for a warm start from the basis of a similar program.
"""

METHOD_NAMES: Mapping[Method, str] = {
    "dual": "dual simplex",
    "primal": "primal simplex",
    "primal-unperturbed": "primal simplex",
    "ipm": "interior point",
    "ipm-primal-cleanup": "interior point",
    "ipm-without-crossover": "interior point",
    "dual-devex": "dual simplex",
    "dual-steepest-edge": "dual simplex",
}
"""Method name in `Solution.solver`."""

_DEFAULT_OPTIONS: dict[str, str | int | float] = {
    "solver": "simplex",
    "simplex_strategy": 1,
    "simplex_dual_edge_weight_strategy": -1,
    "dual_simplex_cost_perturbation_multiplier": 1.0,
    "primal_simplex_bound_perturbation_multiplier": 1.0,
    "start_crossover_tolerance": 1e-8,
}
_UNPERTURBED = {"dual_simplex_cost_perturbation_multiplier": 0.0, "primal_simplex_bound_perturbation_multiplier": 0.0}
_PRIMAL, _DEVEX = 4, 1

METHOD_OPTIONS: Mapping[Method, Mapping[str, str | int | float]] = {
    "dual": _DEFAULT_OPTIONS,
    "primal": _DEFAULT_OPTIONS | {"simplex_strategy": _PRIMAL},
    "primal-unperturbed": _DEFAULT_OPTIONS | _UNPERTURBED | {"simplex_strategy": _PRIMAL},
    "ipm": _DEFAULT_OPTIONS | {"solver": "ipm", "run_crossover": "on"},
    # By default HiGHS cleans up the basis after crossover by dual simplex with perturbed costs. For the crisis year that takes
    # 10,471 iterations (18 s), although the basis is 1e-6 from optimal; primal simplex takes 8 iterations (decision 0017).
    # With the default tolerance of 1e-8, interior point can end without crossover at a point with a gap of 1e-14 (decision 0048).
    "ipm-primal-cleanup": _DEFAULT_OPTIONS
    | _UNPERTURBED
    | {"solver": "ipm", "run_crossover": "on", "simplex_strategy": _PRIMAL, "start_crossover_tolerance": 1e-5},
    "ipm-without-crossover": _DEFAULT_OPTIONS | {"solver": "ipm", "run_crossover": "off"},
    # Initial steepest-edge weights of a basis that is not the slack basis cost 2 s for a year's program; Devex weights cost none.
    "dual-devex": _DEFAULT_OPTIONS | _UNPERTURBED | {"simplex_dual_edge_weight_strategy": _DEVEX},
    "dual-steepest-edge": _DEFAULT_OPTIONS | _UNPERTURBED,
}
"""Options of HiGHS by method. Each method sets all of these options, so that no option of an earlier run remains."""

HIGHS_VERSION = f"{highspy.HIGHS_VERSION_MAJOR}.{highspy.HIGHS_VERSION_MINOR}.{highspy.HIGHS_VERSION_PATCH}"
"""Version of HiGHS."""

_TERMINATIONS: dict[str, Termination] = {
    "kNotset": Termination("error"),
    "kLoadError": Termination("error"),
    "kModelError": Termination("error"),
    "kPresolveError": Termination("error"),
    "kSolveError": Termination("numerical"),
    "kPostsolveError": Termination("numerical"),
    "kModelEmpty": Termination("optimal"),
    "kOptimal": Termination("optimal"),
    "kInfeasible": Termination("infeasible"),
    "kUnboundedOrInfeasible": Termination("numerical"),
    "kUnbounded": Termination("unbounded"),
    "kObjectiveBound": Termination("limit"),
    "kObjectiveTarget": Termination("limit"),
    "kTimeLimit": Termination("limit", "time"),
    "kIterationLimit": Termination("limit", "iterations"),
    "kUnknown": Termination("numerical"),
    "kSolutionLimit": Termination("limit"),
    "kInterrupt": Termination("cancelled"),
    "kHighsInterrupt": Termination("cancelled"),
    "kMemoryLimit": Termination("limit", "memory"),
}
_STATUS_CODES = np.array([HighsBasisStatus(code) for code in range(5)], dtype=object)


def create_highs() -> Any:
    """Create a HiGHS object with the options that all objects of a thread have: no output, no presolve by the clock, one thread.

    HiGHS keeps one pool of threads for each thread that calls it. Its simplex and interior point use none of them, and branch and
    bound without parallel search only lets them wait, at the cost of processor time.
    """
    highs: Any = _Highs()  # the type stubs of highspy lack a third of its methods
    for name, value in (("output_flag", False), ("presolve_rule_off", RULES_WITH_A_CLOCK), ("threads", 1)):
        if highs.setOptionValue(name, value) == HighsStatus.kError:
            raise SolverError(f"HiGHS failed to set {name} to {value}")
    return highs


def termination_of(status: HighsModelStatus) -> Termination:
    """Translate a model status of HiGHS; the detail is its name in HiGHS."""
    stop = _TERMINATIONS[status.name]
    return Termination(stop.reason, stop.limit, f"HiGHS: {status.name.removeprefix('k')}")


class HighsSession:
    """A program loaded into HiGHS; not thread-safe.

    Changes keep the basis, and the next solve starts from it: use primal simplex after a change of costs, and dual simplex after
    a change of bounds. Each method raises `SolverError` if HiGHS rejects the request.
    """

    def __init__(self, lp: LinearProgram, *, tolerance: float = 1e-7) -> None:
        validate_program(lp)
        self._highs = create_highs()
        accepted = max(tolerance, LEAST_HIGHS_TOLERANCE)
        self.set_option("primal_feasibility_tolerance", accepted)
        self.set_option("dual_feasibility_tolerance", accepted)
        self.set_option("ipm_optimality_tolerance", min(accepted, 1e-8))
        a = lp.matrix
        self._require_success(
            self._highs.passModel(
                lp.column_count,
                lp.row_count,
                a.nnz,
                int(highspy.MatrixFormat.kColwise),
                int(highspy.ObjSense.kMinimize),
                lp.offset,
                lp.cost,
                lp.column_lower,
                lp.column_upper,
                lp.row_lower,
                lp.row_upper,
                a.indptr.astype(np.int32),
                a.indices.astype(np.int32),
                a.data,
                np.zeros(lp.column_count, dtype=np.int32),
            ),
            "load the program",
        )

    @property
    def column_count(self) -> int:
        """Number of variables."""
        return int(self._highs.getNumCol())

    @property
    def row_count(self) -> int:
        """Number of constraints."""
        return int(self._highs.getNumRow())

    @property
    def objective_value(self) -> float:
        """Objective at the current point, including the constant term."""
        return float(self._highs.getInfo().objective_function_value)

    @property
    def iteration_count(self) -> int:
        """Simplex iterations of the last solve."""
        return max(int(self._highs.getInfo().simplex_iteration_count), 0)

    @property
    def is_infeasible(self) -> bool:
        """Whether the last solve found the constraints and bounds infeasible."""
        return termination_of(self._highs.getModelStatus()).reason == "infeasible"

    def find_iis(self, time_limit_seconds: float) -> tuple[IntArray, IntArray]:
        """Return the rows and columns of an irreducible infeasible subset; empty arrays if HiGHS finds none in time."""
        self.set_option("iis_strategy", 6)  # from the LP (2), made irreducible (4)
        self.set_option("iis_time_limit", time_limit_seconds)
        self.set_option("time_limit", time_limit_seconds)
        _, iis = self._highs.getIis()
        rows, columns = (np.asarray(positions, dtype=np.int64) for positions in (iis.row_index_, iis.col_index_))
        return rows, columns

    def set_option(self, name: str, value: str | float | bool) -> None:
        """Set an option of HiGHS by name."""
        self._require_success(self._highs.setOptionValue(name, value), f"set {name} to {value}")

    def change_costs(self, columns: IntArray, costs: FloatArray) -> None:
        """Change the costs of variables; positions (k,), costs (k,)."""
        self._require_success(self._highs.changeColsCost(len(columns), _to_int32(columns), costs), "change costs")

    def change_column_bounds(self, columns: IntArray, lower: FloatArray, upper: FloatArray) -> None:
        """Change the bounds of variables; positions (k,), bounds (k,)."""
        self._require_success(
            self._highs.changeColsBounds(len(columns), _to_int32(columns), lower, upper), "change column bounds"
        )

    def change_row_bounds(self, rows: IntArray, lower: FloatArray, upper: FloatArray) -> None:
        """Change the bounds of constraints; positions (k,), bounds (k,)."""
        self._require_success(
            self._highs.changeRowsBounds(len(rows), _to_int32(rows), lower, upper), "change row bounds"
        )

    def set_basis(self, basis: Basis) -> None:
        """Set the current basis; HiGHS repairs a singular basis."""
        highs_basis = highspy.HighsBasis()
        highs_basis.col_status = _STATUS_CODES[basis.columns].tolist()
        highs_basis.row_status = _STATUS_CODES[basis.rows].tolist()
        highs_basis.valid = True
        highs_basis.alien = True
        self._require_success(self._highs.setBasis(highs_basis), "accept the basis")

    def read_basis(self) -> Basis | None:
        """Return the current basis, or None."""
        result = self._highs.getBasis()
        if not result.valid:
            return None
        return Basis(_to_status_codes(result.col_status), _to_status_codes(result.row_status))

    def solve_program(
        self,
        method: Method = "dual",
        *,
        time_limit_seconds: float = np.inf,
        on_progress: OnProgress | None = None,
        should_cancel: Callable[[], bool] | None = None,
        progress_seconds: float = 0.5,
        with_basis: bool = True,
        max_iterations: int | None = None,
        watch: WatchProgress | None = None,
    ) -> Solution:
        """Solve the program from the current basis. Reading the basis takes 0.1 s for 180,000 variables; `with_basis` skips it.

        `max_iterations` and `watch` act on simplex only.
        """
        for name, value in METHOD_OPTIONS[method].items():
            self.set_option(name, value)
        # HiGHS counts the time limit from the first run of the object, not from this run.
        self.set_option("time_limit", self._highs.getRunTime() + time_limit_seconds)
        self.set_option("simplex_iteration_limit", MOST_ITERATIONS if max_iterations is None else max_iterations)
        started = monotonic()
        reporter = ProgressReporter(on_progress, should_cancel, progress_seconds, watch)
        with register_solver_callbacks(
            self._highs,
            reporter,
            reports_progress=on_progress is not None,
            is_cancellable=should_cancel is not None,
            is_simplex=METHOD_OPTIONS[method]["solver"] == "simplex",
            is_watched=watch is not None,
        ):
            self._highs.run()
        solution = self._read_solution(method, monotonic() - started, with_basis)
        if solution.termination.reason == "limit" and reporter.was_cancelled:
            # Interior point reports an interrupt as a time limit.
            return replace(solution, termination=Termination("cancelled", detail=solution.termination.detail))
        return solution

    def _read_solution(self, method: Method, seconds: float, with_basis: bool) -> Solution:
        result, info = self._highs.getSolution(), self._highs.getInfo()
        counts = (info.simplex_iteration_count, info.ipm_iteration_count, info.crossover_iteration_count)
        stop = termination_of(self._highs.getModelStatus())
        # Without an optimum, HiGHS leaves the point at which it stopped.
        has_point = stop.reason not in {"infeasible", "unbounded"}
        return Solution(
            termination=stop,
            values=np.asarray(result.col_value, dtype=np.float64) if has_point and result.value_valid else None,
            dual_values=np.asarray(result.row_dual, dtype=np.float64) if has_point and result.dual_valid else None,
            basis=self.read_basis() if with_basis else None,
            iterations=sum(count for count in counts if count > 0),
            seconds=seconds,
            solver=f"HiGHS {HIGHS_VERSION} {METHOD_NAMES[method]}",
        )

    def read_basic_variables(self) -> IntArray:
        """Return the basic variables in the order of the basis matrix, (m,): j for variable j, −1 − i for the slack of row i."""
        status, result = self._highs.getBasicVariables()
        self._require_success(status, "return the basic variables")
        return np.asarray(result, dtype=np.int64)

    def solve_with_basis(self, right_hand_side: FloatArray) -> FloatArray:
        """Return B⁻¹·b, (m,), in the order of `read_basic_variables`; B contains a unit column for each basic slack."""
        status, result = self._highs.getBasisSolve(right_hand_side)
        self._require_success(status, "solve with the basis")
        return np.asarray(result, dtype=np.float64)

    def _require_success(self, status: HighsStatus, action: str) -> None:
        """Raise `SolverError` if HiGHS reports an error; ignore warnings."""
        if status == HighsStatus.kError:
            raise SolverError(f"HiGHS failed to {action}")


def _to_int32(positions: npt.NDArray[np.integer]) -> npt.NDArray[np.int32]:
    return np.asarray(positions, dtype=np.int32)


def _to_status_codes(statuses: list[HighsBasisStatus]) -> BasisStatus:
    return np.fromiter(map(int, statuses), dtype=np.int8, count=len(statuses))

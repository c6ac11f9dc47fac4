"""A HiGHS that stays warm: a program loaded once, changed and solved again from the basis it stands on.

Everything crosses the border in bulk: arrays in, arrays out, no loop over rows or columns.
"""

from collections.abc import Callable
from dataclasses import replace
from time import monotonic
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt
from highspy import HighsBasisStatus, HighsModelStatus, HighsStatus
from highspy._core import _Highs

from solvers.backends.highs_methods import METHOD_NAMES, METHOD_OPTIONS, Method
from solvers.backends.solver_callbacks import solver_callbacks
from solvers.backends.trivial_cases import ProgressReporter, validate_program
from solvers.errors import SolverError
from solvers.lp.linear_program import FloatArray, IntArray, LinearProgram
from solvers.lp.solution import Basis, BasisStatus, OnProgress, Solution, Termination

__all__ = ["VERSION", "HighsSession", "Method", "termination_of"]

VERSION = f"{highspy.HIGHS_VERSION_MAJOR}.{highspy.HIGHS_VERSION_MINOR}.{highspy.HIGHS_VERSION_PATCH}"
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


def termination_of(status: HighsModelStatus) -> Termination:
    """What a status of HiGHS means; the detail is its own word for it."""
    stop = _TERMINATIONS[status.name]
    return Termination(stop.reason, stop.limit, f"HiGHS: {status.name.removeprefix('k')}")


class HighsSession:
    """One loaded program. Not for use from two threads at once.

    Changes keep the basis, so that the next `run` starts from it; changed costs want primal, changed bounds dual simplex.
    Every method that HiGHS turns down raises SolverRefused.
    """

    def __init__(self, lp: LinearProgram, *, tolerance: float = 1e-7) -> None:
        validate_program(lp)
        # highspy's type stubs lack a third of its methods.
        self._highs: Any = _Highs()
        self.set_option("output_flag", False)
        self.set_option("primal_feasibility_tolerance", tolerance)
        self.set_option("dual_feasibility_tolerance", tolerance)
        self.set_option("ipm_optimality_tolerance", min(tolerance, 1e-8))
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
        """Number of columns."""
        return int(self._highs.getNumCol())

    @property
    def row_count(self) -> int:
        """Number of rows."""
        return int(self._highs.getNumRow())

    @property
    def objective_value(self) -> float:
        """Objective at the current point, offset included."""
        return float(self._highs.getInfo().objective_function_value)

    @property
    def is_infeasible(self) -> bool:
        """Whether the last run found that no point keeps all rows and bounds."""
        return termination_of(self._highs.getModelStatus()).reason == "infeasible"

    def set_option(self, name: str, value: str | float | bool) -> None:
        """Set an option of HiGHS by its own name."""
        self._require_success(self._highs.setOptionValue(name, value), f"set {name} to {value}")

    def change_costs(self, columns: IntArray, costs: FloatArray) -> None:
        """Give columns (positions, (k,)) new costs (k,)."""
        self._require_success(self._highs.changeColsCost(len(columns), _to_int32(columns), costs), "change costs")

    def change_column_bounds(self, columns: IntArray, lower: FloatArray, upper: FloatArray) -> None:
        """Give columns (positions, (k,)) new bounds (k,)."""
        self._require_success(
            self._highs.changeColsBounds(len(columns), _to_int32(columns), lower, upper), "change column bounds"
        )

    def change_row_bounds(self, rows: IntArray, lower: FloatArray, upper: FloatArray) -> None:
        """Give rows (positions, (k,)) new bounds (k,)."""
        self._require_success(
            self._highs.changeRowsBounds(len(rows), _to_int32(rows), lower, upper), "change row bounds"
        )

    def set_basis(self, basis: Basis) -> None:
        """Stand on a basis; a singular one, or one of the wrong size, is mended by HiGHS."""
        given = highspy.HighsBasis()
        given.col_status = _STATUS_CODES[basis.columns].tolist()
        given.row_status = _STATUS_CODES[basis.rows].tolist()
        given.valid = True
        given.alien = True
        self._require_success(self._highs.setBasis(given), "take the basis")

    def read_basis(self) -> Basis | None:
        """The basis it stands on, or None."""
        held = self._highs.getBasis()
        if not held.valid:
            return None
        return Basis(_to_status_codes(held.col_status), _to_status_codes(held.row_status))

    def solve_program(
        self,
        method: Method = "dual",
        *,
        time_limit_seconds: float = 600.0,
        on_progress: OnProgress | None = None,
        should_cancel: Callable[[], bool] | None = None,
        progress_seconds: float = 0.5,
        with_basis: bool = True,
    ) -> Solution:
        """Solve from where it stands. Reading the basis is the dearest part of an answer (0.1 s for 180,000 columns)."""
        for name, value in METHOD_OPTIONS[method].items():
            self.set_option(name, value)
        # HiGHS counts its time limit from the first run of the object, not from this one.
        self.set_option("time_limit", self._highs.getRunTime() + time_limit_seconds)
        began = monotonic()
        gate = ProgressReporter(on_progress, should_cancel, progress_seconds)
        simplex = METHOD_OPTIONS[method]["solver"] == "simplex"
        with solver_callbacks(
            self._highs,
            gate,
            reports_progress=on_progress is not None,
            is_cancellable=should_cancel is not None,
            simplex=simplex,
        ):
            self._highs.run()
        solution = self._read_solution(method, monotonic() - began, with_basis)
        if solution.termination.reason == "limit" and gate.stopped:
            # Interior point calls an interrupt a time limit.
            return replace(solution, termination=Termination("cancelled", detail=solution.termination.detail))
        return solution

    def _read_solution(self, method: Method, seconds: float, with_basis: bool) -> Solution:
        held, info = self._highs.getSolution(), self._highs.getInfo()
        counts = (info.simplex_iteration_count, info.ipm_iteration_count, info.crossover_iteration_count)
        stop = termination_of(self._highs.getModelStatus())
        # Where there is no optimum HiGHS leaves the point at which it saw so.
        has_point = stop.reason not in {"infeasible", "unbounded"}
        return Solution(
            termination=stop,
            values=np.asarray(held.col_value, dtype=np.float64) if has_point and held.value_valid else None,
            dual_values=np.asarray(held.row_dual, dtype=np.float64) if has_point and held.dual_valid else None,
            basis=self.read_basis() if with_basis else None,
            iterations=sum(count for count in counts if count > 0),
            seconds=seconds,
            solver=f"HiGHS {VERSION} {METHOD_NAMES[method]}",
        )

    def read_basic_variables(self) -> IntArray:
        """What is basic, in the order of the basis matrix, (m,): column j as j, the slack of row i as −1 − i."""
        status, held = self._highs.getBasicVariables()
        self._require_success(status, "name the basic variables")
        return np.asarray(held, dtype=np.int64)

    def solve_with_basis(self, right_hand_side: FloatArray) -> FloatArray:
        """B⁻¹·b, (m,), in the order of `basic_variables`; B holds columns of the matrix and, for slacks, unit columns."""
        status, held = self._highs.getBasisSolve(right_hand_side)
        self._require_success(status, "solve with the basis")
        return np.asarray(held, dtype=np.float64)

    def _require_success(self, status: HighsStatus, doing: str) -> None:
        """Raise SolverRefused unless HiGHS did as it was told; a warning is no refusal."""
        if status == HighsStatus.kError:
            raise SolverError(f"HiGHS would not {doing}")


def _to_int32(positions: npt.NDArray[np.integer]) -> npt.NDArray[np.int32]:
    return np.asarray(positions, dtype=np.int32)


def _to_status_codes(statuses: list[HighsBasisStatus]) -> BasisStatus:
    return np.fromiter(map(int, statuses), dtype=np.int8, count=len(statuses))

"""Mixed-integer programs by the branch and bound of HiGHS: variables in steps, variables that are 0 or at least a smallest run, and sums
that are whole."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import highspy
import numpy as np
from highspy import HighsModelStatus, cb
from scipy import sparse

from solvers.backends.highs_session import create_highs
from solvers.lp.linear_program import FloatArray, IntArray, LinearProgram

INTEGRALITY_TOLERANCE = 1e-6
"""A number of steps that differs from a whole number by less than this is whole."""

LARGEST_RUN = 1e7
"""Units that a variable with a smallest run may reach where no limit bounds it."""

LEAST_VALUE = 1e-8
"""A continuous value below this is a rounding error of the search: ten times its tolerance for the continuous values."""

RUN_SHARE = 0.01
"""Greatest share of a smallest run that a binary variable within its tolerance of 0 may let pass."""

MOST_NODES = 2**31 - 1
"""Nodes of a search without a limit of its own."""

CHECK_WORK = 10
"""Work of one check of the limits, in simplex iterations: a search also stops if its nodes need no iterations."""

CLEANUP_SECONDS = 60.0
"""Wall time to solve the rest with discrete variables fixed, where a search ended at the time limit, in seconds."""

_LOG_LINE = re.compile(r"\s(\d+)(k|m)?\s+\d+\.\ds\s*$")
"""End of a line of the log of branch and bound: simplex iterations so far, in thousands or millions if many, then seconds."""

_LOG_UNITS = {None: 1, "k": 1_000, "m": 1_000_000}


@dataclass(frozen=True, slots=True)
class MixedIntegerProgram:
    """A linear program with discrete variables; n variables, q sums."""

    lp: LinearProgram
    """The linear program."""
    step: FloatArray
    """Each value is a multiple of its step; 0 where any value is possible, (n,)."""
    least_run: FloatArray
    """Each value is 0 or at least its smallest run; 0 without one, (n,)."""
    sums: sparse.csr_array
    """Sums of variables that are whole, (q, n)."""
    sum_constants: FloatArray
    """Constant part of each sum, (q,)."""


@dataclass(frozen=True, slots=True)
class SearchLimits:
    """Where branch and bound stops."""

    relative_gap: float
    """Gap between the best point and the bound, relative to the best point."""
    work: float
    """Simplex iterations; those within a heuristic count when it ends. Neither they nor nodes depend on the machine or its load."""
    time_limit_seconds: float
    """What is left of the time limit of the plan, in seconds of wall time."""
    nodes: int = MOST_NODES
    """Nodes of the search tree."""
    should_cancel: Callable[[], bool] | None = None
    """Returns true to stop the search."""
    is_lean: bool = False
    """Whether to leave out the heuristic before the first linear program (feasibility jump), which costs more than all else in a
    small program."""


@dataclass(frozen=True, slots=True)
class MixedIntegerSolution:
    """Result of branch and bound."""

    values: FloatArray | None
    """The best point found, (n,); None without one."""
    bound: float
    """No point has a smaller objective; −inf if unknown."""
    is_infeasible: bool
    """Whether the search proved that no point exists."""
    is_complete: bool
    """Whether the search closed the gap, or proved that no point exists, before a limit stopped it."""
    work: int = 0
    """Simplex iterations of the search."""
    is_out_of_time: bool = False
    """Whether the time limit stopped the search."""


def solve_mixed_integer(
    program: MixedIntegerProgram, limits: SearchLimits, start: FloatArray | None = None
) -> MixedIntegerSolution:
    """Search by branch and bound, from a point of the program if one is given, (n,).

    The discrete values of the result are exact: after the search, they are fixed and the rest is solved again.
    """
    scaled = _ScaledProgram(program)
    highs = create_highs()
    highs.setOptionValue("parallel", "off")
    highs.setOptionValue("mip_rel_gap", limits.relative_gap)
    highs.setOptionValue("mip_abs_gap", 1e-9)
    highs.setOptionValue("mip_max_nodes", limits.nodes)
    highs.setOptionValue("mip_heuristic_run_feasibility_jump", not limits.is_lean)
    highs.setOptionValue("time_limit", max(limits.time_limit_seconds, 0.01))
    scaled.load_into(highs)
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = scaled.scale_point(start).tolist()
        highs.setSolution(solution)
    status = _run_within_limits(highs, limits)
    info = highs.getInfo()
    work, is_late = max(int(info.simplex_iteration_count), 0), status == HighsModelStatus.kTimeLimit
    if status in (HighsModelStatus.kInfeasible, HighsModelStatus.kUnboundedOrInfeasible):
        is_infeasible = status == HighsModelStatus.kInfeasible
        return MixedIntegerSolution(None, np.inf, is_infeasible, is_infeasible, work)
    is_complete = status == HighsModelStatus.kOptimal
    bound = float(info.mip_dual_bound) if len(scaled.discrete) else float(info.objective_function_value)
    has_point = highs.getSolution().value_valid and info.primal_solution_status == 2
    if not has_point:
        return MixedIntegerSolution(None, bound, False, False, work, is_late)
    if start is not None and scaled.has_lost_best_point(highs):
        again = solve_mixed_integer(program, limits)
        return replace(again, work=work + again.work)
    values = scaled.fix_discrete_values(highs, limits.time_limit_seconds)
    is_late |= highs.getModelStatus() == HighsModelStatus.kTimeLimit
    return MixedIntegerSolution(values, bound, False, is_complete, work, is_late)


def _run_within_limits(highs: Any, limits: SearchLimits) -> HighsModelStatus:
    """Run the search, and interrupt it after its work; HiGHS states the simplex iterations so far in its log alone."""
    iterations = checks = 0

    def handle_callback(
        kind: cb.HighsCallbackType,
        message: str,
        _output: cb.HighsCallbackOutput,
        callback_input: cb.HighsCallbackInput | None,
        _data: Any,
    ) -> None:
        nonlocal iterations, checks
        if kind == cb.HighsCallbackType.kCallbackLogging:
            found = _LOG_LINE.search(message)
            iterations = iterations if found is None else int(found[1]) * _LOG_UNITS[found[2]]
        elif callback_input is not None:
            checks += 1
            is_cancelled = limits.should_cancel is not None and limits.should_cancel()
            callback_input.user_interrupt = is_cancelled or iterations + CHECK_WORK * checks > limits.work

    kinds = (cb.HighsCallbackType.kCallbackLogging, cb.HighsCallbackType.kCallbackMipInterrupt)
    highs.setOptionValue("log_to_console", False)
    highs.setOptionValue("mip_min_logging_interval", 0.0)  # else the clock decides which lines are logged
    highs.setOptionValue("output_flag", True)
    highs.setCallback(handle_callback, None)
    for kind in kinds:
        highs.startCallback(kind)
    try:
        highs.run()
    finally:
        for kind in kinds:
            highs.stopCallback(kind)
        highs.setCallback(None, None)
        highs.setOptionValue("output_flag", False)
    status: HighsModelStatus = highs.getModelStatus()
    return status


class _ScaledProgram:
    """The program in numbers of steps, with a binary variable y for each smallest run r:  r·y ≤ x ≤ upper·y,
    and an integer variable for each whole sum."""

    def __init__(self, program: MixedIntegerProgram) -> None:
        lp = program.lp
        self._count = lp.column_count
        self._scale = np.where(program.step > 0, program.step, 1.0)
        self._is_integer = program.step > 0
        self._runs: IntArray = np.flatnonzero(program.least_run > 0)
        self._least_run = program.least_run[self._runs] / self._scale[self._runs]
        self._lp = lp
        self._sums, self._sum_constants = program.sums, program.sum_constants
        lower, upper = lp.column_lower / self._scale, lp.column_upper / self._scale
        whole = self._is_integer
        lower[whole] = np.ceil(lower[whole] - INTEGRALITY_TOLERANCE)
        upper[whole] = np.floor(upper[whole] + INTEGRALITY_TOLERANCE)
        self.lower, self.upper = lower, upper
        self.discrete = np.concatenate(
            [
                np.flatnonzero(self._is_integer),
                self._count + np.arange(len(self._runs) + len(self._sum_constants), dtype=np.int64),
            ]
        )

    def load_into(self, highs: Any) -> None:
        lp, runs = self._lp, self._runs
        size, sums = len(runs), len(self._sum_constants)
        most = np.minimum(np.minimum(self.upper[runs], self._find_implied_bounds()), LARGEST_RUN)
        if size:
            # within the tolerance, a binary variable of a wide run would let a part of the run pass as 0
            share = RUN_SHARE * float(self._least_run.min()) / max(float(most.max()), 1.0)
            highs.setOptionValue("mip_feasibility_tolerance", float(np.clip(share, 1e-10, INTEGRALITY_TOLERANCE)))
        matrix = sparse.csc_array(lp.matrix @ sparse.diags_array(self._scale, format="csc"))
        if size:
            of_run = sparse.csc_array((np.ones(size), (np.arange(size), runs)), shape=(size, self._count))
            links = sparse.hstack(
                [
                    sparse.vstack([of_run, of_run]),
                    sparse.vstack([sparse.diags_array(-most), sparse.diags_array(-self._least_run)]),
                ]
            )
            wide = sparse.hstack([matrix, sparse.csc_array((lp.row_count, size))])
            matrix = sparse.csc_array(sparse.vstack([wide, links], format="csc"))
        if sums:
            totals = sparse.hstack([self._sums @ sparse.diags_array(self._scale), sparse.csr_array((sums, size))])
            wide = sparse.hstack([matrix, sparse.csc_array((matrix.shape[0], sums))])
            defined = sparse.hstack([totals, -sparse.eye_array(sums)])
            matrix = sparse.csc_array(sparse.vstack([wide, defined], format="csc"))
        matrix.sort_indices()
        integrality = np.concatenate([self._is_integer, np.ones(size + sums, dtype=bool)]).astype(np.int32)
        highs.passModel(
            self._count + size + sums,
            lp.row_count + 2 * size + sums,
            matrix.nnz,
            int(highspy.MatrixFormat.kColwise),
            int(highspy.ObjSense.kMinimize),
            lp.offset,
            np.concatenate([lp.cost * self._scale, np.zeros(size + sums)]),
            np.concatenate([self.lower, np.zeros(size), np.full(sums, -np.inf)]),
            np.concatenate([self.upper, np.ones(size), np.full(sums, np.inf)]),
            np.concatenate([lp.row_lower, np.full(size, -np.inf), np.zeros(size), -self._sum_constants]),
            np.concatenate([lp.row_upper, np.zeros(size), np.full(size, np.inf), -self._sum_constants]),
            matrix.indptr.astype(np.int32),
            matrix.indices.astype(np.int32),
            matrix.data,
            integrality,
        )

    def _find_implied_bounds(self) -> FloatArray:
        """Return the upper bounds that single constraints imply for variables with a smallest run, in steps."""
        lp, bound = self._lp, np.full(self._count, np.inf)
        rows = lp.matrix.tocsr()
        is_load = np.isfinite(lp.row_upper) & (lp.column_lower >= 0).all()
        negative = np.asarray(rows.minimum(0).sum(axis=1)).ravel() < 0
        is_load &= ~negative
        entries = sparse.csr_array(rows[is_load]).tocoo()
        limit = lp.row_upper[is_load][entries.row] / entries.data
        np.minimum.at(bound, entries.col, limit)
        return np.asarray(bound[self._runs] / self._scale[self._runs])

    def scale_point(self, values: FloatArray) -> FloatArray:
        """Return a point in steps, with the binary variables of runs and the whole sums."""
        sums = np.round(self._sums @ values + self._sum_constants)
        return np.concatenate([values / self._scale, (values[self._runs] > 0).astype(np.float64), sums])

    def has_lost_best_point(self, highs: Any) -> bool:
        """Return whether the point costs more than the best one found: HiGHS may return the start in its place."""
        info, values = highs.getInfo(), np.asarray(highs.getSolution().col_value)[: self._count] * self._scale
        best = float(info.objective_function_value)
        return float(self._lp.cost @ values) + self._lp.offset > best + INTEGRALITY_TOLERANCE * max(1.0, abs(best))

    def fix_discrete_values(self, highs: Any, time_limit_seconds: float) -> FloatArray | None:
        """Fix the discrete variables of the best point at exact values, solve the rest, and return the point in units.

        None if the point was only feasible within the tolerance of the search, or time runs out.
        """
        found = np.asarray(highs.getSolution().col_value)
        exact = np.round(found[self.discrete])
        if len(self.discrete):
            positions = self.discrete.astype(np.int32)
            highs.changeColsIntegrality(len(positions), positions, np.zeros(len(positions), dtype=np.uint8))
            highs.changeColsBounds(len(positions), positions, exact, exact)
            highs.setOptionValue("primal_feasibility_tolerance", 1e-9)
            highs.setOptionValue("time_limit", highs.getRunTime() + max(time_limit_seconds, CLEANUP_SECONDS))
            highs.run()
            if highs.getModelStatus() != HighsModelStatus.kOptimal:
                return None
            found = np.asarray(highs.getSolution().col_value)
            found[self.discrete] = exact
        values = np.asarray(found[: self._count] * self._scale)
        return np.where(
            np.abs(values) < LEAST_VALUE, np.clip(0.0, self._lp.column_lower, self._lp.column_upper), values
        )

"""A plan that stands ready to be asked: its program, point and prices, and a solver waiting at its vertex.

Everything an answer needs beyond the plan's tables starts here. A `Standing` is opened once from a problem (and, where there
is one, the stored basis, so that nothing is solved again), asked many things, and thrown away.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

import numpy as np

from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from solvers import backends
from solvers.algorithms.pipeline import apply_no_worse_off_bounds, build_plan_program, requires_own_needs_stage
from solvers.algorithms.portfolio import INTERIOR_POINT
from solvers.algorithms.run_state import SolveRun
from solvers.algorithms.select import solve_program
from solvers.algorithms.warm_start import WarmStart
from solvers.backends.base import SolveOptions
from solvers.backends.highs_session import HighsSession
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import compute_objective_parts
from solvers.lp.linear_program import FloatArray, LinearProgram, Program
from solvers.lp.solution import Basis
from solvers.results.flows import Flows, clean_values
from solvers.results.limits import Limits
from solvers.sensitivity.bounds import Bounds
from solvers.sensitivity.errors import InfeasibleError, SensitivityUnavailableError
from solvers.sensitivity.goal_stages import GoalStage, OptimalPoint, solve_goal_stages, solve_to_optimum

REOPEN_SECONDS = 20.0
"""Seconds that a stored basis has to lead to the optimum again; it takes one or two where the data are the same."""


@dataclass(slots=True)
class SensitivitySession:
    """A solved plan before rounding to whole units, with a session that stands on its basis."""

    arrays: ProblemArrays
    """The problem as arrays."""
    program: Program
    """The program whose prices are the plan's (the last goal's, where goals are ordered)."""
    point: OptimalPoint
    """Its optimum, with basis."""
    solver_session: HighsSession
    """The program loaded; whoever changes it puts its bounds back (see `moved`)."""
    goal_stages: tuple[GoalStage, ...]
    """The goals of the plan in turn; one where none are ordered."""
    is_at_base: bool = True
    """Whether the session stands on the plan's own basis."""
    last_solve_infeasible: bool = False
    """Whether the last solve found that no plan keeps every rule."""
    until: float = np.inf
    """When the time for solves is over, as `time.monotonic` has it; see `within`."""

    @classmethod
    def from_problem(
        cls,
        problem: PlanningProblem,
        basis: Basis | None = None,
        options: PlanOptions | None = None,
        start: WarmStart | None = None,
        program: Program | None = None,
    ) -> "SensitivitySession":
        """Open a problem that has passed its checks; `basis`: that of its plan, as `PlanResult.basis` gives it.

        `program`: the problem's as `program_of` gives it, where some of its bounds are to be others.

        Problems with ordered goals or own_needs_first are solved again by their stages, from `start`, a plan nearby, or the basis.
        Raises NothingToAsk where no proved optimum with a basis is found.
        """
        run = SolveRun(options or PlanOptions())
        arrays = ProblemArrays.from_problem(problem)
        program = program or build_plan_program(arrays)
        nearby = None if start is None else start.map_basis_to(program)
        first = basis if basis is not None and has_matching_shape(program.lp, basis) else nearby
        if requires_own_needs_stage(problem):
            held = apply_no_worse_off_bounds(arrays, program, run, first)
            if held.program is None:
                raise SensitivityUnavailableError(
                    "there is no proved plan without swaps, by which own needs are measured"
                )
            goal_stages = solve_goal_stages(
                arrays, held.program, run, held.shortage_without_swaps.pricing_solve.solution.basis
            )
        elif problem.policy.goals or first is None or first is nearby:
            goal_stages = solve_goal_stages(arrays, program, run, first)
        else:
            found = cls._reopen_from_basis(arrays, program, first)
            if found is not None:
                return found
            # a basis of older data can be far from where the optimum is now
            goal_stages = solve_goal_stages(arrays, program, run, first)
        last = goal_stages[-1]
        if last.point.basis is None:
            raise SensitivityUnavailableError("no plan was found to ask about")
        return cls.from_basis(arrays, last.program, last.point.basis, goal_stages)

    @classmethod
    def _reopen_from_basis(cls, arrays: ProblemArrays, program: Program, basis: Basis) -> "SensitivitySession | None":
        try:
            return cls.from_basis(arrays, program, basis, seconds=REOPEN_SECONDS)
        except InfeasibleError:
            raise
        except SensitivityUnavailableError:
            return None

    @classmethod
    def from_basis(
        cls,
        arrays: ProblemArrays,
        program: Program,
        basis: Basis,
        goal_stages: tuple[GoalStage, ...] = (),
        seconds: float = 600.0,
    ) -> "SensitivitySession":
        """Open a program from a basis at or near its optimum. `turns`: as `take_turns` gives them.

        Raises NoPlan where it has none, NothingToAsk where it was not found in time.
        """
        if not program.lp.column_count:
            raise SensitivityUnavailableError("there is nothing to decide in this plan")
        session = HighsSession(program.lp)
        session.set_basis(basis)
        point = solve_to_optimum(session, seconds=seconds)
        if point is None and session.is_infeasible:
            raise InfeasibleError("no plan keeps every rule")
        if point is None:
            raise SensitivityUnavailableError("the plan was not found again in time")
        return cls(arrays, program, point, session, goal_stages or (GoalStage("objective", None, 1.0, program, point),))

    @classmethod
    def from_nearby_basis(
        cls, arrays: ProblemArrays, program: Program, start: Basis, seconds: float = 600.0
    ) -> "SensitivitySession":
        """Open a program from a basis that was optimal before something changed; raises as `at` does.

        Solved as plans are: what dual simplex does not mend in seconds, interior point solves anew. Primal simplex from there
        took 343 s where this takes 46 (crisis year, all power - 5 %).
        """
        found = solve_program(program, PlanOptions(time_limit_seconds=seconds), start=start)
        if found.termination.reason == "infeasible":
            raise InfeasibleError("no plan keeps every rule")
        if found.termination.limit == "time":
            raise SensitivityUnavailableError("the plan was not found in time")
        return cls.from_basis(arrays, program, start if found.basis is None else found.basis)

    @property
    def plain_objective(self) -> float:
        """The plan's weighted shortage and costs, won, whatever it sought; before rounding to whole units."""
        return self.plain_objective_at(self.point.values)

    def plain_objective_at(self, values: FloatArray) -> float:
        """The same at other values, (n,)."""
        if not self.arrays.problem.policy.goals:
            return float(self.lp.cost @ values) + self.lp.offset
        return float(sum(cost @ values for cost in compute_objective_parts(self.arrays, self.program).values()))

    @property
    def lp(self) -> LinearProgram:
        """The arrays."""
        return self.program.lp

    @property
    def reduced_costs(self) -> FloatArray:
        """Price by column, (n,): what is left of its cost when all it uses is paid for."""
        return np.asarray(self.lp.cost - self.lp.matrix.T @ self.point.dual_values)

    def compute_flows(self, values: FloatArray | None = None) -> Flows:
        """What happens at each place; of the plan, or of other values, (n,)."""
        shown = clean_values(self.program, self.point.values if values is None else values)
        return Flows.from_solution(self.arrays, self.program, shown, self.point.dual_values)

    def list_limits(self) -> Limits:
        """Every limit with its use and gain."""
        values = clean_values(self.program, self.point.values)
        return Limits.from_solution(self.arrays, self.program, values, self.point.dual_values)

    @contextmanager
    def temporary_bounds(self, bounds: Bounds) -> Iterator[HighsSession]:
        """The session with other bounds; afterwards it has its own again, and stands wherever it came to.

        It is not put back on the plan's basis: that would cost HiGHS its edge weights, which take longer than many a solve.
        """
        changed = self._apply_bounds(Bounds.from_program(self.lp), bounds)
        try:
            yield self.solver_session
        finally:
            self.is_at_base = self.is_at_base and not changed
            self._apply_bounds(bounds, Bounds.from_program(self.lp))

    @contextmanager
    def set_time_limit(self, seconds: float) -> Iterator[None]:
        """No solve goes on longer than so many seconds from now; those that would begin later find nothing."""
        before, self.until = self.until, min(self.until, monotonic() + seconds)
        try:
            yield
        finally:
            self.until = before

    @property
    def is_time_over(self) -> bool:
        """Whether the time for solves is over."""
        return monotonic() >= self.until

    def solve_change(self, bounds: Bounds, seconds: float = 600.0) -> OptimalPoint | None:
        """The optimum under other bounds, from where the session stands; None where there is none, or no time to find it."""
        self.last_solve_infeasible = False
        if self.is_time_over:
            return None
        with self.temporary_bounds(bounds) as session:
            point = solve_to_optimum(session, seconds=min(seconds, self.until - monotonic()), basis=False)
            self.last_solve_infeasible = point is None and session.is_infeasible
        return point

    def solve_change_cold(self, bounds: Bounds, seconds: float) -> OptimalPoint | None:
        """The same for bounds far from where the session stands: by interior point; the session stands there afterwards."""
        found = backends.get_backend(INTERIOR_POINT).solve_program(
            bounds.apply_to(self.program).lp, SolveOptions(seconds)
        )
        self.last_solve_infeasible = found.termination.reason == "infeasible"
        if found.termination.reason != "optimal" or found.basis is None:
            return None
        self.is_at_base = False
        self.solver_session.set_basis(found.basis)
        return self.solve_change(bounds)

    def solve_goal_stage(
        self, goal_stage: GoalStage, bounds: Bounds, tolerance_bounds: Sequence[float], seconds: float = 600.0
    ) -> OptimalPoint | None:
        """The optimum of one goal under other bounds, where the goals before it are held at so much, as minimised."""
        if goal_stage.goal is None:
            return self.solve_change(bounds, seconds)
        mine = bounds.copy_arrays()
        rows = self.program.constraints["goal"]
        mine.row_upper[rows.block_slice] = np.concatenate(
            [tolerance_bounds, np.full(rows.size - len(tolerance_bounds), np.inf)]
        )
        every = np.arange(self.lp.column_count)
        self.solver_session.change_costs(every, goal_stage.program.lp.cost)
        self.is_at_base = False
        try:
            return self.solve_change(mine, seconds)
        finally:
            self.solver_session.change_costs(every, self.lp.cost)

    def solve_all_goals(self, bounds: Bounds, seconds: float = 600.0) -> OptimalPoint | None:
        """The best plan under other bounds: all goals in turn, each held while the next is sought; None where there is none."""
        held: list[float] = []
        point = None
        for stage in self.goal_stages:
            point = self.solve_goal_stage(stage, bounds, held, seconds)
            if point is None:
                return None
            held.append(stage.tolerance_bound(point.objective))
        return point

    def reset_to_base(self) -> HighsSession:
        """The session on the plan's own basis, for questions about it."""
        if not self.is_at_base and self.point.basis is not None:
            self.solver_session.set_basis(self.point.basis)
            solve_to_optimum(self.solver_session, basis=False)
            self.is_at_base = True
        return self.solver_session

    def _apply_bounds(self, old: Bounds, new: Bounds) -> bool:
        rows = np.flatnonzero((old.row_lower != new.row_lower) | (old.row_upper != new.row_upper))
        columns = np.flatnonzero((old.column_lower != new.column_lower) | (old.column_upper != new.column_upper))
        if len(rows):
            self.solver_session.change_row_bounds(rows, new.row_lower[rows], new.row_upper[rows])
        if len(columns):
            self.solver_session.change_column_bounds(columns, new.column_lower[columns], new.column_upper[columns])
        return bool(len(rows) or len(columns))


def has_matching_shape(lp: LinearProgram, basis: Basis) -> bool:
    """Whether a basis has the shape of a program."""
    return len(basis.columns) == lp.column_count and len(basis.rows) == lp.row_count

"""A solved model kept in memory for sensitivity analysis: program, optimal solution, and a HiGHS session at the optimal basis.

A `SensitivitySession` is opened once from a problem and answers many queries. With a stored basis, opening needs no new solve.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import monotonic

import numpy as np

from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from solvers import backends
from solvers.algorithms.pipeline import apply_no_worse_off_bounds, build_plan_program, requires_own_needs_stage
from solvers.algorithms.portfolio import INTERIOR_POINT
from solvers.algorithms.run_state import SolveAttempt, SolveRun, certify_attempt
from solvers.algorithms.select import solve_program
from solvers.algorithms.tie_break import settle_ties
from solvers.algorithms.warm_start import WarmStart
from solvers.backends.base import SolveOptions
from solvers.backends.highs_session import HighsSession
from solvers.backends.work import WORK_PER_SECOND, count_iterations, count_work
from solvers.data.problem_arrays import ProblemArrays
from solvers.errors import InfeasibleError, SensitivityUnavailableError
from solvers.formulation import compute_objective_parts, compute_tie_break_cost, requires_whole_units
from solvers.lp.linear_program import FloatArray, LinearProgram, Program
from solvers.lp.solution import Basis, Solution, Termination
from solvers.results.flows import Flows, clean_values
from solvers.results.limits import Limits
from solvers.sensitivity.bounds import Bounds
from solvers.sensitivity.goal_stages import GoalStage, OptimalPoint, solve_goal_stages, solve_to_optimum

REOPEN_WORK = 20 * WORK_PER_SECOND
"""Work of a solve from a stored basis; unchanged data need a tenth of it at most."""


@dataclass(slots=True)
class SensitivitySession:
    """A solved plan before rounding to whole units, with a solver session at its basis."""

    arrays: ProblemArrays
    """The problem as arrays."""
    program: Program
    """Program of the last stage, whose dual values are the shadow prices."""
    point: OptimalPoint
    """Optimal solution with basis."""
    solver_session: HighsSession
    """Solver session with the program; `temporary_bounds` changes and restores its bounds."""
    goal_stages: tuple[GoalStage, ...]
    """Stages of the goals in order; one stage without ordered goals."""
    is_at_base: bool = True
    """Whether the solver session has the basis of the plan."""
    last_solve_infeasible: bool = False
    """Whether the last solve proved infeasibility."""
    deadline: float = np.inf
    """Deadline of solves by `time.monotonic`; see `set_time_limit`."""
    work: float = 0.0
    """Work of all solves so far, in the unit of `solvers.backends.work`."""
    most_work: float = np.inf
    """Work after which solves return None; see `set_work_limit`."""
    settled_point: OptimalPoint | None = None
    """Optimal solution after the tie-break, once `plan_values` was read."""

    @classmethod
    def from_problem(
        cls,
        problem: PlanningProblem,
        basis: Basis | None = None,
        options: PlanOptions | None = None,
        warm_start: WarmStart | None = None,
        program: Program | None = None,
    ) -> "SensitivitySession":
        """Open a session for a checked problem; several stages are solved again, from `basis` or `start`.

        Parameters
        ----------
        basis
            Basis of the plan, as in `PlanResult.basis`.
        start
            Warm start from a similar plan.
        program
            Program of the problem with changed bounds; by default the one that `build_plan_program` returns.

        Raises
        ------
        InfeasibleError
            No plan satisfies every constraint.
        SensitivityUnavailableError
            No proved optimum with a basis was found.
        """
        run = SolveRun(options or PlanOptions())
        arrays = ProblemArrays.from_problem(problem)
        program = program or build_plan_program(arrays)
        nearby = None if warm_start is None else warm_start.map_basis_to(program)
        first = basis if basis is not None and has_matching_shape(program.lp, basis) else nearby
        if requires_own_needs_stage(problem):
            limited = apply_no_worse_off_bounds(arrays, program, run, first)
            if limited.no_swap_result.has_conflict:
                raise InfeasibleError("no plan satisfies every constraint")
            if limited.program is None:
                raise SensitivityUnavailableError("own needs first: the plan without swaps has no proved optimum")
            goal_stages = solve_goal_stages(
                arrays, limited.program, run, limited.no_swap_result.pricing_solve.solution.basis
            )
        elif problem.policy.goals or first is None or first is nearby:
            goal_stages = solve_goal_stages(arrays, program, run, first)
        else:
            found = cls._reopen_from_basis(arrays, program, first)
            if found is not None:
                return found
            # a basis of older data can be far from the optimum
            goal_stages = solve_goal_stages(arrays, program, run, first)
        last = goal_stages[-1]
        if last.point.basis is None:
            raise SensitivityUnavailableError("no plan with a basis was found")
        return cls.from_basis(arrays, last.program, last.point.basis, goal_stages)

    @classmethod
    def _reopen_from_basis(cls, arrays: ProblemArrays, program: Program, basis: Basis) -> "SensitivitySession | None":
        try:
            return cls.from_basis(arrays, program, basis, most_work=REOPEN_WORK)
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
        time_limit_seconds: float = 600.0,
        most_work: float = np.inf,
    ) -> "SensitivitySession":
        """Open a session for a program from a basis at or near its optimum.

        Raises
        ------
        InfeasibleError
            No plan satisfies every constraint.
        SensitivityUnavailableError
            No optimum was found within the time limit, or with the work.
        """
        if not program.lp.column_count:
            raise SensitivityUnavailableError("the plan has no variables")
        session = HighsSession(program.lp)
        session.set_basis(basis)
        iterations = count_iterations(most_work, program.lp.column_count)
        point = solve_to_optimum(session, time_limit_seconds=time_limit_seconds, max_iterations=iterations)
        if point is None and session.is_infeasible:
            raise InfeasibleError("no plan satisfies every constraint")
        if point is None:
            raise SensitivityUnavailableError("no optimal plan was found within the time limit")
        return cls(arrays, program, point, session, goal_stages or (GoalStage("objective", None, 1.0, program, point),))

    @classmethod
    def from_nearby_basis(
        cls, arrays: ProblemArrays, program: Program, start: Basis, time_limit_seconds: float = 600.0
    ) -> "SensitivitySession":
        """Open a session for a program from a basis that was optimal before a change; raises as `from_basis`.

        The algorithm portfolio solves the program: if dual simplex does not finish in seconds, interior point solves cold. For
        the crisis year with 5 % less power, primal simplex took 343 s and the portfolio 46 s.
        """
        found = solve_program(program, PlanOptions(time_limit_seconds=time_limit_seconds), start=start)
        if found.termination.reason == "infeasible":
            raise InfeasibleError("no plan satisfies every constraint")
        if found.termination.limit == "time":
            raise SensitivityUnavailableError("no plan was found within the time limit")
        return cls.from_basis(arrays, program, start if found.basis is None else found.basis)

    @property
    def plan_values(self) -> FloatArray:
        """Values, (n,), of the optimal plan that is shown: those after the tie-break of the policy, if it has one."""
        if not self.arrays.problem.policy.tie_break:
            return self.point.values
        if self.settled_point is None:
            self.settled_point = self._settle_point()
        return self.settled_point.values

    def _settle_point(self) -> OptimalPoint:
        return self.settle_point(self.point, Bounds.from_program(self.lp))

    def settle_point(self, point: OptimalPoint, bounds: Bounds) -> OptimalPoint:
        """Return the optimal point for some bounds with ties settled as planning does; the point itself without a tie-break."""
        if not self.arrays.problem.policy.tie_break:
            return point
        program = bounds.apply_to_program(self.program)
        options = PlanOptions()
        limit = max(min(options.time_limit_seconds, self.deadline - monotonic()), 1e-3)
        run = SolveRun(options.model_copy(update={"time_limit_seconds": limit}))
        solution = Solution(Termination("optimal"), point.values, point.dual_values, point.basis)
        certificate = certify_attempt(program, solution, run.options.tolerance)
        optimum = SolveAttempt(program, solution, certificate)
        values = settle_ties(optimum, compute_tie_break_cost(self.arrays, program), run).solution.values
        return point if values is None else replace(point, values=values)

    @property
    def is_relaxed(self) -> bool:
        """Whether the plan itself has whole units, which the figures of the session do not have."""
        return requires_whole_units(self.arrays.problem)

    @property
    def plain_objective(self) -> float:
        """Weighted shortage and costs of the plan in won before rounding, also with ordered goals."""
        return self.compute_plain_objective(self.point.values)

    def compute_plain_objective(self, values: FloatArray) -> float:
        """Return weighted shortage and costs in won at other values, (n,)."""
        if not self.arrays.problem.policy.goals:
            return float(self.lp.cost @ values) + self.lp.offset
        return float(sum(cost @ values for cost in compute_objective_parts(self.arrays, self.program).values()))

    @property
    def lp(self) -> LinearProgram:
        """Linear program of the last stage."""
        return self.program.lp

    @property
    def reduced_costs(self) -> FloatArray:
        """Reduced costs of variables, (n,)."""
        return np.asarray(self.lp.cost - self.lp.matrix.T @ self.point.dual_values)

    def compute_flows(self, values: FloatArray | None = None) -> Flows:
        """Compute flows by place, item and period, of the plan or of other values, (n,)."""
        shown = clean_values(self.program, self.plan_values if values is None else values)
        return Flows.from_solution(self.arrays, self.program, shown, self.point.dual_values)

    def list_limits(self) -> Limits:
        """List every limit with its use and shadow price."""
        values = clean_values(self.program, self.plan_values)
        return Limits.from_solution(self.arrays, self.program, values, self.point.dual_values)

    @contextmanager
    def temporary_bounds(self, bounds: Bounds) -> Iterator[HighsSession]:
        """Change the bounds of the solver session, and restore them afterwards; the basis stays where the solves ended.

        Resetting the basis would discard the edge weights of HiGHS. Computing them takes longer than most solves.
        """
        changed = self._apply_bounds(Bounds.from_program(self.lp), bounds)
        try:
            yield self.solver_session
        finally:
            self.is_at_base = self.is_at_base and not changed
            self._apply_bounds(bounds, Bounds.from_program(self.lp))

    @contextmanager
    def set_time_limit(self, time_limit_seconds: float) -> Iterator[None]:
        """Limit all solves in the context to `seconds` from now; later solves return None."""
        previous, self.deadline = self.deadline, min(self.deadline, monotonic() + time_limit_seconds)
        try:
            yield
        finally:
            self.deadline = previous

    @contextmanager
    def set_work_limit(self, work: float) -> Iterator[None]:
        """Limit the work of all solves in the context; later solves return None."""
        previous, self.most_work = self.most_work, min(self.most_work, self.work + work)
        try:
            yield
        finally:
            self.most_work = previous

    @property
    def is_at_limit(self) -> bool:
        """Whether the deadline of solves has passed, or their work is done."""
        return self.work >= self.most_work or monotonic() >= self.deadline

    def add_work(self, iterations: int = 0) -> None:
        """Count a solve with so many iterations, or what takes as long as one without any."""
        self.work += count_work(iterations, self.lp.column_count)

    def solve_change(
        self,
        bounds: Bounds,
        time_limit_seconds: float = 600.0,
        *,
        with_basis: bool = False,
        most_work: float = np.inf,
    ) -> OptimalPoint | None:
        """Return the optimum for other bounds from the current basis; None without an optimum within the limits.

        The optimum has its basis if asked for, from which ties are settled sooner.
        """
        self.last_solve_infeasible = False
        if self.is_at_limit:
            return None
        iterations = count_iterations(min(most_work, self.most_work - self.work), self.lp.column_count)
        with self.temporary_bounds(bounds) as session:
            point = solve_to_optimum(
                session,
                time_limit_seconds=min(time_limit_seconds, self.deadline - monotonic()),
                with_basis=with_basis,
                max_iterations=iterations,
            )
            self.add_work(session.iteration_count)
            self.last_solve_infeasible = point is None and session.is_infeasible
        return point

    def solve_change_cold(self, bounds: Bounds, time_limit_seconds: float) -> OptimalPoint | None:
        """Return the optimum for distant bounds by interior point; the session keeps the new basis."""
        found = backends.get_backend(INTERIOR_POINT).solve_program(
            bounds.apply_to_program(self.program).lp, SolveOptions(time_limit_seconds)
        )
        self.last_solve_infeasible = found.termination.reason == "infeasible"
        if found.termination.reason != "optimal" or found.basis is None:
            return None
        self.is_at_base = False
        self.solver_session.set_basis(found.basis)
        return self.solve_change(bounds)

    def solve_goal_stage(
        self,
        goal_stage: GoalStage,
        bounds: Bounds,
        tolerance_bounds: Sequence[float],
        time_limit_seconds: float = 600.0,
    ) -> OptimalPoint | None:
        """Return the optimum of one stage for other bounds, with the earlier goals limited to `tolerance_bounds`."""
        if goal_stage.goal is None:
            return self.solve_change(bounds, time_limit_seconds)
        stage_bounds = bounds.copy_arrays()
        rows = self.program.constraints["goal"]
        stage_bounds.row_upper[rows.block_slice] = np.concatenate(
            [tolerance_bounds, np.full(rows.size - len(tolerance_bounds), np.inf)]
        )
        every = np.arange(self.lp.column_count)
        self.solver_session.change_costs(every, goal_stage.program.lp.cost)
        self.is_at_base = False
        try:
            return self.solve_change(stage_bounds, time_limit_seconds)
        finally:
            self.solver_session.change_costs(every, self.lp.cost)

    def solve_all_goals(self, bounds: Bounds, time_limit_seconds: float = 600.0) -> OptimalPoint | None:
        """Return the lexicographic optimum of all goals for other bounds; None if there is none."""
        tolerance_bounds: list[float] = []
        point = None
        for stage in self.goal_stages:
            point = self.solve_goal_stage(stage, bounds, tolerance_bounds, time_limit_seconds)
            if point is None:
                return None
            tolerance_bounds.append(stage.compute_tolerance_bound(point.objective))
        return point

    def reset_to_base(self) -> HighsSession:
        """Reset the solver session to the basis of the plan and return it."""
        if not self.is_at_base and self.point.basis is not None:
            self.solver_session.set_basis(self.point.basis)
            solve_to_optimum(self.solver_session, with_basis=False)
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
    """Return whether a basis has the shape of a program."""
    return len(basis.columns) == lp.column_count and len(basis.rows) == lp.row_count

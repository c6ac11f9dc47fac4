"""Runs of a study in the problem's own periods: each starts warm from the one before, and is certified from the arrays.

Every task starts from the same basis in a new solver session, and no limit of time ends a solve before one of iterations does. So
equal tasks give equal rows, whatever ran before.

Ties are settled as in a plan where this takes little time: in programs that are not solved by a portfolio. In larger ones a run
keeps the optimal vertex that is nearest to that of the run before.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from models.analyses.measures import OutcomeMeasure
from models.options import PlanOptions
from models.validation.finding import InvalidProblemError
from solvers.algorithms.run_state import SolveAttempt, SolveRun, certify_attempt
from solvers.algorithms.select import LARGE_PROGRAM_COLUMNS
from solvers.algorithms.tie_break import settle_ties
from solvers.algorithms.warm_start import WarmStart
from solvers.analyses.studies.lever_setting import LeverSetting
from solvers.analyses.studies.outcomes import SolvedRun, measure_run
from solvers.analyses.studies.run_records import RunOutcome, RunRecord
from solvers.analyses.studies.value_bounds import compute_margin
from solvers.backends.highs_session import HighsSession, Method
from solvers.data.problem_arrays import ProblemArrays
from solvers.errors import InfeasibleError, SensitivityUnavailableError
from solvers.formulation import compute_tie_break_cost
from solvers.lp.linear_program import FloatArray, Program
from solvers.lp.solution import Basis
from solvers.sensitivity.bounds import Bounds
from solvers.sensitivity.changed_plan import differs_only_in_bounds
from solvers.sensitivity.infeasible_changes import explain_infeasibility
from solvers.sensitivity.session import SensitivitySession

MOST_WARM_ITERATIONS = 1_000
"""Iterations of dual simplex after which interior point starts.

Runs of the normal year take some tens. In the crisis year, 1 % less power takes more than 5,000, or 25 s, and interior point 80 s.
"""

METHODS: tuple[Method, ...] = ("dual-devex", "ipm-primal-cleanup", "dual")
"""Methods of a run, the next where one gives no certified optimum."""

METHODS_ALONE: tuple[Method, ...] = ("ipm-without-crossover", *METHODS[1:])
"""Methods of a run of a large program without others nearby: a basis is worth nothing to the next one."""

RUN_TIME_LIMIT_SECONDS = 600.0
"""Time limit of one method, which only a fault reaches."""

NO_PLAN = "No plan satisfies every constraint."
"""Conflict of an infeasible run that is not analysed further."""

MOST_CONFLICT_RULES = 3
"""Most rules that the conflict of a run names."""


@dataclass(slots=True)
class MonthlySolver:
    """Solves runs under one lever, one after the other."""

    setting: LeverSetting
    """The problem under the lever."""
    measures: tuple[OutcomeMeasure, ...]
    """What each run records."""
    base_start: WarmStart | None
    """Basis of the base plan with its program; None if it has none."""
    _start_basis: Basis | None = field(default=None, init=False)
    _program: Program = field(init=False)
    _session: HighsSession | None = field(default=None, init=False)
    _has_explained: bool = field(default=False, init=False)
    _is_alone: bool = field(default=False, init=False)

    def start_chunk(self) -> None:
        """Start the next run from the basis of the base, with nothing left of earlier runs."""
        if self._start_basis is None:
            self._start_basis = self._find_start_basis()
        self._open_session(self.setting.program, self._start_basis)
        self._has_explained = self._is_alone = False

    def start_alone(self) -> None:
        """Start the next run without a basis, as it is far from the base and from other runs."""
        self._open_session(self.setting.program, None)
        self._has_explained, self._is_alone = False, True

    def solve_run(self, point: FloatArray) -> RunRecord:
        """Solve at a point, (k,)."""
        try:
            arrays, program = self.setting.build_program(point)
        except InvalidProblemError as error:
            return self._describe(point, "failed", f"The problem is invalid: {error}")
        if self.setting.is_multi_stage:
            return self._solve_in_stages(point, arrays, program)
        if not program.lp.column_count:
            return self._describe(point, "failed", "The program has no variables.")
        attempt = self._solve_warm(program)
        solution, certificate = attempt.solution, attempt.certificate
        if solution.termination.reason == "infeasible":
            return self._explain(point)
        if solution.dual_values is None or certificate is None or not attempt.is_proved:
            return self._describe(point, "failed", f"No proved optimum: {solution.termination.detail}")
        values = self._settle(arrays, attempt)
        run = SolvedRun.from_solution(arrays, program, values, solution.dual_values, certificate.primal_objective)
        record = self._record(point, run, solution.iterations)
        return self._add_cut(record, program, solution.dual_values, certificate.dual_objective)

    def _find_start_basis(self) -> Basis | None:
        """Return a basis near the optimum of the neutral point."""
        program, setting = self.setting.program, self.setting
        basis = None if self.base_start is None else self.base_start.map_basis_to(program)
        if setting.is_multi_stage or not program.lp.column_count:
            return basis
        if basis is not None and setting.position == 0 and setting.held.is_empty:
            return basis
        self._open_session(program, basis)
        attempt = self._solve_by_methods(program, has_start=basis is not None)
        return attempt.solution.basis if attempt.is_proved else basis

    def _open_session(self, program: Program, basis: Basis | None) -> None:
        self._program = program
        if not program.lp.column_count:
            return
        self._session = HighsSession(program.lp)
        if basis is not None:
            self._session.set_basis(basis)

    def _solve_warm(self, program: Program) -> SolveAttempt:
        """Solve a program from the basis of the run before."""
        session, before = self._require_session(), self._program
        if program.lp.matrix is before.lp.matrix or differs_only_in_bounds(program.lp, before.lp):
            _change_bounds(session, Bounds.from_program(before.lp), Bounds.from_program(program.lp))
            self._program = program
        else:
            basis = session.read_basis()
            self._open_session(
                program, None if basis is None else WarmStart.from_program(before, basis).map_basis_to(program)
            )
        return self._solve_by_methods(program, has_start=not self._is_alone, with_basis=self._settles_ties(program))

    def _solve_by_methods(self, program: Program, *, has_start: bool, with_basis: bool = True) -> SolveAttempt:
        """Try one method after the other until an optimum is certified or infeasibility is found."""
        session = self._require_session()
        is_large = program.lp.column_count >= LARGE_PROGRAM_COLUMNS
        methods = METHODS_ALONE if self._is_alone else METHODS[1:]
        if has_start or not is_large:
            methods = METHODS
        iterations = 0
        for method in methods:
            solution = session.solve_program(
                method,
                time_limit_seconds=RUN_TIME_LIMIT_SECONDS,
                with_basis=with_basis,
                max_iterations=MOST_WARM_ITERATIONS if method == METHODS[0] and is_large else None,
            )
            iterations += solution.iterations
            attempt = SolveAttempt(program, solution, certify_attempt(program, solution, PlanOptions().tolerance))
            if attempt.is_proved or solution.termination.reason == "infeasible":
                break
        return replace(attempt, solution=replace(solution, iterations=iterations))

    def _require_session(self) -> HighsSession:
        if self._session is None:
            raise SensitivityUnavailableError("no chunk of runs was started")
        return self._session

    def _settles_ties(self, program: Program) -> bool:
        policy = self.setting.varied.problem.policy
        return policy.tie_break and program.lp.column_count < LARGE_PROGRAM_COLUMNS

    def _settle(self, arrays: ProblemArrays, attempt: SolveAttempt) -> FloatArray:
        """Return the values, (n,), of the optimum after the tie-break, where it is made."""
        values = attempt.solution.values
        if self._settles_ties(attempt.program):
            cost = compute_tie_break_cost(arrays, attempt.program)
            values = settle_ties(attempt, cost, SolveRun(PlanOptions())).solution.values
        return np.empty(0) if values is None else values

    def _solve_in_stages(self, point: FloatArray, arrays: ProblemArrays, program: Program) -> RunRecord:
        try:
            session = SensitivitySession.from_problem(
                arrays.problem, options=PlanOptions(), warm_start=self.base_start, program=program
            )
        except InfeasibleError:
            return self._explain(point)
        except SensitivityUnavailableError as error:
            return self._describe(point, "failed", f"No proved optimum: {error}")
        values = session.plan_values
        run = SolvedRun.from_solution(
            arrays, session.program, values, session.point.dual_values, session.compute_plain_objective(values)
        )
        return self._record(point, run, 0)

    def _explain(self, point: FloatArray) -> RunRecord:
        """Return an infeasible run with its conflict; of a large program, only the first one of a chunk is analysed."""
        is_large = self.setting.program.lp.column_count >= LARGE_PROGRAM_COLUMNS
        if (is_large and self._has_explained) or not self.setting.held.is_empty:
            return self._describe(point, "infeasible", NO_PLAN)
        self._has_explained = True
        try:
            conflict = explain_infeasibility(self.setting.varied.build_problem(point)).conflict
        except SensitivityUnavailableError as error:
            return self._describe(point, "failed", f"No proved optimum: {error}")
        return self._describe(point, "infeasible", " ".join(rule.text for rule in conflict[:MOST_CONFLICT_RULES]))

    def _describe(self, point: FloatArray, outcome: RunOutcome, conflict: str) -> RunRecord:
        return RunRecord(outcome, self.setting.position, tuple(point.tolist()), "month", conflict)

    def _record(self, point: FloatArray, run: SolvedRun, iterations: int) -> RunRecord:
        found = measure_run(run, self.measures)
        return RunRecord(
            "optimal",
            self.setting.position,
            tuple(point.tolist()),
            "month",
            objective=run.objective,
            upper_bound=run.objective,
            measures=tuple(found.measures.tolist()),
            counties=tuple(found.counties.tolist()),
            needs=tuple(found.needs.tolist()),
            periods=tuple(found.periods.tolist()),
            iterations=iterations,
        )

    def _add_cut(self, record: RunRecord, program: Program, dual_values: FloatArray, lower_bound: float) -> RunRecord:
        """Return the record with its lower bound and, where the optimum is convex in the factors, its slopes."""
        record = replace(record, lower_bound=lower_bound)
        model = self.setting.model
        if model is None or program.lp.matrix.shape != model.program.lp.matrix.shape:
            return record  # at single points, rounding to whole units adds decisions or removes them
        reduced = np.asarray(program.lp.cost - program.lp.matrix.T @ dual_values)
        slopes = tuple(model.compute_slopes(dual_values, reduced).tolist())
        return replace(record, slopes=slopes, margin=compute_margin(model, dual_values, reduced))


def _change_bounds(session: HighsSession, before: Bounds, after: Bounds) -> None:
    """Change the bounds of a session that differ."""
    rows = np.flatnonzero((before.row_lower != after.row_lower) | (before.row_upper != after.row_upper))
    columns = np.flatnonzero((before.column_lower != after.column_lower) | (before.column_upper != after.column_upper))
    if len(rows):
        session.change_row_bounds(rows, after.row_lower[rows], after.row_upper[rows])
    if len(columns):
        session.change_column_bounds(columns, after.column_lower[columns], after.column_upper[columns])

"""State of the solve of one plan: remaining time, timings, solve steps, and the certificate of each solve."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from models.options import PlanOptions
from models.plan import Certificate
from solvers.algorithms.select import solve_program
from solvers.lp.certificate import certify_solution
from solvers.lp.linear_program import Program
from solvers.lp.solution import Basis, OnProgress, Progress, Solution, SolveStep, Termination


@dataclass(frozen=True, slots=True)
class SolveAttempt:
    """One solve: the program, its solution and the certificate computed from the arrays."""

    program: Program
    """The solved program."""
    solution: Solution
    """Its solution."""
    certificate: Certificate | None
    """None without a primal point."""

    @property
    def is_proved(self) -> bool:
        """Whether the solution is a certified optimum."""
        return (
            self.solution.termination.reason == "optimal" and self.certificate is not None and self.certificate.passed
        )

    @property
    def is_feasible(self) -> bool:
        """Whether the point satisfies all constraints and bounds within the tolerance."""
        return self.certificate is not None and self.certificate.primal_residual <= self.certificate.tolerance


@dataclass(slots=True)
class SolveRun:
    """Solves the programs of one plan in sequence, within one time limit."""

    options: PlanOptions
    """Options of the plan."""
    on_progress: OnProgress | None = None
    """Receives the name of each stage and the progress reports of the solver."""
    on_quick_path_left: Callable[[], None] | None = None
    """Called at most once: when the quick solve of a large program from a basis was given up, before a longer one starts."""
    started_at: float = field(default_factory=time.monotonic)
    """Start time on the monotonic clock, in seconds."""
    seconds_by_stage: dict[str, float] = field(default_factory=dict)
    """Seconds by stage, in order; repeated stages add up."""
    certify_seconds: float = 0.0
    """Seconds for the certificates of all stages."""
    iterations: int = 0
    """Iterations of all stages."""
    solver: str = ""
    """Solver of the last stage."""
    is_out_of_time: bool = False
    """Whether the time limit stopped or replaced a search: another run of the same problem may find another plan."""
    strategy_by_stage: dict[str, tuple[SolveStep, ...]] = field(default_factory=dict)
    """Solve steps by stage; of a repeated stage, the steps of the first solve."""

    def remaining_seconds(self) -> float:
        """Return the seconds until the time limit; negative after the limit."""
        return self.options.time_limit_seconds - (time.monotonic() - self.started_at)

    def solve_stage(
        self, program: Program, stage: str, start: Basis | None = None, *, is_start_feasible: bool = False
    ) -> SolveAttempt:
        """Solve and certify one program as a named stage, from a starting basis of the same shape if given.

        With `is_start_feasible`, the starting basis is primal feasible and only the objective has changed.
        """
        started = time.monotonic()
        remaining = self.remaining_seconds()
        if remaining <= 0:
            self.is_out_of_time = True
            return SolveAttempt(
                program, Solution(Termination("limit", "time", f"no time left for {stage}"), None, None), None
            )
        if self.on_progress is not None:
            self.on_progress(Progress(stage))
        options = self.options.model_copy(update={"time_limit_seconds": remaining})
        solution = solve_program(
            program,
            options,
            self.on_progress,
            start,
            is_start_feasible=is_start_feasible,
            on_quick_path_left=self._leave_quick_path,
        )
        self.is_out_of_time |= solution.termination.limit == "time"
        self.iterations += solution.iterations
        self.solver = solution.solver or self.solver
        self.strategy_by_stage.setdefault(stage, solution.strategy)
        solved = time.monotonic()
        if self.on_progress is not None:
            self.on_progress(Progress("certify"))
        self.seconds_by_stage[stage] = self.seconds_by_stage.get(stage, 0.0) + solved - started
        attempt = SolveAttempt(program, solution, certify_attempt(program, solution, self.options.tolerance))
        self.certify_seconds += time.monotonic() - solved
        return attempt

    def _leave_quick_path(self) -> None:
        call, self.on_quick_path_left = self.on_quick_path_left, None
        if call is not None:
            call()


def certify_attempt(program: Program, solution: Solution, tolerance: float) -> Certificate | None:
    """Return the certificate of a solution; None without a primal point."""
    return None if solution.values is None else certify_solution(program.lp, solution, tolerance)

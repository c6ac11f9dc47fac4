"""One plan's solving: the time that is left, what was solved so far, and how far each answer can be trusted."""

import time
from dataclasses import dataclass, field

from models.options import PlanOptions
from models.plan import Certificate
from solvers.algorithms.select import solve_program
from solvers.lp.certificate import certify_solution
from solvers.lp.linear_program import Program
from solvers.lp.solution import Basis, OnProgress, Progress, Solution, Termination


@dataclass(frozen=True, slots=True)
class SolveAttempt:
    """A program, what came of solving it, and the certificate computed from the arrays."""

    program: Program
    """The program that was solved."""
    solution: Solution
    """What came back."""
    certificate: Certificate | None
    """None where there is no point."""

    @property
    def is_proved(self) -> bool:
        """Whether the point is an optimum with a passing certificate."""
        return (
            self.solution.termination.reason == "optimal" and self.certificate is not None and self.certificate.passed
        )

    @property
    def is_feasible(self) -> bool:
        """Whether the point keeps every rule within the tolerance."""
        return self.certificate is not None and self.certificate.primal_residual <= self.certificate.tolerance


@dataclass(slots=True)
class SolveRun:
    """Solves the programs of one plan one after another within one time limit."""

    options: PlanOptions
    """Options of the plan."""
    on_progress: OnProgress | None = None
    """Told of each stage and, by the solver, of its iterations."""
    started: float = field(default_factory=time.monotonic)
    """When it began, in seconds of the monotonic clock."""
    seconds: dict[str, float] = field(default_factory=dict)
    """Seconds by stage, in order; a stage entered twice adds up."""
    certify_seconds: float = 0.0
    """Seconds spent on the certificates of all stages."""
    iterations: int = 0
    """Iterations over all stages."""
    solver: str = ""
    """Solver of the last stage."""
    strategy: dict[str, str] = field(default_factory=dict)
    """How each stage was gone about, in words; of a stage entered twice, the first time."""

    def remaining_seconds(self) -> float:
        """Seconds left of the time limit; negative when it is over."""
        return self.options.time_limit_seconds - (time.monotonic() - self.started)

    def solve_stage(
        self, program: Program, stage: str, start: Basis | None = None, *, new_goal: bool = False
    ) -> SolveAttempt:
        """Solve one program as a named stage, from a basis of the same shape where there is one.

        With `new_goal` it is the basis of a plan that keeps all rules of this program, and only what is minimised is another.
        """
        begun = time.monotonic()
        left = self.remaining_seconds()
        if left <= 0:
            return SolveAttempt(
                program, Solution(Termination("limit", "time", f"no time left for {stage}"), None, None), None
            )
        if self.on_progress is not None:
            self.on_progress(Progress(stage))
        options = self.options.model_copy(update={"time_limit_seconds": left})
        solution = solve_program(program, options, self.on_progress, start, new_goal=new_goal)
        self.iterations += solution.iterations
        self.solver = solution.solver or self.solver
        self.strategy.setdefault(stage, solution.strategy)
        solved = time.monotonic()
        if self.on_progress is not None:
            self.on_progress(Progress("certify"))
        self.seconds[stage] = self.seconds.get(stage, 0.0) + solved - begun
        attempt = SolveAttempt(program, solution, certify_attempt(program, solution, self.options.tolerance))
        self.certify_seconds += time.monotonic() - solved
        return attempt


def certify_attempt(program: Program, solution: Solution, tolerance: float) -> Certificate | None:
    """The certificate of a solution; None where it has no point."""
    return None if solution.values is None else certify_solution(program.lp, solution, tolerance)

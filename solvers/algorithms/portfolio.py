"""Concurrent optimization: an algorithm portfolio works on one program, and the first algorithm of the list with a certified result wins.

Simplex and interior point run in threads of one process. The solvers release the interpreter lock, so two threads reach 1.73
times the speed of one on two cores. Interior point waits until a core is idle or until simplex has used its share of CPU time.

The clock decides when interior point starts, never which result is taken: simplex stops after work that is counted, and only then a
result of interior point is taken, however early it came. So equal programs have equal results at every load (decision 0095).
"""

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from threading import Event
from time import monotonic, thread_time

import psutil

from models.options import PlanOptions
from solvers import backends
from solvers.backends.base import SolveOptions, WatchProgress
from solvers.lp.certificate import certify_solution
from solvers.lp.linear_program import LinearProgram, Program
from solvers.lp.scaling import Scaling
from solvers.lp.solution import Basis, OnProgress, Progress, Solution, SolveStep, StepOutcome, Termination

VERTEX_TOLERANCE = 1e-7
"""Tolerance of methods that end at a vertex; stricter than the certificate, because scaling can increase residuals."""

INTERIOR_POINT_DELAY_SECONDS = 6.0
"""CPU time of simplex before interior point may start beside it, in seconds; most solves end sooner."""

MOST_REFACTORIZATIONS = 400
"""Refactorizations after which simplex gives way to interior point; 20 take one to three seconds in a year of Ryanggang."""

CONCLUSIVE_REASONS = ("infeasible", "unbounded", "limit", "cancelled")
"""Termination reasons after which another algorithm would not help."""

INTERIOR_POINT = "highs-ipm-primal-cleanup"
"""The interior point backend of large programs."""

CPU_SAMPLE_SECONDS = 0.1
"""Sampling time of the CPU load, in seconds; the kernel counts in hundredths of a second."""

MIN_IDLE_PERCENT = 150.0
"""Total idle time of all cores, in percent of one core, from which two threads run without contention."""

CancelCheck = Callable[[], bool]
"""Returns true once the result is not needed any more."""


@dataclass(frozen=True, slots=True)
class Algorithm:
    """A member of the portfolio."""

    name: str
    """Name in the solve steps."""
    solve: Callable[[CancelCheck], Solution]
    """Solves the program, in another thread; stops when its argument returns true."""
    start_after_seconds: float = 0.0
    """Maximum delay of the start, in seconds; the algorithm starts at once if another one fails."""
    may_start: Callable[[], bool] = lambda: False
    """Polled during the delay, from the thread of the algorithm; true starts the algorithm."""


def run_portfolio(algorithms: Sequence[Algorithm], is_conclusive: Callable[[Solution], bool]) -> Solution:
    """Run the algorithms concurrently and return the conclusive solution of the first algorithm of the list that has one.

    A conclusive solution waits for the algorithms before it in the list, and for no other: those stop at their next cancellation
    check. Without a conclusive solution, the result is the first one of the list with a primal point, else the first one. Exceptions
    of an algorithm propagate.

    Returns
    -------
    Solution
        Its `strategy` contains the steps of all algorithms that started, in order of their start.
    """
    is_over, has_failure = Event(), Event()
    start_times: dict[str, float] = {}

    def start_algorithm(algorithm: Algorithm) -> Solution:
        latest_start = monotonic() + algorithm.start_after_seconds
        while not has_failure.is_set() and monotonic() < latest_start and not algorithm.may_start():
            has_failure.wait(min(max(latest_start - monotonic(), 0.0), 0.05))
        if is_over.is_set():
            return Solution(Termination("cancelled"), None, None)
        start_times[algorithm.name] = monotonic()
        return algorithm.solve(is_over.is_set)

    pool = ThreadPoolExecutor(len(algorithms), thread_name_prefix="portfolio")
    running = {pool.submit(start_algorithm, algorithm): algorithm.name for algorithm in algorithms}
    finished: dict[str, Solution] = {}
    winner: Solution | None = None
    try:
        while running and winner is None:
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                name, solution = running.pop(done), done.result()
                finished[name] = solution
                if not is_conclusive(solution):
                    has_failure.set()
            winner = _find_winner([finished.get(algorithm.name) for algorithm in algorithms], is_conclusive)
    finally:
        is_over.set()
        has_failure.set()
        pool.shutdown(wait=False)
    if winner is None:
        ranked = [finished[algorithm.name] for algorithm in algorithms]
        winner = min(ranked, key=lambda solution: solution.values is None)
    return replace(winner, strategy=_collect_steps(dict(start_times), finished))


def _find_winner(solutions: Sequence[Solution | None], is_conclusive: Callable[[Solution], bool]) -> Solution | None:
    """Return the first conclusive solution; None while an algorithm before it has not finished (None)."""
    for solution in solutions:
        if solution is None or is_conclusive(solution):
            return solution
    return None


def _collect_steps(start_times: dict[str, float], finished: dict[str, Solution]) -> tuple[SolveStep, ...]:
    """Return the steps of all started algorithms; an unfinished one counts as a cancelled step."""
    steps: list[SolveStep] = []
    for name, started in start_times.items():
        abandoned = SolveStep(name, monotonic() - started, 0, "cancelled")
        steps += finished[name].strategy if name in finished else (abandoned,)
    return tuple(steps)


@dataclass(frozen=True, slots=True)
class SolveRequest:
    """A large program to solve within a time limit."""

    program: Program
    """The program."""
    options: PlanOptions
    """Options with the tolerance and the time limit."""
    on_progress: OnProgress | None
    """Receives progress reports, from one thread at a time."""
    on_quick_path_left: Callable[[], None] | None = None
    """Called when the quick solve from a basis was given up, before a longer one starts."""
    started_at: float = field(default_factory=monotonic)
    """Start time on the monotonic clock, in seconds."""

    @property
    def remaining_seconds(self) -> float:
        """Seconds until the time limit, at least 0.001."""
        return max(self.started_at + self.options.time_limit_seconds - monotonic(), 1e-3)

    @property
    def is_out_of_time(self) -> bool:
        """Whether the time limit has passed."""
        return monotonic() >= self.started_at + self.options.time_limit_seconds

    def run_backend(
        self,
        name: str,
        start: Basis | None,
        should_cancel: CancelCheck,
        *,
        max_iterations: int | None = None,
        watch: WatchProgress | None = None,
    ) -> Solution:
        """Solve the program with one backend in the remaining time; then verify the result. The last two limit the work of simplex.

        A cold solver sees every flow in won, which takes fewer iterations of interior point (decision 0048). The result is verified
        in units.
        """
        limits = replace(self._build_solve_options(should_cancel), max_iterations=max_iterations, watch=watch)
        backend, on_progress = backends.get_backend(name), self.on_progress
        if start is None:
            scaling = Scaling.from_unit_values(self.program)
            scaled = scaling.scale_program(self.program.lp)
            solution = scaling.restore_units(backend.solve_program(scaled, limits, on_progress=on_progress))
        else:
            solution = backend.solve_program(self.program.lp, limits, start=start, on_progress=on_progress)
        return self.verify_solution(name, solution, should_cancel, warm_start=start is not None)

    def verify_solution(
        self, algorithm: str, solution: Solution, should_cancel: CancelCheck, *, warm_start: bool = False
    ) -> Solution:
        """Certify a solution and add its step; if the certificate of an optimum fails, recompute the solution from its basis.

        Rounding errors accumulate over many pivots. A refactorization of the final basis (0.2 s for a year) removes them.
        """
        is_optimal, is_conclusive = solution.termination.reason == "optimal", self.is_conclusive(solution)
        outcome: StepOutcome = "uncertified" if is_optimal and not is_conclusive else solution.termination.reason
        solution = append_step(solution, algorithm, outcome, warm_start=warm_start)
        if not is_optimal or is_conclusive or solution.basis is None:
            return solution
        recomputed = backends.get_backend("highs-dual-devex").solve_program(
            self.program.lp, self._build_solve_options(should_cancel), start=solution.basis
        )
        if not self.is_conclusive(recomputed):
            return solution
        recomputed = replace(recomputed, strategy=solution.strategy)
        recomputed = append_step(recomputed, "highs-dual-devex", recomputed.termination.reason, warm_start=True)
        return replace(recomputed, iterations=solution.iterations + recomputed.iterations)

    def is_conclusive(self, solution: Solution) -> bool:
        """Check whether no other algorithm is needed: a certified optimum, or an infeasible or unbounded program."""
        if solution.termination.reason in ("infeasible", "unbounded"):
            return True
        return is_proved_optimal(self.program.lp, solution, self.options.tolerance)

    def _build_solve_options(self, should_cancel: CancelCheck) -> SolveOptions:
        tolerance = min(VERTEX_TOLERANCE, self.options.tolerance)
        return SolveOptions(self.remaining_seconds, tolerance, should_cancel)


def append_step(solution: Solution, algorithm: str, outcome: StepOutcome, *, warm_start: bool) -> Solution:
    """Return the solution with one more step, which has the time and the iterations of the solution."""
    step = SolveStep(algorithm, solution.seconds, solution.iterations, outcome, warm_start)
    return replace(solution, strategy=(*solution.strategy, step))


def replace_last_outcome(solution: Solution, outcome: StepOutcome) -> Solution:
    """Return the solution with another outcome of its last step."""
    *steps, last = solution.strategy
    return replace(solution, strategy=(*steps, replace(last, outcome=outcome)))


def is_proved_optimal(lp: LinearProgram, solution: Solution, tolerance: float) -> bool:
    """Check whether a solution claims to be optimal and its certificate passes."""
    if solution.termination.reason != "optimal" or solution.values is None:
        return False
    return certify_solution(lp, solution, tolerance).passed


def build_interior_point_algorithm(
    request: SolveRequest,
    may_start: Callable[[], bool],
    *,
    has_idle_core: bool,
    size_factor: float = 1.0,
    is_unwanted: Callable[[], bool] = lambda: False,
) -> Algorithm:
    """Build the interior point member of a portfolio.

    With an idle core it starts at once. Else it starts when `may_start` returns true, and after `size_factor` minutes at the latest.
    It stops when `is_unwanted` returns true.
    """

    def run_interior_point(should_cancel: CancelCheck) -> Solution:
        return request.run_backend(INTERIOR_POINT, None, lambda: should_cancel() or is_unwanted())

    return Algorithm(
        INTERIOR_POINT,
        run_interior_point,
        start_after_seconds=0.0 if has_idle_core else 10 * INTERIOR_POINT_DELAY_SECONDS * size_factor,
        may_start=may_start,
    )


@dataclass(slots=True)
class RefactorizationLimit:
    """Counts refactorizations of simplex, over several solves, and stops the solve that needs too many."""

    most: int = MOST_REFACTORIZATIONS
    """Refactorizations after which simplex stops."""
    count: int = 0
    """Refactorizations so far."""
    was_reached: bool = False
    """Whether the limit stopped simplex."""

    def watch(self, _progress: Progress) -> bool:
        """Count a refactorization; return whether simplex must stop."""
        self.count += 1
        self.was_reached |= self.count > self.most
        return self.was_reached


@dataclass(slots=True)
class CpuTimer:
    """CPU time of a solver thread, readable from other threads; on a busy machine, wall time is not meaningful."""

    seconds: float = 0.0
    """CPU time at the last check, in seconds."""
    _started: float | None = field(default=None, init=False)

    def measure_seconds(self) -> float:
        """Return the CPU time since the first call, in seconds; call this method from the solver thread only."""
        now = thread_time()
        self._started = now if self._started is None else self._started
        self.seconds = now - self._started
        return self.seconds


def has_idle_core() -> bool:
    """Check whether the machine has an idle core beside the core of the caller, who sleeps during the sample."""
    return leaves_idle_core(psutil.cpu_percent(CPU_SAMPLE_SECONDS, percpu=True))


def leaves_idle_core(busy_percent: Sequence[float]) -> bool:
    """Check whether cores with this load, each in percent, have capacity for two threads."""
    return sum(100.0 - percent for percent in busy_percent) > MIN_IDLE_PERCENT

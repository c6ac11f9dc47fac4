"""A large program from nothing: period by period, by dual simplex or by interior point, as its structure and progress suggest.

The yardstick of the joined places comes first. Where it foretells each period to a few millionths the periods are chained and
merged (decision 0019); else dual simplex works as long as the yardstick shows that it comes on (decision 0017). Interior point
begins beside them on a core that idles, else where they do not get on (decision 0018).
"""

import time
from dataclasses import dataclass, field, replace

from solvers import backends
from solvers.algorithms.aggregation import Foretold, joined
from solvers.algorithms.cpu_load import spare_core
from solvers.algorithms.period_decomposition import Periods
from solvers.algorithms.portfolio import Cancelled, Finish, Way, race
from solvers.algorithms.progress_monitor import UNLIMITED, Spending, Watch
from solvers.algorithms.rolling_horizon import chained
from solvers.algorithms.solve_request import FINAL, INTERIOR, PATIENCE, Asked, interior, told
from solvers.algorithms.window_merge import lengths, merged
from solvers.backends.base import SolveOptions
from solvers.lp.solution import Solution

MEASURING_SECONDS = 3.0
"""Seconds of its thread that the yardstick may take; without one both ways begin at once."""

TRIAL_SECONDS = 0.3
"""Seconds that the first period of a chain may take, or as long as the yardstick took."""

MERGING = (10.0, 40.0)
"""Seconds that merging may take at least, and how many times those of the chain: five to eight times are usual."""


def cold(asked: Asked) -> Solution:
    """The optimum from nothing, by the first of two ways; `strategy` says what was done."""
    first = _Simplex(asked)
    second = interior(asked, first.behind, idle=spare_core(), unwanted=lambda: first.merging)
    finish = race((Way("highs", first.solve), second), asked.settles)
    solution, words = finish.solution, first.words(finish)
    stuck = first.watch is not None and first.watch.gave_up
    if stuck and not asked.settles(solution) and solution.stop.reason not in FINAL:
        solution = asked.run("highs", None, lambda: False)
        words += "; dual simplex again"
    if first.watch is not None or first.merging:
        words = f"{words} (bound of the joined places in {first.measuring:.1f} s)"
    return replace(solution, strategy=words)


@dataclass(slots=True)
class _Simplex:
    """Simplex from nothing: takes the yardstick first, then goes period by period, or is watched."""

    asked: Asked
    spending: Spending = field(default_factory=Spending)
    """What dual simplex on the whole has spent."""
    watch: Watch | None = None
    """None until dual simplex begins on the whole."""
    measuring: float = 0.0
    """Seconds that the yardstick took."""
    unmeasured: bool = False
    """Whether no yardstick was found, so that nothing tells how far simplex has come."""
    merging: bool = False
    """Whether the periods came as foretold, so that nothing else need be tried."""
    merged: tuple[int, ...] = ()
    """How many periods were solved at a time, once all are merged."""

    def solve(self, cancelled: Cancelled) -> Solution:
        """As a way of a race."""
        began = time.monotonic()
        foretold = _foretold(self.asked, cancelled)
        self.measuring = time.monotonic() - began
        if foretold is None:
            self.unmeasured = True
            return self.asked.run("highs", None, cancelled)
        found = self._by_periods(foretold, cancelled)
        if found is not None:
            return self.asked.steadied(found, cancelled)
        if self.merging:
            return self.asked.run(INTERIOR, None, cancelled)
        watch = Watch(foretold.bound, self.asked.program.lp.columns, self.asked.told)
        self.watch = watch

        def stops() -> bool:
            return self.spending.beyond(UNLIMITED) or cancelled() or watch.hopeless()

        return self.asked.run("highs", None, stops, watch.hear)

    def behind(self) -> bool:
        """Whether interior point is to begin beside it."""
        return self.unmeasured or self.spending.seconds > PATIENCE

    def _by_periods(self, foretold: Foretold, cancelled: Cancelled) -> Solution | None:
        """The periods chained and merged; None where they are not as foretold, or merging takes too long."""
        periods = Periods.of(self.asked.program, foretold.prices)
        if periods is None or periods.count == 1:
            return None
        began = time.monotonic()
        ends = began + self.asked.left
        vertex = chained(
            periods, foretold, max(TRIAL_SECONDS, self.measuring), lambda: cancelled() or time.monotonic() > ends
        )
        if vertex is None:
            return None
        self.merging = True
        least, times = MERGING
        now = time.monotonic()
        ends = min(ends, now + max(least, times * (now - began)))
        found = merged(periods, vertex, lambda: cancelled() or time.monotonic() > ends)
        if found is not None:
            self.merged = (1, *lengths(periods.count))
        return found

    def words(self, finish: Finish) -> str:
        """What was done, in words."""
        if self.merged:
            return f"periods {', '.join(map(str, self.merged[:-1]))} and {self.merged[-1]} at a time, merged by simplex"
        if self.merging:
            return "interior point after merging periods took too long"
        if self.watch is not None and self.watch.gave_up:
            return f"dual simplex given up after {self.watch.spent:.1f} s, {self.watch.share:.0%} of the way; interior point"
        return told(finish, "dual simplex")


def _foretold(asked: Asked, cancelled: Cancelled) -> Foretold | None:
    """The best plan of the joined places, if it is found soon."""
    smaller = joined(asked.program)
    if smaller is None:
        return None
    spending = Spending()
    limits = SolveOptions(
        asked.options.time_limit_seconds / 4,
        cancelled=lambda: spending.beyond(MEASURING_SECONDS) or cancelled(),
        tolerance=1e-7,
    )
    return smaller.foretold(backends.get("highs").solve(smaller.lp, limits))

"""One program, one optimum: chooses how to solve, checks the answer by the certificate and tries another way before giving up."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Lock

from models.options import PlanOptions
from solvers import backends
from solvers.backends.base import Feature, SolveOptions
from solvers.certificate import certify
from solvers.program import LinearProgram, Program
from solvers.solution import Basis, OnProgress, Progress, Solution, Stop
from solvers.strategy.cores import spare_core
from solvers.strategy.joined import joined
from solvers.strategy.race import Cancelled, Finish, Way, race
from solvers.strategy.watch import Spending, Watch

LARGE = 20_000
"""Columns from which simplex and interior point compete: no rule by size or shape foretells which is faster (decision 0017)."""

PATIENCE = 6.0
"""Seconds of its thread that simplex has for itself when it starts from a basis or comes on well; most are done in less."""

VERTEX_TOLERANCE = 1e-7
"""What is asked of methods that end at a vertex; tighter than the certificate, so that scaling leaves room."""

FINAL = ("infeasible", "unbounded", "limit", "cancelled")
"""Reasons after which another method would not help."""

INTERIOR = "highs-ipm-finished"
"""The interior point method of large programs."""

MEASURING_SECONDS = 3.0
"""Seconds of its thread that the yardstick may take; without one both ways begin at once."""

NEAR_SECONDS = 0.6
"""Seconds of its thread that dual simplex has with quick edge weights; small changes need a fifth of one."""

UNLIMITED = float("inf")
"""Seconds are counted, not limited."""

HINT_SECONDS = 0.1
"""How often a run that is watched tells of its progress."""

WORDS = {"highs": "dual simplex", "highs-ipm": "interior point", INTERIOR: "interior point"}
"""What methods are called in a plan."""


def solve(
    program: Program, options: PlanOptions, on_progress: OnProgress | None = None, start: Basis | None = None
) -> Solution:
    """Solve a program within `options.time_limit_seconds`; nothing is raised for a solver's failure.

    `start` is a basis of a program of the same shape. With `auto`, large programs are solved by simplex, by interior point, or by
    both at once, as their progress suggests, and the first answer whose certificate passes is taken; small ones in one way, and
    in the next only where that fails. A solver asked for by name is the only one used. The best answer so far is returned when
    none passes. `Solution.strategy` says what was done.
    """
    if options.solver == "auto" and program.lp.columns >= LARGE:
        return _race(program, options, on_progress, start)
    return _one_by_one(program.lp, options, on_progress, start)


def proved(lp: LinearProgram, solution: Solution, tolerance: float) -> bool:
    """Whether a solution claims to be optimal and its certificate passes."""
    if solution.stop.reason != "optimal" or solution.values is None:
        return False
    return certify(lp, solution, tolerance).passed


def _race(program: Program, options: PlanOptions, on_progress: OnProgress | None, start: Basis | None) -> Solution:
    """Simplex against interior point, each only as long as it is worth its time."""
    asked = _Asked(program, options, None if on_progress is None else _one_at_a_time(on_progress))
    if start is not None:
        return _from_basis(asked, start)
    return _cold(asked)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A large program to solve, and how much time is left."""

    program: Program
    options: PlanOptions
    told: OnProgress | None
    began: float = field(default_factory=time.monotonic)

    def run(self, name: str, start: Basis | None, cancelled: Cancelled, told: OnProgress | None = None) -> Solution:
        """Solve by one method in the time that is left; what does not pass its certificate is computed anew from its basis."""
        left = max(self.began + self.options.time_limit_seconds - time.monotonic(), 1e-3)
        tolerance = min(VERTEX_TOLERANCE, self.options.tolerance)
        asked = SolveOptions(left, tolerance, cancelled, 0.5 if told is None else HINT_SECONDS)
        solution = backends.get(name).solve(self.program.lp, asked, start=start, on_progress=told or self.told)
        if solution.stop.reason != "optimal" or solution.basis is None or self.settles(solution):
            return solution
        # Values carried along through many pivots drift; those computed anew from the same basis (0.2 s for a year) seldom fail.
        anew = backends.get("highs-near").solve(self.program.lp, asked, start=solution.basis)
        return replace(anew, iterations=solution.iterations + anew.iterations) if self.settles(anew) else solution

    def settles(self, solution: Solution) -> bool:
        """Whether another way need not be waited for: proved, or the arrays allow no optimum."""
        if solution.stop.reason in ("infeasible", "unbounded"):
            return True
        return proved(self.program.lp, solution, self.options.tolerance)


def _cold(asked: _Asked) -> Solution:
    """Dual simplex while it comes on by the yardstick of the joined places; interior point beside it on a core that idles, else after."""
    first = _Watched(asked)
    interior = _interior(asked, lambda: first.unmeasured or first.spending.seconds > PATIENCE, idle=spare_core())
    finish = race((Way("highs", first.solve), interior), asked.settles)
    solution, words = finish.solution, _told(finish, "dual simplex")
    watch = first.watch
    if watch is not None and watch.gave_up:
        words = f"dual simplex given up after {watch.spent:.1f} s, {watch.share:.0%} of the way; interior point"
        if not asked.settles(solution) and solution.stop.reason not in FINAL:
            solution = asked.run("highs", None, lambda: False)
            words += "; dual simplex again"
    if watch is not None:
        words = f"{words} (bound of the joined places in {first.measuring:.1f} s)"
    return replace(solution, strategy=words)


@dataclass(slots=True)
class _Watched:
    """Dual simplex from nothing: takes the yardstick first, then is watched by it."""

    asked: _Asked
    spending: Spending = field(default_factory=Spending)
    """What simplex itself has spent."""
    watch: Watch | None = None
    """None until there is a yardstick."""
    measuring: float = 0.0
    """Seconds that the yardstick took."""
    unmeasured: bool = False
    """Whether no yardstick was found, so that nothing tells how far simplex has come."""

    def solve(self, cancelled: Cancelled) -> Solution:
        """As a way of a race."""
        began = time.monotonic()
        bound = _bound(self.asked, cancelled)
        self.measuring = time.monotonic() - began
        if bound is None:
            self.unmeasured = True
            return self.asked.run("highs", None, cancelled)
        watch = Watch(bound, self.asked.program.lp.columns, self.asked.told)
        self.watch = watch

        def stops() -> bool:
            return self.spending.beyond(UNLIMITED) or cancelled() or watch.hopeless()

        return self.asked.run("highs", None, stops, watch.hear)


def _interior(asked: _Asked, ready: Callable[[], bool], *, idle: bool) -> Way:
    """Interior point: at once where a core idles, else when `ready`; on a busy machine, no later than a minute."""
    return Way(INTERIOR, partial(asked.run, INTERIOR, None), after=0.0 if idle else 10 * PATIENCE, ready=ready)


def _bound(asked: _Asked, cancelled: Cancelled) -> float | None:
    """What no plan can cost less than, if it is found soon."""
    lp = joined(asked.program)
    if lp is None:
        return None
    spending = Spending()
    limits = SolveOptions(
        asked.options.time_limit_seconds / 4,
        cancelled=lambda: spending.beyond(MEASURING_SECONDS) or cancelled(),
        tolerance=1e-7,
    )
    answer = backends.get("highs").solve(lp, limits)
    if answer.stop.reason != "optimal" or answer.values is None:
        return None
    return float(lp.cost @ answer.values) + lp.offset


def _from_basis(asked: _Asked, start: Basis) -> Solution:
    """Dual simplex with quick edge weights; if not done soon, from the basis again with exact ones; in the end interior point joins."""

    spending = Spending()

    def simplex(cancelled: Cancelled) -> Solution:
        near = asked.run("highs-near", start, lambda: spending.beyond(NEAR_SECONDS) or cancelled())
        if cancelled() or asked.settles(near) or near.stop.reason == "limit":
            return near
        further = asked.run("highs-steady", start, lambda: spending.beyond(UNLIMITED) or cancelled())
        return replace(further, iterations=near.iterations + further.iterations)

    interior = _interior(asked, lambda: spending.seconds > PATIENCE, idle=False)
    finish = race((Way("highs", simplex), interior), asked.settles)
    return replace(finish.solution, strategy=_told(finish, "dual simplex from a basis at hand"))


def _told(finish: Finish, first: str) -> str:
    return first if finish.began == 1 else f"{first} against interior point, {WORDS[finish.way.name]} first"


def _one_at_a_time(on_progress: OnProgress) -> OnProgress:
    """Ways tell of their progress from their own threads; whoever listens hears one at a time."""
    lock = Lock()

    def tell(progress: Progress) -> None:
        with lock:
            on_progress(progress)

    return tell


def _one_by_one(
    lp: LinearProgram, options: PlanOptions, on_progress: OnProgress | None, start: Basis | None
) -> Solution:
    deadline = time.monotonic() + options.time_limit_seconds
    best: Solution | None = None
    for name, tolerance in _attempts(options):
        left = deadline - time.monotonic()
        if best is not None and left <= 0:
            break
        backend = backends.get(name)
        asked = SolveOptions(time_limit_seconds=max(left, 1e-3), tolerance=tolerance)
        basis = start if Feature.BASIS in backend.features else None
        solution = backend.solve(lp, asked, start=basis, on_progress=on_progress)
        solution = replace(solution, strategy=_alone(name, basis))
        if solution.stop.reason in FINAL or proved(lp, solution, options.tolerance):
            return solution
        best = solution if best is None or best.values is None else best
    if best is None:
        return Solution(Stop("error", detail="no method to try"), None, None)
    return best


def _alone(name: str, start: Basis | None) -> str:
    words = WORDS.get(name, name)
    return words if start is None or name != "highs" else f"{words} from a basis at hand"


def _attempts(options: PlanOptions) -> Sequence[tuple[str, float]]:
    """Methods in the order in which they are tried, each with the tolerance asked of it."""
    vertex = min(VERTEX_TOLERANCE, options.tolerance)
    if options.solver == "auto":
        return (("highs", vertex), ("highs-ipm", vertex))
    if Feature.FIRST_ORDER in backends.get(options.solver).features:
        return ((options.solver, options.tolerance / 10), (options.solver, options.tolerance / 1000))
    return ((options.solver, vertex),)

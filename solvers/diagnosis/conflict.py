"""An irreducible set of rules in conflict: without any one of them the others can be kept."""

import time
from dataclasses import dataclass

from solvers import backends
from solvers.backends.base import SolveOptions
from solvers.diagnosis.elastic import only
from solvers.diagnosis.soft import Soft
from solvers.program import FloatArray, IntArray, LinearProgram
from solvers.solution import Reason


@dataclass(frozen=True, slots=True)
class Conflict:
    """Limits that cannot be kept together."""

    limits: IntArray
    """Positions in Soft."""
    irreducible: bool
    """Whether each was tried and found to be needed."""


def find_conflict(
    lp: LinearProgram, soft: Soft, suspects: IntArray, background: FloatArray, seconds: float
) -> Conflict:
    """Delete suspects one by one as long as the others still conflict.

    `suspects`: positions in `soft` that an infeasibility certificate leans on; `background`: its prices of rows, (m,). First
    only the priced rows stand behind the suspects, which makes the programs small; what is left is tried again with all of
    them, so that the set is irreducible in the whole problem.
    """
    deadline = time.monotonic() + seconds
    kept, done = _delete(lp, soft, suspects, background, deadline)
    if done:
        kept, done = _delete(lp, soft, kept, None, deadline)
    return Conflict(kept, done)


def _delete(
    lp: LinearProgram, soft: Soft, suspects: IntArray, background: FloatArray | None, deadline: float
) -> tuple[IntArray, bool]:
    kept = suspects
    for suspect in suspects:
        if time.monotonic() > deadline:
            return kept, False
        fewer = kept[kept != suspect]
        if conflicts(only(lp, soft, fewer, background), deadline):
            kept = fewer
    return kept, True


def conflicts(lp: LinearProgram, deadline: float) -> bool:
    """Whether a program is found to have no point before the deadline."""
    return _reason(lp, deadline) == "infeasible"


def agrees(lp: LinearProgram, deadline: float) -> bool:
    """Whether a program is found to have a point before the deadline."""
    return _reason(lp, deadline) == "optimal"


def _reason(lp: LinearProgram, deadline: float) -> Reason:
    options = SolveOptions(time_limit_seconds=max(deadline - time.monotonic(), 0.1))
    return backends.get("highs").solve(lp, options).stop.reason

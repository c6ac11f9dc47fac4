"""How tries at plans ended, told to whoever keeps figures and traces; and how a request's trace travels with its plan."""

from collections.abc import Callable
from dataclasses import dataclass, field

from service.storage.plan_requests import Claim


@dataclass(frozen=True, slots=True)
class SolveStage:
    """One stage of a solve, as the child went through it."""

    name: str
    """Such as `build`, `solve`, `certify`, `report`."""
    started: float
    """Seconds since 1970."""
    finished: float
    """Seconds since 1970."""


@dataclass(slots=True)
class AttemptResult:
    """One try at a plan, when it is over."""

    claim: Claim
    """What was tried."""
    started: float
    """When it was begun, in seconds since 1970."""
    finished: float = 0.0
    """When it ended, in seconds since 1970."""
    outcome: str = "lost"
    """The plan's outcome; or `cancelled`, `released` (the service stopped), `crashed` (tried again), `lost` (taken over by another process)."""
    peak_bytes: int | None = None
    """Most memory that the child had in use, its libraries included; None where it did not live to tell."""
    stages: tuple[SolveStage, ...] = field(default=())
    """What it went through, in order."""


OnAttemptFinished = Callable[[AttemptResult], object]
"""Called, in a thread of its own, when a try is over."""

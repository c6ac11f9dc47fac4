"""How tries at plans ended, told to whoever keeps figures and traces; and how a request's trace travels with its plan."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from opentelemetry import propagate

from service.storage.plan_requests import Claim

_TRACEPARENT = "traceparent"


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


def capture_trace() -> dict[str, str]:
    """The trace that this thread works in, as one line of W3C Trace Context; empty where nothing is traced."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return {name: value for name, value in carrier.items() if name == _TRACEPARENT}


def extract_trace(data: Mapping[str, object]) -> dict[str, str]:
    """The trace among the particulars of an event, if there is one."""
    found = data.get(_TRACEPARENT)
    return {_TRACEPARENT: found} if isinstance(found, str) else {}

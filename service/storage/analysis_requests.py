"""Requests for analyses, and claims of their tasks."""

from dataclasses import dataclass
from typing import Literal

from models.analyses.kinds import AnalysisKind
from service.storage.plan_requests import IdempotencyKey
from service.storage.records import AnalysisRecord

TaskKind = Literal["advance", "run"]
"""`advance`: plans the tasks of the next round, or concludes. `run`: makes rows."""


@dataclass(frozen=True, slots=True)
class AnalysisRequest:
    """A request for an analysis."""

    kind: AnalysisKind
    """Kind."""
    base_plan: str
    """Plan that it starts from; it need not be finished."""
    request: str
    """Request of its kind, as JSON."""
    caller: str = "local"
    """Caller, for fair sharing, idempotency and the audit log."""
    idempotency: IdempotencyKey | None = None
    """The request's Idempotency-Key, if it has one."""


@dataclass(frozen=True, slots=True)
class AnalysisSubmission:
    """The result of a request."""

    analysis: AnalysisRecord
    """A new analysis, or the analysis of the Idempotency-Key."""
    is_new: bool
    """Whether the analysis is new."""


@dataclass(frozen=True, slots=True)
class TaskClaim:
    """One attempt at one task, held by one service process while it renews the lease."""

    analysis: str
    """The analysis."""
    number: int
    """Number of the task in the analysis."""
    owner: str
    """The service process."""
    attempt: int
    """Number of the attempt; with `owner` it fences off earlier holders."""
    kind: TaskKind
    """Kind of the task."""
    rows: tuple[int, ...] = ()
    """Numbers of the rows that it makes."""
    body: bytes = b""
    """What it needs beside the request."""

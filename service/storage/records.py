"""What storage gives back: frozen records, without a trace of the database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from models.changes.change import Scenario
from models.options import PlanOptions
from models.plan import Outcome, Plan

PlanState = Literal["queued", "running", "finished", "cancelled"]
"""`queued`: accepted. `running`: being solved. `finished`: has an outcome, `failed` included. `cancelled`: ended on request."""

ApprovalState = Literal["draft", "submitted", "returned", "ratified", "in_force", "closed"]
"""Where a plan is in its life: `draft` until it is `submitted`; `returned` to be bettered, or `ratified`, which cannot be undone; then `in_force`, then `closed`."""

FINAL_STATES: frozenset[PlanState] = frozenset({"finished", "cancelled"})
"""States that a plan never leaves."""

Json = Mapping[str, Any]
"""A JSON object."""


def to_utc_datetime(seconds: float) -> datetime:
    """Seconds since 1970 as a time in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


@dataclass(frozen=True, slots=True)
class PlanRecord:
    """A stored plan without its tables."""

    id: str
    """Identifier, given by the service; sorts by time of acceptance."""
    problem_digest: str
    """Digest of the problem that is planned (changes applied)."""
    options: PlanOptions
    """How it is solved."""
    source: Json
    """Where the problem came from, as the request said: province, version, scenario, changes."""
    caller: str
    """Who asked for it."""
    base_plan: str | None
    """Plan that it varies or replaces, if any."""
    state: PlanState
    """How far it is."""
    outcome: Outcome | None
    """What came of it; None unless finished."""
    head: Plan | None
    """The plan but for its tables; None unless finished."""
    copied_from: str | None
    """Plan with the same problem and options that answered it, if one did."""
    created: datetime
    """When it was accepted."""
    started: datetime | None
    """When it was last begun."""
    finished: datetime | None
    """When it ended."""
    province: str | None
    """Province that it belongs to; None where its problem was written out."""
    approval_state: ApprovalState = "draft"
    """Where it is in its life."""
    approval_version: int = 1
    """1 for a draft, one more with every act of its life."""

    @property
    def is_final(self) -> bool:
        """Whether it will never change again."""
        return self.state in FINAL_STATES


@dataclass(frozen=True, slots=True)
class TableInfo:
    """One table of a plan, without its rows."""

    name: str
    """Name, such as `quotas`."""
    rows: int
    """Number of rows."""
    size: int
    """Bytes as Parquet."""
    digest: str
    """sha-256 of the Parquet bytes: an ETag that never lies."""


@dataclass(frozen=True, slots=True)
class ProvinceRecord:
    """One version of a stored province."""

    id: str
    """Identifier, chosen by the user."""
    version: int
    """1 for the first, then one more with each change, deletion included."""
    name: str
    """Name for people."""
    problem_digest: str
    """Digest of its problem; see `ProblemRepository.get`."""
    scenarios: tuple[Scenario, ...]
    """Its named scenarios."""
    created: datetime
    """When this version was stored."""
    caller: str
    """Who stored it."""


@dataclass(frozen=True, slots=True)
class JobEvent:
    """Something that happened to a plan on its way."""

    seq: int
    """1 for the first event of the plan, then without gaps."""
    kind: Literal["queued", "started", "progress", "retried", "cancelling", "finished"]
    """What happened."""
    at: datetime
    """When."""
    data: Json = field(default_factory=dict)
    """`progress`: stage, iteration, objective, share_done. `started`, `retried`: try, and why. `finished`: state and outcome."""


@dataclass(frozen=True, slots=True)
class ApprovalTransition:
    """Something done with a plan in its life."""

    version: int
    """Version of the life after it; the first act makes 2."""
    at: datetime
    """When."""
    caller: str
    """Who."""
    act: str
    """What: `submit`, `return`, `ratify`, `put-in-force` or `close`."""
    note: str
    """What they had to say."""
    state: ApprovalState
    """State after it."""


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """An API key, without what it is."""

    id: str
    """Identifier: the part of the key that is no secret."""
    caller: str
    """Who asks with it."""
    grants: tuple[Mapping[str, str], ...]
    """Roles in provinces, each with `province` and `role`."""
    created: datetime
    """When it was made."""
    created_by: str
    """Who made it."""
    expires: datetime | None
    """When it ends to hold; None: never."""
    revoked: datetime | None
    """When it was revoked, if it was."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the audit log."""

    seq: int
    """Rises with every entry."""
    at: datetime
    """When."""
    caller: str
    """Who."""
    act: str
    """What was done, such as `plan accepted`."""
    subject: str
    """To what: a plan's or province's identifier."""
    detail: Json
    """Particulars."""
    province: str | None = None
    """Province that the subject belongs to, if any."""


EventKind = Literal[
    "plan.finished",
    "plan.cancelled",
    "plan.submitted",
    "plan.returned",
    "plan.ratified",
    "plan.in_force",
    "plan.closed",
]
"""What is told: a plan has an outcome (`failed` included), was cancelled, or went a step through its life."""


EVENT_KINDS: tuple[EventKind, ...] = get_args(EventKind)
"""All of them."""


DeliveryState = Literal["waiting", "delivered", "dead"]
"""`waiting`: will be sent (again). `delivered`: answered with 2xx. `dead`: given up; it can be sent again on request."""

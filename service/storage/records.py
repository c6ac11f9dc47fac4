"""Frozen records that storage returns, independent of the database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from models.analyses.kinds import AnalysisKind
from models.changes.change import Scenario
from models.options import PlanOptions
from models.plan import Outcome, Plan

PlanState = Literal["queued", "running", "finished", "cancelled"]
"""`queued`: accepted. `running`: being solved. `finished`: has an outcome, which may be `failed`. `cancelled`: ended on request."""

ApprovalState = Literal["draft", "submitted", "returned", "ratified", "in_force", "closed"]
"""Approval state: `draft`, `submitted`, `returned` for changes or `ratified` (irrevocable), `in_force`, `closed`."""

FINAL_STATES: frozenset[PlanState] = frozenset({"finished", "cancelled"})
"""States that a plan never leaves."""

Json = Mapping[str, Any]
"""A JSON object."""


def to_utc_datetime(seconds: float) -> datetime:
    """Convert seconds since 1970 to a time in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


@dataclass(frozen=True, slots=True)
class PlanBuild:
    """The build of Allot that made a plan."""

    version: str
    """Version of the package; `0` where Allot was not installed."""
    commit: str | None
    """Commit; None if it is unknown."""
    source_digest: str
    """sha-256 of the sources that compute plans."""


@dataclass(frozen=True, slots=True)
class PlanRecord:
    """A stored plan without its tables."""

    id: str
    """Identifier, assigned by the service; sorts by time of acceptance."""
    problem_digest: str
    """Digest of the problem, changes applied."""
    options: PlanOptions
    """Options of the solve."""
    source: Json
    """Source of the problem: province, version, scenario, changes."""
    caller: str
    """Caller who requested it."""
    base_plan: str | None
    """Plan that this one varies or replaces, if any."""
    state: PlanState
    """State of the job."""
    outcome: Outcome | None
    """Outcome; None unless finished."""
    head: Plan | None
    """The plan without its tables; None unless finished."""
    copied_from: str | None
    """Finished plan with the same problem and options whose result it has, if any."""
    created: datetime
    """Time of acceptance."""
    started: datetime | None
    """Start of the last attempt."""
    finished: datetime | None
    """Time of its end."""
    province: str | None
    """Province; None where the request contained the problem."""
    approval_state: ApprovalState = "draft"
    """Approval state."""
    approval_version: int = 1
    """1 for a draft, one more with every approval transition."""
    build: PlanBuild | None = None
    """Build that made it; None unless finished, and for plans of 0.2.0 and older."""
    title: str = ""
    """Title for people; empty without one."""
    tags: tuple[str, ...] = ()
    """Labels by which people group plans."""

    @property
    def is_final(self) -> bool:
        """Whether the state is final."""
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
    """sha-256 of the Parquet bytes; used as a strong ETag."""


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
    """Time at which this version was stored."""
    caller: str
    """Caller who stored it."""


@dataclass(frozen=True, slots=True)
class JobEvent:
    """An event of a plan."""

    seq: int
    """1 for the first event of the plan, then without gaps."""
    kind: Literal["queued", "started", "progress", "retried", "cancelling", "finished"]
    """Kind."""
    at: datetime
    """Time."""
    data: Json = field(default_factory=dict)
    """`progress`: stage, iteration, objective, share_done. `started`: attempt. `retried`: attempt, reason. `finished`: state and outcome."""


@dataclass(frozen=True, slots=True)
class ApprovalTransition:
    """A transition between approval states."""

    version: int
    """Version of the approval after it; the first transition makes 2."""
    at: datetime
    """Time."""
    caller: str
    """Caller."""
    act: str
    """Act: `submit`, `return`, `ratify`, `put-in-force` or `close`."""
    note: str
    """Note of the caller."""
    state: ApprovalState
    """State after it."""


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """An API key without its secret."""

    id: str
    """Identifier: the public part of the key."""
    caller: str
    """Caller that it identifies."""
    grants: tuple[Mapping[str, str], ...]
    """Roles in provinces, each with `province` and `role`."""
    created: datetime
    """Time of creation."""
    created_by: str
    """Caller who created it."""
    expires: datetime | None
    """Time of expiry; None: never."""
    revoked: datetime | None
    """Time of revocation, if it was revoked."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry of the audit log."""

    seq: int
    """Increases with every entry."""
    at: datetime
    """Time."""
    caller: str
    """Caller."""
    act: str
    """Act, such as `plan accepted`."""
    subject: str
    """Subject: identifier of a plan or province."""
    detail: Json
    """Particulars."""
    province: str | None = None
    """Province that the subject belongs to, if any."""


AnalysisState = Literal["queued", "running", "finished", "cancelled", "failed"]
"""`queued`: waits for its base plan. `running`: its tasks are worked on. `finished`: has a result. `cancelled`: ended on
request. `failed`: ended without a result; the reason tells why."""

FINAL_ANALYSIS_STATES: frozenset[AnalysisState] = frozenset({"finished", "cancelled", "failed"})
"""States that an analysis never leaves."""


@dataclass(frozen=True, slots=True)
class AnalysisRecord:
    """A stored analysis without its rows and tables."""

    id: str
    """Identifier, assigned by the service; sorts by time of acceptance."""
    kind: AnalysisKind
    """Kind."""
    base_plan: str
    """Plan that it starts from."""
    request: str
    """Request of its kind, as JSON."""
    caller: str
    """Caller who requested it."""
    province: str | None
    """Province of its base plan; None where the request of that plan contained the problem."""
    state: AnalysisState
    """State."""
    reason: str
    """Why it failed; empty if it did not."""
    head: Json | None
    """Result of its kind; None unless finished."""
    done: int
    """Rows that are stored."""
    total: int
    """Rows of all tasks that were planned so far."""
    created: datetime
    """Time of acceptance."""
    started: datetime | None
    """Time at which its base plan was there."""
    finished: datetime | None
    """Time of its end."""
    tables: Mapping[str, int] = field(default_factory=dict)
    """Number of rows of each table; empty unless finished."""

    @property
    def is_final(self) -> bool:
        """Whether the state is final."""
        return self.state in FINAL_ANALYSIS_STATES


@dataclass(frozen=True, slots=True)
class AnalysisEventRecord:
    """An event of an analysis."""

    seq: int
    """1 for the first event of the analysis, then without gaps."""
    kind: Literal["queued", "started", "progress", "retried", "finished"]
    """Kind."""
    at: datetime
    """Time."""
    data: Json = field(default_factory=dict)
    """`progress`: done, total. `retried`: task, reason. `finished`: state."""


EventKind = Literal[
    "plan.finished",
    "plan.cancelled",
    "plan.submitted",
    "plan.returned",
    "plan.ratified",
    "plan.in_force",
    "plan.closed",
    "analysis.finished",
    "analysis.cancelled",
]
"""Kinds of webhook events: a plan has an outcome (`failed` included), was cancelled, or made an approval transition; an analysis is
finished or has failed, or was cancelled."""


EVENT_KINDS: tuple[EventKind, ...] = get_args(EventKind)
"""All kinds of events."""


DeliveryState = Literal["waiting", "delivered", "dead"]
"""`waiting`: will be sent (again). `delivered`: answered with 2xx. `dead`: given up; it can be sent again on request."""

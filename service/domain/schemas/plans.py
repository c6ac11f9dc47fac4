"""Plans as they travel."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from models.base import Frozen, Id
from models.options import PlanOptions, SolverName
from models.plan import (
    Certificate,
    Infeasibility,
    Outcome,
    PlanObjective,
    PlanSummary,
    SolverRun,
    Termination,
    VerificationResult,
)
from service.domain.schemas.problem_sources import ProblemSource, SourceEnvelope
from service.storage.records import ApprovalState

PlanStatus = Literal["queued", "running", "finished", "cancelled"]
"""`queued`: accepted. `running`: being solved. `finished`: has an outcome, `failed` included. `cancelled`: ended on request."""


class PlanEnvelope(SourceEnvelope):
    """A plan asked for, but for its problem."""

    options: PlanOptions = PlanOptions()
    """How to solve it."""
    priority: int = Field(default=0, ge=-100, le=100, strict=True)
    """Among your plans that wait, those of higher priority go first."""
    reuse: bool = Field(default=True, strict=True)
    """Whether a finished plan of the same problem and options may answer at once."""
    base_plan: Id | None = None
    """Plan that this one varies: solving starts from its basis. Without `problem` and `province` it is planned again with `changes`."""


class PlanBody(PlanEnvelope, ProblemSource):
    """A plan asked for: a problem written out, or a province in a scenario with changes; and options."""


class SheetsQuery(Frozen):
    """What a request with a workbook or a zip says beside it, in its address."""

    scenario: Id | None = None
    """With a workbook or zip: the scenario of its sheet `scenarios` that is planned; what the sheets say as they stand if absent."""
    solver: SolverName | None = None
    """With a workbook or zip: as in `options`."""
    time_limit_seconds: Annotated[float, Field(gt=0, le=86_400)] | None = None
    """With a workbook or zip: as in `options`."""
    tolerance: Annotated[float, Field(gt=0, le=1e-2)] | None = None
    """With a workbook or zip: as in `options`."""
    verify: bool | None = None
    """With a workbook or zip: as in `options`."""
    priority: Annotated[int, Field(ge=-100, le=100)] | None = None
    """With a workbook or zip: as in a body of JSON."""
    reuse: bool | None = None
    """With a workbook or zip: as in a body of JSON."""

    def dump_stated_values(self) -> dict[str, Any]:
        """What is said at all."""
        return self.model_dump(exclude_none=True)

    def to_json_body(self) -> dict[str, Any]:
        """The same as a body of JSON says it, but for the scenario."""
        said = {name: value for name, value in self.dump_stated_values().items() if name != "scenario"}
        options = {name: said.pop(name) for name in PlanOptions.model_fields if name in said}
        return said | ({"options": options} if options else {})


class PlanProgress(Frozen):
    """How far a running plan is; a hint, never a result."""

    stage: str | None = None
    """What is being done."""
    iteration: int | None = None
    """Iterations so far."""
    objective: float | None = None
    """Objective so far, won."""
    share_done: float | None = None
    """Share of the work done, 0 to 1, where it can be told."""


class Discrepancy(Frozen):
    """Goods of the past that the books cannot place."""

    place: str
    """County or station."""
    item: str
    """Item."""
    period: str
    """Period."""
    quantity: float
    """Units."""


class ReplanDetails(Frozen):
    """How a plan was made again for the rest of its periods."""

    from_: str = Field(alias="from")
    """First period that was planned again."""
    past: tuple[str, ...]
    """Periods before it: fixed at what happened."""
    unreported: Literal["quota", "zero"]
    """What lines that were not reported were taken to have made."""
    keep_quotas_close: bool
    """Whether quotas were kept near those of the plan before."""
    reported: int
    """Outputs of the past that were reported, by line and period."""
    assumed: int
    """Quotas of the past that were not reported."""
    lost: tuple[Discrepancy, ...]
    """Made or brought beyond the plan where nobody needed it and it cannot be stored; the most valuable."""
    unexplained: tuple[Discrepancy, ...]
    """Used by factories although by the books it was not there; the most valuable."""


class PlanSource(Frozen):
    """Where a plan's problem came from."""

    province: str | None = None
    """Province; null where the problem was written out."""
    version: int | None = None
    """Version of the province."""
    scenario: str | None = None
    """Scenario of the province, or of the sheets that were sent."""
    changes: tuple[dict[str, Any], ...] = ()
    """Changes applied, in order."""
    replanned: ReplanDetails | None = None
    """How it was made again from `base_plan`; null for a plan of all its periods."""


class PlanListEntry(Frozen):
    """A plan in a list."""

    id: str
    """Identifier, given by the service; sorts by time."""
    status: PlanStatus
    """How far it is."""
    outcome: Outcome | None
    """What came of it; null unless finished."""
    approval_state: ApprovalState
    """Where it is in its life: `draft`, `submitted`, `returned`, `ratified`, `in_force` or `closed`; see `/approval`."""
    source: PlanSource
    """Where its problem came from."""
    problem_digest: str
    """sha-256 of its problem: plans with the same one plan the same thing."""
    base_plan: str | None
    """Plan that it varies or replaces, if any."""
    created: datetime
    """When it was accepted."""
    started: datetime | None
    """When it was last begun."""
    finished: datetime | None
    """When it ended."""
    served_share: float | None
    """Share of the need served, by value; null unless there is a plan."""


class PlanView(Frozen):
    """A plan without its tables. Everything below `progress` is null until it is finished."""

    id: str
    """Identifier, given by the service; sorts by time."""
    status: PlanStatus
    """How far it is."""
    approval_state: ApprovalState
    """Where it is in its life: `draft`, `submitted`, `returned`, `ratified`, `in_force` or `closed`; see `/approval`."""
    source: PlanSource
    """Where its problem came from."""
    problem_digest: str
    """sha-256 of its problem: plans with the same one plan the same thing."""
    options: PlanOptions
    """How it is solved."""
    base_plan: str | None
    """Plan that it varies or replaces, if any."""
    copied_from: str | None
    """Finished plan of the same problem and options that answered it, if one did."""
    created: datetime
    """When it was accepted."""
    started: datetime | None
    """When it was last begun."""
    finished: datetime | None
    """When it ended."""
    progress: PlanProgress | None
    """How far it is; null unless it is running and has told."""
    outcome: Outcome | None
    """What came of it: `optimal` (certified), `feasible` (stopped by a limit), `infeasible` (see `diagnosis`), `failed` (see `termination`)."""
    termination: Termination | None
    """Why solving stopped."""
    certificate: Certificate | None
    """Proof of the outcome; null where there is no plan."""
    objective: PlanObjective | None
    """Objective with its parts; null where there is no plan."""
    summary: PlanSummary | None
    """The plan at a glance; null where there is no plan."""
    infeasibility: Infeasibility | None
    """Why it is infeasible; null unless it is."""
    verification: VerificationResult | None
    """The second opinion, if asked for."""
    rounding_cost: float | None
    """What whole units cost: the objective's rise in won; null where no item asks for whole units."""
    solver: SolverRun | None
    """What solved it and how."""
    timings: dict[str, float] | None
    """Seconds by stage."""
    tables: dict[str, int] | None
    """Rows of each table."""
    links: dict[str, str]
    """Where its events, problem and tables are."""


class PlanList(Frozen):
    """A page of plans."""

    plans: tuple[PlanListEntry, ...]
    """Newest first."""
    next: str | None
    """Address of the next page; null on the last."""


class PlanEvent(Frozen):
    """What one event of `/events` carries as `data`."""

    plan: str
    """The plan."""
    kind: Literal["queued", "started", "progress", "retried", "cancelling", "finished"]
    """What happened; also the event's name."""
    at: datetime
    """When."""
    data: dict[str, Any]
    """`progress`: stage, iteration, objective, share_done. `started`, `retried`: try, and why. `finished`: state and outcome."""

"""Schemas of plans."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from models.base import ACCEPT_INTEGRAL_FLOAT, Frozen, Id
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
from models.plan_estimate import PlanEstimate
from service.domain.schemas.problems import ProblemSource, SourceEnvelope
from service.storage.records import ApprovalState

PlanStatus = Literal["queued", "running", "finished", "cancelled"]
"""`queued`: accepted.

`running`: being solved. `finished`: has an outcome, `failed` included. `cancelled`: ended on request.
"""


class PlanEnvelope(SourceEnvelope):
    """A request for a plan without its problem."""

    options: PlanOptions = PlanOptions()
    """Solver options."""
    priority: Annotated[int, Field(ge=-100, le=100, strict=True), ACCEPT_INTEGRAL_FLOAT] = 0
    """Priority among your waiting plans; higher ones are solved first."""
    reuse: bool = Field(default=True, strict=True)
    """Whether a finished plan of the same problem and options may be returned at once."""
    base_plan: Id | None = None
    """Base plan: solving starts from its basis.

    Without `problem` and `province` its problem is planned again with `changes`.
    """


class PlanBody(PlanEnvelope, ProblemSource):
    """A request for a plan: a problem, or a province in a scenario with changes; and options."""


class SheetsQuery(Frozen):
    """Query parameters of a request with a workbook or a zip."""

    scenario: Id | None = None
    """With a workbook or zip: the scenario of its sheet `scenarios`; the problem of the sheets without a scenario if
    absent.
    """
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
    """Progress of a running plan; a hint, never a result."""

    stage: str | None = None
    """Current stage."""
    iteration: int | None = None
    """Iterations so far."""
    objective: float | None = None
    """Current objective in weighted won."""
    share_done: float | None = None
    """Completed share of the work, 0 to 1, where it is known."""


class Discrepancy(Frozen):
    """A discrepancy of the past: goods that the reconciliation cannot place."""

    place: str
    """County or station."""
    item: str
    """Item."""
    period: str
    """Period."""
    quantity: float
    """Quantity in units of the item."""


class ReplanDetails(Frozen):
    """How a plan was replanned for its remaining periods."""

    from_: str = Field(alias="from")
    """First period that was planned again."""
    past: tuple[str, ...]
    """Earlier periods, fixed at what happened."""
    unreported: Literal["quota", "zero"]
    """Assumed output of lines without a report."""
    keep_quotas_close: bool
    """Whether quotas were kept close to those of the base plan."""
    reported: int
    """Number of past outputs that were reported, by line and period."""
    assumed: int
    """Number of past quotas that were not reported."""
    lost: tuple[Discrepancy, ...]
    """Surplus of the past that nobody needed and no store could hold; the most valuable."""
    unexplained: tuple[Discrepancy, ...]
    """Use by factories that the reconciliation cannot explain; the most valuable."""


class AlternativeSource(Frozen):
    """The analysis that found a plan within a slack of the optimum."""

    analysis: str
    """Identifier of the alternatives; see `/v1/alternatives`."""
    number: int
    """Number of the plan in `plans` of the analysis, from 0."""


class StudyRunSource(Frozen):
    """The run of a study that a plan was opened from."""

    study: str
    """Identifier of the study."""
    run: int
    """Number of the run."""
    hold: str
    """What the study held of its base plan. The plan itself is planned anew, without it."""


class PlanSource(Frozen):
    """Source of a plan's problem."""

    province: str | None = None
    """Province; null for a problem in the request."""
    version: int | None = None
    """Version of the province."""
    scenario: str | None = None
    """Scenario of the province, or of the sheets."""
    name: str | None = None
    """Name of the province or of the problem when the plan was asked for; null without one, and in plans of earlier versions."""
    changes: tuple[dict[str, Any], ...] = ()
    """Changes applied, in order."""
    replanned: ReplanDetails | None = None
    """How it was replanned from `base_plan`; null for a plan of all its periods."""
    alternative: AlternativeSource | None = None
    """The alternatives to `base_plan` that it is one of, within a slack of the optimum; null for an optimum."""
    study_run: StudyRunSource | None = None
    """The run of a study of `base_plan` that it was opened from; null for any other plan."""


class PlanListEntry(Frozen):
    """A plan in a list."""

    id: str
    """Identifier, given by the service; sorts by time."""
    title: str
    """Title for people; empty without one. See `/title`."""
    tags: tuple[str, ...]
    """Labels by which people group plans."""
    status: PlanStatus
    """Status of the plan."""
    outcome: Outcome | None
    """Outcome; null unless finished."""
    approval_state: ApprovalState
    """State of the approval: `draft`, `submitted`, `returned`, `ratified`, `in_force` or `closed`; see `/approval`."""
    source: PlanSource
    """Source of its problem."""
    problem_digest: str
    """sha-256 of its problem: plans with the same digest have the same problem."""
    base_plan: str | None
    """Base plan, if any."""
    created: datetime
    """Time of acceptance."""
    started: datetime | None
    """Time of the last start."""
    finished: datetime | None
    """Time of the end."""
    served_share: float | None
    """Served share of the demand, by value; null without a plan."""


class PlanBuildView(Frozen):
    """The build of Allot that made a plan."""

    version: str
    """Version of Allot."""
    commit: str | None
    """Commit of the build; null if it is unknown."""
    source_digest: str
    """sha-256 of the sources that compute plans."""


class PlanView(Frozen):
    """A plan without its tables. Everything below `estimate` is null until it is finished."""

    id: str
    """Identifier, given by the service; sorts by time."""
    title: str
    """Title for people; empty without one. See `/title`."""
    tags: tuple[str, ...]
    """Labels by which people group plans."""
    status: PlanStatus
    """Status of the plan."""
    approval_state: ApprovalState
    """State of the approval: `draft`, `submitted`, `returned`, `ratified`, `in_force` or `closed`; see `/approval`."""
    source: PlanSource
    """Source of its problem."""
    problem_digest: str
    """sha-256 of its problem: plans with the same digest have the same problem."""
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
    estimate: PlanEstimate | None
    """Estimate by year; null for small plans, for plans from the basis of a `base_plan`, and as soon as the plan has ended:
    its own figures replace it."""
    made_by: PlanBuildView | None
    """Version that made it, as `/v1/version` tells it; null for plans of 0.2.0 and older."""
    outcome: Outcome | None
    """Outcome: `optimal` (certified), `feasible` (stopped by a limit), `infeasible` (see `infeasibility`), `failed` (see `termination`)."""
    termination: Termination | None
    """Why the solver stopped."""
    certificate: Certificate | None
    """Certificate of the outcome; null if there is no plan."""
    objective: PlanObjective | None
    """Objective and its terms; null if there is no plan."""
    summary: PlanSummary | None
    """Totals and served shares; null if there is no plan."""
    infeasibility: Infeasibility | None
    """Conflict and relaxations; null unless the outcome is `infeasible`."""
    verification: VerificationResult | None
    """Result of the reference model; null unless `verify` was set."""
    rounding_cost: float | None
    """Increase of the objective by rounding to whole units, in weighted won; null if no item requires whole units."""
    solver: SolverRun | None
    """Solver, model size and solution steps."""
    timings: dict[str, float] | None
    """Wall time of each stage, in seconds."""
    tables: dict[str, int] | None
    """Number of rows of each table."""
    links: dict[str, str]
    """Where its events, problem and tables are."""


class PlanList(Frozen):
    """A page of plans."""

    plans: tuple[PlanListEntry, ...]
    """Newest first."""
    damaged: tuple[str, ...] = ()
    """Identifiers of plans of this page that are left out, because what is stored of them is damaged."""
    next: str | None
    """Address of the next page; null on the last."""


class PlanEvent(Frozen):
    """What one event of `/events` carries as `data`."""

    plan: str
    """The plan."""
    kind: Literal["queued", "started", "estimate", "progress", "retried", "cancelling", "finished"]
    """What happened; also the event's name."""
    at: datetime
    """When."""
    data: dict[str, Any]
    """`estimate`: as in the plan, which shows it until it ends. `progress`: stage, iteration, objective, share_done. `started`, `retried`: try, and why. `finished`: state and outcome."""

"""Views of stored plans, and their linear programs as text."""

from dataclasses import asdict
from typing import Any, Literal

from models.plan_estimate import PlanEstimate
from models.tables import TABLE_SCHEMAS
from models.validation.parsing import parse_problem
from service.domain.schemas.plans import PlanBuildView, PlanListEntry, PlanProgress, PlanSource, PlanView
from service.storage.records import JobEvent, PlanRecord
from solvers.backends.highs import format_mps_text
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import build_program
from solvers.lp.export import format_lp_text


def build_list_entry(record: PlanRecord) -> PlanListEntry:
    """Build the entry of a plan in a list."""
    summary = record.head.summary if record.head is not None else None
    return PlanListEntry(
        id=record.id,
        title=record.title,
        tags=record.tags,
        status=record.state,
        approval_state=record.approval_state,
        outcome=record.outcome,
        source=PlanSource.model_validate(record.source),
        problem_digest=record.problem_digest,
        base_plan=record.base_plan,
        created=record.created,
        started=record.started,
        finished=record.finished,
        served_share=None if summary is None else summary.served_share,
    )


def build_plan_view(
    record: PlanRecord, progress: PlanProgress | None = None, estimate: PlanEstimate | None = None
) -> PlanView:
    """Build the view of a plan without its tables; `progress` and `estimate` are the last of a plan that has not ended."""
    result: dict[str, Any] = dict.fromkeys(_PLAN_FIELDS)
    if record.head is not None:
        result = {name: getattr(record.head, name) for name in _PLAN_FIELDS}
    return PlanView(
        id=record.id,
        title=record.title,
        tags=record.tags,
        status=record.state,
        approval_state=record.approval_state,
        source=PlanSource.model_validate(record.source),
        problem_digest=record.problem_digest,
        options=record.options,
        base_plan=record.base_plan,
        copied_from=record.copied_from,
        created=record.created,
        started=record.started,
        finished=record.finished,
        progress=progress,
        estimate=estimate,
        made_by=None if record.build is None else PlanBuildView.model_validate(asdict(record.build)),
        links=_build_links(record),
        **result,
    )


_PLAN_FIELDS = (
    "outcome",
    "termination",
    "certificate",
    "objective",
    "summary",
    "infeasibility",
    "verification",
    "rounding_cost",
    "solver",
    "timings",
    "tables",
)
"""Fields that are copied from `models.plan.Plan`."""


def build_progress(event: JobEvent) -> PlanProgress:
    """Build the progress that an event reports."""
    return PlanProgress.model_validate({name: event.data.get(name) for name in PlanProgress.model_fields})


def _build_links(record: PlanRecord) -> dict[str, str]:
    """Build the addresses that belong to a plan; addresses of tables only where there are tables."""
    here = f"/v1/plans/{record.id}"
    links = {
        "self": here,
        "events": f"{here}/events",
        "approval": f"{here}/approval",
        "briefing": f"{here}/briefing",
        "title": f"{here}/title",
        "problem": f"{here}/problem",
        "mps": f"{here}/export.mps",
    }
    if record.head is not None:
        links["workbook"] = f"{here}/workbook"
    if record.head is not None and record.head.tables:
        links |= {name: f"{here}/tables/{name}" for name in TABLE_SCHEMAS if name in record.head.tables}
    return links


ProgramFormat = Literal["mps", "lp"]
"""Text formats of a linear program."""


def format_program(problem: bytes, kind: ProgramFormat) -> str:
    """Format the linear program of a problem (as JSON)."""
    program = build_program(ProblemArrays.from_problem(parse_problem(problem)))
    return format_mps_text(program) if kind == "mps" else format_lp_text(program)

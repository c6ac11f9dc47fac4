"""The briefing of a plan: what a planner reads first, from what is stored of the plan."""

from dataclasses import dataclass

import pyarrow as pa

from models.fulfilment import compute_fulfilment
from models.outputs import LineAndPeriod
from models.plan import PlanSummary
from models.problem.planning_problem import PlanningProblem
from service.auth.authorization import require_plan_permission
from service.auth.principals import Principal
from service.core.errors import ConflictError
from service.core.relevance import MIN_PART_OF_NEED
from service.core.share_text import format_share
from service.domain import briefing_lines
from service.domain.approval import ApprovalService
from service.domain.fulfilment import REPORTABLE_STATES, read_quotas
from service.domain.plan_columns import REQUIREMENT_COLUMNS, read_columns
from service.domain.schemas.briefing import (
    Briefing,
    BriefingFigure,
    FactoryBehind,
    HoldingLimit,
    HoldingRule,
    MissedDeadline,
    NextStep,
    NextStepKind,
    ShortGood,
)
from service.storage.records import PlanRecord
from service.storage.repositories.outputs import OutputLog
from service.storage.store import Store, Transaction

MAX_LINES = 8
"""Maximum number of goods, of limits and of due dates in a briefing."""

MAX_FACTORIES = 5
"""Maximum number of factories in one step."""

_ACTS: tuple[NextStepKind, ...] = ("submit", "ratify", "put-in-force", "close")
"""Acts of the approval that bring a plan on."""


@dataclass(frozen=True, slots=True)
class PlanLines:
    """What the tables of a plan say, merged."""

    goods: list[ShortGood]
    """Goods that are short."""
    served_shares: dict[str, float]
    """Served share by item."""
    rules: list[HoldingRule]
    """Kinds of limits that cause shortages."""
    limits: list[HoldingLimit]
    """Limits that cause shortages."""
    deadlines: list[MissedDeadline]
    """Due dates that are not kept."""


def build_plan_lines(
    problem: PlanningProblem, supply: pa.Table, requirements: pa.Table | None, bottlenecks: pa.Table
) -> PlanLines:
    """Merge the tables `supply`, `requirements` (None for a plan without it) and `bottlenecks` over counties and periods."""
    if requirements is not None:
        supply = briefing_lines.append_requirements(supply, requirements)
    needs = briefing_lines.read_needs(problem, supply)
    held = briefing_lines.read_holding_limits(needs, bottlenecks)
    return PlanLines(
        briefing_lines.list_short_goods(needs),
        briefing_lines.compute_served_shares(needs),
        briefing_lines.list_holding_rules(held),
        briefing_lines.list_holding_limits(held),
        briefing_lines.list_missed_deadlines(needs),
    )


class BriefingService:
    """The briefings of one service's plans."""

    def __init__(self, store: Store) -> None:
        """Use a store."""
        self._store = store

    def read_briefing(self, plan: str, compared_with: str | None, principal: Principal) -> Briefing:
        """Read the briefing of a plan, compared with another one, or by default with the plan in force of its province.

        Raises RecordNotFoundError for unknown plans, HiddenError for a plan to compare with that the principal may not
        read, ConflictError unless the plan is finished and the other one has figures.
        """
        acts = ApprovalService(self._store).read_approval(plan, principal).acts
        with self._store.read_transaction() as transaction:
            record = transaction.plans.get_plan(plan)
            if record.head is None:
                raise ConflictError(f"The plan is {record.state}; a briefing needs a finished plan.")
            other = _find_compared_plan(transaction, record, compared_with, principal)
            if record.head.summary is None:
                return _brief_without_figures(record)
            problem = transaction.problems.get_problem(record.problem_digest)
            lines = _read_plan_lines(transaction, record, problem)
            compared = None if other is None else _read_plan_lines(transaction, other)
            steps = [*_list_approval_steps(acts), *_list_execution_steps(transaction, record, problem)]
        return _build_briefing(record, record.head.summary, lines, other, compared, steps, problem)


def _find_compared_plan(
    transaction: Transaction, record: PlanRecord, stated: str | None, principal: Principal
) -> PlanRecord | None:
    """Find the plan to compare with; None if none is stated and no other plan is in force."""
    if stated is not None:
        require_plan_permission(transaction, principal, "read", stated)
        other = transaction.plans.get_plan(stated)
        if other.head is None or other.head.summary is None:
            raise ConflictError(f"The plan {stated} has no figures to compare with.")
        return other
    in_force = None if record.province is None else transaction.approvals.find_plan_in_force(record.province)
    return None if in_force in (None, record.id) else transaction.plans.get_plan(str(in_force))


def _read_plan_lines(transaction: Transaction, record: PlanRecord, problem: PlanningProblem | None = None) -> PlanLines:
    supply, bottlenecks = (
        read_columns(transaction, record.id, name, columns)
        for name, columns in (
            ("supply", briefing_lines.SUPPLY_COLUMNS),
            ("bottlenecks", briefing_lines.BOTTLENECK_COLUMNS),
        )
    )
    found, requirements = problem or transaction.problems.get_problem(record.problem_digest), None
    if found.requirements and record.head is not None and "requirements" in record.head.tables:
        names = {name: known for known, name in REQUIREMENT_COLUMNS.items()}
        columns = tuple(names.get(name, name) for name in briefing_lines.SUPPLY_COLUMNS)
        requirements = read_columns(transaction, record.id, "requirements", columns)
    return build_plan_lines(found, supply, requirements, bottlenecks)


def _brief_without_figures(record: PlanRecord) -> Briefing:
    """Brief about a plan that ended without figures."""
    head = record.head
    conflict = head.infeasibility.conflict if head is not None and head.infeasibility is not None else ()
    steps = (NextStep(kind="resolve", count=len(conflict)),) if conflict else ()
    headline = "The rules of the problem conflict: no plan satisfies them all." if conflict else "There is no plan."
    return Briefing(
        plan=record.id,
        outcome=record.outcome or "failed",
        approval_state=record.approval_state,
        compared_with=None,
        headline=headline,
        least_served_county=None,
        least_served_share=None,
        figures=(),
        short_goods=(),
        short_good_count=0,
        rules=(),
        limits=(),
        limit_count=0,
        missed_deadlines=(),
        missed_deadline_count=0,
        next_steps=steps,
    )


def _build_briefing(
    record: PlanRecord,
    summary: PlanSummary,
    lines: PlanLines,
    other: PlanRecord | None,
    compared: PlanLines | None,
    steps: list[NextStep],
    problem: PlanningProblem,
) -> Briefing:
    shares = summary.index_needs_by_county()
    least = min(shares, key=lambda county: shares[county], default=None) if lines.goods else None
    other_summary = other.head.summary if other is not None and other.head is not None else None
    goods, limits = lines.goods[:MAX_LINES], lines.limits[:MAX_LINES]
    if compared is not None:
        goods = [_compare_good(one, compared) for one in goods]
        limits = [_compare_limit(one, compared) for one in limits]
    return Briefing(
        plan=record.id,
        outcome=record.outcome or "failed",
        approval_state=record.approval_state,
        compared_with=None if other is None else other.id,
        headline=write_headline(problem, summary, lines),
        least_served_county=least,
        least_served_share=None if least is None else shares[least],
        figures=list_figures(summary, other_summary),
        short_goods=tuple(goods),
        short_good_count=len(lines.goods),
        rules=tuple(lines.rules),
        limits=tuple(limits),
        limit_count=len(lines.limits),
        missed_deadlines=tuple(lines.deadlines[:MAX_LINES]),
        missed_deadline_count=len(lines.deadlines),
        next_steps=tuple(steps),
    )


def _compare_good(good: ShortGood, compared: PlanLines) -> ShortGood:
    return good.model_copy(update={"compared_served_share": compared.served_shares.get(good.item)})


def _compare_limit(limit: HoldingLimit, compared: PlanLines) -> HoldingLimit:
    same = (one for one in compared.limits if (one.rule, one.id, one.part) == (limit.rule, limit.id, limit.part))
    found = next(same, None)
    return limit.model_copy(update={"compared_held_share": 0.0 if found is None else found.held_share})


def list_figures(summary: PlanSummary, other: PlanSummary | None) -> tuple[BriefingFigure, ...]:
    """List the figures of a plan beside those of another one."""

    def value_short(one: PlanSummary) -> float:
        return one.value_of_needs * (1.0 - one.served_share_of_needs)

    def compare(name: str) -> float | None:
        return None if other is None else getattr(other, name)

    return (
        BriefingFigure(
            name="served_share", value=summary.served_share_of_needs, compared=compare("served_share_of_needs")
        ),
        BriefingFigure(
            name="short_value", value=value_short(summary), compared=None if other is None else value_short(other)
        ),
        BriefingFigure(name="in_time_share", value=summary.in_time_share, compared=compare("in_time_share")),
        BriefingFigure(name="local_share", value=summary.local_share, compared=compare("local_share")),
        BriefingFigure(
            name="power_used_kwh",
            value=summary.power_used_kwh,
            limit=summary.power_limit_kwh,
            compared=compare("power_used_kwh"),
        ),
    )


def write_headline(problem: PlanningProblem, summary: PlanSummary, lines: PlanLines) -> str:
    """Write the plan in one English sentence: how much is served, who and what is worst, which limit holds most."""
    if not lines.goods:
        return "Every need is served."
    names = {need.id: need.name or need.id for need in problem.needs}
    names |= {county.id: county.name or county.id for county in problem.counties}
    shares = summary.index_needs_by_county()
    least = min(shares, key=lambda county: shares[county])
    goods = ", ".join(names[one.item] for one in lines.goods[:3])
    parts = [
        f"{format_share(summary.served_share_of_needs)} of the need is served",
        f"{names[least]} is served least, {format_share(shares[least])}",
        f"most of what is short is {goods}",
    ]
    if lines.rules:
        first = lines.rules[0]
        parts.append(f"the limit behind most of it is {first.rule}, {format_share(first.held_share)}")
    return "; ".join(parts) + "."


def _list_approval_steps(acts: tuple[str, ...]) -> list[NextStep]:
    return [NextStep(kind=act) for act in _ACTS if act in acts]


def _list_execution_steps(transaction: Transaction, record: PlanRecord, problem: PlanningProblem) -> list[NextStep]:
    """List what the execution of a plan asks for: reports that are due, factories behind, and a plan of the rest."""
    if record.approval_state not in REPORTABLE_STATES:
        return []
    reported = OutputLog(transaction.connection).read_quantities(record.id)
    quotas = read_quotas(transaction, record.id)
    unreported = [key for key, units in quotas.items() if units > 0 and key not in reported]
    position = {period: t for t, period in enumerate(problem.periods)}
    steps = []
    if unreported:
        period = min((key[2] for key in unreported), key=position.__getitem__)
        count = sum(key[2] == period for key in unreported)
        steps.append(NextStep(kind="report", period=period, count=count))
    if reported:
        last = max((key[2] for key in reported), key=position.__getitem__)
        steps += _list_steps_behind(problem, quotas, reported, last)
    return steps


def _list_steps_behind(
    problem: PlanningProblem,
    quotas: dict[LineAndPeriod, float],
    reported: dict[LineAndPeriod, float],
    through: str,
) -> list[NextStep]:
    rows, _ = compute_fulfilment(problem, quotas, reported, "factory", through)
    behind = [
        FactoryBehind(factory=row.id, fulfilment=row.fulfilment)
        for row in rows
        if row.fulfilment is not None and row.fulfilment < 1.0 - MIN_PART_OF_NEED
    ]
    if not behind:
        return []
    steps = [NextStep(kind="behind", period=through, count=len(behind), factories=tuple(behind[:MAX_FACTORIES]))]
    following = problem.periods.index(through) + 1
    if following < len(problem.periods):
        steps.append(NextStep(kind="replan", period=problem.periods[following]))
    return steps

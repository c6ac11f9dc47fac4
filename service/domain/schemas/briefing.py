"""Schemas of the briefing of a plan."""

from typing import Literal

from models.base import Frozen
from models.plan import Outcome
from service.storage.records import ApprovalState

FigureName = Literal["served_share", "short_value", "in_time_share", "local_share", "power_used_kwh"]
"""Names of the figures of a briefing."""

NextStepKind = Literal["resolve", "submit", "ratify", "put-in-force", "close", "report", "behind", "replan"]
"""`resolve`: find changes that permit a plan. `submit`, `ratify`, `put-in-force`, `close`: an act that you may perform.
`report`: outputs of a period are not reported. `behind`: factories made less than their quotas. `replan`: plan the
remaining periods again."""


class BriefingFigure(Frozen):
    """A figure of the plan, and of the plan that it is compared with."""

    name: FigureName
    """`served_share`: of all needs, for goods and for requirements, 0 to 1. `in_time_share`, `local_share`: as in the summary
    of the plan, 0 to 1. `short_value`: value of the demand that is not served, in won. `power_used_kwh`: electricity used, in kWh."""
    value: float | None
    """The figure; null if the plan has none, such as `in_time_share` without due dates."""
    limit: float | None = None
    """Its limit, in the same unit; null if there is none."""
    compared: float | None = None
    """The figure of the other plan; null without one."""


class ShortGood(Frozen):
    """A good or requirement that is short, over all counties and periods. A need that a later period serves is not short."""

    item: str
    """Identifier of the item, or of the requirement."""
    demand: float
    """Demand, in units."""
    short: float
    """Demand that is not served, in units."""
    short_value: float
    """Its value, in won; an item without a value counts 1 per unit."""
    served_share: float
    """Served share of the demand, 0 to 1."""
    county: str
    """County with the greatest part of it."""
    counties: int
    """Number of counties in which it is short."""
    periods: tuple[str, ...]
    """Periods in which it is short, in order."""
    compared_served_share: float | None = None
    """Served share in the other plan; null without one, or if that plan does not need the item."""


class HoldingLimit(Frozen):
    """A limit that causes shortages, over all periods."""

    rule: str
    """Name of the constraint, as in the table `bottlenecks`."""
    id: str
    """Identifier of what is limited."""
    part: str
    """Machine group, direction, or empty."""
    periods: tuple[str, ...]
    """Periods or windows in which it is binding and causes shortages, in order; empty for a limit of the whole plan."""
    shortages: int
    """Number of shortages that it causes."""
    held_value: float
    """Value of these shortages, in won. A shortage with several limits counts for each of them."""
    held_share: float
    """Share of the value of all shortages, 0 to 1."""
    compared_held_share: float | None = None
    """The same share in the other plan; null without one."""


class HoldingRule(Frozen):
    """A kind of limit that causes shortages, over all that it limits and all periods."""

    rule: str
    """Name of the constraint."""
    limits: int
    """Number of things that it limits and that cause shortages, such as power areas."""
    held_share: float
    """Share of the value of all shortages that at least one of them causes, 0 to 1."""


class MissedDeadline(Frozen):
    """A due date of an item that is not kept, over all counties."""

    item: str
    """Identifier of the item."""
    period: str
    """Period of the due date."""
    by: float
    """Part of the period after which it is due, 0 to 1."""
    due: float
    """Units due."""
    missed: float
    """Units due that are not there in time."""
    county: str
    """County with the greatest part of it."""
    counties: int
    """Number of counties that do not get theirs in time."""


class FactoryBehind(Frozen):
    """A factory that made less than its quotas."""

    factory: str
    """Identifier of the factory."""
    fulfilment: float
    """Fulfilment of the reported quotas, 0 to 1."""


class NextStep(Frozen):
    """Something to do next."""

    kind: NextStepKind
    """What it is."""
    period: str | None = None
    """`report`: the first period with outputs that are not reported. `behind`: the last reported period. `replan`: the first
    period to plan again."""
    count: int | None = None
    """`report`: number of quotas without a report. `behind`: number of factories. `resolve`: number of rules in conflict."""
    factories: tuple[FactoryBehind, ...] = ()
    """`behind`: the factories with the least fulfilment."""


class Briefing(Frozen):
    """The most important of a plan, merged over counties and periods; the greatest comes first in every list."""

    plan: str
    """Identifier of the plan."""
    outcome: Outcome
    """Outcome of the plan."""
    approval_state: ApprovalState
    """State of the approval."""
    compared_with: str | None
    """Plan that it is compared with; null without one."""
    headline: str
    """The plan in one English sentence."""
    least_served_county: str | None
    """County with the smallest served share; null if all needs are served, or without figures."""
    least_served_share: float | None
    """Its served share, 0 to 1."""
    figures: tuple[BriefingFigure, ...]
    """The figures; empty for a plan without figures."""
    short_goods: tuple[ShortGood, ...]
    """Goods that are short, the greatest value first."""
    short_good_count: int
    """Number of all goods that are short."""
    rules: tuple[HoldingRule, ...]
    """Kinds of limits that cause shortages."""
    limits: tuple[HoldingLimit, ...]
    """Limits that cause shortages."""
    limit_count: int
    """Number of all limits that cause shortages."""
    missed_deadlines: tuple[MissedDeadline, ...]
    """Due dates that are not kept, the greatest value first."""
    missed_deadline_count: int
    """Number of all due dates that are not kept."""
    next_steps: tuple[NextStep, ...]
    """What to do next, the most urgent first."""

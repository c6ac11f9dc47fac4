"""Demand estimate: heads × norms × calendar × years, unless demand is stated.

    demand[n,i,t] = calendar[i,t] · Σ_g heads[n,g] · norm[i,g] · years

Norms are units per head and year, and `years` is the length of the plan. A plan of two months (`years` 0.16) needs
about a sixth of a year's norm. Heads are stated or projected from a census (`models.heads`). Rows in `demand` replace the estimate for their county and item.

The need for an item in whole units is made whole: `round_need_up` rounds up the need of a county over the plan.
"""

import math
from collections.abc import Sequence

from models.base import Frozen, expand_to_periods
from models.heads import GroupHeads, HeadsSource, compute_county_heads
from models.problem.items import Item
from models.problem.planning_problem import PlanningProblem
from models.problem.population import County
from models.problem.requirements import Requirement

WHOLE_NEED_TOLERANCE = 1e-6
"""A need that exceeds a whole number by less than this, in units, is not rounded up."""


class GroupDemand(Frozen):
    """Demand of one population group of a county for an item over the whole plan."""

    group: str
    """Name of the population group."""
    heads: float
    """Heads of the group in the county."""
    heads_source: HeadsSource
    """`stated`: given by `population`. `census`: counted, with yearly growth. `ages`: projected by cohorts."""
    error: float | None
    """Error of projected heads, as ± share of them; null for stated heads."""
    norm: float
    """Norm, in units per head and year."""
    quantity: float
    """Units over the whole plan: heads × norm × years, before rounding to whole units."""


class DemandEstimate(Frozen):
    """Demand of a county for an item or a requirement by period, and its derivation."""

    county: str
    """Identifier of the county."""
    item: str
    """Identifier of the item, or of the requirement."""
    source: str
    """`norms`: estimated from population and norms. `stated`: given by a demand row."""
    quantity: tuple[float, ...]
    """Units in each period, in order; whole numbers if the item has `whole_units`."""
    groups: tuple[GroupDemand, ...]
    """Contribution of each population group; empty if the demand is stated."""


def compute_calendar_shares(problem: PlanningProblem, calendar: str) -> tuple[float, ...]:
    """Compute the share of the plan's demand in each period; the shares sum to 1.

    The calendar `even` distributes by `period_days` if given, otherwise equally. Raises KeyError for an unknown
    calendar.
    """
    if calendar != "even":
        return problem.calendars[calendar]
    count = len(problem.periods)
    days = expand_to_periods(1.0 if problem.period_days is None else problem.period_days, count)
    total = sum(days)
    return tuple(day / total for day in days)


def round_need_up(quantities: Sequence[float]) -> tuple[float, ...]:
    """Round a need by period to whole units: ⌈D − 1e-6⌉ units for a need of D over the plan.

    The whole units are spread over the periods in proportion to `quantities`, by largest remainder; of equal remainders, the
    earlier period comes first.
    """
    total = sum(quantities)
    whole = max(math.ceil(total - WHOLE_NEED_TOLERANCE), 0)
    if not whole:
        return (0.0,) * len(quantities)
    exact = [quantity * whole / total for quantity in quantities]
    parts = [math.floor(quantity + WHOLE_NEED_TOLERANCE) for quantity in exact]
    remainders = [round(quantity - part, 6) for quantity, part in zip(exact, parts, strict=True)]
    by_remainder = sorted(range(len(parts)), key=lambda t: -remainders[t])
    for t in by_remainder[: whole - sum(parts)]:
        parts[t] += 1
    return tuple(map(float, parts))


def calculate_demand(problem: PlanningProblem) -> tuple[DemandEstimate, ...]:
    """Compute the demand of every county, ordered by county, and then by item and requirement.

    The problem must have passed its checks: calendars, counties and items exist, and lists have one number per period.
    Rows without any demand are omitted.
    """
    position_of = problem.find_need_positions()
    stated = {(row.county, position_of[row.item]): row.quantity for row in problem.demand}
    shares = {need.calendar: compute_calendar_shares(problem, need.calendar) for need in problem.needs if need.norms}
    rows = []
    for county in problem.counties:
        heads = {row.group: row for row in compute_county_heads(problem, county)}
        for position, need in enumerate(problem.needs):
            quantity = stated.get((county.id, position))
            if quantity is not None:
                row = _use_stated_demand(county, need, expand_to_periods(quantity, len(problem.periods)))
            else:
                row = _estimate_from_norms(county, need, heads, problem.years, shares)
            if any(row.quantity) or quantity is not None:
                rows.append(row)
    return tuple(rows)


def _use_stated_demand(county: County, need: Item | Requirement, quantity: tuple[float, ...]) -> DemandEstimate:
    return DemandEstimate(
        county=county.id, item=need.id, source="stated", quantity=_round_if_whole(need, quantity), groups=()
    )


def _estimate_from_norms(
    county: County,
    need: Item | Requirement,
    heads: dict[str, GroupHeads],
    years: float,
    shares: dict[str, tuple[float, ...]],
) -> DemandEstimate:
    groups = tuple(
        GroupDemand(
            group=group,
            heads=row.heads,
            heads_source=row.source,
            error=None if row.source == "stated" else row.error,
            norm=norm,
            quantity=row.heads * norm * years,
        )
        for group, norm in need.norms.items()
        if norm and (row := heads.get(group)) is not None and row.heads
    )
    total = sum(part.quantity for part in groups)
    quantity = tuple(share * total for share in shares[need.calendar]) if total else ()
    return DemandEstimate(
        county=county.id, item=need.id, source="norms", quantity=_round_if_whole(need, quantity), groups=groups
    )


def _round_if_whole(need: Item | Requirement, quantity: tuple[float, ...]) -> tuple[float, ...]:
    return round_need_up(quantity) if isinstance(need, Item) and need.whole_units else quantity

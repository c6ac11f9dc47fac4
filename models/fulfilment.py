"""Fulfilment of quotas: reported output compared with the plan, for the centre's review."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from models.base import Frozen
from models.outputs import LineAndPeriod
from models.problem.planning_problem import PlanningProblem

FulfilmentGrouping = Literal["factory", "county", "item"]
"""Grouping of fulfilment. `county` is the place of the factory."""


def sum_recipes(rows: Iterable[tuple[str, str, str, float]]) -> dict[LineAndPeriod, float]:
    """Sum quotas of the recipes of an item; a row has factory, item, period and units."""
    quotas = defaultdict[LineAndPeriod, float](float)
    for factory, item, period, units in rows:
        quotas[factory, item, period] += units
    return dict(quotas)


class FulfilmentRow(Frozen):
    """Fulfilment of the quotas of a factory, county or item.

    Quantities are weighted by item value; items without a value count 1 per unit.
    """

    id: str
    """Identifier of the factory, county (or station) or item; empty for the total."""
    name: str
    """Name; the identifier if there is no name."""
    rank: int | None
    """Rank by fulfilment, 1 is the worst; null if nothing has been reported."""
    lines: int
    """Number of quotas due: items of a factory and periods with a quota above 0, whatever the recipe."""
    unreported: int
    """Number of quotas due without a report. Fulfilment excludes them instead of counting them as 0."""
    planned_value: float
    """Value of all quotas due, in won."""
    unreported_value: float
    """Value of the quotas due without a report, in won."""
    made_value: float
    """Value of all reported output, in won, including output above or without a quota."""
    counted_value: float
    """Value of reported output, in won, limited to the quota of each item of a factory and period."""
    fulfilment: float | None
    """counted_value / (planned_value − unreported_value). Surplus of one good does not offset another. Null if nothing
    has been reported."""
    fulfilment_uncapped: float | None
    """made_value / (planned_value − unreported_value); null if nothing has been reported."""
    planned: float | None = None
    """Units of all quotas due; for items only."""
    made: float | None = None
    """Units made; for items only."""
    unit: str | None = None
    """Unit of `planned` and `made`; for items only."""


@dataclass(slots=True)
class _FulfilmentTotals:
    quotas_due: int = 0
    unreported: int = 0
    planned_value: float = 0.0
    unreported_value: float = 0.0
    made_value: float = 0.0
    counted_value: float = 0.0
    units_planned: float = 0.0
    units_made: float = 0.0

    def add_line_period(self, quota: float, made: float | None, value: float) -> None:
        """Add one line and period; `made` is None without a report."""
        due = quota > 0
        self.quotas_due += due
        self.unreported += due and made is None
        self.planned_value += value * quota
        self.units_planned += quota
        if made is None:
            self.unreported_value += value * quota
        else:
            self.made_value += value * made
            self.counted_value += value * min(made, quota)
            self.units_made += made

    def divide_by_reported(self, value: float) -> float | None:
        """Divide `value` by the planned value of reported quotas; None if nothing has been reported."""
        reported = self.planned_value - self.unreported_value
        return value / reported if self.unreported < self.quotas_due and reported > 0 else None


def compute_fulfilment(
    problem: PlanningProblem,
    quotas: Mapping[LineAndPeriod, float],
    outputs: Mapping[LineAndPeriod, float],
    group_by: FulfilmentGrouping,
    through: str,
) -> tuple[tuple[FulfilmentRow, ...], FulfilmentRow]:
    """Compute fulfilment up to and including the period `through`, worst first, and the total.

    Quotas and outputs are in units. Groups without a report come last and have no rank. Raises KeyError for an unknown
    period.
    """
    position = {period: t for t, period in enumerate(problem.periods)}
    last = position[through]
    value = {item.id: item.value if item.value > 0 else 1.0 for item in problem.items}
    place = {factory.id: factory.place for factory in problem.factories}
    total, sums = _FulfilmentTotals(), defaultdict[str, _FulfilmentTotals](_FulfilmentTotals)
    for key in dict.fromkeys((*quotas, *outputs)):
        factory, item, period = key
        if position[period] <= last:
            group = {"factory": factory, "county": place[factory], "item": item}[group_by]
            for totals in (sums[group], total):
                totals.add_line_period(quotas.get(key, 0.0), outputs.get(key), value[item])
    names = _read_group_names(problem, group_by)
    shares = {group: totals.divide_by_reported(totals.counted_value) for group, totals in sums.items()}
    ranked = sorted((share, -sums[group].planned_value, group) for group, share in shares.items() if share is not None)
    unranked = sorted((-sums[group].planned_value, group) for group, share in shares.items() if share is None)
    units = {item.id: item.unit for item in problem.items} if group_by == "item" else {}
    order = [(rank, group) for rank, (*_, group) in enumerate(ranked, 1)] + [(None, group) for _, group in unranked]
    rows = [_build_fulfilment_row(group, names[group], rank, sums[group], units.get(group)) for rank, group in order]
    return tuple(rows), _build_fulfilment_row("", "", None, total, None)


def _read_group_names(problem: PlanningProblem, group_by: FulfilmentGrouping) -> dict[str, str]:
    if group_by == "factory":
        return {factory.id: factory.name or factory.id for factory in problem.factories}
    if group_by == "item":
        return {item.id: item.name or item.id for item in problem.items}
    counties = {county.id: county.name or county.id for county in problem.counties}
    return counties | {station.id: station.name or station.id for station in problem.stations}


def _build_fulfilment_row(
    group: str, name: str, rank: int | None, totals: _FulfilmentTotals, unit: str | None
) -> FulfilmentRow:
    return FulfilmentRow(
        id=group,
        name=name,
        rank=rank,
        lines=totals.quotas_due,
        unreported=totals.unreported,
        planned_value=totals.planned_value,
        unreported_value=totals.unreported_value,
        made_value=totals.made_value,
        counted_value=totals.counted_value,
        fulfilment=totals.divide_by_reported(totals.counted_value),
        fulfilment_uncapped=totals.divide_by_reported(totals.made_value),
        planned=None if unit is None else totals.units_planned,
        made=None if unit is None else totals.units_made,
        unit=unit,
    )

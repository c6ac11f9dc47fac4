"""Fulfilment: what was made against what was to be made, for the centre's review."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from models.base import Frozen
from models.outputs import LineAndPeriod
from models.problem.planning_problem import PlanningProblem

FulfilmentGrouping = Literal["factory", "county", "item"]
"""What fulfilment is rolled up by; `county`: the place where the factory stands."""


class FulfilmentRow(Frozen):
    """How a factory, county or item fulfilled its quotas. An item's value weighs; items without one count 1."""

    id: str
    """Factory, county (or station) or item; empty for the total."""
    name: str
    """Its name; the identifier where it has none."""
    rank: int | None
    """Place in the order, 1 the worst; null where nothing has been reported."""
    lines: int
    """Quotas due: one for each line and period with something to make."""
    unreported: int
    """Of these, not reported. They are not taken for zero: fulfilment is of what has been reported."""
    planned_value: float
    """Won's worth of all quotas due."""
    unreported_value: float
    """Of it, not reported."""
    made_value: float
    """Won's worth made, above quotas and without a quota included."""
    counted_value: float
    """Won's worth made, of each line and period at most its quota."""
    fulfilment: float | None
    """counted_value / (planned_value − unreported_value): nobody makes up for one good by another; null where nothing is reported."""
    fulfilment_uncapped: float | None
    """made_value / (planned_value − unreported_value)."""
    planned: float | None = None
    """Units of all quotas due; of items only."""
    made: float | None = None
    """Units made; of items only."""
    unit: str | None = None
    """Unit of both."""


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
        """Add one line and period; `made` is None where it was not reported."""
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
        """`value` as a share of what was planned of what is reported."""
        told = self.planned_value - self.unreported_value
        return value / told if self.unreported < self.quotas_due and told > 0 else None


def compute_fulfilment(
    problem: PlanningProblem,
    quotas: Mapping[LineAndPeriod, float],
    outputs: Mapping[LineAndPeriod, float],
    group_by: FulfilmentGrouping,
    through: str,
) -> tuple[tuple[FulfilmentRow, ...], FulfilmentRow]:
    """Fulfilment up to the period `through`, worst first, and the total; quotas and outputs in units.

    Those of whom nothing has been reported stand at the end, without a rank. KeyError for a period that there is not.
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
            for one in (sums[group], total):
                one.add_line_period(quotas.get(key, 0.0), outputs.get(key), value[item])
    names = _read_group_names(problem, group_by)
    told = [(group, one) for group, one in sums.items() if one.divide_by_reported(one.counted_value) is not None]
    silent = [(group, one) for group, one in sums.items() if one.divide_by_reported(one.counted_value) is None]
    told.sort(key=lambda each: (each[1].divide_by_reported(each[1].counted_value), -each[1].planned_value, each[0]))
    silent.sort(key=lambda each: (-each[1].planned_value, each[0]))
    units = {item.id: item.unit for item in problem.items} if group_by == "item" else {}
    rows = [
        _build_fulfilment_row(group, names[group], rank, one, units.get(group))
        for rank, (group, one) in enumerate(told, 1)
    ]
    rows += [_build_fulfilment_row(group, names[group], None, one, units.get(group)) for group, one in silent]
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

"""Figures of the sheets of counties and factories, collected from the tables of a plan."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from models.problem.planning_problem import PlanningProblem

TableOpener = Callable[[], tuple[pa.Schema, Iterable[pa.RecordBatch]]]
"""Opens a table: its columns, and its rows in batches."""

ByPeriod = dict[str, float]
"""Units, kWh or hours by period."""

Party = tuple[str, str]
"""Kind and identifier of the source or user of goods, as in the table `deliveries`."""

FigureRows = dict[tuple[Party, str], ByPeriod]
"""Units by party and item, then period."""

MIN_SHARE = 0.005
"""Parties with a smaller share of an item are listed together as others."""

OTHERS: Party = ("others", "")
"""All parties with a small share of an item."""


LineKey = tuple[str, str, str]
"""Factory, item and recipe of a line."""


def _make_figure_rows() -> FigureRows:
    return defaultdict(lambda: defaultdict(float))


@dataclass
class SheetFigures:
    """Figures by factory and by county."""

    quotas: dict[LineKey, ByPeriod] = field(default_factory=lambda: defaultdict(dict))
    """Units by factory, item and recipe, then period."""
    kwh: dict[LineKey, ByPeriod] = field(default_factory=lambda: defaultdict(dict))
    """kWh by factory, item and recipe, then period."""
    received: dict[str, FigureRows] = field(default_factory=lambda: defaultdict(_make_figure_rows))
    """Materials that a factory receives, by source."""
    sent: dict[str, FigureRows] = field(default_factory=lambda: defaultdict(_make_figure_rows))
    """Goods that a factory makes, by user."""
    supplied: dict[str, FigureRows] = field(default_factory=lambda: defaultdict(_make_figure_rows))
    """Goods that the people of a county get, by source."""
    quality: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    """Units times quality of what the people of a county get of an item."""
    needed: dict[tuple[str, str], ByPeriod] = field(default_factory=lambda: defaultdict(dict))
    """Need of a county for an item."""
    slips: dict[str, FigureRows] = field(default_factory=lambda: defaultdict(_make_figure_rows))
    """Goods for the shops of a county."""

    @classmethod
    def from_tables(cls, tables: Mapping[str, TableOpener]) -> "SheetFigures":
        """Collect the figures; tables that an older plan lacks give none."""
        found = cls()
        for row in _iterate_rows(tables, "quotas", "factory", "item", "recipe", "period", "quantity", "kwh"):
            factory, item, recipe, period, quantity, kwh = row
            found.quotas[factory, item, recipe][period] = quantity
            found.kwh[factory, item, recipe][period] = kwh
        for row in _iterate_rows(tables, "supply", "county", "item", "period", "demand"):
            county, item, period, demand = row
            found.needed[county, item][period] = demand
        for row in _iterate_rows(tables, "slips", "county", "shop", "item", "period", "quantity"):
            county, shop, item, period, quantity = row
            found.slips[county][("shop", shop), item][period] = quantity
        names = ("source", "from", "use", "to", "item", "period", "quantity", "quality")
        for row in _iterate_rows(tables, "deliveries", *names):
            found._add_delivery(*row)
        return found

    def _add_delivery(
        self, source: str, origin: str, use: str, user: str, item: str, period: str, quantity: float, quality: float
    ) -> None:
        if source == "factory":
            self.sent[origin][(use, user), item][period] += quantity
        if use == "material":
            self.received[user][(source, origin), item][period] += quantity
        elif use == "people":
            self.supplied[user][(source, origin), item][period] += quantity
            self.quality[user, item] += quantity * quality


def _iterate_rows(tables: Mapping[str, TableOpener], table: str, *names: str) -> Iterator[tuple[Any, ...]]:
    if table in tables:
        _, batches = tables[table]()
        for batch in batches:
            yield from zip(*(batch.column(name).to_pylist() for name in names), strict=True)


def sum_by_period(parts: Iterable[ByPeriod]) -> ByPeriod:
    """Sum amounts by period."""
    total: ByPeriod = defaultdict(float)
    for part in parts:
        for period, amount in part.items():
            total[period] += amount
    return dict(total)


def list_parties(rows: FigureRows, item: str) -> list[tuple[Party, ByPeriod]]:
    """List the parties of an item, the largest first; parties with a small share of the item come last, as one."""
    totals = {party: sum(by_period.values()) for (party, what), by_period in rows.items() if what == item}
    least = MIN_SHARE * sum(totals.values())
    ranked = sorted(totals, key=lambda party: (-totals[party], party))
    listed = [(party, rows[party, item]) for party in ranked if totals[party] >= least]
    others: ByPeriod = defaultdict(float)
    for party in ranked:
        if totals[party] < least:
            for period, units in rows[party, item].items():
                others[period] += units
    return [*listed, (OTHERS, others)] if others else listed


def compute_labour_hours(problem: PlanningProblem, figures: SheetFigures, factory: str) -> ByPeriod:
    """Compute the labour hours of a factory by period, from its quotas."""
    hours: ByPeriod = defaultdict(float)
    lines = next(one.lines for one in problem.factories if one.id == factory)
    for line in lines:
        for period, units in figures.quotas.get((factory, line.item, line.recipe), {}).items():
            hours[period] += line.labour_hours_per_unit * units
    return hours

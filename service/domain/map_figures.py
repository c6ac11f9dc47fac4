"""Figures of a map of a plan: needs and swaps, summed over goods in won, prices of electricity, and links."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute

from models.problem.items import Item
from models.problem.planning_problem import PlanningProblem
from models.problem.requirements import Requirement
from service.core.errors import ConflictError
from service.domain.plan_columns import REQUIREMENT_COLUMNS, find_positions, read_columns
from service.domain.schemas.map_figures import LinksByPeriod, MapFigures, NeedsByPlace, PowerByArea, SwapsByPartner
from service.storage.store import Store

FloatArray = npt.NDArray[np.float64]

_NEEDS = ("demand", "served", "shortage", "central")
_SWAPS = ("given", "taken")

_SUPPLY_COLUMNS = ("county", "item", "period", *_NEEDS)
_REQUIREMENT_COLUMNS = ("county", "requirement", "period", "need", "met", "shortage")
_SWAP_COLUMNS = ("partner", "item", "period", *_SWAPS)
_POWER_COLUMNS = ("area", "period", "price")
_CAPACITY_COLUMNS = ("rule", "id", "part", "period", "used", "limit", "price")


class MapFiguresService:
    """The figures of maps of one service's plans."""

    def __init__(self, store: Store) -> None:
        """Use a store."""
        self._store = store

    def read_map_figures(self, plan: str) -> MapFigures:
        """Read the figures of a plan. Raises RecordNotFoundError for unknown plans, ConflictError for one without figures."""
        with self._store.read_transaction() as transaction:
            record = transaction.plans.get_plan(plan)
            if record.head is None or record.head.summary is None:
                raise ConflictError(f"The plan is {record.outcome or record.state}; a map needs a plan with figures.")
            problem = transaction.problems.get_problem(record.problem_digest)
            supply = read_columns(transaction, plan, "supply", _SUPPLY_COLUMNS)
            requirements = None
            if problem.requirements and "requirements" in record.head.tables:
                requirements = read_columns(transaction, plan, "requirements", _REQUIREMENT_COLUMNS)
            swaps = read_columns(transaction, plan, "swaps", _SWAP_COLUMNS)
            power = read_columns(transaction, plan, "power", _POWER_COLUMNS)
            capacity = read_columns(transaction, plan, "capacity", _CAPACITY_COLUMNS)
        needs, swapped = sum_goods(problem, supply, requirements, swaps)
        return MapFigures(
            needs=needs, swaps=swapped, power=PowerByArea(**power.to_pydict()), links=_select_links(capacity)
        )


def sum_goods(
    problem: PlanningProblem, supply: pa.Table, requirements: pa.Table | None, swaps: pa.Table
) -> tuple[NeedsByPlace, SwapsByPartner]:
    """Sum needs by place and period, and swaps by partner and period, in won.

    `supply` has `county`, `item`, `period`, `demand`, `served`, `shortage` and `central`, `requirements` (None for a plan
    without it) the same with `requirement`, `need` and `met` and without `central`, `swaps` has `partner`, `item`, `period`,
    `given` and `taken`; amounts are in units. Materials, which nobody needs, count in swaps only.
    """
    goods = {one.id: _get_value(one) for one in problem.items if one.kind == "good"}
    tables = [_ValuedTable(supply, goods)]
    if requirements is not None:
        names = [REQUIREMENT_COLUMNS.get(name, name) for name in requirements.column_names]
        values = {one.id: _get_value(one) for one in problem.requirements}
        tables.append(_ValuedTable(requirements.rename_columns(names), values))
    places = [*(one.id for one in problem.counties), *(one.id for one in problem.stations)]
    place, period, amounts = _sum_by_label(tables, ("county", places), problem.periods, _NEEDS)
    swapped = _ValuedTable(swaps, {one.id: one.value for one in problem.items})
    partners = [one.id for one in problem.partners]
    partner, swap_period, swap_amounts = _sum_by_label([swapped], ("partner", partners), problem.periods, _SWAPS)
    return (
        NeedsByPlace(place=place, period=period, **amounts),
        SwapsByPartner(partner=partner, period=swap_period, **swap_amounts),
    )


def _select_links(capacity: pa.Table) -> LinksByPeriod:
    """Select the limits of links from the table `capacity`."""
    links = capacity.filter(pa.compute.equal(capacity["rule"].cast(pa.string()), "link"))
    columns = links.select(["id", "part", "period", "used", "limit", "price"])
    return LinksByPeriod(**columns.rename_columns(["link", "to", *columns.column_names[2:]]).to_pydict())


def _get_value(need: Item | Requirement) -> float:
    """Return the value of a unit as served shares count it, in won."""
    return need.value if need.value > 0 else 1.0


@dataclass(frozen=True, slots=True)
class _ValuedTable:
    """A table of amounts in units."""

    table: pa.Table
    """Has the columns `item` and `period`."""
    values: Mapping[str, float]
    """Value of a unit by item, in won; rows of other items do not count."""


def _sum_by_label(
    tables: Sequence[_ValuedTable], by: tuple[str, Sequence[str]], periods: Sequence[str], amounts: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...], dict[str, tuple[float, ...]]]:
    """Sum amounts times the value of their item by a label and the period.

    `by` is a column with its labels, in order. Returns labels, periods, and sums by amount; pairs without a row are left out.
    """
    column, labels = by
    shape = (len(labels), len(periods))
    rows, sums = np.zeros(shape), {name: np.zeros(shape) for name in amounts}
    for one in tables:
        label, item, period = (
            find_positions(one.table, name, known)
            for name, known in ((column, labels), ("item", tuple(one.values)), ("period", periods))
        )
        is_known = (label >= 0) & (item >= 0) & (period >= 0)
        cell = (label[is_known], period[is_known])
        value = np.array([*one.values.values()])[item[is_known]]
        np.add.at(rows, cell, 1)
        for name in amounts:
            if name in one.table.column_names:
                units: FloatArray = np.nan_to_num(one.table[name].to_numpy().astype(np.float64))
                np.add.at(sums[name], cell, units[is_known] * value)
    at_label, at_period = np.nonzero(rows)
    return (
        tuple(labels[position] for position in at_label.tolist()),
        tuple(periods[position] for position in at_period.tolist()),
        {name: tuple(sums[name][at_label, at_period].tolist()) for name in amounts},
    )

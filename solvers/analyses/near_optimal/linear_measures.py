"""Measures of a plan as linear functions of its variables: dᵀx + d₀."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from models.analyses.measures import RangeMeasure, RangeMeasureName, RangeSelection
from solvers.data.backlog import compute_unmet_share
from solvers.data.item_arrays import BoolArray
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import Block, FloatArray, IntArray, Program


@dataclass(frozen=True, slots=True)
class LinearMeasure:
    """A measure dᵀx + d₀ of the values x, (n,), of a program."""

    coefficients: FloatArray
    """d by variable, (n,)."""
    constant: float
    """d₀."""
    unit: str
    """Unit: an item's unit, won, t, kWh, or empty for a share."""

    def compute_value(self, values: FloatArray) -> float:
        """Return the measure at some values, (n,)."""
        return float(self.coefficients @ values) + self.constant


def build_linear_measure(arrays: ProblemArrays, program: Program, measure: RangeMeasure) -> LinearMeasure:
    """Build a measure whose names are known; see `models.analyses.references.check_range_measures`."""
    return _BUILDERS[measure.measure](_Selection(arrays, measure.of or RangeSelection()), program)


@dataclass(frozen=True, slots=True)
class _Selection:
    """What a measure adds up, as masks over the labels of the problem."""

    arrays: ProblemArrays
    of: RangeSelection

    def select_items(self) -> BoolArray:
        """Return which items and requirements are selected, (I,)."""
        needs, labels = self.arrays.problem.needs, self.arrays.labels["item"]
        selected = self._select(labels, self.of.item)
        if self.of.priority is not None:
            selected &= np.isin([need.priority for need in needs], self.of.priority)
        if self.of.category is not None:
            selected &= np.isin([getattr(need, "category", "") for need in needs], self.of.category)
        return selected

    def select_places(self) -> BoolArray:
        """Return which counties and stations are selected, (N,)."""
        return self._select(self.arrays.labels["place"], self.of.county)

    def select_lines(self) -> BoolArray:
        """Return which lines are selected by county and factory, (L,)."""
        lines = self.arrays.lines
        by_factory = self._select(self.arrays.labels["factory"], self.of.factory)
        return np.asarray(by_factory[lines.factory] & self.select_places()[lines.place])

    def select(self, axis: str, names: tuple[str, ...] | None) -> BoolArray:
        """Return which labels of an axis are selected."""
        return self._select(self.arrays.labels[axis], names)

    @staticmethod
    def _select(labels: tuple[str, ...], names: tuple[str, ...] | None) -> BoolArray:
        return np.ones(len(labels), dtype=bool) if names is None else np.isin(labels, names)

    def weigh_items(self) -> tuple[FloatArray, str]:
        """Return what one unit of each item counts, (I,), and the unit of the sum: one item's own unit, or else won."""
        chosen = self.of.item
        if chosen is not None and len(set(chosen)) == 1:
            weight = self.select_items().astype(np.float64)
            return weight, next(item.unit for item in self.arrays.problem.items if item.id == chosen[0])
        return np.where(self.select_items(), self.arrays.items.value, 0.0), "won"


def _measure_served_share(selection: _Selection, program: Program) -> LinearMeasure:
    """Served share: 1 − Σ v·u·short / Σ v·d, where u is the part of a shortage that is never served.

    v is the value of an item, or 1 for an item without a value. Needs of selected periods count, whenever they are served.
    """
    arrays, short = selection.arrays, program.variables["short"]
    county_count = arrays.places.county_count
    weight = np.where(selection.select_items(), arrays.items.counted_value, 0.0)
    is_period = selection.select("period", selection.of.period)
    is_county = selection.select_places()[:county_count]
    total = float(np.einsum("cit,c,i,t->", arrays.demand, is_county, weight, is_period))
    if total <= 0:
        return LinearMeasure(np.zeros(program.lp.column_count), 1.0, "")
    county, item, period = (short.axes[axis] for axis in ("place", "item", "period"))
    unmet = weight[item] * compute_unmet_share(arrays)[item, period] * is_county[county] * is_period[period]
    return LinearMeasure(_fill(program, short, -unmet / total), 1.0, "")


def _measure_made(selection: _Selection, program: Program) -> LinearMeasure:
    weight, unit = selection.weigh_items()
    make, lines = program.variables["make"], selection.arrays.lines
    line = make.axes["line"]
    amounts = weight[lines.item[line]] * selection.select_lines()[line] * _select_periods(selection, make)
    return LinearMeasure(_fill(program, make, amounts), 0.0, unit)


def _measure_shipped(selection: _Selection, program: Program) -> LinearMeasure:
    """Tonnes that depart over links in the selected periods, both ways."""
    arrays, ship = selection.arrays, program.variables["ship"]
    is_link = selection.select("link", selection.of.link)
    tonnes = np.where(selection.select_items(), arrays.items.tonnes_per_unit, 0.0)
    amounts = tonnes[ship.axes["item"]] * is_link[arrays.arcs.link[ship.axes["arc"]]]
    return LinearMeasure(_fill(program, ship, amounts * _select_periods(selection, ship)), 0.0, "t")


def _measure_swapped(name: str) -> Callable[[_Selection, Program], LinearMeasure]:
    def measure_swapped(selection: _Selection, program: Program) -> LinearMeasure:
        weight, unit = selection.weigh_items()
        block, arrays = program.variables[name], selection.arrays
        is_partner = selection.select("partner", selection.of.partner)
        is_partner &= selection.select_places()[arrays.partners.place]
        amounts = weight[block.axes["item"]] * is_partner[block.axes["partner"]] * _select_periods(selection, block)
        return LinearMeasure(_fill(program, block, amounts), 0.0, unit)

    return measure_swapped


def _measure_stock(selection: _Selection, program: Program) -> LinearMeasure:
    weight, unit = selection.weigh_items()
    stock = program.variables["stock"]
    is_place = selection.select_places()[stock.axes["place"]]
    amounts = weight[stock.axes["item"]] * is_place * _select_periods(selection, stock)
    return LinearMeasure(_fill(program, stock, amounts), 0.0, unit)


def _measure_power_used(selection: _Selection, program: Program) -> LinearMeasure:
    """Metered electricity of factories; and of trains, where neither counties nor factories are selected."""
    arrays, make = selection.arrays, program.variables["make"]
    lines, line, is_area = arrays.lines, make.axes["line"], selection.select("area", selection.of.area)
    drawn = lines.kwh_per_unit[line] * selection.select_lines()[line]
    drawn = drawn * _is_in_area(is_area, arrays.places.area[lines.place[line]]) * _select_periods(selection, make)
    coefficients = _fill(program, make, drawn)
    if selection.of.county is None and selection.of.factory is None:
        ship = program.variables["ship"]
        arc, item = ship.axes["arc"], ship.axes["item"]
        by_rail = arrays.arcs.kwh_per_tonne[arc] * arrays.items.tonnes_per_unit[item]
        by_rail = by_rail * _is_in_area(is_area, arrays.arcs.area[arc]) * _select_periods(selection, ship)
        coefficients += _fill(program, ship, by_rail)
    return LinearMeasure(coefficients, 0.0, "kWh")


def _is_in_area(is_area: BoolArray, area: IntArray) -> BoolArray:
    """Return which positions of areas are selected; −1, without a meter, is not."""
    return np.append(is_area, False)[area]


def _select_periods(selection: _Selection, block: Block) -> BoolArray:
    return selection.select("period", selection.of.period)[block.axes["period"]]


def _fill(program: Program, block: Block, amounts: FloatArray) -> FloatArray:
    """Return coefficients, (n,), that are 0 outside of a block."""
    coefficients = np.zeros(program.lp.column_count)
    coefficients[block.block_slice] = amounts
    return coefficients


_BUILDERS: Mapping[RangeMeasureName, Callable[[_Selection, Program], LinearMeasure]] = {
    "served_share": _measure_served_share,
    "made": _measure_made,
    "shipped": _measure_shipped,
    "taken": _measure_swapped("take"),
    "given": _measure_swapped("give"),
    "stock": _measure_stock,
    "power_used": _measure_power_used,
}
"""Builder of each measure."""

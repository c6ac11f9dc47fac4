"""Whole units: which variables must be whole, and where a remainder of less than one unit may be discarded.

Amounts of an item with `whole_units` are whole. A balance cannot hold in whole units where a store loses a share of its stock, where
stock begins with a fraction, or where a line uses a fraction of a unit. There, the variable `discard` takes the remainder, and the
shortage over all bands must be whole, or the remainder would serve a fraction of a unit.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from models.problem.planning_problem import PlanningProblem
from solvers.data.item_arrays import WHOLE_TOLERANCE, BoolArray
from solvers.data.problem_arrays import ProblemArrays
from solvers.data.whole_unit_limits import round_down
from solvers.formulation.constraints.past import is_past_period
from solvers.formulation.reachability import ActiveArcs
from solvers.lp.linear_program import Block, FloatArray, IntArray, Program

LARGEST_REMAINDER = 1.0 - 1e-4
"""Units of an item that may be discarded at a place in a period: less than one, by more than the tolerances of the solvers, within
which a larger limit would let a whole unit disappear."""

FIRST_UNIT_WEIGHT = 1.05
"""Weight of the first unit of a need in rounding, relative to the weight of the deepest shortage band."""

BAND_ORDER_SHARE = 0.01
"""Share of its own weight that a band of the first unit has besides, so that cheaper bands are filled first."""

SOURCE_VARIABLES = ("make", "central", "give", "take")
"""Variables that bring units in or take them out."""

FLOW_VARIABLES = ("make", "ship", "stock", "central", "give", "take", "extra")
"""Variables that count units of an item, without shortage, which is whole where these are and no remainder depends on the plan."""


@dataclass(frozen=True, slots=True)
class WholeUnits:
    """Which variables must be multiples of a step or have a least run, and which item each variable and constraint belongs to.

    Shapes: n variables, m constraints, q sums.
    """

    step: FloatArray
    """Units of which the value is a multiple: 1, or the lot of a line; 0 where any value is possible, (n,)."""
    least_run: FloatArray
    """The value is 0 or at least this, in units; 0 without a least run, (n,)."""
    item_of_column: IntArray
    """Position of the item of each variable; −1 without one, (n,)."""
    item_of_row: IntArray
    """Position of the item of each constraint; −1 without one, (m,)."""
    is_quota: BoolArray
    """Whether a variable is the quota of a line, (n,)."""
    is_source: BoolArray
    """Whether a variable brings units in or takes them out: quotas, central deliveries and swaps, (n,)."""
    is_shipment: BoolArray
    """Whether a variable is a shipment, (n,)."""
    is_shortage: BoolArray
    """Whether a variable is a shortage, (n,)."""
    sums: sparse.csr_array
    """Sums of variables that must be whole, though the variables need not be: shortages over all bands, (q, n)."""
    first_unit_factor: FloatArray
    """Factor of the cost of each variable in rounding: above 1 for a shortage of the first unit of a need, otherwise 1, (n,)."""
    whole_upper: FloatArray
    """Upper bound of each variable, with shortage bands between whole numbers of units, (n,)."""

    @property
    def is_discrete(self) -> BoolArray:
        """Whether a variable cannot have every value between its bounds, (n,)."""
        return np.asarray((self.step > 0) | (self.least_run > 0))

    @property
    def is_in_sum(self) -> BoolArray:
        """Whether a variable is part of a sum that must be whole, (n,)."""
        return np.isin(np.arange(len(self.step)), self.sums.indices)


def requires_whole_units(problem: PlanningProblem) -> bool:
    """Return whether a plan of the problem is rounded, so that its figures differ from those of the linear program."""
    lines = (line for factory in problem.factories for line in factory.lines)
    return any(item.whole_units for item in problem.items) or any(line.lot or line.least_run for line in lines)


def find_whole_units(arrays: ProblemArrays, program: Program) -> WholeUnits:
    """Return the steps and least runs of all variables; fixed variables and those of past periods have none."""
    lp = program.lp
    step, least_run = np.zeros(lp.column_count), np.zeros(lp.column_count)
    for name in FLOW_VARIABLES:
        block = program.variables.get(name)
        if block is not None:
            is_free = (lp.column_lower < lp.column_upper)[block.block_slice] & ~is_past_period(arrays, block)
            steps, runs = _find_steps(arrays, block)
            step[block.block_slice], least_run[block.block_slice] = steps * is_free, runs * is_free
    return WholeUnits(
        step,
        least_run,
        _find_items(arrays, program.variables.values(), lp.column_count),
        _find_items(arrays, program.constraints.values(), lp.row_count),
        _contains(program, ("make",)),
        _contains(program, SOURCE_VARIABLES),
        _contains(program, ("ship",)),
        _contains(program, ("short",)),
        _sum_whole_shortages(program),
        _weigh_first_units(arrays, program),
        _round_band_widths(arrays, program),
    )


def _round_band_widths(arrays: ProblemArrays, program: Program) -> FloatArray:
    """Return the upper bounds of the program, in which the bands of each whole need begin and end at whole units, (n,)."""
    short = program.variables["short"]
    place, item, period, band = (short.axes[axis] for axis in ("place", "item", "period", "band"))
    end = np.cumsum(arrays.band_width)
    need = arrays.demand[place, item, period]
    width = np.round(end[band] * need) - np.round((end - arrays.band_width)[band] * need)
    upper = program.lp.column_upper.copy()
    is_rounded = _is_known_whole_need(arrays, short) & (upper[short.block_slice] > 0)
    upper[short.block_slice] = np.where(is_rounded, width, upper[short.block_slice])
    return upper


def _is_known_whole_need(arrays: ProblemArrays, short: Block) -> BoolArray:
    """Return which shortages are of a need in whole units that no backlog changes and that is not past, (block.size,)."""
    item = short.axes["item"]
    is_known = arrays.items.is_whole_units[item] & (arrays.items.carry_over[item] == 0)
    return np.asarray(is_known & ~is_past_period(arrays, short))


def _contains(program: Program, names: Iterable[str]) -> BoolArray:
    """Return which variables belong to one of the named blocks, (n,)."""
    is_member = np.zeros(program.lp.column_count, dtype=bool)
    for block in (program.variables[name] for name in names if name in program.variables):
        is_member[block.block_slice] = True
    return is_member


def _weigh_first_units(arrays: ProblemArrays, program: Program) -> FloatArray:
    """Return the factors that give the first unit of each whole need more weight than any other unit of the item, (n,).

    A band of a small need is narrower than one unit. The linear program serves its first band; a whole plan serves one unit or
    nobody, and by the weights alone the unit would go to a place with a larger need. Needs to which a backlog may add have no
    fixed bands, and get no factor.
    """
    short = program.variables["short"]
    place, item, period, band = (short.axes[axis] for axis in ("place", "item", "period", "band"))
    served_before = np.cumsum(arrays.band_width[::-1])[::-1] - arrays.band_width
    need = arrays.demand[place, item, period]
    is_first = (need > 0) & (served_before[band] * need < 1 - WHOLE_TOLERANCE) & (arrays.band_width[-1] * need < 1)
    is_first &= _is_known_whole_need(arrays, short)
    factor = np.ones(program.lp.column_count)
    weight = np.maximum(arrays.band_weight[band], np.finfo(float).tiny)
    deepest = FIRST_UNIT_WEIGHT * arrays.band_weight.max() + BAND_ORDER_SHARE * weight
    factor[short.block_slice] = np.where(is_first & (arrays.band_weight[band] > 0), deepest / weight, 1.0)
    return factor


def _sum_whole_shortages(program: Program) -> sparse.csr_array:
    """Return the sums of the shortage bands of each need whose remainder depends on the plan, (q, n)."""
    lp, short, discard = program.lp, program.variables["short"], program.variables["discard"]
    is_open = (lp.column_lower < lp.column_upper)[discard.block_slice]
    shape = tuple(len(program.labels[axis]) for axis in ("place", "item", "period"))
    cell, open_cells = (
        np.ravel_multi_index([block.axes[axis] for axis in ("place", "item", "period")], shape)
        for block in (short, discard)
    )
    summed = np.flatnonzero(np.isin(cell, open_cells[is_open]))
    cells, row = np.unique(cell[summed], return_inverse=True)
    columns = short.positions[summed]
    return sparse.csr_array((np.ones(len(columns)), (row, columns)), shape=(len(cells), lp.column_count))


def _find_items(arrays: ProblemArrays, blocks: Iterable[Block], count: int) -> IntArray:
    items = np.full(count, -1, dtype=np.int64)
    for block in blocks:
        if "line" in block.axes:
            items[block.block_slice] = arrays.lines.item[block.axes["line"]]
        elif "item" in block.axes:
            items[block.block_slice] = block.axes["item"]
    return items


def _find_steps(arrays: ProblemArrays, block: Block) -> tuple[FloatArray, FloatArray]:
    """Return the step and the least run of each variable of a block, each (block.size,)."""
    if "line" in block.axes:
        line = block.axes["line"]
        return arrays.lines.lot[line], arrays.lines.least_run[line]
    return arrays.items.is_whole_units[block.axes["item"]].astype(np.float64), np.zeros(block.size)


def find_remainder_limits(arrays: ProblemArrays, active_arcs: ActiveArcs) -> tuple[FloatArray, FloatArray]:
    """Return the least and the largest remainder of items in whole units, each (N, I, T); 0 where there is none.

    A fraction in the stock at the beginning is known, so that least and largest remainder are equal.
    """
    known = _find_known_remainders(arrays)
    is_open = _find_open_remainders(arrays, active_arcs)
    return np.where(is_open, 0.0, known), np.where(is_open, LARGEST_REMAINDER, known)


def _find_known_remainders(arrays: ProblemArrays) -> FloatArray:
    """Return the fraction of what is there in a period whatever the plan: stock at the beginning, less backlog, and arrivals, (N, I, T)."""
    items, places, past = arrays.items, arrays.places, arrays.past
    first = past.period_count
    there = arrays.arriving + _sum_past_arrivals(arrays)
    carried = items.carryover_share * (past.stock[:, :, -1] if first else places.opening_stock)
    if first:
        carried = carried - items.carry_over * past.short[:, :, -1]
    there[: places.county_count, :, first] += carried
    known = there - round_down(there)
    known[:, :, :first] = 0.0
    return np.where((known > WHOLE_TOLERANCE) & items.is_whole_units[:, None], known, 0.0)


def _sum_past_arrivals(arrays: ProblemArrays) -> FloatArray:
    """Return the units that left in past periods and arrive in each period, (N, I, T)."""
    arriving = np.zeros_like(arrays.arriving)
    arc, item, period = np.nonzero(arrays.past.ship)
    arrival = period + arrays.arcs.transit_periods[arc]
    within = arrival < arrays.period_count
    where = (arrays.arcs.head[arc[within]], item[within], arrival[within])
    np.add.at(arriving, where, arrays.past.ship[arc, item, period][within])
    return arriving


def _find_open_remainders(arrays: ProblemArrays, active_arcs: ActiveArcs) -> BoolArray:
    """Return where the remainder depends on the plan: a store loses a share, or a line uses a fraction of a unit, (N, I, T)."""
    items, lines = arrays.items, arrays.lines
    is_open = np.zeros((len(arrays.labels["place"]), len(arrays.labels["item"]), arrays.period_count), dtype=bool)
    is_open[: arrays.places.county_count, :, 1:] = (active_arcs.store & (items.carryover_share < 1))[:, :, None]
    used = lines.lot[lines.use_line] * lines.use_units
    is_fractional = (lines.lot[lines.use_line] == 0) | (np.abs(used - np.round(used)) > WHOLE_TOLERANCE)
    is_open[lines.place[lines.use_line[is_fractional]], lines.use_item[is_fractional]] = True
    is_open &= items.is_whole_units[:, None]
    is_open[:, :, : arrays.past.period_count] = False
    return is_open

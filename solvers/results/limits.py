"""Limits of a program: constraints and variable bounds that planners know, as arrays of equal length.

The capacity table and the bottleneck table both use these arrays, so both name a limit in the same way.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import pyarrow as pa

from models.tables import CapacityRow
from solvers.data.backlog import compute_backlog
from solvers.data.item_arrays import BoolArray
from solvers.data.problem_arrays import ProblemArrays
from solvers.data.requirement_arrays import compute_provided
from solvers.formulation import BOUNDS, CONSTRAINTS, is_past_period
from solvers.formulation.constraints.capacity import compute_arriving_tonnes
from solvers.formulation.constraints.due import sum_due_contributions
from solvers.formulation.registry import Side
from solvers.lp.linear_program import Block, FloatArray, IntArray, Program
from solvers.results.arrow_tables import build_compact_label_column, build_table
from solvers.results.flows import NEGLIGIBLE_AMOUNT, sum_by_cell
from solvers.results.label_table import LabelTable
from solvers.results.relevance import compute_limit_stakes, drop_negligible_prices

LimitAxes = tuple[str, str, str]
"""Axes that name a limit: object, part and period; empty if it has none."""

CONSTRAINT_LIMIT_AXES: Mapping[str, LimitAxes] = {
    "due": ("place", "item", "period"),
    "served_least": ("place", "item", "period"),
    "taken": ("place", "item", "period"),
    "basket_share": ("place", "basket", "period"),
    "machine": ("machine", "", "period"),
    "labour": ("place", "", "period"),
    "power": ("area", "", "period"),
    "link": ("arc", "", "period"),
    "handling": ("place", "", "period"),
    "central_share": ("item", "", "period"),
    "local_floor": ("group", "", ""),
    "swap_balance": ("partner", "", "window"),
    "own_surplus": ("item", "", "period"),
    "budget": ("budget", "", "period"),
    "own_needs_first": ("place", "item", "period"),
    "store": ("place", "", "period"),
    "worst_fulfilment": ("served", "", ""),
    "goal": ("goal", "", ""),
}
"""Constraints that are limits, and the axes that name each row; machine, arc and line give both object and part."""

BOUND_LIMIT_AXES: Mapping[tuple[str, Side], LimitAxes] = {
    ("make", "lower"): ("line", "", "period"),
    ("make", "upper"): ("line", "", "period"),
    ("stock", "lower"): ("place", "item", "period"),
    ("stock", "upper"): ("place", "item", "period"),
    ("give", "upper"): ("partner", "item", "period"),
    ("take", "upper"): ("partner", "item", "period"),
    ("over", "upper"): ("place", "item", "period"),
}
"""Bounds that are limits, and the axes that name each bound."""

LOWER_LIMITS = ("due", "served_least", "local_floor", "line_least", "stock_least")
"""Limits from below, by the name of the constraint or bound; of `basket_share`, those whose part ends with
`least` are."""

RULE_NAMES = (*CONSTRAINT_LIMIT_AXES, *(BOUNDS[key].name for key in BOUND_LIMIT_AXES))
"""Names of constraints and bounds by code."""

USED_UP_TOLERANCE = 1e-7
"""A limit with a smaller slack, relative to 1 + the limit, is used up."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits by position; each array has shape (q,)."""

    position: IntArray
    """Row of the program; for a bound, the number of rows plus the column."""
    rule: IntArray
    """Position in RULE_NAMES."""
    id: IntArray
    """Position of the object in `label_table`."""
    part: IntArray
    """Position of the part in `label_table`."""
    period: IntArray
    """Position of the period or window in `label_table`."""
    unit: IntArray
    """Position of the unit in `label_table`."""
    used: FloatArray
    """Amount used."""
    limit: FloatArray
    """Limit: an upper limit, or a lower limit."""
    shadow_price: FloatArray
    """Weighted won saved by one more unit of an upper limit, or one less of a lower limit; 0 where that is noise."""
    signs: FloatArray
    """+1 for upper limits and −1 for lower limits."""
    labels: tuple[str, ...]
    """Labels of all kinds."""

    @classmethod
    def from_solution(
        cls, arrays: ProblemArrays, program: Program, values: FloatArray, dual_values: FloatArray
    ) -> Self:
        """List the limits of a program at clean values, (n,), and dual values, (m,)."""
        label_table, lp = LabelTable.from_arrays(arrays), program.lp
        point = _SolvedPoint(
            arrays, program, values, dual_values, lp.matrix @ values, lp.cost - lp.matrix.T @ dual_values
        )
        parts = [
            _collect_row_limits(label_table, point, name)
            for name in CONSTRAINT_LIMIT_AXES
            if name in program.constraints
        ]
        parts += [
            _collect_column_limits(label_table, point, key) for key in BOUND_LIMIT_AXES if key[0] in program.variables
        ]
        position, rule, *named, used, limit, shadow_price, signs = (
            np.concatenate(column) for column in zip(*parts, strict=True)
        )
        subject, part, period, unit = (label_table.first_positions[codes] for codes in named)
        shadow_price = drop_negligible_prices(shadow_price, compute_limit_stakes(arrays, program, position))
        return cls(position, rule, subject, part, period, unit, used, limit, shadow_price, signs, label_table.labels)

    @property
    def is_used_up(self) -> BoolArray:
        """Whether each limit has no slack, whatever its shadow price, (q,)."""
        slack = self.signs * (self.limit - self.used)
        return np.asarray(slack <= USED_UP_TOLERANCE * (1 + np.abs(self.limit)))

    def find_priced_limits(self) -> IntArray:
        """Return the positions of limits with a positive shadow price."""
        return np.flatnonzero(self.shadow_price > 0)


@dataclass(frozen=True, slots=True)
class _SolvedPoint:
    """A solution with constraint activities and reduced costs."""

    arrays: ProblemArrays
    program: Program
    values: FloatArray
    dual_values: FloatArray
    activity: FloatArray
    reduced_costs: FloatArray


LimitColumns = tuple[IntArray | FloatArray, ...]
"""Arrays of Limits for one constraint or bound."""


def _collect_row_limits(label_table: LabelTable, solved: _SolvedPoint, name: str) -> LimitColumns:
    lp, block = solved.program.lp, solved.program.constraints[name]
    lower, upper = lp.row_lower[block.block_slice], lp.row_upper[block.block_slice]
    is_lower = np.isfinite(lower)
    used, limit = solved.activity[block.block_slice], np.where(is_lower, lower, upper)
    if name == "swap_balance":
        taken = _compute_taken_value(solved, block)
        used, limit = taken, limit + taken - used
    if name == "own_surplus":
        given = _compute_given_units(solved, block)
        used, limit = given, limit + given - used
    if name == "local_floor":
        local = _compute_local_output(solved)
        used, limit = local, local - used
    if name == "due":
        opening = _read_opening_stock(solved.arrays, block)
        used, limit = used + opening, limit + opening
    if name == "served_least":
        demand = solved.arrays.demand[tuple(block.axes[axis] for axis in ("place", "item", "period"))]
        used, limit = used + demand, limit + demand
    if name == "taken":
        needed = solved.arrays.demand[tuple(block.axes[axis] for axis in ("place", "item", "period"))]
        used, limit = used + needed, limit + needed
    if name == "basket_share":
        own = _compute_basket_amounts(solved, block)
        used, limit = own, own - used + limit
    if name == "handling":
        before = compute_arriving_tonnes(solved.arrays)[block.axes["place"], block.axes["period"]]
        used, limit = used + before, limit + before
    price = solved.dual_values[block.block_slice]
    shadow_price = np.where(is_lower, price, -price)
    code = tuple(CONSTRAINT_LIMIT_AXES).index(name)
    signs = np.where(is_lower, -1.0, 1.0)
    return _build_limit_part(
        label_table,
        code,
        CONSTRAINTS[name].unit,
        CONSTRAINT_LIMIT_AXES[name],
        block,
        0,
        (used, limit, shadow_price, signs),
    )


def _collect_column_limits(label_table: LabelTable, solved: _SolvedPoint, key: tuple[str, Side]) -> LimitColumns:
    block, lp = solved.program.variables[key[0]], solved.program.lp
    reduced, used = solved.reduced_costs[block.block_slice], solved.values[block.block_slice]
    code = len(CONSTRAINT_LIMIT_AXES) + tuple(BOUND_LIMIT_AXES).index(key)
    if key[1] == "lower":
        lower = lp.column_lower[block.block_slice]
        if key[0] == "stock":
            reduced = reduced + _spread_left_over_prices(solved, block)
        limit, shadow_price = np.where(lower > 0, lower, np.inf), np.maximum(reduced, 0.0)
    else:
        limit, shadow_price = lp.column_upper[block.block_slice], np.maximum(-reduced, 0.0)
    if key[0] == "over":
        met, need = _compute_met_requirements(solved, block)
        used, limit = met, limit + need
        # Met late, a requirement may give its balance a price below 0, which the due date makes up for: `over` then seems to save
        # what it does not, as people would first take what they are short of.
        shadow_price = np.where(limit - used > USED_UP_TOLERANCE * (1 + limit), 0.0, shadow_price)
    signs = np.full(block.size, -1.0 if key[1] == "lower" else 1.0)
    limit = np.where(is_past_period(solved.arrays, block), np.inf, limit)  # past variables are fixed and have no limit
    return _build_limit_part(
        label_table,
        code,
        BOUNDS[key].unit,
        BOUND_LIMIT_AXES[key],
        block,
        lp.row_count,
        (used, limit, shadow_price, signs),
    )


def _build_limit_part(
    label_table: LabelTable,
    code: int,
    unit: str,
    identity: LimitAxes,
    block: Block,
    offset: int,
    amounts: tuple[FloatArray, FloatArray, FloatArray, FloatArray],
) -> LimitColumns:
    """Return the finite limits of one constraint or bound."""
    finite = np.flatnonzero(np.isfinite(amounts[1]))
    subject, part = label_table.identify_limits(identity[0], identity[1], block)
    names = (block.positions + offset, np.full(block.size, code), subject, part)
    columns = (*names, label_table.find_axis_labels(identity[2], block), label_table.find_unit_labels(unit, block))
    used, limit, shadow_price, signs = (amount[finite] for amount in amounts)
    return (
        *(column[finite] for column in columns),
        used,
        limit,
        np.where(np.abs(shadow_price) < NEGLIGIBLE_AMOUNT, 0.0, shadow_price),
        signs,
    )


def find_left_over_rows(program: Program, column: int) -> IntArray:
    """Return the rows of `left_over` whose right-hand side is the minimum of a stock variable; empty if there are none."""
    block = program.constraints.get("left_over")
    if block is None:
        return np.empty(0, dtype=np.int64)
    return np.asarray(block.start + program.lp.matrix[block.block_slice, [column]].tocoo().coords[0], dtype=np.int64)


def _spread_left_over_prices(solved: _SolvedPoint, stock: Block) -> FloatArray:
    """Return the dual value of `left_over` of each stock variable, (stock.size,); 0 where it has no such constraint.

    A lower minimum of the last period also lowers the stock that is not left over.
    """
    prices, rows = np.zeros(stock.size), solved.program.constraints.get("left_over")
    if rows is not None:
        matrix = solved.program.lp.matrix[rows.block_slice, stock.block_slice].tocoo()
        prices[matrix.coords[1]] = solved.dual_values[rows.block_slice][matrix.coords[0]]
    return prices


def _read_opening_stock(arrays: ProblemArrays, due: Block) -> FloatArray:
    """Return what is left of the opening stock in the first period by row of `due`, in units; 0 in other periods."""
    place, item, period = (due.axes[axis] for axis in ("place", "item", "period"))
    left = sum_due_contributions(arrays, (arrays.items.carryover_share * arrays.places.opening_stock)[..., None])
    return np.asarray(np.where(period == 0, left[place, item, 0], 0.0))


def _compute_taken_value(solved: _SolvedPoint, balances: Block) -> FloatArray:
    """Return the value taken from partners in won, by row of swap_balance."""
    partners, take = solved.arrays.partners, solved.program.variables["take"]
    shape = (len(partners.rate), len(solved.arrays.labels["window"]))
    partner = take.axes["partner"]
    cells = partner * shape[1] + partners.window[partner, take.axes["period"]]
    worth = sum_by_cell(
        cells, solved.arrays.items.value[take.axes["item"]] * solved.values[take.block_slice], shape[0] * shape[1]
    )
    return worth.reshape(shape)[balances.axes["partner"], balances.axes["window"]]


def _compute_basket_amounts(solved: _SolvedPoint, rows: Block) -> FloatArray:
    """Return what people take of the item of each share, in units of the requirement, by row of basket_share."""
    requirements, cells = solved.arrays.requirements, (rows.axes["place"], rows.axes["period"])
    item = requirements.share_item[rows.axes["basket"]]
    extra = _sum_by_cell(solved, "extra")[cells[0], item, cells[1]]
    provided = requirements.provided[item, requirements.share_requirement[rows.axes["basket"]]]
    return np.asarray(provided * (_sum_served(solved)[cells[0], item, cells[1]] + extra))


def compute_basket_shares(arrays: ProblemArrays, program: Program, values: FloatArray) -> FloatArray:
    """Return the share of each item in what people take, by row of basket_share; 0 where they take nothing."""
    rows = program.constraints["basket_share"]
    point = _SolvedPoint(arrays, program, values, np.empty(0), np.empty(0), np.empty(0))
    own, requirements = _compute_basket_amounts(point, rows), arrays.requirements
    taken = (_sum_served(point) + _sum_by_cell(point, "extra"))[:, : requirements.item_count]
    provided = compute_provided(requirements.provided, taken)
    requirement = requirements.share_requirement[rows.axes["basket"]]
    total = provided[rows.axes["place"], requirement, rows.axes["period"]]
    return np.asarray(np.where(total > 0, own / np.where(total > 0, total, 1.0), 0.0))


def _compute_met_requirements(solved: _SolvedPoint, over: Block) -> tuple[FloatArray, FloatArray]:
    """Return what people take of each requirement, and its need with the backlog, by column of `over`."""
    cells = tuple(over.axes[axis] for axis in ("place", "item", "period"))
    needs = solved.arrays.demand + compute_backlog(solved.arrays, _sum_by_cell(solved, "short"))
    return _sum_served(solved)[cells] + solved.values[over.block_slice], needs[cells]


def _sum_served(solved: _SolvedPoint) -> FloatArray:
    """Return what is served of needs and backlogs, (C, I, T)."""
    short = _sum_by_cell(solved, "short")
    return np.asarray(solved.arrays.demand + compute_backlog(solved.arrays, short) - short)


def _sum_by_cell(solved: _SolvedPoint, name: str) -> FloatArray:
    """Sum the values of a variable of counties by place, item and period, (C, I, T)."""
    block, shape = solved.program.variables[name], solved.arrays.demand.shape
    cells = np.ravel_multi_index([block.axes[axis] for axis in ("place", "item", "period")], shape)
    return sum_by_cell(cells, solved.values[block.block_slice], int(np.prod(shape))).reshape(shape)


def _compute_given_units(solved: _SolvedPoint, rows: Block) -> FloatArray:
    """Return the units given to all partners until the end of the period, by row of own_surplus."""
    give, arrays = solved.program.variables["give"], solved.arrays
    shape = (len(arrays.labels["item"]), arrays.period_count)
    cells = give.axes["item"] * shape[1] + give.axes["period"]
    given = sum_by_cell(cells, solved.values[give.block_slice], shape[0] * shape[1]).reshape(shape).cumsum(axis=1)
    return np.asarray(given[rows.axes["item"], rows.axes["period"]])


def _compute_local_output(solved: _SolvedPoint) -> FloatArray:
    """Return the local production that each floor counts: won for categories, units for items."""
    lines, make = solved.arrays.lines, solved.program.variables["make"]
    line = make.axes["line"]
    made = np.where(lines.is_local[line], solved.values[make.block_slice], 0.0)
    by_item = sum_by_cell(lines.item[line], made, len(solved.arrays.items.value))
    return np.asarray(solved.arrays.centre.floor_weight @ by_item)


RULES_REPORTED_ELSEWHERE = ("power", "goal", "worst_fulfilment")
"""Constraints reported elsewhere: electricity in its own table, goals in the objective."""


def build_capacity_table(limits: Limits) -> pa.Table:
    """Build the capacity table (CapacityRow); limits of 0 without use and price are left out."""
    is_elsewhere = np.isin(limits.rule, [RULE_NAMES.index(name) for name in RULES_REPORTED_ELSEWHERE])
    selected = np.flatnonzero(~is_elsewhere & ((limits.used != 0) | (limits.limit != 0) | (limits.shadow_price != 0)))
    labels = limits.labels
    return build_table(
        CapacityRow,
        {
            "rule": build_compact_label_column(limits.rule[selected], RULE_NAMES),
            "id": build_compact_label_column(limits.id[selected], labels),
            "part": build_compact_label_column(limits.part[selected], labels),
            "period": build_compact_label_column(limits.period[selected], labels),
            "used": limits.used[selected],
            "limit": limits.limit[selected],
            "unit": build_compact_label_column(limits.unit[selected], labels),
            "price": limits.shadow_price[selected],
        },
    )

"""Every limit of a program that a planner can name: rows of the rules and bounds of the decisions, as one list of arrays.

Capacity and reasons are both read from it, so a reason names a limit as the capacity table does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import BOUNDS, CONSTRAINTS, is_past_period
from solvers.formulation.registry import Side
from solvers.lp.linear_program import Block, FloatArray, IntArray, Program
from solvers.results.flows import NEGLIGIBLE_AMOUNT, sum_by_cell
from solvers.results.label_table import LabelTable

Identity = tuple[str, str, str]
"""Axes that name a limit: what it limits, its part, its period; empty where it has none."""

ROWS: Mapping[str, Identity] = {
    "machine": ("machine", "", "period"),
    "labour": ("place", "", "period"),
    "power": ("area", "", "period"),
    "link": ("arc", "", "period"),
    "handling": ("place", "", "period"),
    "central_share": ("item", "", "period"),
    "local_floor": ("group", "", ""),
    "swap_balance": ("partner", "", "window"),
    "own_needs_first": ("place", "item", "period"),
    "store": ("place", "", "period"),
    "worst_fulfilment": ("served", "", ""),
    "goal": ("goal", "", ""),
}
"""Rules whose rows are limits, and what names each row; an axis of pairs (machine, arc, line) gives both id and part."""

COLUMNS: Mapping[tuple[str, Side], Identity] = {
    ("make", "lower"): ("line", "", "period"),
    ("make", "upper"): ("line", "", "period"),
    ("stock", "lower"): ("place", "item", "period"),
    ("stock", "upper"): ("place", "item", "period"),
    ("give", "upper"): ("partner", "item", "period"),
    ("take", "upper"): ("partner", "item", "period"),
}
"""Bounds that are limits, and what names each."""

RULE_NAMES = (*ROWS, *(BOUNDS[key].name for key in COLUMNS))
"""Rules and bounds by code."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits by position, each array (q,)."""

    position: IntArray
    """Row in the program; for a bound, the number of rows plus the column."""
    rule: IntArray
    """Position in RULE_NAMES."""
    id: IntArray
    """Position in `words` of what it limits."""
    part: IntArray
    """Position in `words` of its part."""
    period: IntArray
    """Position in `words` of its period or window."""
    unit: IntArray
    """Position in `words` of its unit."""
    used: FloatArray
    """Amount used."""
    limit: FloatArray
    """Amount there is, or must be at least."""
    shadow_price: FloatArray
    """Won of the objective saved by one more unit of the limit, or one less where it is a least amount."""
    label_table: tuple[str, ...]
    """Labels of all kinds."""

    @classmethod
    def from_solution(cls, arrays: ProblemArrays, program: Program, values: FloatArray, row_price: FloatArray) -> Self:
        """List the limits of a program at tidy values, (n,), and prices, (m,)."""
        words, lp = LabelTable.from_arrays(arrays), program.lp
        point = _SolvedPoint(arrays, program, values, row_price, lp.matrix @ values, lp.cost - lp.matrix.T @ row_price)
        parts = [_collect_row_limits(words, point, name) for name in ROWS if name in program.constraints]
        parts += [_collect_column_limits(words, point, key) for key in COLUMNS if key[0] in program.variables]
        position, rule, *named, used, limit, gain = (np.concatenate(column) for column in zip(*parts, strict=True))
        thing, part, period, unit = (words.first[codes] for codes in named)
        return cls(position, rule, thing, part, period, unit, used, limit, gain, words.labels)

    def find_priced(self) -> IntArray:
        """Positions of the limits with a gain."""
        return np.flatnonzero(self.shadow_price > 0)


@dataclass(frozen=True, slots=True)
class _SolvedPoint:
    """A plan and its prices, with what follows from them."""

    arrays: ProblemArrays
    program: Program
    values: FloatArray
    row_price: FloatArray
    activity: FloatArray
    reduced_costs: FloatArray


Part = tuple[IntArray | FloatArray, ...]
"""Columns of Limits for the limits of one rule."""


def _collect_row_limits(words: LabelTable, at: _SolvedPoint, name: str) -> Part:
    lp, block = at.program.lp, at.program.constraints[name]
    lower, upper = lp.row_lower[block.block_slice], lp.row_upper[block.block_slice]
    least = np.isfinite(lower)
    used, limit = at.activity[block.block_slice], np.where(least, lower, upper)
    if name == "swap_balance":
        taken = _compute_taken_value(at, block)
        used, limit = taken, limit + taken - used
    if name == "local_floor":
        local = _compute_local_output(at)
        used, limit = local, local - used
    price = at.row_price[block.block_slice]
    gain = np.where(least, price, -price)
    code = tuple(ROWS).index(name)
    return _build_limit_part(words, code, CONSTRAINTS[name].unit, ROWS[name], block, 0, (used, limit, gain))


def _collect_column_limits(words: LabelTable, at: _SolvedPoint, key: tuple[str, Side]) -> Part:
    block, lp = at.program.variables[key[0]], at.program.lp
    reduced, used = at.reduced_costs[block.block_slice], at.values[block.block_slice]
    code = len(ROWS) + tuple(COLUMNS).index(key)
    if key[1] == "lower":
        lower = lp.column_lower[block.block_slice]
        limit, gain = np.where(lower > 0, lower, np.inf), np.maximum(reduced, 0.0)
    else:
        limit, gain = lp.column_upper[block.block_slice], np.maximum(-reduced, 0.0)
    limit = np.where(is_past_period(at.arrays, block), np.inf, limit)  # what has happened has no limit any more
    return _build_limit_part(words, code, BOUNDS[key].unit, COLUMNS[key], block, lp.row_count, (used, limit, gain))


def _build_limit_part(
    words: LabelTable,
    code: int,
    unit: str,
    identity: Identity,
    block: Block,
    offset: int,
    amounts: tuple[FloatArray, FloatArray, FloatArray],
) -> Part:
    """The limits of one rule that are finite."""
    kept = np.flatnonzero(np.isfinite(amounts[1]))
    thing, part = words.identify_limits(identity[0], identity[1], block)
    names = (block.positions + offset, np.full(block.size, code), thing, part)
    columns = (*names, words.name_axis(identity[2], block), words.name_units(unit, block))
    used, limit, gain = (amount[kept] for amount in amounts)
    return (*(column[kept] for column in columns), used, limit, np.where(np.abs(gain) < NEGLIGIBLE_AMOUNT, 0.0, gain))


def _compute_taken_value(at: _SolvedPoint, balances: Block) -> FloatArray:
    """Won's worth taken from partners, by row of swap_balance."""
    partners, take = at.arrays.partners, at.program.variables["take"]
    shape = (len(partners.rate), len(at.arrays.labels["window"]))
    partner = take.axes["partner"]
    cells = partner * shape[1] + partners.window[partner, take.axes["period"]]
    worth = sum_by_cell(
        cells, at.arrays.items.value[take.axes["item"]] * at.values[take.block_slice], shape[0] * shape[1]
    )
    return worth.reshape(shape)[balances.axes["partner"], balances.axes["window"]]


def _compute_local_output(at: _SolvedPoint) -> FloatArray:
    """What local factories make of what each floor is about, by floor: won's worth for categories, units for items."""
    lines, make = at.arrays.lines, at.program.variables["make"]
    line = make.axes["line"]
    made = np.where(lines.is_local[line], at.values[make.block_slice], 0.0)
    by_item = sum_by_cell(lines.item[line], made, len(at.arrays.items.value))
    return np.asarray(at.arrays.centre.floor_weight @ by_item)

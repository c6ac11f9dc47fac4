"""The objective to minimise; the cost of a variable is the sum of its parts, in won.

Σ short · weight_k · priority_weight · value_i · importance[i,t]  (shortage)  + Σ cost_per_unit·make  (making)
+ Σ (cost_per_tonne + cost_per_tonne_km·km) · tonnes shipped  (haulage)  + Σ holding_cost·stock  (holding)
+ quality_weight · Σ value·(1 − quality)·make  (quality)  + smoothing · Σ value·|change of the rate| / 2  (rate_changes)
+ smoothing · (Σ value·stock above its minimum in the last period + value given away)  (left_over)
"""

from collections.abc import Callable, Mapping

import numpy as np

from models.problem.policy import NeedSelection
from solvers.data.item_arrays import BoolArray
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation.coefficients import get_axis_codes
from solvers.lp.linear_program import Block, FloatArray, Program

CostFunction = Callable[[ProblemArrays, Block], FloatArray]


def compute_shortage_cost(arrays: ProblemArrays, block: Block) -> FloatArray:
    """Return the weighted cost of shortage in won per unit, by column of `short`."""
    item, period, band = get_axis_codes(block, "item", "period", "band")
    return np.asarray(arrays.items.shortage_weight[item, period] * arrays.band_weight[band])


def select_needs(arrays: ProblemArrays, selection: NeedSelection | None) -> BoolArray:
    """Return whether a need of a county for an item is selected, (C, I); all needs without a selection."""
    selected = np.ones((len(arrays.labels["county"]), len(arrays.labels["item"])), dtype=bool)
    if selection is None:
        return selected
    needs = arrays.problem.needs
    if selection.priority is not None:
        selected &= np.isin([need.priority for need in needs], selection.priority)
    if selection.category is not None:
        selected &= np.isin([getattr(need, "category", "") for need in needs], selection.category)
    if selection.item is not None:
        selected &= np.isin(arrays.labels["item"], selection.item)
    if selection.county is not None:
        selected &= np.isin(arrays.labels["county"], selection.county)[:, None]
    return selected


def compute_production_cost(arrays: ProblemArrays, block: Block) -> FloatArray:
    """Return the cost of production in won per unit, by column of `make`."""
    return np.asarray(arrays.lines.cost_per_unit[block.axes["line"]])


def compute_haulage_cost(arrays: ProblemArrays, block: Block) -> FloatArray:
    """Return the cost of haulage in won per unit, by column of `ship`."""
    return np.asarray(arrays.arcs.cost_per_tonne[block.axes["arc"]] * arrays.items.tonnes_per_unit[block.axes["item"]])


def compute_holding_cost(arrays: ProblemArrays, block: Block) -> FloatArray:
    """Return the cost of holding stock in won per unit, by column of `stock`."""
    return np.asarray(arrays.items.holding_cost[block.axes["item"]])


def compute_quality_loss(arrays: ProblemArrays, block: Block) -> FloatArray:
    """Return the value lost to low quality in won per unit, by column of `make`, without the weight of the policy."""
    line = block.axes["line"]
    return np.asarray(arrays.items.value[arrays.lines.item[line]] * (1.0 - arrays.lines.quality[line]))


def compute_weighted_quality_loss(arrays: ProblemArrays, block: Block) -> FloatArray:
    """Return the weighted value lost to low quality in won per unit, by column of `make`."""
    return np.asarray(arrays.problem.policy.quality_weight * compute_quality_loss(arrays, block))


def compute_rate_change_cost(arrays: ProblemArrays, block: Block) -> FloatArray:
    """Return the cost of changes of production in won per unit, by column of `rate_change`: half up, half down."""
    item = arrays.lines.item[block.axes["line"]]
    return np.asarray(arrays.problem.policy.smoothing * arrays.items.value[item] / 2.0)


def compute_left_over_cost(arrays: ProblemArrays, block: Block) -> FloatArray:
    """Return the cost of stock left over in won per unit, by column of `left_over`."""
    return np.asarray(arrays.problem.policy.smoothing * arrays.items.value[block.axes["item"]])


def compute_given_away_cost(arrays: ProblemArrays, block: Block) -> FloatArray:
    """Return the cost of goods given away in won per won, by column of `given_away`."""
    return np.full(block.size, float(arrays.problem.policy.smoothing))


OBJECTIVE_PARTS: Mapping[str, tuple[tuple[str, CostFunction], ...]] = {
    "shortage": (("short", compute_shortage_cost),),
    "making": (("make", compute_production_cost),),
    "haulage": (("ship", compute_haulage_cost),),
    "holding": (("stock", compute_holding_cost),),
    "quality": (("make", compute_weighted_quality_loss),),
    "rate_changes": (("rate_change", compute_rate_change_cost),),
    "left_over": (("left_over", compute_left_over_cost), ("given_away", compute_given_away_cost)),
}
"""Parts of the objective: the variables of each part with their cost functions."""


def compute_variable_cost(arrays: ProblemArrays, block: Block) -> FloatArray:
    """Return the cost of a block of variables, the sum of its parts, shape (block.size,)."""
    total = np.zeros(block.size)
    for name, cost in (term for part in OBJECTIVE_PARTS.values() for term in part):
        if name == block.name:
            total += cost(arrays, block)
    return total


def compute_objective_parts(arrays: ProblemArrays, program: Program) -> dict[str, FloatArray]:
    """Return the cost vector of each part, shape (columns,); their sum is the cost of the program that `build_program` returns."""
    parts = {}
    for part, terms in OBJECTIVE_PARTS.items():
        parts[part] = np.zeros(program.lp.column_count)
        for name, cost in terms:
            if name in program.variables:
                block = program.variables[name]
                parts[part][block.block_slice] = cost(arrays, block)
    return parts

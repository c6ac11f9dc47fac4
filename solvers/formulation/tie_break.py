"""The tie-break: among equally good plans, serve the most need with the least making, moving and storing."""

from collections.abc import Callable, Mapping

import numpy as np

from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation.coefficients import get_axis_codes
from solvers.lp.linear_program import Block, FloatArray, Program

SHORTAGE_WEIGHT = 100.0
"""Weight of a unit short, relative to a unit made; more than the making, moving and storing that serve a unit."""

LEAST_SHIPMENT_WEIGHT = 1e-3
"""Weight of a unit shipped, relative to a unit made, in addition to its tonne-km: goods without mass do not move for nothing."""


def compute_tie_break_cost(arrays: ProblemArrays, program: Program) -> FloatArray:
    """Return the objective of the tie-break, (columns,), to minimise among the optimal plans; each term has a positive weight.

    Σ v_i·(make + central + give + take + stock + extra + over)  +  Σ (kg_i/1000 · max(km_a, 1) + 0.001·v_i) · ship  +  Σ 100·weight_k·v_i·short

    v is the value of an item, or 1 for an item without a value. Tonnes over less than 1 km count as over 1 km.
    """
    cost = np.zeros(program.lp.column_count)
    for name, weight in _WEIGHTS.items():
        if name in program.variables:
            block = program.variables[name]
            cost[block.block_slice] = weight(arrays, block)
    return cost


def _weigh_by_item(arrays: ProblemArrays, block: Block) -> FloatArray:
    return np.asarray(arrays.items.counted_value[block.axes["item"]])


def _weigh_production(arrays: ProblemArrays, block: Block) -> FloatArray:
    return np.asarray(arrays.items.counted_value[arrays.lines.item[block.axes["line"]]])


def _weigh_shipments(arrays: ProblemArrays, block: Block) -> FloatArray:
    arc, item = get_axis_codes(block, "arc", "item")
    tonne_km = arrays.items.tonnes_per_unit[item] * np.maximum(arrays.arcs.km[arc], 1.0)
    return np.asarray(tonne_km + LEAST_SHIPMENT_WEIGHT * arrays.items.counted_value[item])


def _weigh_shortage(arrays: ProblemArrays, block: Block) -> FloatArray:
    item, band = get_axis_codes(block, "item", "band")
    return np.asarray(SHORTAGE_WEIGHT * arrays.items.counted_value[item] * arrays.band_weight[band])


_WEIGHTS: Mapping[str, Callable[[ProblemArrays, Block], FloatArray]] = {
    "make": _weigh_production,
    "central": _weigh_by_item,
    "give": _weigh_by_item,
    "take": _weigh_by_item,
    "stock": _weigh_by_item,
    "extra": _weigh_by_item,
    "over": _weigh_by_item,
    "ship": _weigh_shipments,
    "short": _weigh_shortage,
}
"""Weight of a unit, by variable."""

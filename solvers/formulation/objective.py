"""What is minimised, part by part: the cost of each column is the sum of its parts.

Σ short · weight_k · priority_weight · value_i · importance[i,t]  (shortage)  + Σ cost_per_unit·make  (making)
+ Σ (cost_per_tonne + cost_per_tonne_km·km) · tonnes shipped  (haulage)  + Σ holding_cost·stock  (holding)
+ quality_weight · Σ value·(1 − quality)·make  (quality)
"""

from collections.abc import Callable, Mapping

import numpy as np

from solvers.data.problem_arrays import ProblemIndex
from solvers.formulation.coefficients import at
from solvers.lp.linear_program import Block, FloatArray, Program

CostOf = Callable[[ProblemIndex, Block], FloatArray]


def shortage(index: ProblemIndex, block: Block) -> FloatArray:
    """Weighted shortage, won per unit short, by column of `short`."""
    item, period, band = at(block, "item", "period", "band")
    return np.asarray(index.items.shortage_weight[item, period] * index.band_weight[band])


def making(index: ProblemIndex, block: Block) -> FloatArray:
    """Cost of making, won per unit, by column of `make`."""
    return np.asarray(index.lines.cost[block.axes["line"]])


def haulage(index: ProblemIndex, block: Block) -> FloatArray:
    """Cost of shipping, won per unit, by column of `ship`."""
    return np.asarray(index.arcs.cost_per_tonne[block.axes["arc"]] * index.items.tonnes[block.axes["item"]])


def holding(index: ProblemIndex, block: Block) -> FloatArray:
    """Cost of holding, won per unit, by column of `stock`."""
    return np.asarray(index.items.holding_cost[block.axes["item"]])


def quality_missing(index: ProblemIndex, block: Block) -> FloatArray:
    """Value lost to low quality, won per unit made, by column of `make`; not yet weighted by the policy."""
    line = block.axes["line"]
    return np.asarray(index.items.value[index.lines.item[line]] * (1.0 - index.lines.quality[line]))


def quality(index: ProblemIndex, block: Block) -> FloatArray:
    """Weighted value lost to low quality, won per unit made, by column of `make`."""
    return np.asarray(index.problem.policy.quality_weight * quality_missing(index, block))


PARTS: Mapping[str, tuple[str, CostOf]] = {
    "shortage": ("short", shortage),
    "making": ("make", making),
    "haulage": ("ship", haulage),
    "holding": ("stock", holding),
    "quality": ("make", quality),
}
"""Parts of the objective: the decision each weighs, and how."""


def cost_of(index: ProblemIndex, block: Block) -> FloatArray:
    """Cost by column of a decision: the sum of its parts, (block.size,)."""
    total = np.zeros(block.size)
    for name, part in PARTS.values():
        if name == block.name:
            total += part(index, block)
    return total


def objective_parts(index: ProblemIndex, program: Program) -> dict[str, FloatArray]:
    """Cost vectors by part, each (columns,); their sum is the cost of the program as `build` made it."""
    parts = {}
    for part, (name, cost) in PARTS.items():
        vector = np.zeros(program.lp.columns)
        if name in program.decisions:
            block = program.decisions[name]
            vector[block.span] = cost(index, block)
        parts[part] = vector
    return parts

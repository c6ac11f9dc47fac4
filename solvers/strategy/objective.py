"""The objective by its parts, as cost by column, and what they come to in a plan."""

from dataclasses import astuple, dataclass
from typing import Self

import numpy as np

from models.plan import ObjectiveParts
from solvers.index import ProblemIndex
from solvers.program import FloatArray, Program


@dataclass(frozen=True, slots=True)
class Costs:
    """Cost by column, (n,), of each part of the objective; their sum is the plain program's cost."""

    shortage: FloatArray
    """Weighted shortage."""
    making: FloatArray
    """Cost of making."""
    haulage: FloatArray
    """Cost of shipping."""
    holding: FloatArray
    """Cost of stock."""
    quality: FloatArray
    """Value lost to low quality, times the policy's weight."""

    @classmethod
    def of(cls, program: Program, index: ProblemIndex, plain_cost: FloatArray) -> Self:
        """Split the plain cost, (n,), of a program built from this index; columns added for goals cost nothing."""
        quality = value_lost(program, index) * index.problem.policy.quality_weight
        parts = {name: np.zeros(program.lp.columns) for name in ("short", "make", "ship", "stock")}
        for name, part in parts.items():
            if name in program.decisions:
                span = program.decisions[name].span
                part[span] = plain_cost[span]
        return cls(parts["short"], parts["make"] - quality, parts["ship"], parts["stock"], quality)

    def parts(self, values: FloatArray) -> ObjectiveParts:
        """What each part comes to with these values, (n,)."""
        shortage, making, haulage, holding, quality = (float(cost @ values) for cost in astuple(self))
        return ObjectiveParts(shortage=shortage, making=making, haulage=haulage, holding=holding, quality=quality)


def value_lost(program: Program, index: ProblemIndex) -> FloatArray:
    """Won lost to low quality per unit of each column, unweighted, (n,): value·(1 − quality) of what is made."""
    lost = np.zeros(program.lp.columns)
    make = program.decisions["make"]
    lines = index.lines
    per_unit = index.items.value[lines.item] * (1.0 - lines.quality)
    lost[make.span] = per_unit[make.axes["line"]]
    return lost

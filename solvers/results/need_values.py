"""Needs and what is served of them, by value: the definition of every served share."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import FloatArray
from solvers.results.flows import Flows


@dataclass(frozen=True, slots=True)
class NeedValues:
    """Needs by county, need and period, each (C, I, T), in won, or in units of needs without a value."""

    needed: FloatArray
    """Demand."""
    served: FloatArray
    """Demand that is served at some time in the plan."""
    needed_in_period: FloatArray
    """Demand and the backlog of the period before."""
    served_in_period: FloatArray
    """Demand and backlog that are served in the period."""
    is_item: npt.NDArray[np.bool_]
    """Which needs are items; the others are requirements, (I,)."""

    @classmethod
    def from_flows(cls, arrays: ProblemArrays, flows: Flows) -> Self:
        """Weigh the flows of counties by value."""
        counties = arrays.places.county_count
        value = arrays.items.counted_value[:, None]
        needed, backlog = flows.demand[:counties] * value, flows.backlog[:counties] * value
        return cls(
            needed,
            needed - flows.unmet[:counties] * value,
            needed + backlog,
            needed + backlog - flows.shortage[:counties] * value,
            ~arrays.items.is_requirement,
        )


def divide_served(needed: FloatArray, served: FloatArray) -> FloatArray:
    """Return served shares elementwise: 1 where nothing is needed."""
    return np.where(needed > 0, served / np.where(needed > 0, needed, 1.0), 1.0)

"""Arrays of requirements: what items provide, the most that people take, and shares within a basket."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from models.heads import list_heads
from models.problem.planning_problem import PlanningProblem
from solvers.data.county_arrays import build_period_days
from solvers.data.item_arrays import BoolArray
from solvers.data.label_arrays import index_positions, to_float_array, to_integer_array
from solvers.lp.linear_program import FloatArray, IntArray

NO_SHARE = {"least": 0.0, "most": 1.0}
"""Least and greatest share that limit nothing."""


@dataclass(frozen=True, slots=True)
class RequirementArrays:
    """Requirements by position; R requirements, C counties, I items, T periods, S stated sides of shares.

    On the axis `item`, the requirement r has the position I + r: its need, shortage, weight and fairness pieces are those of
    an item that nobody makes.
    """

    item_count: int
    """I, the number of items; later positions on the axis `item` are requirements."""
    provided: FloatArray
    """Units of a requirement in one unit of an item, (I, R)."""
    most: FloatArray
    """Greatest amount of a requirement, at least the need of the period, inf if not limited, (C, R, T)."""
    taken_most: FloatArray
    """Units of an item that people take at most, at least their own need of the period, inf if not limited, (C, I, T)."""
    share_labels: tuple[str, ...]
    """Labels of the stated sides of shares: `requirement/item/side`, (S,)."""
    share_requirement: IntArray
    """Position of the requirement of each side, (S,)."""
    share_item: IntArray
    """Position of the item of each side, (S,)."""
    share_is_least: BoolArray
    """Whether the side is a least share, (S,)."""
    share: FloatArray
    """Share of each side, 0 to 1, (S,)."""

    @property
    def provides_something(self) -> BoolArray:
        """Whether an item provides something of any requirement, (I,)."""
        return np.asarray((self.provided > 0).any(axis=1))


def build_requirement_arrays(problem: PlanningProblem, demand: FloatArray) -> RequirementArrays:
    """Convert requirements to arrays; `demand` is the need in units, (C, I + R, T)."""
    count = len(problem.items)
    requirement_of, item_of = (
        index_positions(r.id for r in problem.requirements),
        index_positions(i.id for i in problem.items),
    )
    provided = np.zeros((count, len(problem.requirements)))
    for i, item in enumerate(problem.items):
        for name, amount in item.provides.items():
            provided[i, requirement_of[name]] = amount
    sides = [
        (requirement.id, name, side, share)
        for requirement in problem.requirements
        for name, stated in requirement.shares.items()
        for side, share in (("least", stated.least), ("most", stated.most))
        if share != NO_SHARE[side]
    ]
    return RequirementArrays(
        item_count=count,
        provided=provided,
        most=_limit_per_head(problem, [r.most for r in problem.requirements], demand[:, count:]),
        taken_most=_limit_per_head(problem, [item.most_per_head for item in problem.items], demand[:, :count]),
        share_labels=tuple("/".join(side[:3]) for side in sides),
        share_requirement=to_integer_array([requirement_of[side[0]] for side in sides]),
        share_item=to_integer_array([item_of[side[1]] for side in sides]),
        share_is_least=np.array([side[2] == "least" for side in sides], dtype=bool),
        share=to_float_array([side[3] for side in sides]),
    )


def _limit_per_head(problem: PlanningProblem, limits: Iterable[Mapping[str, float]], demand: FloatArray) -> FloatArray:
    """Return limits per head and year in units, spread over the periods by their days, (C, …, T).

    max(heads · limit · years · days[t] / Σ days, demand[t])

    There is no limit in a county that has none of the groups for which it is stated.
    """
    most = np.full(demand.shape, np.inf)
    heads_by_county = list_heads(problem)
    for k, by_group in enumerate(limits):
        has_group = np.array([any(group in heads for group in by_group) for heads in heads_by_county], dtype=bool)
        if has_group.any():
            units = sum(amount * compute_units_per_head(problem, group) for group, amount in by_group.items())
            most[has_group, k] = np.maximum(units, demand[:, k])[has_group]
    return most


def compute_units_per_head(problem: PlanningProblem, group: str) -> FloatArray:
    """Return the units in a period of one unit per head and year of a group, spread by days, (C, T)."""
    heads = to_float_array([by_group.get(group, 0.0) for by_group in list_heads(problem)])
    days = build_period_days(problem)
    return np.asarray(heads[:, None] * problem.years * days / days.sum())


def compute_provided(provided: FloatArray, amounts: FloatArray) -> FloatArray:
    """Return the units of each requirement in amounts of items: (I, R) and (…, I, T) give (…, R, T)."""
    return np.asarray(np.einsum("ir,...it->...rt", provided, amounts))

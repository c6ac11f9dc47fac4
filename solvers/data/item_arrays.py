"""Arrays of items: weight, value and cost of shortage."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.problem.planning_problem import PlanningProblem
from models.problem.policy import Policy
from solvers.data.label_arrays import index_positions, to_float_array, to_period_array
from solvers.lp.linear_program import FloatArray, IntArray

WHOLE_TOLERANCE = 1e-6
"""An amount that differs from a whole number by less than this, in units, is whole."""

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class ItemArrays:
    """Items by position, then requirements, which nobody makes, moves or stores; I both together, T periods."""

    is_good: BoolArray
    """Whether the item is a good; otherwise it is a material or a requirement, (I,)."""
    is_requirement: BoolArray
    """Whether it is a requirement, (I,)."""
    category: IntArray
    """Position of the category in `labels["category"]`, −1 for a requirement, (I,)."""
    tonnes_per_unit: FloatArray
    """Tonnes per unit, (I,)."""
    value: FloatArray
    """Won per unit, (I,)."""
    shortage_weight: FloatArray
    """Cost of a unit short in won, before the band weight: priority weight × value × importance, (I, T)."""
    is_transportable: BoolArray
    """Whether the item can be shipped, (I,)."""
    is_storable: BoolArray
    """Whether county stores can hold the item, (I,)."""
    carryover_share: FloatArray
    """Share of a stock that is left one period later: 1 − loss, (I,)."""
    holding_cost: FloatArray
    """Won per unit in stock at the end of a period, (I,)."""
    is_whole_units: BoolArray
    """Whether quotas must be whole numbers, (I,)."""
    carry_over: FloatArray
    """Share of a shortage that is needed again in the next period, (I,)."""
    due_share: FloatArray
    """Share of a period's need that is due before the period ends, 0 where nothing is, (I, T)."""
    due_by: FloatArray
    """Part of the period after which that share is due, (I, T)."""

    @property
    def counted_value(self) -> FloatArray:
        """Weight of an item in served shares: its value, or 1 without a value, (I,)."""
        return np.where(self.value > 0, self.value, 1.0)


def build_item_arrays(problem: PlanningProblem) -> tuple[ItemArrays, tuple[str, ...]]:
    """Convert items and requirements to arrays; also return the labels of categories in order of appearance."""
    items, needs = problem.items, problem.needs
    none = [0.0] * len(problem.requirements)
    categories = tuple(dict.fromkeys(item.category for item in items))
    place_of = {label: position for position, label in enumerate(categories)}
    value = to_float_array([need.value for need in needs])
    weights = get_priority_weights(problem.policy)
    priority = to_float_array([weights[need.priority] for need in needs])
    importance = to_period_array([need.importance for need in needs], len(problem.periods))
    due_share, due_by = _build_due_dates(problem)
    arrays = ItemArrays(
        is_good=_mark([item.kind == "good" for item in items] + none),
        is_requirement=np.arange(len(needs)) >= len(items),
        category=np.array([place_of[item.category] for item in items] + [-1] * len(none), dtype=np.int64),
        tonnes_per_unit=to_float_array([item.kg_per_unit for item in items] + none) / 1000.0,
        value=value,
        shortage_weight=(priority * value)[:, None] * importance,
        is_transportable=_mark([item.transportable for item in items] + none),
        is_storable=_mark([item.storable for item in items] + none),
        carryover_share=1.0 - to_float_array([item.loss for item in items] + none),
        holding_cost=to_float_array([item.holding_cost for item in items] + none),
        is_whole_units=_mark([item.whole_units for item in items] + none),
        carry_over=to_float_array([need.carry_over for need in needs]),
        due_share=due_share,
        due_by=due_by,
    )
    return arrays, categories


def _mark(flags: Sequence[bool | float]) -> BoolArray:
    return np.array(flags, dtype=bool)


def _build_due_dates(problem: PlanningProblem) -> tuple[FloatArray, FloatArray]:
    """Return the share due and the part of the period after which it is due, each (I, T); 0 where nothing is due."""
    period_of = index_positions(problem.periods)
    share, by = (np.zeros((len(problem.needs), len(problem.periods))) for _ in range(2))
    for i, need in enumerate(problem.needs):
        for period, due in need.due.items():
            share[i, period_of[period]], by[i, period_of[period]] = due.share, due.by
    return share, by


def compute_due_units(items: ItemArrays, demand: FloatArray) -> FloatArray:
    """Return the units of the demand that are due before a period ends, (C, I, T); 0 where nothing is due.

    Due units of an item in whole units are whole, rounded up, if stores can keep the item.
    """
    due = np.asarray(items.due_share * demand)
    is_whole = (items.is_whole_units & items.is_storable)[:, None]
    return np.where(is_whole, np.ceil(due - WHOLE_TOLERANCE) + 0.0, due)


def get_priority_weights(policy: Policy) -> dict[int, float]:
    """Return the weight of each priority; a priority that the policy omits has the default weight."""
    return {int(key): float(weight) for key, weight in (Policy().priority_weights | policy.priority_weights).items()}

"""Arrays of budgets: money, and the cost of a unit of each kind of flow."""

from dataclasses import dataclass

import numpy as np

from models.problem.budgets import Budget
from models.problem.planning_problem import PlanningProblem
from solvers.data.factory_arrays import LineArrays
from solvers.data.item_arrays import BoolArray, ItemArrays
from solvers.data.label_arrays import to_period_array
from solvers.lp.linear_program import FloatArray


@dataclass(frozen=True, slots=True)
class BudgetArrays:
    """Budgets by position; B budgets, L lines, I items, P partners, T periods."""

    available: FloatArray
    """Won that may have been spent: in the period, or until its end where money carries over, (B, T)."""
    carries_over: BoolArray
    """Whether money carries over, (B,)."""
    making: FloatArray
    """Won per unit made on a line, (B, L)."""
    hauled_tonnes: FloatArray
    """Tonnes per unit of an item whose haulage counts, (B, I)."""
    central: FloatArray
    """Won per unit of an item from the centre, (B, I)."""
    taken: FloatArray
    """Won per unit of an item taken from a partner, (B, P, I)."""


def build_budget_arrays(problem: PlanningProblem, items: ItemArrays, lines: LineArrays) -> BudgetArrays:
    """Convert budgets to arrays; flows that a budget does not cover cost 0."""
    budgets, shape = problem.budgets, (len(problem.budgets), len(problem.needs))
    covered = np.array([_find_covered_items(problem, budget) for budget in budgets], dtype=bool).reshape(shape)
    price = np.array([budget.price_factor for budget in budgets]).reshape(-1, 1) * items.value
    is_central = np.where(items.is_good, _mark(budgets, "central"), _mark(budgets, "materials"))
    carries_over = np.array([budget.carries_over for budget in budgets], dtype=bool)
    won = to_period_array([budget.won for budget in budgets], len(problem.periods))
    return BudgetArrays(
        available=np.where(carries_over[:, None], won.cumsum(axis=1), won),
        carries_over=carries_over,
        making=np.where((covered & _mark(budgets, "making"))[:, lines.item], lines.cost_per_unit, 0.0),
        hauled_tonnes=np.where(covered & _mark(budgets, "haulage"), items.tonnes_per_unit, 0.0),
        central=np.where(covered & is_central, price, 0.0),
        taken=np.where(
            (covered & _mark(budgets, "swaps"))[:, None, :] & _find_counted_partners(problem), price[:, None, :], 0.0
        ),
    )


def _mark(budgets: tuple[Budget, ...], kind: str) -> BoolArray:
    """Return whether each budget covers a kind of spending, (B, 1)."""
    return np.array([kind in budget.covers for budget in budgets], dtype=bool).reshape(-1, 1)


def _find_covered_items(problem: PlanningProblem, budget: Budget) -> list[bool]:
    covered = [budget.categories is None or item.category in budget.categories for item in problem.items]
    return covered + [False] * len(problem.requirements)


def _find_counted_partners(problem: PlanningProblem) -> BoolArray:
    """Return whether the swaps with each partner count, (B, P, 1)."""
    counted = [
        [budget.partners is None or partner.id in budget.partners for partner in problem.partners]
        for budget in problem.budgets
    ]
    return np.array(counted, dtype=bool).reshape(len(problem.budgets), len(problem.partners), 1)

"""Changes to budgets."""

from typing import Any

from models.changes.change_context import ChangeContext, replace_fields


def apply_budget_won(context: ChangeContext) -> dict[str, Any]:
    """Change the money of budgets in won, by budget."""
    budgets = context.problem.budgets
    chosen = context.select_keys([{budget.id: [b] for b, budget in enumerate(budgets)}])
    return {"budgets": replace_fields(budgets, {b: {"won": context.change_series(budgets[b].won)} for b in chosen})}

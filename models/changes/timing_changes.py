"""Changes to what happens over time: transit periods of links, needs that carry over, and what is due before a period ends."""

from typing import Any

from models.changes.capacity_changes import select_links
from models.changes.change_context import ChangeContext, group_by_name, replace_fields
from models.problem.network import MAX_TRANSIT_PERIODS


def apply_transit_periods(context: ChangeContext) -> dict[str, Any]:
    """Change the periods from departure to arrival, by link, mode, place at an end or power area."""
    links = context.problem.links
    new: dict[int, dict[str, Any]] = {}
    for a in select_links(context):
        periods = context.change_number(float(links[a].transit_periods), MAX_TRANSIT_PERIODS)
        if periods != int(periods):
            message = f"`transit_periods` would become {periods:g}, but goods are under way for whole periods."
            path = "value" if context.change.factor is None else "factor"
            context.report_error("changed_out_of_range", (path,), message, "Give a whole number of periods as `value`.")
        new[a] = {"transit_periods": int(periods)}
    return {"links": replace_fields(links, new)}


def apply_carry_over(context: ChangeContext) -> dict[str, Any]:
    """Change the share of a shortage that is needed again in the next period, by item or category."""
    items = context.problem.items
    kinds = [
        {item.id: [i] for i, item in enumerate(items)},
        group_by_name((item.category, i) for i, item in enumerate(items)),
    ]
    new = {i: {"carry_over": context.change_number(items[i].carry_over, 1.0)} for i in context.select_keys(kinds)}
    return {"items": replace_fields(items, new)}


def apply_due_share(context: ChangeContext) -> dict[str, Any]:
    """Change the share of a period's need that is due before the period ends, by item or category.

    Only periods in which something is due change.
    """
    items = context.problem.items
    fitting = [(i, item) for i, item in enumerate(items) if item.due]
    kinds = [{item.id: [i] for i, item in fitting}, group_by_name((item.category, i) for i, item in fitting)]
    position = {period: t for t, period in enumerate(context.problem.periods)}
    new: dict[int, dict[str, Any]] = {}
    for i in context.select_keys(kinds):
        shares = tuple(items[i].due[p].share if p in items[i].due else 0.0 for p in position)
        changed = context.change_series(shares, 1.0)
        by_period = changed if isinstance(changed, tuple) else (changed,) * len(position)
        new[i] = {
            "due": {p: date.model_copy(update={"share": by_period[position[p]]}) for p, date in items[i].due.items()}
        }
    return {"items": replace_fields(items, new)}

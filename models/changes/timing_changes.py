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
    """Change the share of a shortage that is needed again in the next period, by item, category or requirement."""
    needs = context.problem.needs
    kinds = [_list_needs(context), _group_by_category(context)]
    new = {i: {"carry_over": context.change_number(needs[i].carry_over, 1.0)} for i in context.select_keys(kinds)}
    return _replace_needs(context, new)


def apply_due_share(context: ChangeContext) -> dict[str, Any]:
    """Change the share of a period's need that is due before the period ends, by item, category or requirement.

    Only periods in which something is due change.
    """
    needs = context.problem.needs
    fitting = {i for i, need in enumerate(needs) if need.due}
    kinds = [
        {name: chosen for name, keys in kind.items() if (chosen := [i for i in keys if i in fitting])}
        for kind in (_list_needs(context), _group_by_category(context))
    ]
    position = {period: t for t, period in enumerate(context.problem.periods)}
    new: dict[int, dict[str, Any]] = {}
    for i in context.select_keys(kinds):
        shares = tuple(needs[i].due[p].share if p in needs[i].due else 0.0 for p in position)
        changed = context.change_series(shares, 1.0)
        by_period = changed if isinstance(changed, tuple) else (changed,) * len(position)
        new[i] = {
            "due": {p: date.model_copy(update={"share": by_period[position[p]]}) for p, date in needs[i].due.items()}
        }
    return _replace_needs(context, new)


def _list_needs(context: ChangeContext) -> dict[str, list[int]]:
    """Return the position of each item and requirement by identifier."""
    return {name: [position] for name, position in context.problem.find_need_positions().items()}


def _group_by_category(context: ChangeContext) -> dict[str, list[int]]:
    """Return the positions of items by category; requirements have none."""
    return group_by_name((item.category, i) for i, item in enumerate(context.problem.items))


def _replace_needs(context: ChangeContext, new: dict[int, dict[str, Any]]) -> dict[str, Any]:
    """Return items and requirements with new fields by their position among the needs."""
    problem = context.problem
    count = len(problem.items)
    return {
        "items": replace_fields(problem.items, {i: fields for i, fields in new.items() if i < count}),
        "requirements": replace_fields(
            problem.requirements, {i - count: fields for i, fields in new.items() if i >= count}
        ),
    }

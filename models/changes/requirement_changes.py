"""Changes to requirements: norms and greatest amounts, what items provide, and shares of a basket."""

from collections.abc import Mapping, Sequence
from typing import Any

from models.changes.change_context import ChangeContext, group_by_name, replace_fields
from models.problem.requirements import BasketShare

SHARE_SIDES = ("least", "most")
"""Sides of a share, the last part of a selector `requirement/item/side`."""


def apply_requirement_norm(context: ChangeContext) -> dict[str, Any]:
    """Change norms of requirements, by requirement/group or requirement. A `value` for a pair can also add it."""
    return _change_per_head(context, "requirements", "norms")


def apply_requirement_most(context: ChangeContext) -> dict[str, Any]:
    """Change greatest amounts of requirements, by requirement/group or requirement. A `value` for a pair can also add it."""
    return _change_per_head(context, "requirements", "most")


def apply_most_per_head(context: ChangeContext) -> dict[str, Any]:
    """Change the most that people take of items, by item/group, item or category. A `value` for a pair can also add it."""
    return _change_per_head(context, "items", "most_per_head")


def apply_provides(context: ChangeContext) -> dict[str, Any]:
    """Change what a unit of an item provides, by item/requirement, item or requirement. A `value` for a pair can also add it."""
    problem = context.problem
    stated = [(i, name) for i, item in enumerate(problem.items) for name in item.provides]
    kinds = [
        {f"{problem.items[i].id}/{name}": [(i, name)] for i, name in stated},
        group_by_name((problem.items[i].id, (i, name)) for i, name in stated),
        group_by_name((name, (i, name)) for i, name in stated),
    ]
    if context.change.factor is None:
        names = [requirement.id for requirement in problem.requirements]
        kinds[1:1] = [{f"{item.id}/{name}": [(i, name)] for i, item in enumerate(problem.items) for name in names}]
    return _replace_amounts(context, "items", "provides", context.select_keys(kinds))


def apply_basket_share(context: ChangeContext) -> dict[str, Any]:
    """Change shares of a basket, by requirement/item/side, requirement/item, requirement or item.

    A `value` for `requirement/item/least` or `…/most` can also add it.
    """
    requirements = context.problem.requirements
    shares = [dict(requirement.shares) for requirement in requirements]
    stated = [
        (r, item, side)
        for r, by_item in enumerate(shares)
        for item, share in by_item.items()
        for side in SHARE_SIDES
        if side in share.model_fields_set
    ]
    kinds = [
        {f"{requirements[r].id}/{item}/{side}": [(r, item, side)] for r, item, side in stated},
        group_by_name((f"{requirements[r].id}/{item}", (r, item, side)) for r, item, side in stated),
        group_by_name((requirements[r].id, (r, item, side)) for r, item, side in stated),
        group_by_name((item, (r, item, side)) for r, item, side in stated),
    ]
    if context.change.factor is None:
        providers = [
            (r, item.id)
            for r, one in enumerate(requirements)
            for item in context.problem.items
            if one.id in item.provides
        ]
        kinds[1:1] = [
            {f"{requirements[r].id}/{item}/{side}": [(r, item, side)] for r, item in providers for side in SHARE_SIDES}
        ]
    for r, item, side in context.select_keys(kinds):
        share = shares[r].get(item, BasketShare())
        shares[r][item] = share.model_copy(update={side: context.change_number(getattr(share, side), 1.0)})
    return {"requirements": replace_fields(requirements, {r: {"shares": new} for r, new in enumerate(shares)})}


def _change_per_head(context: ChangeContext, kind: str, field: str) -> dict[str, Any]:
    """Change amounts per head and year of items or requirements; a `value` for a pair with a group can also add it."""
    parts, groups = getattr(context.problem, kind), _list_groups(context)
    stated = [(k, group) for k, part in enumerate(parts) for group in getattr(part, field)]
    kinds = [
        {f"{parts[k].id}/{group}": [(k, group)] for k, group in stated},
        group_by_name((parts[k].id, (k, group)) for k, group in stated),
    ]
    if kind == "items":
        kinds.append(group_by_name((parts[k].category, (k, group)) for k, group in stated))
    if context.change.factor is None:
        kinds[1:1] = [{f"{part.id}/{group}": [(k, group)] for k, part in enumerate(parts) for group in groups}]
    return _replace_amounts(context, kind, field, context.select_keys(kinds))


def _replace_amounts(
    context: ChangeContext, kind: str, field: str, chosen: Sequence[tuple[int, str]]
) -> dict[str, Any]:
    """Return the parts with new amounts under the chosen positions and names of a field."""
    parts = getattr(context.problem, kind)
    amounts: dict[int, dict[str, float]] = {}
    for k, name in chosen:
        by_name: Mapping[str, float] = getattr(parts[k], field)
        amounts.setdefault(k, dict(by_name))[name] = context.change_number(by_name.get(name, 0.0))
    return {kind: replace_fields(parts, {k: {field: new} for k, new in amounts.items()})}


def _list_groups(context: ChangeContext) -> list[str]:
    """Return the population groups of all counties, stated or projected."""
    problem = context.problem
    groups = dict.fromkeys(group for county in problem.counties for group in (*county.population, *county.census))
    return list(groups | dict.fromkeys(problem.population_projection.groups))

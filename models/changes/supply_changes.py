"""Changes to external supply: central shares, delivery, allotments, and offers and wants of partners."""

from typing import Any

from models.changes.change_context import ChangeContext, PerPeriodValue, group_by_name, replace_fields
from models.problem.population import ServedLeast


def apply_central_share(context: ChangeContext) -> dict[str, Any]:
    """Change the centre's promised share: all of it, or of categories and items.

    A share of a category replaces the shares of its items, unless the change names them too.
    """
    problem, change = context.problem, context.change
    shares = problem.supply_shares
    category = {item.id: item.category for item in problem.items}
    known = [{i: [(i, "item")] for i in category}, {c: [(c, "category")] for c in category.values()}]
    if change.where is None:
        by_category = (
            {c: context.change_number(s, 1.0) for c, s in shares.by_category.items()}
            if change.factor is not None
            else {}
        )
        by_item = (
            {i: context.change_number(s, 1.0) for i, s in shares.by_item.items()} if change.factor is not None else {}
        )
        central = context.change_number(shares.central, 1.0)
        return _update_supply_shares(context, central=central, by_category=by_category, by_item=by_item)
    chosen = context.select_keys(known)
    categories = {name for name, kind in chosen if kind == "category"}
    by_category, by_item = dict(shares.by_category), dict(shares.by_item)
    for name in categories:
        by_category[name] = context.change_number(shares.by_category.get(name, shares.central), 1.0)
    for name in shares.by_item:
        if category[name] in categories:
            del by_item[name]
            if change.factor is not None:
                by_item[name] = context.change_number(shares.by_item[name], 1.0)
    for name in (name for name, kind in chosen if kind == "item"):
        old = shares.by_item.get(name, shares.by_category.get(category[name], shares.central))
        by_item[name] = context.change_number(old, 1.0)
    return _update_supply_shares(context, by_category=by_category, by_item=by_item)


def apply_delivered_share(context: ChangeContext) -> dict[str, Any]:
    """Change the delivered part of the centre's promise; it has no parts to select."""
    for position in range(len(context.selector_names)):
        context.report_unknown_name(position, ())
    return _update_supply_shares(context, delivered=context.change_series(context.problem.supply_shares.delivered, 1.0))


def apply_allotments(context: ChangeContext) -> dict[str, Any]:
    """Change the centre's allotments, by item or category. A `value` can also add an allotment of a material."""
    problem = context.problem
    allotted = dict(problem.supply_shares.materials)
    stated_keys = {item: [item] for item in allotted}
    by_category = group_by_name((item.category, item.id) for item in problem.items if item.id in allotted)
    new = {item.id: [item.id] for item in problem.items if item.kind == "material"}
    kinds = [stated_keys, new, by_category] if context.change.factor is None else [stated_keys, by_category]
    for item in context.select_keys(kinds):
        allotted[item] = context.change_series(allotted.get(item, 0.0))
    return _update_supply_shares(context, materials=allotted)


def apply_local_floor(context: ChangeContext) -> dict[str, Any]:
    """Change least shares of local production, by category or item. A `value` can also add a floor."""
    problem = context.problem
    floors = dict(problem.supply_shares.local_floor)
    stated_keys = {key: [key] for key in floors}
    new = {name: [name] for item in problem.items for name in (item.category, item.id)}
    for key in context.select_keys([stated_keys, new] if context.change.factor is None else [stated_keys]):
        floors[key] = context.change_number(floors.get(key, 0.0), 1.0)
    return _update_supply_shares(context, local_floor=floors)


def apply_partner_credit(context: ChangeContext) -> dict[str, Any]:
    """Change the additional value that may be received in swaps, in won, by partner."""
    partners = context.problem.partners
    chosen = context.select_keys([{partner.id: [p] for p, partner in enumerate(partners)}])
    new = {p: {"credit": context.change_number(partners[p].credit)} for p in chosen}
    return {"partners": replace_fields(partners, new)}


def apply_partner_offers(context: ChangeContext) -> dict[str, Any]:
    """Change the offers of partners, by partner/item, partner, item or category."""
    return _change_partner_units(context, "offers")


def apply_partner_wants(context: ChangeContext) -> dict[str, Any]:
    """Change the wants of partners, by partner/item, partner, item or category."""
    return _change_partner_units(context, "wants")


def _change_partner_units(context: ChangeContext, side: str) -> dict[str, Any]:
    """Change the units of one side of swaps. A `value` for a partner/item pair can also add it."""
    problem = context.problem
    category = {item.id: item.category for item in problem.items}
    units: list[dict[str, PerPeriodValue]] = [dict(getattr(partner, side)) for partner in problem.partners]
    keys = [(p, item) for p, swaps in enumerate(units) for item in swaps]
    kinds = [
        {f"{problem.partners[p].id}/{item}": [(p, item)] for p, item in keys},
        group_by_name((problem.partners[p].id, (p, item)) for p, item in keys),
        group_by_name((item, (p, item)) for p, item in keys),
        group_by_name((category[item], (p, item)) for p, item in keys),
    ]
    if context.change.factor is None:
        kinds[1:1] = [{f"{q.id}/{item}": [(p, item)] for p, q in enumerate(problem.partners) for item in category}]
    for p, item in context.select_keys(kinds):
        units[p][item] = context.change_series(units[p].get(item, 0.0))
    pairs = zip(problem.partners, units, strict=True)
    return {"partners": tuple(partner.model_copy(update={side: swaps}) for partner, swaps in pairs)}


def apply_served_least(context: ChangeContext) -> dict[str, Any]:
    """Change the least units of needs to be served, by county/item, county, item, category or requirement.

    A `value` for a county/item pair can also add it.
    """
    problem = context.problem
    category = {need.id: getattr(need, "category", need.id) for need in reversed(problem.needs)}
    stated = {(row.county, row.item): row for row in problem.served_least}
    kinds = [
        {f"{county}/{item}": [(county, item)] for county, item in stated},
        group_by_name((county, (county, item)) for county, item in stated),
        group_by_name((item, (county, item)) for county, item in stated),
        group_by_name((category[item], (county, item)) for county, item in stated),
    ]
    if context.change.factor is None:
        kinds[1:1] = [{f"{c.id}/{item.id}": [(c.id, item.id)] for c in problem.counties for item in problem.needs}]
    for county, item in context.select_keys(kinds):
        old = stated[county, item].quantity if (county, item) in stated else 0.0
        stated[county, item] = ServedLeast(county=county, item=item, quantity=context.change_series(old))
    return {"served_least": tuple(stated.values())}


def _update_supply_shares(context: ChangeContext, **parts: Any) -> dict[str, Any]:
    return {"supply_shares": context.problem.supply_shares.model_copy(update=parts)}

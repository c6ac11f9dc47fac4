"""Changes to what comes from outside: the centre's shares, its delivery and allotments, partners' offers and wants."""

from typing import Any

from models.changes.amendment import Amendment, Value, changed, grouped


def central_share(amendment: Amendment) -> dict[str, Any]:
    """The centre's promise: all of it, or of categories and items.

    A share set for a category replaces those of its items, unless they are named too.
    """
    problem, change = amendment.problem, amendment.change
    shares = problem.supply_shares
    category = {item.id: item.category for item in problem.items}
    known = [{i: [(i, "item")] for i in category}, {c: [(c, "category")] for c in category.values()}]
    if change.where is None:
        by_category = (
            {c: amendment.number(s, 1.0) for c, s in shares.by_category.items()} if change.factor is not None else {}
        )
        by_item = {i: amendment.number(s, 1.0) for i, s in shares.by_item.items()} if change.factor is not None else {}
        central = amendment.number(shares.central, 1.0)
        return _shares(amendment, central=central, by_category=by_category, by_item=by_item)
    chosen = amendment.select(known)
    categories = {name for name, kind in chosen if kind == "category"}
    by_category, by_item = dict(shares.by_category), dict(shares.by_item)
    for name in categories:
        by_category[name] = amendment.number(shares.by_category.get(name, shares.central), 1.0)
    for name in shares.by_item:
        if category[name] in categories:
            del by_item[name]
            if change.factor is not None:
                by_item[name] = amendment.number(shares.by_item[name], 1.0)
    for name in (name for name, kind in chosen if kind == "item"):
        old = shares.by_item.get(name, shares.by_category.get(category[name], shares.central))
        by_item[name] = amendment.number(old, 1.0)
    return _shares(amendment, by_category=by_category, by_item=by_item)


def delivered(amendment: Amendment) -> dict[str, Any]:
    """How much of its promise the centre keeps; it has no parts to select."""
    for place in range(len(amendment.names)):
        amendment.select_nothing(place, ())
    return _shares(amendment, delivered=amendment.series(amendment.problem.supply_shares.delivered, 1.0))


def materials(amendment: Amendment) -> dict[str, Any]:
    """The centre's allotments, by item or category; a `value` for a material without one states it."""
    problem = amendment.problem
    allotted = dict(problem.supply_shares.materials)
    named = {item: [item] for item in allotted}
    by_category = grouped((item.category, item.id) for item in problem.items if item.id in allotted)
    new = {item.id: [item.id] for item in problem.items if item.kind == "material"}
    kinds = [named, new, by_category] if amendment.change.factor is None else [named, by_category]
    for item in amendment.select(kinds):
        allotted[item] = amendment.series(allotted.get(item, 0.0))
    return _shares(amendment, materials=allotted)


def local_floor(amendment: Amendment) -> dict[str, Any]:
    """Least shares made locally, by category or item; a `value` for one without a floor states it."""
    problem = amendment.problem
    floors = dict(problem.supply_shares.local_floor)
    named = {key: [key] for key in floors}
    new = {name: [name] for item in problem.items for name in (item.category, item.id)}
    for key in amendment.select([named, new] if amendment.change.factor is None else [named]):
        floors[key] = amendment.number(floors.get(key, 0.0), 1.0)
    return _shares(amendment, local_floor=floors)


def partner_credit(amendment: Amendment) -> dict[str, Any]:
    """Won that may be received beyond what is given, by partner."""
    partners = amendment.problem.partners
    chosen = amendment.select([{partner.id: [p] for p, partner in enumerate(partners)}])
    new = {p: {"credit": amendment.number(partners[p].credit)} for p in chosen}
    return {"partners": changed(partners, new)}


def partner_offers(amendment: Amendment) -> dict[str, Any]:
    """What partners can give, by partner/item, partner, item or category."""
    return _swaps(amendment, "offers")


def partner_wants(amendment: Amendment) -> dict[str, Any]:
    """What partners take, by partner/item, partner, item or category."""
    return _swaps(amendment, "wants")


def _swaps(amendment: Amendment, side: str) -> dict[str, Any]:
    """New units of one side of swaps; a `value` for an item named exactly states it where it was not."""
    problem = amendment.problem
    category = {item.id: item.category for item in problem.items}
    units: list[dict[str, Value]] = [dict(getattr(partner, side)) for partner in problem.partners]
    keys = [(p, item) for p, swaps in enumerate(units) for item in swaps]
    kinds = [
        {f"{problem.partners[p].id}/{item}": [(p, item)] for p, item in keys},
        grouped((problem.partners[p].id, (p, item)) for p, item in keys),
        grouped((item, (p, item)) for p, item in keys),
        grouped((category[item], (p, item)) for p, item in keys),
    ]
    if amendment.change.factor is None:
        kinds[1:1] = [{f"{q.id}/{item}": [(p, item)] for p, q in enumerate(problem.partners) for item in category}]
    for p, item in amendment.select(kinds):
        units[p][item] = amendment.series(units[p].get(item, 0.0))
    pairs = zip(problem.partners, units, strict=True)
    return {"partners": tuple(partner.model_copy(update={side: swaps}) for partner, swaps in pairs)}


def _shares(amendment: Amendment, **parts: Any) -> dict[str, Any]:
    return {"supply_shares": amendment.problem.supply_shares.model_copy(update=parts)}

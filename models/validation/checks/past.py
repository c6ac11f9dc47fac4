"""Checks of the past and of former quotas: everything named is there, once, with a number for each period."""

from collections.abc import Hashable, Iterator

from models.problem.past import Past
from models.validation.checks.context import View, shown
from models.validation.finding import Finding
from models.validation.finding_codes import found

Path = tuple[str | int, ...]


def past_periods(view: View) -> Iterator[Finding]:
    """Past periods are the first ones, and not all."""
    past, periods = view.problem.past, view.problem.periods
    if past is None or "period" in view.gaps.kinds:
        return
    count = len(past.periods)
    if past.periods != periods[:count] or count >= len(periods):
        message = f"The past has {count} periods that are not the first of the {len(periods)}, or are all of them."
        yield found(
            "past_periods", ("past", "periods"), message, "Name the first periods, in order, and leave one to plan."
        )


def past_rows(view: View) -> Iterator[Finding]:
    """Rows of the past name what there is, once, with a number for each past period."""
    past = view.problem.past
    if past is None:
        return
    seen: set[Hashable] = set()
    for path, key, amounts in _rows(past):
        if key in seen:
            message = f"{shown(' '.join(key[1:]))} is already listed."
            yield found("duplicate_past", path, message, "Add the two up in one row, or take one out.")
        seen.add(key)
        for name, amount in amounts.items():
            if len(amount) != len(past.periods):
                message = f"The list has {len(amount)} numbers, but there are {len(past.periods)} past periods."
                yield found("wrong_length", (*path, name), message, "Give one number for each past period.")
    yield from _names(view, past)


def _rows(past: Past) -> Iterator[tuple[Path, tuple[str, ...], dict[str, tuple[float, ...]]]]:
    for k, made in enumerate(past.outputs):
        yield ("past", "outputs", k), ("outputs", made.factory, made.item), {"quantity": made.quantity}
    for k, moved in enumerate(past.shipments):
        yield ("past", "shipments", k), ("shipments", moved.link, moved.to, moved.item), {"quantity": moved.quantity}
    for k, kept in enumerate(past.supply):
        amounts = {"central": kept.central, "stock": kept.stock, "shortage": kept.shortage}
        yield ("past", "supply", k), ("supply", kept.place, kept.item), amounts
    for k, swap in enumerate(past.swaps):
        yield ("past", "swaps", k), ("swaps", swap.partner, swap.item), {"given": swap.given, "taken": swap.taken}


def _names(view: View, past: Past) -> Iterator[Finding]:
    problem, lines = view.problem, _lines(view)
    for k, made in enumerate(past.outputs):
        yield from _line(view, lines, made.factory, made.item, ("past", "outputs", k))
    arcs = {(link.id, link.to_place) for link in problem.links}
    arcs |= {(link.id, link.from_place) for link in problem.links if not link.one_way}
    for k, moved in enumerate(past.shipments):
        path: Path = ("past", "shipments", k)
        yield from view.unknown("item", moved.item, (*path, "item"))
        if (moved.link, moved.to) not in arcs and not view.gaps:
            message = f"There is no link {shown(moved.link)} that reaches {shown(moved.to)}."
            yield found("unknown_link", (*path, "link"), message, "Name a link and the place at one of its ends.")
    for k, kept in enumerate(past.supply):
        path = ("past", "supply", k)
        yield from view.unknown("place", kept.place, (*path, "place"))
        yield from view.unknown("item", kept.item, (*path, "item"))
        if kept.place in view.places and kept.place not in view.counties and (any(kept.stock) or any(kept.shortage)):
            message = f"{shown(kept.place)} is a station, where nothing is kept or needed."
            yield found("unknown_county", (*path, "place"), message, "State stock and shortage of counties only.")
    partners = {partner.id: partner for partner in problem.partners}
    for k, swap in enumerate(past.swaps):
        path = ("past", "swaps", k)
        yield from view.unknown("item", swap.item, (*path, "item"))
        if swap.partner not in partners and not view.gaps:
            message = f"There is no partner {shown(swap.partner)}."
            yield found("unknown_partner", (*path, "partner"), message, "Name a partner that there is.")


def former_quotas(view: View) -> Iterator[Finding]:
    """Former quotas are of lines that there are, each once, and are there where a goal asks for them."""
    problem, lines = view.problem, _lines(view)
    seen: set[tuple[str, str]] = set()
    for k, quota in enumerate(problem.former_quotas):
        path: Path = ("former_quotas", k)
        yield from _line(view, lines, quota.factory, quota.item, path)
        if (quota.factory, quota.item) in seen:
            message = f"{shown(quota.factory)} already has a former quota of {shown(quota.item)}."
            yield found("duplicate_past", path, message, "State it once, with a number for each period.")
        seen.add((quota.factory, quota.item))
        if isinstance(quota.quantity, tuple) and len(quota.quantity) != len(problem.periods) and not view.gaps:
            message = f"The list has {len(quota.quantity)} numbers, but there are {len(problem.periods)} periods."
            yield found("wrong_length", (*path, "quantity"), message, "Give one number for each period.")
    asked = [k for k, goal in enumerate(problem.policy.ordered_goals()) if goal.goal == "quotas_close"]
    if asked and not problem.former_quotas and not view.gaps:
        message = "The goal `quotas_close` keeps near former quotas, but there are none."
        yield found(
            "no_former_quotas", ("policy", "goals", asked[0]), message, "State `former_quotas`, or leave the goal out."
        )


def _lines(view: View) -> frozenset[tuple[str, str]]:
    return frozenset((factory.id, line.item) for factory in view.problem.factories for line in factory.lines)


def _line(view: View, lines: frozenset[tuple[str, str]], factory: str, item: str, path: Path) -> Iterator[Finding]:
    if (factory, item) not in lines and not view.gaps:
        message = f"There is no line of {shown(factory)} for {shown(item)}."
        yield found("unknown_line", path, message, "Name a factory and an item that it makes.")


CHECKS = (past_periods, past_rows, former_quotas)

"""Checks of the past, of goods in transit and of former quotas: valid references, no repetition, one number per period."""

from collections.abc import Hashable, Iterator

from models.base import expand_to_periods
from models.problem.network import Link
from models.problem.past import FormerQuota, Past, PastOutput
from models.validation.checks.context import ProblemContext, quote_name
from models.validation.finding import Finding, JsonPath
from models.validation.finding_codes import make_finding

LineKey = tuple[str, str, str]
"""Factory, item and recipe of a line."""


def check_past_periods(context: ProblemContext) -> Iterator[Finding]:
    """Past periods are the first periods of the problem, but not all."""
    past, periods = context.problem.past, context.problem.periods
    if past is None or "period" in context.omissions.kinds:
        return
    count = len(past.periods)
    if past.periods != periods[:count] or count >= len(periods):
        message = f"The {count} past periods are not the first of the {len(periods)} periods, or leave none to plan."
        yield make_finding(
            "past_periods",
            ("past", "periods"),
            message,
            "List the first periods in order, and leave at least one to plan.",
        )


def check_past_rows(context: ProblemContext) -> Iterator[Finding]:
    """Rows of the past have valid references, occur once and have one number per past period."""
    past = context.problem.past
    if past is None:
        return
    seen: set[Hashable] = set()
    for path, key, amounts in _iterate_past_rows(past):
        if key in seen:
            message = f"{quote_name(' '.join(key[1:]))} is already listed."
            yield make_finding("duplicate_past", path, message, "Merge the rows into one, or remove one of them.")
        seen.add(key)
        for name, amount in amounts.items():
            if len(amount) != len(past.periods):
                message = f"The list has {len(amount)} numbers, but there are {len(past.periods)} past periods."
                yield make_finding("wrong_length", (*path, name), message, "Give one number for each past period.")
    yield from _check_past_references(context, past)


def _iterate_past_rows(past: Past) -> Iterator[tuple[JsonPath, tuple[str, ...], dict[str, tuple[float, ...]]]]:
    for k, made in enumerate(past.outputs):
        yield ("past", "outputs", k), ("outputs", made.factory, made.item, made.recipe), {"quantity": made.quantity}
    for k, moved in enumerate(past.shipments):
        yield ("past", "shipments", k), ("shipments", moved.link, moved.to, moved.item), {"quantity": moved.quantity}
    for k, kept in enumerate(past.supply):
        amounts = {"central": kept.central, "stock": kept.stock, "shortage": kept.shortage}
        amounts |= {"extra": kept.extra} if kept.extra else {}
        yield ("past", "supply", k), ("supply", kept.place, kept.item), amounts
    for k, swap in enumerate(past.swaps):
        yield ("past", "swaps", k), ("swaps", swap.partner, swap.item), {"given": swap.given, "taken": swap.taken}


def _check_past_references(context: ProblemContext, past: Past) -> Iterator[Finding]:
    problem, lines = context.problem, _collect_line_keys(context)
    for k, made in enumerate(past.outputs):
        yield from _check_line_exists(context, lines, made, ("past", "outputs", k))
    arcs = {(link.id, end) for link in problem.links for end in _list_destinations(link)}
    for k, moved in enumerate(past.shipments):
        path: JsonPath = ("past", "shipments", k)
        yield from context.check_reference("item", moved.item, (*path, "item"))
        if (moved.link, moved.to) not in arcs and not context.omissions:
            yield _make_unknown_link_finding(moved.link, moved.to, path)
    for k, kept in enumerate(past.supply):
        path = ("past", "supply", k)
        yield from context.check_reference("place", kept.place, (*path, "place"))
        yield from context.check_reference("item", kept.item, (*path, "item"))
        if (
            kept.place in context.place_ids
            and kept.place not in context.county_ids
            and (any(kept.stock) or any(kept.shortage))
        ):
            message = f"{quote_name(kept.place)} is a station, which has no stock and no needs."
            yield make_finding(
                "unknown_county", (*path, "place"), message, "State stock and shortage for counties only."
            )
    for k, swap in enumerate(past.swaps):
        path = ("past", "swaps", k)
        yield from context.check_reference("item", swap.item, (*path, "item"))
        yield from context.check_reference("partner", swap.partner, (*path, "partner"))


def check_goods_in_transit(context: ProblemContext) -> Iterator[Finding]:
    """Goods in transit have valid references, occur once, and arrive within the transit periods of their link."""
    problem = context.problem
    links = {link.id: link for link in problem.links}
    seen: set[tuple[str, str, str]] = set()
    for k, one in enumerate(problem.in_transit):
        path: JsonPath = ("in_transit", k)
        yield from context.check_reference("item", one.item, (*path, "item"))
        link = links.get(one.link)
        if link is None or one.to not in _list_destinations(link):
            if not context.omissions:
                yield _make_unknown_link_finding(one.link, one.to, path)
            continue
        if (one.link, one.to, one.item) in seen:
            message = f"{quote_name(one.item)} to {quote_name(one.to)} over {quote_name(one.link)} is already listed."
            yield make_finding("duplicate_past", path, message, "Merge the rows into one, or remove one of them.")
        seen.add((one.link, one.to, one.item))
        late = expand_to_periods(one.quantity, len(problem.periods))[link.transit_periods :]
        if any(late):
            message = (
                f"Goods arrive in {quote_name(one.to)} {link.transit_periods} or more periods after the plan begins, "
                f"but {quote_name(link.id)} has {link.transit_periods} transit periods: they did not leave before."
            )
            remedy = "Give 0 for these periods, or correct `transit_periods` of the link."
            yield make_finding("arrives_too_late", (*path, "quantity"), message, remedy)


def _list_destinations(link: Link) -> tuple[str, ...]:
    return (link.to_place,) if link.one_way else (link.to_place, link.from_place)


def _make_unknown_link_finding(link: str, to: str, path: JsonPath) -> Finding:
    message = f"No link {quote_name(link)} leads to {quote_name(to)}."
    remedy = "Use an existing link, and one of its ends as the destination."
    return make_finding("unknown_link", (*path, "link"), message, remedy)


def check_former_quotas(context: ProblemContext) -> Iterator[Finding]:
    """Former quotas have valid references, occur once, and exist if the goal `quotas_close` is listed."""
    problem, lines = context.problem, _collect_line_keys(context)
    seen: set[LineKey] = set()
    for k, quota in enumerate(problem.former_quotas):
        path: JsonPath = ("former_quotas", k)
        yield from _check_line_exists(context, lines, quota, path)
        if (quota.factory, quota.item, quota.recipe) in seen:
            message = f"{quote_name(quota.factory)} already has a former quota for {quote_name(quota.item)}."
            yield make_finding(
                "duplicate_past", path, message, "State the former quota once, with one number for each period."
            )
        seen.add((quota.factory, quota.item, quota.recipe))
        if isinstance(quota.quantity, tuple) and len(quota.quantity) != len(problem.periods) and not context.omissions:
            message = f"The list has {len(quota.quantity)} numbers, but there are {len(problem.periods)} periods."
            yield make_finding("wrong_length", (*path, "quantity"), message, "Give one number for each period.")
    goal_positions = [k for k, goal in enumerate(problem.policy.expand_ordered_goals()) if goal.goal == "quotas_close"]
    if goal_positions and not problem.former_quotas and not context.omissions:
        message = "The goal `quotas_close` requires former quotas, but none are stated."
        yield make_finding(
            "no_former_quotas",
            ("policy", "goals", goal_positions[0]),
            message,
            "State `former_quotas`, or remove the goal.",
        )


def _collect_line_keys(context: ProblemContext) -> frozenset[LineKey]:
    return frozenset(
        (factory.id, line.item, line.recipe) for factory in context.problem.factories for line in factory.lines
    )


def _check_line_exists(
    context: ProblemContext, lines: frozenset[LineKey], row: PastOutput | FormerQuota, path: JsonPath
) -> Iterator[Finding]:
    if (row.factory, row.item, row.recipe) not in lines and not context.omissions:
        with_recipe = f" with the recipe {quote_name(row.recipe)}" if row.recipe else ""
        message = f"The factory {quote_name(row.factory)} has no line for {quote_name(row.item)}{with_recipe}."
        remedy = "Use an existing factory, an item that the factory makes, and the recipe of its line."
        yield make_finding("unknown_line", path, message, remedy)


CHECKS = (check_past_periods, check_past_rows, check_goods_in_transit, check_former_quotas)

"""Checks of terms: links and their meters, the centre's promises, floors, goals and weights."""

from collections.abc import Iterator

from models.problem.policy import Policy
from models.validation.checks.context import ProblemContext, format_name_list, quote_name
from models.validation.finding import Finding
from models.validation.finding_codes import make_finding


def check_self_links(context: ProblemContext) -> Iterator[Finding]:
    """A link joins two places."""
    for a, link in enumerate(context.problem.links):
        if link.from_place == link.to_place:
            message = f"The link {quote_name(link.id)} starts and ends at {quote_name(link.from_place)}."
            yield make_finding("link_to_itself", ("links", a, "to"), message, "Name another place where it ends.")


def check_electric_links(context: ProblemContext) -> Iterator[Finding]:
    """Electricity of a link is metered by a power area."""
    for a, link in enumerate(context.problem.links):
        if link.kwh_per_tonne_km > 0 and link.power_area is None:
            message = f"The link {quote_name(link.id)} draws electricity, but no power area meters it."
            remedy = "State its `power_area`, or set `kwh_per_tonne_km` to 0."
            yield make_finding("electric_link_without_area", ("links", a, "power_area"), message, remedy)


def check_allotments_of_goods(context: ProblemContext) -> Iterator[Finding]:
    """Allotments are of materials."""
    for name in context.problem.supply_shares.materials:
        item = context.items_by_id.get(name)
        if item is not None and item.kind == "good" and f"kind of {name}" not in context.omissions.kinds:
            message = (
                f"{quote_name(name)} is a good; the centre supplies goods by share, and this allotment would not count."
            )
            remedy = f"State `by_item` for {quote_name(name)}, or make it a material."
            yield make_finding("allotment_of_good", ("supply_shares", "materials", name), message, remedy)


def check_shares_of_materials(context: ProblemContext) -> Iterator[Finding]:
    """Shares are of goods."""
    for name in context.problem.supply_shares.by_item:
        item = context.items_by_id.get(name)
        if item is not None and item.kind == "material":
            message = f"{quote_name(name)} is a material; shares are of goods, and this one does not count."
            remedy = f"State the allotment of {quote_name(name)} in `materials`."
            yield make_finding("share_of_material", ("supply_shares", "by_item", name), message, remedy)


def check_ambiguous_floors(context: ProblemContext) -> Iterator[Finding]:
    """A floor's key means either a category or an item, or both mean the same."""
    for key in context.problem.supply_shares.local_floor:
        item = context.items_by_id.get(key)
        if item is None or key not in context.categories:
            continue
        if [other.id for other in context.problem.items if other.category == key] != [key]:
            message = f"{quote_name(key)} is both an item and a category, so it is not clear which the floor is for."
            remedy = "Rename the category or the item."
            yield make_finding("ambiguous_floor", ("supply_shares", "local_floor", key), message, remedy)


def check_gateway_presence(context: ProblemContext) -> Iterator[Finding]:
    """What the centre promises can be handed over somewhere."""
    shares = context.problem.supply_shares
    promised = [shares.central, *shares.by_category.values(), *shares.by_item.values()]
    if not shares.gateways and (any(promised) or shares.materials):
        message = "The centre promises supplies, but hands them over nowhere, so none arrive."
        yield make_finding("no_gateway", ("supply_shares", "gateways"), message, "List the places where they arrive.")


def check_goal_targets(context: ProblemContext) -> Iterator[Finding]:
    """The goal of a central share says which."""
    for k, goal in enumerate(context.problem.policy.expand_ordered_goals()):
        if goal.goal == "central_share" and goal.target is None:
            central = context.problem.supply_shares.central
            message = (
                f"The goal `central_share` does not say which share; {central:g}, the centre's own promise, is taken."
            )
            remedy = f'Write it with its target, such as {{"goal": "central_share", "target": {central:g}}}.'
            yield make_finding("default_target", ("policy", "goals", k), message, remedy)


def check_shortage_bands(context: ProblemContext) -> Iterator[Finding]:
    """The bands cover a demand once."""
    total = sum(band.width for band in context.problem.policy.shortage_bands)
    where, remedy = ("policy", "shortage_bands"), "Change the widths until they sum to 1."
    if total > 1.0 + 1e-6:
        effect = (
            "more than a whole need could go short, and what is short beyond it would be sent on as if it were there"
        )
        message = f"The widths of the bands sum to {total:.6g}, more than 1: {effect}."
        yield make_finding("bands_beyond_need", where, message, remedy)
    elif total < 1.0 - 1e-6:
        effect = f"at most {total:.4g} of a need may go unmet, and there is no plan where more would have to"
        yield make_finding("bands_sum", where, f"The widths of the bands sum to {total:.6g}, not 1: {effect}.", remedy)


def check_priority_weights(context: ProblemContext) -> Iterator[Finding]:
    """Every priority in use has a weight."""
    weights = context.problem.policy.priority_weights
    for priority, default in Policy().priority_weights.items():
        users = [item.id for item in context.problem.items if str(item.priority) == priority]
        if users and priority not in weights:
            message = f"Priority {priority}, of {format_name_list(users, conjunction='and')}, has no weight; the default {default:g} holds."
            remedy = f'Add "{priority}": {default:g}, or the weight you mean.'
            yield make_finding("default_priority_weight", ("policy", "priority_weights"), message, remedy)


def check_station_factories(context: ProblemContext) -> Iterator[Finding]:
    """Electricity of factories is limited; at stations it is not."""
    for f, factory in enumerate(context.problem.factories):
        at_station = factory.place in context.place_ids and factory.place not in context.county_ids
        if at_station and factory.power_overhead and any(line.kwh_per_unit for line in factory.lines):
            message = f"{quote_name(factory.id)} stands at a station, which has no power area, so its electricity has no limit."
            remedy = "Place it in a county if its electricity is to count."
            yield make_finding("unmetered_factory", ("factories", f, "place"), message, remedy)


CHECKS = (
    check_self_links,
    check_electric_links,
    check_allotments_of_goods,
    check_shares_of_materials,
    check_ambiguous_floors,
    check_gateway_presence,
    check_goal_targets,
    check_shortage_bands,
    check_priority_weights,
    check_station_factories,
)

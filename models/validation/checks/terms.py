"""Checks of terms: links and their meters, the centre's promises, floors, goals and weights."""

from collections.abc import Iterator

from models.problem.policy import Policy
from models.validation.checks.context import View, listed, shown
from models.validation.finding import Finding
from models.validation.finding_codes import found


def links_to_themselves(view: View) -> Iterator[Finding]:
    """A link joins two places."""
    for a, link in enumerate(view.problem.links):
        if link.from_place == link.to_place:
            message = f"The link {shown(link.id)} starts and ends at {shown(link.from_place)}."
            yield found("link_to_itself", ("links", a, "to"), message, "Name another place where it ends.")


def electric_links(view: View) -> Iterator[Finding]:
    """Electricity of a link is metered by a power area."""
    for a, link in enumerate(view.problem.links):
        if link.kwh_per_tonne_km > 0 and link.power_area is None:
            message = f"The link {shown(link.id)} draws electricity, but no power area meters it."
            remedy = "State its `power_area`, or set `kwh_per_tonne_km` to 0."
            yield found("electric_link_without_area", ("links", a, "power_area"), message, remedy)


def allotments_of_goods(view: View) -> Iterator[Finding]:
    """Allotments are of materials."""
    for name in view.problem.supply_shares.materials:
        item = view.items.get(name)
        if item is not None and item.kind == "good" and f"kind of {name}" not in view.gaps.kinds:
            message = (
                f"{shown(name)} is a good; the centre supplies goods by share, and this allotment would not count."
            )
            remedy = f"State `by_item` for {shown(name)}, or make it a material."
            yield found("allotment_of_good", ("supply_shares", "materials", name), message, remedy)


def shares_of_materials(view: View) -> Iterator[Finding]:
    """Shares are of goods."""
    for name in view.problem.supply_shares.by_item:
        item = view.items.get(name)
        if item is not None and item.kind == "material":
            message = f"{shown(name)} is a material; shares are of goods, and this one does not count."
            remedy = f"State the allotment of {shown(name)} in `materials`."
            yield found("share_of_material", ("supply_shares", "by_item", name), message, remedy)


def ambiguous_floors(view: View) -> Iterator[Finding]:
    """A floor's key means either a category or an item, or both mean the same."""
    for key in view.problem.supply_shares.local_floor:
        item = view.items.get(key)
        if item is None or key not in view.categories:
            continue
        if [other.id for other in view.problem.items if other.category == key] != [key]:
            message = f"{shown(key)} is both an item and a category, so it is not clear which the floor is for."
            remedy = "Rename the category or the item."
            yield found("ambiguous_floor", ("supply_shares", "local_floor", key), message, remedy)


def gateways(view: View) -> Iterator[Finding]:
    """What the centre promises can be handed over somewhere."""
    shares = view.problem.supply_shares
    promised = [shares.central, *shares.by_category.values(), *shares.by_item.values()]
    if not shares.gateways and (any(promised) or shares.materials):
        message = "The centre promises supplies, but hands them over nowhere, so none arrive."
        yield found("no_gateway", ("supply_shares", "gateways"), message, "List the places where they arrive.")


def goals(view: View) -> Iterator[Finding]:
    """The goal of a central share says which."""
    for k, goal in enumerate(view.problem.policy.ordered_goals()):
        if goal.goal == "central_share" and goal.target is None:
            central = view.problem.supply_shares.central
            message = (
                f"The goal `central_share` does not say which share; {central:g}, the centre's own promise, is taken."
            )
            remedy = f'Write it with its target, such as {{"goal": "central_share", "target": {central:g}}}.'
            yield found("default_target", ("policy", "goals", k), message, remedy)


def shortage_bands(view: View) -> Iterator[Finding]:
    """The bands cover a demand once."""
    total = sum(band.width for band in view.problem.policy.shortage_bands)
    where, remedy = ("policy", "shortage_bands"), "Change the widths until they sum to 1."
    if total > 1.0 + 1e-6:
        effect = (
            "more than a whole need could go short, and what is short beyond it would be sent on as if it were there"
        )
        message = f"The widths of the bands sum to {total:.6g}, more than 1: {effect}."
        yield found("bands_beyond_need", where, message, remedy)
    elif total < 1.0 - 1e-6:
        effect = f"at most {total:.4g} of a need may go unmet, and there is no plan where more would have to"
        yield found("bands_sum", where, f"The widths of the bands sum to {total:.6g}, not 1: {effect}.", remedy)


def priority_weights(view: View) -> Iterator[Finding]:
    """Every priority in use has a weight."""
    weights = view.problem.policy.priority_weights
    for priority, default in Policy().priority_weights.items():
        users = [item.id for item in view.problem.items if str(item.priority) == priority]
        if users and priority not in weights:
            message = (
                f"Priority {priority}, of {listed(users, word='and')}, has no weight; the default {default:g} holds."
            )
            remedy = f'Add "{priority}": {default:g}, or the weight you mean.'
            yield found("default_priority_weight", ("policy", "priority_weights"), message, remedy)


def station_factories(view: View) -> Iterator[Finding]:
    """Electricity of factories is limited; at stations it is not."""
    for f, factory in enumerate(view.problem.factories):
        at_station = factory.place in view.places and factory.place not in view.counties
        if at_station and factory.power_overhead and any(line.kwh_per_unit for line in factory.lines):
            message = (
                f"{shown(factory.id)} stands at a station, which has no power area, so its electricity has no limit."
            )
            remedy = "Place it in a county if its electricity is to count."
            yield found("unmetered_factory", ("factories", f, "place"), message, remedy)


CHECKS = (
    links_to_themselves,
    electric_links,
    allotments_of_goods,
    shares_of_materials,
    ambiguous_floors,
    gateways,
    goals,
    shortage_bands,
    priority_weights,
    station_factories,
)

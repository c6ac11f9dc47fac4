"""Checks of links, central supply, floors, goals and weights."""

from collections.abc import Iterator

from models.problem.policy import Fairness, NeedSelection, Policy
from models.validation.checks.context import ProblemContext, format_name_list, quote_name
from models.validation.finding import Finding
from models.validation.finding_codes import make_finding


def check_self_links(context: ProblemContext) -> Iterator[Finding]:
    """A link connects two different places."""
    for a, link in enumerate(context.problem.links):
        if link.from_place == link.to_place:
            message = f"The link {quote_name(link.id)} starts and ends at {quote_name(link.from_place)}."
            yield make_finding("link_to_itself", ("links", a, "to"), message, "Change one of the two places.")


def check_transit_periods(context: ProblemContext) -> Iterator[Finding]:
    """Goods over a link arrive within the plan if they leave in its first period."""
    count = len(context.problem.periods)
    for a, link in enumerate(context.problem.links):
        if link.transit_periods >= count and "period" not in context.omissions.kinds:
            message = (
                f"The link {quote_name(link.id)} takes {link.transit_periods} periods, but the plan has {count}. "
                "Nothing that it carries arrives within the plan."
            )
            remedy = "Lower `transit_periods`, or remove the link."
            yield make_finding("transit_beyond_plan", ("links", a, "transit_periods"), message, remedy)


def check_electric_links(context: ProblemContext) -> Iterator[Finding]:
    """An electric link has a power area."""
    for a, link in enumerate(context.problem.links):
        if link.kwh_per_tonne_km > 0 and link.power_area is None:
            message = f"The link {quote_name(link.id)} uses electricity but has no power area."
            remedy = "State the `power_area` of the link, or set `kwh_per_tonne_km` to 0."
            yield make_finding("electric_link_without_area", ("links", a, "power_area"), message, remedy)


def check_allotments_of_goods(context: ProblemContext) -> Iterator[Finding]:
    """Allotments are stated for materials only."""
    for name in context.problem.supply_shares.materials:
        item = context.items_by_id.get(name)
        if item is not None and item.kind == "good" and f"kind of {name}" not in context.omissions.kinds:
            message = f"{quote_name(name)} is a good. The centre supplies goods by share, so the allotment would have no effect."
            remedy = f"State `by_item` for {quote_name(name)}, or make the item a material."
            yield make_finding("allotment_of_good", ("supply_shares", "materials", name), message, remedy)


def check_shares_of_materials(context: ProblemContext) -> Iterator[Finding]:
    """Shares are stated for goods only."""
    for name in context.problem.supply_shares.by_item:
        item = context.items_by_id.get(name)
        if item is not None and item.kind == "material":
            message = f"{quote_name(name)} is a material. Shares apply to goods only, so this share has no effect."
            remedy = f"State the allotment of {quote_name(name)} in `materials`."
            yield make_finding("share_of_material", ("supply_shares", "by_item", name), message, remedy)


def check_ambiguous_floors(context: ProblemContext) -> Iterator[Finding]:
    """The key of a floor is not both an item and a category with other items."""
    for key in context.problem.supply_shares.local_floor:
        item = context.items_by_id.get(key)
        if item is None or key not in context.categories:
            continue
        if [other.id for other in context.problem.items if other.category == key] != [key]:
            message = f"{quote_name(key)} is both an item and a category, so the meaning of the floor is ambiguous."
            remedy = "Rename the category or the item."
            yield make_finding("ambiguous_floor", ("supply_shares", "local_floor", key), message, remedy)


def check_gateway_presence(context: ProblemContext) -> Iterator[Finding]:
    """There is a gateway if the centre promises supplies."""
    shares = context.problem.supply_shares
    promised = [shares.central, *shares.by_category.values(), *shares.by_item.values()]
    if not shares.gateways and (any(promised) or shares.materials):
        message = "The centre promises supplies, but there is no gateway, so no supplies arrive."
        yield make_finding(
            "no_gateway",
            ("supply_shares", "gateways"),
            message,
            "List the gateways where the centre hands over supplies.",
        )


def check_goal_targets(context: ProblemContext) -> Iterator[Finding]:
    """The goal `central_share` states its target."""
    for k, goal in enumerate(context.problem.policy.expand_ordered_goals()):
        if goal.goal == "central_share" and goal.target is None:
            central = context.problem.supply_shares.central
            message = f"The goal `central_share` has no target; the central share {central:g} is used."
            remedy = f'State the goal with its target, such as {{"goal": "central_share", "target": {central:g}}}.'
            yield make_finding("default_target", ("policy", "goals", k), message, remedy)


def check_goal_level(context: ProblemContext) -> Iterator[Finding]:
    """The goal `level` is listed only with a weight of smoothing."""
    for k, goal in enumerate(context.problem.policy.expand_ordered_goals()):
        if goal.goal == "level" and context.problem.policy.smoothing == 0:
            message = "The goal `level` has no effect, because `policy.smoothing` is 0."
            remedy = "Set `policy.smoothing` above 0, or remove the goal."
            yield make_finding("level_without_smoothing", ("policy", "goals", k), message, remedy)


def check_goal_selection_use(context: ProblemContext) -> Iterator[Finding]:
    """Only the goal `shortage` selects needs, and every selection contains a need."""
    for k, goal in enumerate(context.problem.policy.expand_ordered_goals()):
        if goal.of is None:
            continue
        path = ("policy", "goals", k, "of")
        if goal.goal != "shortage":
            message = f"The goal `{goal.goal}` does not select needs, so `of` would have no effect."
            yield make_finding("goal_without_selection", path, message, "Remove `of`, or use the goal `shortage`.")
        elif _has_known_names(context, goal.of) and not any(context.list_selected_counties(goal.of).values()):
            message = f"There is no need of {goal.of}, so the goal has no effect."
            yield make_finding("goal_without_needs", path, message, "Change `of`, or remove the goal.")


def check_goals_cover_needs(context: ProblemContext) -> Iterator[Finding]:
    """If goals serve selected needs, every need is in one of them."""
    goals = context.problem.policy.expand_ordered_goals()
    selections = [goal.of for goal in goals if goal.goal == "shortage"]
    serves_all = any(goal.goal == "worst_fulfilment" for goal in goals) or None in selections
    if not selections or serves_all or not all(_has_known_names(context, of) for of in selections):
        return
    served: dict[str, set[str]] = {}
    for selection in selections:
        for item, counties in context.list_selected_counties(selection).items():
            served.setdefault(item, set()).update(counties)
    left = [item for item, counties in context.needing_counties.items() if counties - served.get(item, set())]
    if left:
        message = (
            f"No goal serves all needs of {format_name_list(left, conjunction='and')}, so these needs may stay unmet."
        )
        yield make_finding("needs_without_goal", ("policy", "goals"), message, "Add the goal `shortage` without `of`.")


def _has_known_names(context: ProblemContext, of: NeedSelection | None) -> bool:
    """Whether every selected name exists; a name that does not has its own finding."""
    return not context.omissions and (
        of is None
        or (
            context.categories.keys() >= set(of.category or ())
            and context.need_ids >= set(of.item or ())
            and context.county_ids >= set(of.county or ())
        )
    )


def check_fairness_use(context: ProblemContext) -> Iterator[Finding]:
    """Fairness is stated only where no shortage bands replace it."""
    policy = context.problem.policy
    if policy.shortage_bands is not None and policy.fairness != Fairness():
        message = "Both `fairness` and `shortage_bands` are stated. The bands replace `fairness`, which has no effect."
        yield make_finding("fairness_and_bands", ("policy", "fairness"), message, "Remove one of them.")


def check_shortage_bands(context: ProblemContext) -> Iterator[Finding]:
    """The widths of the shortage bands sum to 1."""
    if context.problem.policy.shortage_bands is None:
        return
    total = sum(band.width for band in context.problem.policy.shortage_bands)
    path, remedy = ("policy", "shortage_bands"), "Change the widths until they sum to 1."
    if total > 1.0 + 1e-6:
        message = f"The widths of the bands sum to {total:.6g}, more than 1, so a shortage could exceed the need."
        yield make_finding("bands_beyond_need", path, message, remedy)
    elif total < 1.0 - 1e-6:
        message = (
            f"The widths of the bands sum to {total:.6g}, less than 1. At most this share of a need may be unmet; "
            "otherwise the problem is infeasible."
        )
        yield make_finding("bands_sum", path, message, remedy)


def check_priority_weights(context: ProblemContext) -> Iterator[Finding]:
    """Every priority that an item or requirement has has a stated weight."""
    weights = context.problem.policy.priority_weights
    for priority, default in Policy().priority_weights.items():
        users = [need.id for need in context.problem.needs if str(need.priority) == priority]
        if users and priority not in weights:
            message = f"Priority {priority}, of {format_name_list(users, conjunction='and')}, has no weight; the default {default:g} is used."
            remedy = f'Add "{priority}": {default:g}, or another weight.'
            yield make_finding("default_priority_weight", ("policy", "priority_weights"), message, remedy)


def check_station_factories(context: ProblemContext) -> Iterator[Finding]:
    """No factory at a station uses electricity, because stations have no power area."""
    for f, factory in enumerate(context.problem.factories):
        at_station = factory.place in context.place_ids and factory.place not in context.county_ids
        if at_station and factory.power_overhead and any(line.kwh_per_unit for line in factory.lines):
            message = f"{quote_name(factory.id)} is at a station without a power area, so the electricity of the factory has no limit."
            remedy = "Move the factory to a county to limit its electricity."
            yield make_finding("unmetered_factory", ("factories", f, "place"), message, remedy)


CHECKS = (
    check_self_links,
    check_transit_periods,
    check_electric_links,
    check_allotments_of_goods,
    check_shares_of_materials,
    check_ambiguous_floors,
    check_gateway_presence,
    check_goal_targets,
    check_goal_level,
    check_goal_selection_use,
    check_goals_cover_needs,
    check_fairness_use,
    check_shortage_bands,
    check_priority_weights,
    check_station_factories,
)

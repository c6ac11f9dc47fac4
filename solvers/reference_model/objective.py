"""Objective of the reference model: its parts, and the goals of an ordered list."""

from collections import defaultdict

import pulp

from models.problem.items import Item
from models.problem.policy import Goal, NeedSelection, Policy
from models.problem.requirements import Requirement
from solvers.reference_model.bands import list_bands
from solvers.reference_model.model import ReferenceModel


def build_shortage_cost(model: ReferenceModel, of: NeedSelection | None = None) -> pulp.LpAffineExpression:
    """Return Σ short · band weight · priority weight · value · importance over the selected needs, in weighted won."""
    policy = model.problem.policy
    weights = {**Policy().priority_weights, **policy.priority_weights}
    bands = list_bands(policy)
    terms = []
    for (county, item_id, t, k), units in model.short.items():
        need = model.needs[item_id]
        if of is not None and not _is_selected(of, county, need):
            continue
        depth = bands[k].weight
        priority = {1: weights["1"], 2: weights["2"], 3: weights["3"]}[need.priority]
        terms.append(depth * priority * need.value * model.expand_to_periods(need.importance)[t] * units)
    return pulp.lpSum(terms)


def _is_selected(of: NeedSelection, county: str, need: Item | Requirement) -> bool:
    category = need.category if isinstance(need, Item) else None
    pairs = ((of.priority, need.priority), (of.category, category), (of.item, need.id), (of.county, county))
    return all(listed is None or own in listed for listed, own in pairs)


def build_production_cost(model: ReferenceModel) -> pulp.LpAffineExpression:
    """Return Σ cost_per_unit · make, in won."""
    return pulp.lpSum(
        line.cost_per_unit * model.make[factory.id, position, t]
        for factory, position, line in model.list_all_lines()
        for t in model.get_period_positions()
    )


def build_haulage_cost(model: ReferenceModel) -> pulp.LpAffineExpression:
    """Return Σ (cost_per_tonne + cost_per_tonne_km · km) · tonnes, in won."""
    terms = []
    for ((link_id, _, _), item, _), sent in model.ship.items():
        link = model.links[link_id]
        per_tonne = link.cost_per_tonne + link.cost_per_tonne_km * link.km
        terms.append(per_tonne * model.items[item].kg_per_unit / 1000 * sent)
    return pulp.lpSum(terms)


def build_holding_cost(model: ReferenceModel) -> pulp.LpAffineExpression:
    """Return Σ holding_cost · stock, in won."""
    return pulp.lpSum(model.items[item].holding_cost * units for (_, item, _), units in model.stock.items())


def build_quality_loss(model: ReferenceModel) -> pulp.LpAffineExpression:
    """Return Σ value · (1 − quality) · make, in won, without the weight of the policy."""
    return pulp.lpSum(
        model.items[line.item].value * (1 - line.quality) * model.make[factory.id, position, t]
        for factory, position, line in model.list_all_lines()
        for t in model.get_period_positions()
    )


def build_cost_without_shortage(model: ReferenceModel) -> pulp.LpAffineExpression:
    """Return all costs except shortage, in won: production, haulage, holding and weighted lost quality."""
    weight = model.problem.policy.quality_weight
    return (
        build_production_cost(model)
        + build_haulage_cost(model)
        + build_holding_cost(model)
        + weight * build_quality_loss(model)
    )


def build_level_cost(model: ReferenceModel) -> pulp.LpAffineExpression:
    """Return smoothing · value · (changes of production / 2 + stock left over + goods given away), in won."""
    weight = model.problem.policy.smoothing
    lines = {(factory.id, position): line for factory, position, line in model.list_all_lines()}
    terms = [
        weight * model.items[lines[factory, position].item].value / 2 * (up + down)
        for (factory, position, _), (up, down) in model.rate_change.items()
    ]
    terms += [weight * model.items[item].value * units for (_, item), units in model.left_over.items()]
    terms += [weight * won for won in model.given_away.values()]
    return pulp.lpSum(terms)


def build_weighted_objective(model: ReferenceModel) -> pulp.LpAffineExpression:
    """Return the objective in won; rate changes and stock left over have variables only where they count."""
    return build_shortage_cost(model) + build_cost_without_shortage(model) + build_level_cost(model)


def add_worst_fulfilment_goal(model: ReferenceModel, over: str) -> pulp.LpAffineExpression:
    """Add the max-min fairness constraints and return 1 − ω, where ω is the smallest served share of a group.

    Σ value·(d − unmet) ≥ ω · Σ value·d for every group with demand; a value of 0 counts as 1. Of a shortage that carries
    over, only the part that is lost is unmet, and in the last period all of it.
    """
    worst = model.add_variable("worst", over, most=1.0)
    needed: dict[tuple[str, ...], float] = defaultdict(float)
    unmet: dict[tuple[str, ...], list[pulp.LpAffineExpression]] = defaultdict(list)
    for (county, item, _), units in model.demand.items():
        needed[_get_served_group(over, county, item)] += (model.needs[item].value or 1.0) * units
    last = len(model.problem.periods) - 1
    for (county, item, t, _), short in model.short.items():
        never_served = 1.0 if t == last else 1 - model.needs[item].carry_over
        unmet[_get_served_group(over, county, item)].append((model.needs[item].value or 1.0) * never_served * short)
    for group, amount in needed.items():
        model.add_constraint(amount * worst + pulp.lpSum(unmet[group]) <= amount, "worst_fulfilment", over, *group)
    return 1 - worst


def _get_served_group(over: str, county: str, item: str) -> tuple[str, ...]:
    return {"county": (county,), "item": (item,), "county_item": (county, item)}[over]


def add_central_distance_goal(model: ReferenceModel, target: float) -> pulp.LpAffineExpression:
    """Add a deviation constraint and return the absolute deviation of the central share of goods from its target, in won."""
    goods = {item.id: item.value for item in model.problem.items if item.kind == "good"}
    delivered = pulp.lpSum(goods.get(item, 0.0) * units for (_, item, _), units in model.central.items())
    made = pulp.lpSum(
        goods.get(line.item, 0.0) * model.make[factory.id, position, t]
        for factory, position, line in model.list_all_lines()
        for t in model.get_period_positions()
    )
    above, below = model.add_variable("share_above"), model.add_variable("share_below")
    model.add_constraint((1 - target) * delivered - target * made == above - below, "central_target")
    return above + below


def add_quota_distance_goal(model: ReferenceModel) -> pulp.LpAffineExpression:
    """Add deviation constraints and return Σ value · |make − former quota| over future periods, in won; a value of 0 counts as 1."""
    former = {
        (quota.factory, quota.item, quota.recipe): model.expand_to_periods(quota.quantity)
        for quota in model.problem.former_quotas
    }
    begin = 0 if model.problem.past is None else len(model.problem.past.periods)
    terms = []
    for factory, position, line in model.list_all_lines():
        before = former.get((factory.id, line.item, line.recipe), (0.0,) * len(model.problem.periods))
        for t in model.get_period_positions()[begin:]:
            above, below = model.add_variable("quota_above"), model.add_variable("quota_below")
            made = model.make[factory.id, position, t]
            model.add_constraint(made - above + below == before[t], "quota_distance", factory.id, line.item)
            terms.append((model.items[line.item].value or 1.0) * (above + below))
    return pulp.lpSum(terms)


def build_goal_expression(model: ReferenceModel, goal: Goal) -> pulp.LpAffineExpression:
    """Add the variables and constraints of a goal and return the expression to minimise."""
    match goal.goal:
        case "worst_fulfilment":
            return add_worst_fulfilment_goal(model, goal.over)
        case "central_share":
            return add_central_distance_goal(
                model, goal.target if goal.target is not None else model.problem.supply_shares.central
            )
        case "quotas_close":
            return add_quota_distance_goal(model)
        case "quality":
            return build_quality_loss(model)
        case "shortage":
            return build_shortage_cost(model, goal.of)
        case "cost":
            return build_cost_without_shortage(model)
        case "level":
            return build_level_cost(model)

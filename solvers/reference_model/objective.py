"""What is minimised: the parts of the objective, and the goals of an ordered list."""

from collections import defaultdict

import pulp

from models.problem.policy import Goal, Policy
from solvers.reference_model.model import Model


def shortage(model: Model) -> pulp.LpAffineExpression:
    """Σ short · band weight · priority weight · value · importance, in weighted won."""
    policy = model.problem.policy
    weights = {**Policy().priority_weights, **policy.priority_weights}
    terms = []
    for (_, item_id, t, k), units in model.short.items():
        item = model.items[item_id]
        depth = policy.shortage_bands[k].weight
        priority = {1: weights["1"], 2: weights["2"], 3: weights["3"]}[item.priority]
        terms.append(depth * priority * item.value * model.spread(item.importance)[t] * units)
    return pulp.lpSum(terms)


def making(model: Model) -> pulp.LpAffineExpression:
    """Σ cost_per_unit · make, in won."""
    return pulp.lpSum(
        line.cost_per_unit * model.make[factory.id, position, t]
        for factory, position, line in model.lines()
        for t in model.periods()
    )


def haulage(model: Model) -> pulp.LpAffineExpression:
    """Σ (cost_per_tonne + cost_per_tonne_km · km) · tonnes, in won."""
    terms = []
    for ((link_id, _, _), item, _), sent in model.ship.items():
        link = model.links[link_id]
        per_tonne = link.cost_per_tonne + link.cost_per_tonne_km * link.km
        terms.append(per_tonne * model.items[item].kg_per_unit / 1000 * sent)
    return pulp.lpSum(terms)


def holding(model: Model) -> pulp.LpAffineExpression:
    """Σ holding_cost · stock, in won."""
    return pulp.lpSum(model.items[item].holding_cost * units for (_, item, _), units in model.stock.items())


def missing_quality(model: Model) -> pulp.LpAffineExpression:
    """Σ value · (1 − quality) · make, in won, before the policy's weight."""
    return pulp.lpSum(
        model.items[line.item].value * (1 - line.quality) * model.make[factory.id, position, t]
        for factory, position, line in model.lines()
        for t in model.periods()
    )


def cost(model: Model) -> pulp.LpAffineExpression:
    """Every cost beside shortage, in won: making, haulage, holding and, by the policy's weight, missing quality."""
    weight = model.problem.policy.quality_weight
    return making(model) + haulage(model) + holding(model) + weight * missing_quality(model)


def whole(model: Model) -> pulp.LpAffineExpression:
    """The objective of a plan without an ordered list of goals, in won."""
    return shortage(model) + cost(model)


def worst_unmet(model: Model, over: str) -> pulp.LpAffineExpression:
    """1 − ω, where ω is the smallest served share over counties, items or county-items; adds its rows.

    Σ value·(d − short) ≥ ω · Σ value·d for every group that needs anything; a value of 0 counts as 1.
    """
    worst = model.variable("worst", over, most=1.0)
    needed: dict[tuple[str, ...], float] = defaultdict(float)
    unmet: dict[tuple[str, ...], list[pulp.LpAffineExpression]] = defaultdict(list)
    for (county, item, _), units in model.need.items():
        needed[_group(over, county, item)] += (model.items[item].value or 1.0) * units
    for (county, item, _, _), short in model.short.items():
        unmet[_group(over, county, item)].append((model.items[item].value or 1.0) * short)
    for group, amount in needed.items():
        model.add(amount * worst + pulp.lpSum(unmet[group]) <= amount, "worst_fulfilment", over, *group)
    return 1 - worst


def _group(over: str, county: str, item: str) -> tuple[str, ...]:
    return {"county": (county,), "item": (item,), "county_item": (county, item)}[over]


def central_distance(model: Model, target: float) -> pulp.LpAffineExpression:
    """How far what the centre hands over of goods is from its target share of all goods supplied, in won, either way."""
    goods = {item.id: item.value for item in model.problem.items if item.kind == "good"}
    handed = pulp.lpSum(goods.get(item, 0.0) * units for (_, item, _), units in model.central.items())
    made = pulp.lpSum(
        goods.get(line.item, 0.0) * model.make[factory.id, position, t]
        for factory, position, line in model.lines()
        for t in model.periods()
    )
    above, below = model.variable("share_above"), model.variable("share_below")
    model.add((1 - target) * handed - target * made == above - below, "central_target")
    return above + below


def quota_distance(model: Model) -> pulp.LpAffineExpression:
    """Σ value · |make − former quota| over periods that are not past, in won; a value of 0 counts as 1."""
    former = {(quota.factory, quota.item): model.spread(quota.quantity) for quota in model.problem.former_quotas}
    begin = 0 if model.problem.past is None else len(model.problem.past.periods)
    terms = []
    for factory, position, line in model.lines():
        before = former.get((factory.id, line.item), (0.0,) * len(model.problem.periods))
        for t in model.periods()[begin:]:
            above, below = model.variable("quota_above"), model.variable("quota_below")
            made = model.make[factory.id, position, t]
            model.add(made - above + below == before[t], "quota_distance", factory.id, line.item)
            terms.append((model.items[line.item].value or 1.0) * (above + below))
    return pulp.lpSum(terms)


def aim(model: Model, goal: Goal) -> pulp.LpAffineExpression:
    """What one goal of an ordered list minimises; adds the rows and variables it needs."""
    match goal.goal:
        case "worst_fulfilment":
            return worst_unmet(model, goal.over)
        case "central_share":
            return central_distance(
                model, goal.target if goal.target is not None else model.problem.supply_shares.central
            )
        case "quotas_close":
            return quota_distance(model)
        case "quality":
            return missing_quality(model)
        case "shortage":
            return shortage(model)
        case "cost":
            return cost(model)

"""Requirements in the reference model: variables, and the constraints on what people take."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

import pulp

from models.base import expand_to_periods
from models.heads import list_heads
from models.problem.past import PastSupply
from solvers.reference_model.bands import list_bands
from solvers.reference_model.model import (
    ReferenceModel,
    fix_period_shortage,
    fix_period_variables,
    get_requirement_key,
)

CountyNamePeriod = tuple[str, str, int]
"""County, identifier and position of the period."""


def add_requirement_variables(model: ReferenceModel) -> None:
    """Add what is handed out beyond own needs, and what people take of a requirement beyond its need."""
    reported = {(row.place, row.item) for row in _list_past_supply(model) if any(row.extra)}
    for county in model.problem.counties:
        wanted = {one.id for one in model.problem.requirements if _is_needed(model, county.id, one.id)}
        for item in model.problem.items:
            is_handed_out = any(amount > 0 and name in wanted for name, amount in item.provides.items())
            for t in model.get_period_positions():
                if is_handed_out or (county.id, item.id) in reported:
                    model.extra[county.id, item.id, t] = model.add_variable(
                        "extra", county.id, item.id, model.problem.periods[t]
                    )
    for (county_id, name, t), most in _iterate_requirement_cells(model):
        need = model.demand.get((county_id, get_requirement_key(name), t), 0.0)
        model.over[county_id, name, t] = model.add_variable(
            "over", county_id, name, model.problem.periods[t], most=None if most is None else max(most - need, 0.0)
        )


def _iterate_requirement_cells(model: ReferenceModel) -> Iterator[tuple[CountyNamePeriod, float | None]]:
    """Yield where a requirement is needed, perhaps by a backlog, or limited, with its greatest amount if it has one."""
    needed = {(county, key, t) for county, key, t, _ in model.short}
    for requirement in model.problem.requirements:
        for county in model.problem.counties:
            most = compute_limits_per_head(model, county.id, requirement.most)
            for t in model.get_period_positions():
                limit = None if most is None else most[t]
                if limit is not None or (county.id, get_requirement_key(requirement.id), t) in needed:
                    yield (county.id, requirement.id, t), limit


def compute_limits_per_head(model: ReferenceModel, county: str, most: Mapping[str, float]) -> list[float] | None:
    """Return the greatest units in each period, spread by days; None if the county has none of the groups."""
    problem = model.problem
    heads = next(h for c, h in zip(problem.counties, list_heads(problem), strict=True) if c.id == county)
    if not any(group in heads for group in most):
        return None
    per_year = sum(units * heads.get(group, 0.0) for group, units in most.items())
    days = expand_to_periods(1.0 if problem.period_days is None else problem.period_days, len(problem.periods))
    return [per_year * problem.years * day / sum(days) for day in days]


def collect_taken_terms(model: ReferenceModel) -> dict[CountyNamePeriod, pulp.LpAffineExpression]:
    """Return what people take of every item that they need or that may be handed out: served units and the extra."""
    bands = range(len(list_bands(model.problem.policy)))
    taken: dict[CountyNamePeriod, pulp.LpAffineExpression] = {}
    cells = {(county, name, t) for county, name, t, _ in model.short if name in model.items} | set(model.extra)
    for county, name, t in sorted(cells):
        now = [model.short[key] for k in bands if (key := (county, name, t, k)) in model.short]
        before = [model.short[key] for k in bands if (key := (county, name, t - 1, k)) in model.short]
        served = model.demand.get((county, name, t), 0.0) - pulp.lpSum(now)
        served += model.items[name].carry_over * pulp.lpSum(before)
        taken[county, name, t] = served + pulp.lpSum(
            [model.extra[key] for key in [(county, name, t)] if key in model.extra]
        )
    return taken


def add_requirement_constraints(model: ReferenceModel) -> None:
    """Requirement: what people take provides the need, with what was short before, less the shortage and plus the rest."""
    provided = _sum_provided(model)
    bands = range(len(list_bands(model.problem.policy)))
    for county, name, t in model.over:
        key = get_requirement_key(name)
        short = pulp.lpSum(model.short[cell] for k in bands if (cell := (county, key, t, k)) in model.short)
        before = pulp.lpSum(model.short[cell] for k in bands if (cell := (county, key, t - 1, k)) in model.short)
        need = model.demand.get((county, key, t), 0.0) + model.needs[key].carry_over * before
        model.add_constraint(
            provided[county, name, t] - model.over[county, name, t] + short - need == 0,
            "requirement",
            county,
            name,
            model.problem.periods[t],
        )


def _sum_provided(model: ReferenceModel) -> dict[CountyNamePeriod, pulp.LpAffineExpression]:
    parts: dict[CountyNamePeriod, list[pulp.LpAffineExpression]] = defaultdict(list)
    for (county, item, t), units in collect_taken_terms(model).items():
        for name, amount in model.items[item].provides.items():
            parts[county, name, t].append(amount * units)
    return defaultdict(pulp.LpAffineExpression, {key: pulp.lpSum(terms) for key, terms in parts.items()})


def add_taken_constraints(model: ReferenceModel) -> None:
    """Taken: of an item that may be handed out, people take at most their greatest amount, or their own need, and a backlog."""
    bands = range(len(list_bands(model.problem.policy)))
    for (county, name, t), extra in model.extra.items():
        limits = compute_limits_per_head(model, county, model.items[name].most_per_head)
        if limits is None:
            continue
        need = model.demand.get((county, name, t), 0.0)
        short = pulp.lpSum(model.short[key] for k in bands if (key := (county, name, t, k)) in model.short)
        limit = max(limits[t], need) - need
        model.add_constraint(extra - short <= limit, "taken", county, name, model.problem.periods[t])


def add_basket_share_constraints(model: ReferenceModel) -> None:
    """Basket share: where a requirement is needed, or needed nowhere, an item is within its shares of what people take."""
    taken, provided = collect_taken_terms(model), _sum_provided(model)
    for requirement in model.problem.requirements:
        needing = {c.id for c in model.problem.counties if _is_needed(model, c.id, requirement.id)}
        for county, name, t in sorted(provided):
            if name != requirement.id or (needing and county not in needing):
                continue
            for item, share in requirement.shares.items():
                part = model.items[item].provides[name] * taken.get((county, item, t), pulp.LpAffineExpression())
                where = (county, name, item, model.problem.periods[t])
                if share.least > 0:
                    model.add_constraint(part - share.least * provided[county, name, t] >= 0, "share_least", *where)
                if share.most < 1:
                    model.add_constraint(part - share.most * provided[county, name, t] <= 0, "share_most", *where)


def fix_past_requirements(model: ReferenceModel) -> None:
    """Fix what past periods handed out beyond own needs, and what follows for requirements."""
    past = 0 if model.problem.past is None else len(model.problem.past.periods)
    rows = {(row.place, row.item): row for row in _list_past_supply(model)}
    lacking: dict[tuple[str, str], list[float]] = defaultdict(list)
    for t in range(past):
        extra = {(*key, t): row.extra[t] for key, row in rows.items() if row.extra}
        fix_period_variables(model, t, model.extra, extra)
        over: dict[CountyNamePeriod, float] = {}
        for county in model.problem.counties:
            for requirement in model.problem.requirements:
                key = (county.id, get_requirement_key(requirement.id))
                beyond = -model.demand.get((*key, t), 0.0)
                beyond -= requirement.carry_over * lacking[key][t - 1] if t else 0.0
                for item in model.problem.items:
                    row = rows.get((county.id, item.id))
                    units = model.demand.get((county.id, item.id, t), 0.0)
                    if row is not None:
                        backlog = item.carry_over * row.shortage[t - 1] if t else 0.0
                        units += backlog - row.shortage[t] + (row.extra[t] if row.extra else 0.0)
                    beyond += item.provides.get(requirement.id, 0.0) * units
                lacking[key].append(max(-beyond, 0.0))
                over[county.id, requirement.id, t] = max(beyond, 0.0)
        fix_period_variables(model, t, model.over, over)
        fix_period_shortage(model, t, lacking, only_requirements=True)


def _is_needed(model: ReferenceModel, county: str, name: str) -> bool:
    return any((county, get_requirement_key(name), t) in model.demand for t in model.get_period_positions())


def _list_past_supply(model: ReferenceModel) -> tuple[PastSupply, ...]:
    return () if model.problem.past is None else model.problem.past.supply

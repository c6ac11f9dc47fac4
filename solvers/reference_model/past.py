"""Past periods of the reference model; `add_constraint` leaves out constraints on past variables only."""

from collections.abc import Mapping
from typing import Any

import pulp

from solvers.reference_model.model import ReferenceModel


def fix_past_variables(model: ReferenceModel) -> None:
    """Fix every variable of past periods; amounts that are not listed are 0."""
    past = model.problem.past
    if past is None:
        return
    ends = {(link.id, link.to_place): (link.id, link.from_place, link.to_place) for link in model.problem.links}
    ends |= {(link.id, link.from_place): (link.id, link.to_place, link.from_place) for link in model.problem.links}
    position = {(factory.id, line.item): k for factory, k, line in model.list_all_lines()}
    for t in range(len(past.periods)):
        make = {(o.factory, position[o.factory, o.item], t): o.quantity[t] for o in past.outputs}
        ship = {(ends[s.link, s.to], s.item, t): s.quantity[t] for s in past.shipments}
        _fix_period_variables(model, t, model.make, make)
        _fix_period_variables(model, t, model.ship, ship)
        _fix_period_variables(model, t, model.central, {(s.place, s.item, t): s.central[t] for s in past.supply})
        _fix_period_variables(model, t, model.stock, {(s.place, s.item, t): s.stock[t] for s in past.supply})
        _fix_period_variables(model, t, model.give, {(s.partner, s.item, t): s.given[t] for s in past.swaps})
        _fix_period_variables(model, t, model.take, {(s.partner, s.item, t): s.taken[t] for s in past.swaps})
        _fix_period_shortage(model, t, {(s.place, s.item): s.shortage[t] for s in past.supply})


def _fix_period_variables(
    model: ReferenceModel, t: int, variables: Mapping[Any, pulp.LpVariable], past_values: Mapping[Any, float]
) -> None:
    for key, variable in variables.items():
        if key[2] == t:
            _fix_variable(model, variable, past_values.get(key, 0.0))


def _fix_period_shortage(model: ReferenceModel, t: int, short: Mapping[tuple[str, str], float]) -> None:
    """Fill the bands in order of weight, the smallest first."""
    bands = model.problem.policy.shortage_bands
    cheapest_first = sorted(range(len(bands)), key=lambda k: bands[k].weight)
    for county, item, period in model.demand:
        if period == t:
            remaining = short.get((county, item), 0.0)
            for k in cheapest_first:
                amount = min(remaining, bands[k].width * model.demand[county, item, t])
                _fix_variable(model, model.short[county, item, t, k], amount)
                remaining -= amount


def _fix_variable(model: ReferenceModel, variable: pulp.LpVariable, amount: float) -> None:
    variable.bounds(amount, amount)
    model.past_variables.add(variable.name)

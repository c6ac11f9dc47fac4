"""Whole units in the reference model: remainders that are discarded, and integer variables for whole plans."""

import math
from collections import defaultdict

import pulp

from models.base import expand_to_periods
from models.problem.factories import Line
from models.problem.items import Item
from models.problem.population import StockLimits
from solvers.reference_model.model import ReferenceModel
from solvers.reference_model.whole_numbers import TOLERANCE, get_step

LARGEST_RUN = 1e5
"""Units that a quota with a least run may reach where the line states no maximum."""

LARGEST_REMAINDER = 1 - 1e-4
"""Units of an item that may be discarded at a place in a period: less than one."""


def add_discard_variables(model: ReferenceModel) -> None:
    """Add the units of each item in whole units that are left over at a place: less than one in a period."""
    past = 0 if model.problem.past is None else len(model.problem.past.periods)
    open_cells = _find_open_cells(model)
    places = [county.id for county in model.problem.counties] + [station.id for station in model.problem.stations]
    for place in places:
        for item in model.problem.items:
            for t in range(past, len(model.problem.periods) if item.whole_units else 0):
                key = (place, item.id, t)
                known = _find_known_remainder(model, place, item, t)
                if key not in open_cells and known <= TOLERANCE:
                    continue
                limits = (0.0, LARGEST_REMAINDER) if key in open_cells else (known, known)
                model.discard[key] = model.add_variable(
                    "discard", place, item.id, model.problem.periods[t], least=limits[0], most=limits[1]
                )


def require_whole_units(model: ReferenceModel) -> None:
    """Require whole amounts of items in whole units, and quotas in lots and of at least a least run; not in past periods."""
    whole = {item.id for item in model.problem.items if item.whole_units}
    for variables in (model.ship, model.stock, model.central, model.give, model.take, model.extra):
        for (_, item, _), amount in variables.items():
            if item in whole and amount.name not in model.past_variables:
                amount.cat = pulp.LpInteger
    _require_whole_shortages(model)
    for factory, position, line in model.list_all_lines():
        for t in model.get_period_positions():
            made = model.make[factory.id, position, t]
            if made.name not in model.past_variables:
                _require_lots_and_runs(model, line, made)


def _require_whole_shortages(model: ReferenceModel) -> None:
    """Require a whole shortage where the remainder depends on the plan: what is left over serves no fraction of a need."""
    bands: dict[tuple[str, str, int], list[pulp.LpVariable]] = defaultdict(list)
    for (county, item, t, _), units in model.short.items():
        bands[county, item, t].append(units)
    for key, remainder in model.discard.items():
        if key in bands and remainder.lowBound < remainder.upBound:
            total = model.add_variable("whole_shortage", *key[:2], model.problem.periods[key[2]])
            total.cat = pulp.LpInteger
            model.add_constraint(pulp.lpSum(bands[key]) == total, "whole_shortage", *key[:2], str(key[2]))


def _require_lots_and_runs(model: ReferenceModel, line: Line, made: pulp.LpVariable) -> None:
    step = get_step(model.items[line.item], line)
    if step == 1:
        made.cat = pulp.LpInteger
    elif step:
        lots = model.add_variable("lots", made.name)
        lots.cat = pulp.LpInteger
        model.add_constraint(made == step * lots, "lots", made.name)
    if line.least_run:
        runs = model.add_variable("runs", made.name, most=1)
        runs.cat = pulp.LpInteger
        most = LARGEST_RUN if made.upBound is None else made.upBound
        model.add_constraint(made <= most * runs, "run_most", made.name)
        model.add_constraint(made >= line.least_run * runs, "run_least", made.name)


def _find_known_remainder(model: ReferenceModel, place: str, item: Item, t: int) -> float:
    """Return the fraction of what is there whatever the plan: stock at the beginning, less backlog, and arrivals."""
    past, periods = model.problem.past, model.problem.periods
    there = sum(
        expand_to_periods(one.quantity, len(periods))[t]
        for one in model.problem.in_transit
        if (one.to, one.item) == (place, item.id)
    )
    if past is None and t == 0:
        stocks = {county.id: county.stocks.get(item.id, StockLimits()).opening for county in model.problem.counties}
        there += (1 - item.loss) * stocks.get(place, 0.0)
    for row in () if past is None else past.supply:
        if (row.place, row.item, len(row.stock)) == (place, item.id, t):
            there += (1 - item.loss) * row.stock[-1] - item.carry_over * row.shortage[-1]
    for shipped in () if past is None else past.shipments:
        left = t - model.links[shipped.link].transit_periods
        if (shipped.to, shipped.item) == (place, item.id) and 0 <= left < len(shipped.quantity):
            there += shipped.quantity[left]
    return there - math.floor(there + TOLERANCE)


def _find_open_cells(model: ReferenceModel) -> set[tuple[str, str, int]]:
    """Return place, item and period where the remainder depends on the plan."""
    cells = set()
    for county in model.problem.counties:
        for item in model.problem.items:
            if item.loss > 0 and item.storable:
                cells |= {(county.id, item.id, t) for t in model.get_period_positions() if t > 0}
    for factory, _, line in model.list_all_lines():
        step = get_step(model.items[line.item], line)
        for material, use in line.materials.items():
            units = step * use
            if not step or abs(units - round(units)) > TOLERANCE:
                cells |= {(factory.place, material, t) for t in model.get_period_positions()}
    return cells

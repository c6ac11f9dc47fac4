"""Arrays of places: demand, labour hours, stores, handling and stocks."""

from dataclasses import dataclass

import numpy as np

from models.demand import round_need_up
from models.heads import list_heads
from models.problem.planning_problem import PlanningProblem
from solvers.data.item_arrays import WHOLE_TOLERANCE
from solvers.data.label_arrays import index_positions, to_float_array, to_integer_array, to_period_array
from solvers.lp.linear_program import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class PlaceArrays:
    """Places by position, counties before stations; C counties, N places, I items, T periods."""

    county_count: int
    """C, the number of counties; later places are stations."""
    area: IntArray
    """Position of the power area, −1 for stations, (N,)."""
    labour_hours: FloatArray
    """Hours of labour, inf if not limited, (C, T)."""
    store_tonnes: FloatArray
    """Capacity of stores in tonnes, inf if not limited, (C, T)."""
    handling_tonnes: FloatArray
    """Tonnes that may enter over links, inf if not limited, (N, T)."""
    opening_stock: FloatArray
    """Units in stock before the first period, (C, I)."""
    stock_least: FloatArray
    """Minimum stock at the end of a period in units, closing stock included, (C, I, T)."""
    stock_most: FloatArray
    """Maximum stock at the end of a period in units, closing stock included, inf if not limited, (C, I, T)."""


def build_place_arrays(problem: PlanningProblem, item_of: dict[str, int], area_of: dict[str, int]) -> PlaceArrays:
    """Convert counties and stations to arrays."""
    periods, counties = len(problem.periods), problem.counties
    shape = (len(counties), len(problem.needs))
    opening, least, most = np.zeros(shape), np.zeros((*shape, periods)), np.full((*shape, periods), np.inf)
    stated = [(c, item_of[i], s) for c, county in enumerate(counties) for i, s in county.stocks.items()]
    if stated:
        where = (to_integer_array([c for c, _, _ in stated]), to_integer_array([i for _, i, _ in stated]))
        limits = [s for _, _, s in stated]
        opening[where] = [s.opening for s in limits]
        low, high = (
            to_period_array([s.least for s in limits], periods),
            to_period_array([s.most for s in limits], periods),
        )
        low[:, -1] = np.maximum(low[:, -1], [s.closing_least for s in limits])
        closing_most = [np.inf if s.closing_most is None else s.closing_most for s in limits]
        high[:, -1] = np.minimum(high[:, -1], closing_most)
        least[where], most[where] = low, high
    return PlaceArrays(
        county_count=len(counties),
        area=to_integer_array([area_of[c.power_area] for c in counties] + [-1] * len(problem.stations)),
        labour_hours=to_period_array([c.labour_hours for c in counties], periods),
        store_tonnes=to_period_array([c.store_tonnes for c in counties], periods),
        handling_tonnes=to_period_array(
            [c.handling_tonnes for c in counties] + [s.handling_tonnes for s in problem.stations], periods
        ),
        opening_stock=opening,
        stock_least=least,
        stock_most=most,
    )


def build_demand_array(problem: PlanningProblem, item_of: dict[str, int]) -> FloatArray:
    """Return demand in units, (C, I, T), of items and then of requirements: heads × norms × years, spread by calendars; rows of `demand` replace it.

    d[n,i,t] = calendar[i,t] · Σ_g heads[n,g] · norm[i,g] · years

    The demand of items in whole units is rounded up to whole units (`models.demand.round_need_up`).
    """
    heads_by_county = list_heads(problem)
    groups = index_positions(dict.fromkeys(group for heads in heads_by_county for group in heads))
    people = np.zeros((len(problem.counties), len(groups)))
    for c, heads_by_group in enumerate(heads_by_county):
        for group, heads in heads_by_group.items():
            people[c, groups[group]] = heads
    norms = np.zeros((len(groups), len(problem.needs)))
    for i, need in enumerate(problem.needs):
        for group, norm in need.norms.items():
            if group in groups:  # no county has people of the other groups
                norms[groups[group], i] = norm
    demand = (people @ norms * problem.years)[:, :, None] * _build_calendars(problem)
    if problem.demand:
        county_of = index_positions(county.id for county in problem.counties)
        where = [county_of[row.county] for row in problem.demand], [item_of[row.item] for row in problem.demand]
        demand[where] = to_period_array([row.quantity for row in problem.demand], len(problem.periods))
    for i in (i for i, item in enumerate(problem.items) if item.whole_units):
        demand[:, i] = [round_need_up(quantities) for quantities in demand[:, i].tolist()]
    return demand


def build_served_least_array(problem: PlanningProblem, item_of: dict[str, int], demand: FloatArray) -> FloatArray:
    """Return the least units of the demand to be served, (C, I, T): at most the demand, and whole of items in whole units."""
    least = np.zeros_like(demand)
    if problem.served_least:
        county_of = index_positions(county.id for county in problem.counties)
        rows = problem.served_least
        where = [county_of[row.county] for row in rows], [item_of[row.item] for row in rows]
        least[where] = to_period_array([row.quantity for row in rows], len(problem.periods))
    whole = [i for i, item in enumerate(problem.items) if item.whole_units]
    least[:, whole] = np.ceil(least[:, whole] - WHOLE_TOLERANCE) + 0.0
    return np.minimum(least, demand)


def build_period_days(problem: PlanningProblem) -> FloatArray:
    """Return the days of each period, 1 where the problem states none, (T,)."""
    days = 1.0 if problem.period_days is None else problem.period_days
    return np.asarray(to_period_array([days], len(problem.periods))[0])


def _build_calendars(problem: PlanningProblem) -> FloatArray:
    """Return the share of the demand of each item and requirement in each period, (I, T)."""
    days = build_period_days(problem)
    shares = {name: to_float_array(calendar) for name, calendar in problem.calendars.items()}
    shares["even"] = days / days.sum()
    return np.stack([shares[need.calendar] for need in problem.needs])

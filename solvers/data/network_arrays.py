"""Arrays of links: one arc for each direction, with cost and electricity per tonne."""

from dataclasses import dataclass

import numpy as np

from models.problem.planning_problem import PlanningProblem
from solvers.data.label_arrays import to_float_array, to_integer_array, to_period_array
from solvers.lp.linear_program import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class ArcArrays:
    """Arcs by position: each link in both directions, or in one if it is one-way; A arcs, T periods."""

    link: IntArray
    """Position of the link, (A,)."""
    tail: IntArray
    """Position of the origin, (A,)."""
    head: IntArray
    """Position of the destination, (A,)."""
    km: FloatArray
    """Length in km, (A,)."""
    capacity_tonnes: FloatArray
    """Capacity in tonnes, inf if not limited, (A, T)."""
    kwh_per_tonne: FloatArray
    """kWh per tonne over its whole length, (A,)."""
    area: IntArray
    """Position of the power area that meters the link, −1 without one, (A,)."""
    cost_per_tonne: FloatArray
    """Won per tonne over its whole length, (A,)."""
    transit_periods: IntArray
    """Periods from departure to arrival, (A,)."""


def build_arc_arrays(
    problem: PlanningProblem, place_of: dict[str, int], area_of: dict[str, int]
) -> tuple[ArcArrays, tuple[str, ...]]:
    """Convert links to arcs; also return the labels of arcs: `link/destination`."""
    links = problem.links
    ends = [(k, link.from_place, link.to_place) for k, link in enumerate(links)]
    back = [(k, link.to_place, link.from_place) for k, link in enumerate(links) if not link.one_way]
    directions = sorted(ends + back, key=lambda direction: direction[0])  # a stable sort keeps each forward arc first
    link_of = to_integer_array([k for k, _, _ in directions])
    km = to_float_array([link.km for link in links])
    per_tonne_km = to_float_array([link.cost_per_tonne_km for link in links])
    area = to_integer_array([-1 if link.power_area is None else area_of[link.power_area] for link in links])
    arcs = ArcArrays(
        link=link_of,
        tail=to_integer_array([place_of[start] for _, start, _ in directions]),
        head=to_integer_array([place_of[end] for _, _, end in directions]),
        km=km[link_of],
        capacity_tonnes=to_period_array([link.tonnes for link in links], len(problem.periods))[link_of],
        kwh_per_tonne=(to_float_array([link.kwh_per_tonne_km for link in links]) * km)[link_of],
        area=area[link_of],
        cost_per_tonne=(to_float_array([link.cost_per_tonne for link in links]) + per_tonne_km * km)[link_of],
        transit_periods=to_integer_array([link.transit_periods for link in links])[link_of],
    )
    return arcs, tuple(f"{links[k].id}/{end}" for k, _, end in directions)


def build_arrivals_from_before(
    problem: PlanningProblem, place_of: dict[str, int], item_of: dict[str, int]
) -> FloatArray:
    """Return the units that left before the plan and arrive in each period, by place, item and period, (N, I, T)."""
    arriving = np.zeros((len(place_of), len(problem.needs), len(problem.periods)))
    quantities = to_period_array([one.quantity for one in problem.in_transit], len(problem.periods))
    for one, quantity in zip(problem.in_transit, quantities, strict=True):
        arriving[place_of[one.to], item_of[one.item]] += quantity
    return arriving


def build_power_limits(problem: PlanningProblem) -> FloatArray:
    """Return the kWh limit of each area: allotment plus own generation, inf if not limited, (areas, periods)."""
    periods = len(problem.periods)
    allotted = to_period_array([area.limit_kwh for area in problem.power_areas], periods)
    return np.asarray(allotted + to_period_array([area.own_generation_kwh for area in problem.power_areas], periods))

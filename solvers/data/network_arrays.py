"""Links as arrays: a directed arc each way, with what a tonne costs and draws."""

from dataclasses import dataclass

import numpy as np

from models.problem.planning_problem import PlanningProblem
from solvers.data.label_arrays import to_float_array, to_integer_array, to_period_array
from solvers.lp.linear_program import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class ArcArrays:
    """Arcs by position: each link there, and back unless it is one-way; shapes: A arcs, T periods."""

    link: IntArray
    """Position of its link, (A,)."""
    tail: IntArray
    """Position of the place it leaves, (A,)."""
    head: IntArray
    """Position of the place it reaches, (A,)."""
    km: FloatArray
    """Length in km, (A,)."""
    capacity_tonnes: FloatArray
    """Tonnes it carries, inf where not limited, (A, T)."""
    kwh_per_tonne: FloatArray
    """kWh per tonne over its whole length, (A,)."""
    area: IntArray
    """Position of the power area that meters it, −1 where none does, (A,)."""
    cost_per_tonne: FloatArray
    """Won per tonne over its whole length, (A,)."""


def build_arc_arrays(
    problem: PlanningProblem, place_of: dict[str, int], area_of: dict[str, int]
) -> tuple[ArcArrays, tuple[str, ...]]:
    """Arcs as arrays, and their labels: the link, and the place the arc reaches."""
    links = problem.links
    ends = [(k, link.from_place, link.to_place) for k, link in enumerate(links)]
    back = [(k, link.to_place, link.from_place) for k, link in enumerate(links) if not link.one_way]
    ways = sorted(ends + back, key=lambda way: way[0])  # stable: there, then back
    of = to_integer_array([k for k, _, _ in ways])
    km = to_float_array([link.km for link in links])
    per_tonne_km = to_float_array([link.cost_per_tonne_km for link in links])
    area = to_integer_array([-1 if link.power_area is None else area_of[link.power_area] for link in links])
    arcs = ArcArrays(
        link=of,
        tail=to_integer_array([place_of[start] for _, start, _ in ways]),
        head=to_integer_array([place_of[end] for _, _, end in ways]),
        km=km[of],
        capacity_tonnes=to_period_array([link.tonnes for link in links], len(problem.periods))[of],
        kwh_per_tonne=(to_float_array([link.kwh_per_tonne_km for link in links]) * km)[of],
        area=area[of],
        cost_per_tonne=(to_float_array([link.cost_per_tonne for link in links]) + per_tonne_km * km)[of],
    )
    return arcs, tuple(f"{links[k].id}/{end}" for k, _, end in ways)


def build_power_limits(problem: PlanningProblem) -> FloatArray:
    """kWh that each area may draw: its allotment and its own generation, inf where not limited, (areas, periods)."""
    periods = len(problem.periods)
    allotted = to_period_array([area.limit_kwh for area in problem.power_areas], periods)
    return np.asarray(allotted + to_period_array([area.own_generation_kwh for area in problem.power_areas], periods))

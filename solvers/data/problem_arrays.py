"""The way in: labels become positions and every number an array, once; from here on there are only arrays."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from models.problem.planning_problem import PlanningProblem
from solvers.data.county_arrays import Places, read_demand, read_places
from solvers.data.factory_arrays import Lines, Machines, read_lines, read_machines
from solvers.data.item_arrays import Items, read_items
from solvers.data.label_arrays import numbers, positions
from solvers.data.network_arrays import Arcs, power_limits, read_arcs
from solvers.data.past_arrays import Past, read_former, read_past
from solvers.data.trade_arrays import Centre, Partners, read_centre, read_partners
from solvers.lp.linear_program import FloatArray


@dataclass(frozen=True, slots=True)
class ProblemIndex:
    """A checked planning problem as arrays; shapes: C counties, I items, T periods, K bands, E power areas."""

    problem: PlanningProblem
    """The problem it was made from."""
    labels: Mapping[str, tuple[str, ...]]
    """Labels by axis: period, item, county, place (counties before stations), factory, line (`factory/item`), machine
    (`factory/group`), link, arc (`link/place reached`), area, partner, window, band, group (of local floors), category,
    goal, side (of a distance), and served (groups whose served shares are compared: counties, items, `county/item`)."""
    items: Items
    """The catalogue."""
    demand: FloatArray
    """Units needed, (C, I, T)."""
    places: Places
    """Counties and stations: labour, stores, handling, stocks."""
    lines: Lines
    """What factories can make."""
    machines: Machines
    """Machine groups and their hours."""
    arcs: Arcs
    """Links, each way."""
    power: FloatArray
    """kWh that each area may draw, own generation included, inf where not limited, (E, T)."""
    centre: Centre
    """The centre's supply and the floors for local making."""
    partners: Partners
    """Those with whom surplus is swapped."""
    band_width: FloatArray
    """Share of a demand that each shortage band covers, (K,)."""
    band_weight: FloatArray
    """Weight of a unit short in each band, (K,)."""
    past: Past
    """What has happened in the first periods; what was swapped and handed over then counts as offered, wanted and promised."""
    former: FloatArray
    """Former quotas in units, (lines, T)."""

    @classmethod
    def of(cls, problem: PlanningProblem) -> Self:
        """Index a problem that has passed `models.validation.checks`; an unknown identifier raises KeyError."""
        labels = _labels(problem)
        item_of, place_of = positions(labels["item"]), positions(labels["place"])
        area_of = positions(labels["area"])
        items, categories = read_items(problem)
        demand = read_demand(problem, item_of)
        machines, machine_of = read_machines(problem)
        arcs, arc_labels = read_arcs(problem, place_of, area_of)
        partners, windows = read_partners(problem, place_of, item_of)
        centre = read_centre(problem, items, demand, place_of, item_of)
        bands = problem.policy.shortage_bands
        labels = labels | {"arc": arc_labels, "window": windows, "category": categories, "group": centre.floors}
        past = read_past(problem, labels)
        _allow(past, centre, partners)
        return cls(
            problem=problem,
            labels=labels,
            items=items,
            demand=demand,
            places=read_places(problem, item_of, area_of),
            lines=read_lines(problem, place_of, item_of, machine_of),
            machines=machines,
            arcs=arcs,
            power=power_limits(problem),
            centre=centre,
            partners=partners,
            band_width=numbers([band.width for band in bands]),
            band_weight=numbers([band.weight for band in bands]),
            past=past,
            former=read_former(problem, labels),
        )

    @property
    def periods(self) -> int:
        """T, the number of periods."""
        return len(self.labels["period"])


def _allow(past: Past, centre: Centre, partners: Partners) -> None:
    """What happened was possible: raise past limits to it, so that it has columns whatever a change made of the limits since."""
    for limit, happened in (
        (centre.limit, past.central.sum(axis=0)),
        (partners.wants, past.give),
        (partners.offers, past.take),
    ):
        gone = limit[..., : past.periods]
        np.maximum(gone, happened, out=gone)


def _labels(problem: PlanningProblem) -> dict[str, tuple[str, ...]]:
    factories = problem.factories
    counties = tuple(county.id for county in problem.counties)
    items = tuple(item.id for item in problem.items)
    goals = problem.policy.expand_ordered_goals()
    served = (*counties, *items, *(f"{county}/{item}" for county in counties for item in items)) if goals else ()
    return {
        "period": problem.periods,
        "item": items,
        "county": counties,
        "place": counties + tuple(station.id for station in problem.stations),
        "factory": tuple(factory.id for factory in factories),
        "line": tuple(f"{factory.id}/{line.item}" for factory in factories for line in factory.lines),
        "machine": tuple(f"{factory.id}/{group}" for factory in factories for group in factory.machines),
        "link": tuple(link.id for link in problem.links),
        "area": tuple(area.id for area in problem.power_areas),
        "partner": tuple(partner.id for partner in problem.partners),
        "band": tuple(str(k + 1) for k in range(len(problem.policy.shortage_bands))),
        "goal": tuple(goal.goal for goal in goals),
        "served": served,
        "side": ("above", "below"),
    }

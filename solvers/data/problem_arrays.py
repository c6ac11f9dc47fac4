"""Conversion of a planning problem: labels become positions and numbers become arrays."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from models.problem.factories import list_line_names
from models.problem.planning_problem import PlanningProblem
from solvers.data.budget_arrays import BudgetArrays, build_budget_arrays
from solvers.data.county_arrays import (
    PlaceArrays,
    build_demand_array,
    build_period_days,
    build_place_arrays,
    build_served_least_array,
)
from solvers.data.factory_arrays import LineArrays, MachineArrays, build_line_arrays, build_machine_arrays
from solvers.data.item_arrays import ItemArrays, build_item_arrays
from solvers.data.label_arrays import index_positions, to_float_array
from solvers.data.network_arrays import (
    ArcArrays,
    build_arc_arrays,
    build_arrivals_from_before,
    build_power_limits,
)
from solvers.data.past_arrays import PastArrays, build_former_quotas, build_past_arrays
from solvers.data.requirement_arrays import RequirementArrays, build_requirement_arrays
from solvers.data.trade_arrays import CentreArrays, PartnerArrays, build_centre_arrays, build_partner_arrays
from solvers.data.whole_unit_limits import round_limits_to_whole_units
from solvers.lp.linear_program import FloatArray


@dataclass(frozen=True, slots=True)
class ProblemArrays:
    """A checked planning problem as arrays; C counties, I items and requirements, T periods, K bands, E power areas, L lines."""

    problem: PlanningProblem
    """The planning problem."""
    labels: Mapping[str, tuple[str, ...]]
    """Labels by axis: period, item (items, then requirements), requirement, basket (stated shares:
    `requirement/item/least` or `…/most`), county, place (counties before stations), factory, line (`factory/item`,
    or `factory/item/recipe`), machine
    (`factory/group`), link, arc (`link/destination`), area, partner, budget, window, band, group (of local floors), category,
    goal, side (of a deviation), and served (groups whose served shares are compared: counties, items, `county/item`)."""
    items: ItemArrays
    """Items."""
    demand: FloatArray
    """Demand in units, (C, I, T), of items and then of requirements."""
    requirements: RequirementArrays
    """What items provide, the most that people take, and shares within a basket."""
    served_least: FloatArray
    """Least units of the demand to be served, at most the demand, (C, I, T)."""
    places: PlaceArrays
    """Counties and stations: labour, stores, handling and stocks."""
    lines: LineArrays
    """Lines of factories."""
    machines: MachineArrays
    """Machine groups and available hours."""
    arcs: ArcArrays
    """Links, one arc for each direction."""
    arriving: FloatArray
    """Units that left over links before the plan and arrive in a period, (N, I, T)."""
    power_limits: FloatArray
    """kWh limit of each area, own generation included, inf if not limited, (E, T)."""
    centre: CentreArrays
    """Central supply and local floors."""
    partners: PartnerArrays
    """Partners of swaps."""
    budgets: BudgetArrays
    """Budgets."""
    band_width: FloatArray
    """Share of a demand that each shortage band covers, (K,)."""
    band_weight: FloatArray
    """Weight of a unit short in each band, (K,)."""
    past: PastArrays
    """Past periods; past swaps and central deliveries also count as offered, wanted and promised."""
    former_quotas: FloatArray
    """Former quotas in units, (L, T)."""
    period_days: FloatArray
    """Days of each period, 1 where none are stated, (T,)."""

    @classmethod
    def from_problem(cls, problem: PlanningProblem) -> Self:
        """Convert a problem that has passed `models.validation.checks`; an unknown identifier raises KeyError."""
        labels = _collect_labels(problem)
        item_of, place_of = problem.find_need_positions(), index_positions(labels["place"])
        area_of = index_positions(labels["area"])
        items, categories = build_item_arrays(problem)
        demand = build_demand_array(problem, item_of)
        machines, machine_of = build_machine_arrays(problem)
        arcs, arc_labels = build_arc_arrays(problem, place_of, area_of)
        partners, windows = build_partner_arrays(problem, place_of, item_of)
        centre = build_centre_arrays(problem, items, demand, place_of, item_of)
        requirements = build_requirement_arrays(problem, demand)
        bands = problem.policy.list_effective_bands()
        labels = labels | {"arc": arc_labels, "window": windows, "category": categories, "group": centre.floor_labels}
        labels["basket"] = requirements.share_labels
        past = build_past_arrays(problem, labels, items, requirements.provided, demand)
        places = build_place_arrays(problem, item_of, area_of)
        lines = build_line_arrays(problem, place_of, item_of, machine_of)
        _raise_limits_to_past(past, centre, partners)
        round_limits_to_whole_units(items, places, lines, centre, partners, past.period_count)
        return cls(
            problem=problem,
            labels=labels,
            items=items,
            demand=demand,
            requirements=requirements,
            served_least=build_served_least_array(problem, item_of, demand),
            places=places,
            lines=lines,
            machines=machines,
            arcs=arcs,
            arriving=build_arrivals_from_before(problem, place_of, item_of),
            power_limits=build_power_limits(problem),
            centre=centre,
            partners=partners,
            budgets=build_budget_arrays(problem, items, lines),
            band_width=to_float_array([band.width for band in bands]),
            band_weight=to_float_array([band.weight for band in bands]),
            past=past,
            former_quotas=build_former_quotas(problem, labels),
            period_days=build_period_days(problem),
        )

    @property
    def period_count(self) -> int:
        """T, the number of periods."""
        return len(self.labels["period"])


def _raise_limits_to_past(past: PastArrays, centre: CentreArrays, partners: PartnerArrays) -> None:
    """Raise the limits of past periods to the reported amounts, so that these have variables after any change of the limits."""
    for limit, reported in (
        (centre.supply_limit, past.central.sum(axis=0)),
        (partners.wants, past.give),
        (partners.offers, past.take),
    ):
        past_limit = limit[..., : past.period_count]
        np.maximum(past_limit, reported, out=past_limit)


def _collect_labels(problem: PlanningProblem) -> dict[str, tuple[str, ...]]:
    factories = problem.factories
    counties = tuple(county.id for county in problem.counties)
    items = tuple(need.id for need in problem.needs)
    goals = problem.policy.expand_ordered_goals()
    served = (*counties, *items, *(f"{county}/{item}" for county in counties for item in items)) if goals else ()
    return {
        "period": problem.periods,
        "item": items,
        "requirement": tuple(requirement.id for requirement in problem.requirements),
        "county": counties,
        "place": counties + tuple(station.id for station in problem.stations),
        "factory": tuple(factory.id for factory in factories),
        "line": tuple(name for factory in factories for name in list_line_names(factory)),
        "machine": tuple(f"{factory.id}/{group}" for factory in factories for group in factory.machines),
        "link": tuple(link.id for link in problem.links),
        "area": tuple(area.id for area in problem.power_areas),
        "partner": tuple(partner.id for partner in problem.partners),
        "budget": tuple(budget.id for budget in problem.budgets),
        "band": tuple(str(k + 1) for k in range(len(problem.policy.list_effective_bands()))),
        "goal": tuple(goal.label for goal in goals),
        "served": served,
        "side": ("above", "below"),
    }

"""Demand of the reference model, computed directly from the problem."""

from models.base import expand_to_periods
from models.problem.items import Item
from models.problem.planning_problem import PlanningProblem

CountyItemUnits = dict[tuple[str, str, int], float]
"""Demand in units by county, item and position of the period; demand of 0 is not listed."""


def compute_calendar_shares(problem: PlanningProblem, item: Item) -> list[float]:
    """Return the share of demand in each period: by the calendar of the item, else by days, else equal."""
    count = len(problem.periods)
    if item.calendar != "even":
        return list(problem.calendars[item.calendar])
    days = expand_to_periods(1.0 if problem.period_days is None else problem.period_days, count)
    return [day / sum(days) for day in days]


def compute_demand(problem: PlanningProblem) -> CountyItemUnits:
    """Return demand in units: population × norm × years, shares by the calendar; rows of `demand` replace it.

    d = calendar[i,t] · Σ_g population[n,g] · norm[i,g] · years
    """
    count = len(problem.periods)
    demand: CountyItemUnits = {}
    for item in problem.items:
        shares = compute_calendar_shares(problem, item)
        for county in problem.counties:
            per_year = sum(norm * county.population.get(group, 0.0) for group, norm in item.norms.items())
            for t in range(count):
                demand[county.id, item.id, t] = shares[t] * per_year * problem.years
    for row in problem.demand:
        for t, quantity in enumerate(expand_to_periods(row.quantity, count)):
            demand[row.county, row.item, t] = quantity
    return {key: units for key, units in demand.items() if units > 0}

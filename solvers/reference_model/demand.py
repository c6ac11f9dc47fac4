"""Rule 1 over again: what people need, straight from the problem."""

from models.base import expand_to_periods
from models.problem.items import Item
from models.problem.planning_problem import PlanningProblem

CountyItemUnits = dict[tuple[str, str, int], float]
"""Units needed, by county, item and position of the period; what is not needed is not listed."""


def compute_calendar_shares(problem: PlanningProblem, item: Item) -> list[float]:
    """Share of the plan's need that falls in each period: by the item's calendar, else by days, else equally."""
    count = len(problem.periods)
    if item.calendar != "even":
        return list(problem.calendars[item.calendar])
    days = expand_to_periods(1.0 if problem.period_days is None else problem.period_days, count)
    return [day / sum(days) for day in days]


def compute_demand(problem: PlanningProblem) -> CountyItemUnits:
    """Units needed by county, item and period: people × norm × years, spread over the calendar, unless stated outright.

    d = calendar[i,t] · Σ_g population[n,g] · norm[i,g] · years
    """
    count = len(problem.periods)
    need: CountyItemUnits = {}
    for item in problem.items:
        spread = compute_calendar_shares(problem, item)
        for county in problem.counties:
            a_year = sum(norm * county.population.get(group, 0.0) for group, norm in item.norms.items())
            for t in range(count):
                need[county.id, item.id, t] = spread[t] * a_year * problem.years
    for row in problem.demand:
        for t, quantity in enumerate(expand_to_periods(row.quantity, count)):
            need[row.county, row.item, t] = quantity
    return {key: units for key, units in need.items() if units > 0}

"""The costs of production smoothing, computed from the tables of a plan in plain loops without `solvers`."""

import itertools
from math import ceil

from models.problem.population import StockLimits
from tests.plan_reading import Reading


def compute_level_costs(r: Reading) -> tuple[float, float]:
    """Return the cost of changes of output per day, and of stock left at the end above its minimum and goods given away."""
    policy, stated = r.problem.policy, r.problem.period_days
    goals = [goal.goal for goal in policy.expand_ordered_goals()]
    if goals and "level" not in goals:
        return 0.0, 0.0
    days = {period: 1.0 if stated is None else r.at(stated, period) for period in r.periods}
    mean = sum(days.values()) / len(days)
    changes = left_over = 0.0
    for factory in r.problem.factories:
        for line in factory.lines:
            for before, period in itertools.pairwise(r.periods):
                if days[before] and days[period]:
                    rates = [r.quota[factory.id, line.item, line.recipe, t] / days[t] for t in (before, period)]
                    changes += r.items[line.item].value * mean * abs(rates[1] - rates[0]) / 2
    for county in r.problem.counties:
        for item in r.problem.items:
            limits = county.stocks.get(item.id, StockLimits())
            least = max(limits.closing_least, r.at(limits.least, r.periods[-1]))
            if item.whole_units:
                least = ceil(least - 1e-6)
            left_over += item.value * max(r.stock[county.id, item.id, r.periods[-1]] - least, 0.0)
    for partner in r.problem.partners:
        for window in r.windows(partner.settlement):
            taken = sum(r.items[i].value * r.take[partner.id, i, period] for i in r.items for period in window)
            given = sum(r.items[i].value * r.give[partner.id, i, period] for i in r.items for period in window)
            left_over += max(given - (taken / partner.rate if partner.rate else 0.0), 0.0)
    return policy.smoothing * changes, policy.smoothing * left_over

"""Baskets over the whole plan: how far requirements are met, what one more unit is worth, and what a head takes a day."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from models.base import expand_to_periods
from models.problem.planning_problem import PlanningProblem

Row = Mapping[str, Any]
"""A row of a table by column."""


@dataclass(frozen=True, slots=True)
class BasketSummary:
    """Baskets of counties over the plan. Keys are identifiers; counties without a row need nothing."""

    shares: dict[tuple[str, str], float] = field(default_factory=dict)
    """Share of a requirement that is met, by county and requirement."""
    prices: dict[tuple[str, str], float] = field(default_factory=dict)
    """Worth of one more unit in weighted won, the mean over periods by need, by county and requirement."""
    units: dict[tuple[str, str], float] = field(default_factory=dict)
    """Units that a head takes a day, by county and item."""
    grams: dict[tuple[str, str], float] = field(default_factory=dict)
    """The same in g."""
    provided: dict[tuple[str, str, str], float] = field(default_factory=dict)
    """Units of a requirement that a head gets a day from an item, by county, item and requirement."""

    def list_counties(self) -> list[str]:
        """Return the counties with a need or a basket, in order of appearance."""
        return list(dict.fromkeys([county for county, _ in self.shares] + [county for county, _ in self.units]))

    def sum_provided(self, county: str, requirement: str) -> float:
        """Return the units of a requirement that a head gets a day from all items."""
        return sum(units for (where, _, what), units in self.provided.items() if (where, what) == (county, requirement))

    def list_items(self, county: str) -> list[str]:
        """Return the items that people of a county take, the most g first."""
        items = [item for where, item in self.units if where == county]
        return sorted(items, key=lambda item: -self.grams[county, item])


def summarize_baskets(problem: PlanningProblem, requirements: Iterable[Row], baskets: Iterable[Row]) -> BasketSummary:
    """Summarize the tables `requirements` and `baskets` of a plan.

    Amounts per head and day are means over all days of the plan: a period without a row counts as 0. Where what people take is not
    known per head, it is left out.
    """
    found = BasketSummary()
    needed: dict[tuple[str, str], float] = defaultdict(float)
    short: dict[tuple[str, str], float] = defaultdict(float)
    worth: dict[tuple[str, str], float] = defaultdict(float)
    carry_over = {one.id: one.carry_over for one in problem.requirements}
    last = problem.periods[-1]
    for row in requirements:
        key = (row["county"], row["requirement"])
        lost = 1.0 if row["period"] == last else 1.0 - carry_over.get(row["requirement"], 0.0)
        needed[key] += row["need"]
        short[key] += lost * row["shortage"]
        worth[key] += row["price"] * row["need"]
    for key, need in needed.items():
        if need > 0:
            found.shares[key], found.prices[key] = 1.0 - short[key] / need, worth[key] / need
    days = expand_to_periods(1.0 if problem.period_days is None else problem.period_days, len(problem.periods))
    part = {period: day / sum(days) for period, day in zip(problem.periods, days, strict=True)}
    counted: set[tuple[str, str, str]] = set()
    for row in baskets:
        if row["units_per_head_day"] is None:
            continue
        county, item, period = row["county"], row["item"], row["period"]
        whole = (county, item, row["requirement"])
        found.provided[whole] = found.provided.get(whole, 0.0) + part[period] * row["provided_per_head_day"]
        if (county, item, period) not in counted:
            counted.add((county, item, period))
            for amounts, name in ((found.units, "units_per_head_day"), (found.grams, "grams_per_head_day")):
                amounts[county, item] = amounts.get((county, item), 0.0) + part[period] * row[name]
    return found

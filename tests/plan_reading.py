"""A plan as a reader sees it: its tables as dictionaries, and the needs worked out by hand. Imports nothing from `solvers`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from math import ceil, floor, log
from typing import Any

from models.base import expand_to_periods
from models.heads import list_heads
from models.plan import Plan
from models.problem.items import Item
from models.problem.planning_problem import PlanningProblem
from models.problem.policy import Policy
from models.problem.requirements import Requirement

Row = Mapping[str, Any]
Tables = Mapping[str, Iterable[Row]]
Key = tuple[str, ...]


class Reading:
    """Everything an invariant needs. Quantities without a row are 0; periods are their identifiers."""

    def __init__(self, problem: PlanningProblem, plan: Plan, tables: Tables, tolerance: float = 1e-6) -> None:
        self.problem = problem
        self.plan = plan
        self.tolerance = tolerance
        self.periods = problem.periods
        self.items: dict[str, Item] = {item.id: item for item in problem.items}
        self.requirements: dict[str, Requirement] = {one.id: one for one in problem.requirements}
        self.rows = {name: list(rows) for name, rows in tables.items()}
        self.quota = self._sums("quotas", ("factory", "item", "recipe", "period"), "quantity")
        self.make: dict[Key, float] = defaultdict(float)
        for (factory, item, _, period), units in self.quota.items():
            self.make[factory, item, period] += units
        self.ship = self._sums("shipments", ("link", "from", "to", "item", "period"), "quantity")
        self.give = self._sums("swaps", ("partner", "item", "period"), "given")
        self.take = self._sums("swaps", ("partner", "item", "period"), "taken")
        at = ("county", "item", "period")
        self.stock = self._sums("supply", at, "stock")
        self.central = self._sums("supply", at, "central")
        self.short = self._sums("supply", at, "shortage")
        self.short.update(self._sums("requirements", ("county", "requirement", "period"), "shortage"))
        self.extra = self._sums("supply", at, "extra")
        self.discarded = self._sums("supply", at, "discarded")
        self.opening = {
            (county.id, item): stock.opening for county in problem.counties for item, stock in county.stocks.items()
        }
        heads = list_heads(problem)
        self.heads = {county.id: heads[k] for k, county in enumerate(problem.counties)}
        self.need = needs(problem)
        self.transit = {link.id: link.transit_periods for link in problem.links}
        self.arriving: dict[Key, float] = defaultdict(float)
        for one in problem.in_transit:
            for period in problem.periods:
                self.arriving[one.to, one.item, period] += self.at(one.quantity, period)
        self.served = {
            key: self.need[key] + self.backlog(key) - self.short[key] for key in sorted({*self.need, *self.short})
        }
        self.flows = self._flows()

    def _sums(self, table: str, keys: tuple[str, ...], column: str) -> dict[Key, float]:
        found: dict[Key, float] = defaultdict(float)
        for row in self.rows.get(table, ()):
            key = tuple(str(row[name]) for name in keys)
            if key in found:
                raise AssertionError(f"two rows of {table} for {key}")
            found[key] = float(row[column])
        return found

    def _flows(self) -> dict[str, dict[Key, float]]:
        """Units made, used, arriving, sent, taken and given at a place, by item and period."""
        sums: dict[str, dict[Key, float]] = {
            name: defaultdict(float) for name in ("made", "used", "arrived", "sent", "taken", "given")
        }
        for factory in self.problem.factories:
            for line in factory.lines:
                for period in self.periods:
                    made = self.quota[factory.id, line.item, line.recipe, period]
                    sums["made"][factory.place, line.item, period] += made
                    for material, use in line.materials.items():
                        sums["used"][factory.place, material, period] += use * made
        for (link, start, end, item, period), units in self.ship.items():
            sums["sent"][start, item, period] += units
            arrival = self.arrival(link, period)
            if arrival is not None:
                sums["arrived"][end, item, arrival] += units
        for key, units in self.arriving.items():
            sums["arrived"][key] += units
        at = {partner.id: partner.at for partner in self.problem.partners}
        for name, swapped in (("taken", self.take), ("given", self.give)):
            for (partner, item, period), units in swapped.items():
                sums[name][at[partner], item, period] += units
        return sums

    def at(self, value: Any, period: str) -> float:
        """A PerPeriod value in one period."""
        return float(expand_to_periods(value, len(self.periods))[self.periods.index(period)])

    def before(self, period: str) -> str | None:
        """The period before another, if there is one."""
        position = self.periods.index(period)
        return self.periods[position - 1] if position else None

    def carried(self, key: Key) -> float:
        """Units of an item left at a place from the period before, or from the opening stock."""
        place, item, period = key
        before = self.before(period)
        held = self.stock[place, item, before] if before is not None else self.opening.get((place, item), 0.0)
        return (1 - self.items[item].loss) * held

    def backlog(self, key: Key) -> float:
        """Units that were short in the period before and are needed again."""
        place, item, period = key
        before = self.before(period)
        return 0.0 if before is None else self.find_need(item).carry_over * self.short[place, item, before]

    def read_needs(self) -> dict[Key, Row]:
        """The rows of the tables of supply and of requirements, with the columns of supply."""
        rows = {(row["county"], row["item"], row["period"]): row for row in self.rows["supply"]}
        return rows | {
            (row["county"], row["requirement"], row["period"]): {**row, "demand": row["need"], "served": row["met"]}
            for row in self.rows["requirements"]
        }

    def find_need(self, name: str) -> Item | Requirement:
        """The item or requirement of a need."""
        return self.items.get(name) or self.requirements[name]

    def arrival(self, link: str, period: str) -> str | None:
        """The period in which goods arrive that leave over a link; None if after the plan."""
        later = self.periods.index(period) + self.transit[link]
        return self.periods[later] if later < len(self.periods) else None

    def due(self, key: Key) -> float:
        """Units of a need that are due before the period ends; whole for an item in whole units that can be stored."""
        item, due = self.find_need(key[1]), self.find_need(key[1]).due.get(key[2])
        units = 0.0 if due is None else due.share * self.need[key]
        is_whole = isinstance(item, Item) and item.whole_units and item.storable
        return float(ceil(units - 1e-6)) if is_whole else units

    def past(self, period: str) -> bool:
        """Whether a period is past."""
        return self.problem.past is not None and period in self.problem.past.periods

    def tonnes(self, item: str, units: float) -> float:
        """Mass of so many units."""
        return self.items[item].kg_per_unit / 1000 * units

    def over(self, used: float, limit: float, size: float = 0.0) -> bool:
        """Whether a limit is passed by more than the tolerance."""
        return used > limit + self.tolerance * (1 + abs(limit) + size)

    def apart(self, left: float, right: float, size: float = 0.0) -> bool:
        """Whether two numbers differ by more than the tolerance."""
        return abs(left - right) > self.tolerance * (1 + abs(right) + size)

    def windows(self, settlement: str) -> list[tuple[str, ...]]:
        """The periods of each settlement window."""
        length = {"period": 1, "quarter": 3, "plan": len(self.periods)}[settlement]
        return [self.periods[n : n + length] for n in range(0, len(self.periods), length)]


def needs(problem: PlanningProblem) -> dict[Key, float]:
    """Rule 1 by hand: units needed by county, item or requirement, and period."""
    count = len(problem.periods)
    days = expand_to_periods(1.0 if problem.period_days is None else problem.period_days, count)
    found: dict[Key, float] = defaultdict(float)
    for county, heads in zip(problem.counties, list_heads(problem), strict=True):
        for need in problem.needs:
            yearly = 0.0
            for group, norm in need.norms.items():
                yearly += heads.get(group, 0.0) * norm
            for t, period in enumerate(problem.periods):
                share = days[t] / sum(days) if need.calendar == "even" else problem.calendars[need.calendar][t]
                found[county.id, need.id, period] = yearly * problem.years * share
    for row in problem.demand:
        for t, period in enumerate(problem.periods):
            found[row.county, row.item, period] = expand_to_periods(row.quantity, count)[t]
    for county in problem.counties:
        for item in problem.items:
            if item.whole_units:
                _round_need(found, [(county.id, item.id, period) for period in problem.periods])
    return found


def list_bands(policy: Policy) -> list[tuple[float, float]]:
    """Return width and weight of each band; without stated bands, from the utility gained by each piece of a need."""
    if policy.shortage_bands is not None:
        return [(band.width, band.weight) for band in policy.shortage_bands]
    alpha, count = policy.fairness.alpha, policy.fairness.pieces
    floor = 1 / (2 * count)

    def utility(share: float) -> float:
        above = max(share, floor)
        curved = log(above) if alpha == 1 else above ** (1 - alpha) / (1 - alpha)
        return float(curved + min(share - floor, 0.0) * floor**-alpha)

    gains = [utility(1 - k / count) - utility(1 - (k + 1) / count) for k in range(count)]
    return [(1 / count, gain / gains[0]) for gain in gains]


def _round_need(found: dict[Key, float], keys: list[Key]) -> None:
    """Round the sum up to whole units, and give the units that are missing to the largest remainders."""
    total = sum(found[key] for key in keys)
    whole = ceil(total - 1e-6)
    shares = {key: found[key] * whole / total if whole > 0 else 0.0 for key in keys}
    for key in keys:
        found[key] = float(floor(shares[key] + 1e-6))
    missing = max(whole, 0) - int(sum(found[key] for key in keys))
    for key in sorted(keys, key=lambda key: round(found[key] - shares[key], 6))[:missing]:
        found[key] += 1

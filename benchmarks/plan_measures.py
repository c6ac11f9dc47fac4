"""What makes a plan one that people sign, measured from the problem and the public tables of its plan alone."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

from models.plan import Plan
from models.problem.planning_problem import PlanningProblem

Row = dict[str, Any]
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlannedYear:
    """A problem, its plan and the rows of its tables."""

    problem: PlanningProblem
    plan: Plan
    rows: Mapping[str, Sequence[Row]]


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the table: a figure and what it must be."""

    name: str
    """What is measured."""
    must: str
    """What it must be, in words."""
    figure: float
    """What it is."""
    is_met: bool
    """Whether it is as it must be."""
    note: str = ""
    """Which goods, lines or problems fall short."""


def at_most(name: str, figure: float, most: float, note: str = "") -> Measure:
    """A measure that must not exceed a figure."""
    return Measure(name, f"≤ {most:g}", figure, figure <= most, note)


def at_least(name: str, figure: float, least: float, note: str = "") -> Measure:
    """A measure that must reach a figure."""
    return Measure(name, f"≥ {least:g}", figure, figure >= least, note)


def measure_crisis(crisis: PlannedYear) -> Iterator[Measure]:
    """The measures of a year in which much is short."""
    shares = sum_shares(crisis)
    yield at_most("crisis: Gini between counties within a good", compute_gini(crisis, shares), 0.02)
    uneven = [item for item, spread in compute_spreads(shares).items() if spread > 0.2]
    yield at_most("crisis: goods whose served share differs by over 20 points", len(uneven), 0, ", ".join(uneven))
    unserved = [row for row in list_needs(crisis) if row["served"] <= 1e-9 * row["demand"]]
    goods = sorted({f"{row['county']} {row['item']}" for row in unserved})
    yield at_most("crisis: county-item-months wholly unserved", len(unserved), 20, ", ".join(goods[:20]))
    given = find_goods_given_beyond_own(crisis)
    yield at_most("crisis: goods given beyond own make and opening stock", len(given), 0, ", ".join(given))


def measure_normal(normal: PlannedYear, without_smoothing: PlannedYear | None = None) -> Iterator[Measure]:
    """The measures of a year in which nothing needs to be short; the cost of levelling if given the same year with `smoothing: 0`."""
    short = [row for row in list_needs(normal) if row["shortage"] > 1e-6 * max(1.0, row["demand"])]
    goods = sorted({f"{row['county']} {row['item']}" for row in short})
    yield at_most("normal: county-item-months short after whole units", len(short), 0, ", ".join(goods[:20]))
    runs = list_running_periods(normal)
    once = sorted(line for line, periods in runs.items() if len(periods) == 1)
    names = ", ".join("/".join(line) for line in once[:10])
    yield at_most(f"normal: lines of {len(runs)} that run in one month", len(once), 10, names)
    yield at_least("normal: median months a used line runs", median(map(len, runs.values())), 10)
    periods = normal.problem.periods
    switches = [count_switches([period in running for period in periods]) for running in runs.values()]
    yield at_most("normal: median switches on and off", median(switches), 0.5)
    if without_smoothing is not None:
        yield at_most("normal: cost of levelling", compute_cost_of_levelling(normal, without_smoothing), 1.01)
    small = find_small_quotas(normal)
    yield at_most("normal: quotas below one lot or one unit", len(small), 0, ", ".join(small[:10]))
    in_time = compute_share_in_time(normal)
    yield at_least("normal: share of what is due early that is in store in time", in_time, 1 - 1e-6)


def list_needs(year: PlannedYear) -> list[Row]:
    """Rows of `supply` with a need."""
    return [row for row in year.rows["supply"] if row["demand"] > 1e-9]


def sum_shares(year: PlannedYear) -> dict[str, dict[str, tuple[float, float]]]:
    """Demand and served units over the year, by item and county."""
    sums: dict[str, dict[str, tuple[float, float]]] = defaultdict(dict)
    for row in list_needs(year):
        demand, served = sums[row["item"]].get(row["county"], (0.0, 0.0))
        sums[row["item"]][row["county"]] = demand + row["demand"], served + row["served"]
    return sums


def compute_gini(year: PlannedYear, shares: Mapping[str, Mapping[str, tuple[float, float]]]) -> float:
    """Gini coefficient of served shares between counties, weighted by need; mean over goods, weighted by the value needed."""
    values = {item.id: item.value for item in year.problem.items}
    total = weight = 0.0
    for item, by_county in shares.items():
        needed = sum(demand for demand, _ in by_county.values())
        served = sum(served for _, served in by_county.values())
        pairs = [(served / demand, demand) for demand, served in by_county.values()]
        apart = sum(abs(a - b) * u * v for a, u in pairs for b, v in pairs)
        if len(pairs) > 1:
            total += values[item] * needed * (apart / (2 * needed * served) if served else 0.0)
            weight += values[item] * needed
    return total / weight if weight else 0.0


def compute_spreads(shares: Mapping[str, Mapping[str, tuple[float, float]]]) -> dict[str, float]:
    """Greatest difference of the served share between two counties, by item."""
    served = {i: [part / demand for demand, part in by_county.values()] for i, by_county in shares.items()}
    return {item: max(parts) - min(parts) for item, parts in served.items()}


def find_goods_given_beyond_own(year: PlannedYear) -> list[str]:
    """Goods of which more is given in swaps over the year than is made in the region and in store at its beginning."""
    own, given = defaultdict[str, float](float), defaultdict[str, float](float)
    for row in year.rows["supply"]:
        own[row["item"]] += row["made"]
    for county in year.problem.counties:
        for item, stock in county.stocks.items():
            own[item] += stock.opening
    for row in year.rows["swaps"]:
        given[row["item"]] += row["given"]
    goods = {item.id for item in year.problem.items if item.kind == "good"}
    return sorted(i for i, units in given.items() if i in goods and units > own[i] * (1 + 1e-6) + 1e-6)


def list_running_periods(year: PlannedYear) -> dict[Key, set[str]]:
    """Periods with a quota, by factory, item and recipe, of the lines that are used."""
    runs: dict[Key, set[str]] = defaultdict(set)
    for row in year.rows["quotas"]:
        if row["quantity"] > 1e-9:
            runs[row["factory"], row["item"], row["recipe"]].add(row["period"])
    return runs


def count_switches(is_running: Sequence[bool]) -> int:
    """How often a line is switched on or off between two periods."""
    return sum(a != b for a, b in pairwise(is_running))


def compute_cost_of_levelling(year: PlannedYear, without_smoothing: PlannedYear) -> float:
    """Objective without the parts of smoothing, relative to the objective of the plan without smoothing."""
    smoothed, plain = year.plan.objective, without_smoothing.plan.objective
    if smoothed is None or plain is None:
        return float("inf")
    return (smoothed.value - smoothed.parts.rate_changes - smoothed.parts.left_over) / plain.value


def find_small_quotas(year: PlannedYear) -> list[str]:
    """Quotas below one lot of their line, or below one unit."""
    lots = {(f.id, line.item, line.recipe): line.lot or 1.0 for f in year.problem.factories for line in f.lines}
    return [
        f"{row['factory']}/{row['item']} {row['quantity']:g} in {row['period']}"
        for row in year.rows["quotas"]
        if 1e-9 < row["quantity"] < lots[row["factory"], row["item"], row["recipe"]] * (1 - 1e-9)
    ]


def compute_share_in_time(year: PlannedYear) -> float:
    """Value there in time as a share of the value due before a period ends; 1 where nothing is due."""
    values = {item.id: item.value for item in year.problem.items}
    due = [row for row in year.rows["supply"] if row["in_time"] is not None]
    needed = sum(values[row["item"]] * row["due"] for row in due)
    return sum(values[row["item"]] * row["in_time"] for row in due) / needed if needed else 1.0

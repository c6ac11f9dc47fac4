"""What substitutes and recipes change in a year of Ryanggang, as docs/explanation/substitutes.md tells it."""

from collections import defaultdict
from pathlib import Path

from tests.ryanggang import Planned

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "substitutes.md"

MEASURES = {
    "grain, % of the former norms": 0.7,
    "soap for washing, %": 0.7,
    "bowls, %": 0.7,
    "everyday footwear, %": 0.7,
    "fat for food, %": 0.7,
    "all other goods, % by value": 0.5,
    "laundry soap made, thousand pieces": 30.0,
    "of it from bran, thousand pieces": 30.0,
    "of it from soya, thousand pieces": 30.0,
    "paper made, tonnes": 15.0,
    "of it from straw, tonnes": 15.0,
    "noodles made, tonnes": 20.0,
    "of them from potatoes, tonnes": 20.0,
}
"""Figures of the page, with what each may differ: plans of the same worth may choose differently among goods of the same worth."""

GROUPS = {
    "grain, % of the former norms": "grain",
    "soap for washing, %": "washing",
    "bowls, %": "bowls",
    "everyday footwear, %": "footwear",
    "fat for food, %": "fat",
}


def read_effects() -> dict[str, tuple[float, float]]:
    """The figures of the page, without and with substitutes."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    cells = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| "))
    return {
        name: (float(figures[0].replace(",", "")), float(figures[1].replace(",", "")))
        for name, *figures in cells
        if name in MEASURES
    }


def measure_effects(before: Planned, after: Planned) -> dict[str, tuple[float, float]]:
    """The same figures of two plans of one year, of Ryanggang without and with substitutes."""
    provides = {item.id: item.provides for item in after.problem.items}
    found: dict[str, tuple[float, float]] = {}
    for name, requirement in GROUPS.items():
        units = {item: own[requirement] for item, own in provides.items() if requirement in own}
        needed = _sum_supply(before, "demand", units)
        found[name] = (
            100 * _sum_supply(before, "served", units) / needed,
            100 * (_sum_supply(after, "served", units) + _sum_supply(after, "extra", units)) / needed,
        )
    others = {item.id: item.value for item in before.problem.items if not provides[item.id]}
    served = [_sum_supply(plan, "served", others) / _sum_supply(plan, "demand", others) for plan in (before, after)]
    found["all other goods, % by value"] = (100 * served[0], 100 * served[1])
    made = [_sum_made(plan) for plan in (before, after)]
    for name, items, recipe, divisor in (
        ("laundry soap made, thousand pieces", ("laundry-soap",), None, 1000),
        ("of it from bran, thousand pieces", ("laundry-soap",), "from bran", 1000),
        ("of it from soya, thousand pieces", ("laundry-soap",), "from soya", 1000),
        ("paper made, tonnes", ("writing-paper", "wrapping-paper"), None, 1000),
        ("of it from straw, tonnes", ("writing-paper", "wrapping-paper"), "from straw", 1000),
        ("noodles made, tonnes", ("dried-noodles",), None, 1000),
        ("of them from potatoes, tonnes", ("dried-noodles",), "from potatoes", 1000),
    ):
        sums = [
            sum(units for (item, way), units in one.items() if item in items and recipe in (None, way)) for one in made
        ]
        found[name] = (sums[0] / divisor, sums[1] / divisor)
    return found


def _sum_supply(planned: Planned, column: str, units: dict[str, float]) -> float:
    return float(sum(units[row["item"]] * row[column] for row in planned.rows["supply"] if row["item"] in units))


def _sum_made(planned: Planned) -> dict[tuple[str, str], float]:
    made: dict[tuple[str, str], float] = defaultdict(float)
    for row in planned.rows["quotas"]:
        made[row["item"], row["recipe"]] += row["quantity"]
    return made

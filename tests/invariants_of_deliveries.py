"""Invariants of deliveries: what is traced from sources to users adds up to the flows of the plan, with the right quality."""

from collections import defaultdict
from collections.abc import Iterator

from tests.plan_reading import Key, Reading

MANY_ROWS = 100
"""Amounts too small to be traced may be missing in this many rows of a sum."""


def check_deliveries_invariant(r: Reading) -> Iterator[str]:
    """Deliveries: sums by user are what is served, used and given; sums by source are what is made, handed over and taken."""
    by_use: dict[str, dict[Key, float]] = defaultdict(lambda: defaultdict(float))
    by_source: dict[str, dict[Key, float]] = defaultdict(lambda: defaultdict(float))
    for row in r.rows.get("deliveries", ()):
        by_use[row["use"]][row["to"], row["item"], row["period"]] += row["quantity"]
        by_source[row["source"]][row["from"], row["item"]] += row["quantity"]
    for name, found, expected in (
        ("people", by_use["people"], _handed_out(r)),
        ("material", by_use["material"], _materials(r)),
        ("swap", by_use["swap"], r.give),
        ("factory", by_source["factory"], _over_periods(r.make)),
        ("centre", by_source["centre"], _over_periods(r.central)),
        ("partner", by_source["partner"], _over_periods(r.take)),
    ):
        for key in found.keys() | expected.keys():
            left, right = found.get(key, 0.0), expected.get(key, 0.0)
            if r.apart(left, right, MANY_ROWS):
                yield f"{name} {key}: {left} delivered, {right} in the flows"


def check_quality_invariant(r: Reading) -> Iterator[str]:
    """Quality: of the lines in the condition of their factory, 1 for all other goods, and its mean weighted by value."""
    made = _qualities(r)
    value = {item.id: item.value or 1.0 for item in r.problem.items}
    weights: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in r.rows.get("deliveries", ()):
        expected = made.get((row["from"], row["item"]), 1.0) if row["source"] == "factory" else 1.0
        if r.apart(row["quality"], expected):
            yield f"quality of {row['item']} from {row['from']}: {row['quality']}, not {expected}"
        if row["use"] == "people":
            worth = value[row["item"]] * row["quantity"]
            for key in ("all", f"county {row['to']}", f"source {row['source']}"):
                weights[key][0] += worth
                weights[key][1] += worth * expected
    quality = r.plan.summary.quality if r.plan.summary is not None else None
    if quality is None:
        return
    reported = {"all": quality.quality}
    reported |= {f"county {one.key}": one.quality for one in quality.by_county}
    reported |= {f"source {one.key}": one.quality for one in quality.by_source}
    for key in reported.keys() | weights.keys():
        worth, good = weights[key]
        if key not in reported or r.apart(reported[key] * worth, good):
            yield f"mean quality of {key}: {reported.get(key)}, not {good} of {worth}"


def _qualities(r: Reading) -> dict[tuple[str, str], float]:
    """Quality of what each factory makes of an item: the mean of its recipes, weighted by what they make in the plan."""
    totals: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for factory in r.problem.factories:
        for line in factory.lines:
            made = sum(r.quota[factory.id, line.item, line.recipe, period] for period in r.periods)
            totals[factory.id, line.item].append((made, line.quality * (1 - 0.5 * (1 - factory.condition))))
    return {
        key: sum(made * quality for made, quality in recipes) / sum(made for made, _ in recipes)
        if any(made for made, _ in recipes)
        else recipes[0][1]
        for key, recipes in totals.items()
    }


def _handed_out(r: Reading) -> dict[Key, float]:
    """Units of each item that people get in each county and period: served, and handed out beyond."""
    keys = {*r.served, *r.extra}
    return {key: r.served.get(key, 0.0) + r.extra[key] for key in sorted(keys) if key[1] in r.items}


def _materials(r: Reading) -> dict[Key, float]:
    """Units of each material that each factory uses in each period."""
    used: dict[Key, float] = defaultdict(float)
    for factory in r.problem.factories:
        for line in factory.lines:
            for material, use in line.materials.items():
                for period in r.periods:
                    used[factory.id, material, period] += use * r.quota[factory.id, line.item, line.recipe, period]
    return used


def _over_periods(flows: dict[Key, float]) -> dict[Key, float]:
    """Flows by party and item, summed over the periods."""
    sums: dict[Key, float] = defaultdict(float)
    for (party, item, _), units in flows.items():
        sums[party, item] += units
    return sums

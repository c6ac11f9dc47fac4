"""The laws about shortage, worth and whole numbers; `tests/invariants.py` runs them with the others."""

from collections import defaultdict
from collections.abc import Iterator

from models.problem.policy import Policy
from tests.plan_reading import Key, Reading


def law_bands(r: Reading) -> Iterator[str]:
    """Rule 11: no more is short than the bands are wide."""
    width = sum(band.width for band in r.problem.policy.shortage_bands)
    for key, units in r.short.items():
        if r.over(units, min(width, 1.0) * r.need[key]):
            yield f"bands {key}: {units} short of {r.need[key]}, bands {width} wide"


def law_objective(r: Reading) -> Iterator[str]:
    """The objective is the sum of its parts, and each part is what the tables say."""
    assert r.plan.objective is not None
    parts = r.plan.objective.parts
    found = {"shortage": _shortage(r), "making": 0.0, "haulage": 0.0, "holding": 0.0, "quality": 0.0}
    for factory in r.problem.factories:
        for line in factory.lines:
            made = sum(r.make[factory.id, line.item, period] for period in r.periods)
            found["making"] += line.cost_per_unit * made
            missing = r.items[line.item].value * (1 - line.quality) * made
            found["quality"] += r.problem.policy.quality_weight * missing
    links = {link.id: link for link in r.problem.links}
    for key, units in r.ship.items():
        link = links[key[0]]
        found["haulage"] += (link.cost_per_tonne + link.cost_per_tonne_km * link.km) * r.tonnes(key[3], units)
    found["holding"] = sum(r.items[item].holding_cost * held for (_, item, _), held in r.stock.items())
    for name, won in found.items():
        stated = getattr(parts, name)
        if name == "shortage" and r.problem.policy.goals:
            if r.over(won, stated):
                yield f"objective shortage: {stated} stated, {won} if the cheapest bands fill first"
        elif r.apart(stated, won):
            yield f"objective {name}: {stated} stated, {won} by the tables"
    total = parts.shortage + parts.making + parts.haulage + parts.holding + parts.quality
    if r.apart(r.plan.objective.value, total):
        yield f"objective: {r.plan.objective.value} stated, its parts are {total}"


def _shortage(r: Reading) -> float:
    """Weighted shortage with the bands of least weight filled first."""
    policy = r.problem.policy
    weights = {**Policy().priority_weights, **policy.priority_weights}
    by_priority = {1: weights["1"], 2: weights["2"], 3: weights["3"]}
    total = 0.0
    for key, units in r.short.items():
        item, left = r.items[key[1]], units
        for band in sorted(policy.shortage_bands, key=lambda band: band.weight):
            taken = min(left, band.width * r.need[key])
            left -= taken
            total += taken * band.weight * by_priority[item.priority] * item.value * r.at(item.importance, key[2])
    return total


def law_whole_units(r: Reading) -> Iterator[str]:
    """Quotas of items counted in pieces are whole numbers; what was made in the past is what it is."""
    past = () if r.problem.past is None else r.problem.past.periods
    for key, units in r.make.items():
        if key[2] not in past and r.items[key[1]].whole_units and abs(units - round(units)) > 1e-9 * max(1.0, units):
            yield f"whole_units {key}: {units}"


LEAST = ("local_floor", "line_least", "stock_least")
"""Rules that ask for at least so much."""


BY_QUOTAS = ("machine", "labour", "line_least", "line_most")
"""Rules whose use follows from the quotas alone."""


def law_capacity(r: Reading) -> Iterator[str]:
    """No row of the capacity table passes its limit, prices are gains, and only a limit in full use has one."""
    for row in r.rows["capacity"]:
        used, limit = (row["limit"], row["used"]) if row["rule"] in LEAST else (row["used"], row["limit"])
        if r.over(used, limit):
            yield f"capacity {row}: past its limit"
        if r.over(-row["price"], 0):
            yield f"capacity {row}: more of it would hurt"
        rounded = r.plan.rounding_cost is not None or r.problem.policy.goals  # their prices are of another point
        if not rounded and row["price"] > r.tolerance and r.over(limit, used):
            yield f"capacity {row}: a price although some of it is left"
    used_by = _used_by_factories(r)
    for row in r.rows["capacity"]:
        key = (row["rule"], row["id"], row["part"], row["period"])
        if row["rule"] in BY_QUOTAS and r.apart(row["used"], used_by[key]):
            yield f"capacity {row}: {used_by[key]} used by the quotas"


def _used_by_factories(r: Reading) -> dict[Key, float]:
    """Machine hours, labour and quotas by rule, id, part and period of the capacity table."""
    used: dict[Key, float] = defaultdict(float)
    for factory in r.problem.factories:
        for line in factory.lines:
            for period in r.periods:
                units = r.make[factory.id, line.item, period]
                for group, hours in line.hours_per_unit.items():
                    used["machine", factory.id, group, period] += hours * units
                used["labour", factory.place, "", period] += line.labour_hours_per_unit * units
                used["line_least", factory.id, line.item, period] = units
                used["line_most", factory.id, line.item, period] = units
    return used


def law_own_needs_first(r: Reading, without_swaps: Reading) -> Iterator[str]:
    """Rule 9: with swaps no county is shorter of any good than in the plan without them."""
    short: dict[Key, float] = defaultdict(float, r.short)
    for key in short:
        if r.over(short[key], without_swaps.short[key]):
            yield f"own_needs_first {key}: {short[key]} short, {without_swaps.short[key]} without swaps"

"""Invariants of requirements: what people take meets them, within the most that people take and the shares of a basket."""

from collections.abc import Iterator
from typing import Any

from models.base import expand_to_periods
from tests.plan_reading import Key, Reading


def check_requirement_invariant(r: Reading) -> Iterator[str]:
    """What people take provides the need and backlog of a requirement less its shortage, and what is over."""
    over = {(row["county"], row["requirement"], row["period"]): row["over"] for row in r.rows["requirements"]}
    for county, name, period in _iterate_cells(r):
        key = (county, name, period)
        most = _limit(r, county, r.requirements[name].most, period)
        provided, need = _sum_provided(r, key), r.need[key] + r.backlog(key)
        if (need or most is not None) and r.apart(provided, need - r.short[key] + over.get(key, 0.0), need):
            yield f"requirement {key}: {provided} for a need of {need}, {r.short[key]} short, {over.get(key)} over"
        if most is not None and r.over(provided, max(most, r.need[key]) + r.backlog(key)) and not r.past(period):
            yield f"requirement {key}: {provided} of {most} at most"


def check_taken_invariant(r: Reading) -> Iterator[str]:
    """What people take of an item is at most what they take, or their own need."""
    for county in r.problem.counties:
        for item in r.problem.items:
            for period in r.periods:
                key = (county.id, item.id, period)
                most = _limit(r, county.id, item.most_per_head, period)
                if most is None or r.past(period):
                    continue
                limit = max(most, r.need[key]) + r.backlog(key)
                if r.over(r.served.get(key, 0.0) + r.extra[key], limit):
                    yield f"taken {key}: {r.served.get(key, 0.0)} served and {r.extra[key]} extra of {limit}"


def check_basket_share_invariant(r: Reading) -> Iterator[str]:
    """An item has its share of what people take to meet a requirement."""
    for county, name, period in _iterate_cells(r):
        is_needed = any(r.need[county, name, t] for t in r.periods)
        if r.past(period) or not (is_needed or _is_needed_nowhere(r, name)):
            continue
        total = _sum_provided(r, (county, name, period))
        for item, share in r.requirements[name].shares.items():
            key = (county, item, period)
            part = r.items[item].provides[name] * (r.served.get(key, 0.0) + r.extra[key])
            if r.over(share.least * total, part, total) or r.over(part, share.most * total, total):
                yield f"basket_share {(name, *key)}: {part} of {total}, not within {share.least} and {share.most}"


def check_baskets_invariant(r: Reading) -> Iterator[str]:
    """The table of baskets shows what is served and handed out beyond own needs, and what it provides."""
    for row in r.rows["baskets"]:
        key = (row["county"], row["item"], row["period"])
        units = r.served.get(key, 0.0) + r.extra[key]
        provided = r.items[row["item"]].provides[row["requirement"]] * units
        if r.apart(row["served"] + row["extra"], units) or r.apart(row["provided"], provided):
            yield f"baskets {key}: {row['served']} + {row['extra']} of {units} provide {row['provided']}"


def _iterate_cells(r: Reading) -> Iterator[Key]:
    for county in r.problem.counties:
        for name in r.requirements:
            yield from ((county.id, name, period) for period in r.periods)


def _is_needed_nowhere(r: Reading, name: str) -> bool:
    return not any(r.need[county.id, name, t] for county in r.problem.counties for t in r.periods)


def _sum_provided(r: Reading, key: Key) -> float:
    county, name, period = key
    total = 0.0
    for item in r.problem.items:
        taken = r.served.get((county, item.id, period), 0.0) + r.extra[county, item.id, period]
        total += item.provides.get(name, 0.0) * taken
    return total


def _limit(r: Reading, county: str, by_group: dict[str, Any], period: str) -> float | None:
    """The greatest amount per head in a period; None without one in the county."""
    heads = r.heads[county]
    if not any(group in heads for group in by_group):
        return None
    stated = 1.0 if r.problem.period_days is None else r.problem.period_days
    days = sum(expand_to_periods(stated, len(r.periods)))
    yearly = sum(heads.get(group, 0.0) * amount for group, amount in by_group.items())
    return float(yearly * r.problem.years * r.at(stated, period) / days)

"""Invariants of plans in whole units, in lots and in least runs; imports nothing from `solvers`."""

from collections.abc import Iterator

from tests.plan_reading import Reading


def check_whole_units_invariant(r: Reading) -> Iterator[str]:
    """Future amounts of items in whole units are integers, and less than one unit is discarded."""
    at = {
        "given": r.give,
        "taken": r.take,
        "central": r.central,
        "stock": r.stock,
        "short": r.short,
        "extra": r.extra,
    }
    amounts = {name: {key: (key[1], key[2], units) for key, units in found.items()} for name, found in at.items()}
    amounts["made"] = {key: (key[1], key[3], units) for key, units in r.quota.items()}
    amounts["shipped"] = {key: (key[3], key[4], units) for key, units in r.ship.items()}
    for name, found in amounts.items():
        for key, (item, period, units) in found.items():
            if item in r.items and r.items[item].whole_units and not r.past(period) and not _is_whole(units):
                yield f"whole_units {name} {key}: {units}"
    for key, units in r.discarded.items():
        if r.over(units, 1) or r.over(-units, 0) or (units > 0 and not r.items[key[1]].whole_units):
            yield f"whole_units discarded {key}: {units}"


def check_lots_invariant(r: Reading) -> Iterator[str]:
    """Future quotas are multiples of the lot, and 0 or at least the smallest run."""
    for factory in r.problem.factories:
        for line in factory.lines:
            for period in (p for p in r.periods if not r.past(p)):
                units = r.quota[factory.id, line.item, line.recipe, period]
                if line.lot is not None and not _is_whole(units / line.lot):
                    yield f"lots {(factory.id, line.item, period)}: {units} in lots of {line.lot}"
                if units > r.tolerance and r.over(line.least_run, units):
                    yield f"lots {(factory.id, line.item, period)}: {units} of at least {line.least_run}"


def _is_whole(units: float) -> bool:
    return abs(units - round(units)) <= 1e-9 * max(1.0, abs(units))

"""Invariants of what happens over time, recomputed in plain loops that import nothing from `solvers`."""

from collections.abc import Iterator

from tests.plan_reading import Key, Reading, list_bands


def check_due_invariant(r: Reading) -> Iterator[str]:
    """What is due before the end of a period is there by then or short, and the supply table says so."""
    stated = r.read_needs()
    for key in {*r.need, *stated}:
        due = r.find_need(key[1]).due.get(key[2])
        units = r.due(key)
        row = stated.get(key, {"due": None, "in_time": None})
        if units == 0 or due is None:
            if row["due"] is not None or row["in_time"] is not None:
                yield f"due {key}: {row['due']} due and {row['in_time']} in time where nothing is due"
            continue
        there = _sum_there(r, key, due.by)
        if not r.past(key[2]) and r.over(units, there + r.short[key]):
            yield f"due {key}: {there} there in time of {units}, {r.short[key]} short"
        if r.apart(row["due"], units) or r.apart(row["in_time"], min(units, max(there, 0.0))):
            yield f"due {key}: {row['due']} due and {row['in_time']} in time stated; it is {units} and {there}"


def _sum_there(r: Reading, key: Key, by: float) -> float:
    """What is there when a part of a period is over: of a requirement, what the items that are there provide."""
    if key[1] in r.requirements:
        return sum(
            item.provides.get(key[1], 0.0) * _sum_there(r, (key[0], item.id, key[2]), by) for item in r.problem.items
        )
    arrived = r.central[key] + sum(r.flows[name][key] for name in ("made", "arrived", "taken"))
    return r.carried(key) + by * (arrived - sum(r.flows[name][key] for name in ("used", "sent", "given")))


def check_bands_invariant(r: Reading) -> Iterator[str]:
    """Shortage is at most the total width of the bands."""
    width = sum(width for width, _ in list_bands(r.problem.policy))
    for key, units in r.short.items():
        need = r.need[key] + r.backlog(key)
        if r.over(units, min(width, 1.0) * need):
            yield f"bands {key}: {units} short of {need}, bands {width} wide"


def check_shortage_width_invariant(r: Reading) -> Iterator[str]:
    """A need is never served more than whole; what is served over the plan and what is never served are the demand."""
    unmet, demand = {True: 0.0, False: 0.0}, {True: 0.0, False: 0.0}
    for key in {*r.need, *r.short}:
        item, is_good = r.find_need(key[1]), key[1] in r.items
        if r.over(r.short[key], r.need[key] + r.backlog(key)):
            yield f"shortage_width {key}: {r.short[key]} short of {r.need[key]} and a backlog of {r.backlog(key)}"
        lost = 1.0 if key[2] == r.periods[-1] else 1 - item.carry_over
        demand[is_good] += (item.value or 1.0) * r.need[key]
        unmet[is_good] += (item.value or 1.0) * lost * r.short[key]
    summary = r.plan.summary
    assert summary is not None
    met = summary.requirements.served_share if summary.requirements is not None else 1.0
    for is_good, stated in ((True, summary.served_share), (False, met)):
        share = 1 - unmet[is_good] / demand[is_good] if demand[is_good] else 1.0
        if r.apart(stated, share):
            yield f"shortage_width: {stated} of the demand served, {share} by the table"


def check_served_least_invariant(r: Reading) -> Iterator[str]:
    """At least the stated amount of a need is served; more than the demand of the period counts as the demand."""
    for row in r.problem.served_least:
        for period in r.periods:
            key = (row.county, row.item, period)
            least = min(r.at(row.quantity, period), r.need[key])
            served = r.need[key] + r.backlog(key) - r.short[key]
            if not r.past(period) and r.over(least, served):
                yield f"served_least {key}: {served} served of at least {least}"


def check_transit_invariant(r: Reading) -> Iterator[str]:
    """Shipments arrive when their link says, and what is under way at the end is counted."""
    tonnes = value = 0.0
    for row in r.rows["shipments"]:
        arrival = r.arrival(row["link"], row["period"])
        if row["arrives"] != (arrival or ""):
            yield f"transit {row}: arrives in {arrival or 'no period of the plan'}"
        if arrival is None:
            tonnes += r.tonnes(row["item"], row["quantity"])
            value += r.items[row["item"]].value * row["quantity"]
    summary = r.plan.summary
    assert summary is not None
    if r.apart(summary.tonnes_under_way, tonnes) or r.apart(summary.value_under_way, value):
        yield f"transit: {summary.tonnes_under_way} t under way stated, {tonnes} t by the table"

"""Invariants of what happens over time, recomputed in plain loops that import nothing from `solvers`."""

from collections.abc import Iterator

from tests.plan_reading import Reading


def check_due_invariant(r: Reading) -> Iterator[str]:
    """What is due before the end of a period is there by then or short, and the supply table says so."""
    stated = {(row["county"], row["item"], row["period"]): row for row in r.rows["supply"]}
    for key in {*r.need, *stated}:
        due = r.items[key[1]].due.get(key[2])
        units = 0.0 if due is None else due.share * r.need[key]
        row = stated.get(key, {"due": None, "in_time": None})
        if units == 0 or due is None:
            if row["due"] is not None or row["in_time"] is not None:
                yield f"due {key}: {row['due']} due and {row['in_time']} in time where nothing is due"
            continue
        arrived = r.central[key] + sum(r.flows[name][key] for name in ("made", "arrived", "taken"))
        there = r.carried(key) + due.by * (arrived - sum(r.flows[name][key] for name in ("used", "sent", "given")))
        if not r.past(key[2]) and r.over(units, there + r.short[key]):
            yield f"due {key}: {there} there in time of {units}, {r.short[key]} short"
        if r.apart(row["due"], units) or r.apart(row["in_time"], min(units, max(there, 0.0))):
            yield f"due {key}: {row['due']} due and {row['in_time']} in time stated; it is {units} and {there}"

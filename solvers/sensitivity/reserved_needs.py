"""Needs of which one problem reserves another amount than the other, with their shortage in both plans."""

import numpy as np

from models.comparisons import ReservedNeed
from solvers.sensitivity.session import SensitivitySession

Location = tuple[str, str, str]
"""County, item and period."""

MAX_RESERVED_NEEDS = 200
"""Maximum number of needs."""


def list_reserved_needs(before: SensitivitySession, after: SensitivitySession) -> tuple[ReservedNeed, ...]:
    """List the needs whose least amount served differs between two problems."""
    old, new = (_index_least_amounts(session) for session in (before, after))
    changed = [location for location in {**new, **old} if new.get(location, 0.0) != old.get(location, 0.0)]
    units = {item.id: item.unit for session in (before, after) for item in session.arrays.problem.needs}
    return tuple(
        ReservedNeed(
            county=county,
            item=item,
            period=period,
            unit=units[item],
            before=sum_shortage(before, (county, item, period)),
            after=sum_shortage(after, (county, item, period)),
        )
        for county, item, period in changed[:MAX_RESERVED_NEEDS]
    )


def sum_shortage(session: SensitivitySession, location: Location) -> float:
    """Return the shortage of a need in the plan before rounding, in units; 0 for a need that the problem does not have."""
    short, labels = session.program.variables["short"], session.arrays.labels
    named = list(zip(("place", "item", "period"), ("county", "item", "period"), location, strict=True))
    if any(name not in labels[kind] for _, kind, name in named):
        return 0.0
    here = np.logical_and.reduce([short.axes[axis] == labels[kind].index(name) for axis, kind, name in named])
    return float(session.plan_values[short.positions[here]].sum())


def _index_least_amounts(session: SensitivitySession) -> dict[Location, float]:
    """Return the least amounts above 0, in units, by county, item and period."""
    least = session.arrays.served_least
    county, item, period = (session.arrays.labels[kind] for kind in ("county", "item", "period"))
    return {(county[c], item[i], period[t]): float(least[c, i, t]) for c, i, t in np.argwhere(least > 0).tolist()}

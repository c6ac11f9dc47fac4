"""Reservations: least amounts of one need that keep its shortage down in every plan.

    served[s] ≥ q[s]  for periods s up to that of the shortage   ⇒   short[t] ≤ bound[t]
    bound[s] = d[s] + κ · bound[s − 1] − q[s]

What a plan serves of the need is reserved as far as a least amount can be stated, which is up to the demand of its period
(`served_least`). Without a backlog one amount suffices, q[t] = d[t] − short[t]. With a backlog, what is served in the periods before
counts as well.
"""

from dataclasses import dataclass

import numpy as np

from models.changes.change import Change
from solvers.data.backlog import compute_greatest_needs
from solvers.data.problem_arrays import ProblemArrays
from solvers.data.whole_unit_limits import round_down, round_up
from solvers.lp.linear_program import FloatArray

NEGLIGIBLE_SHARE = 1e-9
"""A smaller share of a demand is noise."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """Least amounts of a need by period, and the shortage that they permit at most."""

    changes: tuple[Change, ...]
    """The changes that reserve the amounts, one for each period."""
    after: float
    """Greatest shortage that a plan with these amounts can have, in units."""


def build_reservation(
    arrays: ProblemArrays, codes: tuple[int, int, int], served: FloatArray, target: float | None = None
) -> Reservation | None:
    """Return the reservation of what a plan serves; None if there is nothing to reserve.

    Parameters
    ----------
    codes
        Positions of county, item and period.
    served
        Units served in each period, (T,). Of an item in whole units, whole units count.
    target
        Shortage in units that the amounts permit. They are raised to it, first in the last period, or lowered in that period.
    """
    county, item, period = codes
    demand, carry_over = arrays.demand[county, item], float(arrays.items.carry_over[item])
    is_whole = bool(arrays.items.is_whole_units[item])
    span, before = _find_span(arrays, codes)
    least = np.clip(round_down(served) if is_whole else served, arrays.served_least[county, item], demand)
    if target is not None:
        spare = target - _bound_shortage(demand, least, carry_over, before, span)
        least[period] = max(least[period] - max(spare, 0.0), arrays.served_least[county, item, period])
    most = np.inf if target is None else target
    for s in reversed(span):
        excess = _bound_shortage(demand, least, carry_over, before, span) - most
        if excess > NEGLIGIBLE_SHARE * (1 + demand[period]):
            missing = excess / carry_over ** (period - s)
            least[s] = min(demand[s], least[s] + (float(round_up(np.array(missing))) if is_whole else missing))
    reserved = [s for s in span if least[s] > NEGLIGIBLE_SHARE * (1 + demand[s])]
    if period < arrays.past.period_count or not reserved:
        return None
    where = f"{arrays.labels['county'][county]}/{arrays.labels['item'][item]}"
    changes = tuple(
        Change(what="served_least", where=where, periods=(arrays.labels["period"][s],), value=float(least[s]))
        for s in reserved
    )
    return Reservation(changes, _bound_shortage(demand, least, carry_over, before, span))


def compute_past_shortage(arrays: ProblemArrays, codes: tuple[int, int, int]) -> float:
    """Return the units short of a need that no reservation reaches: what the past periods left, with all later demand served."""
    county, item, _ = codes
    demand, carry_over = arrays.demand[county, item], float(arrays.items.carry_over[item])
    span, before = _find_span(arrays, codes)
    return _bound_shortage(demand, demand, carry_over, before, span)


def _find_span(arrays: ProblemArrays, codes: tuple[int, int, int]) -> tuple[range, float]:
    """Return the periods whose least amounts count for a shortage, and the units short before them."""
    county, item, period = codes
    if compute_greatest_needs(arrays)[county, item, period] <= arrays.demand[county, item, period]:
        return range(period, period + 1), 0.0
    first = arrays.past.period_count
    return range(first, period + 1), float(arrays.past.short[county, item, first - 1]) if first else 0.0


def _bound_shortage(demand: FloatArray, least: FloatArray, carry_over: float, before: float, span: range) -> float:
    """Return the greatest shortage of the last period of a span, in units, with `before` units short before it."""
    bound = before
    for s in span:
        bound = max(demand[s] + carry_over * bound - least[s], 0.0)
    return float(bound)

"""The books of the past: what must have become of a plan when other amounts were made than it asked for.

Outputs are known; what moved, was swapped and was handed over is taken as planned as far as the outputs allow. Period by period,
at every place and for every item, what is missing falls

    1. on the stock at the end of the period (a reserve asked for by the plan is drawn on too),
    2. then on the people there: what is short grows, up to their whole need,
    3. then on what was to be given in swaps,
    4. then on what was to be sent on, every shipment cut in the same proportion; which is then missing where it was to go.

What is over first serves what was to be short there, then goes into store; what cannot be stored is lost. What factories used
and nobody can have brought is booked as unexplained: they reported more than their materials allow.
"""

from dataclasses import dataclass, replace

import numpy as np

from solvers.data.past_arrays import PastArrays
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import FloatArray

ROUNDING_TOLERANCE = 1e-9
"""Amounts below this, relative to 1 and what there was, are rounding."""

MAX_ROUNDS = 1000
"""How often cuts are handed on within a period; goods sent in circles need several, others no more than there are places."""


@dataclass(frozen=True, slots=True)
class ReconciledPast:
    """The past of a plan as it must have been; shapes as in `Past`: N places, I items, K past periods."""

    past: PastArrays
    """What happened."""
    lost: FloatArray
    """Units over that could not be kept, (N, I, K)."""
    unexplained: FloatArray
    """Units used that nobody can have brought, (N, I, K)."""


def reconcile_past(arrays: ProblemArrays, plan: PastArrays, make: FloatArray) -> ReconciledPast:
    """Book the first K periods of a plan (arrays over all periods) in which `make`, (L, K), was really made."""
    count = make.shape[1]
    past = replace(PastArrays.create_empty(arrays.labels, count), make=make)
    shape = (len(arrays.labels["place"]), len(arrays.labels["item"]), count)
    lost, unexplained = np.zeros(shape), np.zeros(shape)
    carried_stock = arrays.items.carryover_share * arrays.places.opening_stock
    for t in range(count):
        reconciliation = _PeriodReconciliation(
            arrays, plan, t, _compute_available(arrays, plan, make[:, t], carried_stock, t)
        )
        unexplained[:, :, t] = reconciliation.reconcile_period()
        for name in ("ship", "give", "stock", "short"):
            getattr(past, name)[..., t] = getattr(reconciliation, name)
        past.central[..., t], past.take[..., t] = plan.central[..., t], plan.take[..., t]
        lost[:, :, t] = reconciliation.lost
        carried_stock = arrays.items.carryover_share * reconciliation.stock
    return ReconciledPast(past, lost, unexplained)


def _compute_available(
    arrays: ProblemArrays, plan: PastArrays, make: FloatArray, carried_stock: FloatArray, t: int
) -> FloatArray:
    """What there is at each place before anything is sent or given, less what factories used, (N, I)."""
    lines = arrays.lines
    available = plan.central[:, :, t].copy()
    available[: arrays.places.county_count] += carried_stock
    np.add.at(available, (lines.place, lines.item), make)
    used = lines.use_units * make[lines.use_line]
    np.subtract.at(available, (lines.place[lines.use_line], lines.use_item), used)
    np.add.at(available, arrays.partners.place, plan.take[:, :, t])
    return available


class _PeriodReconciliation:
    """One period being booked."""

    def __init__(self, arrays: ProblemArrays, plan: PastArrays, t: int, available: FloatArray) -> None:
        """Begin with what was planned to leave, and what there is."""
        self._arrays = arrays
        self._available = available
        self._county_count = arrays.places.county_count
        self._need = arrays.demand[:, :, t]
        self._max_short = self._need * min(1.0, float(arrays.band_width.sum()))
        self._planned_stock, self._planned_short = plan.stock[:, :, t], plan.short[:, :, t]
        self.ship = plan.ship[:, :, t].copy()
        self.give = plan.give[:, :, t].copy()
        self.stock = self._planned_stock
        self.short = self._planned_short
        self.lost = np.zeros_like(available)

    def reconcile_period(self) -> FloatArray:
        """Hand cuts on until nothing is missing; what nobody can have brought, (N, I)."""
        for _ in range(MAX_ROUNDS):
            missing = self._update_stock_and_shortage()
            if not (missing > ROUNDING_TOLERANCE * (1 + np.abs(self._available))).any():
                return np.zeros_like(missing)
            remaining = self._reduce_swaps(missing)
            if not self._reduce_shipments(remaining).any() and not (remaining < missing).any():
                break
        return self._update_stock_and_shortage()

    def _update_stock_and_shortage(self) -> FloatArray:
        """Stock and shortage as the flows now allow; what is still missing at each place, (N, I)."""
        arrays, counties = self._arrays, self._county_count
        balance = self._available.copy()
        np.add.at(balance, arrays.arcs.head, self.ship)
        np.subtract.at(balance, arrays.arcs.tail, self.ship)
        np.subtract.at(balance, arrays.partners.place, self.give)
        change = balance[:counties] - (self._need - self._planned_short + self._planned_stock)
        less, more = np.maximum(-change, 0.0), np.maximum(change, 0.0)
        from_stock = np.minimum(less, self._planned_stock)
        from_people = np.minimum(less - from_stock, np.maximum(self._max_short - self._planned_short, 0.0))
        to_people = np.minimum(more, self._planned_short)
        to_stock = np.where(arrays.items.is_storable, more - to_people, 0.0)
        self.stock = self._planned_stock - from_stock + to_stock
        self.short = self._planned_short + from_people - to_people
        missing = np.maximum(-balance, 0.0)
        missing[:counties] = less - from_stock - from_people
        self.lost = np.maximum(balance, 0.0)
        self.lost[:counties] = more - to_people - to_stock
        return missing

    def _reduce_swaps(self, missing: FloatArray) -> FloatArray:
        """Give less in swaps where something is missing; what is missing then, (N, I)."""
        place = self._arrays.partners.place
        given = np.zeros_like(missing)
        np.add.at(given, place, self.give)
        cut = np.minimum(missing, given)
        self.give = self.give * (1.0 - _divide_or_zero(cut, given))[place]
        return np.asarray(missing - cut)

    def _reduce_shipments(self, missing: FloatArray) -> FloatArray:
        """Send less from where something is missing; where something was cut, (N, I)."""
        tail = self._arrays.arcs.tail
        sent = np.zeros_like(missing)
        np.add.at(sent, tail, self.ship)
        cut = np.minimum(missing, sent)
        self.ship = self.ship * (1.0 - _divide_or_zero(cut, sent))[tail]
        return np.asarray(cut > 0)


def _divide_or_zero(part: FloatArray, whole: FloatArray) -> FloatArray:
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)

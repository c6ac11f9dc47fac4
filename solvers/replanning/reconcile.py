"""Reconciliation of past periods: stocks, shortages, swaps and shipments that follow from reported outputs.

Outputs are reported. Shipments, swaps and central deliveries are assumed as planned, as far as the outputs allow. In each
period, at each place and for each item, a deficit reduces these amounts in order:

    1. the stock at the end of the period, including a planned reserve,
    2. what was to be handed out beyond own needs, to meet requirements,
    3. the served need at the place: shortage grows up to the whole need, which includes the backlog,
    4. the goods given in swaps,
    5. the outgoing shipments, all by the same share; the deficit moves to their destinations, in the period of arrival.

A surplus first reduces the shortage at the place and then goes to stock, as far as the limits of the stock and the store permit.
A surplus that cannot be stored is lost. What was due
before the end of the period and was not there in time is short; it goes to stock as well. Materials that factories used although
no source can have supplied them are recorded as unexplained.
"""

from dataclasses import dataclass, replace

import numpy as np

from solvers.data.past_arrays import PastArrays
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation.constraints.due import compute_due_units
from solvers.lp.linear_program import FloatArray

ROUNDING_TOLERANCE = 1e-9
"""Rounding tolerance, relative to 1 plus the amount available."""

MAX_ROUNDS = 1000
"""Maximum number of rounds in a period; without cycles of shipments, the number of places is enough."""


@dataclass(frozen=True, slots=True)
class ReconciledPast:
    """Reconciled past of a plan; N places, I items, K past periods."""

    past: PastArrays
    """Reconciled amounts."""
    lost: FloatArray
    """Surplus in units that could not be stored, (N, I, K)."""
    unexplained: FloatArray
    """Units used without a possible source, (N, I, K)."""


def reconcile_past(arrays: ProblemArrays, plan: PastArrays, make: FloatArray) -> ReconciledPast:
    """Reconcile the first K periods of a plan with the actual production `make`, (L, K)."""
    count = make.shape[1]
    past = replace(PastArrays.create_empty(arrays.labels, count), make=make)
    shape = (len(arrays.labels["place"]), len(arrays.labels["item"]), count)
    lost, unexplained = np.zeros(shape), np.zeros(shape)
    carried_stock = arrays.items.carryover_share * arrays.places.opening_stock
    backlog = np.zeros_like(carried_stock)
    for t in range(count):
        reconciliation = _PeriodReconciliation(
            arrays,
            plan,
            t,
            _compute_available(arrays, plan, make[:, t], carried_stock, t) + _sum_late_arrivals(arrays, past.ship, t),
            carried_stock,
            backlog,
        )
        unexplained[:, :, t] = reconciliation.reconcile_period()
        for name in ("ship", "give", "stock", "short", "extra"):
            getattr(past, name)[..., t] = getattr(reconciliation, name)
        past.central[..., t], past.take[..., t] = plan.central[..., t], plan.take[..., t]
        lost[:, :, t] = reconciliation.lost
        carried_stock = arrays.items.carryover_share * reconciliation.stock
        backlog = arrays.items.carry_over * reconciliation.short
    return ReconciledPast(past, lost, unexplained)


def _compute_available(
    arrays: ProblemArrays, plan: PastArrays, make: FloatArray, carried_stock: FloatArray, t: int
) -> FloatArray:
    """Return the units at each place before shipments and swaps, less the materials that factories used, (N, I)."""
    lines = arrays.lines
    available = plan.central[:, :, t].copy()
    available[: arrays.places.county_count] += carried_stock
    np.add.at(available, (lines.place, lines.item), make)
    used = lines.use_units * make[lines.use_line]
    np.subtract.at(available, (lines.place[lines.use_line], lines.use_item), used)
    np.add.at(available, arrays.partners.place, plan.take[:, :, t])
    return available


def _sum_late_arrivals(arrays: ProblemArrays, ship: FloatArray, t: int) -> FloatArray:
    """Return the units that left over links before period t, or before the plan, and arrive in it, (N, I)."""
    arrived = arrays.arriving[:, :, t].copy()
    departure = t - arrays.arcs.transit_periods
    arcs = np.flatnonzero((arrays.arcs.transit_periods > 0) & (departure >= 0))
    np.add.at(arrived, arrays.arcs.head[arcs], ship[arcs, :, departure[arcs]])
    return arrived


class _PeriodReconciliation:
    """Reconciliation of one period."""

    def __init__(
        self,
        arrays: ProblemArrays,
        plan: PastArrays,
        t: int,
        available: FloatArray,
        carried_stock: FloatArray,
        backlog: FloatArray,
    ) -> None:
        """Begin with the planned outflows; of the available units, `carried_stock` was there from the start."""
        self._arrays = arrays
        self._available = available
        self._county_count = arrays.places.county_count
        self._need = np.where(arrays.items.is_requirement, 0.0, arrays.demand[:, :, t] + backlog)
        self._max_short = self._need * min(1.0, float(arrays.band_width.sum()))
        self._carried_stock = carried_stock
        due = compute_due_units(arrays)[:, :, t]
        self._due: FloatArray = np.where(arrays.items.is_requirement, 0.0, due)
        self._due_by = arrays.items.due_by[:, t]
        self._planned_stock = plan.stock[:, :, t]
        self._stock_most, self._store_tonnes = arrays.places.stock_most[:, :, t], arrays.places.store_tonnes[:, t]
        self._planned_short = np.minimum(plan.short[:, :, t], self._max_short)
        self._planned_extra = plan.extra[:, :, t]
        self.ship = plan.ship[:, :, t].copy()
        self.give = plan.give[:, :, t].copy()
        self.stock = self._planned_stock
        self.extra = self._planned_extra
        self.short = self._planned_short
        self.lost = np.zeros_like(available)

    def reconcile_period(self) -> FloatArray:
        """Reduce outflows until no place has a deficit; return the deficit without a possible source, (N, I)."""
        for _ in range(MAX_ROUNDS):
            missing = self._update_stock_and_shortage()
            if not (missing > ROUNDING_TOLERANCE * (1 + np.abs(self._available))).any():
                return np.zeros_like(missing)
            remaining = self._reduce_swaps(missing)
            if not self._reduce_shipments(remaining).any() and not (remaining < missing).any():
                break
        return self._update_stock_and_shortage()

    def _update_stock_and_shortage(self) -> FloatArray:
        """Update stock and shortage for the current flows; return the remaining deficit, (N, I)."""
        arrays, counties = self._arrays, self._county_count
        balance = self._available.copy()
        at_once = arrays.arcs.transit_periods == 0
        np.add.at(balance, arrays.arcs.head[at_once], self.ship[at_once])
        np.subtract.at(balance, arrays.arcs.tail, self.ship)
        np.subtract.at(balance, arrays.partners.place, self.give)
        planned = self._need - self._planned_short + self._planned_stock + self._planned_extra
        change = balance[:counties] - planned
        deficit, surplus = np.maximum(-change, 0.0), np.maximum(change, 0.0)
        from_stock = np.minimum(deficit, self._planned_stock)
        from_extra = np.minimum(deficit - from_stock, self._planned_extra)
        rest = deficit - from_stock - from_extra
        from_served = np.minimum(rest, np.maximum(self._max_short - self._planned_short, 0.0))
        to_shortage = np.minimum(surplus, self._planned_short)
        short = self._planned_short + from_served - to_shortage
        late = self._compute_due_shortage(balance[:counties]) - short
        late = np.where(late > ROUNDING_TOLERANCE * (1 + self._need), late, 0.0)
        to_stock = np.where(arrays.items.is_storable, surplus - to_shortage + late, 0.0)
        to_stock = self._limit_to_store(self._planned_stock - from_stock, to_stock)
        self.stock = self._planned_stock - from_stock + to_stock
        self.extra = self._planned_extra - from_extra
        self.short = short + late
        missing = np.maximum(-balance, 0.0)
        missing[:counties] = rest - from_served
        self.lost = np.maximum(balance, 0.0)
        self.lost[:counties] = surplus - to_shortage + late - to_stock
        return missing

    def _limit_to_store(self, stock: FloatArray, surplus: FloatArray) -> FloatArray:
        """Return the part of a surplus that fits beside a stock into the limits of stocks and stores, (C, I).

        If a store is too small, the same share of every surplus fits; a unit of an item in whole units is kept whole.
        """
        arrays = self._arrays
        tonnes = arrays.items.tonnes_per_unit
        fitting = np.minimum(surplus, np.maximum(self._stock_most - stock, 0.0))
        room = np.maximum(self._store_tonnes - stock @ tonnes, 0.0)
        share = np.minimum(1.0, _divide_or_one(room, fitting @ tonnes))
        fitting = np.where(tonnes > 0, fitting * share[:, None], fitting)
        is_cut = arrays.items.is_whole_units & (fitting < surplus)
        return np.where(is_cut, np.floor(fitting + ROUNDING_TOLERANCE), fitting)

    def _compute_due_shortage(self, balance: FloatArray) -> FloatArray:
        """Return the units due before the end of the period that were not there in time, (C, I)."""
        in_time = self._carried_stock + self._due_by * (balance - self._carried_stock)
        return np.maximum(self._due - np.maximum(in_time, 0.0), 0.0)

    def _reduce_swaps(self, missing: FloatArray) -> FloatArray:
        """Reduce the goods given in swaps at places with a deficit; return the remaining deficit, (N, I)."""
        place = self._arrays.partners.place
        given = np.zeros_like(missing)
        np.add.at(given, place, self.give)
        cut = np.minimum(missing, given)
        self.give = self.give * (1.0 - _divide_or_zero(cut, given))[place]
        return np.asarray(missing - cut)

    def _reduce_shipments(self, missing: FloatArray) -> FloatArray:
        """Reduce outgoing shipments at places with a deficit; return where a shipment was reduced, (N, I)."""
        tail = self._arrays.arcs.tail
        sent = np.zeros_like(missing)
        np.add.at(sent, tail, self.ship)
        cut = np.minimum(missing, sent)
        self.ship = self.ship * (1.0 - _divide_or_zero(cut, sent))[tail]
        return np.asarray(cut > 0)


def _divide_or_one(part: FloatArray, whole: FloatArray) -> FloatArray:
    return np.divide(part, whole, out=np.ones_like(whole), where=whole > 0)


def _divide_or_zero(part: FloatArray, whole: FloatArray) -> FloatArray:
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)

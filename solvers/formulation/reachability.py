"""Which items can be where: the columns that cannot matter are never made.

Why leaving them out cuts off no optimum. In any plan take one item and one period. An item leaves a place, on balance, only
where it is supplied (made, handed over, offered, or in stock), and comes to rest only where it is needed, used, wanted or can
be stored. So its shipments split into simple paths from a supplied place to a resting place, and round trips. Shipments stand
only in the balances and, with coefficients and costs that are not negative, in ≤ rules: dropping the round trips keeps every
rule and costs no more. What is left passes only through places on such paths: places that a supply can reach and from which a
resting place can be reached, and no dead ends where the item is neither supplied nor comes to rest. (Bands wider than 1 in
sum, of which the checks only warn, let a county go short of more than it needs: then need itself is a supply.)
"""

from dataclasses import dataclass

import numpy as np

from solvers.data.item_arrays import BoolArray
from solvers.data.problem_arrays import ProblemArrays

NEGLIGIBLE_AMOUNT = 1e-9
"""By how much the sum of band widths may pass 1 by rounding alone."""


@dataclass(frozen=True, slots=True)
class ActiveArcs:
    """Where items can matter; shapes: N places, I items, A arcs, C counties."""

    place: BoolArray
    """Whether the item can be at the place and serve something from there, (N, I)."""
    arc: BoolArray
    """Whether shipping the item over the arc can serve something, (A, I)."""
    store: BoolArray
    """Whether the county can hold a stock of the item, or must, (C, I)."""


def find_active_arcs(index: ProblemArrays, *, swaps: bool) -> ActiveArcs:
    """Where items can matter, with or without partners."""
    supplied, rests = _find_sources(index, swaps=swaps), _find_sinks(index, swaps=swaps)
    places, moves = len(index.labels["place"]), index.items.transportable
    next_to = np.zeros((places, places), dtype=bool)
    next_to[index.arcs.tail, index.arcs.head] = True
    reach = _compute_closure(next_to)
    can_come = np.where(moves, (reach.T.astype(np.int64) @ supplied) > 0, supplied)
    can_serve = np.where(moves, (reach.astype(np.int64) @ rests) > 0, rests)
    place = _remove_dead_ends(can_come & can_serve, supplied | rests, next_to)
    arc = place[index.arcs.tail] & place[index.arcs.head] & moves
    counties, past = index.places.counties, index.past
    must_store = (index.places.stock_least > 0).any(axis=2)
    store = (place[:counties] | must_store) & index.items.storable
    been: BoolArray = np.asarray((past.central > 0).any(axis=2))
    np.logical_or.at(been, index.partners.place, ((past.give > 0) | (past.take > 0)).any(axis=2))
    return ActiveArcs(place | been, arc | (past.ship > 0).any(axis=2), store | (past.stock > 0).any(axis=2))


def _find_sources(index: ProblemArrays, *, swaps: bool) -> BoolArray:
    supplied = np.zeros((len(index.labels["place"]), len(index.labels["item"])), dtype=bool)
    supplied[index.lines.place, index.lines.item] = True
    supplied[: index.places.counties] |= index.places.opening > 0
    if index.band_width.sum() > 1 + NEGLIGIBLE_AMOUNT:
        supplied[: index.places.counties] |= (index.demand > 0).any(axis=2)
    supplied[index.centre.gateways] |= (index.centre.limit > 0).any(axis=1)
    if swaps:
        np.logical_or.at(supplied, index.partners.place, (index.partners.offers > 0).any(axis=2))
    return supplied


def _find_sinks(index: ProblemArrays, *, swaps: bool) -> BoolArray:
    rests = np.zeros((len(index.labels["place"]), len(index.labels["item"])), dtype=bool)
    rests[index.lines.place[index.lines.use_line], index.lines.use_item] = True
    rests[: index.places.counties] |= (index.demand > 0).any(axis=2) | index.items.storable
    if swaps:
        np.logical_or.at(rests, index.partners.place, (index.partners.wants > 0).any(axis=2))
    return rests


def _compute_closure(next_to: BoolArray) -> BoolArray:
    """Which place can be reached from which, each from itself; squaring doubles the length of the ways seen."""
    reach = next_to | np.eye(len(next_to), dtype=bool)
    while True:
        further = (reach.astype(np.int64) @ reach) > 0
        if (further == reach).all():
            return np.asarray(reach)
        reach = further


def _remove_dead_ends(place: BoolArray, kept: BoolArray, next_to: BoolArray) -> BoolArray:
    """Drop places with one neighbour where the item is neither supplied nor rests, until there are none."""
    neighbours = (next_to | next_to.T) & ~np.eye(len(next_to), dtype=bool)
    while True:
        dead = place & ~kept & ((neighbours.astype(np.int64) @ place) <= 1)
        if not dead.any():
            return place
        place = place & ~dead

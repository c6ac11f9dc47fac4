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

BAND_WIDTH_TOLERANCE = 1e-9
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


def find_active_arcs(arrays: ProblemArrays, *, include_swaps: bool) -> ActiveArcs:
    """Where items can matter, with or without partners."""
    sources, sinks = (
        _find_sources(arrays, include_swaps=include_swaps),
        _find_sinks(arrays, include_swaps=include_swaps),
    )
    places, moves = len(arrays.labels["place"]), arrays.items.is_transportable
    adjacency = np.zeros((places, places), dtype=bool)
    adjacency[arrays.arcs.tail, arrays.arcs.head] = True
    reach = _compute_closure(adjacency)
    can_come = np.where(moves, (reach.T.astype(np.int64) @ sources) > 0, sources)
    can_serve = np.where(moves, (reach.astype(np.int64) @ sinks) > 0, sinks)
    place = _remove_dead_ends(can_come & can_serve, sources | sinks, adjacency)
    arc = place[arrays.arcs.tail] & place[arrays.arcs.head] & moves
    counties, past = arrays.places.county_count, arrays.past
    must_store = (arrays.places.stock_least > 0).any(axis=2)
    store = (place[:counties] | must_store) & arrays.items.is_storable
    past_places: BoolArray = np.asarray((past.central > 0).any(axis=2))
    np.logical_or.at(past_places, arrays.partners.place, ((past.give > 0) | (past.take > 0)).any(axis=2))
    return ActiveArcs(place | past_places, arc | (past.ship > 0).any(axis=2), store | (past.stock > 0).any(axis=2))


def _find_sources(arrays: ProblemArrays, *, include_swaps: bool) -> BoolArray:
    sources = np.zeros((len(arrays.labels["place"]), len(arrays.labels["item"])), dtype=bool)
    sources[arrays.lines.place, arrays.lines.item] = True
    sources[: arrays.places.county_count] |= arrays.places.opening_stock > 0
    if arrays.band_width.sum() > 1 + BAND_WIDTH_TOLERANCE:
        sources[: arrays.places.county_count] |= (arrays.demand > 0).any(axis=2)
    sources[arrays.centre.gateways] |= (arrays.centre.supply_limit > 0).any(axis=1)
    if include_swaps:
        np.logical_or.at(sources, arrays.partners.place, (arrays.partners.offers > 0).any(axis=2))
    return sources


def _find_sinks(arrays: ProblemArrays, *, include_swaps: bool) -> BoolArray:
    sinks = np.zeros((len(arrays.labels["place"]), len(arrays.labels["item"])), dtype=bool)
    sinks[arrays.lines.place[arrays.lines.use_line], arrays.lines.use_item] = True
    sinks[: arrays.places.county_count] |= (arrays.demand > 0).any(axis=2) | arrays.items.is_storable
    if include_swaps:
        np.logical_or.at(sinks, arrays.partners.place, (arrays.partners.wants > 0).any(axis=2))
    return sinks


def _compute_closure(adjacency: BoolArray) -> BoolArray:
    """Which place can be reached from which, each from itself; squaring doubles the length of the ways seen."""
    reach = adjacency | np.eye(len(adjacency), dtype=bool)
    while True:
        further = (reach.astype(np.int64) @ reach) > 0
        if (further == reach).all():
            return np.asarray(reach)
        reach = further


def _remove_dead_ends(place: BoolArray, endpoints: BoolArray, adjacency: BoolArray) -> BoolArray:
    """Drop places with one neighbour where the item is neither supplied nor rests, until there are none."""
    neighbours = (adjacency | adjacency.T) & ~np.eye(len(adjacency), dtype=bool)
    while True:
        dead = place & ~endpoints & ((neighbours.astype(np.int64) @ place) <= 1)
        if not dead.any():
            return place
        place = place & ~dead

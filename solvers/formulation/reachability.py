"""Column reduction: the program has variables only for places and arcs where an item can serve a purpose.

The reduction loses no optimum.
Take one item and one period of any plan, and the links without transit periods.
More of the item leaves a place than enters it only at a source: a line, a central delivery, an offer or a stock.
More enters than leaves only at a sink: demand, use as a material, a partner's want or a store.
Both ends of a link with transit periods are sources and sinks: what is under way is in no place.
So shipments decompose into simple paths from sources to sinks, and cycles.
Shipments appear only in balance constraints, in due dates with the same signs, and, with non-negative coefficients and
costs, in ≤ constraints.
Where an item may be handed out to meet a requirement, its county is a sink.
Removing the cycles therefore keeps every constraint and does not raise the cost.
The remaining paths use only places that a source can reach and that can reach a sink, and no dead end without source or sink.
If bands are wider than 1 in sum (a warning of validation), a county may be short of more than its demand; demand is then a source.
"""

from dataclasses import dataclass

import numpy as np

from solvers.data.item_arrays import BoolArray
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation.constraints.requirements import find_extra_cells

BAND_WIDTH_TOLERANCE = 1e-9
"""Rounding tolerance for the sum of band widths."""


@dataclass(frozen=True, slots=True)
class ActiveArcs:
    """Places and arcs that get variables; shapes: N places, I items, A arcs, C counties."""

    place: BoolArray
    """Whether the item can reach the place and can reach a sink from there, (N, I)."""
    arc: BoolArray
    """Whether a shipment of the item over the arc can be on a path from a source to a sink, (A, I)."""
    store: BoolArray
    """Whether the county can, or must, hold a stock of the item, (C, I)."""


def find_active_arcs(arrays: ProblemArrays, *, include_swaps: bool) -> ActiveArcs:
    """Find the places and arcs that can be on a path from a source to a sink, with or without partners."""
    sources, sinks = (
        _find_sources(arrays, include_swaps=include_swaps),
        _find_sinks(arrays, include_swaps=include_swaps),
    )
    places, is_transportable = len(arrays.labels["place"]), arrays.items.is_transportable
    adjacency = np.zeros((places, places), dtype=bool)
    adjacency[arrays.arcs.tail, arrays.arcs.head] = True
    reach = _compute_closure(adjacency)
    is_supplied = np.where(is_transportable, (reach.T.astype(np.int64) @ sources) > 0, sources)
    is_useful = np.where(is_transportable, (reach.astype(np.int64) @ sinks) > 0, sinks)
    place = _remove_dead_ends(is_supplied & is_useful, sources | sinks, adjacency)
    arc = place[arrays.arcs.tail] & place[arrays.arcs.head] & is_transportable
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
    sources |= (arrays.arriving > 0).any(axis=2)
    sources[arrays.centre.gateways] |= (arrays.centre.supply_limit > 0).any(axis=1)
    if include_swaps:
        np.logical_or.at(sources, arrays.partners.place, (arrays.partners.offers > 0).any(axis=2))
    return sources


def _find_sinks(arrays: ProblemArrays, *, include_swaps: bool) -> BoolArray:
    sinks = np.zeros((len(arrays.labels["place"]), len(arrays.labels["item"])), dtype=bool)
    sinks[arrays.lines.place[arrays.lines.use_line], arrays.lines.use_item] = True
    sinks[: arrays.places.county_count] |= (arrays.demand > 0).any(axis=2) | arrays.items.is_storable
    sinks[: arrays.places.county_count] |= find_extra_cells(arrays).any(axis=2)
    sinks |= _find_ends_of_transit(arrays)
    if include_swaps:
        np.logical_or.at(sinks, arrays.partners.place, (arrays.partners.wants > 0).any(axis=2))
    return sinks


def _find_ends_of_transit(arrays: ProblemArrays) -> BoolArray:
    """Return whether a place is at an end of a link with transit periods that may carry the item, (N, I)."""
    ends = np.zeros((len(arrays.labels["place"]), len(arrays.labels["item"])), dtype=bool)
    takes_time = arrays.arcs.transit_periods > 0
    for places in (arrays.arcs.tail, arrays.arcs.head):
        ends[places[takes_time]] = arrays.items.is_transportable
    return ends


def _compute_closure(adjacency: BoolArray) -> BoolArray:
    """Return the reflexive transitive closure; each squaring doubles the path length covered."""
    reach = adjacency | np.eye(len(adjacency), dtype=bool)
    while True:
        extended = (reach.astype(np.int64) @ reach) > 0
        if (extended == reach).all():
            return np.asarray(reach)
        reach = extended


def _remove_dead_ends(place: BoolArray, endpoints: BoolArray, adjacency: BoolArray) -> BoolArray:
    """Remove places with at most one neighbour that are neither source nor sink, until none is left."""
    neighbours = (adjacency | adjacency.T) & ~np.eye(len(adjacency), dtype=bool)
    while True:
        dead = place & ~endpoints & ((neighbours.astype(np.int64) @ place) <= 1)
        if not dead.any():
            return place
        place = place & ~dead

"""Deliveries: who gets the goods of whom, traced through places and stores.

Goods of one item that meet at a place in a period are mixed: stock from the period before, what factories there make, what
the centre and partners hand over, and what arrives. Everything that leaves the place takes its part of each source in
proportion; losses of a store come off what it kept from the period before. Items in whole units are divided in whole
units, by largest remainder, so that neither a source nor a user has a part of a unit. Shipments in a circle within a period
are left out.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Literal

import numpy as np
import pyarrow as pa

from models.tables import DeliveryRow
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import FloatArray, IntArray, Program
from solvers.results.arrow_tables import build_compact_label_column, build_table
from solvers.results.flows import Flows, find_arrival_periods, sum_by_cell
from solvers.results.tables import sum_swapped_units

SOURCES = ("factory", "centre", "partner", "stock", "before")
"""Kinds of sources of goods: a factory, the centre at a gateway, a partner, the opening stock of a place, and goods that were
under way to a place before the plan."""

USES = ("people", "material", "swap", "stock", "loss", "under_way")
"""Kinds of uses of goods: people of a county, material of a factory, a swap with a partner, stock of a place at the end of
the plan, what is lost in its store, and goods under way to a place when the plan ends."""

TRACED_AMOUNT = 1e-6
"""Smaller amounts are not traced."""

Party = tuple[int, int]
"""A source or a user: position of the kind, and of the factory, partner or place."""

Node = tuple[int, int]
"""A period and a place."""


@dataclass(slots=True)
class _ItemFlows:
    """Flows of one item: what enters and leaves each place in each period."""

    inflows: dict[Node, dict[Party, float]] = field(default_factory=lambda: defaultdict(dict))
    """Amount by source."""
    outflows: dict[Node, dict[Party, float]] = field(default_factory=lambda: defaultdict(dict))
    """Amount by user."""
    moves: dict[Node, dict[Node, float]] = field(default_factory=lambda: defaultdict(dict))
    """Amount shipped to another place, or stored to the next period."""


Delivery = tuple[Node, Party, Party, float]
"""Period and place where goods reach their user, user, source and amount."""


@dataclass(frozen=True, slots=True)
class Deliveries:
    """Goods of one source that reach one user in a period; each array has shape (D,)."""

    item: IntArray
    """Position of the item."""
    period: IntArray
    """Position of the period in which the goods reach their user."""
    source: IntArray
    """Position in SOURCES."""
    origin: IntArray
    """Position of the factory, partner or place of the source."""
    use: IntArray
    """Position in USES."""
    user: IntArray
    """Position of the factory, partner or place of the user."""
    quantity: FloatArray
    """Units."""
    quality: FloatArray
    """Quality of the goods, 0 to 1; 1 for goods that no factory of the province makes."""


def trace_deliveries(arrays: ProblemArrays, program: Program, values: FloatArray, flows: Flows) -> Deliveries:
    """Trace the goods of every item from clean values, (n,), ordered by item and period."""
    rows: list[tuple[int, int, int, int, int, int, float]] = []
    item_flows = _collect_item_flows(arrays, program, values, flows)
    for position, (item, one) in enumerate(zip(arrays.problem.items, item_flows, strict=True)):
        for (when, _), user, source, amount in _trace_item(one, whole_units=item.whole_units):
            rows.append((position, when, *source, *user, amount))
    columns = np.array(rows, dtype=np.float64).reshape(-1, 7).T
    items, period, kind, origin, use, to = columns[:6].astype(np.int64)
    quality = _find_quality(arrays, _sum_made_by_line(arrays, program, values), items, kind, origin)
    return Deliveries(items, period, kind, origin, use, to, columns[6], quality)


def build_delivery_table(arrays: ProblemArrays, deliveries: Deliveries) -> pa.Table:
    """Build the table of deliveries (DeliveryRow)."""
    d = deliveries
    return build_table(
        DeliveryRow,
        {
            "item": build_compact_label_column(d.item, arrays.labels["item"]),
            "period": build_compact_label_column(d.period, arrays.labels["period"]),
            "source": build_compact_label_column(d.source, SOURCES),
            "from": _build_party_column(arrays, d.source, d.origin, SOURCES),
            "use": build_compact_label_column(d.use, USES),
            "to": _build_party_column(arrays, d.use, d.user, USES),
            "quantity": d.quantity,
            "quality": d.quality,
        },
    )


def _build_party_column(arrays: ProblemArrays, kind: IntArray, party: IntArray, kinds: tuple[str, ...]) -> pa.Array:
    """Build the column of identifiers of sources or users."""
    names = {"factory": "factory", "material": "factory", "partner": "partner", "swap": "partner"}
    axes = [names.get(kind_name, "place") for kind_name in kinds]
    offset = np.cumsum([0, *(len(arrays.labels[axis]) for axis in axes)])
    labels = [label for axis in axes for label in arrays.labels[axis]]
    return build_compact_label_column(offset[kind] + party, labels)


def _sum_made_by_line(arrays: ProblemArrays, program: Program, values: FloatArray) -> FloatArray:
    """Return the units that each line makes in the whole plan, (L,)."""
    make = program.variables["make"]
    return sum_by_cell(make.axes["line"], values[make.block_slice], len(arrays.labels["line"]))


def _find_quality(
    arrays: ProblemArrays, made: FloatArray, item: IntArray, source: IntArray, origin: IntArray
) -> FloatArray:
    """Return the quality of the goods of each source, 0 to 1; what no factory of the province makes has 1.

    The recipes of a factory for one item are mixed: their quality is the mean, weighted by what each makes in the plan, (L,).
    """
    lines, items = arrays.lines, len(arrays.labels["item"])
    cell = lines.factory * items + lines.item
    size = len(arrays.labels["factory"]) * items
    total = sum_by_cell(cell, made, size)[cell]
    count = sum_by_cell(cell, np.ones(len(cell)), size)[cell]
    share = np.where(total > 0, made / np.where(total > 0, total, 1.0), 1.0 / count)
    by_factory = sum_by_cell(cell, share * lines.made_quality, size)
    is_made = source == SOURCES.index("factory")
    quality = np.ones(len(item))
    quality[is_made] = by_factory[origin[is_made] * items + item[is_made]]
    return quality


def _collect_item_flows(arrays: ProblemArrays, program: Program, values: FloatArray, flows: Flows) -> list[_ItemFlows]:
    """Collect the flows of every item by place and period."""
    by_item = [_ItemFlows() for _ in arrays.problem.items]
    for name, kind, party, place, item, period, amount in _iterate_sources_and_uses(arrays, program, values, flows):
        traced = np.flatnonzero(amount > TRACED_AMOUNT)
        cells = zip(*(column[traced].tolist() for column in (party, place, item, period, amount)), strict=True)
        for who, where, what, when, units in cells:
            sides = by_item[what].inflows if name == "in" else by_item[what].outflows
            parties = sides[when, where]
            parties[kind, who] = parties.get((kind, who), 0.0) + units
    _add_moves(by_item, arrays, program, values, flows)
    for one in by_item:
        _add_losses(one)
    return by_item


FlowColumns = tuple[Literal["in", "out"], int, IntArray, IntArray, IntArray, IntArray, FloatArray]
"""Side, position of the kind, and by flow: party, place, item, period, units."""


def _iterate_sources_and_uses(
    arrays: ProblemArrays, program: Program, values: FloatArray, flows: Flows
) -> Iterator[FlowColumns]:
    lines, make, central = arrays.lines, program.variables["make"], program.variables["central"]
    line, period = make.axes["line"], make.axes["period"]
    made = values[make.block_slice]
    yield "in", SOURCES.index("factory"), lines.factory[line], lines.place[line], lines.item[line], period, made
    gateway = central.axes["place"]
    where = (gateway, gateway, central.axes["item"], central.axes["period"])
    yield "in", SOURCES.index("centre"), *where, values[central.block_slice]
    opening = arrays.places.opening_stock
    county, item = np.nonzero(opening)
    yield "in", SOURCES.index("stock"), county, county, item, np.zeros(len(item), np.int64), opening[county, item]
    place, item, when = np.nonzero(arrays.arriving)
    yield "in", SOURCES.index("before"), place, place, item, when, arrays.arriving[place, item, when]
    given, taken = sum_swapped_units(arrays, program, values)
    partner, item, when = np.nonzero(taken)
    place = arrays.partners.place[partner]
    yield "in", SOURCES.index("partner"), partner, place, item, when, taken[partner, item, when]
    partner, item, when = np.nonzero(given)
    place = arrays.partners.place[partner]
    yield "out", USES.index("swap"), partner, place, item, when, given[partner, item, when]
    handed_out = flows.handed_out
    county, item, when = np.nonzero(handed_out)
    yield "out", USES.index("people"), county, county, item, when, handed_out[county, item, when]
    quota = np.zeros((len(arrays.labels["line"]), arrays.period_count))
    quota[line, period] = made
    used = lines.use_units[:, None] * quota[lines.use_line]
    use, when = np.nonzero(used)
    by_line = lines.use_line[use]
    factory, place = lines.factory[by_line], lines.place[by_line]
    yield "out", USES.index("material"), factory, place, lines.use_item[use], when, used[use, when]


def _add_moves(
    by_item: list[_ItemFlows], arrays: ProblemArrays, program: Program, values: FloatArray, flows: Flows
) -> None:
    """Add shipments and stocks; the stock after the last period is a use."""
    ship, arcs = program.variables["ship"], arrays.arcs
    sent = values[ship.block_slice]
    moved = np.flatnonzero(sent > TRACED_AMOUNT)
    arc, item, period = (ship.axes[name][moved] for name in ("arc", "item", "period"))
    arrival = find_arrival_periods(arrays, ship)[moved]
    columns = (item, period, arrival, arcs.tail[arc], arcs.head[arc], sent[moved])
    for what, when, later, tail, head, units in zip(*(column.tolist() for column in columns), strict=True):
        if later < arrays.period_count:
            targets = by_item[what].moves[when, tail]
            targets[later, head] = targets.get((later, head), 0.0) + units
        else:
            users = by_item[what].outflows[when, tail]
            party = (USES.index("under_way"), head)
            users[party] = users.get(party, 0.0) + units
    place, item, period = np.nonzero(flows.stock > TRACED_AMOUNT)
    kept = (item, period, place, flows.stock[place, item, period])
    for what, when, where, units in zip(*(column.tolist() for column in kept), strict=True):
        if when + 1 < arrays.period_count:
            by_item[what].moves[when, where][when + 1, where] = units
        else:
            by_item[what].outflows[when, where][USES.index("stock"), where] = units


def _add_losses(flows: _ItemFlows) -> None:
    """Add what leaves no trace as a loss of the store, and what comes from nowhere as stock of unknown origin."""
    balance: dict[Node, float] = defaultdict(float)
    for sign, sides in ((1.0, flows.inflows), (-1.0, flows.outflows)):
        for node, parties in sides.items():
            balance[node] += sign * sum(parties.values())
    for node, targets in flows.moves.items():
        for target, units in targets.items():
            balance[node] -= units
            balance[target] += units
    for node, rest in balance.items():
        if rest > TRACED_AMOUNT:
            flows.outflows[node][USES.index("loss"), node[1]] = rest
        elif rest < -TRACED_AMOUNT:
            sources = flows.inflows[node]
            party = (SOURCES.index("stock"), node[1])
            sources[party] = sources.get(party, 0.0) - rest


def _trace_item(flows: _ItemFlows, *, whole_units: bool) -> Iterator[Delivery]:
    """Yield the deliveries of an item, in the order of periods and of shipments within a period."""
    sources = sorted({party for parties in flows.inflows.values() for party in parties})
    position = {party: k for k, party in enumerate(sources)}
    split = _split_whole_units if whole_units and _is_whole(flows) else _split_in_proportion
    lots: dict[Node, FloatArray] = defaultdict(lambda: np.zeros(len(sources)))
    stored: dict[Node, FloatArray] = defaultdict(lambda: np.zeros(len(sources)))
    for node in _order_nodes(flows):
        here, carried = lots.pop(node, np.zeros(len(sources))), stored.pop(node, np.zeros(len(sources)))
        for party, units in flows.inflows.get(node, {}).items():
            (carried if party[0] == SOURCES.index("stock") else here)[position[party]] += units
        users, targets = dict(flows.outflows.get(node, {})), flows.moves.get(node, {})
        loss = (USES.index("loss"), node[1])
        lost = users.pop(loss, 0.0)
        spoilt = split(carried, min(lost, float(carried.sum())))
        if lost - spoilt.sum() > TRACED_AMOUNT:
            users[loss] = lost - float(spoilt.sum())
        here += carried - spoilt
        parts = _split_lots(here, [*users.values(), *targets.values()], split)
        for user, part in zip((loss, *users), (spoilt, *parts), strict=False):
            for k in np.flatnonzero(part > TRACED_AMOUNT).tolist():
                yield node, user, sources[k], float(part[k])
        for target, part in zip(targets, parts[len(users) :], strict=True):
            (stored if target[1] == node[1] else lots)[target] += part


def _is_whole(flows: _ItemFlows) -> bool:
    """Whether every amount is a whole number."""
    amounts = np.array(
        [
            units
            for sides in (flows.inflows, flows.outflows, flows.moves)
            for parties in sides.values()
            for units in parties.values()
        ]
    )
    return bool(np.all(np.abs(amounts - np.round(amounts)) < TRACED_AMOUNT))


def _order_nodes(flows: _ItemFlows) -> list[Node]:
    """Order places by period, and within a period behind the places that ship to them; remove circular shipments."""
    nodes = {*flows.inflows, *flows.outflows, *flows.moves, *(t for targets in flows.moves.values() for t in targets)}
    while True:
        sorter: TopologicalSorter[Node] = TopologicalSorter(dict.fromkeys(sorted(nodes), ()))
        for node, targets in flows.moves.items():
            for target in targets:
                sorter.add(target, node)
        try:
            return list(sorter.static_order())
        except CycleError as error:
            _remove_circular_shipment(flows, error.args[1])


def _remove_circular_shipment(flows: _ItemFlows, circle: list[Node]) -> None:
    """Take what moves around the whole circle off each of its shipments; each place ships to the next."""
    steps = list(pairwise(circle))
    least = min(flows.moves[tail][head] for tail, head in steps)
    for tail, head in steps:
        rest = flows.moves[tail].pop(head) - least
        if rest > TRACED_AMOUNT:
            flows.moves[tail][head] = rest


def _split_lots(
    lots: FloatArray, amounts: list[float], split: Callable[[FloatArray, float], FloatArray]
) -> list[FloatArray]:
    """Divide lots by source, (S,), among users in proportion; the largest user takes what the others leave."""
    parts = [lots] * len(amounts)
    rest = lots.copy()
    order = sorted(range(len(amounts)), key=amounts.__getitem__)
    for k in order[:-1]:
        parts[k] = split(rest, amounts[k])
        rest -= parts[k]
    if order:
        parts[order[-1]] = rest
    return parts


def _split_in_proportion(lots: FloatArray, amount: float) -> FloatArray:
    total = float(lots.sum())
    return lots * min(1.0, amount / total) if total > 0 else lots * 0.0


def _split_whole_units(lots: FloatArray, amount: float) -> FloatArray:
    """Take whole units off whole lots, in proportion by largest remainder."""
    amount = round(amount)
    exact = _split_in_proportion(lots, amount)
    part = np.floor(exact + TRACED_AMOUNT)
    missing = round(amount - float(part.sum()))
    if missing > 0:
        part[np.argsort(part - exact, kind="stable")[:missing]] += 1.0
    return part

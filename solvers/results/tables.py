"""Quotas, supply, shipments, swaps and power as tables; whole arrays only, no loop over columns."""

import numpy as np
import pyarrow as pa

from models.tables import PowerRow, QuotaRow, ShipmentRow, SupplyRow, SwapRow
from solvers.data.problem_arrays import ProblemIndex
from solvers.lp.linear_program import FloatArray, IntArray, Program
from solvers.results.arrow_tables import any_of, frame, labelled, numbers_or_null
from solvers.results.flows import Flows, added


def quotas(index: ProblemIndex, program: Program, values: FloatArray, flows: Flows) -> pa.Table:
    """What each factory makes, (QuotaRow)."""
    make, lines, labels = program.decisions["make"], index.lines, index.labels
    made = values[make.span]
    kept = np.flatnonzero(made)
    line, period, quantity = make.axes["line"][kept], make.axes["period"][kept], made[kept]
    item = lines.item[line]
    return frame(
        QuotaRow,
        {
            "factory": labelled(lines.factory[line], labels["factory"]),
            "item": labelled(item, labels["item"]),
            "period": labelled(period, labels["period"]),
            "quantity": quantity,
            "kwh": lines.kwh[line] * quantity,
            "price": flows.price[lines.place[line], item, period],
        },
    )


def supply(index: ProblemIndex, flows: Flows) -> pa.Table:
    """Where each place's supply comes from and goes to, (SupplyRow); stations only where something happens."""
    f = flows
    happens = any_of(f.demand, f.made, f.used, f.central, f.arrived, f.sent, f.taken, f.given, f.stock)
    place, item, period = np.nonzero(happens)
    amounts = ("demand", "made", "used", "central", "arrived", "sent", "taken", "given", "stock", "price")
    columns: dict[str, FloatArray | pa.Array] = {name: getattr(f, name)[happens] for name in amounts}
    columns |= {
        "county": labelled(place, index.labels["place"]),
        "item": labelled(item, index.labels["item"]),
        "period": labelled(period, index.labels["period"]),
        "served": (f.demand - f.short)[happens],
        "shortage": f.short[happens],
    }
    return frame(SupplyRow, columns)


def shipments(index: ProblemIndex, program: Program, values: FloatArray) -> pa.Table:
    """What moves over each link, each way, (ShipmentRow)."""
    ship, arcs, labels = program.decisions["ship"], index.arcs, index.labels
    moved = values[ship.span]
    kept = np.flatnonzero(moved)
    arc, item, period = (ship.axes[name][kept] for name in ("arc", "item", "period"))
    return frame(
        ShipmentRow,
        {
            "link": labelled(arcs.link[arc], labels["link"]),
            "from": labelled(arcs.tail[arc], labels["place"]),
            "to": labelled(arcs.head[arc], labels["place"]),
            "item": labelled(item, labels["item"]),
            "period": labelled(period, labels["period"]),
            "quantity": moved[kept],
            "tonnes": index.items.tonnes[item] * moved[kept],
        },
    )


def swapped(index: ProblemIndex, program: Program, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Units given to and taken from each partner, each (P, I, T)."""
    shape = index.partners.offers.shape
    given, taken = np.zeros(shape), np.zeros(shape)
    for name, out in (("give", given), ("take", taken)):
        block = program.decisions[name]
        out[block.axes["partner"], block.axes["item"], block.axes["period"]] = values[block.span]
    return given, taken


def swaps(index: ProblemIndex, program: Program, values: FloatArray) -> pa.Table:
    """What is swapped with each partner, (SwapRow)."""
    given, taken = swapped(index, program, values)
    happens = any_of(given, taken)
    partner, item, period = np.nonzero(happens)
    return frame(
        SwapRow,
        {
            "partner": labelled(partner, index.labels["partner"]),
            "item": labelled(item, index.labels["item"]),
            "period": labelled(period, index.labels["period"]),
            "given": given[happens],
            "taken": taken[happens],
            "value": index.items.value[item] * (taken - given)[happens],
        },
    )


def electricity(index: ProblemIndex, program: Program, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """kWh drawn by factories and by links from each power area, each (E, T)."""
    make, ship, lines, arcs = program.decisions["make"], program.decisions["ship"], index.lines, index.arcs
    line, arc = make.axes["line"], ship.axes["arc"]
    by_factories = _draw(
        index, index.places.area[lines.place[line]], make.axes["period"], lines.kwh[line] * values[make.span]
    )
    per_unit = arcs.kwh_per_tonne[arc] * index.items.tonnes[ship.axes["item"]]
    by_rail = _draw(index, arcs.area[arc], ship.axes["period"], per_unit * values[ship.span])
    return by_factories, by_rail


def _draw(index: ProblemIndex, area: IntArray, period: IntArray, kwh: FloatArray) -> FloatArray:
    metered = area >= 0
    shape = index.power.shape
    cells = area[metered] * shape[1] + period[metered]
    return added(cells, kwh[metered], shape[0] * shape[1]).reshape(shape)


def power(index: ProblemIndex, program: Program, values: FloatArray, row_price: FloatArray) -> pa.Table:
    """Electricity of each area, (PowerRow)."""
    by_factories, by_rail = electricity(index, program, values)
    price = np.zeros(index.power.shape)
    rule = program.rules["power"]
    price[rule.axes["area"], rule.axes["period"]] = 0.0 - row_price[rule.span]
    kept = any_of(by_factories, by_rail, np.where(np.isfinite(index.power), index.power, 0.0))
    area, period = np.nonzero(kept)
    return frame(
        PowerRow,
        {
            "area": labelled(area, index.labels["area"]),
            "period": labelled(period, index.labels["period"]),
            "used_by_factories": by_factories[kept],
            "used_by_rail": by_rail[kept],
            "limit": numbers_or_null(index.power[kept]),
            "price": price[kept],
        },
    )

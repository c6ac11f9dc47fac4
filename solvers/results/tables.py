"""Tables of quotas, supply, shipments, swaps and power, built from whole arrays."""

import numpy as np
import pyarrow as pa

from models.tables import PowerRow, QuotaRow, ShipmentRow, SupplyRow, SwapRow
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import FloatArray, IntArray, Program
from solvers.results.arrow_tables import (
    build_compact_label_column,
    build_label_column,
    build_nullable_number_column,
    build_table,
    find_nonzero_rows,
)
from solvers.results.flows import Flows, find_arrival_periods, sum_by_cell


def build_quota_table(arrays: ProblemArrays, program: Program, values: FloatArray, flows: Flows) -> pa.Table:
    """Build the table of quotas (QuotaRow)."""
    make, lines, labels = program.variables["make"], arrays.lines, arrays.labels
    made = values[make.block_slice]
    selected = np.flatnonzero(made)
    line, period, quantity = make.axes["line"][selected], make.axes["period"][selected], made[selected]
    item = lines.item[line]
    return build_table(
        QuotaRow,
        {
            "factory": build_label_column(lines.factory[line], labels["factory"]),
            "item": build_label_column(item, labels["item"]),
            "recipe": build_compact_label_column(line, _list_recipes(arrays)),
            "period": build_label_column(period, labels["period"]),
            "quantity": quantity,
            "kwh": lines.kwh_per_unit[line] * quantity,
            "price": flows.price[lines.place[line], item, period],
        },
    )


def _list_recipes(arrays: ProblemArrays) -> tuple[str, ...]:
    """Return the label of the recipe of each line."""
    return tuple(line.recipe for factory in arrays.problem.factories for line in factory.lines)


def build_supply_table(arrays: ProblemArrays, flows: Flows) -> pa.Table:
    """Build the table of supply and use by place (SupplyRow); rows without any amount are left out."""
    f = flows
    has_amount = find_nonzero_rows(
        f.demand,
        f.backlog,
        f.shortage,
        f.made,
        f.used,
        f.central,
        f.arrived,
        f.sent,
        f.taken,
        f.given,
        f.stock,
        f.discarded,
        f.extra,
    )
    has_amount[:, f.item_count :] = False  # requirements have a table of their own
    place, item, period = np.nonzero(has_amount)
    amounts = (
        "demand",
        "backlog",
        "made",
        "used",
        "central",
        "arrived",
        "sent",
        "taken",
        "given",
        "stock",
        "discarded",
        "extra",
        "price",
    )
    columns: dict[str, FloatArray | pa.Array] = {name: getattr(f, name)[has_amount] for name in amounts}
    columns |= {
        "county": build_label_column(place, arrays.labels["place"]),
        "item": build_label_column(item, arrays.labels["item"]),
        "period": build_label_column(period, arrays.labels["period"]),
        "served": f.served[has_amount],
        "shortage": f.shortage[has_amount],
        "rounding": f.rounding[has_amount],
        "due": build_nullable_number_column(np.where(f.due > 0, f.due, np.inf)[has_amount]),
        "in_time": build_nullable_number_column(np.where(f.due > 0, f.in_time, np.inf)[has_amount]),
    }
    return build_table(SupplyRow, columns)


def build_shipment_table(arrays: ProblemArrays, program: Program, values: FloatArray) -> pa.Table:
    """Build the table of shipments by link and direction (ShipmentRow)."""
    ship, arcs, labels = program.variables["ship"], arrays.arcs, arrays.labels
    moved = values[ship.block_slice]
    selected = np.flatnonzero(moved)
    arc, item, period = (ship.axes[name][selected] for name in ("arc", "item", "period"))
    return build_table(
        ShipmentRow,
        {
            "link": build_label_column(arcs.link[arc], labels["link"]),
            "from": build_label_column(arcs.tail[arc], labels["place"]),
            "to": build_label_column(arcs.head[arc], labels["place"]),
            "item": build_label_column(item, labels["item"]),
            "period": build_label_column(period, labels["period"]),
            "arrives": build_label_column(
                np.minimum(find_arrival_periods(arrays, ship)[selected], arrays.period_count), (*labels["period"], "")
            ),
            "quantity": moved[selected],
            "tonnes": arrays.items.tonnes_per_unit[item] * moved[selected],
        },
    )


def sum_swapped_units(arrays: ProblemArrays, program: Program, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the units given to and taken from each partner, each (P, I, T)."""
    shape = arrays.partners.offers.shape
    given, taken = np.zeros(shape), np.zeros(shape)
    for name, out in (("give", given), ("take", taken)):
        block = program.variables[name]
        out[block.axes["partner"], block.axes["item"], block.axes["period"]] = values[block.block_slice]
    return given, taken


def build_swap_table(arrays: ProblemArrays, program: Program, values: FloatArray) -> pa.Table:
    """Build the table of swaps (SwapRow)."""
    given, taken = sum_swapped_units(arrays, program, values)
    has_amount = find_nonzero_rows(given, taken)
    partner, item, period = np.nonzero(has_amount)
    return build_table(
        SwapRow,
        {
            "partner": build_label_column(partner, arrays.labels["partner"]),
            "item": build_label_column(item, arrays.labels["item"]),
            "period": build_label_column(period, arrays.labels["period"]),
            "given": given[has_amount],
            "taken": taken[has_amount],
            "value": arrays.items.value[item] * (taken - given)[has_amount],
        },
    )


def sum_electricity(arrays: ProblemArrays, program: Program, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the kWh drawn by factories and by links from each power area, each (E, T)."""
    make, ship, lines, arcs = program.variables["make"], program.variables["ship"], arrays.lines, arrays.arcs
    line, arc = make.axes["line"], ship.axes["arc"]
    by_factories = _sum_area_draw(
        arrays,
        arrays.places.area[lines.place[line]],
        make.axes["period"],
        lines.kwh_per_unit[line] * values[make.block_slice],
    )
    per_unit = arcs.kwh_per_tonne[arc] * arrays.items.tonnes_per_unit[ship.axes["item"]]
    by_rail = _sum_area_draw(arrays, arcs.area[arc], ship.axes["period"], per_unit * values[ship.block_slice])
    return by_factories, by_rail


def _sum_area_draw(arrays: ProblemArrays, area: IntArray, period: IntArray, kwh: FloatArray) -> FloatArray:
    metered = area >= 0
    shape = arrays.power_limits.shape
    cells = area[metered] * shape[1] + period[metered]
    return sum_by_cell(cells, kwh[metered], shape[0] * shape[1]).reshape(shape)


def build_power_table(arrays: ProblemArrays, program: Program, values: FloatArray, dual_values: FloatArray) -> pa.Table:
    """Build the table of electricity by power area (PowerRow)."""
    by_factories, by_rail = sum_electricity(arrays, program, values)
    price = np.zeros(arrays.power_limits.shape)
    power = program.constraints["power"]
    price[power.axes["area"], power.axes["period"]] = 0.0 - dual_values[power.block_slice]
    # An area without power has a row: its limit of 0 has a price.
    selected = find_nonzero_rows(by_factories, by_rail, np.isfinite(arrays.power_limits).astype(float))
    area, period = np.nonzero(selected)
    return build_table(
        PowerRow,
        {
            "area": build_label_column(area, arrays.labels["area"]),
            "period": build_label_column(period, arrays.labels["period"]),
            "used_by_factories": by_factories[selected],
            "used_by_rail": by_rail[selected],
            "limit": build_nullable_number_column(arrays.power_limits[selected]),
            "price": price[selected],
        },
    )

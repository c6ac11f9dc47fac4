"""Material balance constraints."""

import numpy as np

from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation.coefficients import (
    add_coefficients,
    add_constraints_where,
    find_production_columns,
    find_variable_block,
    get_axis_codes,
)
from solvers.lp.linear_program import FloatArray, IntArray, ProgramBuilder


def add_balance_constraints(arrays: ProblemArrays, program: ProgramBuilder) -> None:
    """Balance supply and use of each item at each place in each period.

    Σ make + Σ ship in − Σ ship out + (1 − loss)·stock[t−1] − stock[t] + central + Σ take − Σ give − Σ use·make
    + Σ_k short − κ·Σ_k short[t−1] − discard − extra  =  d
    ↔  shadow price in won per unit, by place, item and period: the value of one more unit

    Shipments in arrive in t; they left `transit_periods` earlier. In the first period the right-hand side is
    d − (1 − loss)·opening stock; what left before the plan and arrives in t comes off in every period. A constraint without a variable and with a
    right-hand side of 0 is left out.
    """
    places = len(arrays.labels["place"])
    net_demand = np.zeros((places, len(arrays.labels["item"]), arrays.period_count))
    net_demand[: arrays.places.county_count] = arrays.demand
    net_demand -= arrays.arriving
    net_demand[: arrays.places.county_count, :, 0] -= arrays.items.carryover_share * arrays.places.opening_stock
    terms = [
        *collect_flow_terms(arrays, program),
        *_collect_closing_stock_terms(arrays, program),
        *collect_carried_stock_terms(arrays, program),
        *collect_shortage_terms(arrays, program),
        *_collect_backlog_terms(arrays, program),
        *_collect_remainder_terms(arrays, program),
        *_collect_extra_terms(arrays, program),
    ]
    has_constraint = net_demand != 0
    for keys, _, _ in terms:
        has_constraint.reshape(-1)[keys] = True
    has_constraint[:, arrays.requirements.item_count :] = False  # requirements have constraints of their own
    rows = add_constraints_where(
        program, "balance", ("place", "item", "period"), has_constraint, lower=net_demand, upper=net_demand
    ).reshape(-1)
    for keys, columns, values in terms:
        add_coefficients(program, rows[keys], columns, values)


BalanceTerm = tuple[IntArray, IntArray, FloatArray]
"""Flat positions of (place, item, period), columns, and coefficients."""


def collect_flow_terms(arrays: ProblemArrays, program: ProgramBuilder) -> list[BalanceTerm]:
    """Return the terms of all that arrives and departs in a period: production, material use, shipments, central deliveries, swaps."""
    return [
        *_collect_shipment_terms(arrays, program),
        *_collect_delivery_terms(arrays, program),
        *_collect_production_terms(arrays, program),
    ]


def _flatten_position(arrays: ProblemArrays, place: IntArray, item: IntArray, period: IntArray) -> IntArray:
    return np.asarray((place * len(arrays.labels["item"]) + item) * arrays.period_count + period)


def _collect_shipment_terms(arrays: ProblemArrays, program: ProgramBuilder) -> list[BalanceTerm]:
    """Return the terms of departures, and of arrivals within the plan `transit_periods` later."""
    ship = find_variable_block(program, "ship")
    arc, item, period = get_axis_codes(ship, "arc", "item", "period")
    arrival = period + arrays.arcs.transit_periods[arc]
    arrives = np.flatnonzero(arrival < arrays.period_count)
    arrived = _flatten_position(arrays, arrays.arcs.head[arc[arrives]], item[arrives], arrival[arrives])
    return [
        (arrived, ship.positions[arrives], np.ones(len(arrives))),
        (_flatten_position(arrays, arrays.arcs.tail[arc], item, period), ship.positions, -np.ones(ship.size)),
    ]


def _collect_delivery_terms(arrays: ProblemArrays, program: ProgramBuilder) -> list[BalanceTerm]:
    """Return the terms of central deliveries and swaps."""
    terms = []
    for name, sign in (("central", 1.0), ("take", 1.0), ("give", -1.0)):
        block = find_variable_block(program, name)
        place = arrays.partners.place[block.axes["partner"]] if "partner" in block.axes else block.axes["place"]
        keys = _flatten_position(arrays, place, *get_axis_codes(block, "item", "period"))
        terms.append((keys, block.positions, np.full(block.size, sign)))
    return terms


def collect_shortage_terms(arrays: ProblemArrays, program: ProgramBuilder) -> list[BalanceTerm]:
    """Return the terms of shortage."""
    short = find_variable_block(program, "short")
    keys = _flatten_position(arrays, *get_axis_codes(short, "place", "item", "period"))
    return [(keys, short.positions, np.ones(short.size))]


def _collect_backlog_terms(arrays: ProblemArrays, program: ProgramBuilder) -> list[BalanceTerm]:
    """Return the terms of shortage that is needed again in the next period."""
    short = find_variable_block(program, "short")
    place, item, period = get_axis_codes(short, "place", "item", "period")
    carries = (arrays.items.carry_over[item] > 0) & (period < arrays.period_count - 1)
    keys = _flatten_position(arrays, place[carries], item[carries], period[carries] + 1)
    return [(keys, short.positions[carries], -arrays.items.carry_over[item[carries]])]


def _collect_remainder_terms(arrays: ProblemArrays, program: ProgramBuilder) -> list[BalanceTerm]:
    """Return the terms of remainders of items in whole units, which are discarded."""
    discard = find_variable_block(program, "discard")
    keys = _flatten_position(arrays, *get_axis_codes(discard, "place", "item", "period"))
    return [(keys, discard.positions, -np.ones(discard.size))]


def _collect_extra_terms(arrays: ProblemArrays, program: ProgramBuilder) -> list[BalanceTerm]:
    """Return the terms of what is handed out beyond the own need."""
    extra = find_variable_block(program, "extra")
    keys = _flatten_position(arrays, *get_axis_codes(extra, "place", "item", "period"))
    return [(keys, extra.positions, -np.ones(extra.size))]


def _collect_closing_stock_terms(arrays: ProblemArrays, program: ProgramBuilder) -> list[BalanceTerm]:
    """Return the terms of stock at the end of its period."""
    stock = find_variable_block(program, "stock")
    keys = _flatten_position(arrays, *get_axis_codes(stock, "place", "item", "period"))
    return [(keys, stock.positions, -np.ones(stock.size))]


def collect_carried_stock_terms(arrays: ProblemArrays, program: ProgramBuilder) -> list[BalanceTerm]:
    """Return the terms of stock that is left from the period before."""
    stock = find_variable_block(program, "stock")
    place, item, period = get_axis_codes(stock, "place", "item", "period")
    has_next = period < arrays.period_count - 1
    next_period = _flatten_position(arrays, place[has_next], item[has_next], period[has_next] + 1)
    return [(next_period, stock.positions[has_next], arrays.items.carryover_share[item[has_next]])]


def _collect_production_terms(arrays: ProblemArrays, program: ProgramBuilder) -> list[BalanceTerm]:
    """Return the terms of production and of the materials that production uses."""
    make, lines = find_variable_block(program, "make"), arrays.lines
    if not make.size:
        return []
    line, period = get_axis_codes(make, "line", "period")
    columns = find_production_columns(program, lines.use_line, arrays.period_count)
    used = np.repeat(lines.place[lines.use_line] * len(arrays.labels["item"]) + lines.use_item, arrays.period_count)
    used_in_period = used * arrays.period_count + np.tile(np.arange(arrays.period_count), len(lines.use_line))
    return [
        (_flatten_position(arrays, lines.place[line], lines.item[line], period), make.positions, np.ones(make.size)),
        (used_in_period, columns.ravel(), -np.repeat(lines.use_units, arrays.period_count)),
    ]

"""Rule 2: what comes to a place, goes somewhere."""

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
    """At every place, what is made, arrives, is handed over, taken or left of the stock meets demand, use and what goes on.

    Σ make + arriving ship − leaving ship + (1 − loss)·stock[t−1] − stock + central + take − give − Σ use·make + Σ short  =  d
    ↔  won per unit of the item more, by place, item and period

    Opening stock stands on the right: d − (1 − loss)·opening in the first period. Rows are made where a column or the
    right-hand side says something; elsewhere the rule is 0 = 0.
    """
    places = len(arrays.labels["place"])
    needed = np.zeros((places, len(arrays.labels["item"]), arrays.period_count))
    needed[: arrays.places.county_count] = arrays.demand
    needed[: arrays.places.county_count, :, 0] -= arrays.items.carryover_share * arrays.places.opening_stock
    terms = [
        *_collect_flow_terms(arrays, program),
        *_collect_stock_terms(arrays, program),
        *_collect_production_terms(arrays, program),
    ]
    where = needed != 0
    for keys, _, _ in terms:
        where.reshape(-1)[keys] = True
    rows = add_constraints_where(
        program, "balance", ("place", "item", "period"), where, lower=needed, upper=needed
    ).reshape(-1)
    for keys, columns, values in terms:
        add_coefficients(program, rows[keys], columns, values)


BalanceTerm = tuple[IntArray, IntArray, FloatArray]
"""Flat positions of (place, item, period), columns, and the values of the terms that tie them."""


def _flatten_position(arrays: ProblemArrays, place: IntArray, item: IntArray, period: IntArray) -> IntArray:
    return np.asarray((place * len(arrays.labels["item"]) + item) * arrays.period_count + period)


def _collect_flow_terms(arrays: ProblemArrays, program: ProgramBuilder) -> list[BalanceTerm]:
    """What moves, comes from the centre and is swapped; and what is left unmet."""
    ship = find_variable_block(program, "ship")
    arc, item, period = get_axis_codes(ship, "arc", "item", "period")
    one = np.ones(ship.size)
    terms = [
        (_flatten_position(arrays, arrays.arcs.head[arc], item, period), ship.positions, one),
        (_flatten_position(arrays, arrays.arcs.tail[arc], item, period), ship.positions, -one),
    ]
    for name, sign in (("central", 1.0), ("short", 1.0), ("take", 1.0), ("give", -1.0)):
        block = find_variable_block(program, name)
        place = arrays.partners.place[block.axes["partner"]] if "partner" in block.axes else block.axes["place"]
        keys = _flatten_position(arrays, place, *get_axis_codes(block, "item", "period"))
        terms.append((keys, block.positions, np.full(block.size, sign)))
    return terms


def _collect_stock_terms(arrays: ProblemArrays, program: ProgramBuilder) -> list[BalanceTerm]:
    """What is put by at the end of a period, and what is left of it in the next."""
    stock = find_variable_block(program, "stock")
    place, item, period = get_axis_codes(stock, "place", "item", "period")
    goes_on = period < arrays.period_count - 1
    later = _flatten_position(arrays, place[goes_on], item[goes_on], period[goes_on] + 1)
    return [
        (_flatten_position(arrays, place, item, period), stock.positions, -np.ones(stock.size)),
        (later, stock.positions[goes_on], arrays.items.carryover_share[item[goes_on]]),
    ]


def _collect_production_terms(arrays: ProblemArrays, program: ProgramBuilder) -> list[BalanceTerm]:
    """What lines make, and the materials they use up."""
    make, lines = find_variable_block(program, "make"), arrays.lines
    if not make.size:
        return []
    line, period = get_axis_codes(make, "line", "period")
    columns = find_production_columns(program, lines.use_line, arrays.period_count)
    used = np.repeat(lines.place[lines.use_line] * len(arrays.labels["item"]) + lines.use_item, arrays.period_count)
    used_in = used * arrays.period_count + np.tile(np.arange(arrays.period_count), len(lines.use_line))
    return [
        (_flatten_position(arrays, lines.place[line], lines.item[line], period), make.positions, np.ones(make.size)),
        (used_in, columns.ravel(), -np.repeat(lines.use_units, arrays.period_count)),
    ]

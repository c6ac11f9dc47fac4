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


def add_balance_constraints(index: ProblemArrays, program: ProgramBuilder) -> None:
    """At every place, what is made, arrives, is handed over, taken or left of the stock meets demand, use and what goes on.

    Σ make + arriving ship − leaving ship + (1 − loss)·stock[t−1] − stock + central + take − give − Σ use·make + Σ short  =  d
    ↔  won per unit of the item more, by place, item and period

    Opening stock stands on the right: d − (1 − loss)·opening in the first period. Rows are made where a column or the
    right-hand side says something; elsewhere the rule is 0 = 0.
    """
    places = len(index.labels["place"])
    needed = np.zeros((places, len(index.labels["item"]), index.period_count))
    needed[: index.places.county_count] = index.demand
    needed[: index.places.county_count, :, 0] -= index.items.carryover_share * index.places.opening_stock
    terms = [
        *_collect_flow_terms(index, program),
        *_collect_stock_terms(index, program),
        *_collect_production_terms(index, program),
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


def _flatten_position(index: ProblemArrays, place: IntArray, item: IntArray, period: IntArray) -> IntArray:
    return np.asarray((place * len(index.labels["item"]) + item) * index.period_count + period)


def _collect_flow_terms(index: ProblemArrays, program: ProgramBuilder) -> list[BalanceTerm]:
    """What moves, comes from the centre and is swapped; and what is left unmet."""
    ship = find_variable_block(program, "ship")
    arc, item, period = get_axis_codes(ship, "arc", "item", "period")
    one = np.ones(ship.size)
    terms = [
        (_flatten_position(index, index.arcs.head[arc], item, period), ship.positions, one),
        (_flatten_position(index, index.arcs.tail[arc], item, period), ship.positions, -one),
    ]
    for name, sign in (("central", 1.0), ("short", 1.0), ("take", 1.0), ("give", -1.0)):
        block = find_variable_block(program, name)
        place = index.partners.place[block.axes["partner"]] if "partner" in block.axes else block.axes["place"]
        keys = _flatten_position(index, place, *get_axis_codes(block, "item", "period"))
        terms.append((keys, block.positions, np.full(block.size, sign)))
    return terms


def _collect_stock_terms(index: ProblemArrays, program: ProgramBuilder) -> list[BalanceTerm]:
    """What is put by at the end of a period, and what is left of it in the next."""
    stock = find_variable_block(program, "stock")
    place, item, period = get_axis_codes(stock, "place", "item", "period")
    goes_on = period < index.period_count - 1
    later = _flatten_position(index, place[goes_on], item[goes_on], period[goes_on] + 1)
    return [
        (_flatten_position(index, place, item, period), stock.positions, -np.ones(stock.size)),
        (later, stock.positions[goes_on], index.items.carryover_share[item[goes_on]]),
    ]


def _collect_production_terms(index: ProblemArrays, program: ProgramBuilder) -> list[BalanceTerm]:
    """What lines make, and the materials they use up."""
    make, lines = find_variable_block(program, "make"), index.lines
    if not make.size:
        return []
    line, period = get_axis_codes(make, "line", "period")
    columns = find_production_columns(program, lines.use_line, index.period_count)
    used = np.repeat(lines.place[lines.use_line] * len(index.labels["item"]) + lines.use_item, index.period_count)
    used_in = used * index.period_count + np.tile(np.arange(index.period_count), len(lines.use_line))
    return [
        (_flatten_position(index, lines.place[line], lines.item[line], period), make.positions, np.ones(make.size)),
        (used_in, columns.ravel(), -np.repeat(lines.use_units, index.period_count)),
    ]

"""Rule 2: what comes to a place, goes somewhere."""

import numpy as np

from solvers.data.problem_arrays import ProblemIndex
from solvers.formulation.coefficients import at, decision, make_columns, rows_where, tie
from solvers.lp.linear_program import FloatArray, IntArray, ProgramBuilder


def balance(index: ProblemIndex, program: ProgramBuilder) -> None:
    """At every place, what is made, arrives, is handed over, taken or left of the stock meets demand, use and what goes on.

    Σ make + arriving ship − leaving ship + (1 − loss)·stock[t−1] − stock + central + take − give − Σ use·make + Σ short  =  d
    ↔  won per unit of the item more, by place, item and period

    Opening stock stands on the right: d − (1 − loss)·opening in the first period. Rows are made where a column or the
    right-hand side says something; elsewhere the rule is 0 = 0.
    """
    places = len(index.labels["place"])
    needed = np.zeros((places, len(index.labels["item"]), index.periods))
    needed[: index.places.counties] = index.demand
    needed[: index.places.counties, :, 0] -= index.items.kept * index.places.opening
    terms = [*_flows(index, program), *_stocks(index, program), *_making(index, program)]
    where = needed != 0
    for keys, _, _ in terms:
        where.reshape(-1)[keys] = True
    rows = rows_where(program, "balance", ("place", "item", "period"), where, lower=needed, upper=needed).reshape(-1)
    for keys, columns, values in terms:
        tie(program, rows[keys], columns, values)


Term = tuple[IntArray, IntArray, FloatArray]
"""Flat positions of (place, item, period), columns, and the values of the terms that tie them."""


def _flat(index: ProblemIndex, place: IntArray, item: IntArray, period: IntArray) -> IntArray:
    return np.asarray((place * len(index.labels["item"]) + item) * index.periods + period)


def _flows(index: ProblemIndex, program: ProgramBuilder) -> list[Term]:
    """What moves, comes from the centre and is swapped; and what is left unmet."""
    ship = decision(program, "ship")
    arc, item, period = at(ship, "arc", "item", "period")
    one = np.ones(ship.size)
    terms = [
        (_flat(index, index.arcs.head[arc], item, period), ship.positions, one),
        (_flat(index, index.arcs.tail[arc], item, period), ship.positions, -one),
    ]
    for name, sign in (("central", 1.0), ("short", 1.0), ("take", 1.0), ("give", -1.0)):
        block = decision(program, name)
        place = index.partners.place[block.axes["partner"]] if "partner" in block.axes else block.axes["place"]
        keys = _flat(index, place, *at(block, "item", "period"))
        terms.append((keys, block.positions, np.full(block.size, sign)))
    return terms


def _stocks(index: ProblemIndex, program: ProgramBuilder) -> list[Term]:
    """What is put by at the end of a period, and what is left of it in the next."""
    stock = decision(program, "stock")
    place, item, period = at(stock, "place", "item", "period")
    goes_on = period < index.periods - 1
    later = _flat(index, place[goes_on], item[goes_on], period[goes_on] + 1)
    return [
        (_flat(index, place, item, period), stock.positions, -np.ones(stock.size)),
        (later, stock.positions[goes_on], index.items.kept[item[goes_on]]),
    ]


def _making(index: ProblemIndex, program: ProgramBuilder) -> list[Term]:
    """What lines make, and the materials they use up."""
    make, lines = decision(program, "make"), index.lines
    if not make.size:
        return []
    line, period = at(make, "line", "period")
    columns = make_columns(program, lines.use_line, index.periods)
    used = np.repeat(lines.place[lines.use_line] * len(index.labels["item"]) + lines.use_item, index.periods)
    used_in = used * index.periods + np.tile(np.arange(index.periods), len(lines.use_line))
    return [
        (_flat(index, lines.place[line], lines.item[line], period), make.positions, np.ones(make.size)),
        (used_in, columns.ravel(), -np.repeat(lines.use_units, index.periods)),
    ]

"""Due dates: a part of the need of a period must be there before the period ends."""

import numpy as np

from solvers.data import item_arrays
from solvers.data.problem_arrays import ProblemArrays
from solvers.data.requirement_arrays import compute_provided
from solvers.formulation.coefficients import add_coefficients, add_constraints_where
from solvers.formulation.constraints.balance import (
    BalanceTerm,
    collect_carried_stock_terms,
    collect_flow_terms,
    collect_shortage_terms,
)
from solvers.lp.linear_program import FloatArray, IntArray, ProgramBuilder


def compute_due_units(arrays: ProblemArrays) -> FloatArray:
    """Return the units of the need that are due before a period ends, (C, I, T); 0 where nothing is due."""
    return item_arrays.compute_due_units(arrays.items, arrays.demand)


def add_due_constraints(arrays: ProblemArrays, program: ProgramBuilder) -> None:
    """Require that the part of the need due after a part ρ of the period is there by then, or short.

    (1 − loss)·stock[t−1] + ρ[i,t] · (arrivals − departures in t) + Σ_k short  ≥  η[i,t] · d
    ↔  shadow price in won per unit, by place, item and period

    Arrivals and departures are the flows of `balance`: production, shipments in, central deliveries and goods taken;
    material use, shipments out and goods given. They spread evenly over the period. In the first period the right-hand
    side is η·d − (1 − loss)·opening stock. What left before the plan and arrives in t comes off as well. Only needs with a due date have a constraint.

    Of a requirement, what is there is what the items that are there provide: each term counts with a[i,r].
    """
    due = compute_due_units(arrays)
    least = np.zeros((len(arrays.labels["place"]), *due.shape[1:]))
    carried, arriving = (sum_due_contributions(arrays, units) for units in _collect_known_units(arrays))
    least[: len(due)] = (due - carried[: len(due)]) - arrays.items.due_by * arriving[: len(due)]
    is_due = np.zeros(least.shape, dtype=bool)
    is_due[: len(due)] = due > 0
    rows = add_constraints_where(program, "due", ("place", "item", "period"), is_due, lower=least)
    for keys, columns, values in collect_flow_terms(arrays, program):
        _add_due_terms(arrays, program, rows, (keys, columns, values), arrays.items.due_by)
    for term in collect_carried_stock_terms(arrays, program):
        _add_due_terms(arrays, program, rows, term, np.ones_like(arrays.items.due_by))
    for keys, columns, values in collect_shortage_terms(arrays, program):
        add_coefficients(program, rows.reshape(-1)[keys], columns, values)


def sum_due_contributions(arrays: ProblemArrays, amounts: FloatArray) -> FloatArray:
    """Return what amounts of items contribute to due dates, (N, I, T): of a requirement, the sum of what the items provide."""
    count = arrays.requirements.item_count
    contributions = amounts.copy()
    contributions[:, count:] = compute_provided(arrays.requirements.provided, amounts[:, :count])
    return contributions


def _collect_known_units(arrays: ProblemArrays) -> tuple[FloatArray, FloatArray]:
    """Return the units that are there before a period, and that arrive in it, whatever the plan, each (N, I, T)."""
    carried = np.zeros_like(arrays.arriving)
    carried[: arrays.places.county_count, :, 0] = arrays.items.carryover_share * arrays.places.opening_stock
    return carried, arrays.arriving


def _add_due_terms(
    arrays: ProblemArrays, program: ProgramBuilder, rows: IntArray, term: BalanceTerm, factor: FloatArray
) -> None:
    """Add the terms of items, times the factor of the need, (I, T), to the due dates of the items and of what they provide."""
    keys, columns, values = term
    count = arrays.requirements.item_count
    place, item, period = np.unravel_index(keys, rows.shape)
    add_coefficients(program, rows[place, item, period], columns, values * factor[item, period])
    position, r = np.nonzero(arrays.requirements.provided[item])
    provided = arrays.requirements.provided[item[position], r]
    add_coefficients(
        program,
        rows[place[position], count + r, period[position]],
        columns[position],
        values[position] * provided * factor[count + r, period[position]],
    )

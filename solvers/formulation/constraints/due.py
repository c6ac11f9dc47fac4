"""Due dates: a part of the need of a period must be there before the period ends."""

import numpy as np

from solvers.data import item_arrays
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation.coefficients import add_coefficients, add_constraints_where
from solvers.formulation.constraints.balance import (
    collect_carried_stock_terms,
    collect_flow_terms,
    collect_shortage_terms,
)
from solvers.lp.linear_program import FloatArray, ProgramBuilder


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
    """
    counties, places = arrays.places.county_count, len(arrays.labels["place"])
    least = np.zeros((places, len(arrays.labels["item"]), arrays.period_count))
    least[:counties] = compute_due_units(arrays)
    is_due = least > 0
    least[:counties, :, 0] -= arrays.items.carryover_share * arrays.places.opening_stock
    least -= arrays.items.due_by * arrays.arriving
    rows = add_constraints_where(program, "due", ("place", "item", "period"), is_due, lower=least).reshape(-1)
    due_by = np.broadcast_to(arrays.items.due_by, least.shape).reshape(-1)
    for keys, columns, values in collect_flow_terms(arrays, program):
        add_coefficients(program, rows[keys], columns, values * due_by[keys])
    for keys, columns, values in (
        *collect_carried_stock_terms(arrays, program),
        *collect_shortage_terms(arrays, program),
    ):
        add_coefficients(program, rows[keys], columns, values)

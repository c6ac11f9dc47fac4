"""Constraints on the origin of supply: central deliveries and the local floor."""

import numpy as np

from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation.coefficients import (
    add_coefficients,
    add_constraints_where,
    find_variable_block,
    get_axis_codes,
)
from solvers.lp.linear_program import ProgramBuilder


def add_central_share_constraints(arrays: ProblemArrays, program: ProgramBuilder) -> None:
    """Limit the central deliveries of an item, over all gateways, to the delivered part of the promise.

    Σ_n central[n,i,t]  ≤  delivered[t] · share[i] · (Σ_n ((1 − η[i,t]) · d[n,i,t] + η[i,t+1] · d[n,i,t+1]) + promised[i,t])   for goods
    Σ_n central[n,i,t]  ≤  delivered[t] · allotment[i,t]                                                   for materials
    ↔  shadow price in won per unit, by item and period

    η is the share due before the period ends, 0 in the first period, after the last, and for items that are not storable.
    """
    central = find_variable_block(program, "central")
    item, period = get_axis_codes(central, "item", "period")
    is_delivered = np.zeros(arrays.centre.supply_limit.shape, dtype=bool)
    is_delivered[item, period] = True
    rows = add_constraints_where(
        program, "central_share", ("item", "period"), is_delivered, upper=arrays.centre.supply_limit
    )
    add_coefficients(program, rows[item, period], central.positions, 1.0)


def add_local_floor_constraints(arrays: ProblemArrays, program: ProgramBuilder) -> None:
    """Require that local factories make a minimum share of production and central deliveries over the plan.

    Σ_local w[i] · make[l,t] − floor · (Σ w[i] · make[l,t] + Σ w[i] · central[n,i,t])  ≥  0
    ↔  shadow price in won per won's worth (category) or per unit (item), by floor

    The weight w is 1 for a floor on one item and the item's value for a floor on a category. A name that is both means
    the item.
    """
    make, central, centre = find_variable_block(program, "make"), find_variable_block(program, "central"), arrays.centre
    has_floor = np.ones(len(centre.floor_labels), dtype=bool)
    rows = add_constraints_where(program, "local_floor", ("group",), has_floor, lower=np.zeros(len(has_floor)))
    for group, floor in enumerate(centre.floor_share):
        weight, line = centre.floor_weight[group], make.axes["line"]
        made = weight[arrays.lines.item[line]] * (arrays.lines.is_local[line] - floor)
        add_coefficients(program, np.full(make.size, rows[group]), make.positions, made)
        add_coefficients(
            program, np.full(central.size, rows[group]), central.positions, -floor * weight[central.axes["item"]]
        )

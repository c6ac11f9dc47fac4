"""Rule 8: goods for goods."""

import numpy as np

from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation.coefficients import (
    add_coefficients,
    add_constraints_where,
    find_variable_block,
    get_axis_codes,
)
from solvers.lp.linear_program import ProgramBuilder


def add_swap_balance_constraints(arrays: ProblemArrays, program: ProgramBuilder) -> None:
    """Over every settlement window, what is taken from a partner is worth no more than what is given to it allows.

    Σ value·take − rate·Σ value·give  ≤  credit
    ↔  won per won's worth, by partner and window

    Where a partner offers nothing in a window the rule limits nothing and has no row.
    """
    give, take, partners = find_variable_block(program, "give"), find_variable_block(program, "take"), arrays.partners
    takes = np.zeros((len(partners.rate), len(arrays.labels["window"])), dtype=bool)
    window = {block.name: partners.window[get_axis_codes(block, "partner", "period")] for block in (give, take)}
    takes[take.axes["partner"], window["take"]] = True
    credit = np.broadcast_to(partners.credit[:, None], takes.shape)
    rows = add_constraints_where(program, "swap_balance", ("partner", "window"), takes, upper=credit)
    add_coefficients(
        program, rows[take.axes["partner"], window["take"]], take.positions, arrays.items.value[take.axes["item"]]
    )
    given = partners.rate[give.axes["partner"]] * arrays.items.value[give.axes["item"]]
    add_coefficients(program, rows[give.axes["partner"], window["give"]], give.positions, -given)

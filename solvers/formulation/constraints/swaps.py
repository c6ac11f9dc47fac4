"""Constraints on swaps: the balance of each settlement window, own surplus, and no county worse off than without swaps."""

import numpy as np

from solvers.data.backlog import compute_greatest_needs
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation.coefficients import (
    add_coefficients,
    add_constraints_where,
    add_cumulative_coefficients,
    find_variable_block,
    get_axis_codes,
)
from solvers.lp.linear_program import FloatArray, ProgramBuilder


def add_swap_balance_constraints(arrays: ProblemArrays, program: ProgramBuilder) -> None:
    """Limit the value taken from a partner in a settlement window by the value given and the credit.

    Σ value[i] · take[p,i,t] − rate[p] · Σ value[i] · give[p,i,t]  ≤  credit[p]        over the items and periods of a window
    ↔  shadow price in won per won, by partner and window

    A window in which the partner offers nothing has no constraint.
    """
    give, take, partners = find_variable_block(program, "give"), find_variable_block(program, "take"), arrays.partners
    has_offer = np.zeros((len(partners.rate), len(arrays.labels["window"])), dtype=bool)
    window = {block.name: partners.window[get_axis_codes(block, "partner", "period")] for block in (give, take)}
    has_offer[take.axes["partner"], window["take"]] = True
    credit = np.broadcast_to(partners.credit[:, None], has_offer.shape)
    rows = add_constraints_where(program, "swap_balance", ("partner", "window"), has_offer, upper=credit)
    add_coefficients(
        program, rows[take.axes["partner"], window["take"]], take.positions, arrays.items.value[take.axes["item"]]
    )
    given = partners.rate[give.axes["partner"]] * arrays.items.value[give.axes["item"]]
    add_coefficients(program, rows[give.axes["partner"], window["give"]], give.positions, -given)


def add_own_surplus_constraints(arrays: ProblemArrays, program: ProgramBuilder) -> None:
    """Limit what swaps give of an item until a period to what local factories have made until then and the opening stock.

    Σ_τ≤t,p give[p,i,τ] − Σ_τ≤t,local make[l,τ]  ≤  max(Σ_n opening[n,i], past given[i] − past made[i])
    ↔  shadow price in won per unit, by item and period

    Sums run over the whole region. The right-hand side covers what past periods have given, so the past never makes a
    plan infeasible. A period in which no partner wants the item has no constraint: that of the period before is stricter.
    """
    give, make, lines = find_variable_block(program, "give"), find_variable_block(program, "make"), arrays.lines
    is_wanted = np.zeros((len(arrays.labels["item"]), arrays.period_count), dtype=bool)
    is_wanted[get_axis_codes(give, "item", "period")] = arrays.problem.policy.own_surplus
    available = np.broadcast_to(compute_own_opening(arrays)[:, None], is_wanted.shape)
    rows = add_constraints_where(program, "own_surplus", ("item", "period"), is_wanted, upper=available)
    item, period = get_axis_codes(give, "item", "period")
    add_cumulative_coefficients(program, rows, item, period, give.positions, 1.0)
    line, period = get_axis_codes(make, "line", "period")
    local = np.flatnonzero(lines.is_local[line])
    add_cumulative_coefficients(program, rows, lines.item[line[local]], period[local], make.positions[local], -1.0)


def compute_own_opening(arrays: ProblemArrays) -> FloatArray:
    """Return the opening stock of each item over all counties, at least what the past gave beyond what it made, (I,)."""
    local = arrays.lines.is_local
    made = np.bincount(arrays.lines.item[local], arrays.past.make[local].sum(axis=1), len(arrays.labels["item"]))
    return np.asarray(np.maximum(arrays.places.opening_stock.sum(axis=0), arrays.past.give.sum(axis=(0, 2)) - made))


def add_own_needs_first_constraints(
    arrays: ProblemArrays, program: ProgramBuilder, shortage_without_swaps: FloatArray
) -> None:
    """Limit each shortage to that of the plan without swaps: no county is worse off with swaps (no-harm constraint).

    Σ_k short[n,i,t,k]  ≤  shortage_without_swaps[n,i,t]
    ↔  shadow price in won per unit, by county, item and period

    `shortage_without_swaps` has shape (counties, items, periods), as `sum_shortage_units` returns it. Where the bands
    allow no larger shortage, the constraint is redundant and left out. A shortage includes the backlog of earlier periods,
    so with swaps no county waits for more than without swaps, in any period.
    """
    short, needs = find_variable_block(program, "short"), compute_greatest_needs(arrays)
    is_limited = (needs > 0) & (shortage_without_swaps < needs * arrays.band_width.sum())
    rows = add_constraints_where(
        program, "own_needs_first", ("place", "item", "period"), is_limited, upper=shortage_without_swaps
    )
    add_coefficients(program, rows[get_axis_codes(short, "place", "item", "period")], short.positions, 1.0)

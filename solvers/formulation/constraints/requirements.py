"""Requirements: what people take meets them, within the most that people take and the shares of a basket.

What people of a county take of an item is what they are served of their own need, and the extra beyond it:

    taken[n,i,t] = d[n,i,t] + κ[i] · Σ_k short[n,i,t−1,k] − Σ_k short[n,i,t,k] + extra[n,i,t]
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from solvers.data.backlog import compute_greatest_needs
from solvers.data.item_arrays import BoolArray
from solvers.data.problem_arrays import ProblemArrays
from solvers.data.requirement_arrays import compute_provided
from solvers.formulation.coefficients import (
    add_coefficients,
    add_constraints_where,
    find_variable_block,
    get_axis_codes,
)
from solvers.lp.linear_program import FloatArray, IntArray, ProgramBuilder


def find_needing_counties(arrays: ProblemArrays) -> BoolArray:
    """Return which counties need each requirement in some period, (C, R)."""
    return np.asarray((arrays.demand[:, arrays.requirements.item_count :] > 0).any(axis=2))


def find_extra_cells(arrays: ProblemArrays) -> BoolArray:
    """Return where an item may be handed out beyond its own need, (C, I, T): it provides something that the county needs.

    Past periods also have what was handed out in them.
    """
    past, may_have = arrays.past, np.zeros(arrays.demand.shape, dtype=bool)
    is_provided = (arrays.requirements.provided > 0).astype(np.int64)
    may_have[:, : arrays.requirements.item_count] = (
        find_needing_counties(arrays).astype(np.int64) @ is_provided.T > 0
    )[:, :, None]
    may_have[..., : past.period_count] |= past.extra > 0
    return may_have


def find_requirement_cells(arrays: ProblemArrays) -> BoolArray:
    """Return where a requirement has a constraint, (C, I, T): it is needed, or has a greatest amount."""
    count = arrays.requirements.item_count
    has_row = np.zeros(arrays.demand.shape, dtype=bool)
    has_row[:, count:] = (compute_greatest_needs(arrays)[:, count:] > 0) | np.isfinite(arrays.requirements.most)
    return has_row


@dataclass(frozen=True, slots=True)
class TakenTerms:
    """The terms of what people take, without the constant d[n,i,t]; each array has shape (k,)."""

    place: IntArray
    """County."""
    item: IntArray
    """Item."""
    period: IntArray
    """Period."""
    column: IntArray
    """Variable."""
    value: FloatArray
    """Coefficient."""

    @classmethod
    def collect(cls, arrays: ProblemArrays, program: ProgramBuilder) -> Self:
        """Collect the terms of items that provide something or of which people take a limited amount."""
        short, extra = find_variable_block(program, "short"), find_variable_block(program, "extra")
        requirements = arrays.requirements
        is_counted = np.zeros(len(arrays.items.value), dtype=bool)
        is_counted[: requirements.item_count] = requirements.provides_something | np.isfinite(
            requirements.taken_most
        ).any(axis=(0, 2))
        place, item, period = get_axis_codes(short, "place", "item", "period")
        here = np.flatnonzero(is_counted[item])
        later = np.flatnonzero(
            is_counted[item] & (arrays.items.carry_over[item] > 0) & (period < arrays.period_count - 1)
        )
        return cls(
            np.concatenate([extra.axes["place"], place[here], place[later]]),
            np.concatenate([extra.axes["item"], item[here], item[later]]),
            np.concatenate([extra.axes["period"], period[here], period[later] + 1]),
            np.concatenate([extra.positions, short.positions[here], short.positions[later]]),
            np.concatenate([np.ones(extra.size), -np.ones(len(here)), arrays.items.carry_over[item[later]]]),
        )


def add_requirement_constraints(arrays: ProblemArrays, program: ProgramBuilder) -> None:
    """Meet each requirement of a county by what its people take.

    Σ_i a[i,r] · taken[n,i,t] − over[n,r,t] + Σ_k short[n,r,t,k] − κ[r] · Σ_k short[n,r,t−1,k]  =  D[n,r,t]
    ↔  shadow price in won per unit, by place, item and period: the value of one more unit

    The requirement stands on the axis `item`, behind the items. Only needs, and requirements with a greatest amount, have a
    constraint.
    """
    requirements = arrays.requirements
    count = requirements.item_count
    need = np.zeros_like(arrays.demand)
    need[:, count:] = arrays.demand[:, count:] - compute_provided(requirements.provided, arrays.demand[:, :count])
    rows = add_constraints_where(
        program, "requirement", ("place", "item", "period"), find_requirement_cells(arrays), lower=need, upper=need
    )
    taken = TakenTerms.collect(arrays, program)
    term, r = np.nonzero(requirements.provided[taken.item] > 0)
    add_coefficients(
        program,
        rows[taken.place[term], count + r, taken.period[term]],
        taken.column[term],
        requirements.provided[taken.item[term], r] * taken.value[term],
    )
    over = find_variable_block(program, "over")
    add_coefficients(program, rows[get_axis_codes(over, "place", "item", "period")], over.positions, -1.0)
    short = find_variable_block(program, "short")
    place, item, period = get_axis_codes(short, "place", "item", "period")
    add_coefficients(program, rows[place, item, period], short.positions, 1.0)
    later = np.flatnonzero((item >= count) & (period < arrays.period_count - 1))
    add_coefficients(
        program,
        rows[place[later], item[later], period[later] + 1],
        short.positions[later],
        -arrays.items.carry_over[item[later]],
    )


def add_taken_constraints(arrays: ProblemArrays, program: ProgramBuilder) -> None:
    """Limit what people take of an item to the most that they take.

    extra[n,i,t] − Σ_k short[n,i,t,k]  ≤  max(most_per_head · heads, d[n,i,t]) − d[n,i,t]
    ↔  shadow price in won per unit, by place, item and period

    A backlog raises both what is served and the limit. Where nothing extra may be handed out, the own need is the limit.
    """
    requirements, extra = arrays.requirements, find_variable_block(program, "extra")
    room = np.full(arrays.demand.shape, np.inf)
    room[:, : requirements.item_count] = requirements.taken_most - arrays.demand[:, : requirements.item_count]
    is_limited = np.zeros(room.shape, dtype=bool)
    is_limited[get_axis_codes(extra, "place", "item", "period")] = True
    is_limited &= np.isfinite(room)
    rows = add_constraints_where(program, "taken", ("place", "item", "period"), is_limited, upper=room)
    for name, sign in (("extra", 1.0), ("short", -1.0)):
        block = find_variable_block(program, name)
        add_coefficients(program, rows[get_axis_codes(block, "place", "item", "period")], block.positions, sign)


def add_basket_share_constraints(arrays: ProblemArrays, program: ProgramBuilder) -> None:
    """Limit the share of an item in what people take to meet a requirement.

    a[i,r] · taken[n,i,t] − σ · Σ_j a[j,r] · taken[n,j,t]  ≥ 0 for a least share,  ≤ 0 for a greatest share
    ↔  shadow price in won per unit of the requirement, by place, basket (requirement, item and side) and period

    Counties that do not need the requirement have no constraint, unless no county needs it.
    """
    requirements, shape = arrays.requirements, arrays.demand.shape
    taken = TakenTerms.collect(arrays, program)
    is_taken = np.zeros(shape, dtype=bool)
    is_taken[taken.place, taken.item, taken.period] = True
    is_taken, needed = (amounts[:, : requirements.item_count] for amounts in (is_taken, arrays.demand))
    provided = requirements.provided[:, requirements.share_requirement]
    weight = provided * (np.arange(requirements.item_count)[:, None] == requirements.share_item)
    weight = weight - requirements.share * provided  # of each item in each stated side, (I, S)
    is_row = np.einsum("is,nit->nst", (provided > 0).astype(np.int64), is_taken.astype(np.int64)) > 0
    needing = find_needing_counties(arrays)
    is_row &= (needing | ~needing.any(axis=0))[:, requirements.share_requirement, None]
    county, side, period = np.nonzero(is_row)
    constant = -np.einsum("is,nit->nst", weight, needed)[county, side, period]
    is_least = requirements.share_is_least[side]
    block = program.add_constraints(
        "basket_share",
        {"place": county, "basket": side, "period": period},
        lower=np.where(is_least, constant, -np.inf),
        upper=np.where(is_least, np.inf, constant),
    )
    rows = np.full(is_row.shape, -1, dtype=np.int64)
    rows[county, side, period] = block.positions
    term, side = np.nonzero(weight[taken.item] != 0)
    add_coefficients(
        program,
        rows[taken.place[term], side, taken.period[term]],
        taken.column[term],
        weight[taken.item[term], side] * taken.value[term],
    )

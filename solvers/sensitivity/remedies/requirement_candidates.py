"""Candidate changes of requirements: the most that people take, and shares within a basket."""

from collections.abc import Mapping

import numpy as np

from models.changes.change import Change
from solvers.data.requirement_arrays import compute_units_per_head
from solvers.lp.linear_program import FloatArray, IntArray
from solvers.results.limits import compute_basket_shares
from solvers.sensitivity.remedies.candidate_context import CandidateChange, LimitContext, create_change_factory

SHARE_MARGIN = 1e-9
"""Distance of a changed share from what the plan takes, so that rounding errors do not make it too strict."""


def list_taken_candidates(context: LimitContext) -> list[CandidateChange]:
    """Return more of an item for each head of a group, which applies to all counties and periods."""
    item = context.axes["item"]
    most = context.problem.items[item].most_per_head
    rows = context.find_constraint_rows("taken", item=item)
    cells = (context.read_axis_codes("taken", rows, "place"), context.read_axis_codes("taken", rows, "period"))
    return _list_head_candidates(
        context, "most_per_head", most, ("row_upper", rows, cells), context.arrays.demand[:, item]
    )


def list_requirement_most_candidates(context: LimitContext) -> list[CandidateChange]:
    """Return a greater amount of a requirement for each head of a group, which applies to all counties and periods."""
    requirement = context.axes["item"]
    most = context.problem.requirements[requirement - context.arrays.requirements.item_count].most
    over = context.session.program.variables["over"]
    here = np.flatnonzero(over.axes["item"] == requirement)
    cells = (over.axes["place"][here], over.axes["period"][here])
    moved = ("column_upper", over.start + here, cells)
    return _list_head_candidates(context, "requirement_most", most, moved, context.arrays.demand[:, requirement])


def _list_head_candidates(
    context: LimitContext,
    what: str,
    most: Mapping[str, float],
    moved: tuple[str, IntArray, tuple[IntArray, IntArray]],
    demand: FloatArray,
) -> list[CandidateChange]:
    """Return a candidate for each group of an amount per head and year; `moved` names the bounds, and their places and periods.

    Where the need of a period is above what the amount gives, the need is the limit and does not move: such a candidate ends
    before any of these limits would.
    """
    name, positions, cells = moved
    problem, lp = context.problem, context.session.lp
    limit = sum(
        (units * compute_units_per_head(problem, group) for group, units in most.items()), np.zeros(demand.shape)
    )
    is_open = np.isfinite(getattr(lp, name)[positions])  # past periods are fixed or relaxed
    is_open &= (cells[1] >= context.arrays.past.period_count) & _have_groups(context, most)[cells[0]]
    is_need = demand[cells] > limit[cells] * (1 + SHARE_MARGIN)
    need = problem.needs[context.axes["item"]]
    found = []
    for group, units in most.items():
        step = compute_units_per_head(problem, group)[cells]
        moves = is_open & ~is_need & (step > 0)
        held = is_open & is_need & (step > 0)
        if not moves[positions == context.positions[0]].any():
            continue
        room = ((demand[cells] - limit[cells])[held] / step[held]).min(initial=np.inf)
        reference = {"rule": what, "id": need.id, "part": group, "period": "", "unit": f"{need.unit} per head and year"}
        factory = create_change_factory(what, f"{need.id}/{group}", units)
        steps = ((name, positions[moves], step[moves]),)
        found.append(CandidateChange(reference, steps, units, factory, float(room)))
    return found


def _have_groups(context: LimitContext, most: Mapping[str, float]) -> np.ndarray:
    """Return which counties have people of a group with an amount, (C,)."""
    return np.array([any(group in heads for group in most) for heads in context.heads_by_county], dtype=bool)


def list_share_candidates(context: LimitContext) -> list[CandidateChange]:
    """Return a share that the resulting plan meets exactly at this place and in this period."""
    side = context.axes["basket"]
    requirements = context.arrays.requirements
    is_least = bool(requirements.share_is_least[side])
    sign = -1.0 if is_least else 1.0

    def make_changes(_: float, values: FloatArray) -> tuple[Change, ...]:
        rows = context.session.program.constraints["basket_share"]
        found = float(
            compute_basket_shares(context.arrays, context.session.program, values)[context.position - rows.start]
        )
        before = float(requirements.share[side])
        share = max(0.0, min(before, found - SHARE_MARGIN)) if is_least else min(1.0, max(before, found + SHARE_MARGIN))
        return (Change(what="basket_share", where=requirements.share_labels[side], value=share),)

    bounds = "row_lower" if is_least else "row_upper"
    moved = ((bounds, context.positions, np.array([sign])),)
    return [CandidateChange(context.limit_reference, moved, context.limit, make_changes)]

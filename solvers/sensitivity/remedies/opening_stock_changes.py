"""Candidate changes of opening stocks, which move the bounds of several constraints."""

import numpy as np

from models.changes.change import Change
from solvers.formulation.constraints.swaps import compute_own_opening
from solvers.lp.linear_program import FloatArray, IntArray
from solvers.sensitivity.remedies.candidate_context import CandidateChange
from solvers.sensitivity.session import SensitivitySession


def list_opening_stock_candidates(session: SensitivitySession, county: str, item: str) -> list[CandidateChange]:
    """Return the candidate for a larger opening stock, which also raises what swaps may give.

    Of an item in whole units, a fraction of what is left in the first period is discarded. So only steps count of which a whole
    number of units is left.
    """
    labels, arrays = session.arrays.labels, session.arrays
    i, c = labels["item"].index(item), labels["county"].index(county)
    first, due = (_find_first_rows(session, name, c, i) for name in ("balance", "due"))
    stock = session.program.variables["stock"]
    stored = (stock.axes["place"] == c) & (stock.axes["item"] == i)
    if not stored.any() or not len(first) or arrays.items.carryover_share[i] <= 0:
        return []  # without these rows and columns, the change would alter the program
    unit, before = arrays.problem.items[i].unit, float(arrays.places.opening_stock[c, i])
    left = float(arrays.items.carryover_share[i])
    name = {"rule": "opening_stock", "id": county, "part": item, "period": "", "unit": unit}

    def make_changes(amount: float, _: FloatArray) -> tuple[Change, ...]:
        return (Change(what="opening_stock", where=f"{county}/{item}", value=before + amount),)

    moves = [("row_lower", np.concatenate([first, due]), np.full(len(first) + len(due), -left))]
    moves += _find_provided_moves(session, c, i, left)
    moves += [("row_upper", first, np.full(len(first), -left)), *_find_own_surplus_moves(session, i)]
    step = 1 / left if arrays.items.is_whole_units[i] else 0.0
    return [CandidateChange(name, tuple(moves), before, make_changes, step=step)]


def _find_first_rows(session: SensitivitySession, rule: str, county: int, item: int) -> IntArray:
    """Return the rows of a constraint of a county and item in the first period."""
    block = session.program.constraints[rule]
    first = (block.axes["place"] == county) & (block.axes["item"] == item) & (block.axes["period"] == 0)
    return np.asarray(block.positions[first])


def _find_provided_moves(
    session: SensitivitySession, county: int, item: int, left: float
) -> list[tuple[str, IntArray, FloatArray]]:
    """Return the due dates of requirements that one more unit of opening stock moves, of which `left` units remain."""
    requirements = session.arrays.requirements
    found = []
    for r in np.flatnonzero(requirements.provided[item]):
        rows = _find_first_rows(session, "due", county, requirements.item_count + int(r))
        found.append(("row_lower", rows, np.full(len(rows), -left * requirements.provided[item, r])))
    return found


def _find_own_surplus_moves(session: SensitivitySession, item: int) -> tuple[tuple[str, IntArray, FloatArray], ...]:
    """Return the bounds of own_surplus that one more unit of opening stock moves; none while past swaps exceed it."""
    rows = session.program.constraints["own_surplus"]
    opening = session.arrays.places.opening_stock[:, item].sum()
    if compute_own_opening(session.arrays)[item] > opening:
        return ()
    moved = rows.start + np.flatnonzero(rows.axes["item"] == item)
    return (("row_upper", moved, np.ones(len(moved))),)

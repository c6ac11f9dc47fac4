"""What remedies are looked for: a need that is short, and the levers that might mend it."""

from dataclasses import dataclass

import numpy as np

from solvers.lp.linear_program import IntArray
from solvers.results.bottlenecks import find_bottlenecks
from solvers.results.flows import clean_values
from solvers.results.limits import Limits
from solvers.sensitivity.bounds import Bounds
from solvers.sensitivity.remedies.candidate_changes import (
    CandidateChange,
    candidates_for_limit,
    opening_stock_candidate,
)
from solvers.sensitivity.session import SensitivitySession
from solvers.sensitivity.shadow_prices import list_shortage_weights


@dataclass(frozen=True, slots=True)
class ShortageTarget:
    """One shortage to be mended."""

    row: int
    """Its balance, as a position in the program."""
    columns: IntArray
    """Its columns of `short`."""
    before: float
    """Units short now."""
    target: float
    """Units short that a remedy may leave."""
    where: tuple[str, str, str]
    """County, item, period."""
    unit: str
    """Unit of the item."""


def find_shortage_target(
    session: SensitivitySession, county: str, item: str, period: str, target_share: float
) -> ShortageTarget:
    """The need for an item, to be left at most the share `left` of its shortage; KeyError if there is no such place or item."""
    labels, short = session.arrays.labels, session.program.variables["short"]
    try:
        codes = (labels["county"].index(county), labels["item"].index(item), labels["period"].index(period))
    except ValueError as error:
        raise KeyError(f"there is no {county}, {item}, {period}") from error
    axes = ("place", "item", "period")
    here = np.logical_and.reduce([short.axes[a] == c for a, c in zip(axes, codes, strict=True)])
    balance = session.program.constraints["balance"]
    row = np.logical_and.reduce([balance.axes[a] == c for a, c in zip(axes, codes, strict=True)])
    columns = short.start + np.flatnonzero(here)
    before = float(session.point.values[columns].sum())
    if before <= 1e-9 or not row.any():
        return ShortageTarget(-1, columns, 0.0, 0.0, (county, item, period), "")
    unit = session.arrays.problem.items[codes[1]].unit
    position = balance.start + int(np.flatnonzero(row)[0])
    return ShortageTarget(position, columns, before, target_share * before, (county, item, period), unit)


def bounds_with_target(session: SensitivitySession, need: ShortageTarget) -> Bounds:
    """The plan's bounds with the need no shorter than its target: cheaper bands first, as any optimum may fill them."""
    bounds = Bounds.from_program(session.lp).copy_arrays()
    room = need.target
    for column in need.columns[np.argsort(list_shortage_weights(session)[need.columns], kind="stable")]:
        bounds.column_upper[column] = min(bounds.column_upper[column], room)
        room -= bounds.column_upper[column]
    return bounds


def list_candidates_for(
    session: SensitivitySession, need: ShortageTarget, max_candidates: int
) -> list[CandidateChange]:
    """Levers of the limits behind the need, those with the most within reach first, and the opening stock.

    With ordered goals the limits are those that the prices of any goal's turn show, the goals in their order.
    """
    county, item, _ = need.where
    found: dict[tuple[str, ...], CandidateChange] = {}
    for stage in session.goal_stages:
        values = clean_values(stage.program, stage.point.values)
        limits = Limits.from_solution(session.arrays, stage.program, values, stage.point.dual_values)
        binding = limits.find_priced()
        balance = stage.program.constraints["balance"]
        behind = find_bottlenecks(stage.program, stage.point.dual_values, limits.position[binding])
        chosen = binding[behind[[need.row - balance.start]].nonzero()[1]]
        worth = limits.shadow_price[chosen] * np.abs(limits.limit[chosen])
        for k in chosen[np.argsort(-worth, kind="stable")]:
            if len(found) >= max_candidates:
                break
            for candidate in candidates_for_limit(session, limits, int(k)):
                found.setdefault(tuple(candidate.name.values()), candidate)
    return [*list(found.values())[:max_candidates], *opening_stock_candidate(session, county, item)]

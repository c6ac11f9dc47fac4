"""Shortage targets, and the candidate changes that could meet them."""

from dataclasses import dataclass

import numpy as np

from solvers.formulation import compute_band_widths
from solvers.lp.linear_program import IntArray
from solvers.results.bottlenecks import find_bottlenecks
from solvers.results.flows import clean_values
from solvers.results.limits import Limits
from solvers.sensitivity.bounds import Bounds
from solvers.sensitivity.remedies.candidate_changes import (
    CandidateChange,
    list_limit_candidates,
    list_opening_stock_candidates,
)
from solvers.sensitivity.session import SensitivitySession
from solvers.sensitivity.shadow_prices import compute_shortage_weights


@dataclass(frozen=True, slots=True)
class ShortageTarget:
    """One shortage and its target."""

    balance_row: int
    """Row of the balance constraint."""
    shortage_columns: IntArray
    """Columns of the variable `short`."""
    shortage: float
    """Current shortage in units."""
    target_shortage: float
    """Target shortage in units."""
    location: tuple[str, str, str]
    """County, item and period."""
    unit: str
    """Unit of the item."""


def find_shortage_target(
    session: SensitivitySession, county: str, item: str, period: str, target_share: float
) -> ShortageTarget:
    """Return a shortage with its target; KeyError if the county, item or period is unknown."""
    labels, short = session.arrays.labels, session.program.variables["short"]
    try:
        codes = (labels["county"].index(county), labels["item"].index(item), labels["period"].index(period))
    except ValueError as error:
        raise KeyError(f"unknown demand: {county}, {item}, {period}") from error
    axes = ("place", "item", "period")
    is_demand = np.logical_and.reduce([short.axes[a] == c for a, c in zip(axes, codes, strict=True)])
    balance = session.program.constraints["balance"]
    row = np.logical_and.reduce([balance.axes[a] == c for a, c in zip(axes, codes, strict=True)])
    columns = short.start + np.flatnonzero(is_demand)
    before = float(session.plan_values[columns].sum())
    if before <= 1e-9 or not row.any():
        return ShortageTarget(-1, columns, 0.0, 0.0, (county, item, period), "")
    unit = session.arrays.problem.items[codes[1]].unit
    position = balance.start + int(np.flatnonzero(row)[0])
    return ShortageTarget(position, columns, before, target_share * before, (county, item, period), unit)


def build_target_bounds(session: SensitivitySession, shortage: ShortageTarget) -> Bounds:
    """Return the bounds of the plan with the target as upper bounds of the shortage bands, the cheapest first."""
    bounds = Bounds.from_program(session.lp).copy_arrays()
    remaining, short = shortage.target_shortage, session.program.variables["short"]
    width = compute_band_widths(session.arrays, session.program, session.point.values)
    for column in shortage.shortage_columns[
        np.argsort(compute_shortage_weights(session)[shortage.shortage_columns], kind="stable")
    ]:
        bounds.column_upper[column] = min(bounds.column_upper[column], width[column - short.start], remaining)
        remaining -= bounds.column_upper[column]
    return bounds


def list_target_candidates(
    session: SensitivitySession, shortage: ShortageTarget, max_candidates: int
) -> list[CandidateChange]:
    """List candidates for the bottlenecks of a shortage, the largest value at the shadow price first, and the opening stock.

    With ordered goals, the bottlenecks of each stage count, in the order of the goals.
    """
    county, item, _ = shortage.location
    found: dict[tuple[str, ...], CandidateChange] = {}
    for stage in session.goal_stages:
        values = clean_values(stage.program, stage.point.values)
        limits = Limits.from_solution(session.arrays, stage.program, values, stage.point.dual_values)
        binding = limits.find_priced_limits()
        balance = stage.program.constraints["balance"]
        bottlenecks = find_bottlenecks(stage.program, stage.point.dual_values, limits.position[binding])
        chosen = binding[bottlenecks[[shortage.balance_row - balance.start]].nonzero()[1]]
        value = limits.shadow_price[chosen] * np.abs(limits.limit[chosen])
        for k in chosen[np.argsort(-value, kind="stable")]:
            if len(found) >= max_candidates:
                break
            for candidate in list_limit_candidates(session, limits, int(k)):
                found.setdefault(tuple(candidate.limit_reference.values()), candidate)
    return [*list(found.values())[:max_candidates], *list_opening_stock_candidates(session, county, item)]

"""What remedies are looked for: a need that is short, and the levers that might mend it."""

from dataclasses import dataclass

import numpy as np

from solvers.lp.linear_program import IntArray
from solvers.results.bottlenecks import limits_behind
from solvers.results.flows import tidy
from solvers.results.limits import Limits
from solvers.sensitivity.remedies.candidate_changes import Lever, levers_of, opening
from solvers.sensitivity.session import Bounds, Standing
from solvers.sensitivity.shadow_prices import weights


@dataclass(frozen=True, slots=True)
class Need:
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


def find_need(standing: Standing, county: str, item: str, period: str, left: float) -> Need:
    """The need for an item, to be left at most the share `left` of its shortage; KeyError if there is no such place or item."""
    labels, short = standing.index.labels, standing.program.decisions["short"]
    try:
        codes = (labels["county"].index(county), labels["item"].index(item), labels["period"].index(period))
    except ValueError as error:
        raise KeyError(f"there is no {county}, {item}, {period}") from error
    axes = ("place", "item", "period")
    here = np.logical_and.reduce([short.axes[a] == c for a, c in zip(axes, codes, strict=True)])
    balance = standing.program.rules["balance"]
    row = np.logical_and.reduce([balance.axes[a] == c for a, c in zip(axes, codes, strict=True)])
    columns = short.start + np.flatnonzero(here)
    before = float(standing.point.values[columns].sum())
    if before <= 1e-9 or not row.any():
        return Need(-1, columns, 0.0, 0.0, (county, item, period), "")
    unit = standing.index.problem.items[codes[1]].unit
    position = balance.start + int(np.flatnonzero(row)[0])
    return Need(position, columns, before, left * before, (county, item, period), unit)


def imposed(standing: Standing, need: Need) -> Bounds:
    """The plan's bounds with the need no shorter than its target: cheaper bands first, as any optimum may fill them."""
    bounds = Bounds.of(standing.lp).copy()
    room = need.target
    for column in need.columns[np.argsort(weights(standing)[need.columns], kind="stable")]:
        bounds.column_upper[column] = min(bounds.column_upper[column], room)
        room -= bounds.column_upper[column]
    return bounds


def levers_for(standing: Standing, need: Need, most: int) -> list[Lever]:
    """Levers of the limits behind the need, those with the most within reach first, and the opening stock.

    With ordered goals the limits are those that the prices of any goal's turn show, the goals in their order.
    """
    county, item, _ = need.where
    found: dict[tuple[str, ...], Lever] = {}
    for turn in standing.turns:
        values = tidy(turn.program, turn.point.values)
        limits = Limits.of(standing.index, turn.program, values, turn.point.row_price)
        binding = limits.priced()
        balance = turn.program.rules["balance"]
        behind = limits_behind(turn.program, turn.point.row_price, limits.position[binding])
        chosen = binding[behind[[need.row - balance.start]].nonzero()[1]]
        worth = limits.gain[chosen] * np.abs(limits.limit[chosen])
        for k in chosen[np.argsort(-worth, kind="stable")]:
            if len(found) >= most:
                break
            for lever in levers_of(standing, limits, int(k)):
                found.setdefault(tuple(lever.name.values()), lever)
    return [*list(found.values())[:most], *opening(standing, county, item)]

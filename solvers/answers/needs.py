"""What remedies are looked for: a need that is short, and the limits that might have more."""

from dataclasses import dataclass

import numpy as np

from solvers.answers.direction import sign_of
from solvers.answers.moves import Way
from solvers.answers.prices import name_of
from solvers.answers.standing import Bounds, Standing
from solvers.program import IntArray
from solvers.report.limits import Limits
from solvers.report.reasons import limits_behind


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


@dataclass(frozen=True, slots=True)
class Candidate:
    """A limit that might have more."""

    name: dict[str, str]
    """Rule, id, part, period, unit."""
    position: int
    """Row, or the number of rows plus the column."""
    sign: float
    """+1 where more is a greater bound."""
    scale: float
    """Units of the bound per unit of the limit."""
    limit: float
    """Amount there is."""


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
    """The plan's bounds with the need no shorter than its target: cheaper bands first, as any optimum fills them."""
    bounds = Bounds.of(standing.lp).copy()
    room = need.target
    for column in need.columns[np.argsort(standing.lp.cost[need.columns], kind="stable")]:
        bounds.column_upper[column] = min(bounds.column_upper[column], room)
        room -= bounds.column_upper[column]
    return bounds


def candidates_for(standing: Standing, need: Need, most: int) -> list[Candidate]:
    """Limits behind the need, those with the most won within reach first, and the opening stock."""
    limits = standing.limits()
    binding = limits.priced()
    balance = standing.program.rules["balance"]
    behind = limits_behind(standing.program, standing.point.row_price, limits.position[binding])
    chosen = binding[behind[[need.row - balance.start]].nonzero()[1]]
    worth = limits.gain[chosen] * np.abs(limits.limit[chosen])
    order = chosen[np.argsort(-worth, kind="stable")][:most]
    named = [_candidate(limits, int(k)) for k in order]
    opening = _opening(standing, need)
    return named if opening is None else [*named, opening]


def _candidate(limits: Limits, k: int) -> Candidate:
    return Candidate(name_of(limits, k), int(limits.position[k]), sign_of(limits, k), 1.0, float(limits.limit[k]))


def _opening(standing: Standing, need: Need) -> Candidate | None:
    """More in store before the first period: less to be brought then."""
    county, item, _ = need.where
    labels, index = standing.index.labels, standing.index
    i, c = labels["item"].index(item), labels["county"].index(county)
    balance = standing.program.rules["balance"]
    first = (balance.axes["place"] == c) & (balance.axes["item"] == i) & (balance.axes["period"] == 0)
    if not index.items.storable[i] or not first.any() or index.items.kept[i] <= 0:
        return None
    name = {"rule": "opening_stock", "id": county, "part": item, "period": "", "unit": need.unit}
    row = balance.start + int(np.flatnonzero(first)[0])
    return Candidate(name, row, 0.0, float(index.items.kept[i]), float(index.places.opening[c, i]))


def way_of(start: Bounds, candidate: Candidate) -> Way:
    """Bounds in which a candidate has so much more."""
    if candidate.sign:
        return Way.of_limit(start, candidate.position, candidate.sign)
    step = Bounds(*(np.zeros_like(getattr(start, name)) for name in Bounds.__slots__))
    step.row_lower[candidate.position] = step.row_upper[candidate.position] = -candidate.scale
    return Way(start, step)

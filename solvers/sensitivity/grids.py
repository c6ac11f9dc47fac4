"""Grids: a plan as two limits or shares are varied at once."""

from collections.abc import Sequence
from time import monotonic

from models.answers import GridCell, ParameterGrid
from models.changes.change import Change
from solvers.sensitivity.curves import served, varied
from solvers.sensitivity.errors import NothingToAsk
from solvers.sensitivity.reopening import restand
from solvers.sensitivity.session import Standing


def grid(
    standing: Standing,
    first: tuple[Change, Sequence[float]],
    second: tuple[Change, Sequence[float]],
    *,
    seconds: float = 600.0,
) -> ParameterGrid:
    """The plan at each pair of values of two changes; solved to and fro, each from the basis of its neighbour, as long as there is time."""
    until = monotonic() + seconds
    problem, cells, stood = standing.index.problem, list[GridCell](), standing
    pairs = [(a, b) for k, a in enumerate(first[1]) for b in (second[1] if k % 2 == 0 else tuple(reversed(second[1])))]
    for a, b in pairs:
        if cells and monotonic() > until:
            break
        changed = varied(varied(problem, first[0], a), second[0], b)
        try:
            following = restand(stood, changed, until - monotonic())
        except NothingToAsk:
            break
        if following is None:
            cells.append(GridCell(first=a, second=b, objective=None, served_share=None))
            continue
        stood = following
        cells.append(GridCell(first=a, second=b, objective=stood.won, served_share=served(stood)))
    cells.sort(key=lambda c: (list(first[1]).index(c.first), list(second[1]).index(c.second)))
    return ParameterGrid(cells=tuple(cells), not_evaluated=len(pairs) - len(cells))

"""Grids: a plan as two limits or shares are varied at once."""

from collections.abc import Sequence
from time import monotonic

from models.answers import GridCell, ParameterGrid
from models.changes.change import Change
from solvers.sensitivity.curves import compute_served_share, vary_change
from solvers.sensitivity.errors import SensitivityUnavailableError
from solvers.sensitivity.reopening import open_changed
from solvers.sensitivity.session import SensitivitySession


def compute_grid(
    session: SensitivitySession,
    first: tuple[Change, Sequence[float]],
    second: tuple[Change, Sequence[float]],
    *,
    time_limit_seconds: float = 600.0,
) -> ParameterGrid:
    """The plan at each pair of values of two changes; solved to and fro, each from the basis of its neighbour, as long as there is time."""
    until = monotonic() + time_limit_seconds
    problem, cells, stood = session.arrays.problem, list[GridCell](), session
    pairs = [(a, b) for k, a in enumerate(first[1]) for b in (second[1] if k % 2 == 0 else tuple(reversed(second[1])))]
    for a, b in pairs:
        if cells and monotonic() > until:
            break
        changed = vary_change(vary_change(problem, first[0], a), second[0], b)
        try:
            following = open_changed(stood, changed, until - monotonic())
        except SensitivityUnavailableError:
            break
        if following is None:
            cells.append(GridCell(first=a, second=b, objective=None, served_share=None))
            continue
        stood = following
        cells.append(
            GridCell(first=a, second=b, objective=stood.plain_objective, served_share=compute_served_share(stood))
        )
    cells.sort(key=lambda c: (list(first[1]).index(c.first), list(second[1]).index(c.second)))
    return ParameterGrid(cells=tuple(cells), not_evaluated=len(pairs) - len(cells))

"""Applying the changes of a scenario to a problem."""

from collections.abc import Sequence

from models.changes import Change
from models.problem import PlanningProblem


def apply_changes(problem: PlanningProblem, changes: Sequence[Change]) -> PlanningProblem:
    """`problem` with `changes` made one after another; the original stays as it is.

    Raises InvalidProblem, with paths such as `/changes/0/where`, for a change that selects nothing or cannot be made.
    """
    if changes:
        raise NotImplementedError("changes are not applied yet")
    return problem

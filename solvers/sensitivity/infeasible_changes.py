"""Infeasible changes: the analysis that planning the changed problem gives, and a test that needs no solve."""

from time import monotonic

import numpy as np

from models.options import PlanOptions
from models.plan import Infeasibility
from models.problem.planning_problem import PlanningProblem
from solvers.algorithms.pipeline import build_first_stage_program
from solvers.data.problem_arrays import ProblemArrays
from solvers.errors import SensitivityUnavailableError
from solvers.infeasibility import analyse_infeasibility
from solvers.lp.linear_program import FloatArray, LinearProgram

CLEAR_VIOLATION = 1e-4
"""Violation that no tolerance of a solver covers, relative to 1 + the limit."""

LEAST_ANALYSIS_SECONDS = 1.0
"""Time for an analysis whose deadline has passed; most need less."""


def explain_infeasibility(
    problem: PlanningProblem, options: PlanOptions | None = None, deadline: float = float("inf")
) -> Infeasibility:
    """Return why no plan satisfies a problem: the analysis of the same program as in planning, so the same conflict.

    Parameters
    ----------
    deadline
        Deadline of the analysis by `time.monotonic`.

    Raises
    ------
    SensitivityUnavailableError
        Infeasibility is not proved in time.
    """
    options, arrays = options or PlanOptions(), ProblemArrays.from_problem(problem)
    seconds = max(min(options.time_limit_seconds, deadline - monotonic()), LEAST_ANALYSIS_SECONDS)
    found = analyse_infeasibility(arrays, build_first_stage_program(arrays), options.tolerance, seconds)
    if found is None:
        raise SensitivityUnavailableError("no plan was found, and infeasibility could not be proved")
    return found.infeasibility


def explain_if_in_time(problem: PlanningProblem, options: PlanOptions, deadline: float) -> Infeasibility | None:
    """Return why no plan satisfies a problem; None if this is not proved before the deadline."""
    try:
        return explain_infeasibility(problem, options, deadline)
    except SensitivityUnavailableError:
        return None


def has_unsatisfiable_row(lp: LinearProgram) -> bool:
    """Return whether the bounds of the variables of one constraint alone, or of one variable, leave it no value.

    A program without such a constraint can be infeasible too.
    """
    least, most = _bound_activities(lp)
    sides = (
        (lp.column_lower, lp.column_upper),
        (least, lp.row_upper),
        (lp.row_lower, most),
        (lp.row_lower, lp.row_upper),
    )
    return any(_is_clearly_above(lower, upper) for lower, upper in sides)


def _is_clearly_above(lower: FloatArray, upper: FloatArray) -> bool:
    both = np.isfinite(lower) & np.isfinite(upper)
    lower, upper = lower[both], upper[both]
    scale = 1 + np.minimum(np.abs(lower), np.abs(upper))
    return bool((lower - upper > CLEAR_VIOLATION * scale).any())


def _bound_activities(lp: LinearProgram) -> tuple[FloatArray, FloatArray]:
    """Return the least and the greatest value of each constraint by the bounds of its variables, (m,) each; ±inf if unbounded."""
    entries = lp.matrix.tocoo()
    data, row, column = entries.data, entries.row, entries.col
    is_positive = data > 0
    ends = []
    for sign, first, second in ((-1, lp.column_lower, lp.column_upper), (1, lp.column_upper, lp.column_lower)):
        bound = np.where(is_positive, first[column], second[column])
        is_finite = np.isfinite(bound)
        total = np.bincount(
            row, np.where(is_finite, data * np.where(is_finite, bound, 0.0), 0.0), minlength=lp.row_count
        )
        is_unbounded = np.bincount(row, (~is_finite & (data != 0)).astype(float), minlength=lp.row_count) > 0
        ends.append(np.where(is_unbounded, sign * np.inf, total))
    return ends[0], ends[1]

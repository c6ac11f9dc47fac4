"""The problem that a study varies: the base with the changes of a lever, and the changes of the factors at a point.

A point states the value of each factor. A value that would leave the range of a field, such as a condition above 1, is clipped to
the nearest value that stays within it, so that every run can be planned with the same changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from models.analyses.study import Factor, FactorChange
from models.changes.apply import CHANGE_APPLIERS, apply_changes, apply_without_checks
from models.changes.change import Change
from models.changes.change_context import ChangeContext
from models.problem.planning_problem import PlanningProblem
from models.validation.finding import Finding, InvalidProblemError, JsonPath, format_json_pointer, split_json_pointer
from solvers.analyses.studies.distribution_functions import find_ends
from solvers.lp.linear_program import FloatArray

OUT_OF_RANGE = "changed_out_of_range"
"""Code of the finding that a change leaves the range of a field."""


@dataclass(frozen=True, slots=True)
class VariedProblem:
    """A problem as a function of the values of its factors."""

    problem: PlanningProblem
    """The base with the changes of the lever."""
    factors: tuple[Factor, ...]
    """Factors in order; k of them."""
    low: FloatArray
    """Least value of each factor, (k,), clipped to the range of its fields."""
    high: FloatArray
    """Greatest value of each factor, (k,), clipped to the range of its fields."""

    @classmethod
    def from_base(
        cls,
        base: PlanningProblem,
        factors: Sequence[Factor],
        lever: Sequence[Change] = (),
        lever_path: JsonPath = ("levers", 0),
        points: FloatArray | None = None,
    ) -> Self:
        """Apply the changes of a lever, and find the range of each factor, which covers its distribution and any points, (r, k).

        `lever_path` is where the lever is in the request.

        Raises
        ------
        InvalidProblemError
            A change names something that the problem does not have, or the base is invalid with the changes of the lever; paths
            begin within the request.
        """
        try:
            problem = apply_changes(base, lever)
        except InvalidProblemError as error:
            places = [(*lever_path, "changes", position) for position in range(len(lever))]
            raise InvalidProblemError(tuple(_move_path(finding, places) for finding in error.findings)) from error
        _require_known_parts(problem, factors)
        ends = [find_ends(factor.distribution) for factor in factors]
        low, high = (np.array([end[side] for end in ends], dtype=np.float64) for side in (0, 1))
        if points is not None and len(points):
            low, high = np.minimum(low, points.min(axis=0)), np.maximum(high, points.max(axis=0))
        most = np.array([_find_greatest_value(problem, f, high[k]) for k, f in enumerate(factors)], dtype=np.float64)
        return cls(problem, tuple(factors), np.minimum(low, most), np.minimum(high, most))

    @property
    def neutral_point(self) -> FloatArray:
        """The point that leaves the problem unchanged, (k,)."""
        return np.ones(len(self.factors))

    def clip_points(self, points: FloatArray) -> FloatArray:
        """Return points, (r, k), within the range of the fields."""
        return np.minimum(points, self.high)

    def list_changes(self, point: FloatArray) -> list[Change]:
        """Return the changes of all factors at a point, (k,)."""
        return [
            change.build_change(float(value))
            for factor, value in zip(self.factors, point, strict=True)
            for change in factor.changes
        ]

    def build_problem(self, point: FloatArray) -> PlanningProblem:
        """Return the problem at a point, (k,).

        Raises
        ------
        InvalidProblemError
            The problem is invalid there.
        """
        return apply_changes(self.problem, self.list_changes(point))

    def build_known_problem(self, point: FloatArray) -> PlanningProblem:
        """Return the problem at a point, (k,), without checks, which take longer than all else, where it is known to pass them."""
        return apply_without_checks(self.problem, self.list_changes(point))


def _find_greatest_value(problem: PlanningProblem, factor: Factor, high: float) -> float:
    """Return the greatest value of a factor, at most `high`, with which each of its changes keeps every field within its range."""
    return min(_find_greatest_of_change(problem, change, high) for change in factor.changes)


def _find_greatest_of_change(problem: PlanningProblem, change: FactorChange, high: float) -> float:
    least, most = 0.0, high
    if _is_within_range(problem, change, most):
        return most
    while (middle := (least + most) / 2) not in (least, most):
        least, most = (middle, most) if _is_within_range(problem, change, middle) else (least, middle)
    return least


def _is_within_range(problem: PlanningProblem, change: FactorChange, value: float) -> bool:
    context = ChangeContext(problem, change.build_change(value), 0)
    CHANGE_APPLIERS[change.what](context)
    return all(finding.code != OUT_OF_RANGE for finding in context.findings)


def _require_known_parts(problem: PlanningProblem, factors: Sequence[Factor]) -> None:
    """Raise InvalidProblemError if a change of a factor selects nothing that could be multiplied."""
    places = [("factors", k, "changes", j) for k, factor in enumerate(factors) for j in range(len(factor.changes))]
    changes = [change.build_change(1.0) for factor in factors for change in factor.changes]
    try:
        apply_changes(problem, changes)
    except InvalidProblemError as error:
        raise InvalidProblemError(tuple(_move_path(found, places) for found in error.findings)) from error


def _move_path(finding: Finding, places: Sequence[JsonPath]) -> Finding:
    """Return a finding about the list of changes with the path of that change in the request."""
    kind, *rest = split_json_pointer(finding.path) if finding.path else ("",)
    if kind != "changes":
        return finding
    return finding.model_copy(update={"path": format_json_pointer(*places[int(rest[0])], *rest[1:])})

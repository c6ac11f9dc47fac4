"""Changes to what is to come: the past stays as it was."""

from collections.abc import Sequence

from models.changes.apply import apply_changes
from models.changes.change import Change
from models.problem.planning_problem import PlanningProblem
from models.validation.checks import Finding, InvalidProblemError

_WHOLE = frozenset({"not_by_period", "needs_all_periods"})
"""Findings that mean: this cannot be changed in some periods alone."""


def apply_future_changes(problem: PlanningProblem, changes: Sequence[Change], past: int) -> PlanningProblem:
    """The problem with changes made, where they can differ by period in the periods after the first `past` alone.

    What is one number for the whole plan (or a limit where there was none) is changed whole; past decisions are fixed anyway.
    Raises InvalidProblem with pointers `/changes/…`; a change of a past period is refused.
    """
    findings: list[Finding] = []
    for k, change in enumerate(changes):
        try:
            findings += _reject_past_periods(problem, change, past)
            if not findings:
                problem = _apply_future_change(problem, change, past)
        except InvalidProblemError as error:
            findings += error.findings
        findings = [one.model_copy(update={"path": _prefix_path(one.path, k)}) for one in findings]
        if findings:
            raise InvalidProblemError(tuple(findings))
    return problem


def _prefix_path(path: str, place: int) -> str:
    prefix = "/changes/0"
    return f"/changes/{place}{path.removeprefix(prefix)}" if path.startswith(prefix) else path


def _apply_future_change(problem: PlanningProblem, change: Change, past: int) -> PlanningProblem:
    if change.periods is not None:
        return apply_changes(problem, [change])
    value = change.value
    if isinstance(value, tuple) and len(value) == len(problem.periods):
        value = value[past:]
    ahead = change.model_copy(update={"periods": problem.periods[past:], "value": value})
    try:
        return apply_changes(problem, [ahead])
    except InvalidProblemError as error:
        if not _WHOLE & {one.code for one in error.findings}:
            raise
    return apply_changes(problem, [change])


def _reject_past_periods(problem: PlanningProblem, change: Change, past: int) -> list[Finding]:
    gone = set(problem.periods[:past])
    return [
        Finding(
            path=f"/changes/0/periods/{place}",
            code="past_period",
            message=f"{period!r} is past and cannot be changed.",
            remedy=f"Name periods from {problem.periods[past]!r} on.",
        )
        for place, period in enumerate(change.periods or ())
        if period in gone
    ]

"""Changes to what is to come: the past stays as it was."""

from collections.abc import Sequence

from models.changes.apply import apply_changes
from models.changes.change import Change
from models.problem.planning_problem import PlanningProblem
from models.validation.checks import Finding, InvalidProblemError

_WHOLE_PLAN_CODES = frozenset({"not_by_period", "needs_all_periods"})
"""Findings that mean: this cannot be changed in some periods alone."""


def apply_future_changes(problem: PlanningProblem, changes: Sequence[Change], past_count: int) -> PlanningProblem:
    """The problem with changes made, where they can differ by period in the periods after the first `past` alone.

    What is one number for the whole plan (or a limit where there was none) is changed whole; past decisions are fixed anyway.
    Raises InvalidProblem with pointers `/changes/…`; a change of a past period is refused.
    """
    findings: list[Finding] = []
    for k, change in enumerate(changes):
        try:
            findings += _find_past_periods(problem, change, past_count)
            if not findings:
                problem = _apply_future_change(problem, change, past_count)
        except InvalidProblemError as error:
            findings += error.findings
        findings = [one.model_copy(update={"path": _replace_change_position(one.path, k)}) for one in findings]
        if findings:
            raise InvalidProblemError(tuple(findings))
    return problem


def _replace_change_position(path: str, position: int) -> str:
    prefix = "/changes/0"
    return f"/changes/{position}{path.removeprefix(prefix)}" if path.startswith(prefix) else path


def _apply_future_change(problem: PlanningProblem, change: Change, past_count: int) -> PlanningProblem:
    if change.periods is not None:
        return apply_changes(problem, [change])
    value = change.value
    if isinstance(value, tuple) and len(value) == len(problem.periods):
        value = value[past_count:]
    future_change = change.model_copy(update={"periods": problem.periods[past_count:], "value": value})
    try:
        return apply_changes(problem, [future_change])
    except InvalidProblemError as error:
        if not _WHOLE_PLAN_CODES & {one.code for one in error.findings}:
            raise
    return apply_changes(problem, [change])


def _find_past_periods(problem: PlanningProblem, change: Change, past_count: int) -> list[Finding]:
    past_periods = set(problem.periods[:past_count])
    return [
        Finding(
            path=f"/changes/0/periods/{place}",
            code="past_period",
            message=f"{period!r} is past and cannot be changed.",
            remedy=f"Name periods from {problem.periods[past_count]!r} on.",
        )
        for place, period in enumerate(change.periods or ())
        if period in past_periods
    ]

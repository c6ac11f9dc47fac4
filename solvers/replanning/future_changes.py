"""Changes that apply to future periods only."""

from collections.abc import Sequence

from models.changes.apply import apply_changes
from models.changes.change import Change
from models.problem.planning_problem import PlanningProblem
from models.validation.checks import Finding, InvalidProblemError

_WHOLE_PLAN_CODES = frozenset({"not_by_period", "needs_all_periods"})
"""Finding codes for inputs that have one value for the whole plan."""


def apply_future_changes(problem: PlanningProblem, changes: Sequence[Change], past_count: int) -> PlanningProblem:
    """Return the problem with changes applied to the periods after the first `past_count`.

    An input with one value for the whole plan, or a new limit, changes for the whole plan. Past variables are fixed in any case.

    Raises
    ------
    InvalidProblemError
        A change is invalid or names a past period; paths begin with `/changes/`.
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

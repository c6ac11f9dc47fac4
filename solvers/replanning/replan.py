"""The problem of planning the rest again: the plan's own, with the past booked, changes to what is to come, and former quotas."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa

from models.changes.change import Change
from models.outputs import LineAndPeriod
from models.problem.past import FormerQuota
from models.problem.planning_problem import PlanningProblem
from models.problem.population import DemandRow
from models.validation.checks import Finding, InvalidProblemError, check_problem, raise_on_errors
from solvers.data.past_arrays import PastArrays
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import FloatArray
from solvers.replanning.discrepancies import convert_past_to_problem
from solvers.replanning.future_changes import apply_future_changes
from solvers.replanning.plan_arrays import read_plan_arrays
from solvers.replanning.reconcile import ReconciledPast, reconcile_past

UnreportedOutput = Literal["quota", "zero"]
"""What is taken for the output of a line and period that was not reported."""

GOALS_BEFORE_CLOSENESS = ("worst_fulfilment", "shortage")
"""Goals that come before keeping quotas close."""


@dataclass(frozen=True, slots=True)
class ReplanProblem:
    """What is to be planned now."""

    problem: PlanningProblem
    """The problem, with its past."""
    reconciled: ReconciledPast
    """The past as arrays, with what could not be kept or explained."""
    reported_count: int
    """Lines and periods of the past that were reported."""
    assumed_count: int
    """Those with a quota that were not, and were taken to have made it, or nothing."""


def build_replan_problem(
    problem: PlanningProblem,
    tables: Mapping[str, pa.Table],
    outputs: Mapping[LineAndPeriod, float],
    start: str,
    *,
    unreported: UnreportedOutput = "quota",
    keep_quotas_close: bool = False,
    changes: Sequence[Change] = (),
) -> ReplanProblem:
    """Plan again from the period `start` on: a plan of `problem` with its tables (all of TABLES), and the outputs reported.

    `changes` are made to what is to come alone. With `keep_quotas_close` shortage comes first, then quotas near the former ones, then
    the rest. Raises InvalidProblem, with pointers `/from` and `/changes/…`.
    """
    count = _count_past_periods(problem, start)
    arrays = ProblemArrays.from_problem(problem)
    plan = read_plan_arrays(arrays, tables)
    make, reported_count, assumed_count = _determine_outputs(arrays, plan, outputs, count, unreported)
    reconciled = reconcile_past(arrays, plan, make)
    changed = apply_future_changes(problem, changes, count)
    if changes:
        changed = _keep_past_needs(arrays, changed, count)
    parts = {
        "past": convert_past_to_problem(arrays, reconciled.past),
        "former_quotas": _list_former_quotas(arrays, plan),
    }
    if keep_quotas_close:
        parts["policy"] = changed.policy.model_copy(update={"goals": _insert_closeness_goal(changed)})
    new_problem = changed.model_copy(update=parts)
    raise_on_errors(check_problem(new_problem))
    return ReplanProblem(new_problem, reconciled, reported_count, assumed_count)


def _count_past_periods(problem: PlanningProblem, start: str) -> int:
    if start not in problem.periods[1:]:
        known = ", ".join(problem.periods[1:]) or "none: it has one period alone"
        message = f"The rest of the plan cannot begin with {start[:100]!r}."
        remedy = f"Name a period with at least one before it: {known}."
        raise InvalidProblemError((Finding(path="/from", code="unknown_period", message=message, remedy=remedy),))
    count = problem.periods.index(start)
    if problem.past is not None and count < len(problem.past.periods):
        message = (
            f"{start!r} is past already: the plan itself begins with {problem.periods[len(problem.past.periods)]!r}."
        )
        remedy = "Name that period or a later one."
        raise InvalidProblemError((Finding(path="/from", code="past_period", message=message, remedy=remedy),))
    return count


def _determine_outputs(
    arrays: ProblemArrays,
    plan: PastArrays,
    outputs: Mapping[LineAndPeriod, float],
    count: int,
    unreported: UnreportedOutput,
) -> tuple[FloatArray, int, int]:
    """What was made, (L, K); how many of it were reported; and how many quotas were not."""
    make = plan.make[:, :count].copy()
    line_of = {name: line for line, name in enumerate(arrays.labels["line"])}
    period_of = {period: t for t, period in enumerate(arrays.labels["period"][:count])}
    is_reported = np.zeros(make.shape, dtype=bool)
    for (factory, item, period), quantity in outputs.items():
        if period in period_of:
            line_and_period = line_of[f"{factory}/{item}"], period_of[period]
            make[line_and_period], is_reported[line_and_period] = quantity, True
    is_unreported = ~is_reported & (make > 0)
    is_unreported[:, : arrays.past.period_count] = False  # what was past before is known
    if unreported == "zero":
        make[is_unreported] = 0.0
    return make, int(is_reported.sum()), int(is_unreported.sum())


def _keep_past_needs(arrays: ProblemArrays, changed: PlanningProblem, count: int) -> PlanningProblem:
    """The changed problem with the needs of the past as they were, stated outright where they would differ."""
    before, after = arrays.demand, ProblemArrays.from_problem(changed).demand
    counties, items = np.nonzero((before != after)[:, :, :count].any(axis=2))
    if not len(counties):
        return changed
    mixed = np.concatenate([before[:, :, :count], after[:, :, count:]], axis=2)
    names = arrays.labels["county"], arrays.labels["item"]
    stated = {(row.county, row.item): row for row in changed.demand}
    for c, i in zip(counties.tolist(), items.tolist(), strict=True):
        key = names[0][c], names[1][i]
        stated[key] = DemandRow(county=key[0], item=key[1], quantity=tuple(mixed[c, i].tolist()))
    return changed.model_copy(update={"demand": tuple(stated.values())})


def _list_former_quotas(arrays: ProblemArrays, plan: PastArrays) -> tuple[FormerQuota, ...]:
    factories = [arrays.labels["factory"][f] for f in arrays.lines.factory.tolist()]
    items = [arrays.labels["item"][i] for i in arrays.lines.item.tolist()]
    return tuple(
        FormerQuota(factory=factories[line], item=items[line], quantity=tuple(plan.make[line].tolist()))
        for line in np.flatnonzero(plan.make.any(axis=1)).tolist()
    )


def _insert_closeness_goal(problem: PlanningProblem) -> tuple[object, ...]:
    """The goals with `quotas_close` behind those that serve people; shortage, closeness, cost where none were listed."""
    goals = list(problem.policy.goals or ("shortage", "cost"))
    names = [goal.goal for goal in problem.policy.expand_ordered_goals()] or ["shortage", "cost"]
    if "quotas_close" not in names:
        serving = [k for k, name in enumerate(names) if name in GOALS_BEFORE_CLOSENESS]
        goals.insert(serving[-1] + 1 if serving else len(goals), "quotas_close")
    return tuple(goals)

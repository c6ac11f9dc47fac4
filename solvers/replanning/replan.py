"""Replanning problem: the original problem with a reconciled past, changes to future periods and former quotas."""

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
from solvers.data.factory_arrays import index_lines
from solvers.data.past_arrays import PastArrays
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import FloatArray
from solvers.replanning.discrepancies import convert_past_to_problem
from solvers.replanning.future_changes import apply_future_changes
from solvers.replanning.plan_arrays import read_plan_arrays
from solvers.replanning.reconcile import ReconciledPast, reconcile_past

UnreportedOutput = Literal["quota", "zero"]
"""Assumed output of a line and period without a report."""

GOALS_BEFORE_CLOSENESS = ("worst_fulfilment", "shortage")
"""Goals that precede `quotas_close`."""


@dataclass(frozen=True, slots=True)
class ReplanProblem:
    """A problem with a reconciled past."""

    problem: PlanningProblem
    """The problem with its past."""
    reconciled: ReconciledPast
    """Reconciled past, with lost and unexplained units."""
    reported_count: int
    """Number of past lines and periods with a report."""
    assumed_count: int
    """Number of past lines and periods with a quota and without a report."""


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
    """Build the problem of replanning from the period `start`.

    Parameters
    ----------
    problem, tables
        Problem and tables (all of TABLES) of the former plan.
    outputs
        Reported outputs in units, by factory, item and period.
    unreported
        Assumed output without a report: the quota or zero.
    keep_quotas_close
        Adds the goal `quotas_close` after the goals that serve demand.
    changes
        Changes that apply to future periods.

    Raises
    ------
    InvalidProblemError
        The start or a change is invalid; paths begin with `/from` or `/changes/`.
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
        known = ", ".join(problem.periods[1:]) or "none, because the plan has a single period"
        message = f"Replanning cannot start from {start[:100]!r}."
        remedy = f"Choose a period after the first: {known}."
        raise InvalidProblemError((Finding(path="/from", code="unknown_period", message=message, remedy=remedy),))
    count = problem.periods.index(start)
    if problem.past is not None and count < len(problem.past.periods):
        message = f"{start!r} is past: the plan starts from {problem.periods[len(problem.past.periods)]!r}."
        remedy = "Choose that period or a later one."
        raise InvalidProblemError((Finding(path="/from", code="past_period", message=message, remedy=remedy),))
    return count


def _determine_outputs(
    arrays: ProblemArrays,
    plan: PastArrays,
    outputs: Mapping[LineAndPeriod, float],
    count: int,
    unreported: UnreportedOutput,
) -> tuple[FloatArray, int, int]:
    """Return production, (L, K), the number of reports, and the number of quotas without a report."""
    make = plan.make[:, :count].copy()
    lines_of: dict[tuple[str, str], list[int]] = {}
    for (factory, item, _), line in index_lines(arrays.problem).items():
        lines_of.setdefault((factory, item), []).append(line)
    period_of = {period: t for t, period in enumerate(arrays.labels["period"][:count])}
    is_reported = np.zeros(make.shape, dtype=bool)
    for (factory, item, period), quantity in outputs.items():
        if period in period_of:
            booked = lines_of[factory, item], period_of[period]
            make[booked], is_reported[booked] = _book_output(arrays, plan.make[booked], booked[0], quantity), True
    is_unreported = ~is_reported & (make > 0)
    is_unreported[:, : arrays.past.period_count] = False  # periods that were past in the former plan are known
    if unreported == "zero":
        make[is_unreported] = 0.0
    return make, int(is_reported.sum()), int(is_unreported.sum())


def _book_output(arrays: ProblemArrays, quotas: FloatArray, lines: Sequence[int], quantity: float) -> FloatArray:
    """Divide an output of an item among its recipes in proportion to their quotas, (R,); all to the first without a quota.

    Outputs of items in whole units are divided in whole units, by largest remainder.
    """
    planned = float(quotas.sum())
    if len(lines) == 1 or planned <= 0:
        return np.array([quantity, *[0.0] * (len(lines) - 1)])
    exact = quantity * quotas / planned
    if not arrays.items.is_whole_units[arrays.lines.item[lines[0]]] or not float(quantity).is_integer():
        return np.asarray(exact)
    booked = np.floor(exact)
    booked[np.argsort(booked - exact, kind="stable")[: round(quantity - booked.sum())]] += 1
    return booked


def _keep_past_needs(arrays: ProblemArrays, changed: PlanningProblem, count: int) -> PlanningProblem:
    """Return the changed problem with the former demand in past periods, stated in `demand` where it would differ."""
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
    keys = tuple(index_lines(arrays.problem))
    return tuple(
        FormerQuota(
            factory=keys[line][0], item=keys[line][1], recipe=keys[line][2], quantity=tuple(plan.make[line].tolist())
        )
        for line in np.flatnonzero(plan.make.any(axis=1)).tolist()
    )


def _insert_closeness_goal(problem: PlanningProblem) -> tuple[object, ...]:
    """Return the goals with `quotas_close` after those that serve demand; without goals: shortage, quotas_close, cost."""
    goals = list(problem.policy.goals or ("shortage", "cost"))
    names = [goal.goal for goal in problem.policy.expand_ordered_goals()] or ["shortage", "cost"]
    if "quotas_close" not in names:
        serves_demand = [k for k, name in enumerate(names) if name in GOALS_BEFORE_CLOSENESS]
        goals.insert(serves_demand[-1] + 1 if serves_demand else len(goals), "quotas_close")
    return tuple(goals)

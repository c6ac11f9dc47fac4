"""Outcomes of a run: the measures of a request, and served shares by county, need and period."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from models.analyses.measures import LimitSelection, OutcomeMeasure, OutcomeName
from models.analyses.references import check_outcome_selection
from models.analyses.study import StudyRequest
from models.problem.planning_problem import PlanningProblem
from models.problem.policy import NeedSelection
from models.validation.checks.context import ProblemContext, format_name_list, quote_name, suggest_similar_names
from models.validation.finding import Finding, JsonPath, raise_on_errors
from models.validation.finding_codes import make_finding
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import BOUNDS
from solvers.formulation.objective import select_needs
from solvers.lp.linear_program import FloatArray, Program
from solvers.results.flows import Flows, clean_values
from solvers.results.limits import BOUND_LIMIT_AXES, CONSTRAINT_LIMIT_AXES, RULE_NAMES, Limits
from solvers.results.need_values import NeedValues, divide_served
from solvers.results.tables import sum_electricity

OBJECTIVE = OutcomeMeasure(outcome="objective")
SERVED_SHARE = OutcomeMeasure(outcome="served_share")


@dataclass(frozen=True, slots=True)
class RunOutcomes:
    """What a run is recorded by."""

    measures: FloatArray
    """Values of the measures, (q,)."""
    counties: FloatArray
    """Served share of the items of each county, (C,)."""
    needs: FloatArray
    """Served share of each item and requirement, (I,)."""
    periods: FloatArray
    """Served share of the items in each period, (T,)."""


@dataclass(frozen=True, slots=True)
class SolvedRun:
    """A solved run, as measures see it."""

    arrays: ProblemArrays
    """Its problem."""
    program: Program
    """Its program, with its bounds."""
    values: FloatArray
    """Clean values of the variables, (n,)."""
    dual_values: FloatArray
    """Dual values of the constraints, (m,)."""
    objective: float
    """Objective in won."""
    need_values: NeedValues
    """Needs by value."""

    @classmethod
    def from_solution(
        cls, arrays: ProblemArrays, program: Program, values: FloatArray, dual_values: FloatArray, objective: float
    ) -> Self:
        """Read a solution; values, (n,), and dual values, (m,)."""
        clean = clean_values(program, values)
        flows = Flows.from_solution(arrays, program, clean, dual_values)
        return cls(arrays, program, clean, dual_values, objective, NeedValues.from_flows(arrays, flows))


def list_measures(request: StudyRequest) -> tuple[OutcomeMeasure, ...]:
    """Return what each run records: objective, served share, the stated outcomes, and those of thresholds, each once."""
    stated = (*request.outcomes, *(_without_bound(threshold) for threshold in request.thresholds))
    by_label = {measure.label: measure for measure in (OBJECTIVE, SERVED_SHARE, *stated)}
    return tuple(by_label.values())


_KIND_BY_AXIS = {
    "place": "place",
    "machine": "factory",
    "line": "factory",
    "area": "power area",
    "arc": "link",
    "item": "item",
    "partner": "partner",
}
"""Kind of what the first axis of a limit names."""

_AXES_BY_RULE = {**CONSTRAINT_LIMIT_AXES, **{BOUNDS[key].name: axes for key, axes in BOUND_LIMIT_AXES.items()}}


def check_measures(problem: PlanningProblem, request: StudyRequest) -> None:
    """Raise InvalidProblemError if a measure names what the problem does not have; paths such as `/thresholds/0/of/county/1`."""
    context = ProblemContext(problem)
    stated = [((part, k), one) for part in ("outcomes", "thresholds") for k, one in enumerate(getattr(request, part))]
    raise_on_errors(tuple(finding for path, measure in stated for finding in check_measure(context, measure, path)))


def check_measure(context: ProblemContext, measure: OutcomeMeasure, path: JsonPath) -> Iterator[Finding]:
    """Yield a finding for everything that a measure at `path` names and the problem does not have."""
    yield from check_outcome_selection(context, measure, path)
    if measure.limit is not None:
        yield from _check_limit(context, measure.limit, (*path, "limit"))


def _check_limit(context: ProblemContext, limit: LimitSelection, path: JsonPath) -> Iterator[Finding]:
    """Yield a finding for a rule that no limit has, or for parts of limits of the rule that cannot be."""
    if limit.rule not in _AXES_BY_RULE:
        message = f"No limit follows from a rule {quote_name(limit.rule)}."
        remedy = suggest_similar_names(limit.rule, RULE_NAMES) or f"Use {format_name_list(RULE_NAMES, 60)}."
        yield make_finding("unknown_choice", (*path, "rule"), message, remedy)
        return
    subject, _, span = _AXES_BY_RULE[limit.rule]
    if limit.id and subject in _KIND_BY_AXIS:
        yield from context.check_reference(_KIND_BY_AXIS[subject], limit.id, (*path, "id"))
    if limit.period and span == "period":  # others are windows of settlements
        yield from context.check_reference("period", limit.period, (*path, "period"))


def measure_run(run: SolvedRun, measures: Sequence[OutcomeMeasure]) -> RunOutcomes:
    """Return the outcomes of a run."""
    needs = run.need_values
    items = needs.is_item
    return RunOutcomes(
        np.array([_MEASURES[measure.outcome](run, measure) for measure in measures]),
        _sum_shares(needs.needed[:, items], needs.served[:, items], (1, 2)),
        _sum_shares(needs.needed, needs.served, (0, 2)),
        _sum_shares(needs.needed_in_period[:, items], needs.served_in_period[:, items], (0, 1)),
    )


def is_better_when_high(measure: OutcomeMeasure) -> bool:
    """Return whether a planner wants much of an outcome: served shares; the worst values of others are their highest."""
    return measure.outcome == "served_share"


def _without_bound(measure: OutcomeMeasure) -> OutcomeMeasure:
    return OutcomeMeasure(outcome=measure.outcome, of=measure.of, limit=measure.limit, below=measure.below)


def _sum_shares(needed: FloatArray, served: FloatArray, axes: tuple[int, ...]) -> FloatArray:
    return divide_served(np.asarray(needed.sum(axis=axes)), np.asarray(served.sum(axis=axes)))


def _select_cells(run: SolvedRun, selection: NeedSelection | None) -> FloatArray:
    """Return 1 for each selected need of a county, (C, I, 1); requirements count only where the selection names them."""
    selected = select_needs(run.arrays, selection)
    if selection is None or selection.item is None:
        selected = selected & run.need_values.is_item
    return selected[:, :, None].astype(np.float64)


def _measure_objective(run: SolvedRun, _: OutcomeMeasure) -> float:
    return run.objective


def _measure_served_share(run: SolvedRun, measure: OutcomeMeasure) -> float:
    chosen = _select_cells(run, measure.of)
    needed, served = (float((amounts * chosen).sum()) for amounts in (run.need_values.needed, run.need_values.served))
    return served / needed if needed > 0 else 1.0


def _count_periods_below(run: SolvedRun, measure: OutcomeMeasure) -> float:
    chosen, needs = _select_cells(run, measure.of), run.need_values
    share = _sum_shares(needs.needed_in_period * chosen, needs.served_in_period * chosen, (0, 1))
    return float((share < (measure.below or 0.0)).sum())


def _measure_power(run: SolvedRun, _: OutcomeMeasure) -> float:
    return float(sum(drawn.sum() for drawn in sum_electricity(run.arrays, run.program, run.values)))


def _measure_shadow_price(run: SolvedRun, measure: OutcomeMeasure) -> float:
    selection = measure.limit or LimitSelection(rule="")
    limits = Limits.from_solution(run.arrays, run.program, run.values, run.dual_values)
    chosen = limits.rule == RULE_NAMES.index(selection.rule)
    labels = np.array(limits.labels)
    for codes, wanted in ((limits.id, selection.id), (limits.part, selection.part), (limits.period, selection.period)):
        if wanted:
            chosen &= labels[codes] == wanted
    prices = np.bincount(limits.period[chosen], weights=limits.shadow_price[chosen])
    periods = np.unique(limits.period[chosen])
    return float(prices[periods].mean()) if len(periods) else float("nan")


_MEASURES: Mapping[OutcomeName, Callable[[SolvedRun, OutcomeMeasure], float]] = {
    "objective": _measure_objective,
    "served_share": _measure_served_share,
    "periods_below": _count_periods_below,
    "power_used": _measure_power,
    "shadow_price": _measure_shadow_price,
}
"""How each outcome is measured."""

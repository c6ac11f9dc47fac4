"""Comparison of two plans: differences of inputs and results, and the effect of each change.

The total difference is decomposed in an order of steps. Each step applies one more change and solves from the basis of the step
before. The steps sum to the total, but the effect of one change depends on the order.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from models.changes.apply import apply_changes
from models.changes.change import Change
from models.comparisons import Comparison, ComparisonStep, InputDifference, ResultDifference
from models.plan import PlanSummary, ServedShare
from models.problem.planning_problem import PlanningProblem
from models.validation.checks import InvalidProblemError, check_problem, raise_on_errors
from solvers.results.flows import clean_values
from solvers.results.summary import build_summary
from solvers.sensitivity.changed_plan import solve_changed_problem
from solvers.sensitivity.curves import compute_served_share
from solvers.sensitivity.goal_stages import compute_final_values
from solvers.sensitivity.session import SensitivitySession

MAX_INPUT_DIFFERENCES = 200
"""Maximum number of input differences."""

MAX_FACTORY_DIFFERENCES = 50
"""Maximum number of factories."""

ComparisonSteps = Sequence[tuple[str, PlanningProblem]]
"""Name of each step and the problem after it; the last problem is that of the second plan."""

PROBLEM_PARTS = (
    ("population and demand", ("counties", "demand", "served_least", "items", "calendars")),
    ("electricity", ("power_areas",)),
    ("central deliveries", ("supply_shares",)),
    ("factories", ("factories",)),
    ("transport", ("stations", "links")),
    ("swaps", ("partners",)),
    ("policy", ("policy",)),
)
"""Parts of a problem that one step replaces, in order."""


def split_by_parts(before: PlanningProblem, after: PlanningProblem) -> ComparisonSteps:
    """Return steps from one problem to another by parts; one step if an intermediate problem is invalid."""
    steps, problem = [], before
    for name, fields in PROBLEM_PARTS:
        next_problem = problem.model_copy(update={field: getattr(after, field) for field in fields})
        if next_problem == problem:
            continue
        try:
            raise_on_errors(check_problem(next_problem))
        except InvalidProblemError:
            return (("everything", after),)
        problem = next_problem
        steps.append((name, problem))
    return steps if problem == after or not steps else [*steps, ("the rest", after)]


def split_by_changes(before: PlanningProblem, changes: Sequence[Change]) -> ComparisonSteps:
    """Return one step for each change; consecutive changes of one kind form one step."""
    steps: list[tuple[str, PlanningProblem]] = []
    problem = before
    for change in changes:
        problem = apply_changes(problem, (change,))
        if steps and steps[-1][0] == change.what:
            steps.pop()
        steps.append((change.what, problem))
    return steps


def compare_plans(session: SensitivitySession, steps: ComparisonSteps) -> Comparison:
    """Compare a plan with that of the last step; a step without a plan is reported and skipped."""
    first = (session.plain_objective, compute_served_share(session))
    current, solvable, rows, last = session, session, list[ComparisonStep](), first
    for name, problem in steps:
        found = solve_changed_problem(solvable, problem)
        if found is None:
            none = {"objective": None, "served_share": None, "objective_change": None, "served_share_change": None}
            rows.append(ComparisonStep(name=name, **none))
            continue
        current = found[0]
        solvable = current if found[1] else solvable
        plan, share = current.plain_objective, compute_served_share(current)
        changes = {"objective_change": plan - last[0], "served_share_change": share - last[1]}
        rows.append(ComparisonStep(name=name, objective=plan, served_share=share, **changes))
        last = (plan, share)
    inputs = list_input_differences(session.arrays.problem, current.arrays.problem)
    a, b = _summarize_plan(session), _summarize_plan(current)
    return Comparison(
        inputs=inputs[:MAX_INPUT_DIFFERENCES],
        input_difference_count=len(inputs),
        objective=(first[0], last[0]),
        served_share=(first[1], last[1]),
        goals=_list_differences(*(compute_final_values(s.goal_stages, s.point.values) for s in (session, current))),
        by_county=_list_differences(*(_index_served_shares(s.by_county) for s in (a, b))),
        by_category=_list_differences(*(_index_served_shares(s.by_category) for s in (a, b))),
        by_factory=_select_largest(_list_differences(_sum_value_made(session), _sum_value_made(current))),
        steps=tuple(rows),
    )


def _summarize_plan(session: SensitivitySession) -> PlanSummary:
    values = clean_values(session.program, session.plan_values)
    return build_summary(session.arrays, session.program, values, session.compute_flows())


def _index_served_shares(rows: Sequence[ServedShare]) -> dict[str, float]:
    return {row.key: row.share for row in rows}


def _sum_value_made(session: SensitivitySession) -> dict[str, float]:
    """Return the value of production in won by factory."""
    arrays, make = session.arrays, session.program.variables["make"]
    line = make.axes["line"]
    value = (
        arrays.items.value[arrays.lines.item[line]]
        * clean_values(session.program, session.plan_values)[make.block_slice]
    )
    labels = arrays.labels["factory"]
    total = np.bincount(arrays.lines.factory[line], weights=value, minlength=len(labels))
    return dict(zip(labels, total.tolist(), strict=True))


def _list_differences(before: dict[str, float], after: dict[str, float]) -> tuple[ResultDifference, ...]:
    keys = dict.fromkeys((*before, *after))
    return tuple(ResultDifference(key=key, before=before.get(key, 0.0), after=after.get(key, 0.0)) for key in keys)


def _select_largest(rows: tuple[ResultDifference, ...]) -> tuple[ResultDifference, ...]:
    differing = [row for row in rows if abs(row.after - row.before) > 1e-6 * (1 + abs(row.before))]
    return tuple(sorted(differing, key=lambda row: -abs(row.after - row.before))[:MAX_FACTORY_DIFFERENCES])


def list_input_differences(before: PlanningProblem, after: PlanningProblem) -> tuple[InputDifference, ...]:
    """List every input that differs, in the order of the parts of the problem, by identifiers instead of positions."""
    old, new = (problem.model_dump(mode="json") for problem in (before, after))
    return tuple(_compare_values("", old, new))


def _compare_values(path: str, old: Any, new: Any) -> Iterator[InputDifference]:
    if old == new:
        return
    a, b = _index_parts(old), _index_parts(new)
    if a is None or b is None:
        yield InputDifference(path=path or "/", before=_format_value(old), after=_format_value(new))
        return
    for key in dict.fromkeys((*a, *b)):
        here = f"{path}/{key}"
        if key not in a:
            yield InputDifference(path=here, before="", after=_format_value(b[key]))
        elif key not in b:
            yield InputDifference(path=here, before=_format_value(a[key]), after="")
        else:
            yield from _compare_values(here, a[key], b[key])


def _index_parts(value: Any) -> dict[str, Any] | None:
    """Return the members of an object or of a list with identifiers; None for values compared as a whole."""
    if isinstance(value, dict):
        return value
    if isinstance(value, list) and value and all(isinstance(v, dict) for v in value):
        keys = [str(v.get("id") or v.get("item") or v.get("county")) for v in value]
        keys = [
            f"{v['county']}/{v['item']}" if {"county", "item"} <= v.keys() else k
            for k, v in zip(keys, value, strict=True)
        ]
        return dict(zip(keys, value, strict=True)) if len(set(keys)) == len(keys) else None
    return None


def _format_value(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 300 else text[:299] + "…"

"""Two plans side by side: what differs in what went in, what differs in what came out, and which change did how much.

The change is taken apart along an order: each step makes one more change and solves again from the basis of the step before. The
steps add up to the whole, but another order may share it out otherwise, as changes help or hinder each other.
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
"""Inputs named at most."""

MAX_FACTORIES = 50
"""Factories named at most."""

ComparisonSteps = Sequence[tuple[str, PlanningProblem]]
"""Names of steps and the problem after each; the last is the second plan's."""

PROBLEM_PARTS = (
    ("people and their needs", ("counties", "demand", "items", "calendars")),
    ("electricity", ("power_areas",)),
    ("the centre's deliveries", ("supply_shares",)),
    ("factories", ("factories",)),
    ("transport", ("stations", "links")),
    ("swaps", ("partners",)),
    ("policy", ("policy",)),
)
"""Parts of a problem that are exchanged together, in the order in which it is done."""


def split_by_parts(before: PlanningProblem, after: PlanningProblem) -> ComparisonSteps:
    """From one problem to another part by part; in one step where the parts do not fit each other in between."""
    steps, problem = [], before
    for name, fields in PROBLEM_PARTS:
        following = problem.model_copy(update={field: getattr(after, field) for field in fields})
        if following == problem:
            continue
        try:
            raise_on_errors(check_problem(following))
        except InvalidProblemError:
            return (("everything", after),)
        problem = following
        steps.append((name, problem))
    return steps if problem == after or not steps else [*steps, ("the rest", after)]


def split_by_changes(before: PlanningProblem, changes: Sequence[Change]) -> ComparisonSteps:
    """From a problem along a list of changes; those of the same kind that follow each other are one step."""
    steps: list[tuple[str, PlanningProblem]] = []
    problem = before
    for change in changes:
        problem = apply_changes(problem, (change,))
        if steps and steps[-1][0] == change.what:
            steps.pop()
        steps.append((change.what, problem))
    return steps


def compare_plans(session: SensitivitySession, steps: ComparisonSteps) -> Comparison:
    """Compare a plan with the one that the last step leads to. A step without a plan is shown as such and passed over."""
    begun = (session.plain_objective, compute_served_share(session))
    stood, held, rows, last = session, session, list[ComparisonStep](), begun
    for name, problem in steps:
        found = solve_changed_problem(held, problem)
        if found is None:
            none = {"objective": None, "served_share": None, "objective_change": None, "served_share_change": None}
            rows.append(ComparisonStep(name=name, **none))
            continue
        stood = found[0]
        held = stood if found[1] else held
        plan, share = stood.plain_objective, compute_served_share(stood)
        changes = {"objective_change": plan - last[0], "served_share_change": share - last[1]}
        rows.append(ComparisonStep(name=name, objective=plan, served_share=share, **changes))
        last = (plan, share)
    inputs = list_input_differences(session.arrays.problem, stood.arrays.problem)
    a, b = _summarize_plan(session), _summarize_plan(stood)
    return Comparison(
        inputs=inputs[:MAX_INPUT_DIFFERENCES],
        input_difference_count=len(inputs),
        objective=(begun[0], last[0]),
        served_share=(begun[1], last[1]),
        goals=_list_differences(*(compute_final_values(s.goal_stages, s.point.values) for s in (session, stood))),
        by_county=_list_differences(*(_index_served_shares(s.by_county) for s in (a, b))),
        by_category=_list_differences(*(_index_served_shares(s.by_category) for s in (a, b))),
        by_factory=_select_largest(_list_differences(_sum_value_made(session), _sum_value_made(stood))),
        steps=tuple(rows),
    )


def _summarize_plan(session: SensitivitySession) -> PlanSummary:
    values = clean_values(session.program, session.point.values)
    return build_summary(session.arrays, session.program, values, session.compute_flows())


def _index_served_shares(rows: Sequence[ServedShare]) -> dict[str, float]:
    return {row.key: row.share for row in rows}


def _sum_value_made(session: SensitivitySession) -> dict[str, float]:
    """Won's worth made, by factory."""
    arrays, make = session.arrays, session.program.variables["make"]
    line = make.axes["line"]
    worth = (
        arrays.items.value[arrays.lines.item[line]]
        * clean_values(session.program, session.point.values)[make.block_slice]
    )
    labels = arrays.labels["factory"]
    total = np.bincount(arrays.lines.factory[line], weights=worth, minlength=len(labels))
    return dict(zip(labels, total.tolist(), strict=True))


def _list_differences(before: dict[str, float], after: dict[str, float]) -> tuple[ResultDifference, ...]:
    keys = dict.fromkeys((*before, *after))
    return tuple(ResultDifference(key=key, before=before.get(key, 0.0), after=after.get(key, 0.0)) for key in keys)


def _select_largest(rows: tuple[ResultDifference, ...]) -> tuple[ResultDifference, ...]:
    differing = [row for row in rows if abs(row.after - row.before) > 1e-6 * (1 + abs(row.before))]
    return tuple(sorted(differing, key=lambda row: -abs(row.after - row.before))[:MAX_FACTORIES])


def list_input_differences(before: PlanningProblem, after: PlanningProblem) -> tuple[InputDifference, ...]:
    """Every input that differs, in the order of the problem's parts."""
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
    """The parts of an object, or of a list of things with identifiers; None for what is compared as a whole."""
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

"""Comparison of two plans: differences of inputs and results, and the effect of each change.

The total difference is decomposed in an order of steps. Each step applies one more change and solves from the basis of the step
before. The steps sum to the total, but the effect of one change depends on the order.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from models.changes.apply import apply_changes
from models.changes.change import Change
from models.comparisons import Comparison, ComparisonStep, InputDifference, ResultDifference
from models.options import PlanOptions
from models.plan import Infeasibility, PlanSummary
from models.problem.planning_problem import PlanningProblem
from models.validation.checks import InvalidProblemError, check_problem, raise_on_errors
from solvers.errors import InfeasibleError
from solvers.planning import make_plan
from solvers.results.flows import clean_values
from solvers.results.summary import build_summary
from solvers.sensitivity.changed_plan import solve_changed_problem
from solvers.sensitivity.curves import compute_served_share
from solvers.sensitivity.goal_stages import compute_final_values
from solvers.sensitivity.infeasible_changes import explain_infeasibility
from solvers.sensitivity.reserved_needs import list_reserved_needs
from solvers.sensitivity.session import SensitivitySession
from solvers.sensitivity.whole_plans import has_whole_plan

MAX_INPUT_DIFFERENCES = 200
"""Maximum number of input differences."""

MAX_FACTORY_DIFFERENCES = 50
"""Maximum number of factories."""

ComparisonSteps = Sequence[tuple[str, PlanningProblem]]
"""Name of each step and the problem after it; the last problem is that of the second plan."""

PROBLEM_PARTS = (
    ("population and demand", ("counties", "demand", "served_least", "items", "requirements", "calendars")),
    ("electricity", ("power_areas",)),
    ("central deliveries", ("supply_shares",)),
    ("factories", ("factories",)),
    ("transport", ("stations", "links")),
    ("swaps", ("partners",)),
    ("budgets", ("budgets",)),
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
    return steps if problem == after else [*steps, ("the rest", after)]


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


def compare_plans(
    session: SensitivitySession,
    steps: ComparisonSteps,
    options: PlanOptions | None = None,
    known_infeasibility: Infeasibility | None = None,
) -> Comparison:
    """Compare a plan with that of the last step; figures are null if that has no plan.

    Parameters
    ----------
    options
        Options with which infeasibility is analysed.
    known_infeasibility
        Why the last problem is infeasible, if its plan has told; it is not solved then.

    Raises
    ------
    SensitivityUnavailableError
        A step has neither a proved plan nor a proved infeasibility.
    """
    options = options or PlanOptions()
    trail = _follow_steps(session, steps, options, known_infeasibility)
    return _build_comparison(session.arrays.problem, session, trail, options)


def compare_infeasible_plan(
    problem: PlanningProblem,
    steps: ComparisonSteps,
    options: PlanOptions | None = None,
    known_infeasibility: Infeasibility | None = None,
) -> Comparison:
    """Compare a problem that is infeasible with that of the last step: inputs, and the objective after each step.

    The other parameters, and what is raised, are those of `compare_plans`.
    """
    options = options or PlanOptions()
    trail = _follow_steps(None, steps, options, known_infeasibility)
    return _build_comparison(problem, None, trail, options)


@dataclass(slots=True)
class _Trail:
    """Steps of a comparison that are solved."""

    last_problem: PlanningProblem | None
    """Problem after the last step; None without steps."""
    last: SensitivitySession | None
    """The plan of the last step; None if it has none."""
    infeasibility: Infeasibility | None
    """Why the last step has no plan, if this is known."""
    rows: list[ComparisonStep] = field(default_factory=list)


def _follow_steps(
    base: SensitivitySession | None,
    steps: ComparisonSteps,
    options: PlanOptions,
    known_infeasibility: Infeasibility | None,
) -> _Trail:
    """Solve the steps one after another; the plan after each, and its difference from the last plan before."""
    trail = _Trail(steps[-1][1] if steps else None, base, known_infeasibility)
    solvable, figures = base, None if base is None else (base.plain_objective, compute_served_share(base))
    for k, (name, problem) in enumerate(steps):
        is_last = k == len(steps) - 1
        found = None if is_last and trail.infeasibility is not None else _solve_step(solvable, problem)
        if is_last and found is not None:
            trail.infeasibility = _find_whole_conflict(found[0], options)
            found = found if trail.infeasibility is None else None
        trail.last = None if found is None else found[0]
        if found is None:
            none = {"objective": None, "served_share": None, "objective_change": None, "served_share_change": None}
            trail.rows.append(ComparisonStep(name=name, **none))
            continue
        solvable = found[0] if found[1] else solvable
        plan, share = found[0].plain_objective, compute_served_share(found[0])
        trail.rows.append(
            ComparisonStep(
                name=name,
                objective=plan,
                served_share=share,
                objective_change=None if figures is None else plan - figures[0],
                served_share_change=None if figures is None else share - figures[1],
            )
        )
        figures = (plan, share)
    return trail


def _find_whole_conflict(session: SensitivitySession, options: PlanOptions) -> Infeasibility | None:
    """Return why no plan in whole units satisfies the problem of a relaxed plan; None if planning finds no conflict."""
    if has_whole_plan(session.arrays, session.program, options.time_limit_seconds) is not False:
        return None
    return make_plan(session.arrays.problem, options).plan.infeasibility


def _solve_step(
    solvable: SensitivitySession | None, problem: PlanningProblem
) -> tuple[SensitivitySession, bool] | None:
    """Solve a problem from the last plan, or cold without one; as `solve_changed_problem`."""
    if solvable is not None:
        return solve_changed_problem(solvable, problem)
    try:
        return SensitivitySession.from_problem(problem), True
    except InfeasibleError:
        return None


def _build_comparison(
    problem: PlanningProblem, base: SensitivitySession | None, trail: _Trail, options: PlanOptions
) -> Comparison:
    last_problem = trail.last_problem or problem
    inputs = list_input_differences(problem, last_problem)
    infeasibility = trail.infeasibility
    if trail.last is None and trail.last_problem is not None and infeasibility is None:
        infeasibility = explain_infeasibility(last_problem, options)
    figures = _NO_FIGURES if base is None or trail.last is None else _compare_figures(base, trail.last)
    return Comparison(
        outcome="infeasible" if trail.last is None else "optimal",
        base_outcome="infeasible" if base is None else "optimal",
        inputs=inputs[:MAX_INPUT_DIFFERENCES],
        input_difference_count=len(inputs),
        relaxed=base is not None and base.is_relaxed,
        infeasibility=infeasibility,
        steps=tuple(trail.rows),
        **figures,
    )


_NO_FIGURES = dict.fromkeys(
    ("reserved", "objective", "served_share", "goals", "by_county", "by_category", "by_factory"),
)
"""Figures of a comparison without two plans."""


def _compare_figures(base: SensitivitySession, last: SensitivitySession) -> dict[str, Any]:
    """Return the figures of a comparison of two plans, by field."""
    a, b = _summarize_plan(base), _summarize_plan(last)
    return {
        "reserved": list_reserved_needs(base, last),
        "objective": (base.plain_objective, last.plain_objective),
        "served_share": (a.served_share_of_needs, b.served_share_of_needs),
        "goals": list_differences(*(compute_final_values(s.goal_stages, s.point.values) for s in (base, last))),
        "by_county": list_differences(a.index_needs_by_county(), b.index_needs_by_county()),
        "by_category": list_differences(a.index_needs_by_kind(), b.index_needs_by_kind()),
        "by_factory": select_largest(list_differences(_sum_value_made(base), _sum_value_made(last))),
    }


def _summarize_plan(session: SensitivitySession) -> PlanSummary:
    values = clean_values(session.program, session.plan_values)
    return build_summary(session.arrays, session.program, values, session.compute_flows())


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


def list_differences(before: dict[str, float], after: dict[str, float]) -> tuple[ResultDifference, ...]:
    """List two results by key; 0 where a plan lacks one."""
    keys = dict.fromkeys((*before, *after))
    return tuple(ResultDifference(key=key, before=before.get(key, 0.0), after=after.get(key, 0.0)) for key in keys)


def select_largest(rows: tuple[ResultDifference, ...]) -> tuple[ResultDifference, ...]:
    """Return the results that differ, the largest difference first; at most MAX_FACTORY_DIFFERENCES."""
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
        keys = [_complete_key(key, one) for key, one in zip(keys, value, strict=True)]
        return dict(zip(keys, value, strict=True)) if len(set(keys)) == len(keys) else None
    return None


def _complete_key(key: str, part: dict[str, Any]) -> str:
    """Return the key of a part that an item alone does not identify: a county's need, or a recipe."""
    if {"county", "item"} <= part.keys():
        return f"{part['county']}/{part['item']}"
    return f"{key}/{part['recipe']}" if part.get("recipe") else key


def _format_value(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 300 else text[:299] + "…"

"""Two plans side by side: what differs in what went in, what differs in what came out, and which change did how much.

The change is taken apart along an order: each step makes one more change and solves again from the basis of the step before. The
steps add up to the whole, but another order may share it out otherwise, as changes help or hinder each other.
"""

from collections.abc import Sequence

import numpy as np

from models.changes.apply import apply_changes
from models.changes.change import Change
from models.comparisons import Comparison, ComparisonStep, ResultDifference
from models.plan import PlanSummary, ServedShare
from models.problem.planning_problem import PlanningProblem
from models.validation.checks import InvalidProblemError, check_problem, raise_on_errors
from solvers.results.flows import tidy
from solvers.results.summary import summarise
from solvers.sensitivity.changed_plan import reached
from solvers.sensitivity.curves import served
from solvers.sensitivity.goal_stages import final_values
from solvers.sensitivity.input_differences import differences
from solvers.sensitivity.session import Standing

NAMED = 200
"""Inputs named at most."""

FACTORIES = 50
"""Factories named at most."""

Steps = Sequence[tuple[str, PlanningProblem]]
"""Names of steps and the problem after each; the last is the second plan's."""

PARTS = (
    ("people and their needs", ("counties", "demand", "items", "calendars")),
    ("electricity", ("power_areas",)),
    ("the centre's deliveries", ("supply_shares",)),
    ("factories", ("factories",)),
    ("transport", ("stations", "links")),
    ("swaps", ("partners",)),
    ("policy", ("policy",)),
)
"""Parts of a problem that are exchanged together, in the order in which it is done."""


def by_parts(before: PlanningProblem, after: PlanningProblem) -> Steps:
    """From one problem to another part by part; in one step where the parts do not fit each other in between."""
    steps, problem = [], before
    for name, fields in PARTS:
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


def by_changes(before: PlanningProblem, changes: Sequence[Change]) -> Steps:
    """From a problem along a list of changes; those of the same kind that follow each other are one step."""
    steps: list[tuple[str, PlanningProblem]] = []
    problem = before
    for change in changes:
        problem = apply_changes(problem, (change,))
        if steps and steps[-1][0] == change.what:
            steps.pop()
        steps.append((change.what, problem))
    return steps


def compare(standing: Standing, steps: Steps) -> Comparison:
    """Compare a plan with the one that the last step leads to. A step without a plan is shown as such and passed over."""
    begun = (standing.won, served(standing))
    stood, held, rows, last = standing, standing, list[ComparisonStep](), begun
    for name, problem in steps:
        found = reached(held, problem)
        if found is None:
            none = {"objective": None, "served_share": None, "objective_change": None, "served_share_change": None}
            rows.append(ComparisonStep(name=name, **none))
            continue
        stood = found[0]
        held = stood if found[1] else held
        plan, share = stood.won, served(stood)
        changes = {"objective_change": plan - last[0], "served_share_change": share - last[1]}
        rows.append(ComparisonStep(name=name, objective=plan, served_share=share, **changes))
        last = (plan, share)
    inputs = differences(standing.index.problem, stood.index.problem)
    a, b = _summary(standing), _summary(stood)
    return Comparison(
        inputs=inputs[:NAMED],
        input_difference_count=len(inputs),
        objective=(begun[0], last[0]),
        served_share=(begun[1], last[1]),
        goals=_moved(*(final_values(s.turns, s.point.values) for s in (standing, stood))),
        by_county=_moved(*(_shares(s.by_county) for s in (a, b))),
        by_category=_moved(*(_shares(s.by_category) for s in (a, b))),
        by_factory=_most_moved(_moved(_made(standing), _made(stood))),
        steps=tuple(rows),
    )


def _summary(standing: Standing) -> PlanSummary:
    values = tidy(standing.program, standing.point.values)
    return summarise(standing.index, standing.program, values, standing.flows())


def _shares(rows: Sequence[ServedShare]) -> dict[str, float]:
    return {row.key: row.share for row in rows}


def _made(standing: Standing) -> dict[str, float]:
    """Won's worth made, by factory."""
    index, make = standing.index, standing.program.decisions["make"]
    line = make.axes["line"]
    worth = index.items.value[index.lines.item[line]] * tidy(standing.program, standing.point.values)[make.span]
    labels = index.labels["factory"]
    total = np.bincount(index.lines.factory[line], weights=worth, minlength=len(labels))
    return dict(zip(labels, total.tolist(), strict=True))


def _moved(before: dict[str, float], after: dict[str, float]) -> tuple[ResultDifference, ...]:
    keys = dict.fromkeys((*before, *after))
    return tuple(ResultDifference(key=key, before=before.get(key, 0.0), after=after.get(key, 0.0)) for key in keys)


def _most_moved(rows: tuple[ResultDifference, ...]) -> tuple[ResultDifference, ...]:
    differing = [row for row in rows if abs(row.after - row.before) > 1e-6 * (1 + abs(row.before))]
    return tuple(sorted(differing, key=lambda row: -abs(row.after - row.before))[:FACTORIES])

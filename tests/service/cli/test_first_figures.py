"""First figures on the command line: only for people, and only where the exact answer takes long."""

import io
import re

import pytest
from rich.console import Console

from models.changes.apply import apply_changes
from models.changes.change import Change
from service.cli.first_figures import print_first_figures, print_plan_estimate
from solvers.algorithms.pipeline import build_plan_program
from solvers.data.problem_arrays import ProblemArrays
from solvers.planning import make_plan
from tests.solvers.replanning.year import year


@pytest.mark.parametrize(
    ("is_terminal", "fewest", "prints"), [(True, 0, True), (True, 100_000, False), (False, 0, False)]
)
def test_first_figures_are_for_people_and_large_problems(is_terminal: bool, fewest: int, prints: bool) -> None:
    problem = year(smoothing=0.25)
    after = apply_changes(problem, (Change(what="power_limit", factor=0.5),))
    out = io.StringIO()
    print_first_figures(Console(file=out, force_terminal=is_terminal, width=400), problem, after, fewest)
    assert ("is proved to be at least" in out.getvalue()) == prints


def test_problems_of_several_stages_have_none() -> None:
    problem, out = year(own_needs_first=True), io.StringIO()
    print_first_figures(Console(file=out, force_terminal=True), problem, problem, 0)
    assert out.getvalue() == ""


@pytest.mark.parametrize(("fewest", "prints"), [(0, True), (100_000, False)])
def test_a_plan_is_estimated_before_it_is_solved(fewest: int, prints: bool) -> None:
    problem, out = year(smoothing=0.25), io.StringIO()
    arrays = ProblemArrays.from_problem(problem)
    print_plan_estimate(Console(file=out, width=400), 60.0, arrays, build_plan_program(arrays), fewest)
    if not prints:
        assert out.getvalue() == ""
        return
    objective = make_plan(problem).plan.objective
    assert objective is not None
    found = re.search(r"about (\d+)% of all needs served.*at least ([\d,]+) weighted won", out.getvalue())
    assert found is not None
    assert 0 < int(found[2].replace(",", "")) <= objective.before_rounding

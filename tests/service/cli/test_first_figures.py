"""First figures on the command line: only for people, and only where the exact answer takes long."""

import io

import pytest
from rich.console import Console

from models.changes.apply import apply_changes
from models.changes.change import Change
from service.cli.first_figures import print_first_figures
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

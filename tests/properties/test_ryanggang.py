"""The crisis year of Ryanggang: lawful, and the same in the second opinion."""

import pytest

from solvers import second_opinion
from tests.laws import assert_plan_lawful
from tests.ryanggang import crisis_year

pytestmark = pytest.mark.slow


def test_crisis_year_is_lawful() -> None:
    year = crisis_year()
    assert year.plan.outcome == "optimal"
    assert_plan_lawful(year.problem, year.plan, year.rows)


def test_crisis_year_has_a_second_opinion() -> None:
    year = crisis_year()
    opinion = second_opinion.solve(year.problem)
    assert opinion.objective is not None
    assert year.plan.objective is not None
    found = year.plan.objective.value - (year.plan.rounding_cost or 0.0)
    assert found == pytest.approx(opinion.objective, rel=1e-6)

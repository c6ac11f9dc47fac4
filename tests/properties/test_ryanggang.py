"""Years of Ryanggang, planned whole, keep every invariant."""

import pytest

from tests.invariants import assert_plan_invariants
from tests.ryanggang import solved_year


@pytest.mark.parametrize("scenario", ["normal", pytest.param("crisis", marks=pytest.mark.slow_lane)])
def test_a_year_keeps_the_invariants(scenario: str) -> None:
    year = solved_year(scenario)
    assert year.plan.outcome == "optimal"
    assert_plan_invariants(year.problem, year.plan, year.rows)

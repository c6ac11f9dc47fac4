"""The crisis year of Ryanggang, planned whole, keeps every invariant."""

import pytest

from tests.invariants import assert_plan_invariants
from tests.ryanggang import crisis_year

pytestmark = pytest.mark.slow


def test_crisis_year_keeps_the_invariants() -> None:
    year = crisis_year()
    assert year.plan.outcome == "optimal"
    assert_plan_invariants(year.problem, year.plan, year.rows)

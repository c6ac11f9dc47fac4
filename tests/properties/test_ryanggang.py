"""The crisis year of Ryanggang, planned whole, keeps every law."""

import pytest

from tests.invariants import assert_plan_lawful
from tests.ryanggang import crisis_year

pytestmark = pytest.mark.slow


def test_crisis_year_is_lawful() -> None:
    year = crisis_year()
    assert year.plan.outcome == "optimal"
    assert_plan_lawful(year.problem, year.plan, year.rows)

"""What was due early in a past period and was not made in time is short, though the goods came later."""

import pytest

from solvers.planning import make_plan
from solvers.replanning import build_replan_problem
from tests.builders import make_problem, need
from tests.invariants import assert_plan_invariants

PROBLEM = make_problem(
    periods=["march", "april", "may"],
    items=[{"id": "sweets", "due": {"april": {"share": 0.5, "by": 0.25}}}],
    factories=[
        {
            "id": "works",
            "place": "town",
            "machines": {"kettle": [4, 8, 8]},
            "lines": [{"item": "sweets", "hours_per_unit": {"kettle": 1}}],
        }
    ],
    demand=[need("town", "sweets", [0, 8, 4])],
)


@pytest.mark.parametrize(
    ("march", "april", "short", "stock"),
    [(4.0, 4.0, 0.0, 0.0), (2.0, 8.0, 0.0, 2.0), (0.0, 8.0, 2.0, 2.0), (0.0, 4.0, 4.0, 0.0), (1.0, 5.0, 2.0, 0.0)],
)
def test_what_came_too_late_is_short_and_in_store(march: float, april: float, short: float, stock: float) -> None:
    plan = make_plan(PROBLEM)
    assert plan.plan.summary is not None
    assert plan.plan.summary.served_share == 1
    outputs = {("works", "sweets", "march"): march, ("works", "sweets", "april"): april}
    made = build_replan_problem(PROBLEM, plan.tables, outputs, "may")
    past = made.reconciled.past
    assert past.short[0, 0].tolist() == pytest.approx([0, short])
    assert past.stock[0, 0, 1] == pytest.approx(stock)
    again = make_plan(made.problem)
    assert again.plan.outcome == "optimal"
    rows = {name: table.to_pylist() for name, table in again.tables.items()}
    assert_plan_invariants(made.problem, again.plan, rows)

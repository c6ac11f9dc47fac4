"""Budgets of small random problems, planned by Allot and by trying every vertex of a program written out by hand.

A works in the hills makes soap from allotted soda and sends it to a town by road; the centre hands over rice in the town,
and a neighbour gives salt on credit. Nothing can be stored, so three amounts in each period describe a plan.
"""

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from models.problem.planning_problem import PlanningProblem
from tests.builders import Json, make_problem, need
from tests.properties.planned import bounded, objective

NEED, VALUES = 8.0, {"soap": 2.0, "rice": 1.0, "salt": 4.0}
CATEGORIES = {"soap": "care", "rice": "food", "salt": "food", "soda": "chemicals"}
COSTS: dict[str, dict[str, tuple[float, str]]] = {
    "making": {"soap": (0.5, "care")},
    "haulage": {"soap": (0.25, "care")},
    "central": {"rice": (1.0, "food")},
    "materials": {"soap": (0.5 * 3.0, "chemicals")},
    "swaps": {"salt": (4.0, "food")},
}
"""Won for a unit of each amount, before the price factor, and the category that decides whether it counts."""


def hills_and_town(budgets: list[Json], periods: int) -> PlanningProblem:
    """Return the problem with some budgets."""
    kept: Json = {"storable": False, "kg_per_unit": 500}
    items = [{"id": i, "value": v, "category": CATEGORIES[i], **kept} for i, v in VALUES.items()]
    return make_problem(
        periods=[f"p{t}" for t in range(1, periods + 1)],
        items=[*items, {"id": "soda", "kind": "material", "value": 3, "category": "chemicals", "storable": False}],
        counties=[{"id": name, "power_area": "area"} for name in ("hills", "town")],
        factories=[
            {
                "id": "works",
                "place": "hills",
                "lines": [{"item": "soap", "cost_per_unit": 0.5, "materials": {"soda": 0.5}}],
            }
        ],
        links=[{"id": "road", "from": "hills", "to": "town", "one_way": True, "cost_per_tonne": 0.5}],
        supply_shares={"by_item": {"rice": 1}, "materials": {"soda": 100}, "gateways": ["town", "hills"]},
        partners=[
            {"id": "coast", "at": "town", "offers": {"salt": 100}, "credit": 1000},
            {"id": "plain", "at": "town"},
        ],
        demand=[need("town", item, NEED) for item in VALUES],
        budgets=budgets,
    )


def find_optimum(budgets: list[Json], periods: int) -> float:
    """Return the least cost over all vertices: each is where as many limits bind as there are amounts."""
    amounts = [(item, t) for t in range(periods) for item in VALUES]
    size = len(amounts)
    rows, limits = [*np.eye(size), *-np.eye(size)], [NEED] * size + [0.0] * size
    for budget in budgets:
        won = budget["won"] if isinstance(budget["won"], list) else [budget["won"]] * periods
        for last in range(periods):
            first = 0 if budget["carries_over"] else last
            rows.append(
                np.array(
                    [cost_of(budget, item) if first <= t <= last else 0.0 for item, t in amounts], dtype=np.float64
                )
            )
            limits.append(sum(won[first : last + 1]))
    matrix, bounds = np.array(rows), np.array(limits)
    chosen = np.array(list(combinations(range(len(bounds)), size)))
    chosen = chosen[np.abs(np.linalg.det(matrix[chosen])) > 1e-9]
    vertices = np.linalg.solve(matrix[chosen], bounds[chosen][..., None])[..., 0]
    vertices = vertices[(vertices @ matrix.T <= bounds + 1e-7).all(axis=1)]
    saved = np.array([VALUES[item] - (0.75 if item == "soap" else 0.0) for item, _ in amounts])
    return float(NEED * periods * sum(VALUES.values()) - (vertices @ saved).max())


def cost_of(budget: Json, item: str) -> float:
    """Return the won of a budget for a unit of an amount."""
    total = 0.0
    for kind in set(budget["covers"]):
        won, category = COSTS[kind].get(item, (0.0, ""))
        if kind in ("central", "materials", "swaps"):
            won *= budget.get("price_factor", 1.0)
        if kind == "swaps" and "coast" not in budget.get("partners", ["coast"]):
            won = 0.0
        total += won if category in budget.get("categories", [category]) else 0.0
    return total


@st.composite
def budgets(draw: Any, periods: int) -> list[Json]:
    """One or two budgets of any kind."""
    drawn = []
    for n in range(draw(st.integers(1, 2))):
        won = st.integers(0, 24).map(float)
        budget: Json = {
            "id": f"budget-{n}",
            "won": draw(won | st.lists(won, min_size=periods, max_size=periods)),
            "carries_over": draw(st.booleans()),
            "covers": draw(st.lists(st.sampled_from(sorted(COSTS)), min_size=1, max_size=5)),
            "price_factor": draw(st.sampled_from([0.5, 1.0, 2.0])),
        }
        if draw(st.booleans()):
            budget["categories"] = draw(
                st.lists(st.sampled_from(["care", "food", "chemicals"]), min_size=1, max_size=2)
            )
        if draw(st.booleans()):
            budget["partners"] = [draw(st.sampled_from(["coast", "plain"]))]
        drawn.append(budget)
    return drawn


@pytest.mark.parametrize("periods", [1, 2])
def test_plans_with_budgets_are_the_best_of_all_vertices(periods: int) -> None:
    @bounded(20)
    @given(budgets(periods))
    def holds(drawn: list[Json]) -> None:
        assert objective(hills_and_town(drawn, periods)) == pytest.approx(find_optimum(drawn, periods), abs=1e-6)

    holds()

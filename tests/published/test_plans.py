"""Every published case planned by the arrays: optimum, published prices, invariants; and through the public interface."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from models.problem.planning_problem import PlanningProblem
from service.api.app import create_app
from service.core.settings import Settings
from solvers.planning import make_plan
from tests.invariants import assert_plan_invariants
from tests.published.case import Case, Price
from tests.published.catalogue import CASES

NINE_DIGITS = 1e-9
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def accuracy(case: Case) -> float:
    """Relative: nine digits, or the digits that were published."""
    return max(NINE_DIGITS, case.digits if case.digits < 1e-6 else 0.0)


def price_in(rows: list[dict[str, Any]], wanted: Price) -> float:
    """The price in the one row that the keys name."""
    found = [row["price"] for row in rows if all(row[key] == value for key, value in wanted.row.items())]
    assert len(found) == 1, f"{len(found)} rows for {wanted.row}"
    return float(found[0])


@each_case
def test_planned_at_the_published_optimum(case: Case) -> None:
    problem = PlanningProblem.model_validate(case.problem)
    result = make_plan(problem)
    assert result.plan.outcome == "optimal"
    assert result.plan.certificate is not None
    assert result.plan.certificate.passed
    assert result.plan.objective is not None
    objective = result.plan.objective
    found = case.from_objective(objective.value) if case.scale is None else case.scale * objective.goals[0].value
    assert found == pytest.approx(case.published, rel=accuracy(case))
    rows = {name: table.to_pylist() for name, table in result.tables.items()}
    assert_plan_invariants(problem, result.plan, rows)
    for price in case.prices:
        assert price_in(rows[price.table], price) == pytest.approx(price.price, abs=price.digits)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The whole service on a database of its own, with one child that solves."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("allot"), solver_workers=1)
    with TestClient(create_app(settings)) as started:
        yield started


@each_case
def test_published_optimum_over_http(case: Case, client: TestClient) -> None:
    answer = client.post("/v1/plans", json={"problem": case.problem}, headers={"Prefer": "wait=60"})
    assert answer.status_code == 201, answer.text
    plan = answer.json()
    assert plan["outcome"] == "optimal"
    objective = plan["objective"]
    found = (
        case.from_objective(objective["value"]) if case.scale is None else case.scale * objective["goals"][0]["value"]
    )
    assert found == pytest.approx(case.published, rel=accuracy(case))
    for price in case.prices:
        page = client.get(f"/v1/plans/{plan['id']}/tables/{price.table}", params=dict(price.row)).json()
        assert price_in(page["rows"], price) == pytest.approx(price.price, abs=price.digits)

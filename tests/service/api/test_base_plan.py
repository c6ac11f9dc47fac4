"""Plans that vary another: solved from its basis, which outlives the service."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from models.examples import two_counties_raw
from service.api.app import create_app
from service.core.codecs import PlanOutcome, encode_basis
from service.core.settings import Settings
from service.storage.plan_requests import PlanRequest
from service.storage.repositories.jobs import JobQueue
from service.storage.store import Store
from solvers.planning import make_plan
from tests.service.api.conftest import WAIT
from tests.service.helpers import small

Json = dict[str, Any]

LESS = [{"what": "power_limit", "factor": 0.9}]


def posted(client: TestClient, body: Json) -> Json:
    answer = client.post("/v1/plans", json={"reuse": False, **body}, headers=WAIT)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    assert made["outcome"] == "optimal"
    return made


def test_a_variant_starts_from_the_stored_basis_and_is_the_plan_of_a_cold_solve(
    client: TestClient, plan: str, problem: Json
) -> None:
    base = plan.rpartition("/")[2]
    warm = posted(client, {"base_plan": base, "changes": LESS})
    cold = posted(client, {"problem": problem, "changes": LESS})
    assert warm["base_plan"] == base
    assert warm["solver"]["strategy"][0]["warm_start"]
    assert not cold["solver"]["strategy"][0]["warm_start"]
    assert warm["problem_digest"] == cold["problem_digest"]
    before = [made["objective"]["before_rounding"] for made in (warm, cold)]
    assert before[0] == pytest.approx(before[1], rel=1e-9)


def test_a_variant_remembers_the_changes_of_its_base(client: TestClient, plan: str) -> None:
    first = posted(client, {"base_plan": plan.rpartition("/")[2], "changes": LESS})
    second = posted(client, {"base_plan": first["id"], "changes": [{"what": "labour", "value": 900.0}]})
    assert [change["what"] for change in second["source"]["changes"]] == ["power_limit", "labour"]


def test_a_written_problem_may_name_a_base_too(client: TestClient, plan: str, problem: Json) -> None:
    problem["factories"] = problem["factories"][:1]
    made = posted(client, {"base_plan": plan.rpartition("/")[2], "problem": problem})
    assert made["solver"]["strategy"][0]["warm_start"]


@pytest.mark.parametrize("body", [{}, {"changes": LESS}])
def test_a_base_that_is_not_there_is_refused_with_its_place(client: TestClient, body: Json) -> None:
    answer = client.post("/v1/plans", json={"base_plan": "nobody", **body})
    assert answer.status_code == 422
    assert [(one["path"], one["code"]) for one in answer.json()["errors"]] == [("/base_plan", "unknown_plan")]


@pytest.mark.parametrize("base", [7, None, "a b"])
def test_a_base_that_is_no_name_is_refused(client: TestClient, base: object) -> None:
    answer = client.post("/v1/plans", json={"base_plan": base})
    assert answer.status_code == 422
    assert answer.json()["errors"]


def test_the_basis_outlives_the_service(tmp_path_factory: pytest.TempPathFactory) -> None:
    settings = Settings(data_dir=tmp_path_factory.mktemp("warm"), solver_workers=1)
    with TestClient(create_app(settings)) as first:
        base = posted(first, {"problem": two_counties_raw()})["id"]
    with TestClient(create_app(settings)) as second:
        again = posted(second, {"base_plan": base})
    assert again["solver"]["strategy"][0]["warm_start"]
    assert again["solver"]["iterations"] < 30


@pytest.fixture
def solved_basis() -> bytes:
    basis = make_plan(small()).basis
    assert basis is not None
    return encode_basis(basis)


def test_a_claim_carries_the_basis_of_the_base_plan(
    store: Store, make_settings: Callable[..., Settings], solved_basis: bytes
) -> None:
    """On both databases; a base that has not finished gives none."""
    queue = JobQueue(store, make_settings())
    base = queue.submit_plan(PlanRequest(small())).plan.id
    early = queue.submit_plan(PlanRequest(small("early"), base_plan=base)).plan.id
    first, unfinished = queue.claim_next_job("me"), queue.claim_next_job("me")
    assert first is not None
    assert unfinished is not None
    assert (first.plan, unfinished.plan) == (base, early)
    assert first.warm_start is None
    assert unfinished.warm_start is None
    head = make_plan(small()).plan
    assert queue.store_outcome(first, PlanOutcome(head, {}, solved_basis))
    queue.submit_plan(PlanRequest(small("late"), base_plan=base))
    late = queue.claim_next_job("me")
    assert late is not None
    assert late.warm_start is not None
    assert late.warm_start.basis == solved_basis
    assert late.warm_start.problem.parse_problem() == small()

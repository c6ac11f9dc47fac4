"""Outputs reported, read and kept; fulfilment over HTTP."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from models.examples import two_counties_raw
from models.outputs import FactoryOutput
from service.api.app import create_app
from service.core.settings import Settings
from service.storage.errors import DatabaseFailureError
from service.storage.plan_requests import PlanRequest
from service.storage.repositories.jobs import JobQueue
from service.storage.repositories.outputs import OutputLog
from service.storage.store import Store
from tests.service.api.conftest import WAIT
from tests.service.helpers import small

Json = dict[str, Any]

CSV = {"Content-Type": "text/csv"}
JANUARY = "factory,item,period,quantity\nhyesan-daily,soap,2002-01,31000\nhyesan-daily,notebook,2002-01,0\n"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(data_dir=tmp_path_factory.mktemp("outputs"), solver_workers=1))) as opened:
        yield opened


@pytest.fixture
def plan(client: TestClient) -> str:
    """A ratified plan of each test's own; the service solves the first and copies the others."""
    made = client.post("/v1/plans", json={"problem": two_counties_raw()}, headers=WAIT)
    address = str(made.headers["location"])
    assert [client.post(f"{address}/approval/{act}", json={}).status_code for act in ("submit", "ratify")] == [200, 200]
    return address


def soap(quantity: float, period: str = "2002-01") -> Json:
    return {"outputs": [{"factory": "hyesan-daily", "item": "soap", "period": period, "quantity": quantity}]}


def test_csv_is_taken_and_read_back(client: TestClient, plan: str) -> None:
    answer = client.post(f"{plan}/outputs", content="\ufeff" + JANUARY, headers=CSV)
    assert (answer.status_code, answer.json()) == (201, {"accepted": 2, "revision": 1, "findings": []})
    found = client.get(f"{plan}/outputs?item=soap").json()
    assert (found["total"], found["revision"]) == (1, 1)
    assert found["outputs"][0]["quantity"] == 31000
    assert found["outputs"][0]["caller"] == "local"
    table = client.get(f"{plan}/outputs", headers={"Accept": "text/csv"})
    assert table.headers["content-type"].startswith("text/csv")
    assert table.text.splitlines()[0].startswith('"factory","item","period","quantity","revision"')
    assert len(table.text.splitlines()) == 3


def test_a_later_report_replaces_the_earlier_and_both_are_kept(client: TestClient, plan: str) -> None:
    assert client.post(f"{plan}/outputs", json=soap(10)).json()["revision"] == 1
    assert client.post(f"{plan}/outputs", json=soap(20)).json()["revision"] == 2
    assert [row["quantity"] for row in client.get(f"{plan}/outputs").json()["outputs"]] == [20]
    history = client.get(f"{plan}/outputs?history=true").json()
    assert [(row["quantity"], row["revision"]) for row in history["outputs"]] == [(10, 1), (20, 2)]
    assert client.get(f"{plan}/outputs?history=true&limit=1&offset=1").json()["outputs"][0]["revision"] == 2


def test_a_report_with_mistakes_is_refused_whole_with_rows(client: TestClient, plan: str) -> None:
    sent = JANUARY + "nobody,soap,2002-01,1\nhyesan-daily,soap,2002-02,-3\n\nhyesan-daily,soap,2002-01,4\n"
    answer = client.post(f"{plan}/outputs", content=sent, headers=CSV)
    assert answer.status_code == 422
    found = {(one["path"], one["code"]) for one in answer.json()["errors"]}
    assert found == {
        ("row/4/factory", "unknown_factory"),
        ("row/5/quantity", "negative"),
        ("row/7", "reported_twice"),
    }
    assert client.get(f"{plan}/outputs").json()["total"] == 0


def test_the_rows_of_several_recipes_in_a_file_are_summed(client: TestClient, plan: str) -> None:
    rows = "hyesan-daily,soap,from ash,2002-01,30\nhyesan-daily,soap,,2002-01,12\nhyesan-daily,notebook,,2002-01,5\n"
    answer = client.post(f"{plan}/outputs", content=f"factory,item,recipe,period,quantity\n{rows}", headers=CSV)
    assert answer.json()["accepted"] == 2, answer.text
    assert sorted(row["quantity"] for row in client.get(f"{plan}/outputs").json()["outputs"]) == [5, 42]
    twice = "hyesan-daily,soap,from ash,2002-01,30\n" * 2
    answer = client.post(f"{plan}/outputs", content=f"factory,item,recipe,period,quantity\n{twice}", headers=CSV)
    assert [one["code"] for one in answer.json()["errors"]] == ["reported_twice"]


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("factory,item,period\na,b,c\n", "missing_column"),
        ("factory,item,period,quantity,quantity\n", "unknown_column"),
        ("factory,item,period,quantity\n", "missing"),
        ("factory,item,period,quantity\na,b,c,1,2\n", "ragged_row"),
        ('factory,item,period,quantity\n"a', "not_csv"),
        (b"\xff\xfe\x00", "not_csv"),
        (b"", "missing_column"),
        ("factory,item,period,quantity\nhyesan-daily,soap,2002-01,=1+1\n", "wrong_type"),
    ],
)
def test_bad_csv_is_told_where(client: TestClient, plan: str, sent: str | bytes, code: str) -> None:
    answer = client.post(f"{plan}/outputs", content=sent, headers=CSV)
    assert answer.status_code == 422, answer.text
    assert code in {one["code"] for one in answer.json()["errors"]}


@pytest.mark.parametrize("body", [{}, {"outputs": []}, {"outputs": 3}, {"outputs": [1]}, {**soap(1), "x": 1}])
def test_bad_json_is_refused(client: TestClient, plan: str, body: Json) -> None:
    assert client.post(f"{plan}/outputs", json=body).status_code == 422


def test_drafts_and_closed_plans_take_no_reports(client: TestClient, plan: str) -> None:
    draft = client.post("/v1/plans", json={"base_plan": plan.rpartition("/")[2]}, headers=WAIT).headers["location"]
    answer = client.post(f"{draft}/outputs", json=soap(1))
    assert answer.status_code == 409
    assert "draft" in answer.json()["detail"]
    assert client.post(f"{plan}/approval/put-in-force", json={}).status_code == 200
    assert client.post(f"{plan}/outputs", json=soap(1)).status_code == 201
    assert client.post(f"{plan}/approval/close", json={}).status_code == 200
    assert client.post(f"{plan}/outputs", json=soap(1)).status_code == 409


def test_other_bodies_and_plans_are_refused(client: TestClient, plan: str) -> None:
    assert client.post(f"{plan}/outputs", content="x", headers={"Content-Type": "text/plain"}).status_code == 415
    assert client.post("/v1/plans/nobody/outputs", json=soap(1)).status_code == 404
    assert client.get("/v1/plans/nobody/fulfilment").status_code == 404


def test_a_plan_without_quotas_takes_no_reports(client: TestClient) -> None:
    problem = two_counties_raw()
    problem["counties"][0]["stocks"]["soap"]["closing_least"] = 1e9
    plan = client.post("/v1/plans", json={"problem": problem}, headers=WAIT).headers["location"]
    assert client.post(f"{plan}/outputs", json=soap(1)).status_code == 409
    assert client.get(f"{plan}/fulfilment").status_code == 409


def test_fulfilment_over_http(client: TestClient, plan: str) -> None:
    assert client.get(f"{plan}/fulfilment").status_code == 409  # nothing reported yet
    assert client.get(f"{plan}/fulfilment?through=2002-02").json()["total"]["fulfilment"] is None
    assert client.get(f"{plan}/fulfilment?through=1999").status_code == 404
    client.post(f"{plan}/outputs", content=JANUARY, headers=CSV)
    view = client.get(f"{plan}/fulfilment").json()
    assert (view["through"], view["by"]) == ("2002-01", "factory")
    quotas = client.get(f"{plan}/tables/quotas?period=2002-01").json()["rows"]
    planned = {row["item"]: row["quantity"] for row in quotas}
    worth = planned["soap"] * 1.0 + planned["notebook"] * 0.5
    first = view["rows"][0]
    assert (first["id"], first["rank"], first["unreported"]) == ("hyesan-daily", 1, 0)
    assert first["fulfilment"] == pytest.approx(min(31000, planned["soap"]) / worth)
    assert view["rows"][-1]["id"] == "kapsan-food"
    assert view["rows"][-1]["rank"] is None
    table = client.get(f"{plan}/fulfilment?by=item&format=csv").text.splitlines()
    assert table[0].startswith('"id","name","rank"')
    assert len(table) == 4


def test_a_report_leaves_a_line_in_the_audit_log(client: TestClient, plan: str) -> None:
    client.post(f"{plan}/outputs", content=JANUARY, headers=CSV)
    store: Store = client.app_state["services"].store
    with store.read_transaction() as stored:
        last = stored.audit.list_entries(subject=plan.rpartition("/")[2])[-1]
    assert (last.act, last.detail) == (
        "outputs reported",
        {"revision": 1, "outputs": 2, "periods": ["2002-01"]},
    )


def test_reports_are_only_added_to_on_both_databases(store: Store, make_settings: Callable[..., Settings]) -> None:
    plan = JobQueue(store, make_settings()).submit_plan(PlanRequest(small())).plan.id
    made = FactoryOutput(factory="a", item="b", period="2002-01", quantity=1.5)
    with store.write_transaction() as stored:
        log = OutputLog(stored.connection)
        assert log.append_report(plan, [made], "me") == 1
        assert log.append_report(plan, [made.model_copy(update={"quantity": 2.5})], "you") == 2
    with store.read_transaction() as stored:
        log = OutputLog(stored.connection)
        assert log.read_quantities(plan) == {("a", "b", "2002-01"): 2.5}
        assert [one.caller for one in log.read_reported_outputs(plan, history=True)] == ["me", "you"]
        assert log.read_reported_outputs(plan, item=["c"]) == ()

    def tamper(statement: str) -> None:
        with store.write_transaction() as stored:
            stored.connection.execute(text(statement))

    for statement in ("UPDATE outputs SET quantity = 9", "DELETE FROM outputs"):
        with pytest.raises(DatabaseFailureError, match="append-only"):
            tamper(statement)

"""`/v1/plans/{plan}/title`: titles and tags in lists, versions, and the audit log."""

from starlette.testclient import TestClient

from models.examples import two_counties_raw
from tests.service.api.conftest import WAIT


def make_plan(client: TestClient) -> str:
    body = {"problem": two_counties_raw(), "reuse": False}
    return str(client.post("/v1/plans", json=body, headers=WAIT).headers["location"])


def test_title_and_tags_are_in_the_plan_the_list_and_the_audit_log(client: TestClient) -> None:
    plan = make_plan(client)
    assert (client.get(plan).json()["title"], client.get(plan).json()["tags"]) == ("", [])
    given = {"title": "  Soap  first ", "tags": ["spring", "draft 2", "spring"]}
    answer = client.put(f"{plan}/title", json=given)
    assert answer.status_code == 200
    assert answer.json() == {
        "plan": plan.rpartition("/")[2],
        "title": "Soap first",
        "tags": ["spring", "draft 2"],
        "version": 2,
    }
    entry = client.get("/v1/plans?limit=1").json()["plans"][0]
    for shown in (client.get(plan).json(), client.get(f"{plan}/title").json(), entry):
        assert (shown["title"], shown["tags"]) == ("Soap first", ["spring", "draft 2"])
    log = client.get(f"/v1/audit?subject={entry['id']}&act=plan+titled").json()["entries"]
    assert [line["detail"] for line in log] == [{"title": "Soap first", "tags": ["spring", "draft 2"]}]


def test_a_title_that_changed_in_the_meantime_is_not_overwritten(client: TestClient) -> None:
    plan = make_plan(client)
    tag = client.get(f"{plan}/title").headers["etag"]
    first = client.put(f"{plan}/title", json={"title": "One"}, headers={"If-Match": tag})
    assert (first.status_code, first.headers["etag"]) == (200, '"2"')
    assert client.put(f"{plan}/title", json={"title": "Two"}, headers={"If-Match": tag}).status_code == 412
    same = client.put(f"{plan}/title", json={"title": "One"}, headers={"If-Match": '"2"'})
    assert same.json()["version"] == 2
    assert client.get(plan).json()["title"] == "One"


def test_a_ratified_plan_may_get_another_title(client: TestClient) -> None:
    plan = make_plan(client)
    for act in ("submit", "ratify"):
        assert client.post(f"{plan}/approval/{act}", json={}).status_code == 200
    digest = client.get(f"{plan}/approval").json()["digest"]
    for title in ("Ratified in May", "Ratified in May 2002"):
        assert client.put(f"{plan}/title", json={"title": title}).status_code == 200
    assert client.get(f"{plan}/approval").json()["digest"] == digest


def test_titles_and_tags_have_limits(client: TestClient) -> None:
    plan = make_plan(client)
    for body in ({"title": "x" * 201}, {"tags": [""]}, {"tags": [f"t{n}" for n in range(21)]}, {"name": "x"}):
        assert client.put(f"{plan}/title", json=body).status_code == 422, body

"""Who may do what, over HTTP, with keys: 401, 403, and 404 for what is another province's."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient

from models.examples import two_counties_raw
from service.api.body_examples import BODY_EXAMPLES
from service.api.permissions import find_route_guard
from service.domain.schemas.keys import KeyBody
from service.storage.store import Store
from tests.service.api.answers import assert_problem
from tests.service.api.conftest import WAIT
from tests.service.auth.conftest import ON_BOTH_DATABASES, Caller, bearer, key_for

As = Callable[[str], Caller]


def routes(app: FastAPI) -> list[tuple[str, str, bool]]:
    """Every route as method, path and whether it is guarded."""
    found = []
    for route in iter_route_contexts(app.routes):
        guarded = find_route_guard(getattr(route, "dependant", None)) is not None
        found += [(method, str(route.path), guarded) for method in sorted(getattr(route, "methods", None) or ())]
    return found


@pytest.fixture(scope="module")
def north(guarded: TestClient, as_: As) -> str:
    """Address of a finished plan of the province `north`."""
    body = {"name": "North", "problem": two_counties_raw()}
    assert guarded.put("/v1/provinces/north", json=body, headers=as_("bureau")).status_code == 201
    assert guarded.put("/v1/provinces/south", json=body, headers=as_("stranger")).status_code == 201
    sent = guarded.post("/v1/plans", json={"province": "north"}, headers={**WAIT, **as_("bureau")})
    assert (sent.status_code, sent.json()["outcome"]) == (201, "optimal")
    return sent.headers["location"]


@pytest.fixture(scope="module")
def written_out(guarded: TestClient, as_: As) -> str:
    """Address of a plan of the stranger's, of a problem that was written out."""
    sent = guarded.post("/v1/plans", json={"problem": two_counties_raw()}, headers={**WAIT, **as_("stranger")})
    assert sent.status_code == 201
    return sent.headers["location"]


def filled(path: str, plan: str) -> str:
    filled_in = path.replace("{plan}", plan.rpartition("/")[2]).replace("{province}", "north").replace("{kind}", "mps")
    return filled_in.replace("{scenario}", "x").replace("{key}", "0" * 12).replace("{webhook}", "wh_x")


def test_without_a_key_every_guarded_route_says_401_and_nothing_else(guarded: TestClient, north: str) -> None:
    requested = 0
    for method, path, is_guarded in routes(guarded.app):  # type: ignore[arg-type]
        if is_guarded:
            answer = guarded.request(method, filled(path, north))
            problem = assert_problem(answer, 401)
            assert answer.headers["www-authenticate"] == 'Bearer realm="allot"'
            assert problem["errors"] == []
            requested += 1
    assert requested >= 40
    assert guarded.get("/health/live").status_code == guarded.get("/openapi.json").status_code == 200


def test_another_provinces_plan_is_not_there_whatever_is_requested(guarded: TestClient, as_: As, north: str) -> None:
    for method, path, is_guarded in routes(guarded.app):  # type: ignore[arg-type]
        if is_guarded and "{plan}" in path:
            ours = guarded.request(method, filled(path, north), headers=as_("stranger"))
            nothing = guarded.request(method, filled(path, "/v1/plans/none"), headers=as_("stranger"))
            told, compared = assert_problem(ours, 404), assert_problem(nothing, 404)
            assert told["detail"] == compared["detail"].replace("none", north.rpartition("/")[2])
            assert (told["type"], told["title"]) == (compared["type"], compared["title"])


@pytest.mark.parametrize(
    "key", ["", "nonsense", "allot_", "allot_x_y", "allot_000000000000_x", "allot_\xe9_\xe9", "a b"]
)
@pytest.mark.parametrize("scheme", ["Bearer ", "Basic ", ""])
def test_a_wrong_key_is_401(guarded: TestClient, scheme: str, key: str) -> None:
    answer = guarded.get("/v1/me", headers=[(b"authorization", (scheme + key).encode("latin-1"))])
    assert_problem(answer, 401)
    assert answer.headers["www-authenticate"].startswith('Bearer realm="allot"')


def test_a_key_with_another_secret_or_revoked_or_expired_is_401(
    guarded: TestClient, guarded_store: Store, as_: As
) -> None:
    key = key_for(guarded_store, "someone", "north:reader")
    assert guarded.get("/v1/me", headers=bearer(key)).json() == {
        "caller": "someone",
        "authentication": "on",
        "grants": [{"province": "north", "role": "reader", "factory": None}],
    }
    assert_problem(guarded.get("/v1/me", headers=bearer(key[:-1] + ("A" if key[-1] != "A" else "B"))), 401)
    assert_problem(guarded.get("/v1/me", headers=bearer(key + "x")), 401)
    short = key_for(guarded_store, "someone", "north:reader", days=1e-9)
    assert_problem(guarded.get("/v1/me", headers=bearer(short)), 401)
    identifier = key.split("_")[1]
    assert guarded.delete(f"/v1/keys/{identifier}", headers=as_("admin")).status_code == 204
    assert guarded.delete(f"/v1/keys/{identifier}", headers=as_("admin")).status_code == 204
    assert_problem(guarded.get("/v1/me", headers=bearer(key)), 401)
    assert_problem(guarded.delete("/v1/keys/0123456789ab", headers=as_("admin")), 404)


MAY: dict[str, set[str]] = {
    "read": {"admin", "bureau", "centre", "factory", "daily", "reader", "watcher"},
    "draft": {"admin", "bureau"},
    "submit": {"admin", "bureau"},
    "return": {"admin", "centre"},
    "ratify": {"admin", "centre"},
    "put-in-force": {"admin", "centre"},
    "close": {"admin", "centre"},
}


@pytest.mark.parametrize("act", ["submit", "return", "ratify", "put-in-force", "close"])
def test_an_act_without_the_role_is_403(guarded: TestClient, as_: As, north: str, act: str) -> None:
    for caller in MAY["read"] - MAY[act]:
        refused = assert_problem(guarded.post(f"{north}/approval/{act}", headers=as_(caller)), 403)
        assert refused["type"] == "urn:allot:forbidden"
        assert set(refused) == {"type", "title", "status", "detail", "instance", "request_id", "errors"}
        assert refused["errors"] == []
    assert guarded.get(f"{north}/approval", headers=as_("reader")).json()["state"] == "draft"


@pytest.mark.parametrize("caller", sorted({*MAY["read"], "stranger"}))
def test_what_each_may_do_with_a_province(guarded: TestClient, as_: As, north: str, caller: str) -> None:
    headers = as_(caller)
    reads = 200 if caller in MAY["read"] else 404
    for path in ("/v1/provinces/north", north, f"{north}/approval", f"{north}/tables/quotas", f"{north}/problem"):
        assert guarded.get(path, headers=headers).status_code == reads, path
    events = guarded.get(f"{north}/events", headers=headers)
    assert events.status_code == reads
    listed = {one["id"] for one in guarded.get("/v1/provinces", headers=headers).json()["provinces"]}
    assert ("north" in listed) == (caller in MAY["read"])
    assert ("ryanggang" in listed) == (caller in {"admin", "watcher"})
    plans = {one["id"] for one in guarded.get("/v1/plans?limit=500", headers=headers).json()["plans"]}
    assert (north.rpartition("/")[2] in plans) == (caller in MAY["read"])
    body = {"name": "North", "problem": two_counties_raw()}
    stored = guarded.put("/v1/provinces/north", json=body, headers={**headers, "If-Match": '"old"'})
    assert stored.status_code == (412 if caller in MAY["draft"] else 403)
    deleted = guarded.delete("/v1/provinces/north", headers={**headers, "If-Match": '"old"'})
    assert deleted.status_code == (412 if caller in MAY["draft"] else 403)


@pytest.mark.parametrize(
    ("caller", "status"), [("bureau", 201), ("admin", 201), ("reader", 403), ("watcher", 403), ("stranger", 422)]
)
def test_who_may_plan_a_province(guarded: TestClient, as_: As, north: str, caller: str, status: int) -> None:
    answer = guarded.post("/v1/plans", json={"province": "north"}, headers={**WAIT, **as_(caller)})
    assert answer.status_code == status
    base = {"base_plan": north.rpartition("/")[2]}
    varied = guarded.post("/v1/plans", json=base, headers={**WAIT, **as_(caller)})
    assert varied.status_code == status, varied.text
    if status == 422:
        for body, name in (({"province": "north"}, "north"), ({"province": "north", "version": 9}, "north")):
            hidden = guarded.post("/v1/plans", json=body, headers=as_(caller)).json()["errors"]
            absent = guarded.post("/v1/plans", json={**body, "province": "none"}, headers=as_(caller)).json()["errors"]
            assert [one["message"].replace(name, "none") for one in hidden] == [one["message"] for one in absent]


@pytest.mark.parametrize("path", ["/v1/validate", "/v1/demand", "/v1/population"])
def test_a_province_named_in_a_body_is_hidden_too(guarded: TestClient, as_: As, north: str, path: str) -> None:
    assert guarded.post(path, json={"province": "north"}, headers=as_("reader")).status_code == 200
    answer = guarded.post(path, json={"province": "north"}, headers=as_("stranger"))
    assert answer.status_code == (200 if path == "/v1/validate" else 422)
    assert "unknown_province" in answer.text


def test_a_written_out_plan_is_its_callers(guarded: TestClient, as_: As, north: str, written_out: str) -> None:
    name = written_out.rpartition("/")[2]
    for caller, status in (("stranger", 200), ("admin", 200), ("bureau", 404), ("watcher", 404)):
        assert guarded.get(written_out, headers=as_(caller)).status_code == status
        listed = {one["id"] for one in guarded.get("/v1/plans?limit=500", headers=as_(caller)).json()["plans"]}
        assert (name in listed) == (status == 200)
    assert_problem(guarded.get(f"/v1/plans?before={name}", headers=as_("bureau")), 404)
    assert_problem(guarded.post(f"{north}/compare", json={"plan": name}, headers=as_("reader")), 404)
    compared = guarded.post(f"{north}/compare", json={"plan": name}, headers=as_("admin"))
    assert compared.status_code == 200, compared.text


def test_idempotency_keys_are_each_callers_own(guarded: TestClient, as_: As) -> None:
    body, key = {"problem": two_counties_raw()}, {"Idempotency-Key": "same"}
    first = guarded.post("/v1/plans", json=body, headers={**as_("bureau"), **key}).json()["id"]
    assert guarded.post("/v1/plans", json=body, headers={**as_("bureau"), **key}).json()["id"] == first
    assert guarded.post("/v1/plans", json=body, headers={**as_("stranger"), **key}).json()["id"] != first


@pytest.mark.parametrize("caller", ["bureau", "centre", "watcher", "stranger"])
def test_keys_are_for_administrators(guarded: TestClient, as_: As, caller: str) -> None:
    assert_problem(guarded.get("/v1/keys", headers=as_(caller)), 403)
    body = {"caller": "me", "grants": [{"province": "*", "role": "admin"}]}
    assert_problem(guarded.post("/v1/keys", json=body, headers=as_(caller)), 403)
    assert_problem(guarded.delete("/v1/keys/0123456789ab", headers=as_(caller)), 403)


@ON_BOTH_DATABASES
def test_a_key_is_told_once_and_never_kept(guarded: TestClient, guarded_store: Store, as_: As) -> None:
    body: dict[str, Any] = {"caller": "mine", "grants": [{"province": "north", "role": "factory"}], "days": 7}
    made = guarded.post("/v1/keys", json=body, headers=as_("admin"))
    assert made.status_code == 201
    key, identifier = made.json()["key"], made.json()["id"]
    assert guarded.get("/v1/me", headers=bearer(key)).json()["caller"] == "mine"
    secret = key.split("_", 2)[2]
    for _, example in BODY_EXAMPLES[KeyBody].values():
        assert guarded.post("/v1/keys", json=example, headers=as_("admin")).status_code == 201
    listed = guarded.get("/v1/keys", headers=as_("admin"))
    assert identifier in listed.text
    assert secret not in listed.text
    with guarded_store.read_transaction() as stored:
        proof = stored.keys.find_verifier(identifier)
        assert proof is not None
        assert secret.encode() not in proof.hash + proof.salt
    king = [{"province": "north", "role": "king"}]
    whose = [{"province": "north", "role": "bureau", "factory": "hyesan-daily"}]
    changes: list[dict[str, Any]] = [
        {"caller": "a b"},
        {"caller": "local"},
        {"caller": "retention"},
        {"grants": []},
        {"grants": king},
        {"grants": whose},
        {"days": 0},
    ]
    for wrong in changes:
        assert_problem(guarded.post("/v1/keys", json=body | wrong, headers=as_("admin")), 422)


@ON_BOTH_DATABASES
def test_every_act_and_every_refusal_is_in_the_log(guarded: TestClient, as_: As, north: str) -> None:
    plan = north.rpartition("/")[2]
    assert_problem(guarded.post(f"{north}/approval/ratify", headers=as_("reader")), 403)
    assert_problem(guarded.get(north, headers=as_("stranger")), 404)
    log = guarded.get(f"/v1/audit?subject={plan}&limit=1000", headers=as_("reader")).json()["entries"]
    acts = [(one["caller"], one["act"]) for one in log]
    assert acts[:2] == [("bureau", "plan accepted"), ("bureau", "plan finished")]
    told = guarded.get(f"/v1/audit?subject={plan}&act=refused&order=newest&limit=1", headers=as_("admin")).json()
    last = told["entries"][0]
    assert (last["caller"], last["detail"]["wanted"], last["province"]) == ("stranger", "read", "north")
    before = guarded.get(told["next"], headers=as_("admin")).json()["entries"][0]
    assert (before["caller"], before["detail"]["wanted"]) == ("reader", "ratify")
    keys = guarded.get("/v1/audit?act=key+made", headers=as_("admin")).json()["entries"]
    assert {"bureau", "centre"} <= {one["detail"]["caller"] for one in keys}


@ON_BOTH_DATABASES
def test_the_log_is_seen_as_far_as_provinces_are(guarded: TestClient, as_: As, north: str, written_out: str) -> None:
    def seen(caller: str) -> set[tuple[str | None, str]]:
        found, address = set(), "/v1/audit?limit=50"
        while address:
            page = guarded.get(address, headers=as_(caller)).json()
            found |= {(one["province"], one["caller"]) for one in page["entries"]}
            address = page["next"]
        return found

    everything = seen("admin")
    assert {("north", "bureau"), ("south", "stranger"), (None, "stranger"), (None, "local")} <= everything
    assert seen("reader") == {one for one in everything if one[0] == "north" or one == (None, "reader")}
    assert seen("watcher") == {one for one in everything if one[0] is not None or one == (None, "watcher")}
    assert seen("stranger") == {one for one in everything if one[0] == "south" or one == (None, "stranger")}


def test_a_year_with_its_roles(guarded: TestClient, as_: As, north: str) -> None:
    sent = {**WAIT, **as_("bureau")}
    plan = guarded.post("/v1/plans", json={"province": "north", "reuse": False}, headers=sent).headers["location"]
    tag = guarded.get(plan, headers=as_("bureau")).headers["etag"]
    submitted = guarded.post(
        f"{plan}/approval/submit", json={"note": "July"}, headers={**as_("bureau"), "If-Match": tag}
    )
    assert (submitted.status_code, submitted.json()["acts"]) == (200, [])
    assert_problem(guarded.post(f"{plan}/approval/ratify", headers={**as_("centre"), "If-Match": tag}), 412)
    for act in ("return", "ratify"):
        if act == "ratify":
            assert guarded.post(f"{plan}/approval/submit", headers=as_("bureau")).status_code == 200
        assert guarded.post(f"{plan}/approval/{act}", headers=as_("centre")).status_code == 200
    ratified = guarded.get(f"{plan}/approval", headers=as_("reader"))
    assert ratified.headers["etag"] == '"5"'
    assert [one["caller"] for one in ratified.json()["history"]] == ["bureau", "centre", "bureau", "centre"]
    assert_problem(guarded.post(f"{plan}/approval/submit", headers=as_("bureau")), 409)
    assert guarded.post(f"{plan}/approval/put-in-force", headers=as_("centre")).status_code == 200
    assert guarded.get(plan, headers=as_("factory")).json()["approval_state"] == "in_force"
    listed = guarded.get("/v1/plans?limit=500", headers=as_("factory")).json()["plans"]
    assert {one["approval_state"] for one in listed if plan.endswith(one["id"])} == {"in_force"}
    assert guarded.post(f"{plan}/approval/close", headers=as_("centre")).json()["state"] == "closed"
    assert_problem(guarded.post(f"{plan}/approval/close", json={"note": 5}, headers=as_("centre")), 422)
    mistyped = guarded.post(
        f"{plan}/approval/close", content=b"x", headers={**as_("centre"), "Content-Type": "text/plain"}
    )
    assert_problem(mistyped, 415)


def test_a_briefing_is_compared_only_with_what_one_may_read(
    guarded: TestClient, as_: As, north: str, written_out: str
) -> None:
    other = written_out.rpartition("/")[2]
    assert_problem(guarded.get(f"{north}/briefing?with={other}", headers=as_("bureau")), 404)
    read = guarded.get(f"{north}/briefing", headers=as_("reader"))
    assert (read.status_code, read.json()["next_steps"]) == (200, [])  # a reader may not submit

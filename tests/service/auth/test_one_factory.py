"""A key for one factory: route by route what a key for all factories of the province may do, but for reports that name others."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError
from starlette.testclient import TestClient

from models.examples import two_counties_raw
from service.auth.principals import ANONYMOUS_PRINCIPAL, Grant, Principal
from tests.service.api.answers import assert_problem
from tests.service.api.conftest import WAIT
from tests.service.auth.conftest import Caller
from tests.service.auth.test_guarded import filled, routes

As = Callable[[str], Caller]
Json = dict[str, Any]


def made(factory: Any = "hyesan-daily", item: Any = "soap", quantity: Any = 5) -> Json:
    return {"factory": factory, "item": item, "period": "2002-01", "quantity": quantity}


@pytest.fixture(scope="module")
def north(guarded: TestClient, as_: As) -> str:
    """Address of a plan of the province `north` that is ratified."""
    body = {"name": "North", "problem": two_counties_raw()}
    assert guarded.put("/v1/provinces/north", json=body, headers=as_("bureau")).status_code == 201
    sent = guarded.post("/v1/plans", json={"province": "north"}, headers={**WAIT, **as_("bureau")})
    address = str(sent.headers["location"])
    assert guarded.post(f"{address}/approval/submit", headers=as_("bureau")).status_code == 200
    assert guarded.post(f"{address}/approval/ratify", headers=as_("centre")).status_code == 200
    return address


def test_route_by_route_it_is_a_factorys_key(guarded: TestClient, as_: As, north: str) -> None:
    """Every route that there is, also those to come, with nothing sent."""
    seen = set()
    for method, path, is_guarded in routes(guarded.app):  # type: ignore[arg-type]
        if not is_guarded or path.endswith("/events"):
            continue
        answers = [guarded.request(method, filled(path, north), headers=as_(who)) for who in ("daily", "factory")]
        assert answers[0].status_code == answers[1].status_code, (method, path)
        seen.add((method, path, answers[0].status_code))
    assert len(seen) >= 40
    writing = {path for method, path, status in seen if method != "GET" and status == 403}
    assert {"/v1/plans", "/v1/plans/{plan}", "/v1/plans/{plan}/replan", "/v1/plans/{plan}/approval/close"} <= writing
    assert ("GET", "/v1/plans/{plan}/tables/quotas", 200) in seen


def test_it_reports_its_own_outputs_and_no_others(guarded: TestClient, as_: As, north: str) -> None:
    address = f"{north}/outputs"
    own = guarded.post(address, json={"outputs": [made()]}, headers=as_("daily"))
    assert (own.status_code, own.json()["accepted"]) == (201, 1)
    revision = own.json()["revision"]
    for rows in (
        [made("kapsan-food", "starch")],
        [made(), made("kapsan-food", "starch")],
        [made("nobody")],
        [made(7)],
        [made(), made("kapsan-food", "nothing", "wrong")],
    ):
        refused = assert_problem(guarded.post(address, json={"outputs": rows}, headers=as_("daily")), 403)
        assert refused["errors"] == []
        assert "hyesan-daily" in refused["detail"]
    csv = "factory,item,period,quantity\nkapsan-food,starch,2002-01,1\n"
    mistyped = {"Content-Type": "text/csv", **as_("daily")}
    assert_problem(guarded.post(address, content=csv, headers=mistyped), 403)
    assert_problem(guarded.post(address, json={"outputs": [made(item="starch")]}, headers=as_("daily")), 422)
    assert_problem(guarded.post(address, json={"outputs": [{"item": "soap"}]}, headers=as_("daily")), 422)
    told = guarded.get(address, headers=as_("daily")).json()
    assert (told["total"], told["revision"]) == (1, revision)
    assert guarded.post(address, json={"outputs": [made("kapsan-food", "starch")]}, headers=as_("factory")).is_success
    plan = north.rpartition("/")[2]
    log = guarded.get(f"/v1/audit?subject={plan}&act=refused&caller=daily", headers=as_("admin")).json()["entries"]
    assert [one["detail"]["wanted"] for one in log if one["detail"]["path"] == address].count("report") == 6


def test_for_which_factories_a_principal_reports() -> None:
    def of(*grants: str) -> Principal:
        return Principal("me", frozenset(map(Grant.from_text, grants)))

    two = of("north:factory:a", "north:factory:b", "south:factory:c")
    assert two.list_reportable_factories("north", "x") == frozenset({"a", "b"})
    assert two.list_reportable_factories("east", "x") == frozenset()
    assert of("north:factory:a", "north:bureau").list_reportable_factories("north", "x") is None
    assert of("north:factory:a", "south:bureau").list_reportable_factories("north", "x") == frozenset({"a"})
    assert of("*:factory:a").list_reportable_factories("north", "x") == frozenset({"a"})
    assert of("north:factory:a").list_reportable_factories(None, "me") == frozenset({"a"})
    assert of("north:factory").list_reportable_factories(None, "somebody else") == frozenset()
    assert ANONYMOUS_PRINCIPAL.list_reportable_factories("north", "x") is None


@pytest.mark.parametrize(
    "text",
    ["north", "north:", ":factory", "north:king", "north:bureau:a", "north:factory:", "a:b:c:d", "north:factory:a b"],
)
def test_what_is_no_grant(text: str) -> None:
    with pytest.raises(ValidationError):
        Grant.from_text(text)
    assert str(Grant.from_text("north:factory:a")) == "north:factory:a"

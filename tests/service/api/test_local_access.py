"""Without authentication, neither a page of another site nor a name of another machine nor a proxy gets in."""

import httpx2
import pytest

from models.examples import two_counties_raw
from service.core.settings import Settings
from tests.service.api.answers import assert_problem
from tests.service.api.conftest import serving

CHANGES = [
    ("POST", "/v1/validate", {"problem": two_counties_raw()}),
    ("POST", "/v1/plans/none/approval/ratify", {}),
    ("POST", "/v1/webhooks/none/deliveries/none/resend", {}),
    ("DELETE", "/v1/plans/none", None),
]


@pytest.mark.parametrize("path", ["/", "/v1/me", "/v1/keys", "/v1/plans", "/openapi.json", "/metrics"])
@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost.evil.example", ""]
)
def test_a_name_of_another_machine_is_refused(server: str, path: str, host: str) -> None:
    assert_problem(httpx2.get(f"{server}{path}", headers={"Host": host}), 421)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1", "127.8.9.10", "[::1]:8000", "localhost."])
def test_names_of_this_machine_are_taken(server: str, host: str) -> None:
    assert httpx2.get(f"{server}/v1/me", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(("method", "path", "body"), CHANGES)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "file://"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_page_of_another_site_changes_nothing(
    server: str, method: str, path: str, body: object, headers: dict[str, str]
) -> None:
    refused = assert_problem(httpx2.request(method, f"{server}{path}", json=body, headers=headers), 403)
    assert refused["type"] == "urn:allot:foreign-origin"


def test_the_page_of_the_service_itself_may_change_things(server: str) -> None:
    body = {"problem": two_counties_raw()}
    for headers in ({"Origin": server, "Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {}):
        assert httpx2.post(f"{server}/v1/validate", json=body, headers=headers).status_code == 200
    reading = {"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert httpx2.get(f"{server}/v1/me", headers=reading).status_code == 200  # without CORS the page cannot read it


@pytest.mark.parametrize("name", ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP"])
def test_a_forwarded_request_is_refused(server: str, name: str) -> None:
    assert_problem(httpx2.get(f"{server}/v1/me", headers={name: "8.8.8.8"}), 403)


def test_named_hosts_and_proxies_are_taken(api_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> None:
    named = {"trusted_hosts": "planning.example, other.example", "trusted_proxies": "127.0.0.1"}
    folder = tmp_path_factory.mktemp("named")
    with serving(api_settings.model_copy(update={"data_dir": folder, **named})) as address:
        headers = {"Host": "Planning.example:8443", "X-Forwarded-For": "8.8.8.8"}
        assert httpx2.get(f"{address}/v1/me", headers=headers).status_code == 200
        assert_problem(httpx2.get(f"{address}/v1/me", headers={"Host": "evil.example"}), 421)


def test_no_key_is_made_over_http(server: str) -> None:
    body = {"caller": "somebody", "grants": [{"province": "*", "role": "admin"}]}
    refused = assert_problem(httpx2.post(f"{server}/v1/keys", json=body), 409)
    assert "allot keys add" in refused["detail"]
    assert httpx2.get(f"{server}/v1/keys").json()["keys"] == []


@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_an_act_needs_the_media_type_of_json_also_without_a_body(server: str, content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    made = httpx2.post(
        f"{server}/v1/plans", json={"problem": two_counties_raw()}, headers={"Prefer": "wait=60"}
    ).headers["location"]
    for act in (f"{made}/approval/submit", "/v1/webhooks/none/deliveries/none/resend"):
        assert_problem(httpx2.post(f"{server}{act}", headers=headers), 415)
    assert httpx2.get(f"{server}{made}/approval").json()["state"] == "draft"


def test_no_answer_leads_to_the_host_of_the_request(server: str) -> None:
    for path in ("/v1/plans/", "/docs/", "/page/"):
        answer = httpx2.get(f"{server}{path}", headers={"Host": "localhost"}, follow_redirects=False)
        assert not answer.headers.get("location", "").startswith("http")

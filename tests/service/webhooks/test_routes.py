"""`/v1/webhooks` as its users see it."""

import pytest
from starlette.testclient import TestClient

from models.examples import two_counties_raw
from service.api.app import create_app
from service.auth.authorization import HiddenError
from service.auth.principals import Grant, Principal, Role
from service.core.errors import NotFoundError
from service.core.settings import Settings
from service.domain.schemas.webhooks import WebhookBody
from service.domain.webhooks import WebhookService
from service.storage.store import Store
from tests.service.api.answers import assert_problem
from tests.service.api.conftest import WAIT
from tests.service.conftest import MOSTLY_SQLITE
from tests.service.helpers import until
from tests.service.webhooks.receiver import receiving


def test_a_webhook_hears_of_a_plan_made_over_http(settings: Settings) -> None:
    changed = settings.model_copy(update={"webhook_private_addresses": True})
    with receiving() as receiver, TestClient(create_app(changed)) as client:
        hook = client.post("/v1/webhooks", json={"url": receiver.url})
        assert hook.status_code == 201
        assert hook.json()["secret"].startswith("whsec_")
        address = f"/v1/webhooks/{hook.json()['id']}"
        plan = client.post("/v1/plans", json={"problem": two_counties_raw()}, headers=WAIT).json()
        again = client.post("/v1/plans", json={"problem": two_counties_raw()}, headers=WAIT).json()
        until(lambda: len(receiver.told) == 2)
        assert {told["data"]["plan"] for told in receiver.told} == {plan["id"], again["id"]}
        page = client.get(f"{address}/deliveries?limit=1")
        assert page.json()["deliveries"][0]["plan"] == again["id"]
        older = client.get(page.json()["next"]).json()
        assert (older["deliveries"][0]["plan"], older["next"]) == (plan["id"], None)
        assert page.links["next"]["url"] == page.json()["next"]
        message = older["deliveries"][0]["id"]
        until(lambda: client.get(f"{address}/deliveries").json()["deliveries"][-1]["state"] == "delivered")
        assert client.post(f"{address}/deliveries/{message}/resend", json={}).status_code == 200
        until(lambda: len(receiver.messages) == 3)
        assert receiver.messages[2] == message
        assert client.delete(address).status_code == 204
        assert_problem(client.get(f"{address}/deliveries"), 404)


def test_secrets_are_shown_once_and_webhooks_listed(client: TestClient) -> None:
    hook = client.post("/v1/webhooks", json={"url": "https://example.org/a?b=c", "events": ["plan.cancelled"]}).json()
    listed = client.get("/v1/webhooks").json()["webhooks"]
    assert {name: value for name, value in hook.items() if name != "secret"} in listed
    assert "secret" not in listed[0]
    assert client.delete(f"/v1/webhooks/{hook['id']}").status_code == 204
    assert hook["id"] not in client.get("/v1/webhooks").text


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "example.org",
        "http://",
        "https://user:secret@example.org/",
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://2130706433/",
        "http://example.org:6379/",
        "https://example.org/" + "x" * 2_000,
    ],
)
def test_addresses_that_will_never_do_are_refused(client: TestClient, url: str) -> None:
    refused = assert_problem(client.post("/v1/webhooks", json={"url": url}), 422)
    assert {error["path"] for error in refused["errors"]} == {"/url"}


@MOSTLY_SQLITE
def test_a_caller_has_so_many_webhooks_and_no_more(settings: Settings) -> None:
    with TestClient(create_app(settings)) as client:
        requested = {"url": "https://example.org/"}
        assert {client.post("/v1/webhooks", json=requested).status_code for _ in range(100)} == {201}
        assert_problem(client.post("/v1/webhooks", json=requested), 409)


@pytest.mark.parametrize(("method", "path"), [
    ("delete", "/v1/webhooks/nobody"),
    ("get", "/v1/webhooks/nobody/deliveries"),
    ("post", "/v1/webhooks/nobody/deliveries/none/resend"),
])  # fmt: skip
def test_what_is_not_there_is_404(client: TestClient, method: str, path: str) -> None:
    assert_problem(client.request(method, path, headers={"Content-Type": "application/json"}), 404)


def test_a_webhook_is_its_callers_and_the_administrators(settings: Settings) -> None:
    """Others neither see nor delete it, and nobody hears of a province that they may not read."""

    def principal(caller: str, province: str, role: Role) -> Principal:
        return Principal(caller, frozenset({Grant(province=province, role=role)}))

    reader, other = principal("reader", "north", "reader"), principal("other", "*", "centre")
    store = Store.open_store(settings)
    hooks = WebhookService(store, settings)
    requested = WebhookBody.model_validate({"url": "https://example.org/", "province": "north"})
    made = hooks.create_webhook(requested, reader)
    assert [hook.id for hook in hooks.list_webhooks(reader).webhooks] == [made.id]
    assert hooks.list_webhooks(other).webhooks == ()
    with pytest.raises(NotFoundError):
        hooks.delete_webhook(made.id, other)
    with pytest.raises(HiddenError):
        hooks.create_webhook(requested.model_copy(update={"province": "south"}), reader)
    hooks.delete_webhook(made.id, principal("head", "*", "admin"))
    assert hooks.list_webhooks(reader).webhooks == ()
    store.close()

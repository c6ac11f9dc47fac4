"""Who loses a key or a role loses what runs: open event streams end, and webhooks get no more messages."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Iterator

import httpx2
import pytest

from service.api import event_streams
from service.auth.api_keys import revoke_api_key
from service.auth.principals import Grant, Principal
from service.domain.schemas.webhooks import DeliveryView, WebhookBody
from service.domain.webhooks import WebhookService
from service.storage.repositories.jobs import JobQueue
from service.storage.store import Store
from service.workers.background import FailureLog
from service.workers.webhook_dispatcher import WebhookDispatcher
from tests.service.api.conftest import serving
from tests.service.auth.conftest import bearer, key_for
from tests.service.conftest import SettingsFactory, empty_database, small_service
from tests.service.helpers import finish_next, request, slow, until
from tests.service.webhooks.receiver import receiving


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[tuple[str, Store]]:
    """Address and store of a service with keys that checks open streams often."""
    folder = tmp_path_factory.mktemp("revocation")
    with pytest.MonkeyPatch.context() as patch, empty_database("sqlite", folder, request) as address:
        patch.setattr(event_streams, "RECHECK_SECONDS", 0.1)
        settings = small_service(address, folder, authentication="keys", solver_workers=1)
        with serving(settings) as server:
            store = Store.open_store(settings)
            yield server, store
            store.close()


def test_an_open_stream_ends_when_its_key_is_revoked_and_others_go_on(service: tuple[str, Store]) -> None:
    server, store = service
    keys = {name: key_for(store, "office", "north:bureau") for name in ("revoked", "kept")}
    admin = bearer(key_for(store, "admin", "*:admin"))
    body = {"problem": slow().model_dump(mode="json", by_alias=True, exclude_defaults=True)}
    plan = httpx2.post(f"{server}/v1/plans", json=body, headers=bearer(keys["kept"]), timeout=30).headers["location"]
    lines: dict[str, list[str]] = {name: [] for name in keys}

    def follow(name: str) -> None:
        with httpx2.stream("GET", f"{server}{plan}/events", headers=bearer(keys[name]), timeout=90) as answer:
            lines[name].extend(answer.iter_lines())

    readers = {name: threading.Thread(target=follow, args=(name,)) for name in keys}
    for reader in readers.values():
        reader.start()
    until(lambda: httpx2.get(f"{server}{plan}", headers=admin).json()["status"] == "running", 60)
    identifier = keys["revoked"].split("_")[1]
    assert httpx2.delete(f"{server}/v1/keys/{identifier}", headers=admin).status_code == 204
    readers["revoked"].join(30)
    assert not readers["revoked"].is_alive()
    assert readers["kept"].is_alive()
    assert httpx2.get(f"{server}{plan}", headers=admin).json()["status"] == "running"
    httpx2.delete(f"{server}{plan}", headers=admin, timeout=30)
    readers["kept"].join(30)
    assert "event: finished" in lines["kept"]
    assert "event: finished" not in lines["revoked"]


def test_a_stream_yields_everything_while_it_is_permitted_and_closes_its_source(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(event_streams, "RECHECK_SECONDS", 0.0)
    closed: list[float] = []

    async def count(idle_seconds: float) -> AsyncGenerator[int]:
        try:
            for number in range(1, 6):
                yield number
            await asyncio.sleep(idle_seconds)
        finally:
            closed.append(idle_seconds)

    async def collect(idle_seconds: float, permitted_checks: int) -> list[int]:
        checks = iter(range(permitted_checks))

        async def is_permitted() -> bool:
            return next(checks, None) is not None

        return [one async for one in event_streams.end_when_refused(count(idle_seconds), is_permitted)]

    assert asyncio.run(collect(0, 1000)) == [1, 2, 3, 4, 5]
    assert asyncio.run(collect(3600, 1000)) == [1, 2, 3, 4, 5]  # nothing comes, and the check ends the stream
    assert asyncio.run(collect(3600, 0)) == []
    assert closed[:2] == [0, 3600]


@pytest.mark.parametrize(
    ("grant", "province"), [("north:bureau", None), ("north:bureau", "north"), ("*:reader", "north")]
)
def test_a_webhook_gets_nothing_without_a_key_that_reads_the_plan_and_all_of_it_with_a_new_key(
    store: Store, make_settings: SettingsFactory, grant: str, province: str | None
) -> None:
    settings = make_settings(
        authentication="keys",
        webhook_private_addresses=True,
        webhook_retry_seconds=0.02,
        webhook_max_attempts=100_000,
        poll_seconds=0.02,
    )
    hooks, queue = WebhookService(store, settings), JobQueue(store, settings)
    key = key_for(store, "office", grant)
    key_for(store, *(("office", "south:admin") if province else ("another", grant)))  # reads other plans
    office = Principal("office", frozenset({Grant.from_text(grant)}))
    with receiving() as receiver:
        hook = hooks.create_webhook(WebhookBody.model_validate({"url": receiver.url, "province": province}), office)
        with store.write_transaction() as transaction:
            revoke_api_key(transaction, key.split("_")[1], revoked_by="admin")
        queue.submit_plan(request(caller="office", source={"province": province} if province else {}))
        finish_next(queue)

        def read_delivery() -> DeliveryView:
            return hooks.list_deliveries(hook.id, office, None, 1).deliveries[0]

        dispatcher = WebhookDispatcher(store, settings, FailureLog())
        try:
            until(lambda: read_delivery().attempts >= 2 and read_delivery().error is not None)
            assert (read_delivery().state, receiver.messages) == ("waiting", [])
            assert "no valid key" in str(read_delivery().error)
            key_for(store, "office", grant)
            until(lambda: read_delivery().state == "delivered")
        finally:
            dispatcher.stop()
    assert len(receiver.messages) == 1

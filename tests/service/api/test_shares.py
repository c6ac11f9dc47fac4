"""What one caller has at a time of streams, waiting requests and reads, over HTTP with keys."""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import anyio
import anyio.lowlevel
import httpx2
import pytest
from starlette.types import Message

from models.examples import two_counties_raw
from service.api.admission import get_admission
from service.api.app import create_app
from service.core.settings import Settings
from service.storage.store import Store
from tests.service.api.answers import assert_problem
from tests.service.api.conftest import serving
from tests.service.auth.conftest import Caller, bearer, key_for

STREAMS = 16


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shares")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """Address of a service with keys that solves nothing, so that plans stay queued."""
    with serving(Settings(data_dir=folder, authentication="keys", solver_workers=0, queue_length_per_caller=40)) as one:
        yield one


@pytest.fixture(scope="module")
def callers(address: str, folder: Path) -> tuple[Caller, Caller]:
    """Two callers who may draft in one province, which is stored."""
    store = Store.open_store(Settings(data_dir=folder))
    greedy, other = (bearer(key_for(store, name, "north:bureau")) for name in ("greedy", "other"))
    store.close()
    stored = httpx2.put(f"{address}/v1/provinces/north", json={"problem": two_counties_raw()}, headers=greedy)
    assert stored.status_code == 201
    return greedy, other


def test_one_caller_follows_so_many_plans_and_waits_for_none_beyond(
    address: str, callers: tuple[Caller, Caller]
) -> None:
    greedy, other = callers
    plan = httpx2.post(f"{address}/v1/plans", json={"province": "north"}, headers=greedy).headers["location"]
    events = f"{address}{plan}/events"
    with ExitStack() as streams, httpx2.Client(timeout=60, limits=httpx2.Limits(max_connections=50)) as client:
        for _ in range(STREAMS):
            opened = streams.enter_context(client.stream("GET", events, headers=greedy))
            assert opened.status_code == 200
        refused = client.get(events, headers=greedy)
        assert_problem(refused, 429)
        assert refused.headers["retry-after"] == "5"
        waiting = {**greedy, "Prefer": "wait=30"}
        answered = client.post(f"{address}/v1/plans", json={"province": "north", "reuse": False}, headers=waiting)
        assert (answered.status_code, "preference-applied" in answered.headers) == (202, False)
        with client.stream("GET", events, headers=other) as also:
            assert also.status_code == 200
        assert client.get(f"{address}{plan}", headers=greedy).status_code == 200


def test_one_caller_that_does_not_read_its_answers_keeps_nobody_else_waiting(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, authentication="keys", solver_workers=0)
    store = Store.open_store(settings)
    greedy, other = (key_for(store, name, "north:reader") for name in ("greedy", "other"))
    store.close()
    app = create_app(settings)

    async def main() -> None:
        async with app.router.lifespan_context(app) as state:
            read, answers = anyio.Event(), list[str]()

            async def ask(key: str, *, is_read: bool = True) -> None:
                async def send(message: Message) -> None:
                    if message["type"] == "http.response.start":
                        answers.append(f"{'greedy' if key == greedy else 'other'} {message['status']}")
                        await anyio.lowlevel.checkpoint() if is_read else await read.wait()

                headers = [(b"authorization", f"Bearer {key}".encode())]
                scope = {"type": "http", "method": "GET", "path": "/v1/me", "headers": headers, "query_string": b""}
                await app({**scope, "scheme": "http", "state": dict(state or {})}, receive_nothing, send)

            async with anyio.create_task_group() as group:
                for _ in range(9):
                    group.start_soon(partial(ask, greedy, is_read=False))
                with anyio.fail_after(60):
                    while len(answers) < 8 or get_admission().answers.waiting_count < 1:
                        await anyio.lowlevel.checkpoint()
                await ask(other)
                assert answers == [*["greedy 200"] * 8, "other 200"]
                read.set()
            assert answers[9:] == ["greedy 200"]
            assert get_admission().answers.held_count == 0

    anyio.run(main)


async def receive_nothing() -> Message:
    """The client says no more, and does not go."""
    await anyio.sleep_forever()
    raise AssertionError("it ended")

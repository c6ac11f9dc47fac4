"""Bodies at the door: few big ones in memory at a time, none that trickle in for ever, none with more values than may be made."""

from typing import Any

import anyio
import pytest
from starlette.requests import Request

from service.api import request_bodies
from service.api.request_bodies import BodyReader
from service.core import json_documents
from service.core.errors import ContentTooLargeError, RequestTimeoutError
from service.core.json_documents import count_occurrences
from service.core.settings import Settings

JSON = [(b"content-type", b"application/json")]
TWO_MIB = b" " * 2 * 1024 * 1024


def request(*pieces: bytes, last: anyio.Event | None = None) -> Request:
    """A request whose body comes in pieces, the end of it when `last` is set."""
    left = list(pieces)

    async def receive() -> dict[str, Any]:
        if left:
            return {"type": "http.request", "body": left.pop(0), "more_body": True}
        if last is not None:
            await last.wait()
        return {"type": "http.request", "body": b"", "more_body": False}

    return Request({"type": "http", "method": "POST", "headers": JSON}, receive)


@pytest.mark.parametrize(
    ("settings", "body", "said"),
    [
        ({"max_body_objects": 3}, b'[{},{},{"a":{}}]', "4 JSON objects; 3 may be sent"),
        ({"max_body_values": 3}, b"[1,2,3,4,5]", "4 JSON values; 3 may be sent"),
    ],
)
def test_more_values_than_may_be_are_refused_unread(settings: dict[str, int], body: bytes, said: str) -> None:
    seen: list[bytes] = []

    async def main() -> None:
        reader = BodyReader(Settings.model_validate(settings))
        with pytest.raises(ContentTooLargeError, match=said):
            await reader.read_any_body(request(body), seen.append)
        await BodyReader(Settings()).read_any_body(request(body), seen.append)

    anyio.run(main)
    assert seen == [body]


def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_bodies, "_READ_TIMEOUT_SECONDS", 0.1)

    async def main() -> None:
        with pytest.raises(RequestTimeoutError):
            await BodyReader(Settings()).read_any_body(request(b"{", last=anyio.Event()), len)

    anyio.run(main)


def test_big_bodies_wait_at_the_door_and_small_ones_pass() -> None:
    async def main() -> list[int]:
        reader, last = BodyReader(Settings()), anyio.Event()
        sizes: list[int] = []

        async def send(one: Request) -> None:
            sizes.append(await reader.read_any_body(one, len))

        async with anyio.create_task_group() as group:
            unread = [request(TWO_MIB, TWO_MIB, last=last) for _ in range(6)]
            for one in unread:
                group.start_soon(send, one)
            await anyio.wait_all_tasks_blocked()
            held = reader._memory_limiter.statistics()
            assert (held.borrowed_tokens, held.tasks_waiting) == (4, 2)
            await send(request(b"{}"))
            assert sizes == [2]
            last.set()
        assert reader._memory_limiter.statistics().borrowed_tokens == 0
        return sizes

    assert anyio.run(main) == [2, *[2 * len(TWO_MIB)] * 6]


@pytest.mark.parametrize(
    "size", [0, 1, json_documents._CHUNK_BYTES - 1, json_documents._CHUNK_BYTES, 3 * json_documents._CHUNK_BYTES + 7]
)
def test_signs_are_counted_over_the_edges_of_pieces(size: int) -> None:
    raw = b"a," * size
    assert count_occurrences(raw, b",") == raw.count(b",") == size

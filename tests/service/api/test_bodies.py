"""Bodies at the door: few big ones in memory at a time, none that trickle in for ever, none with more values than may be made."""

from typing import Any

import anyio
import pytest
from starlette.requests import ClientDisconnect, Request

from service.api import request_bodies
from service.api.admission import get_admission
from service.api.caller_limits import current_caller
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
        current_caller.set(None)
        reader, last = BodyReader(Settings()), anyio.Event()
        sizes: list[int] = []

        async def send(one: Request) -> None:
            sizes.append(await reader.read_any_body(one, len))

        async with anyio.create_task_group() as group:
            unread = [request(TWO_MIB, TWO_MIB, last=last) for _ in range(6)]
            for one in unread:
                group.start_soon(send, one)
            await anyio.wait_all_tasks_blocked()
            large = get_admission().large_bodies
            assert (large.held_count, large.waiting_count) == (4, 2)
            await send(request(b"{}"))
            assert sizes == [2]
            last.set()
        assert large.held_count == 0
        return sizes

    assert anyio.run(main) == [2, *[2 * len(TWO_MIB)] * 6]


def test_one_caller_leaves_room_for_the_large_bodies_of_others() -> None:
    async def main() -> list[str]:
        reader, last, done = BodyReader(Settings()), anyio.Event(), list[str]()

        async def send(caller: str, one: Request) -> None:
            current_caller.set(caller)
            await reader.read_any_body(one, len)
            done.append(caller)

        async with anyio.create_task_group() as group:
            for _ in range(6):
                group.start_soon(send, "greedy", request(TWO_MIB, TWO_MIB, last=last))
            await anyio.wait_all_tasks_blocked()
            await send("other", request(TWO_MIB))
            last.set()
        return done

    assert anyio.run(main) == ["other", *["greedy"] * 6]


def test_a_large_body_that_trickles_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_bodies, "_STALL_SECONDS", 0.1)

    async def main() -> None:
        with pytest.raises(RequestTimeoutError, match="did not arrive"):
            await BodyReader(Settings()).read_any_body(request(TWO_MIB[: 1024 * 1024 + 1], last=anyio.Event()), len)
        assert get_admission().large_bodies.held_count == get_admission().bodies.held_count == 0

    anyio.run(main)


def test_nobody_works_on_a_body_whose_sender_has_gone() -> None:
    """The body is complete, and its work waits for a thread when the client disconnects."""
    seen: list[bytes] = []

    async def main() -> None:
        current_caller.set("one")
        async with anyio.create_task_group() as group:

            async def hold() -> None:
                async with get_admission().heavy.hold_slot("one"):
                    await anyio.sleep_forever()

            group.start_soon(hold)
            await anyio.wait_all_tasks_blocked()
            left: list[dict[str, Any]] = [
                {"type": "http.request", "body": b"{}", "more_body": False},
                {"type": "http.disconnect"},
            ]

            async def receive() -> dict[str, Any]:
                return left.pop(0)

            gone = Request({"type": "http", "method": "POST", "headers": JSON}, receive)
            with pytest.raises(ClientDisconnect):
                await BodyReader(Settings()).read_any_body(gone, seen.append, is_large=True)
            group.cancel_scope.cancel()

    anyio.run(main)
    assert seen == []


@pytest.mark.parametrize(
    "size", [0, 1, json_documents._CHUNK_BYTES - 1, json_documents._CHUNK_BYTES, 3 * json_documents._CHUNK_BYTES + 7]
)
def test_signs_are_counted_over_the_edges_of_pieces(size: int) -> None:
    raw = b"a," * size
    assert count_occurrences(raw, b",") == raw.count(b",") == size

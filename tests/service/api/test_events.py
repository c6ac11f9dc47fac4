"""Following a plan over a real connection."""

import json
import threading
import time
from typing import Any

import httpx2
import pytest

from models.examples import two_counties_raw
from tests.service.api.answers import assert_problem
from tests.service.api.conftest import WAIT
from tests.service.helpers import slow

Event = dict[str, Any]


def follow(
    server: str, plan: str, last: int | None = None, encoding: str = "identity", told: list[Event] | None = None
) -> list[Event]:
    """All events of a plan until the stream ends, added to `told` as they come."""
    headers = {"Accept-Encoding": encoding} | ({} if last is None else {"Last-Event-ID": str(last)})
    found: list[Event] = [] if told is None else told
    event: Event = {}
    with httpx2.stream("GET", f"{server}{plan}/events", headers=headers, timeout=90) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        for line in answer.iter_lines():
            name, _, value = line.partition(": ")
            if name in {"event", "id", "data"}:
                event[name] = value
            elif not line and "id" in event:
                found.append(event | {"data": json.loads(event["data"])})
                event = {}
    return found


@pytest.fixture(scope="module")
def finished(server: str) -> str:
    answer = httpx2.post(
        f"{server}/v1/plans", json={"problem": two_counties_raw(), "reuse": False}, headers=WAIT, timeout=90
    )
    assert answer.status_code == 201
    location: str = answer.headers["location"]
    return location


def test_the_story_of_a_plan_is_told_in_order_and_ends(server: str, finished: str) -> None:
    told = follow(server, finished)
    kinds = [event["event"] for event in told]
    assert kinds[:2] == ["queued", "started"]
    assert kinds[-1] == "finished"
    assert [int(event["id"]) for event in told] == list(range(1, len(told) + 1))
    assert told[-1]["data"]["data"] == {"state": "finished", "outcome": "optimal"}
    assert all(event["data"]["kind"] == event["event"] for event in told)


def test_a_reader_that_comes_back_misses_nothing_and_repeats_nothing(server: str, finished: str) -> None:
    everything = [event["id"] for event in follow(server, finished)]
    for seen in range(len(everything)):
        assert [event["id"] for event in follow(server, finished, last=seen)] == everything[seen:]


def test_who_has_the_last_event_of_an_ended_plan_is_told_not_to_come_again(server: str, finished: str) -> None:
    last = len(follow(server, finished))
    for seen in (last, last + 1, 9999):
        answer = httpx2.get(f"{server}{finished}/events", headers={"Last-Event-ID": str(seen)}, timeout=20)
        assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_events_come_as_they_happen(server: str, encoding: str) -> None:
    sent = slow().model_dump(mode="json", by_alias=True, exclude_defaults=True)
    sent["name"] += encoding
    plan = httpx2.post(f"{server}/v1/plans", json={"problem": sent}, timeout=30).headers["location"]
    told: list[Event] = []
    reader = threading.Thread(target=follow, args=(server, plan, None, encoding, told))
    reader.start()
    deadline = time.monotonic() + 60
    while not any(event["event"] == "progress" for event in told):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert httpx2.get(f"{server}{plan}", timeout=30).json()["status"] == "running"
    httpx2.delete(f"{server}{plan}", timeout=30)
    reader.join(30)
    assert not reader.is_alive()
    assert told[-1]["event"] == "finished"
    assert told[-1]["data"]["data"]["state"] == "cancelled"


def test_events_of_no_plan_and_after_no_number_are_refused(server: str, finished: str) -> None:
    assert_problem(httpx2.get(f"{server}/v1/plans/none/events"), 404)
    for number in ("-1", "x", "99999999999999"):
        answer = httpx2.get(f"{server}{finished}/events", headers={"Last-Event-ID": number})
        assert_problem(answer, 422)

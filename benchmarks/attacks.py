"""Attacks on a service by one caller, each repeated until the process is ended: bodies, exports, streams, half-sent requests.

Each attack is one that a security trial found. They know the service by its address only and send raw requests, so that an
attacker costs little on a machine that it shares with the service.
"""

import asyncio
import contextlib
import io
import itertools
import json
import zipfile
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

JSON = "application/json"
CSV = "text/csv"
ZIP = "application/zip"

PATIENCE_SECONDS = 120.0
"""How long an attacker waits for an answer."""


@dataclass(frozen=True, slots=True)
class Target:
    """What an attacker knows."""

    port: int
    """Port of the service on this machine."""
    key: str
    """Key of the attacker; empty for a stranger."""
    plan: str
    """Identifier of a large finished plan that the attacker may read."""
    ratified: str
    """Identifier of a plan whose outputs may be reported."""
    receiver: int
    """Port of a webhook receiver that never answers."""


Attack = Callable[[Target], Coroutine[Any, Any, None]]


def build_request(target: Target, method: str, path: str, body: bytes = b"", kind: str = JSON, **headers: str) -> bytes:
    """Build a request that is the only one of its connection."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close"]
    lines += [f"Authorization: Bearer {target.key}"] if target.key else []
    lines += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"] if body else []
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def send(target: Target, raw: bytes, *, seconds: float = PATIENCE_SECONDS, read: bool = True) -> bytes:
    """Send bytes on a connection of their own; return the answer, or nothing if it is not waited for or does not come."""
    with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
            try:
                writer.write(raw)
                await writer.drain()
                return await reader.read() if read else await _wait(reader)
            finally:
                writer.close()
    return b""


async def _wait(reader: asyncio.StreamReader) -> bytes:
    """Keep a connection open without reading the answer."""
    await reader.read(1)
    await asyncio.sleep(PATIENCE_SECONDS)
    return b""


async def repeat(count: int, act: Callable[[int], Awaitable[object]]) -> None:
    """Let a number of connections act again and again."""
    numbers = itertools.count()

    async def one() -> None:
        while True:
            await act(next(numbers))
            await asyncio.sleep(0.01)  # a refused connection must not make the attacker spin

    await asyncio.gather(*(one() for _ in range(count)))


def repeated_keys() -> bytes:
    """An object with 7,000 keys, each twice: 134 KiB."""
    keys = ",".join(f'"k{number}":1' for number in range(7_000))
    return f"{{{keys},{keys}}}".encode()


def many_texts() -> bytes:
    """A problem with 1,000,000 texts in a list of numbers: about 4 MiB."""
    return b'{"problem":{"periods":["p"],"items":[],"counties":[],"period_days":[' + b'"",' * 1_000_000 + b'""]}}'


def unknown_fields() -> bytes:
    """A problem with 60,000 unknown fields, just below 1 MiB."""
    return ('{"problem":{' + ",".join(f'"f{number}":1' for number in range(60_000)) + "}}").encode()


def report_rows(rows: int) -> bytes:
    """A report of outputs that names factories which there are not."""
    return b"factory,item,period,quantity\n" + b"nobody,nothing,never,1\n" * rows


def repeated_columns() -> bytes:
    """A zip whose sheet of items has 200,000 columns of one name."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("items.csv", "id," * 200_000 + "id\n" + "1," * 200_000 + "1\n")
    return sink.getvalue()


async def attack_validation(target: Target) -> None:
    """Bodies that once took minutes of a thread."""
    bodies = [
        build_request(target, "POST", "/v1/validate", body)
        for body in (repeated_keys(), repeated_keys(), repeated_keys(), unknown_fields())
    ]
    await repeat(45, lambda number: send(target, bodies[number % len(bodies)]))


async def attack_large_bodies(target: Target) -> None:
    """Large bodies full of mistakes."""
    bodies = [
        build_request(target, "POST", "/v1/validate", many_texts()),
        build_request(target, "POST", "/v1/validate", repeated_columns(), ZIP),
    ]
    await repeat(6, lambda number: send(target, bodies[number % len(bodies)]))


async def attack_reports(target: Target) -> None:
    """Reports of 300,000 wrong rows."""
    body = build_request(target, "POST", f"/v1/plans/{target.ratified}/outputs", report_rows(300_000), CSV)
    await repeat(3, lambda _: send(target, body))


async def attack_trickle(target: Target) -> None:
    """Large bodies of which only the beginning comes."""
    head = build_request(target, "POST", "/v1/validate", Content_Type=JSON, Content_Length="60000000")
    await repeat(8, lambda _: send(target, head + b" " * 1_150_000))


async def attack_exports(target: Target) -> None:
    """Exports, workbooks and provinces that are asked for and left."""
    paths = (
        f"/v1/plans/{target.plan}/export.mps",
        f"/v1/plans/{target.plan}/workbook",
        "/v1/provinces/ryanggang?format=xlsx",
        f"/v1/plans/{target.plan}/tables/supply?format=xlsx",
    )
    await repeat(40, lambda number: send(target, build_request(target, "GET", paths[number % len(paths)]), seconds=2.0))


async def attack_reads(target: Target) -> None:
    """The largest answers, and answers that are asked for and not read."""
    table = f"/v1/plans/{target.plan}/tables/supply?limit=100000"
    paths = (table, "/v1/plans?limit=500", f"/v1/plans/{target.plan}/problem", "/v1/provinces/ryanggang?format=zip")
    await asyncio.gather(
        repeat(40, lambda number: send(target, build_request(target, "GET", paths[number % len(paths)]))),
        repeat(20, lambda _: send(target, build_request(target, "GET", table), read=False)),
    )


async def attack_refusals(target: Target) -> None:
    """Requests for what the caller may not see, each of which was a line of the audit log."""
    refused = build_request(target, "GET", "/v1/provinces/north")
    await repeat(10, lambda _: send(target, refused))


async def attack_streams(target: Target) -> None:
    """Event streams and waiting requests."""
    problem = json.dumps({"province": "ryanggang", "scenario": "crisis", "reuse": False}).encode()
    answer = await send(target, build_request(target, "POST", "/v1/plans", problem))
    _, _, body = answer.partition(b"\r\n\r\n")
    plan = target.plan
    with contextlib.suppress(ValueError, KeyError):
        plan = json.loads(body)["id"]
    follow = build_request(target, "GET", f"/v1/plans/{plan}/events")
    await repeat(300, lambda _: send(target, follow))


async def attack_questions(target: Target) -> None:
    """What-if about a large plan."""
    body = json.dumps({"changes": [{"what": "labour", "factor": 1.01}]}).encode()
    what_if = build_request(target, "POST", f"/v1/plans/{target.plan}/what-if", body)
    await repeat(100, lambda _: send(target, what_if))


async def attack_webhooks(target: Target) -> None:
    """Webhooks whose receiver never answers, and plans that they report."""
    for number in range(60):
        body = json.dumps({"url": f"http://127.0.0.1:{target.receiver}/{number}"}).encode()
        await send(target, build_request(target, "POST", "/v1/webhooks", body))
    plan = json.dumps({"province": "attacked"}).encode()
    await repeat(2, lambda _: send(target, build_request(target, "POST", "/v1/plans", plan)))


async def attack_half_sent(target: Target) -> None:
    """Requests of which only the beginning comes, and connections that say nothing."""
    await asyncio.gather(
        repeat(400, lambda _: send(target, b"GET /v1/plans HTTP/1.1\r\nHost: x\r\nX-A: ")),
        repeat(200, lambda _: send(target, b"")),
    )


async def attack_keys(target: Target) -> None:
    """Wrong keys, and metrics, which need none."""
    wrong = Target(target.port, "allot_0123456789ab_wrong", target.plan, target.ratified, target.receiver)
    await asyncio.gather(
        repeat(10, lambda _: send(target, build_request(wrong, "GET", "/v1/plans"))),
        repeat(10, lambda _: send(target, build_request(target, "GET", "/metrics"))),
    )


BY_KEY: dict[str, Attack] = {
    "validation": attack_validation,
    "large bodies": attack_large_bodies,
    "reports": attack_reports,
    "trickle": attack_trickle,
    "exports": attack_exports,
    "reads": attack_reads,
    "refusals": attack_refusals,
    "streams": attack_streams,
    "questions": attack_questions,
    "webhooks": attack_webhooks,
}
"""Attacks that need a key."""

WITHOUT_KEY: dict[str, Attack] = {"half-sent": attack_half_sent, "keys": attack_keys}
"""Attacks of anybody."""


def run_attacks(target: Target, names: tuple[str, ...]) -> None:
    """Run attacks at once, for ever; the main function of an attacker's process."""
    known = BY_KEY | WITHOUT_KEY

    async def attack() -> None:
        await asyncio.gather(*(known[name](target) for name in names))

    asyncio.run(attack())

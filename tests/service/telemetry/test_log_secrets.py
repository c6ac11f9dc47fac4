"""Logs tell what failed and nothing else: requests fail in every way, and the log is searched for what they knew."""

import io
import json
import logging
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx2
from sqlalchemy import text
from sqlalchemy.engine import make_url

from models.examples import two_counties_raw
from service.auth.api_keys import issue_api_key
from service.auth.principals import Grant
from service.core.log_text import MAX_TEXT_CHARACTERS, redact_text
from service.core.settings import Settings
from service.observability.logging import configure_logs
from service.storage.store import Store
from tests.service.api.conftest import serving
from tests.service.conftest import run_as_admin, small_service

PASSWORD = "the-password-of-the-database"  # noqa: S105
BODY = "a-word-of-the-body"
MAX_LINE_BYTES = 20_000


@contextmanager
def log_into(stream: io.StringIO, **settings: Any) -> Iterator[None]:
    """Write the log into a stream, and leave logging as it was."""
    root = logging.getLogger()
    handlers, level, hooks = root.handlers[:], root.level, (sys.excepthook, threading.excepthook)
    try:
        configure_logs(Settings(**settings))
        for handler in root.handlers:
            assert isinstance(handler, logging.StreamHandler)
            handler.setStream(stream)
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        logging.captureWarnings(capture=False)
        sys.excepthook, threading.excepthook = hooks


def cut_upload(address: str, key: str) -> None:
    """Send the beginning of a body and go away."""
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(
            f"POST /v1/validate HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nX-Request-Id: cut\r\n"
            f'Content-Type: application/json\r\nContent-Length: 10000\r\n\r\n{{"{BODY}'.encode()
        )


def fail_in_every_way(address: str, key: str, store: Store) -> list[int]:
    """Requests that fail by damaged rows, absent tables and an absent database; their statuses."""
    headers = {"Authorization": f"Bearer {key}"}
    found = []
    with httpx2.Client(base_url=address, headers=headers, timeout=60) as client:
        problem = two_counties_raw() | {"name": BODY}
        plan = client.post("/v1/plans", json={"problem": problem}, headers={"Prefer": "wait=60"}).json()["id"]
        cut_upload(address, key)
        with store.write_transaction() as stored:
            stored.connection.execute(
                text("UPDATE plans SET options = :options WHERE id = :id"),
                {"options": json.dumps({"solver": BODY, f"{BODY}2": [BODY]}), "id": plan},
            )
            stored.connection.execute(text("ALTER TABLE deliveries RENAME TO elsewhere"))
            stored.connection.execute(text("ALTER TABLE webhooks RENAME TO away"))
        for request_id, path in (("head", f"/v1/plans/{plan}"), ("heads", "/v1/plans")):
            found.append(client.get(path, headers={"X-Request-Id": request_id}).status_code)
        hook = {"url": f"https://example.org/{BODY}", "events": ["plan.finished"]}
        found.append(client.post("/v1/webhooks", json=hook, headers={"X-Request-Id": "hook"}).status_code)
        for _ in range(2):
            client.get("/v1/nothing%1b%00%0a", headers={"Authorization": "Bearer allot_a\x1b[2J_x"})
        if store.engine.dialect.name == "postgresql":
            cut_off(store)
        else:
            hide_keys(store)
        found.append(client.get("/v1/plans", headers={"X-Request-Id": "gone"}).status_code)
    return found


def cut_off(store: Store) -> None:
    """End all connections to a PostgreSQL database and admit no more."""
    url = store.engine.url
    run_as_admin(url.set(database="postgres"), f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS false")
    run_as_admin(
        url.set(database="postgres"),
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{url.database}'",  # noqa: S608
    )


def hide_keys(store: Store) -> None:
    """Take the table of keys away."""
    with store.write_transaction() as stored:
        stored.connection.execute(text("ALTER TABLE api_keys RENAME TO keys_elsewhere"))


def test_no_failure_logs_a_secret_a_body_or_much(database_url: str, tmp_path: Path) -> None:
    address = make_url(database_url)
    if address.drivername != "sqlite":
        address = address.set(password=PASSWORD)
    settings = small_service(
        address.render_as_string(hide_password=False), tmp_path, authentication="keys", solver_workers=1
    )
    store = Store.open_store(settings)
    with store.write_transaction() as stored:
        grant = Grant.model_validate({"province": "*", "role": "admin"})
        key = issue_api_key(stored, "trial", (grant,), days=None, created_by="test").key
    stream = io.StringIO()
    with log_into(stream), serving(settings) as service:
        statuses = fail_in_every_way(service, key, store)
        store.close()
    lines = [line for line in stream.getvalue().splitlines() if '"logger": "httpx2"' not in line]
    assert [status // 100 for status in statuses] == [5, 2, 5, 5]  # the list leaves the plan out
    secret_of_key = key.split("_", 2)[2]  # which may contain the separator
    for secret in (secret_of_key, "whsec_", PASSWORD, BODY, "\x1b"):
        telling = [line for line in lines if secret in line]
        assert not telling, (secret, telling[:1])
    assert max(map(len, lines)) < MAX_LINE_BYTES
    events = [json.loads(line) for line in lines]
    for request_id in ("head", "hook", "gone"):
        beside = {"request", "connection lost; read again"}
        said = [one for one in events if one.get("request_id") == request_id and one["event"] not in beside]
        assert len(said) == 1, said
    assert any(one["event"] == "client disconnected" for one in events)
    assert not any("ASGI" in one["event"] for one in events)


def make_traceback() -> TracebackType | None:
    """A traceback of this file."""
    try:
        json.loads("")
    except ValueError as error:
        return error.__traceback__
    return None


def test_readable_logs_have_no_control_characters_and_no_variables() -> None:
    stream = io.StringIO()
    with log_into(stream, log_format="console"):
        log = logging.getLogger("somewhere")
        log.warning("refused %s", "allot_a\x1b[2J_x\u202e")
        error = ValueError(f"wrong\x1b[2J of postgresql://u:{PASSWORD}@h/d\nDETAIL: whsec_dGhpcw==")
        log.error("failed", exc_info=error.with_traceback(make_traceback()))
    said = stream.getvalue()
    assert "wrong" in said
    assert "test_log_secrets.py" in said
    for secret in ("\x1b[2J", "\u202e", "whsec_", PASSWORD, "DETAIL"):
        assert secret not in said


def test_of_a_secret_where_a_long_text_is_cut_no_part_is_left() -> None:
    for after in range(MAX_TEXT_CHARACTERS // 2 - 60, MAX_TEXT_CHARACTERS // 2 + 1):
        kept = redact_text(f"{'x' * 3 * MAX_TEXT_CHARACTERS} allot_0123456789ab_{'s3cr3t' * 8} {'y' * after}")
        assert "s3cr3t" not in kept
        assert len(kept) < MAX_TEXT_CHARACTERS + 10


def test_an_error_that_ends_a_thread_is_a_line_of_the_log() -> None:
    stream = io.StringIO()

    def fail() -> None:
        secret = BODY
        raise RuntimeError(len(secret))

    with log_into(stream):
        thread = threading.Thread(target=fail, name="a thread")
        thread.start()
        thread.join()
    (line,) = stream.getvalue().splitlines()
    event = json.loads(line)
    assert (event["event"], event["thread"], event["exception"][0]["type"]) == (
        "thread ended by an error",
        "a thread",
        "RuntimeError",
    )

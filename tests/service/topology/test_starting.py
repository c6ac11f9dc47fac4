"""A start that fails says why in one line; one whose database is still starting waits for it."""

import asyncio
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import make_url
from structlog.testing import capture_logs

from service.api.app import create_app
from service.core.settings import Settings
from service.domain.startup import StartFailedError, open_store_at_start
from tests.service.conftest import empty_database, run_as_admin, small_service
from tests.service.helpers import until

ROOT = Path(__file__).parents[3]


def start(settings: Settings) -> list[dict[str, Any]]:
    """Start an application as a server does; return what it tells the server."""
    app, told = create_app(settings), []

    async def receive() -> dict[str, Any]:
        return {"type": "lifespan.startup"}

    async def send(message: Any) -> None:
        told.append(message)

    with pytest.raises(StartFailedError):
        asyncio.run(app({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, receive, send))
    return told


def put_folder_in_the_way(folder: Path) -> str:
    (folder / "file").write_text("no folder")
    return f"sqlite:///{folder / 'file' / 'allot.db'}"


def write_garbage(folder: Path) -> str:
    (folder / "allot.db").write_text("this is no database, but long enough to look at " * 20)
    return f"sqlite:///{folder / 'allot.db'}"


def refuse_connections(_: Path) -> str:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return f"postgresql+psycopg://allot:geheim@127.0.0.1:{unused.getsockname()[1]}/allot"


@pytest.mark.parametrize(
    ("prepare", "reason"),
    [
        (put_folder_in_the_way, "exists"),
        (write_garbage, "not a database"),
        (refuse_connections, "cannot be reached. connection failed"),
        (lambda _: "mysql://allot:geheim@there/allot", "must be SQLite in a file or PostgreSQL"),
        (lambda _: "nonsense", "not an address of a database"),
    ],
)
def test_a_start_that_fails_says_why_in_one_line(prepare: Callable[[Path], str], reason: str, tmp_path: Path) -> None:
    told = start(small_service(prepare(tmp_path), tmp_path, database_wait_seconds=0))
    assert [one["type"] for one in told] == ["lifespan.startup.failed"]
    message = told[0]["message"]
    assert message.startswith("Allot cannot start: ")
    assert reason in message
    assert "\n" not in message
    assert "geheim" not in message
    assert len(message) < 400


@pytest.mark.parametrize("damage", ["cut", "flipped"])
def test_a_damaged_database_file_is_not_served(damage: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    with empty_database("sqlite", tmp_path, request) as address:
        file = tmp_path / "allot.db"
        body = bytearray(file.read_bytes())
        page = int.from_bytes(body[16:18])
        if damage == "cut":
            file.write_bytes(body[: len(body) // 2])
        else:
            for number in range(3, 6):  # the cell counts of some pages
                body[number * page + 3 : number * page + 5] = b"\xff\xff"
            file.write_bytes(body)
        told = start(small_service(address, tmp_path))
    assert "the database " in told[0]["message"]
    assert "is damaged" in told[0]["message"]


def test_a_start_waits_for_a_database_that_is_still_starting(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    with empty_database("postgresql", tmp_path, request) as address:
        url, found = make_url(address), []
        settings, stopping = small_service(address, tmp_path, database_wait_seconds=600), threading.Event()
        run_as_admin(url.set(database="postgres"), f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS false")
        waiting = threading.Thread(target=lambda: found.append(open_store_at_start(settings, stopping)))
        with capture_logs() as logs:
            waiting.start()
            until(lambda: logs)
        assert logs[0]["event"] == "waiting for the database"
        assert not found
        run_as_admin(url.set(database="postgres"), f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS true")
        until(lambda: found)
        found[0].ping_database()
        found[0].close()


def test_who_waits_for_a_database_can_be_stopped(tmp_path: Path) -> None:
    settings, stopping = (
        small_service(refuse_connections(tmp_path), tmp_path, database_wait_seconds=600),
        threading.Event(),
    )
    stopping.set()
    with pytest.raises(StartFailedError, match="cannot be reached"):
        open_store_at_start(settings, stopping)


def test_the_command_ends_with_3_and_the_reason(tmp_path: Path) -> None:
    write_garbage(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "service.cli", "serve", "--port", "1"],
        cwd=ROOT,
        env={**os.environ, "ALLOT_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 3, done.stderr
    assert done.stderr.count("not a database") == 1
    assert "Traceback" not in done.stderr

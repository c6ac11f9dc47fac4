"""One running service for all tests of the interface, with one solver; and one on a port of its own."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn
from starlette.testclient import TestClient

from models.examples import two_counties_raw
from service.api.app import create_app
from service.api.http_protocol import HeaderTimeoutProtocol
from service.core.settings import Settings

WAIT = {"Prefer": "wait=60"}


@pytest.fixture(scope="session")
def api_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(
        data_dir=tmp_path_factory.mktemp("api"),
        solver_workers=1,
        max_body_bytes=4 * 1024 * 1024,
        max_counties=50,
        queue_length=40,
        queue_length_per_caller=40,
        max_page_rows=5_000,
    )


@pytest.fixture(scope="session")
def client(api_settings: Settings) -> Iterator[TestClient]:
    """A client of the application itself."""
    with TestClient(create_app(api_settings), raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture(scope="session")
def plan(client: TestClient) -> str:
    """Address of a finished plan of two counties."""
    answer = client.post("/v1/plans", json={"problem": two_counties_raw()}, headers=WAIT)
    assert answer.status_code == 201, answer.text
    assert answer.json()["outcome"] == "optimal"
    return answer.headers["location"]


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """The service behind a real server on this machine; its address."""
    config = uvicorn.Config(
        create_app(settings), port=0, http=HeaderTimeoutProtocol, log_config=None, timeout_graceful_shutdown=3
    )
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        assert thread.is_alive()
        time.sleep(0.02)
    port = running.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        running.should_exit = True
        thread.join()


@pytest.fixture(scope="session")
def server(api_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the service behind a real server."""
    with serving(api_settings.model_copy(update={"data_dir": tmp_path_factory.mktemp("server")})) as address:
        yield address


@pytest.fixture
def problem() -> dict[str, Any]:
    """Two counties, free to be changed."""
    return two_counties_raw()

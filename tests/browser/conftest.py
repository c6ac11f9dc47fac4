"""A service in a process of its own with Ryanggang's normal year planned; Chromium that forgives nothing.

A page fails its test for an error on its console, for an exception, and for asking any other host. Pictures go to
`screenshots/` (not kept); those of the README to `docs/images/` with `--update-golden`.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "screenshots"
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--force-color-profile=srgb"]
WIDE, NARROW = (1280, 800), (390, 844)
SERVING_ALREADY = "ALLOT_TEST_SERVICE"
"""Address of a service to test against instead of starting one, with Ryanggang's normal year planned: for developing."""


@dataclass(frozen=True)
class Service:
    """A running service."""

    address: str
    """Where it is, such as `http://127.0.0.1:40123`."""

    def json(self, path: str, body: object = None, *, method: str | None = None, **headers: str) -> Any:
        """GET, or POST where there is a body, unless a method is named; the answer's JSON."""
        data = None if body is None else json.dumps(body).encode()
        sent = {
            "Content-Type": "application/json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        request = urllib.request.Request(self.address + path, data, sent, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
            return json.load(answer)

    def columns(self, plan: str, table: str, query: str = "") -> dict[str, list[Any]]:
        """A table of a plan as lists."""
        page = self.json(f"/v1/plans/{plan}/{table}?layout=columns&limit=100000&{query}")
        assert page["next"] is None
        columns: dict[str, list[Any]] = page["columns"]
        return columns


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[Service]:
    """A service in a process of its own, on a free port, with its database and log in a folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "--factory",
        "service.api.app:create_app_from_environment",
        "--port",
        str(port),
    ]
    chosen = {"ALLOT_DATA_DIR": str(folder / "data"), "ALLOT_PORT": str(port), "ALLOT_SOLVER_WORKERS": "1"} | settings
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ | chosen, stdout=log, stderr=log)  # noqa: S603
        try:
            found = Service(f"http://127.0.0.1:{port}")
            _wait_until_ready(found, process)
            yield found
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=20)


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service of all tests, with authentication off."""
    if SERVING_ALREADY in os.environ:
        yield Service(os.environ[SERVING_ALREADY])
        return
    with serving(tmp_path_factory.mktemp("browser")) as found:
        yield found


def _wait_until_ready(service: Service, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert process.poll() is None, "the service ended"
        try:
            service.json("/health/ready")
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    pytest.fail("the service is not ready after a minute")


@pytest.fixture(scope="session")
def plan(service: Service) -> str:
    """Ryanggang's normal year, planned once."""
    body = {"province": "ryanggang", "scenario": "normal"}
    for _ in range(5):
        answer = service.json("/v1/plans", body, Prefer="wait=60")
        if answer["status"] == "finished":
            assert answer["outcome"] == "optimal"
            return str(answer["id"])
    return pytest.fail("the normal year takes more than five minutes")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium; ended with this package, since Playwright keeps an event loop running that others' `asyncio.run` refuses."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@dataclass
class Watched:
    """What a page did that it must not."""

    service: Service
    complaints: list[str] = field(default_factory=list)
    """Errors on its console, and exceptions."""
    outside: list[str] = field(default_factory=list)
    """Addresses elsewhere that it asked for."""
    expected: list[str] = field(default_factory=list)
    """Parts of complaints that a test brings about on purpose."""

    def watch(self, context: BrowserContext) -> None:
        """Look at every page of a context."""
        context.route("**/*", self._only_here)
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def _only_here(self, route: Route) -> None:
        if route.request.url.startswith((self.service.address, "data:", "blob:")):
            route.continue_()
        else:
            self.outside.append(route.request.url)
            route.abort()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text}")

    def verdict(self) -> None:
        """Fail if there was anything."""
        assert self.outside == []
        assert [one for one in self.complaints if not any(part in one for part in self.expected)] == []


Open = Callable[..., Page]


@pytest.fixture
def watched(service: Service) -> Watched:
    """What pages of this test did wrong; `expected` may be added to."""
    return Watched(service)


@contextmanager
def _opened(browser: Browser, watched: Watched, **options: Any) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=watched.service.address, **options)
    context.set_default_timeout(30_000)
    watched.watch(context)
    try:
        yield context
    finally:
        context.close()


@pytest.fixture
def open_page(browser: Browser, watched: Watched) -> Iterator[Open]:
    """Opens the page: `open_page("#/map?plan=…", size=NARROW, dark=True, locale="ko-KR")`; waits until the view is shown."""
    contexts = []

    def opening(place: str, size: tuple[int, int] = WIDE, *, dark: bool = False, locale: str = "en-GB") -> Page:
        options = {"viewport": {"width": size[0], "height": size[1]}, "locale": locale, "accept_downloads": True}
        scheme = "dark" if dark else "light"
        entered = _opened(browser, watched, color_scheme=scheme, reduced_motion="reduce", **options)
        contexts.append(entered)
        page = entered.__enter__().new_page()
        page.goto(f"/{place}")
        settled(page)
        return page

    yield opening
    for context in contexts:
        context.__exit__(None, None, None)
    watched.verdict()


def settled(page: Page) -> None:
    """Wait until the view is there and nothing is loading."""
    page.wait_for_selector("main .view h1, main .failure")
    page.wait_for_function("() => !document.querySelector('main .spinner')")


def faults(page: Page) -> list[str]:
    """Serious and critical faults that axe finds, each with where."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than its window."""
    wider: int = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    return wider


def picture(page: Page, name: str, *, full: bool = False) -> Path:
    """A screenshot into `screenshots/`, for people to look at."""
    PICTURES.mkdir(exist_ok=True)
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path, full_page=full)
    return path

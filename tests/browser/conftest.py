"""A service process with Ryanggang's normal year planned, and a browser.

A test fails if its page writes an error to the console, throws an exception, or sends a request to another host.
With `--all`, screenshots go to `screenshots/` (ignored by git); `--update-golden` takes the images of the README again.
"""

import functools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    sync_playwright,
)

from models.examples import two_counties_raw
from tests.browser.contexts import LoadedPages, PageMonitor, SharedContexts, wait_until_settled
from tests.browser.stored_year import store_normal_year

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "screenshots"
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
BROWSER_VARIABLE = "ALLOT_BROWSER"
"""Environment variable with the path of a Chromium browser."""
BROWSER_COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
NO_BROWSER = f"no browser: install chromium, run `playwright install chromium`, or set {BROWSER_VARIABLE} to its path"
DISABLED_FEATURES = (
    # Every window of a whole Chromium loads two pages of its own beside ours: a third of the processor time of a test.
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    # A second list of features replaces Playwright's: these are those of it that matter here.
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
)
"""Features of Chromium that the tests do without."""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--force-color-profile=srgb",
    f"--disable-features={','.join(DISABLED_FEATURES)}",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
"""No request reaches another machine. Routing all requests instead would take a sixth of the time of loading a page."""
WIDE, NARROW = (1280, 800), (390, 844)
RUNNING_SERVICE = "ALLOT_TEST_SERVICE"
"""Environment variable with the address of a running service, for development."""


@functools.cache
def find_browser() -> str | None:
    """Find the executable of a Chromium browser; None if there is none."""
    if named := os.environ.get(BROWSER_VARIABLE):
        return shutil.which(named)
    for command in BROWSER_COMMANDS:
        if found := shutil.which(command):
            return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip all tests that need a browser if there is none."""
    affected = [item for item in items if "browser" in getattr(item, "fixturenames", ())]
    if affected and find_browser() is None:
        for item in affected:
            item.add_marker(pytest.mark.skip(reason=NO_BROWSER))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how to get a browser if the tests were skipped for lack of one."""
    skipped = terminalreporter.stats.get("skipped", [])
    if any(NO_BROWSER in str(report.longrepr) for report in skipped):
        terminalreporter.write_line(f"tests/browser skipped: {NO_BROWSER}")


@dataclass(frozen=True)
class Service:
    """A running service."""

    address: str
    """Address, such as `http://127.0.0.1:40123`."""

    def json(self, path: str, body: object = None, *, method: str | None = None, **headers: str) -> Any:
        """Send GET, or POST if there is a body, unless a method is given; return the JSON of the response."""
        data = None if body is None else json.dumps(body).encode()
        sent = {
            "Content-Type": "application/json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        request = urllib.request.Request(self.address + path, data, sent, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
            return json.load(answer)

    def columns(self, plan: str, table: str, query: str = "") -> dict[str, list[Any]]:
        """Read a table of a plan as one list for each column."""
        page = self.json(f"/v1/plans/{plan}/tables/{table}?layout=columns&limit=100000&{query}")
        assert page["next"] is None
        columns: dict[str, list[Any]] = page["columns"]
        return columns


@contextmanager
def run_service(folder: Path, **settings: str) -> Iterator[Service]:
    """Run a service process on a free port, with its database and log in a folder."""
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
    """The service of most tests, without authentication."""
    if RUNNING_SERVICE in os.environ:
        yield Service(os.environ[RUNNING_SERVICE])
        return
    folder = tmp_path_factory.mktemp("browser")
    store_normal_year(folder / "data")
    with run_service(folder) as found:
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
    """Ryanggang's normal year, copied from the stored one; planned now if the service is another one."""
    body = {"province": "ryanggang", "scenario": "normal"}
    for _ in range(5):
        answer = service.json("/v1/plans", body, Prefer="wait=60")
        if answer["status"] == "finished":
            assert answer["outcome"] == "optimal"
            assert answer["copied_from"] or RUNNING_SERVICE in os.environ, "the service solved the stored year again"
            return str(answer["id"])
    return pytest.fail("the normal year takes more than five minutes")


def plan_two_counties(service: Service) -> str:
    """Plan the small example, which has many shortages."""
    plan = service.json("/v1/plans", {"problem": two_counties_raw()}, Prefer="wait=60")
    assert plan["outcome"] == "optimal"
    return str(plan["id"])


@pytest.fixture(scope="session")
def short(service: Service) -> str:
    """A small plan with shortages, which no test changes."""
    return plan_two_counties(service)


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Playwright, ended after this package: its event loop would break `asyncio.run` in other tests."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A Chromium browser."""
    launched = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
    yield launched
    launched.close()


OpenPage = Callable[..., Page]


@pytest.fixture
def monitor(service: Service) -> PageMonitor:
    """The monitor of this test; a test may add to `expected`."""
    return PageMonitor(service.address)


@pytest.fixture(scope="package")
def contexts(browser: Browser) -> SharedContexts:
    """Contexts that end with the browser."""
    return SharedContexts(browser)


@pytest.fixture(scope="package")
def loaded_pages(browser: Browser) -> LoadedPages:
    """Pages that end with the browser."""
    return LoadedPages(browser)


@pytest.fixture
def open_page(contexts: SharedContexts, monitor: PageMonitor) -> Iterator[OpenPage]:
    """Open the page, as in `open_page("#/map?plan=…", size=NARROW, dark=True, locale="ko-KR")`, and wait for the view."""
    with ExitStack() as lent:
        taken: dict[tuple[bool, str], BrowserContext] = {}

        def open_view(place: str, size: tuple[int, int] = WIDE, *, dark: bool = False, locale: str = "en-GB") -> Page:
            if (dark, locale) not in taken:
                taken[dark, locale] = lent.enter_context(contexts.lend(monitor, dark=dark, locale=locale))
            page = taken[dark, locale].new_page()
            page.set_viewport_size({"width": size[0], "height": size[1]})
            page.goto(f"/{place}")
            wait_until_settled(page)
            return page

        yield open_view
    monitor.assert_clean()


def find_violations(page: Page) -> list[str]:
    """Find serious and critical violations with axe, each with where."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]


def measure_overflow(page: Page) -> int:
    """Measure by how many pixels the page is wider than its window."""
    wider: int = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    return wider


def take_screenshot(page: Page, name: str, *, full: bool = False) -> None:
    """Save a screenshot in `screenshots/` for people to look at, with `--all` only."""
    if "ALLOT_TEST_ALL" in os.environ:
        SCREENSHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=full)

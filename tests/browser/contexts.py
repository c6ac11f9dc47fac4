"""Contexts and pages of a browser that tests use one after another, and what tests watch of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Request, WebError

NEUTRAL = "#/none"
"""Address of a view that does not exist, which shows nothing of the view before it."""


@dataclass
class PageMonitor:
    """Records errors and requests to other hosts."""

    address: str
    """Address of the service."""
    errors: list[str] = field(default_factory=list)
    """Console errors and exceptions."""
    other_hosts: list[str] = field(default_factory=list)
    """Addresses of other hosts."""
    expected: list[str] = field(default_factory=list)
    """Parts of errors that a test causes on purpose."""

    def attach(self, context: BrowserContext) -> None:
        """Monitor every page of a context."""
        context.on("request", self._record_other_hosts)
        context.on("console", self._record_message)
        context.on("weberror", self._record_exception)

    def detach(self, context: BrowserContext) -> None:
        """Stop monitoring a context."""
        context.remove_listener("request", self._record_other_hosts)
        context.remove_listener("console", self._record_message)
        context.remove_listener("weberror", self._record_exception)

    def _record_exception(self, error: WebError) -> None:
        self.errors.append(str(error.error))

    def _record_other_hosts(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.other_hosts.append(request.url)

    def _record_message(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.errors.append(f"{message.type}: {message.text}")

    def assert_clean(self) -> None:
        """Fail if there was an unexpected error or a request to another host."""
        assert self.other_hosts == []
        assert [one for one in self.errors if not any(part in one for part in self.expected)] == []


def describe_media(browser: Browser, *, dark: bool) -> dict[str, Any]:
    """Return what a context emulates of the user's settings. Firefox has no command for it, and takes its preferences."""
    if browser.browser_type.name == "firefox":
        return dict.fromkeys(("color_scheme", "reduced_motion", "forced_colors", "contrast"), "null")
    return {"color_scheme": "dark" if dark else "light", "reduced_motion": "reduce"}


class SharedContexts:
    """Contexts of a browser, one for each look, which tests use one after another: scripts are fetched and compiled once.

    What a context keeps, but for its cache, is removed between tests.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: dict[tuple[str, bool, str], BrowserContext] = {}

    @contextmanager
    def lend(self, monitor: PageMonitor, *, dark: bool, locale: str) -> Iterator[BrowserContext]:
        """Lend the context of a look on a service to one test, with nothing stored."""
        key = monitor.address, dark, locale
        if key not in self._contexts:
            self._contexts[key] = self._browser.new_context(
                base_url=monitor.address,
                locale=locale,
                accept_downloads=True,
                **describe_media(self._browser, dark=dark),
            )
            self._contexts[key].set_default_timeout(30_000)
        context = self._contexts[key]
        monitor.attach(context)
        try:
            yield context
        finally:
            for page in context.pages:
                page.close()
            monitor.detach(context)
            context.clear_permissions()
            context.set_storage_state({"cookies": [], "origins": []})


def wait_until_settled(page: Page) -> None:
    """Wait until the view is shown and nothing is loading."""
    page.wait_for_selector("main .view h1, main .failure")
    page.wait_for_function("() => !document.querySelector('main .spinner')")


def open_within(page: Page, place: str) -> None:
    """Open an address without loading the page again; when this returns, the view before it is gone and the new one settled."""
    page.evaluate(
        """(place) => new Promise((done) => {
            addEventListener("hashchange", () => done(), { once: true });
            location.hash = place;
        })""",
        place,
    )
    wait_until_settled(page)


class LoadedPages:
    """Loaded pages of each look, on which a test opens one view after another, as users do who follow links.

    A view is there before all that belongs to it: wait for what the test looks at. Handlers that a test adds, scroll positions and the
    focus may stay.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._pages: dict[tuple[str, bool, str], list[Page]] = {}

    @contextmanager
    def lend(self, monitor: PageMonitor, size: tuple[int, int], *, dark: bool, locale: str) -> Iterator[Page]:
        """Lend a page of a look on a service to one test; a page that cannot be brought back is closed."""
        waiting = self._pages.setdefault((monitor.address, dark, locale), [])
        page = waiting.pop() if waiting else self._load_page(monitor.address, dark=dark, locale=locale)
        monitor.attach(page.context)
        page.bring_to_front()  # a page behind another one draws nothing
        page.mouse.move(0, 0)
        page.set_viewport_size({"width": size[0], "height": size[1]})
        try:
            yield page
        finally:
            try:
                page.unroute_all(behavior="ignoreErrors")
                page.evaluate("() => { sessionStorage.clear(); localStorage.clear(); }")
                open_within(page, NEUTRAL)
                waiting.append(page)
            except Error:
                page.context.close()
            monitor.detach(page.context)

    def _load_page(self, address: str, *, dark: bool, locale: str) -> Page:
        media = describe_media(self._browser, dark=dark)
        context = self._browser.new_context(base_url=address, locale=locale, accept_downloads=True, **media)
        context.set_default_timeout(30_000)
        page = context.new_page()
        page.goto(f"/{NEUTRAL}")
        wait_until_settled(page)
        return page

"""How long each view of the page takes to show its largest content: `python -m benchmarks.page_views`.

A service of its own has Ryanggang's normal year planned.
Every view is opened in a new browser profile, over a line of 1.6 Mbit/s with 150 ms and a processor that is four times slower, and without both.
Views are measured in turns, so that a busy moment of the machine falls on all of them; medians count.
The time without a slow line shows how busy the machine was.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.load import service

MOST_SECONDS = 2.5
"""Largest contentful paint of every view on a slow line, as promised."""

SLOW_LINE = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1.6e6 / 8,
    "uploadThroughput": 0.75e6 / 8,
}
"""The line of `Network.emulateNetworkConditions`; bytes a second."""

SLOWER_PROCESSOR = 4

VIEWS = {
    "start": "#/start",
    "briefing": "#/briefing?plan={plan}",
    "map": "#/map?plan={plan}",
    "year, goods": "#/year?plan={plan}",
    "year, power": "#/year?plan={plan}&part=power",
    "year, sources": "#/year?plan={plan}&part=sources",
    "year, flows": "#/year?plan={plan}&part=flows",
    "year, quality": "#/year?plan={plan}&part=quality",
    "factories": "#/factories?plan={plan}",
    "by hand": "#/by-hand?plan={plan}",
    "what-if": "#/what-if?plan={plan}",
    "studies": "#/study?plan={plan}",
    "compare": "#/compare?plan={plan}",
    "bottlenecks": "#/bottlenecks?plan={plan}",
    "approval": "#/approval?plan={plan}",
}
"""Addresses of the views."""

SETTLED = "() => document.querySelector('main .view h1') && !document.querySelector('main .spinner')"

WATCH = """() => {
    window.paint = 0;
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.paint = entry.startTime;
    }).observe({ type: "largest-contentful-paint", buffered: true });
}"""


@dataclass
class ViewTimes:
    """What was measured of a view."""

    slow: list[float] = field(default_factory=list)
    """Seconds until the largest content, on a slow line."""
    fast: list[float] = field(default_factory=list)
    """The same without a slow line."""
    kilobytes: float = 0.0
    """What was received, compressed."""
    requests: int = 0
    """Number of requests."""


def measure_view(browser: Browser, address: str, times: ViewTimes, *, is_slow: bool) -> None:
    """Open a view in a new profile, and add the seconds until its largest content."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    try:
        page = context.new_page()
        line = context.new_cdp_session(page)
        sizes: list[float] = []
        line.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        line.send("Network.enable")
        if is_slow:
            line.send("Network.emulateNetworkConditions", SLOW_LINE)
            line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER_PROCESSOR})
        page.add_init_script(f"({WATCH})()")
        page.goto(address, timeout=120_000)
        page.wait_for_function(SETTLED, timeout=120_000)
        found = read_paint(page)
        (times.slow if is_slow else times.fast).append(found)
        times.kilobytes, times.requests = sum(sizes) / 1000, len(sizes)
    finally:
        context.close()


def read_paint(page: Page) -> float:
    """Read when the largest content was painted, in seconds, once two frames were drawn after the view had settled."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return float(page.evaluate("() => window.paint")) / 1000


def measure_views(browser: Browser, address: str, plan: str, rounds: int) -> dict[str, ViewTimes]:
    """Measure all views in turns; times by view."""
    found = {name: ViewTimes() for name in VIEWS}
    for _ in range(rounds):
        for name, path in VIEWS.items():
            for is_slow in (True, False):
                measure_view(browser, f"{address}/{path.format(plan=plan)}", found[name], is_slow=is_slow)
    return found


def list_lines(found: dict[str, ViewTimes]) -> Iterator[str]:
    """Format the measured times as a table in Markdown."""
    yield "| view | requests | kB | s, slow line | s, no slow line | ÷ | at most 2.5 s |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | --- |"
    for name, times in found.items():
        slow, fast = statistics.median(times.slow), statistics.median(times.fast)
        verdict = "yes" if slow <= MOST_SECONDS else "no"
        figures = f"{times.kilobytes:.0f} | {slow:.2f} | {fast:.2f} | {slow / max(fast, 1e-3):.1f}"
        yield f"| {name} | {times.requests} | {figures} | {verdict} |"


def plan_normal_year(address: str) -> str:
    """Plan Ryanggang's normal year; its identifier."""
    body = {"province": "ryanggang", "scenario": "normal"}
    with httpx2.Client(base_url=address, timeout=120) as client:
        while True:
            plan = client.post("/v1/plans", json=body, headers={"Prefer": "wait=60"}).json()
            if plan["status"] == "finished":
                return str(plan["id"])


def find_chromium() -> str | None:
    """Find the executable of a Chromium browser; None for that of Playwright."""
    return shutil.which(os.environ.get("ALLOT_BROWSER", "chromium"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 if every view is in time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=3, help="rounds over all views, of which the median counts")
    parser.add_argument(
        "--address", help="address of a running service without authentication; default: one of its own"
    )
    requested = parser.parse_args(arguments)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox", "--disable-gpu"])
        if requested.address:
            found = measure_views(browser, requested.address, plan_normal_year(requested.address), requested.times)
        else:
            with service(Path(folder), solver_workers=1) as address:
                found = measure_views(browser, address, plan_normal_year(address), requested.times)
        browser.close()
    for line in list_lines(found):
        print(line, flush=True)
    print(f"\nload of the machine: {', '.join(f'{one:.1f}' for one in os.getloadavg())}")
    slowest = max(statistics.median(times.slow) for times in found.values())
    return 0 if slowest <= MOST_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())

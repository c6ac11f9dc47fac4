"""Every view in its states: accessibility, layout, languages and URLs.

Each state is tested once in each colour scheme, in looks that differ in width and language as well. `--all` adds the
other looks, and saves screenshots of all of them. Views are opened by their addresses within a page of each look, as links do;
`test_preload.py` and the other looks load the page with each view.
"""

import json
import re
import urllib.request
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, Route, expect

from models.examples import two_counties_raw
from tests.browser.conftest import NARROW, WIDE, OpenPage, Service, find_violations, measure_overflow, take_screenshot
from tests.browser.contexts import LoadedPages, PageMonitor, open_within, wait_until_settled

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Look:
    """How a page is shown."""

    size: tuple[int, int]
    """Width and height in pixels."""
    dark: bool
    """Colour scheme."""
    locale: str
    """Locale of the browser."""


LOOKS = {
    "wide-light-korean": Look(WIDE, dark=False, locale="ko-KR"),
    "narrow-dark-english": Look(NARROW, dark=True, locale="en-GB"),
}
"""A look for each colour scheme."""

OTHER_LOOKS = {
    "wide-dark-english": Look(WIDE, dark=True, locale="en-GB"),
    "narrow-light-korean": Look(NARROW, dark=False, locale="ko-KR"),
}
"""Looks of the slow lane."""

SHORTAGE = "county=hyesan&item=notebook&period=2002-02"


@dataclass(frozen=True)
class State:
    """A view in a state."""

    address: str
    """Hash of the URL; `{plan}` is Ryanggang's normal year, `{short}` a plan with shortages."""
    ready: str = "h1"
    """Selector of an element that is there when the state is shown."""
    expected_error: str = ""
    """Part of the console message about a request that fails on purpose."""


STATES = {
    "start": State("start?plan={plan}", ".result"),
    "briefing": State("briefing?plan={short}&with={plan}", ".holding-limits li"),
    "briefing-none": State("briefing?plan={plan}", ".next-steps li"),
    "map": State("map?plan={plan}", ".map-county"),
    "map-county": State("map?plan={plan}&county=kapsan&month=2002-10&measure=shortage", ".map-side dl"),
    "map-price": State("map?plan={plan}&measure=price", ".map-county"),
    "year-goods": State("year?plan={plan}", ".heatmap"),
    "year-shortages": State("year?plan={short}&measure=shortage", ".heatmap a"),
    "year-power": State("year?plan={plan}&part=power", ".figure canvas"),
    "year-sources": State("year?plan={plan}&part=sources", ".figure canvas"),
    "year-flows": State("year?plan={plan}&part=flows", ".figure canvas"),
    "year-flows-compared": State("year?plan={plan}&with={short}&part=flows", ".year-changes"),
    "year-quality": State("year?plan={plan}&part=quality", "table"),
    "factories": State("factories?plan={plan}", ".data-grid td"),
    "factories-none": State("factories?plan={plan}&q=zzzz", ".grid-empty"),
    "factories-compared": State("factories?plan={plan}&with={short}", ".compared-note"),
    "quota-sheet": State("factories?plan={plan}&sheet=hyesan-furniture", ".sheet"),
    "by-hand": State("by-hand?plan={plan}&county=hyesan", ".by-hand-grid td"),
    "by-hand-edits": State(
        'by-hand?plan={short}&edits=[["pin","hyesan-daily/soap","2002-01",500],["reserve","kapsan/notebook","2002-02",9]]',
        ".estimate",
    ),
    "what-if": State("what-if?plan={short}", ".sliders"),
    "what-if-grid": State("what-if?plan={short}&grid=power,people", ".grid-card td a"),
    "what-if-result": State("what-if?plan={short}&power=0.8&people=1.1", ".comparison .steps"),
    "what-if-invalid": State(
        'what-if?plan={plan}&changes=[{{"what":"power_limit","where":"x","factor":0.5}}]', ".failure", "422"
    ),
    "studies": State("study?plan={plan}", ".study-form"),
    "backtests": State("study?plan={plan}&part=backtests", ".study-form"),
    "compare-none": State("compare?plan={plan}", ".state"),
    "compare": State("compare?plan={plan}&with={short}", ".plan-columns"),
    "bottlenecks": State("bottlenecks?plan={short}&open=notebook,notebook/hyesan", ".bottleneck-group"),
    "bottlenecks-one": State(f"bottlenecks?plan={{short}}&{SHORTAGE}", ".remedy"),
    "bottlenecks-none": State("bottlenecks?plan={short}&county=kapsan&item=starch&period=2002-01", ".state"),
    "approval": State("approval?plan={plan}", ".audit"),
    "no-plan": State("map?plan=nowhere", ".failure", "404"),
    "no-view": State("nowhere", ".failure"),
}


@pytest.mark.parametrize("state", STATES)
def test_view(loaded_pages: LoadedPages, monitor: PageMonitor, plan: str, short: str, state: str) -> None:
    """In each colour scheme axe finds no serious violation, and nothing overflows; the URL of one look shows the view in the next."""
    shown = STATES[state]
    monitor.expected += [shown.expected_error] * bool(shown.expected_error)
    place = "#/" + shown.address.format(plan=plan, short=short)
    for name, look in LOOKS.items():
        with loaded_pages.lend(monitor, look.size, dark=look.dark, locale=look.locale) as page:
            open_within(page, place)
            _wait_until_ready(page, shown)
            take_screenshot(page, f"{state}-{name}", full=True)
            _check_layout(page)
            assert find_violations(page) == [], name
            assert page.locator("h1").count() == 1
            if look.locale == "ko-KR" and "{short}" not in shown.address:
                assert find_english_words(page) == []
            place = page.url.removeprefix(f"{monitor.address}/")
    monitor.assert_clean()


@pytest.mark.slow_lane
@pytest.mark.parametrize("look", OTHER_LOOKS)
@pytest.mark.parametrize("state", STATES)
def test_view_in_other_looks(
    open_page: OpenPage, monitor: PageMonitor, plan: str, short: str, state: str, look: str
) -> None:
    """In the other looks nothing overflows; screenshots show them."""
    address = STATES[state].address.format(plan=plan, short=short)
    monitor.expected += [STATES[state].expected_error] * bool(STATES[state].expected_error)
    shown = OTHER_LOOKS[look]
    page = open_page(f"#/{address}", shown.size, dark=shown.dark, locale=shown.locale)
    _wait_until_ready(page, STATES[state])
    take_screenshot(page, f"{state}-{look}", full=True)
    _check_layout(page)


def _wait_until_ready(page: Page, state: State) -> None:
    page.wait_for_selector(state.ready)
    wait_until_settled(page)


def _check_layout(page: Page) -> None:
    assert measure_overflow(page) <= 0
    assert find_clipped_texts(page) == []


def find_english_words(page: Page) -> list[str]:
    """List English words, except texts marked as English, code, names, and those of provinces and plans that users made."""
    text: str = page.evaluate(
        """() => {
            const copy = document.querySelector("main").cloneNode(true);
            const uploaded = ".choice:has([name=province]:not([value=ryanggang]))";
            for (const one of copy.querySelectorAll(`[lang=en], code, .sheet, ${uploaded}`)) one.remove();
            const texts = document.createNodeIterator(copy, NodeFilter.SHOW_TEXT);
            const found = [];
            for (let text = texts.nextNode(); text; text = texts.nextNode()) found.push(text.data);
            return found.join(" ");
        }"""
    )
    words = re.sub(r"\S*\d\S*", " ", text)  # identifiers of plans and requests contain letters
    given = NAMES | _find_given_words(page)
    return [word for word in re.findall(r"[A-Za-z]{3,}", words) if word not in given]


def _find_given_words(page: Page) -> set[str]:
    """Return the words of titles and sources of plans, which lists show as other tests stated them."""
    plans = page.evaluate("async () => (await (await fetch('/v1/plans?limit=100')).json()).plans")
    stated = [(plan.get("title"), plan["source"]) for plan in plans if plan["source"].get("province") != "ryanggang"]
    return set(re.findall(r"[A-Za-z]{3,}", json.dumps(stated)))


NAMES = {
    "Excel",
    "CSV",
    "Parquet",
    "JSON",
    "zip",
    "kWh",
    "Allot",
    "Tools",
    "local",
    "Natural",
    "Earth",
    "HiGHS",
    "highs",
    "ipm",
    "GLOP",
    "PDLP",
    "CBC",
}
"""Names that are the same in every language, and the caller of these tests."""


def find_clipped_texts(page: Page) -> list[str]:
    """List texts that do not fit into their element: headings, buttons, legends and figures."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("main :is(h1, h2, h3, button, .button, dd, .tag, label, legend, .legend b, .legend-ends, .map-month)")]
            .filter((one) => one.offsetParent && !one.closest(".visually-hidden") && one.scrollWidth > one.clientWidth + 1
                && getComputedStyle(one).display !== "inline")
            .map((one) => `${one.tagName} ${one.textContent}`)"""
    )
    return found


@pytest.mark.parametrize("view", ["map", "year", "factories", "what-if", "compare", "bottlenecks", "approval"])
def test_loading_state(open_page: OpenPage, plan: str, view: str) -> None:
    """While a view loads, the page says so, also to screen readers, and axe finds no violation."""
    page = open_page("")
    held: list[Route] = []
    released = False

    def hold(route: Route) -> None:
        if released:
            route.continue_()
        else:
            held.append(route)

    page.route(f"**/v1/plans/{plan}**", hold)
    page.goto(f"/#/{view}?plan={plan}")
    expect(page.locator("main [role=status]")).to_contain_text("Loading")
    expect(page.locator("main .spinner")).to_be_visible()
    assert find_violations(page) == []
    released = True
    for route in held:
        route.continue_()
    wait_until_settled(page)
    assert page.locator("main .failure").count() == 0


def test_a_view_of_an_infeasible_plan_says_why_and_links_to_changes(
    open_page: OpenPage, monitor: PageMonitor, service: Service
) -> None:
    """A view of an infeasible plan names the conflict and links to the what-if view."""
    monitor.expected.append("409")  # the figures of the map are requested beside the plan
    problem = two_counties_raw()
    problem["factories"][0]["lines"][0]["least"] = 60_000
    plan = service.json("/v1/plans", {"problem": problem}, Prefer="wait=60")
    assert plan["outcome"] == "infeasible"
    page = open_page(f"#/map?plan={plan['id']}")
    expect(page.locator("main")).to_contain_text("Minimum quota, Hyesan Daily Necessities Factory")
    assert find_violations(page) == []
    page.get_by_role("link", name="Try changes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What-if")
    assert find_violations(page) == []


def test_a_view_of_a_plan_without_figures_says_why(open_page: OpenPage, monitor: PageMonitor, service: Service) -> None:
    """A view follows a plan that is being solved, says how one ended that has no figures, and leads to other plans."""
    monitor.expected += ["409", "404"]
    year = {"province": "ryanggang", "scenario": "decline", "reuse": False}
    solved = service.json("/v1/plans", year)["id"]
    page = open_page(f"#/factories?plan={solved}")
    expect(page.get_by_role("link", name="Show the progress")).to_be_visible()
    urllib.request.urlopen(urllib.request.Request(f"{service.address}/v1/plans/{solved}", method="DELETE"))  # noqa: S310
    expect(page.locator("main .state")).to_contain_text("This plan was cancelled before it had figures.")
    failed = service.json("/v1/plans", year | {"options": {"time_limit_seconds": 0.5}}, Prefer="wait=60")
    assert failed["outcome"] == "failed"
    for view in ("start", "map"):
        page.goto(f"/#/{view}?plan={failed['id']}")
        expect(page.locator("main")).to_contain_text("The time limit ended before a plan was found.")
    assert find_violations(page) == []
    page.goto("/#/map?plan=nowhere")
    page.locator(".failure").get_by_role("link", name="Start").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Make a plan")

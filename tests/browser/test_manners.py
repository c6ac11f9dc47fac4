"""Every view in its states: no serious fault for axe, no wider than the window, at home in both languages, reached by its URL.

Four looks, in which every pair of width, colours and language meets once.
"""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, Route, expect

from models.examples import two_counties_raw
from tests.browser.conftest import NARROW, WIDE, Open, Service, Watched, faults, overflow, picture, settled
from tests.browser.figures import two_counties

pytestmark = pytest.mark.browser

LOOKS = {
    "wide-light-english": (WIDE, False, "en-GB"),
    "wide-dark-korean": (WIDE, True, "ko-KR"),
    "narrow-light-korean": (NARROW, False, "ko-KR"),
    "narrow-dark-english": (NARROW, True, "en-GB"),
}

CELL = "county=hyesan&item=notebook&period=2002-02"


@dataclass(frozen=True)
class State:
    """A view as it is found at an address."""

    address: str
    """Where; `{plan}` is Ryanggang's normal year, `{short}` a plan with shortages."""
    ready: str = "h1"
    """What stands there once it is shown."""
    refused: str = ""
    """What the console says of a request that is refused on purpose."""


STATES = {
    "start": State("start?plan={plan}", ".result"),
    "map": State("map?plan={plan}", ".map-county"),
    "map-county": State("map?plan={plan}&county=kapsan&month=2002-10&measure=shortage", ".map-side dl"),
    "map-price": State("map?plan={short}&measure=price", ".map-county"),
    "year-goods": State("year?plan={plan}", ".heat"),
    "year-missing": State("year?plan={short}&measure=shortage", ".heat a"),
    "year-power": State("year?plan={plan}&part=power", ".figure canvas"),
    "year-sources": State("year?plan={plan}&part=sources", ".figure canvas"),
    "year-flows": State("year?plan={plan}&part=flows", ".figure canvas"),
    "factories": State("factories?plan={plan}", ".tabulator-row"),
    "factories-none": State("factories?plan={plan}&q=zzzz", ".tabulator-placeholder"),
    "sheet": State("factories?plan={plan}&sheet=hyesan-furniture", ".sheet"),
    "what-if": State("what-if?plan={short}", ".knobs"),
    "what-if-answered": State("what-if?plan={short}&power=0.8&people=1.1", ".answer .steps"),
    "what-if-refused": State(
        'what-if?plan={plan}&changes=[{{"what":"power_limit","where":"x","factor":0.5}}]', ".failure", "422"
    ),
    "compare-none": State("compare?plan={plan}", ".state"),
    "compare": State("compare?plan={plan}&with={short}", ".plans-beside"),
    "reasons": State("reasons?plan={short}", ".group"),
    "reasons-one": State(f"reasons?plan={{short}}&{CELL}", ".remedy"),
    "reasons-none": State("reasons?plan={short}&county=kapsan&item=starch&period=2002-01", ".state"),
    "life": State("life?plan={plan}", ".audit"),
    "no-plan": State("map?plan=nowhere", ".failure", "404"),
    "no-view": State("nowhere", ".failure"),
}


@pytest.fixture(scope="module")
def short(service: Service) -> str:
    """A plan with shortages."""
    return two_counties(service)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("state", STATES)
def test_view(open_page: Open, watched: Watched, plan: str, short: str, state: str, look: str) -> None:
    here = STATES[state]
    watched.expected += [here.refused] if here.refused else []
    size, dark, locale = LOOKS[look]
    page = open_page(f"#/{here.address.format(plan=plan, short=short)}", size, dark=dark, locale=locale)
    page.wait_for_selector(here.ready)
    settled(page)
    picture(page, f"{state}-{look}", full=True)
    assert overflow(page) <= 0
    assert cut(page) == []
    assert faults(page) == []
    if locale == "ko-KR" and "{short}" not in here.address:
        assert english(page) == []
    assert page.locator("h1").count() == 1
    if not here.refused:
        _by_its_address(page, here)


def _by_its_address(page: Page, here: State) -> None:
    """Where it is shown has an address that leads there again."""
    heading, address = page.locator("h1").inner_text(), page.url
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_selector(here.ready)
    assert page.locator("h1").inner_text() == heading


def english(page: Page) -> list[str]:
    """English words in what is shown, but for what is marked as English, code, names of formats and units, and what people call their provinces."""
    text: str = page.evaluate(
        """() => {
            const kept = document.querySelector("main").cloneNode(true);
            const theirs = ".choice:has([name=province]:not([value=ryanggang]))";
            for (const one of kept.querySelectorAll(`[lang=en], code, .sheet, ${theirs}`)) one.remove();
            const texts = document.createNodeIterator(kept, NodeFilter.SHOW_TEXT);
            const said = [];
            for (let text = texts.nextNode(); text; text = texts.nextNode()) said.push(text.data);
            return said.join(" ");
        }"""
    )
    words = re.sub(r"\S*\d\S*", " ", text)  # identifiers of plans and requests have letters too
    return [word for word in re.findall(r"[A-Za-z]{3,}", words) if word not in NAMES]


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
    "HiGHS",
    "highs",
    "ipm",
    "GLOP",
    "PDLP",
    "CBC",
}
"""Names of things that are the same in every language, and who asked here."""


def cut(page: Page) -> list[str]:
    """Texts that do not fit in what holds them and cannot be scrolled to: buttons, headings, legends, figures."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("main :is(h1, h2, h3, button, .button, dd, .tag, label, legend, .legend b, .map-when)")]
            .filter((one) => one.offsetParent && !one.closest(".unseen") && one.scrollWidth > one.clientWidth + 1
                && getComputedStyle(one).display !== "inline")
            .map((one) => `${one.tagName} ${one.textContent}`)"""
    )
    return found


@pytest.mark.parametrize("view", ["map", "year", "factories", "what-if", "compare", "reasons", "life"])
def test_while_it_loads(open_page: Open, plan: str, view: str) -> None:
    """Before anything has come, the page says so, to those who listen too, and axe finds no fault."""
    page = open_page("")
    waiting: list[Route] = []
    going = False

    def hold(route: Route) -> None:
        if going:
            route.continue_()
        else:
            waiting.append(route)

    page.route(f"**/v1/plans/{plan}**", hold)
    page.goto(f"/#/{view}?plan={plan}")
    expect(page.locator("main [role=status]")).to_contain_text("Loading")
    expect(page.locator("main .spinner")).to_be_visible()
    assert faults(page) == []
    going = True
    for route in waiting:
        route.continue_()
    settled(page)
    assert page.locator("main .failure").count() == 0


def test_a_view_without_a_plan_says_what_to_do(open_page: Open, service: Service) -> None:
    """A plan that is not finished has nothing to show yet; the way to it is offered."""
    problem = two_counties_raw()
    problem["factories"][0]["lines"][0]["least"] = 60_000
    plan = service.json("/v1/plans", {"problem": problem}, Prefer="wait=60")
    assert plan["outcome"] == "infeasible"
    page = open_page(f"#/map?plan={plan['id']}")
    expect(page.locator("main .state")).to_contain_text("tables")
    page.locator("main .state a").click()
    expect(page.locator(".result .tag.bad")).to_be_visible()
    assert faults(page) == []

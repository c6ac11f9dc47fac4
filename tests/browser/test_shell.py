"""What all views share: URLs, keyboard, languages, themes, error messages and size."""

import hashlib
import importlib
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from models.outputs import OUTPUT_CODES
from models.sheets.codes import SHEET_CODES
from models.validation.finding_codes import FINDING_CODES
from service.core.errors import ApiError
from tests.browser.conftest import OpenPage, Service, take_screenshot
from tests.browser.contexts import PageMonitor, SharedContexts, wait_until_settled

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"\| (\S+) \| \S+ \| \d[\d.]* \| \S[^|]* \| ([0-9a-f]{64}) \|")
FIRST_VIEW, MAP_AFTER_IT = 70_000, 300_000
"""Bytes over the wire at most."""


def test_a_request_to_another_host_is_recorded_and_not_sent(browser: Browser, monitor: PageMonitor) -> None:
    context = browser.new_context()
    monitor.attach(context)
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        context.new_page().goto("http://another.example/")
    context.close()
    assert monitor.other_hosts == ["http://another.example/"]
    with pytest.raises(AssertionError):
        monitor.assert_clean()


def test_nothing_but_the_cache_is_left_in_a_context_that_tests_share(
    contexts: SharedContexts, service: Service
) -> None:
    """What one test stores, opens and may do is gone when the next one has the context; its messages go to the next one alone."""
    first, second = PageMonitor(service.address), PageMonitor(service.address)
    with contexts.lend(first, dark=False, locale="en-GB") as context:
        context.grant_permissions(["clipboard-read"])
        page = context.new_page()
        page.goto("/")
        page.evaluate("() => localStorage.setItem('left', 'behind')")
    with contexts.lend(second, dark=False, locale="en-GB") as again:
        assert again is context
        assert again.pages == []
        page = again.new_page()
        page.goto("/")
        assert page.evaluate("() => localStorage.getItem('left')") is None
        script = "async () => (await navigator.permissions.query({name: 'clipboard-read'})).state"
        assert page.evaluate(script) != "granted"
        page.evaluate("() => console.error('told')")
        page.wait_for_function("() => true")
    assert (first.errors, second.errors) == ([], ["error: told"])


@pytest.mark.parametrize("folder", [ROOT / "service/web_ui/static/vendor", ROOT / "tests/browser/vendor"])
def test_vendored_files_are_unchanged(folder: Path) -> None:
    noted = dict(ROW.findall((folder / "README.md").read_text(encoding="utf-8")))
    there = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "README.md"
    }
    assert noted == there
    assert len(there) >= 3


def test_data_is_never_parsed_as_html() -> None:
    own = [path for path in (ROOT / "service/web_ui/static").rglob("*.js") if "vendor" not in path.parts]
    assert len(own) > 20
    bad = re.compile(r"[iI]nnerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function")
    assert [str(path) for path in own if bad.search(path.read_text(encoding="utf-8"))] == []


def test_every_error_and_finding_has_a_text() -> None:
    """The page has a title for each kind of error, and a Korean sentence for each kind of finding."""
    folder = ROOT / "service/web_ui/static/i18n"
    keys = re.compile(r'^  "(?:finding|problem)\.([^"]+)":\s+"[^"]', re.MULTILINE)
    words = set(keys.findall((folder / "ko-findings.js").read_text(encoding="utf-8")))
    assert words == {*FINDING_CODES, *SHEET_CODES, *OUTPUT_CODES}
    importlib.import_module("service.api.app")  # so that every kind of error is defined
    kinds = {kind.code for kind in ApiError.__subclasses__()}
    assert len(kinds) > 16
    for language in ("en", "ko"):
        assert kinds <= set(keys.findall((folder / f"{language}.js").read_text(encoding="utf-8"))), language


def test_first_view_is_light(open_page: OpenPage, service: Service, plan: str) -> None:
    page = open_page("")
    line = page.context.new_cdp_session(page)
    received: list[int] = []
    line.send("Network.enable")
    line.send("Network.setCacheDisabled", {"cacheDisabled": True})
    line.on("Network.loadingFinished", lambda event: received.append(int(event["encodedDataLength"])))
    page.reload()
    wait_until_settled(page)
    page.wait_for_load_state("networkidle")
    print(f"\nfirst view: {len(received)} responses, {sum(received):,} bytes over the wire")  # noqa: T201
    assert len(received) > 10
    assert sum(received) < FIRST_VIEW
    received.clear()
    page.goto(f"/#/map?plan={plan}")
    page.wait_for_selector(".map-county")
    page.wait_for_load_state("networkidle")
    print(f"map after it: {len(received)} responses, {sum(received):,} bytes")  # noqa: T201
    assert sum(received) < MAP_AFTER_IT


def test_every_view_has_a_url(open_page: OpenPage, plan: str) -> None:
    page = open_page(f"#/map?plan={plan}&measure=price&month=2002-03")
    expect(page.get_by_role("radio", name="Electricity price")).to_be_checked()
    expect(page.locator(".map-month")).to_have_text("March 2002")
    page.get_by_role("link", name="Year", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The year")
    assert page.url.endswith(f"#/year?plan={plan}&month=2002-03")
    page.go_back()
    expect(page.locator(".map-month")).to_have_text("March 2002")
    page.go_forward()
    expect(page.get_by_role("heading", level=1)).to_have_text("The year")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("The year")


def test_the_bar_leaves_room_for_the_name_of_the_plan(open_page: OpenPage, plan: str) -> None:
    page = open_page(f"#/map?plan={plan}")
    name = page.locator(".picker > span:nth-of-type(2)").bounding_box()
    assert name is not None
    assert name["width"] > 80
    assert page.locator("nav a").last.is_visible()


def test_the_page_remembers_the_last_plan(open_page: OpenPage, plan: str) -> None:
    page = open_page(f"#/map?plan={plan}")
    page.goto("/#/year")
    page.reload()
    wait_until_settled(page)
    assert f"plan={plan}" in page.url


def test_errors_have_messages(open_page: OpenPage, monitor: PageMonitor) -> None:
    monitor.expected.append("404 (Not Found)")
    page = open_page("#/map?plan=no-such-plan")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Not found")
    expect(alert).to_contain_text("no-such-plan")
    expect(alert.get_by_role("button", name="Try again")).to_be_visible()
    page.goto("/#/nowhere")
    expect(page.get_by_role("alert")).to_contain_text("There is no such view")


def test_korean_page_translates_errors(open_page: OpenPage, monitor: PageMonitor, plan: str) -> None:
    """Scenarios and errors are in Korean; English messages of the service are marked as English."""
    monitor.expected.append("422")
    start = open_page("#/start?province=ryanggang", locale="ko-KR")
    choices = start.locator(".start-form .choices").last
    expect(choices).to_contain_text("위기: 약속 20 %에 이행 부실, 1998년 전력")
    assert not re.search("[a-z]{4}", choices.inner_text())
    page = open_page(
        f'#/what-if?plan={plan}&changes=[{{"what":"power_limit","where":"nowhere","factor":0.5}}]', locale="ko-KR"
    )
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("변경이 아무것도 고르지 않습니다.")
    assert "nowhere" in alert.locator("li [lang=en]").inner_text()
    english = alert.evaluate(
        "(at) => { for (const one of at.querySelectorAll('[lang=en], code')) one.remove(); return at.textContent; }"
    )
    without_id = re.sub("요청 [0-9a-z-]+", "", english)  # an id may have four letters in a row
    assert not re.search("[a-z]{4}", without_id)


def test_korean_particles_follow_the_syllable(open_page: OpenPage) -> None:
    """혜산시가, 갑산군이; both forms after a name in other letters."""
    page = open_page("", locale="ko-KR")
    said = page.evaluate(
        """async () => {
            const base = document.querySelector("script[src$='app.js']").src.replace("app.js", "");
            const { loadViewTexts, t } = await import(`${base}lib/i18n.js`);
            await loadViewTexts("shared");
            return ["혜산시", "갑산군", "Hyesan"].map((name) => t("comparison.county-loses", { name, before: "", after: "" }).split(" ")[0]);
        }"""
    )
    assert said == ["혜산시가", "갑산군이", "Hyesan이(가)"]


def test_by_keyboard_alone(open_page: OpenPage, plan: str) -> None:
    page = open_page(f"#/map?plan={plan}")
    page.keyboard.press("Tab")
    expect(page.locator("#skip")).to_be_focused()
    expect(page.locator("#skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_be_focused()
    stops = _collect_tab_stops(page, 60)
    assert any("map-county" in stop for stop in stops)
    assert any("range" in stop for stop in stops)
    page.get_by_role("link", name="Year", exact=True).press("Enter")
    expect(page.locator("h1")).to_have_text("The year")
    expect(page.locator("h1")).to_be_focused()
    expect(page.locator("#announcer")).to_contain_text("Year")


def _collect_tab_stops(page: Page, steps: int) -> list[str]:
    """List what the Tab key reaches."""
    stops = []
    for _ in range(steps):
        page.keyboard.press("Tab")
        stops.append(
            page.evaluate(
                "() => { const at = document.activeElement; const look = getComputedStyle(at);"
                "return `${at.tagName} ${at.getAttribute('class')} ${at.type} ${look.outlineStyle} ${look.strokeWidth}`; }"
            )
        )
    return stops


def test_arrow_keys_in_a_coloured_table(open_page: OpenPage, plan: str) -> None:
    page = open_page(f"#/year?plan={plan}&part=goods")
    page.wait_for_selector(".heatmap")
    links = page.locator(".heatmap a")
    if links.count() > 1:
        first = page.locator(".heatmap a[tabindex='0']")
        first.focus()
        before = page.evaluate("() => document.activeElement.title")
        page.keyboard.press("End")
        page.keyboard.press("ArrowDown")
        assert page.evaluate("() => document.activeElement.title") != before
    assert page.locator(".heatmap a[tabindex='0']").count() <= 1


def test_theme_and_language_are_remembered(open_page: OpenPage) -> None:
    page = open_page("")
    page.get_by_role("button", name="Colours: system setting").click()
    page.get_by_role("button", name="Colours: light").click()
    assert page.evaluate("() => document.documentElement.dataset.theme") == "dark"
    page.get_by_role("button", name="한국어").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("계획 세우기")
    assert page.evaluate("() => document.documentElement.lang") == "ko"
    assert page.evaluate("() => document.documentElement.dataset.theme") == "dark"
    take_screenshot(page, "start-korean-dark")


def test_paper_is_light_in_the_dark_theme(open_page: OpenPage, short: str) -> None:
    """While a dark page is printed, charts and heat maps have the colours of the light theme, at once."""
    read = """(event) => {
        if (event) dispatchEvent(new Event(event));
        const cells = [...document.querySelectorAll(".heatmap td")].map((one) => getComputedStyle(one).backgroundColor);
        return [document.documentElement.dataset.theme, document.querySelector(".chart canvas").toDataURL(), ...cells];
    }"""
    page = open_page(f"#/year?plan={short}&part=power", dark=True)
    page.wait_for_selector(".figure canvas")
    page.wait_for_selector(".heatmap td")
    dark = page.evaluate(read)
    printed = page.evaluate(read, "beforeprint")
    assert page.evaluate(read, "afterprint")[0] == "dark"
    page.get_by_role("button", name="Colours: system setting").click()
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    light = page.evaluate(read)
    assert light[0] == "light"
    assert printed == light
    assert all(one != other for one, other in zip(dark[:2], light[:2], strict=True))


def test_numbers_follow_the_locale_of_the_browser(open_page: OpenPage, plan: str) -> None:
    british = open_page(f"#/map?plan={plan}")
    german = open_page(f"#/map?plan={plan}", locale="de-DE")
    expect(british.locator(".map-side")).to_contain_text("166,087")
    expect(german.locator(".map-side")).to_contain_text("166.087")
    written = """async (share) => {
        const base = document.querySelector("script[src$='app.js']").src.replace("app.js", "");
        return (await import(`${base}lib/format.js`)).formatShare(share);
    }"""
    shares = {
        0: "0%",
        1e-9: "0%",
        1.72e-5: "< 0.01%",
        0.0005: "0.1%",
        0.5: "50.0%",
        0.99996: "> 99.99%",
        1 - 1e-9: "100%",
    }
    assert {value: british.evaluate(written, value) for value in shares} == shares

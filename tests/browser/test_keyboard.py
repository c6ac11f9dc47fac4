"""A whole journey by the keyboard alone: plan, read, change by hand, verify, keep, approve, and look at the map."""

import pytest
from playwright.sync_api import Locator, Page, expect

from models.examples import two_counties_raw
from tests.browser.conftest import OpenPage, Service

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MOST_STOPS = 90
"""Tab stops of a view, at most: a view with more is no work for a keyboard."""

DESCRIBE_STOP = """() => {
    const at = document.activeElement;
    for (const one of document.getAnimations()) if (one instanceof CSSTransition) one.finish();
    const look = getComputedStyle(at);
    const box = at.getBoundingClientRect();
    const ring = at instanceof SVGElement ? look.strokeWidth : look.outlineStyle !== "none" && look.outlineWidth;
    const isRinged = parseFloat(ring) >= 2 && at.matches(":focus-visible");
    const isInView = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    return { name: `${at.tagName}.${at.getAttribute("class")} ${at.textContent.slice(0, 30)}`, isRinged, isInView };
}"""


def press_tab_until(page: Page, target: Locator, key: str = "Tab") -> None:
    """Press Tab until something has the focus; whatever has it on the way is ringed and in view."""
    expect(target).to_be_visible()
    for _ in range(MOST_STOPS):
        page.keyboard.press(key)
        stop = page.evaluate(DESCRIBE_STOP)
        if not stop["name"].startswith("BODY"):
            assert stop["isRinged"], f"the focus is not seen: {stop['name']}"
            assert stop["isInView"], f"the focus is out of view: {stop['name']}"
        if target.evaluate("(one) => one === document.activeElement"):
            return
    pytest.fail(f"{MOST_STOPS} Tab stops do not reach {target}")


def go_to_view(page: Page, name: str) -> None:
    """Open a view by the finder; its heading has the focus."""
    page.keyboard.press("Control+k")
    expect(page.locator("dialog[open] input")).to_be_focused()
    page.keyboard.type(name)
    expect(page.locator("dialog [role=option]").first).to_contain_text(name)
    page.keyboard.press("Enter")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator("h1")).to_be_focused()


def test_a_planner_needs_only_the_keyboard(open_page: OpenPage, service: Service) -> None:
    province = {"name": "Keys", "problem": two_counties_raw()}
    service.json("/v1/provinces/keys", province, method="PUT")
    page = open_page("#/start")
    _plan(page)
    _change_by_hand(page)
    _approve(page, service)
    _look_at_the_map(page)
    _ask_for_help_and_try_a_change(page)


def _plan(page: Page) -> None:
    press_tab_until(page, page.locator("input[name=province]:checked"))
    for _ in range(page.locator("input[name=province]").count()):
        if page.evaluate("() => document.activeElement.value") == "keys":
            break
        page.keyboard.press("ArrowDown")
    expect(page.locator("input[name=province][value=keys]")).to_be_focused()
    press_tab_until(page, page.get_by_role("button", name="Plan", exact=True))
    page.keyboard.press("Enter")
    press_tab_until(page, page.get_by_role("link", name="Open the briefing"))
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Briefing")
    expect(page.locator("h1")).to_be_focused()


def _change_by_hand(page: Page) -> None:
    go_to_view(page, "By hand")
    press_tab_until(page, page.locator(".by-hand-grid td[tabindex='0']"))
    page.keyboard.press("ArrowRight")
    cell = page.locator("tr[data-line='hyesan-daily/soap'] td[data-period='2002-02']")
    expect(cell).to_be_focused()
    page.keyboard.type("20000")
    page.keyboard.press("Enter")
    expect(cell).to_contain_text("20,000")
    press_tab_until(page, page.get_by_role("button", name="Verify", exact=True))
    page.keyboard.press("Enter")
    expect(page.locator(".verified [data-figure=objective]")).to_be_visible()
    press_tab_until(page, page.get_by_role("button", name="Save as a plan"))
    page.keyboard.press("Enter")
    press_tab_until(page, page.locator(".open-plan"))
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_be_focused()


def _approve(page: Page, service: Service) -> None:
    go_to_view(page, "Approval")
    press_tab_until(page, page.locator("#act-note"))
    page.keyboard.type("By keyboard")
    for act, state in (("submit", "Submitted"), ("ratify", "Ratified"), ("put-in-force", "In force")):
        press_tab_until(page, page.locator(f"[data-act={act}]"))
        page.keyboard.press("Enter")
        if act == "ratify":
            expect(page.locator(".confirm")).to_be_focused()
            page.keyboard.press("Enter")
        expect(page.locator(".workflow h2")).to_have_text(f"State of this plan: {state}")
    plan = page.url.partition("plan=")[2].partition("&")[0]
    approval = service.json(f"/v1/plans/{plan}/approval")
    assert [one["act"] for one in approval["history"]] == ["submit", "ratify", "put-in-force"]
    assert approval["history"][0]["note"] == "By keyboard"


def _look_at_the_map(page: Page) -> None:
    go_to_view(page, "Map")
    press_tab_until(page, page.locator("[data-place=kapsan]"))
    page.keyboard.press("Enter")
    expect(page.locator(".map-side h2")).to_have_text("Kapsan")
    page.keyboard.press("Escape")
    expect(page.locator("[data-place=kapsan]")).to_be_focused()
    press_tab_until(page, page.get_by_role("button", name="Zoom in"))
    page.keyboard.press("Enter")
    press_tab_until(page, page.locator(".map-slider input"))
    page.keyboard.press("ArrowRight")
    expect(page.locator(".map-slider")).to_contain_text("January 2002")


def _ask_for_help_and_try_a_change(page: Page) -> None:
    go_to_view(page, "What-if")
    slider = page.locator(".sliders input[type=range]").first
    press_tab_until(page, slider)
    page.keyboard.press("?")
    expect(page.locator("dialog[open]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(slider).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".comparison")).to_be_visible()

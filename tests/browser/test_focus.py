"""The focus stays in the page: what is closed gives it back to what opened it, and what is taken away to what is near."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NARROW, WIDE, OpenPage, Service, plan_two_counties
from tests.browser.contexts import wait_until_settled

pytestmark = pytest.mark.browser


def expect_focus_in(page: Page, selector: str) -> None:
    """Wait until the focused element is within a part of the page."""
    page.wait_for_function("(selector) => document.activeElement.closest(selector) !== null", arg=selector)


def press_to_open(control: Locator) -> None:
    control.focus()
    control.press("Enter")


@pytest.mark.parametrize("close", ["Close", "Escape"])
def test_panels_of_the_map_give_the_focus_back(open_page: OpenPage, short: str, close: str) -> None:
    """From the map, from the list of counties and from the table of links."""
    page = open_page(f"#/map?plan={short}", NARROW if close == "Close" else WIDE)
    panel = page.locator(".map-side")
    page.locator("details.card > summary", has=page.locator("h2")).click()
    openers = (".map-county[data-place=kapsan]", ".map-side button[data-key=kapsan]", ".map-tables button >> nth=0")
    for opener in openers:
        press_to_open(page.locator(opener))
        expect(panel.get_by_role("button", name="Close")).to_be_visible()
        if opener.startswith(".map-side"):
            expect(panel.locator("h2")).to_be_focused()
        page.wait_for_function("() => !document.querySelector('.map-side .spinner')")
        if close == "Close":
            panel.get_by_role("button", name="Close").click()
        else:
            page.keyboard.press("Escape")
        expect(page.locator(opener)).to_be_focused()
        expect(panel.get_by_role("button", name="Close")).to_have_count(0)
        expect(page.locator(opener)).to_be_in_viewport()
    page.goto(f"/#/map?plan={short}&county=hyesan")
    panel.get_by_role("button", name="Close").click()
    expect(page.locator(".map-county[data-place=hyesan]")).to_be_focused()


@pytest.mark.parametrize("name", ["Help", "Find (Ctrl K)", "Plan"])
def test_dialogs_give_the_focus_back(open_page: OpenPage, short: str, name: str) -> None:
    page = open_page(f"#/bottlenecks?plan={short}")
    control = page.locator(".picker") if name == "Plan" else page.get_by_role("button", name=name, exact=True)
    page.evaluate("() => scrollTo(0, 300)")
    top = page.evaluate("() => scrollY")
    assert top > 0
    for close in ("Escape", "Close"):
        press_to_open(control)
        expect(page.locator("dialog[open]")).to_be_visible()
        button = page.locator("dialog").get_by_role("button", name="Close")
        if close == "Close" and button.count():
            button.click()
        else:
            page.keyboard.press("Escape")
        expect(page.locator("dialog")).to_have_count(0)
        expect(control).to_be_focused()
        assert page.evaluate("() => scrollY") == top


def test_the_form_of_a_title_gives_the_focus_back(open_page: OpenPage, service: Service) -> None:
    page = open_page(f"#/briefing?plan={plan_two_counties(service)}")
    control = page.locator(".plan-title button")
    for close in ("Escape", "Close", "Save"):
        press_to_open(control)
        expect(page.locator("input[name=title]")).to_be_focused()
        page.locator("input[name=title]").fill("Ours")
        if close == "Escape":
            page.keyboard.press("Escape")
        else:
            page.get_by_role("button", name=close, exact=True).press("Enter")
        expect(control).to_be_focused()


def test_questions_give_the_focus_back(open_page: OpenPage, service: Service) -> None:
    """Ratifying and deleting ask; without a yes the button that asked has the focus."""
    own = plan_two_counties(service)
    service.json(f"/v1/plans/{own}/approval/submit", {}, If_Match='"1"')
    page = open_page(f"#/approval?plan={own}")
    ratify = page.locator("[data-act=ratify]")
    for close in ("Escape", "Cancel"):
        press_to_open(ratify)
        expect(page.locator(".confirm")).to_be_focused()
        if close == "Escape":
            page.keyboard.press("Escape")
        else:
            page.locator(".acts").get_by_role("button", name="Cancel").press("Enter")
        expect(ratify).to_be_focused()


@pytest.mark.parametrize(
    ("address", "opener", "back"),
    [
        ("factories", ".data-grid a[href*='&sheet=']", "All quotas"),
        ("bottlenecks", ".shortage-leaf a", "All shortages"),
    ],
)
def test_a_link_to_the_list_leads_back_to_the_place_in_it(
    open_page: OpenPage, plan: str, short: str, address: str, opener: str, back: str
) -> None:
    page = open_page(f"#/{address}?plan={plan if address == 'factories' else short}", (390, 500))
    if address == "bottlenecks":
        page.locator(".shortage-tree details > summary").first.click()
        page.locator(".shortage-tree details details > summary").first.click()
    link = page.locator(opener).first
    link.scroll_into_view_if_needed()
    top = page.evaluate("() => scrollY")
    assert top > 0
    href = link.get_attribute("href")
    press_to_open(link)
    page.wait_for_url(f"**/{href}")
    wait_until_settled(page)
    page.get_by_role("link", name=back).click()
    page.wait_for_function("(top) => Math.abs(scrollY - top) < 2", arg=top)
    expect(page.locator(f"a[href='{href}']:focus, :focus a[href='{href}']").first).to_be_visible()


def test_what_is_taken_away_leaves_the_focus_nearby(open_page: OpenPage, short: str) -> None:
    page = open_page(f"#/study?plan={short}")
    for _ in range(2):
        page.get_by_role("button", name="Add a lever").click()
    remove = page.locator(".study-form fieldset", has_text="lever").get_by_role("button", name="Remove")
    before = remove.count()
    press_to_open(remove.last)
    expect(remove).to_have_count(before - 1)
    expect_focus_in(page, ".study-factors")
    page.goto(f"/#/year?plan={short}&county=kapsan")
    press_to_open(page.get_by_role("button", name="Clear"))
    page.wait_for_url(f"**/#/year?plan={short}")
    expect_focus_in(page, ".context-bar")
    page.goto(f"/#/by-hand?plan={short}")
    wait_until_settled(page)
    page.get_by_label("At least", exact=False).fill("5")
    page.get_by_role("button", name="Reserve", exact=True).click()
    press_to_open(page.locator(".edits .extra-changes button"))
    expect_focus_in(page, ".by-hand")

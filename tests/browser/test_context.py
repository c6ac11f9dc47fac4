"""The context of a plan is kept over views; Back and refresh lead to the same place."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.contexts import wait_until_settled

pytestmark = pytest.mark.browser

READ_PLACE = "() => [scrollY, document.querySelector('.heatmap-frame').scrollTop]"


def wait_for_place(page: Page, place: list[int]) -> None:
    """Wait until the page and the heat map are scrolled to a place."""
    page.wait_for_function(
        "([top, inner]) => Math.abs(scrollY - top) < 2 && "
        "Math.abs((document.querySelector('.heatmap-frame')?.scrollTop ?? -1) - inner) < 2",
        arg=place,
    )


def test_county_good_and_month_are_kept_over_views(open_page: OpenPage, short: str) -> None:
    page = open_page(f"#/map?plan={short}&county=kapsan&item=notebook&month=2002-02&measure=price")
    for view, parameters in (
        ("Year", "county=kapsan&item=notebook&month=2002-02"),
        ("Briefing", "county=kapsan&item=notebook&month=2002-02"),
        ("Bottlenecks", "county=kapsan&item=notebook&period=2002-02"),
    ):
        page.get_by_role("link", name=view, exact=True).click()
        page.wait_for_url(f"**/#/{view.lower()}?plan={short}&{parameters}")
        wait_until_settled(page)
    expect(page.locator(".shortage-title")).to_have_text("Notebook in Kapsan, February 2002")
    page.get_by_label("County", exact=True).select_option("hyesan")
    expect(page.locator(".shortage-title")).to_have_text("Notebook in Hyesan, February 2002")
    page.get_by_role("button", name="Clear").click()
    page.wait_for_url(f"**/#/bottlenecks?plan={short}")


def test_back_and_refresh_lead_to_the_same_place(open_page: OpenPage, plan: str) -> None:
    page = open_page(f"#/year?plan={plan}")
    page.locator(".heatmap tbody tr").nth(70).scroll_into_view_if_needed()
    page.evaluate("() => scrollTo(0, 120)")
    place = page.evaluate(READ_PLACE)
    assert place[0] == 120
    assert place[1] > 400
    page.get_by_role("link", name="Approval", exact=True).click()
    expect(page.locator("h1")).to_have_text("Approval")
    assert page.evaluate("() => scrollY") == 0
    page.go_back()
    wait_for_place(page, place)
    page.reload()
    wait_for_place(page, place)
    page.get_by_label("County", exact=True).select_option("kapsan")
    page.wait_for_url("**county=kapsan*")
    wait_until_settled(page)
    wait_for_place(page, place)


def test_back_leads_to_the_link_that_was_opened(open_page: OpenPage, short: str) -> None:
    page = open_page(f"#/briefing?plan={short}")
    link = page.locator(".short-goods a").nth(1)
    address = link.get_attribute("href")
    link.press("Enter")
    expect(page.locator("h1")).to_have_text("Bottlenecks")
    page.go_back()
    page.wait_for_function("(address) => document.activeElement?.getAttribute('href') === address", arg=address)


def test_names_that_the_plan_does_not_have_are_told(open_page: OpenPage, short: str) -> None:
    """A link to a county, a good or a sheet of another province is not followed without a word."""
    for view, named in (
        (f"map?plan={short}&county=atlantis", "atlantis"),
        (f"year?plan={short}&item=tea&month=2002-09", "tea, 2002-09"),
        (f"factories?plan={short}&sheet=zz", "zz"),
    ):
        page = open_page(f"#/{view}")
        expect(page.locator(".context-bar [role=alert]")).to_have_text(f"This plan does not have: {named}")
    page = open_page(f"#/factories?plan={short}&sheet=hyesan-daily")
    expect(page.locator(".sheet").first).to_be_visible()
    expect(page.locator(".context-bar [role=alert]")).to_have_count(0)

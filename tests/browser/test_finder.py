"""The finder, the help, and titles of plans."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, OpenPage, Service, find_violations, plan_two_counties
from tests.browser.contexts import wait_until_settled

pytestmark = pytest.mark.browser


def test_the_finder_goes_to_a_factory_and_a_plan(open_page: OpenPage, plan: str, short: str) -> None:
    page = open_page(f"#/briefing?plan={plan}")
    page.keyboard.press("Control+k")
    expect(page.locator(".finder [role=option]").nth(20)).to_be_visible()
    assert find_violations(page) == []
    page.keyboard.type("furniture hyesan")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/#/factories?plan={plan}&sheet=hyesan-furniture")
    wait_until_settled(page)
    page.locator(".picker").click()
    option = page.locator(".finder [role=option]", has_text="78.0% served").first
    option.click()
    page.wait_for_url("**/#/factories?plan=*")
    assert plan not in page.url
    expect(page.locator("dialog")).to_have_count(0)


def test_help_names_keys_and_terms(open_page: OpenPage, short: str) -> None:
    page = open_page(f"#/briefing?plan={short}", NARROW, locale="ko-KR")
    page.keyboard.press("?")
    help_dialog = page.get_by_role("dialog", name="도움말")
    expect(help_dialog).to_contain_text("Ctrl K")
    assert find_violations(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    page.keyboard.press("?")
    help_dialog.get_by_role("link", name="HTTP API 문서").click()
    page.get_by_role("link", name="Allot").click()
    wait_until_settled(page)
    expect(page.locator("h1")).to_be_visible()


def test_a_plan_gets_a_title_and_tags(open_page: OpenPage, service: Service) -> None:
    mine = plan_two_counties(service)
    page = open_page(f"#/briefing?plan={mine}")
    page.get_by_role("button", name="Give a title").click()
    page.get_by_label("Title").fill("More soap before April")
    page.get_by_label("Tags, separated by commas").fill("spring, second draft")
    assert find_violations(page) == []
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".picker")).to_contain_text("More soap before April")
    stored = service.json(f"/v1/plans/{mine}")
    assert (stored["title"], stored["tags"]) == ("More soap before April", ["spring", "second draft"])
    page.get_by_role("link", name="Start", exact=True).click()
    row = page.locator("tr", has_text="More soap before April").first
    expect(row).to_contain_text("#second draft")
    expect(row).to_contain_text("Draft")

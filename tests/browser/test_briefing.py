"""Briefing: figures of the API in words, links that keep their filter, and one page of paper."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Service, plan_two_counties
from tests.browser.figures import shows_value

pytestmark = pytest.mark.browser


def test_it_tells_what_the_service_tells(open_page: OpenPage, service: Service, short: str, plan: str) -> None:
    told = service.json(f"/v1/plans/{short}/briefing?with={plan}")
    page = open_page(f"#/briefing?plan={short}&with={plan}")
    for figure in told["figures"]:
        if figure["value"] is not None:
            shown = page.locator(f"[data-figure={figure['name']}]")
            assert shows_value(shown.locator("dd").first.inner_text(), figure["value"])
            change = shown.locator(".change").inner_text()
            assert change.startswith("+" if figure["value"] > figure["compared"] else "−")
    expect(page.locator(".briefing-headline")).to_contain_text("Kapsan gets least, 75.0%")
    expect(page.locator(".briefing-headline")).to_contain_text("electricity")
    assert page.locator(".short-goods li").count() == told["short_good_count"]
    assert page.locator(".holding-limits li").count() == told["limit_count"]
    expect(page.locator("[data-step=submit]")).to_be_visible()


def count_pages(page: Page) -> int:
    """Pages of paper that the view takes."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))


def test_it_fits_on_one_page_of_paper(open_page: OpenPage, service: Service) -> None:
    """What is left open comes behind it on a page of its own, once it was asked for."""
    own = plan_two_counties(service)
    page = open_page(f"#/briefing?plan={own}")
    assert count_pages(page) == 1
    page.get_by_role("button", name="What is left open").click()
    page.get_by_role("button", name="Find the ranges").click()
    expect(page.locator(".range-bars tbody tr").first).to_be_visible(timeout=120_000)
    assert count_pages(page) == 2
    page.locator(".left-open").evaluate("section => section.remove()")
    assert count_pages(page) == 1

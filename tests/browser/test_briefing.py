"""Briefing: figures of the API in words, links that keep their filter, and one page of paper."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage, Service
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


def test_it_fits_on_one_page_of_paper(open_page: OpenPage, short: str) -> None:
    page = open_page(f"#/briefing?plan={short}")
    pages = re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))
    assert len(pages) == 1

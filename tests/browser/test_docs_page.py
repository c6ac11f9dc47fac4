"""The page at /docs works offline, under its own strict policy."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Service
from tests.browser.contexts import PageMonitor, SharedContexts

pytestmark = pytest.mark.browser


def test_the_page_shows_every_operation_and_asks_nobody_else(
    contexts: SharedContexts, monitor: PageMonitor, service: Service
) -> None:
    operations = sum(
        method in {"get", "put", "post", "delete", "patch", "head"}
        for path in service.json("/openapi.json")["paths"].values()
        for method in path
    )
    with contexts.lend(monitor, dark=False, locale="en-GB") as context:
        page = context.new_page()
        page.goto("/docs")
        expect(page.locator(".opblock")).to_have_count(operations, timeout=60_000)
        page.locator(".opblock-summary-control", has_text="/v1/validate").click()
        page.wait_for_selector(".opblock-body textarea")
        page.get_by_role("button", name="Execute").click()
        page.wait_for_selector(".live-responses-table")
        assert '"valid": true' in page.locator(".live-responses-table").inner_text()
    monitor.assert_clean()

"""The measurement of `benchmarks.page_views` runs on one view. Never a timing."""

import pytest
from playwright.sync_api import Browser

from benchmarks.page_views import ViewTimes, list_lines, measure_view
from tests.browser.conftest import Service

pytestmark = pytest.mark.browser


def test_a_view_is_measured_with_and_without_a_slow_line(browser: Browser, service: Service) -> None:
    times = ViewTimes()
    for is_slow in (True, False):
        measure_view(browser, f"{service.address}/#/start", times, is_slow=is_slow)
    assert len(times.slow) == len(times.fast) == 1
    assert min(times.slow + times.fast) > 0
    assert times.requests > 20
    assert times.kilobytes < 70
    *_, row = list_lines({"start": times})
    assert row.startswith(f"| start | {times.requests} | ")

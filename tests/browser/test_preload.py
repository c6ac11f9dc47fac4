"""What a view needs is requested at once, and not as each module is found in the one before it, and once."""

import re

import pytest
from playwright.sync_api import Page

from benchmarks.page_views import VIEWS
from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.browser

PRELOADED = "() => [...document.querySelectorAll('link[rel=modulepreload], link[rel=preload]')].map((one) => one.href)"
LOADED = "() => performance.getEntriesByType('resource').map((one) => [one.name, one.initiatorType])"
LATER = re.compile(
    r"vendor/(echarts|tanstack)/|lib/chart|views/map/(tables|hover-card)|css/(first|print)\.css$|icon\.svg$|\.json$"
)
"""Files that the page links to itself, and those that a view needs after its first text."""


def list_late_files(page: Page) -> list[str]:
    """List the files that were found level by level."""
    preloaded = set(page.evaluate(PRELOADED))
    names = [name for name, _ in page.evaluate(LOADED) if "/page/" in name and name not in preloaded]
    return sorted({name.split("/", 5)[-1] for name in names if not LATER.search(name)})


@pytest.mark.parametrize("view", VIEWS)
def test_files_of_a_view_are_requested_at_once_and_nothing_twice(open_page: OpenPage, plan: str, view: str) -> None:
    page = open_page(VIEWS[view].format(plan=plan))
    page.wait_for_load_state("networkidle")
    assert list_late_files(page) == []
    paths = [name for name, kind in page.evaluate(LOADED) if kind == "fetch"]
    assert sorted(set(paths)) == sorted(paths)

"""Every view: no serious fault for axe, no wider than the window, wide and narrow, light and dark, English and Korean."""

import pytest

from tests.browser.conftest import NARROW, WIDE, Open, faults, overflow, picture

pytestmark = pytest.mark.browser

VIEWS = {
    "start": "#/start?plan={plan}",
    "map": "#/map?plan={plan}",
    "map-county": "#/map?plan={plan}&county=kapsan&month=2002-10&measure=shortage",
    "year-goods": "#/year?plan={plan}",
    "year-power": "#/year?plan={plan}&part=power",
    "year-sources": "#/year?plan={plan}&part=sources",
    "year-flows": "#/year?plan={plan}&part=flows",
}
READY = {"year-power": ".figure canvas", "year-sources": ".figure canvas", "year-flows": ".figure canvas"}


@pytest.mark.parametrize(
    ("size", "dark", "locale"),
    [(WIDE, False, "en-GB"), (NARROW, True, "ko-KR"), (WIDE, True, "en-GB"), (NARROW, False, "en-GB")],
    ids=["wide-light", "narrow-dark-korean", "wide-dark", "narrow-light"],
)
@pytest.mark.parametrize("view", VIEWS)
def test_view(open_page: Open, plan: str, view: str, size: tuple[int, int], dark: bool, locale: str) -> None:
    page = open_page(VIEWS[view].format(plan=plan), size, dark=dark, locale=locale)
    page.wait_for_selector(READY.get(view, "h1"))
    look = f"{'wide' if size == WIDE else 'narrow'}-{'dark' if dark else 'light'}-{locale[:2]}"
    picture(page, f"{view}-{look}", full=True)
    assert overflow(page) <= 0
    assert faults(page) == []

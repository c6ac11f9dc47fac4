"""What a planner does, in Firefox: the acts of other modules with another browser."""

import functools
import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Error, Playwright

from tests.browser import test_context, test_focus, test_planning_day, test_start, test_study
from tests.browser.conftest import Service
from tests.browser.contexts import PageMonitor, SharedContexts

FIREFOX_VARIABLE = "ALLOT_FIREFOX"
"""Environment variable with the path of a Firefox browser."""
FIREFOX_COMMANDS = ("firefox-esr", "firefox")
STYLE_OF_SCREENSHOTS = "sha256-YjaKGiklmzC6wjXA513HAMmzus8VE61XCOT+SmwNZWA="
PREFERENCES = {"ui.prefersReducedMotion": 1, "ui.systemUsesDarkTheme": 0}


@functools.cache
def find_firefox() -> str | None:
    """Find the executable of a Firefox browser; None if there is none."""
    named = os.environ.get(FIREFOX_VARIABLE)
    return next(filter(None, map(shutil.which, [named] if named else FIREFOX_COMMANDS)), None)


pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow_lane,
    pytest.mark.skipif(find_firefox() is None, reason=f"no Firefox: install firefox-esr, or set {FIREFOX_VARIABLE}"),
]


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A Firefox browser as distributions build it, which Playwright drives by WebDriver BiDi."""
    launched = playwright.firefox.launch(
        executable_path=find_firefox(), channel="moz-firefox", firefox_user_prefs=dict(PREFERENCES)
    )
    try:
        launched.new_context().close()
    except Error as error:  # each release of Playwright needs commands that only newer releases of Firefox know
        launched.close()
        pytest.skip(f"this Playwright cannot drive Firefox {launched.version}: {error.message.splitlines()[0]}")
    yield launched
    launched.close()


@pytest.fixture(scope="module")
def contexts(browser: Browser) -> SharedContexts:
    """Contexts of this browser."""
    return SharedContexts(browser)


@pytest.fixture
def monitor(service: Service) -> PageMonitor:
    """The monitor of this test: in Firefox the policy of the page blocks the style that Playwright adds for a screenshot."""
    return PageMonitor(service.address, expected=[STYLE_OF_SCREENSHOTS])


test_a_day_of_a_planner = test_planning_day.test_a_day_of_a_planner
test_county_good_and_month_are_kept_over_views = test_context.test_county_good_and_month_are_kept_over_views
test_panels_of_the_map_give_the_focus_back = test_focus.test_panels_of_the_map_give_the_focus_back
test_what_is_taken_away_leaves_the_focus_nearby = test_focus.test_what_is_taken_away_leaves_the_focus_nearby
test_the_form_states_distributions_that_move_together = test_study.test_the_form_states_distributions_that_move_together
test_many_findings_are_grouped_by_sheet_and_filtered = test_start.test_many_findings_are_grouped_by_sheet_and_filtered

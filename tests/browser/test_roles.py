"""With authentication on: each role is offered only the acts that it may perform."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from models.examples import two_counties_raw
from tests.browser.conftest import ROOT, OpenPage, Service, run_service
from tests.browser.contexts import PageMonitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]


ROLES = ("bureau", "reader", "centre")
"""Roles in the province of this test."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the guarded service keeps its data."""
    return tmp_path_factory.mktemp("guarded")


@pytest.fixture(scope="module")
def service(folder: Path) -> Iterator[Service]:
    """A service with authentication, instead of the open one."""
    with run_service(folder, ALLOT_AUTHENTICATION="keys") as guarded:
        yield guarded


@pytest.fixture(scope="module")
def keys(service: Service, folder: Path) -> dict[str, str]:
    """A key for each role: the first one made by the command line, the others with it."""
    command = [sys.executable, "-m", "service.cli", "keys", "add", "chief", "--grant", "*:admin"]
    settings = os.environ | {"ALLOT_DATA_DIR": str(folder / "data")}
    completed = subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, check=True)  # noqa: S603
    chief = next(word for word in (completed.stdout + completed.stderr).split() if word.startswith("allot_"))
    made = {"chief": chief}
    for role in ROLES:
        body = {"caller": role, "grants": [{"province": "mine", "role": role}]}
        made[role] = service.json("/v1/keys", body, Authorization=f"Bearer {chief}")["key"]
    return made


@pytest.fixture(scope="module")
def plan(service: Service, keys: dict[str, str]) -> str:
    """A plan of a province of their own."""
    chief = {"Authorization": f"Bearer {keys['chief']}"}
    service.json("/v1/provinces/mine", {"name": "Mine", "problem": two_counties_raw()}, method="PUT", **chief)
    made = service.json("/v1/plans", {"province": "mine"}, Prefer="wait=60", **chief)
    assert made["outcome"] == "optimal"
    return str(made["id"])


def open_signed_in(open_page: OpenPage, key: str, place: str) -> Page:
    """Open the page and sign in with a key."""
    page = open_page(place)
    page.locator("details.key summary").click()
    page.get_by_label("API key or token").fill(key)
    page.locator("details.key button").click()
    page.wait_for_selector(".workflow")
    expect(page.locator("main .spinner")).to_have_count(0)
    return page


def test_roles_are_offered_what_they_may_do(
    open_page: OpenPage, monitor: PageMonitor, keys: dict[str, str], plan: str
) -> None:
    """The bureau submits, a reader reads, the centre ratifies; the page shows no act that the service would reject."""
    monitor.expected.append("401")
    place = f"#/approval?plan={plan}"
    acts = "all => all.map(one => one.dataset.act)"
    reader = open_signed_in(open_page, keys["reader"], place)
    assert reader.locator(".acts [data-act]").count() == 0
    assert reader.get_by_role("button", name="Report").count() == 0
    bureau = open_signed_in(open_page, keys["bureau"], place)
    assert bureau.locator(".acts [data-act]").evaluate_all(acts) == ["submit"]
    expect(bureau.get_by_role("button", name="Report")).to_be_visible()
    bureau.locator(".acts [data-act=submit]").click()
    expect(bureau.locator(".workflow h2")).to_have_text("State of this plan: Submitted")
    assert bureau.locator(".acts [data-act]").count() == 0
    centre = open_signed_in(open_page, keys["centre"], place)
    assert centre.locator(".acts [data-act]").evaluate_all(acts) == ["return", "ratify"]
    with centre.expect_download() as waiting:
        centre.goto(f"/#/factories?plan={plan}")
        centre.get_by_role("link", name="Download as CSV").click()
    assert waiting.value.path().read_text(encoding="utf-8-sig").startswith('"factory"')

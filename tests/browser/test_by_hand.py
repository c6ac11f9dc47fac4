"""Planning by hand: quotas that are typed, forbidden or held, and goods reserved for a county."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage, Service
from tests.browser.figures import shows_value

pytestmark = pytest.mark.browser

SOAP = "tr[data-line='hyesan-daily/soap']"


def test_a_typed_quota_is_estimated_verified_and_kept(open_page: OpenPage, service: Service, short: str) -> None:
    """A quota typed by keyboard alone becomes a pin; its verified answer is that of the API, and the kept plan has it."""
    page = open_page(f"#/by-hand?plan={short}")
    cell = page.locator(f"{SOAP} td[data-period='2002-01']")
    page.locator(".by-hand-grid td[tabindex='0']").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    cell.click()
    page.keyboard.type("20,000")
    page.keyboard.press("Enter")
    expect(cell).to_contain_text("20,000")
    (planned,) = service.json(f"/v1/plans/{short}/tables/quotas?item=soap&period=2002-01")["rows"]
    expect(cell).to_contain_text(f"plan: {planned['quantity']:,.0f}")
    expect(page.locator(".edits li")).to_contain_text("Laundry soap")
    expect(page.locator(".estimate")).to_be_visible()
    page.get_by_role("button", name="Verify", exact=True).click()
    pins = [
        {"what": what, "where": "hyesan-daily/soap", "periods": ["2002-01"], "value": 20_000}
        for what in ("line_least", "line_most")
    ]
    truth = service.json(f"/v1/plans/{short}/what-if", {"changes": pins})
    figure = page.locator(".verified [data-figure=objective] strong")
    expect(figure).to_be_visible()
    assert shows_value(figure.inner_text(), truth["objective"][1])
    page.get_by_role("button", name="Save as a plan").click()
    kept = str(page.locator(".open-plan").get_attribute("href")).partition("plan=")[2]
    rows = service.json(f"/v1/plans/{kept}/tables/quotas?item=soap&period=2002-01")["rows"]
    assert [row["quantity"] for row in rows] == [20_000]


def test_edits_are_in_the_url_and_can_be_undone(open_page: OpenPage, short: str) -> None:
    """A forbidden line and a reservation survive a refresh and other views; each can be taken back, and wrong text is no edit."""
    page = open_page(f"#/by-hand?plan={short}")
    page.locator(SOAP).get_by_role("button", name="Forbid").click()
    form = page.locator(".reservation form")
    form.get_by_label("County").select_option("kapsan")
    form.get_by_label("Good").select_option("notebook")
    form.get_by_label("At least").fill("9")
    form.get_by_role("button", name="Reserve").click()
    edits = page.locator(".edits li")
    expect(edits).to_have_count(2)
    page.reload()
    expect(edits).to_have_count(2)
    expect(edits.first).to_contain_text("all months: none")
    expect(edits.last).to_contain_text("Kapsan")
    page.get_by_role("link", name="Map", exact=True).click()
    expect(page.locator(".map-county")).to_have_count(2)
    assert "edits" not in page.url
    page.get_by_role("link", name="By hand", exact=True).click()
    expect(edits).to_have_count(2)
    cell = page.locator("tr[data-line='hyesan-daily/notebook'] td").first
    cell.click()
    page.keyboard.type("many")
    page.keyboard.press("Enter")
    expect(page.locator(".by-hand-grid input")).to_have_attribute("aria-invalid", "true")
    page.keyboard.press("Escape")
    expect(edits).to_have_count(2)
    page.locator(".edits").get_by_role("button", name="Undo the last edit").click()
    expect(edits).to_have_count(1)
    page.locator(".edits li button").click()
    expect(edits).to_have_count(0)
    assert "edits" not in page.url
    assert "edits" not in str(page.get_by_role("link", name="By hand", exact=True).get_attribute("href"))

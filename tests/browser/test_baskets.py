"""What people take of several goods, beside the map."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage, Service, find_violations
from tests.browser.figures import shows_value

pytestmark = pytest.mark.browser

PROBLEM = {
    "periods": ["2002-01", "2002-02"],
    "period_days": [31, 28],
    "years": 59 / 365,
    "requirements": [{"id": "energy", "name": "Energy", "unit": "kcal", "norms": {"people": 365_000}}],
    "items": [{"id": "maize", "name": "Maize", "unit": "kg", "provides": {"energy": 3_600}}],
    "power_areas": [{"id": "a"}],
    "counties": [
        {
            "id": "town",
            "name": "Town",
            "latitude": 41.4,
            "longitude": 128.2,
            "power_area": "a",
            "population": {"people": 100},
            "stocks": {"maize": {"opening": 800}},
        }
    ],
}


def test_the_panel_of_a_county_leads_to_what_holds_a_requirement_back(open_page: OpenPage, service: Service) -> None:
    """The panel shows the share of a requirement that is met, and its name leads to its shortages."""
    plan = service.json("/v1/plans", {"problem": PROBLEM}, Prefer="wait=60")["id"]
    rows = service.json(f"/v1/plans/{plan}/tables/requirements")["rows"]
    share = sum(row["met"] for row in rows) / sum(row["need"] for row in rows)
    page = open_page(f"#/map?plan={plan}&county=town")
    row = page.locator("tr[data-requirement=energy]")
    expect(row).to_contain_text(f"{100 * share:.1f}")
    expect(page.locator(".map-side tr[data-item=maize]")).to_contain_text("g")
    for figure, truth in (("served", share), ("shortage", sum(row["need"] - row["met"] for row in rows))):
        assert shows_value(page.locator(f".map-side [data-figure={figure}] dd").inner_text(), truth)
    expect(page.locator(".map-side tr[data-item=energy]")).to_contain_text("kcal")
    assert find_violations(page) == []
    row.get_by_role("link", name="Energy").click()
    page.wait_for_url(f"**/#/bottlenecks?plan={plan}&county=town&item=energy*")
    expect(page.locator("main")).to_contain_text("Energy")
    expect(page.locator(".context-bar [role=alert]")).to_have_count(0)
    short = next(row for row in rows if row["shortage"] > 0)
    page = open_page(f"#/bottlenecks?plan={plan}&county=town&item=energy&period={short['period']}")
    shown = page.locator("[data-figure=shortage] dd")
    expect(shown).to_be_visible()
    assert shows_value(shown.inner_text(), short["shortage"])


def test_a_good_is_shown_beside_requirements(open_page: OpenPage, service: Service) -> None:
    """The map of one good and the card of its shortage read the table of goods alone."""
    soap = {"id": "soap", "name": "Soap", "norms": {"people": 12}}
    maize = {"id": "maize", "name": "Maize", "unit": "kg", "provides": {"energy": 3_600}}
    plan = service.json("/v1/plans", {"problem": {**PROBLEM, "items": [maize, soap]}}, Prefer="wait=60")["id"]
    rows = service.json(f"/v1/plans/{plan}/tables/supply?item=soap")["rows"]
    short = sum(row["demand"] for row in rows)
    page = open_page(f"#/map?plan={plan}&item=soap&measure=shortage")
    assert shows_value(page.locator(".map-side td[data-county=town]").inner_text(), short)
    page = open_page(f"#/bottlenecks?plan={plan}&county=town&item=soap&period=2002-01")
    shown = page.locator("[data-figure=shortage] dd")
    expect(shown).to_be_visible()
    assert shows_value(shown.inner_text(), rows[0]["shortage"])

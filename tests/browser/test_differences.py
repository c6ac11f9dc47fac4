"""With a plan to compare with, factories, plans by hand and all parts of the year show the differences."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Service, find_violations, take_screenshot
from tests.browser.figures import shows_value

pytestmark = pytest.mark.browser

ROW = ".data-grid tbody tr[data-index]"


@pytest.fixture(scope="module")
def scarce(service: Service, short: str) -> str:
    """The small example with less electricity, in which no notebooks are made."""
    changes = [
        {"what": "power_limit", "factor": 0.6},
        {"what": "line_most", "where": "hyesan-daily/notebook", "value": 0},
    ]
    plan = service.json("/v1/plans", {"base_plan": short, "changes": changes}, Prefer="wait=60")
    assert plan["outcome"] == "optimal"
    return str(plan["id"])


def read_quotas(service: Service, plan: str) -> dict[tuple[str, str], float]:
    """Read the quotas of the small example, in which each item has one line."""
    rows = service.json(f"/v1/plans/{plan}/tables/quotas?limit=1000")["rows"]
    return {(row["item"], row["period"]): row["quantity"] for row in rows}


def agrees(text: str, change: float, amount: float) -> bool:
    """Tell whether a text says a change; one of less than 0.05 % is none."""
    if abs(change) < 5e-4 * abs(amount):
        return text in ("no change", "·", "")
    return shows_value(text.split("\u00a0")[0].split(" ")[0], change)


def test_quotas_stand_beside_those_of_the_other_plan(
    open_page: OpenPage, service: Service, short: str, scarce: str
) -> None:
    """Also quotas that only one of the plans has: the other one has 0."""
    now, before = read_quotas(service, scarce), read_quotas(service, short)
    names = {"Laundry soap 250 g": "soap", "Notebook": "notebook", "Potato starch": "starch"}
    months = {"January 2002": "2002-01", "February 2002": "2002-02"}
    page = open_page(f"#/factories?plan={scarce}&with={short}")
    page.wait_for_selector(ROW)
    assert find_violations(page) == []
    seen = {}
    for row in page.locator(ROW).all():
        _, _, item, month, quota, other, change, *_ = row.locator("th, td").all_inner_texts()
        key = names[item], months[month]
        seen[key] = change
        amounts = now.get(key, 0.0), before.get(key, 0.0)
        assert shows_value(quota.split("\u00a0")[0], amounts[0])
        assert shows_value(other.split("\u00a0")[0], amounts[1])
        assert agrees(change, amounts[0] - amounts[1], max(amounts)), (key, change)
    assert set(seen) == set(now) | set(before)
    assert seen["notebook", "2002-01"].startswith("−")
    assert f"of {len(now)}" in page.locator("[data-figure=shown] dd").first.inner_text()
    page.get_by_role("button", name="Change", exact=True).click()
    expect(page.locator(ROW).first.locator(".change")).to_contain_text("−")
    take_screenshot(page, "factories-change")


def test_quotas_of_another_problem_are_not_compared(open_page: OpenPage, plan: str, short: str) -> None:
    """A dash stands where the other plan cannot have a quota; what this plan cannot have is counted."""
    page = open_page(f"#/factories?plan={short}&with={plan}&item=soap")
    page.wait_for_selector(ROW)
    assert page.locator(f"{ROW} .change").first.inner_text() == "–"
    assert "lines, months or units that this plan does not have" in page.locator(".compared-note").inner_text()
    figures = page.locator(".figures")
    assert figures.locator("[data-figure=worth]").count() == 1
    assert figures.locator("[data-figure=changed], .change").count() == 0  # "no change" would be a figure of nothing
    page = open_page(f"#/by-hand?plan={short}&with={plan}&item=soap")
    assert page.locator(".by-hand-grid .change").first.inner_text() == "–"


def test_quotas_by_hand_show_the_differences(open_page: OpenPage, service: Service, short: str, scarce: str) -> None:
    now, before = read_quotas(service, scarce), read_quotas(service, short)
    page = open_page(f"#/by-hand?plan={scarce}&with={short}")
    for item, line in (("soap", "hyesan-daily/soap"), ("notebook", "hyesan-daily/notebook")):
        for period in ("2002-01", "2002-02"):
            cell = page.locator(f"tr[data-line='{line}'] td[data-period='{period}']")
            amounts = now.get((item, period), 0.0), before.get((item, period), 0.0)
            change = cell.locator(".change")
            text = change.inner_text() if change.count() else ""
            assert agrees(text, amounts[0] - amounts[1], max(amounts)), (item, period)
    assert find_violations(page) == []


def read_cell(page: Page, row: str, column: str) -> tuple[str, str]:
    """Read a cell of the differences: its change, and both amounts."""
    cell = page.locator(f".year-changes td[data-row='{row}'][data-column='{column}']")
    change, _, amounts = str(cell.get_attribute("title")).rpartition(": ")[2].partition(" (from ")
    return change, amounts


def test_sources_and_flows_show_the_differences(open_page: OpenPage, service: Service, short: str, scarce: str) -> None:
    """Both plans' amounts stand in a cell, for the county and the good of the bar."""
    page = open_page(f"#/year?plan={scarce}&with={short}&part=sources&county=kapsan&item=soap")
    page.wait_for_selector(".year-changes td")
    filters = "county=kapsan&item=soap&sort=period&columns=arrived,served"
    now, before = (service.columns(plan, "supply", filters) for plan in (scarce, short))
    for name in ("arrived", "served"):
        change, amounts = read_cell(page, name, "2002-01")
        assert agrees(change, now[name][0] - before[name][0], before[name][0])
        assert shows_value(amounts.split("\u00a0")[0], before[name][0])
        change, _ = read_cell(page, name, "plan")
        assert agrees(change, sum(now[name]) - sum(before[name]), sum(before[name]))
    assert find_violations(page) == []
    page.get_by_role("radio", name="Flows").check()
    page.wait_for_selector(".year-changes td[data-column=kapsan]")
    filters = "use=people&item=soap&to=kapsan&columns=source,quantity"
    made = []
    for plan in (scarce, short):
        table = service.columns(plan, "deliveries", filters)
        made.append(
            sum(
                amount for source, amount in zip(table["source"], table["quantity"], strict=True) if source == "factory"
            )
        )
    change, amounts = read_cell(page, "factories:hyesan", "kapsan")
    assert agrees(change, made[0] - made[1], made[1])
    assert shows_value(amounts.split("\u00a0")[0], made[1])
    assert find_violations(page) == []
    take_screenshot(page, "year-flows-change", full=True)


def test_electricity_and_quality_show_the_differences(
    open_page: OpenPage, service: Service, short: str, scarce: str
) -> None:
    page = open_page(f"#/year?plan={scarce}&with={short}&part=power")
    page.wait_for_selector(".heatmap td[data-row]")
    shares = []
    for plan in (scarce, short):
        rows = service.json(f"/v1/plans/{plan}/tables/power?limit=100")["rows"]
        shares.append(
            {(r["area"], r["period"]): (r["used_by_factories"] + r["used_by_rail"]) / r["limit"] for r in rows}
        )
    for (area, period), share in shares[0].items():
        cell = page.locator(f".heatmap td[data-row='{area}'][data-column='{period}']")
        assert agrees(cell.inner_text(), 100 * (share - shares[1][area, period]), 100), (area, period)
    page.get_by_role("button", name="Show as a table").click()
    assert "Use in the other plan" in page.locator(".figure thead").inner_text()
    assert find_violations(page) == []
    page.get_by_role("radio", name="Quality").check()
    cell = page.locator("tr[data-category=all] td").first
    expect(cell.locator(".change")).to_be_visible()
    means = [service.json(f"/v1/plans/{plan}")["summary"]["quality"]["quality"] for plan in (scarce, short)]
    assert shows_value(cell.locator(".change").inner_text(), means[0] - means[1])
    assert find_violations(page) == []


def test_what_the_other_plan_does_not_have_is_told(open_page: OpenPage, plan: str, short: str) -> None:
    page = open_page(f"#/year?plan={short}&with={plan}&part=sources&item=soap")
    expect(page.locator(".year-changes")).to_contain_text("does not have Laundry soap 250 g")
    page = open_page(f"#/year?plan={plan}&with={short}&part=flows&month=2002-09")
    expect(page.locator(".year-changes")).to_contain_text("no month in common")


def test_goods_are_chosen_once_on_the_map(open_page: OpenPage, short: str) -> None:
    """The bar has the only control; links to the map lead where they led."""
    page = open_page(f"#/map?plan={short}&county=kapsan&item=soap&month=2002-02&measure=shortage")
    good = page.get_by_label("Good", exact=True)
    expect(good).to_have_value("soap")
    assert page.locator("select option[value=soap]").count() == 1
    expect(page.locator("h1 + .lead")).to_contain_text("Laundry soap")
    expect(page.locator(".map-side h2")).to_contain_text("Kapsan")
    good.select_option("notebook")
    page.wait_for_url(f"**/#/map?plan={short}&county=kapsan&item=notebook&month=2002-02&measure=shortage")
    expect(page.locator("h1 + .lead")).to_contain_text("Notebook")

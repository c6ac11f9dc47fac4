"""The year view shows the figures of the tables."""

from collections import defaultdict
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Service, take_screenshot
from tests.browser.figures import shows_value

pytestmark = pytest.mark.browser


def test_every_cell_of_the_goods_agrees(open_page: OpenPage, service: Service, plan: str) -> None:
    table = service.columns(plan, "supply", "county=hyesan&columns=item,period,demand,shortage,price")
    missing = {(item, month): short for item, month, _, short, _ in _rows(table)}
    prices = {(item, month): price for item, month, _, _, price in _rows(table)}
    items = {item["id"]: item for item in service.json(f"/v1/plans/{plan}/problem")["items"]}
    few = {
        (item, month): 0.5 if items[item].get("whole_units") else 5e-4 * need
        for item, month, need, _, _ in _rows(table)
    }
    cheap = {(item, month): 1e-4 * items[item].get("value", 1) for item, month in prices}
    page = open_page(f"#/year?plan={plan}&county=hyesan&measure=shortage")
    _all_agree(page, missing, few)
    page.get_by_text("Shadow price", exact=True).click()
    _all_agree(page, prices, cheap)


def _rows(table: dict[str, list[Any]]) -> list[tuple[Any, ...]]:
    return [row for row in zip(*table.values(), strict=True) if row[2] > 0]


def _all_agree(
    page: Page, figures: dict[Any, float], negligible: dict[Any, float] | None = None, least: int = 900
) -> None:
    """Compare each cell with its figure; a cell says `nothing` where the figure is negligible."""
    page.wait_for_selector(".heatmap td[data-row]")
    cells = page.evaluate(
        "() => [...document.querySelectorAll('.heatmap td[data-row]')].filter((td) => td.dataset.column !== 'plan')"
        ".map((td) => [td.dataset.row, td.dataset.column, td.title || td.querySelector('a').title])"
    )
    assert len(cells) > least
    for item, month, title in cells:
        text, figure = title.rpartition(": ")[2], figures[item, month]
        agrees = (
            0 <= figure < negligible[item, month] if negligible and text == "nothing" else shows_value(text, figure)
        )
        assert agrees, (item, month, title)


def test_served_of_all_counties_agrees(open_page: OpenPage, service: Service, plan: str) -> None:
    need: dict[Any, float] = defaultdict(float)
    served: dict[Any, float] = defaultdict(float)
    for item, month, demand, got in _rows(service.columns(plan, "supply", "columns=item,period,demand,served")):
        need[item, month] += demand
        served[item, month] += got
    page = open_page(f"#/year?plan={plan}")
    _all_agree(page, {cell: served[cell] / need[cell] for cell in need})


@pytest.mark.parametrize("scarce", [False, True])
def test_every_cell_of_power_agrees(
    open_page: OpenPage, service: Service, plan: str, short: str, *, scarce: bool
) -> None:
    """Use against the limit and shadow price, by area and month; the legend shows the ends of the scale.

    In the normal year no electricity is scarce, so that all prices are 0, and the scale ends at 1 won.
    """
    plan, least = (short, 3) if scarce else (plan, 140)
    rows = list(
        zip(
            *service.columns(plan, "power", "columns=area,period,used_by_factories,used_by_rail,limit,price").values(),
            strict=True,
        )
    )
    used = {(area, month): (works + rail) / limit for area, month, works, rail, limit, _ in rows}
    prices = {(area, month): price for area, month, *_, price in rows}
    page = open_page(f"#/year?plan={plan}&part=power")
    _all_agree(page, used, least=least)
    expect(page.locator(".legend")).to_contain_text("share of the limit")
    page.get_by_text("Shadow price of one kWh", exact=True).last.click()
    _all_agree(page, prices, least=least)
    assert (max(prices.values()) > 0) == scarce
    assert shows_value(page.locator(".legend-ends span").last.inner_text(), max(prices.values()) or 1.0)


def test_a_cell_with_a_shortage_opens_its_bottlenecks(open_page: OpenPage, short: str) -> None:
    page = open_page(f"#/year?plan={short}&only=short")
    red = page.locator(".heatmap a").first
    red.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/#/bottlenecks?*county=*")


def test_power_agrees(open_page: OpenPage, service: Service, plan: str) -> None:
    page = open_page(f"#/year?plan={plan}&part=power&area=kapsan")
    page.get_by_role("button", name="Show as a table").click()
    rows = page.locator(".figure table tbody tr")
    power = service.columns(plan, "power", "area=kapsan&sort=period")
    expect(rows).to_have_count(12)
    for place in range(12):
        texts = rows.nth(place).locator("td").all_inner_texts()
        for text, name in zip(texts, ("used_by_factories", "used_by_rail", "limit", "price"), strict=True):
            assert shows_value(text, power[name][place])


def test_sources_balance_and_agree(open_page: OpenPage, service: Service, plan: str) -> None:
    table = service.columns(plan, "supply", "item=laundry-soap&county=hyesan&sort=period")
    assert len(table["item"]) == 12
    page = open_page(f"#/year?plan={plan}&part=sources&county=hyesan&item=laundry-soap")
    page.wait_for_selector(".figure canvas")
    take_screenshot(page, "year-sources-soap")
    page.get_by_role("button", name="Show as a table").click()
    head = page.locator(".figure table thead th").all_inner_texts()
    named = {"From the centre": "central", "Made locally": "made", "Needed": "demand", "Served": "served"}
    for place in range(12):
        texts = dict(
            zip(head[1:], page.locator(".figure tbody tr").nth(place).locator("td").all_inner_texts(), strict=True)
        )
        for heading, column in named.items():
            if heading in texts:
                assert shows_value(texts[heading], table[column][place]), (place, heading)


def test_flows_add_up_to_the_served_amounts(open_page: OpenPage, service: Service, plan: str) -> None:
    problem = service.json(f"/v1/plans/{plan}/problem")
    worth = {item["id"]: item.get("value", 1.0) for item in problem["items"] if item.get("kind", "good") == "good"}
    counties = {county["id"]: county["name"] for county in problem["counties"]}
    served: dict[str, float] = defaultdict(float)
    for county, item, amount in zip(
        *service.columns(plan, "supply", "columns=county,item,served").values(), strict=True
    ):
        served[counties.get(county, county)] += worth.get(item, 0.0) * amount
    page = open_page(f"#/year?plan={plan}&part=flows")
    page.wait_for_selector(".figure canvas")
    take_screenshot(page, "year-flows")
    page.get_by_role("button", name="Show as a table").click()
    rows = page.locator(".figure tbody tr").all()
    assert len(rows) == 12
    for row in rows:
        assert shows_value(row.locator("td").last.inner_text(), served[row.locator("th").inner_text()])


def test_quality_agrees_with_the_table(open_page: OpenPage, service: Service, plan: str) -> None:
    rows = service.json(f"/v1/plans/{plan}/tables/quality?limit=10000&county=kapsan")["rows"]
    goods = [row for row in rows if row["category"] == "foodstuffs" and row["source"] == "factory"]
    page = open_page(f"#/year?plan={plan}&part=quality&county=kapsan")
    page.wait_for_selector("tr[data-category=foodstuffs]")
    cell = page.locator("tr[data-category=foodstuffs] td").nth(1)
    assert shows_value(cell.inner_text(), goods[0]["quality"])
    summary = service.json(f"/v1/plans/{plan}")["summary"]["quality"]
    page = open_page(f"#/year?plan={plan}&part=quality")
    page.wait_for_selector("tr[data-category=all]")
    assert shows_value(page.locator("tr[data-category=all] td").first.inner_text(), summary["quality"])


def test_goods_show_the_change_against_another_plan(open_page: OpenPage, service: Service, short: str) -> None:
    changed = {"base_plan": short, "changes": [{"what": "power_limit", "factor": 2}]}
    other = service.json("/v1/plans", changed, Prefer="wait=60")["id"]

    def read_share(plan: str) -> float:
        rows = service.columns(plan, "supply", "item=soap")
        return float(sum(rows["served"]) / sum(rows["demand"]))

    page = open_page(f"#/year?plan={other}&with={short}")
    expect(page.get_by_role("radio", name="Change")).to_be_checked()
    cell = page.locator(".heatmap tbody tr", has_text="Laundry soap").locator("td").last
    assert read_share(other) > read_share(short)
    assert shows_value(cell.inner_text(), 100 * (read_share(other) - read_share(short)))
    page.get_by_label("Compared with", exact=True).select_option("")
    expect(page.get_by_role("radio", name="Served", exact=True)).to_be_checked()


def test_rows_of_the_heat_map_are_copied_as_seen(open_page: OpenPage, short: str) -> None:
    """The text has the headings and what the cells show, without what only screen readers get."""
    page = open_page(f"#/year?plan={short}&measure=served")
    page.context.grant_permissions(["clipboard-read"])
    rows = page.locator(".heatmap tbody tr")
    expect(rows.nth(3)).to_be_visible()
    shown = rows.evaluate_all(
        "(all) => all.slice(1, 4).map((row) => [...row.cells].map((cell) => {"
        "  const copy = cell.cloneNode(true);"
        "  copy.querySelectorAll('.visually-hidden').forEach((one) => one.remove());"
        "  return copy.textContent;"
        "}))"
    )
    page.evaluate(
        "() => { const [, first, , last] = document.querySelectorAll('.heatmap tbody tr');"
        "  getSelection().setBaseAndExtent(first, 0, last, last.childNodes.length); }"
    )
    page.keyboard.press("Control+c")
    lines = [line.split("\t") for line in page.evaluate("() => navigator.clipboard.readText()").split("\n")]
    assert lines == [["Item", "Jan", "Feb", "Whole plan"], *shown]
    assert len(shown[0]) == 4

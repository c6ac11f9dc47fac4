"""The map shows the figures of the tables."""

from collections import Counter, defaultdict
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, OpenPage, Service, find_violations, take_screenshot
from tests.browser.figures import shows_value

pytestmark = pytest.mark.browser

Sums = dict[tuple[str, str], float]


def by_county(service: Service, plan: str, problem: dict[str, Any], column: str) -> Sums:
    """Won's worth by county and month; the month `all` is the whole plan."""
    worth = {item["id"]: item.get("value", 1.0) for item in problem["items"] if item.get("kind", "good") == "good"}
    table = service.columns(plan, "supply", f"columns=county,item,period,{column}")
    sums: Sums = defaultdict(float)
    for county, item, period, amount in zip(*table.values(), strict=True):
        if item in worth:
            sums[county, period] += worth[item] * amount
            sums[county, "all"] += worth[item] * amount
    return sums


@pytest.fixture(scope="module")
def problem(service: Service, plan: str) -> dict[str, Any]:
    found: dict[str, Any] = service.json(f"/v1/plans/{plan}/problem")
    return found


@pytest.mark.parametrize("month", ["all", "2002-04"])
def test_served_and_missing_agree_with_the_tables(
    open_page: OpenPage, service: Service, plan: str, problem: dict[str, Any], month: str
) -> None:
    where = f"#/map?plan={plan}" + ("" if month == "all" else f"&month={month}")
    need, served, short = (by_county(service, plan, problem, name) for name in ("demand", "served", "shortage"))
    people = {county["id"]: county["population"]["people"] for county in problem["counties"]}
    page = open_page(where)
    for county, count in people.items():
        text = page.locator(f"[data-county='{county}']").inner_text()
        assert shows_value(text, served[county, month] / need[county, month]), county
        assert page.locator(f"[data-place='{county}']").get_attribute("data-figure") == text
        assert count > 0
    page.get_by_text("Shortage", exact=True).first.click()
    for county, count in people.items():
        assert shows_value(page.locator(f"[data-county='{county}']").inner_text(), short[county, month] / count), county
    if month == "all":
        summary = {row["key"]: row for row in service.json(f"/v1/plans/{plan}")["summary"]["by_county"]}
        assert all(abs(need[county, "all"] - summary[county]["demand"]) < 1e-3 for county in people)


def test_links_and_prices_agree_with_the_tables(open_page: OpenPage, service: Service, plan: str) -> None:
    page = open_page(f"#/map?plan={plan}&month=2002-04&measure=price")
    table = service.columns(plan, "capacity", "rule=link&period=2002-04&columns=id,used")
    tonnes: dict[str, float] = defaultdict(float)
    for link, used in zip(table["id"], table["used"], strict=True):
        tonnes[link] += used
    drawn = page.locator(".map-link").all()
    assert len(drawn) > 20
    for line in drawn:
        assert float(line.get_attribute("data-tonnes") or "nan") == pytest.approx(
            tonnes[line.get_attribute("data-link") or ""], rel=1e-9
        )
    power = service.columns(plan, "power", "period=2002-04&columns=area,price")
    for area, price in zip(power["area"], power["price"], strict=True):
        assert shows_value(page.locator(f"[data-county='{area}']").inner_text(), price)


def test_the_tables_of_links_and_gateways_agree(
    open_page: OpenPage, service: Service, plan: str, problem: dict[str, Any]
) -> None:
    """Flows on links, central deliveries and swaps of one month agree with the tables of the plan."""
    page = open_page(f"#/map?plan={plan}&month=2002-04")
    page.get_by_text("Links, gateways and neighbours in tables").click()
    table = service.columns(plan, "capacity", "rule=link&period=2002-04&columns=id,used,limit")
    ways: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for link, used, limit in zip(*table.values(), strict=True):
        ways[link].append((used, limit))
    links, gateways, partners = (
        section.locator("tbody tr").all() for section in page.locator(".map-tables section").all()
    )
    assert len(links) == len(problem["links"])
    for line, link in zip(links, problem["links"], strict=True):
        tonnes, fullness = line.locator("td").all_inner_texts()[1:]
        assert shows_value(tonnes, sum(used for used, _ in ways[link["id"]]))
        if shares := [used / limit for used, limit in ways[link["id"]] if limit > 0]:
            assert shows_value(fullness, max(shares))
    handed = by_county(service, plan, problem, "central")
    for line, gateway in zip(gateways, problem["supply_shares"]["gateways"], strict=True):
        assert shows_value(line.locator("td").inner_text(), handed[gateway, "2002-04"])
    worth = {item["id"]: item.get("value", 1.0) for item in problem["items"]}
    swaps: dict[tuple[str, str], float] = defaultdict(float)
    rows = service.columns(plan, "swaps", "period=2002-04&columns=partner,item,given,taken")
    for partner, item, given, taken in zip(*rows.values(), strict=True):
        swaps[partner, "given"] += worth[item] * given
        swaps[partner, "taken"] += worth[item] * taken
    for line, partner in zip(partners, problem["partners"], strict=True):
        given, taken = line.locator("td").all_inner_texts()[1:]
        assert shows_value(given, swaps[partner["id"], "given"])
        assert shows_value(taken, swaps[partner["id"], "taken"])


def test_a_county_opens_its_bottlenecks(open_page: OpenPage, service: Service, short: str) -> None:
    lacks = by_county(service, short, service.json(f"/v1/plans/{short}/problem"), "shortage")
    county = max({place for place, month in lacks if month == "all"}, key=lambda place: lacks[place, "all"])
    page = open_page(f"#/map?plan={short}")
    page.locator(f".map-county[data-place='{county}']").focus()
    page.keyboard.press("Enter")
    expect(page.locator(f".map-county[data-place='{county}']")).to_have_attribute("aria-pressed", "true")
    side = page.locator(".map-side")
    expect(side).to_contain_text("people")
    expect(side.get_by_text("Factories (")).to_be_visible()
    assert shows_value(side.locator("[data-figure=shortage] dd").inner_text(), lacks[county, "all"])
    first = side.locator("tr[data-item]").first
    item = first.get_attribute("data-item") or ""
    missing = service.columns(short, "supply", f"county={county}&item={item}&columns=shortage")["shortage"]
    assert shows_value(first.locator("td").nth(1).inner_text(), sum(missing))
    take_screenshot(page, "map-county", full=True)
    first.get_by_role("link").click()
    page.wait_for_url("**/#/bottlenecks?*")
    assert f"county={county}" in page.url
    assert f"item={item}" in page.url
    page.go_back()
    expect(page.locator(".map-side h2").first).not_to_have_text("Counties")
    page.go_back()
    expect(page.locator(".map-side h2").first).to_have_text("Counties")


def test_the_months_play(open_page: OpenPage, plan: str) -> None:
    page = open_page(f"#/map?plan={plan}")
    page.get_by_role("button", name="Play").click()
    expect(page.locator(".map-month")).to_have_text("January 2002")
    expect(page.locator(".map-month")).to_have_text("February 2002")
    page.get_by_role("button", name="Pause").click()
    slider = page.get_by_role("slider")
    slider.focus()
    page.keyboard.press("End")
    expect(page.locator(".map-month")).to_have_text("December 2002")
    expect(slider).to_have_attribute("aria-valuetext", "December 2002")
    assert "month=2002-12" in page.url


def test_dots_and_names_open_their_county(open_page: OpenPage, plan: str, problem: dict[str, Any]) -> None:
    """The pointer at the middle of every dot and name meets that county, whatever lies below, and a click selects it."""
    page = open_page(f"#/map?plan={plan}")
    met = page.evaluate(
        """() => [...document.querySelectorAll("circle[data-county-mark], [data-county-mark] text")].map((one) => {
            const { x, y, width, height } = one.getBoundingClientRect();
            const top = document.elementFromPoint(x + width / 2, y + height / 2);
            const [wanted, found] = [one, top].map((element) => element.closest("[data-county-mark]"));
            return [wanted.dataset.countyMark, found?.dataset.countyMark];
        })"""
    )
    assert sorted(met) == sorted([county["id"]] * 2 for county in problem["counties"] for _ in range(2))
    for mark, county in (("circle[data-county-mark='{}']", "kapsan"), ("[data-county-mark='{}'] text", "paegam")):
        spot = page.locator(mark.format(county)).bounding_box()
        assert spot is not None
        page.mouse.click(spot["x"] + spot["width"] / 2, spot["y"] + spot["height"] / 2)
        expect(page.locator(f".map-county[data-place='{county}']")).to_have_attribute("aria-pressed", "true")
        assert f"county={county}" in page.url


@pytest.mark.parametrize("locale", ["en-GB", "ko-KR"])
def test_a_phone_names_all_counties(open_page: OpenPage, plan: str, problem: dict[str, Any], locale: str) -> None:
    page = open_page(f"#/map?plan={plan}", size=NARROW, locale=locale)
    names = page.locator(".map-county-label .map-name").all_text_contents()
    assert len(set(names)) == len(names) == len(problem["counties"])


def test_the_outline_of_the_province_and_its_neighbours(open_page: OpenPage, plan: str, short: str) -> None:
    """Counties of Ryanggang are clipped by its outline, with the source named; two counties elsewhere have none."""
    page = open_page(f"#/map?plan={plan}")
    assert page.locator(".map-neighbour").count() >= 8
    assert page.locator(".map-outline").count() == 1
    expect(page.locator(".map-card")).to_contain_text("Natural Earth, public domain")
    before = page.locator(".map-name").first.bounding_box()
    page.get_by_role("button", name="Zoom in").click()
    assert "scale(1.6)" in (page.locator(".map-content").get_attribute("transform") or "")
    after = page.locator(".map-name").first.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(before["height"] - after["height"]) < 1, "names keep their size"
    page.get_by_role("button", name="Show the whole province").click()
    assert "scale(1)" in (page.locator(".map-content").get_attribute("transform") or "")
    page.locator("circle[data-county-mark=kapsan]").hover()
    expect(page.locator(".map-hover")).to_contain_text("Kapsan County")


def test_a_link_says_what_moves_over_it(open_page: OpenPage, service: Service, plan: str) -> None:
    """A click near a link opens its items, tonnes and worth; so does its name in the table."""
    page = open_page(f"#/map?plan={plan}&month=2002-04")
    link = "kilju-to-paegam-chongnyon"
    line = page.locator(f"[data-link={link}] .map-link-reach").bounding_box()
    assert line is not None
    page.mouse.click(line["x"] + line["width"] / 2, line["y"] + line["height"] / 2)
    side = page.locator(".map-side")
    row = side.locator("[data-moved]").first
    table = service.columns(plan, "shipments", f"link={link}&period=2002-04&columns=to,item,quantity")
    moved: dict[tuple[str, str], float] = defaultdict(float)
    for to, item, quantity in zip(*table.values(), strict=True):
        moved[item, to] += quantity
    item = row.get_attribute("data-moved") or ""
    assert any(shows_value(row.locator("td").nth(1).inner_text(), moved[one]) for one in moved if one[0] == item)
    assert f"link={link}" in page.url
    page.get_by_role("button", name="Close").click()
    expect(side.locator("h2").first).to_have_text("Counties")
    page.get_by_text("Links, gateways and neighbours in tables").click()
    page.locator(".map-tables").get_by_role("button").first.click()
    expect(side.locator("h2").first).not_to_have_text("Counties")


def test_months_side_by_side(open_page: OpenPage, plan: str) -> None:
    page = open_page(f"#/map?plan={plan}&layout=months", locale="ko-KR")
    assert page.locator(".map-small").count() == 12
    assert find_violations(page) == []
    page.locator(".map-small[data-month='2002-04']").click()
    expect(page.locator(".map-month")).to_have_text("2002년 4월")
    assert "month=2002-04" in page.url
    assert page.locator(".map-county").count() == 12


def test_map_and_bottlenecks_show_the_change_against_another_plan(
    open_page: OpenPage, service: Service, short: str
) -> None:
    changed = {"base_plan": short, "changes": [{"what": "power_limit", "factor": 1.2}]}
    other = service.json("/v1/plans", changed, Prefer="wait=60")["id"]
    shares = [
        {row["key"]: row["share"] for row in service.json(f"/v1/plans/{one}")["summary"]["by_county"]}
        for one in (other, short)
    ]
    page = open_page(f"#/map?plan={other}&with={short}")
    expect(page.get_by_role("radio", name="Change", exact=True)).to_be_checked()
    changes = {county: 100 * (share - shares[1][county]) for county, share in shares[0].items()}
    assert max(changes.values()) > 1
    for county, change in changes.items():
        text = page.locator(f"[data-county='{county}']").inner_text()
        if abs(change) < 0.01:
            assert text in ("no change", "less than +0.01 points", "less than −0.01 points"), county
        else:
            assert shows_value(text.removesuffix(" points"), change), county
    assert find_violations(page) == []
    take_screenshot(page, "map-change")
    missing: Counter[str] = Counter()
    for one, sign in ((other, 1), (short, -1)):
        for row in service.json(f"/v1/plans/{one}/tables/supply?limit=1000")["rows"]:
            missing[row["item"]] += sign * (row["demand"] - row["served"])
    item = max(missing, key=lambda one: abs(missing[one]))
    assert missing[item]
    page.get_by_role("link", name="Bottlenecks", exact=True).click()
    row = page.locator(f"summary[data-key={item}]")
    text = row.locator(".change").inner_text()
    assert shows_value(text.split()[0], missing[item])
    assert find_violations(page) == []
    take_screenshot(page, "bottlenecks-change")
    page.get_by_label("Compared with", exact=True).select_option("")
    expect(row.locator(".change")).to_have_count(0)

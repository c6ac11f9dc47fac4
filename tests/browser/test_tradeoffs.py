"""Curves, grids of two limits, ordered goals and the cost of equity on the page, with the figures of the API."""

import pytest
from playwright.sync_api import expect

from models.examples import two_counties_raw
from tests.browser.conftest import OpenPage, Service, find_violations
from tests.browser.figures import shows_value

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_curve_shows_the_served_share_along_a_limit(open_page: OpenPage, service: Service, short: str) -> None:
    body = {"change": {"what": "power_limit", "factor": 1}, "start": 0.0, "end": 1.5}
    points = service.json(f"/v1/plans/{short}/curve", body)["points"]
    page = open_page(f"#/what-if?plan={short}&curve=power")
    page.get_by_role("button", name="Show as a table").click()
    rows = page.locator(".curve tbody tr")
    assert rows.count() == len(points) > 5
    for row, point in zip(rows.all(), points, strict=True):
        assert shows_value(row.locator("td").first.inner_text(), point["served_share"])
    assert find_violations(page) == []


def test_a_grid_shows_the_served_share_of_pairs_of_limits(open_page: OpenPage, service: Service, short: str) -> None:
    """Each cell agrees with the API, and opens its pair; a second visit of the URL draws the grid again."""
    factors = [0.4, 0.6, 0.8, 1, 1.2]
    axes = [{"change": {"what": what, "factor": 1}, "values": factors} for what in ("power_limit", "central_share")]
    cells = service.json(f"/v1/plans/{short}/grid", {"first": axes[0], "second": axes[1]})["cells"]
    page = open_page(f"#/what-if?plan={short}")
    page.get_by_role("button", name="Draw the grid").click()
    page.wait_for_url("**grid=power%2Ccentral*")
    for cell in cells:
        place = f".grid-card td[data-row='{cell['first']:g}'][data-column='{cell['second']:g}'] a"
        text = str(page.locator(place).get_attribute("title")).rpartition(": ")[2]
        share, objective = text.split(" served, objective ")
        assert shows_value(share, cell["served_share"])
        assert shows_value(objective, cell["objective"])
    assert find_violations(page) == []
    page.locator(".grid-card td[data-row='0.6'][data-column='1.2'] a").click()
    page.wait_for_url("**power=0.6&central=1.2*")
    expect(page.locator("input[name=power]")).to_have_value("60")


def test_the_page_tells_what_each_goal_gave_up(open_page: OpenPage, service: Service) -> None:
    """The values are those of the plan, in the unit of each goal; the button solves each goal by itself."""
    problem = two_counties_raw()
    goals = [
        {"goal": "worst_fulfilment", "tolerance": 0.05},
        {"goal": "shortage", "of": {"item": ["notebook"]}},
        "shortage",
        "cost",
    ]
    problem["policy"] = {**problem.get("policy", {}), "goals": goals}
    plan = service.json("/v1/plans", {"problem": problem}, Prefer="wait=60")
    page = open_page(f"#/bottlenecks?plan={plan['id']}")
    rows = page.locator(".goals tbody tr")
    expect(rows).to_have_count(4)
    assert rows.locator("th").all_inner_texts() == [
        "1. Smallest served share of a good in a county",
        "2. Weighted shortage: item Notebook",
        "3. Weighted shortage",
        "4. Cost",
    ]
    for row, result in zip(rows.all(), plan["objective"]["goals"], strict=True):
        assert shows_value(row.locator("td").first.inner_text(), result["final_value"])
    page.get_by_role("button", name="What did each goal give up?").click()
    expect(rows.first.locator("td")).to_have_count(3)
    for row, goal in zip(rows.all(), service.json(f"/v1/plans/{plan['id']}/goals")["goals"], strict=True):
        _, alone, given_up = row.locator("td").all_inner_texts()
        if abs(goal["unconstrained_value"]) < 0.005:
            assert alone.startswith("0")
        else:
            assert shows_value(alone, goal["unconstrained_value"])
        if goal["loss_to_earlier_goals"] < 1e-6:
            assert given_up == "nothing"
        else:
            assert shows_value(given_up, goal["loss_to_earlier_goals"])
    assert find_violations(page) == []


def test_the_page_tells_what_equity_costs(open_page: OpenPage, service: Service, short: str) -> None:
    """The card shows the inequality of the plan; its button solves the plan without fairness."""
    page = open_page(f"#/bottlenecks?plan={short}")
    summary = service.json(f"/v1/plans/{short}")["summary"]
    spread = summary["greatest_spread"]
    assert shows_value(page.locator("[data-figure=gini] dd").inner_text(), summary["gini"])
    assert shows_value(page.locator("[data-figure=spread] dd").inner_text(), spread["spread"])
    button = page.get_by_role("button", name="What does equity cost?")
    button.click()
    price = service.json(f"/v1/plans/{short}/equity?price=true")["price"]
    expect(page.locator("[data-figure=price-of-equity]")).to_be_visible()
    assert shows_value(page.locator("[data-figure=price-of-equity] dd").inner_text(), price["price"])
    for row, name in (("served", "served_share"), ("gini", "gini"), ("objective", "objective")):
        fair, plain = page.locator(f"tr[data-row={row}] td").all_inner_texts()
        assert shows_value(fair, price["fair"][name])
        assert shows_value(plain, price["plain"][name])
    expect(button).to_be_disabled()
    assert find_violations(page) == []

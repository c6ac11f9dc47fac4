"""Studies, backtests and ranges: from the form to a run that opens as a plan, with the figures of the API."""

import re
import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, WIDE, OpenPage, Service, find_violations, measure_overflow, plan_two_counties
from tests.browser.contexts import wait_until_settled
from tests.browser.figures import expect_value, shows_value
from tests.browser.test_accessibility import find_clipped_texts

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FACTORS = [
    {
        "name": "power",
        "changes": [{"what": "power_limit"}],
        "distribution": {"kind": "uniform", "low": 0.75, "high": 1.25},
    },
    {
        "name": "deliveries",
        "changes": [{"what": "delivered"}],
        "distribution": {"kind": "uniform", "low": 0.6, "high": 1.0},
    },
]


def wait_until_finished(service: Service, path: str) -> dict[str, Any]:
    """Read an analysis or a plan until it is finished."""
    for _ in range(600):
        found: dict[str, Any] = service.json(path)
        if found["status"] == "finished":
            return found
        assert found["status"] in {"queued", "running"}, found
        time.sleep(0.1)
    return pytest.fail(f"{path} is not finished after a minute")


def read_rows(service: Service, path: str, table: str) -> list[dict[str, Any]]:
    """Read the rows of a table of an analysis."""
    rows: list[dict[str, Any]] = service.json(f"{path}/tables/{table}?limit=10000")["rows"]
    return rows


@pytest.fixture(scope="module")
def study(service: Service, short: str) -> dict[str, Any]:
    """A finished study of the small plan, with a lever."""
    body = {
        "base": {"plan": short},
        "factors": FACTORS,
        "levers": [{"name": "more-power", "changes": [{"what": "power_limit", "factor": 1.1}]}],
        "design": {"kind": "sobol", "size": 32, "seed": 1},
        "outcomes": [{"outcome": "served_share", "of": {"priority": [1]}}],
        "thresholds": [{"outcome": "served_share", "least": 0.75}],
        "keep": "tables",
    }
    started = service.json("/v1/studies", body)
    return wait_until_finished(service, f"/v1/studies/{started['id']}")


def open_study(open_page: OpenPage, short: str, study: dict[str, Any], size: tuple[int, int], **look: Any) -> Page:
    """Open the page of a study and wait for its map, which comes last."""
    page = open_page(f"#/study?plan={short}&study={study['id']}", size, **look)
    page.wait_for_selector(".study-map .map-county")
    wait_until_settled(page)
    return page


@pytest.mark.parametrize(
    ("size", "look"),
    [(WIDE, {"dark": False, "locale": "ko-KR"}), (NARROW, {"dark": True, "locale": "en-GB"})],
    ids=["wide-light-korean", "narrow-dark-english"],
)
def test_a_study_is_accessible(
    open_page: OpenPage, short: str, study: dict[str, Any], size: tuple[int, int], look: dict[str, Any]
) -> None:
    """In both colour schemes axe finds no serious violation of the result, and nothing overflows."""
    page = open_study(open_page, short, study, size, **look)
    assert measure_overflow(page) <= 0
    assert find_clipped_texts(page) == []
    assert find_violations(page) == []
    if look["dark"]:
        colour = "() => document.querySelector('.study-map .map-county').style.fill"
        dark = page.evaluate(colour)
        page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
        page.wait_for_function(f"(dark) => ({colour})() !== dark", arg=dark)


def test_figures_of_a_study_are_those_of_the_api(
    open_page: OpenPage, service: Service, short: str, study: dict[str, Any]
) -> None:
    """Probability, fan, counties and regret show the tables, for the lever that is chosen."""
    path = f"/v1/studies/{study['id']}"
    page = open_study(open_page, short, study, WIDE)
    page.get_by_label("Lever", exact=True).select_option("more-power")
    (threshold,) = [one for one in study["thresholds"] if one["lever"] == "more-power"]
    expect_value(page.locator("[data-figure=probability] dd"), threshold["probability"])
    fan = page.locator("[data-figure=fan]")
    fan.get_by_role("button", name="Show as a table").click()
    periods = [row for row in read_rows(service, path, "periods") if row["lever"] == "more-power"]
    for k, row in enumerate(periods):
        expect_value(fan.locator("tbody tr").nth(k).locator("td").nth(2), row["p50"])
    runs = {row["run"]: row for row in read_rows(service, path, "runs") if row["lever"] == "more-power"}
    served = [row for row in read_rows(service, path, "run_counties") if row["run"] in runs]
    kapsan = [row["served_share"] for row in served if row["county"] == "kapsan"]
    page.locator("input[name=below]").fill("0.7")
    figure = page.locator("[data-place=kapsan]").get_attribute("data-figure") or ""
    assert shows_value(figure, sum(share < 0.7 for share in kapsan) / len(kapsan))
    regret = page.locator("[data-figure=regret]")
    regret.get_by_role("button", name="Show as a table").click()
    expect(regret.locator("tbody tr")).to_have_count(2)
    expect(page.locator("[data-figure=scatter] [data-run]")).to_have_count(len(runs))


def test_a_run_is_chosen_by_keyboard_and_opens_as_a_plan(
    open_page: OpenPage, service: Service, short: str, study: dict[str, Any]
) -> None:
    page = open_study(open_page, short, study, WIDE)
    page.locator("[data-figure=scatter] [data-run][tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    chosen = page.locator("[data-run][aria-pressed=true]")
    expect(chosen).to_be_focused()
    run = int(chosen.get_attribute("data-run") or "")
    page.get_by_role("button", name="Open as a plan").click()
    page.wait_for_url(re.compile(r"#/(briefing|start)\?plan="))  # a plan that takes long is followed at the start
    opened = page.url.partition("plan=")[2].partition("&")[0]
    wait_until_finished(service, f"/v1/plans/{opened}")
    rows = read_rows(service, f"/v1/studies/{study['id']}", "runs")
    (row,) = [row for row in rows if row["run"] == run]
    assert row["plan"] == opened
    assert service.json(f"/v1/plans/{opened}")["summary"]["served_share"] == pytest.approx(
        row["served_share"], abs=0.01
    )


def test_a_study_begins_with_plain_choices(open_page: OpenPage, service: Service, short: str) -> None:
    """The form sends what it shows; the study is in the list and in the finder."""
    page = open_page(f"#/study?plan={short}")
    page.get_by_label("To 125% of the plan").fill("1.1")
    page.get_by_label("Draws").select_option("32")
    page.reload()
    expect(page.get_by_label("To 110% of the plan")).to_be_visible()  # what the form states is kept
    requested: list[str] = []
    page.on("request", lambda sent: requested.append(sent.url.removeprefix(service.address)))
    page.get_by_role("button", name="Start the study").click()
    page.wait_for_url("**study=*")
    page.wait_for_selector("[data-figure=fan]")
    started = page.url.partition("study=")[2]
    assert requested.count(f"/v1/studies/{started}/events") == 1
    assert requested.count(f"/v1/studies/{started}") <= 3
    request = service.json(f"/v1/studies/{started}")["request"]
    assert [factor["name"] for factor in request["factors"]] == ["power", "deliveries", "rail"]
    assert request["factors"][0]["distribution"]["high"] == 1.1
    page.get_by_role("link", name="All studies").click()
    expect(page.locator(f".analyses a[href*='{started}']")).to_be_visible()
    page.keyboard.press("Control+k")
    page.locator("dialog").get_by_role("combobox").fill("study of")
    expect(page.locator("dialog").get_by_role("option").first).to_contain_text("Finished")


def test_what_is_left_open(open_page: OpenPage, service: Service) -> None:
    """The briefing shows ranges once they were asked for, also when it is opened again, and other plans."""
    own = plan_two_counties(service)
    page = open_page(f"#/briefing?plan={own}")
    page.get_by_role("button", name="What is left open").click()
    page.get_by_role("button", name="Find the ranges").click()
    rows = page.locator(".range-bars tbody tr")
    expect(rows.first).to_be_visible()
    (entry,) = service.json(f"/v1/ranges?base_plan={own}")["analyses"]
    ranges = service.json(f"/v1/ranges/{entry['id']}")["ranges"]
    assert rows.count() * 2 == len(ranges)
    expect_value(rows.first.locator("td.number").first, ranges[0]["least"])
    page.get_by_role("button", name="Find other plans as good").click()
    expect(page.locator(".alternatives > li")).to_have_count(3)
    assert find_violations(page) == []
    page.goto(f"/#/map?plan={own}")
    page.get_by_role("link", name="Briefing", exact=True).click()
    expect(rows.first).to_be_visible()
    page.locator(".alternatives").get_by_role("link", name="Compare: Other plan 1").click()
    expect(page.locator(".plan-columns").first).to_be_visible()


def test_a_backtest_compares_ways_of_planning(open_page: OpenPage, service: Service, short: str) -> None:
    page = open_page(f"#/study?plan={short}&part=backtests")
    page.get_by_label("Drawn years").select_option("5")
    page.get_by_role("button", name="Start the backtest").click()
    expect(page.locator("[data-policy]")).to_have_count(3, timeout=60_000)
    backtest = service.json(f"/v1/backtests/{page.url.partition('backtest=')[2]}")
    rows = page.locator(".backtest-table tbody tr")
    for k, policy in enumerate(backtest["policies"]):
        expect_value(rows.nth(k).locator("td").first, policy["cost_mean"])
    assert find_violations(page) == []
    assert measure_overflow(page) <= 0


def test_the_form_states_distributions_that_move_together(open_page: OpenPage, service: Service, short: str) -> None:
    """Values of past years and a list with chances, a pair of factors, and further draws; wrong values are not sent."""
    page = open_page(f"#/study?plan={short}")
    rows = page.locator(".study-form .study-factors").first.locator("li")
    rows.nth(0).get_by_label("How likely").select_option("empirical")
    values = rows.nth(0).get_by_label("Values of past years")
    expect(values).to_have_value("75 100 125")
    values.fill("82 95 many")
    expect(rows.nth(0).get_by_role("status")).to_contain_text("Write numbers")
    page.get_by_role("button", name="Start the study").click()
    expect(values).to_be_focused()
    values.fill("82 95 101")
    rows.nth(1).get_by_label("How likely").select_option("list")
    rows.nth(1).get_by_label("Values in %").fill("60: 20, 100: 80")
    page.get_by_role("button", name="Add a pair").click()
    page.get_by_label("Move loosely together").fill("0.8")
    page.get_by_label("Solve more runs where most is left open").check()
    page.get_by_label("Further runs at most").select_option("16")
    page.get_by_label("Draws", exact=True).select_option("32")
    assert find_violations(page) == []
    assert measure_overflow(page) <= 0
    page.get_by_role("button", name="Start the study").click()
    page.wait_for_url("**study=*")
    request = service.json(f"/v1/studies/{page.url.partition('study=')[2]}")["request"]
    power, deliveries = (factor["distribution"] for factor in request["factors"][:2])
    assert power == {"kind": "empirical", "values": [0.82, 0.95, 1.01]}
    assert deliveries == {"kind": "list", "values": [0.6, 1.0], "probabilities": [0.2, 0.8]}
    assert request["rank_correlation"] == [{"factors": ["power", "deliveries"], "value": 0.8}]
    assert request["adaptive"] == {"max_runs": 16}


def test_bounds_follow_the_sliders(open_page: OpenPage, service: Service, short: str, study: dict[str, Any]) -> None:
    """At any point the page shows the bounds of the API, for the lever that is shown."""
    page = open_study(open_page, short, study, NARROW)
    bounds = page.locator("[data-figure=bounds]")
    page.locator("input[name=bounds-power]").fill("0.9")
    page.locator("input[name=bounds-deliveries]").fill("0.8")
    point = {name: float(page.locator(f"input[name=bounds-{name}]").input_value()) for name in ("power", "deliveries")}
    (truth,) = service.json(f"/v1/studies/{study['id']}/bounds", {"points": [point]})["bounds"]
    expect_value(bounds, truth["lower_bound"])
    assert find_violations(page) == []
    assert measure_overflow(page) <= 0

"""What-if, bottlenecks and compare in a browser; the figures are those of the API."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenPage, Service, find_violations, take_screenshot
from tests.browser.contexts import PageMonitor, wait_until_settled
from tests.browser.figures import shows_value

pytestmark = [pytest.mark.browser, pytest.mark.slow]


CELL = "county=hyesan&item=notebook&period=2002-02"


def wait_for_result(page: Page) -> None:
    """Wait for the result beside the plan."""
    page.wait_for_selector(".result-card:not([aria-busy]) .comparison")


def test_a_slider_shows_the_result_beside_the_plan(open_page: OpenPage, service: Service, short: str) -> None:
    """A slider moved by keyboard changes the URL; the page shows the figures of the API and explains the result."""
    page = open_page(f"#/what-if?plan={short}")
    assert page.get_by_text("There are no changes yet").is_visible()
    page.get_by_label("Electricity, all areas").focus()
    for _ in range(20):
        page.keyboard.press("ArrowLeft")
    wait_for_result(page)
    assert "power=0.8" in page.url
    truth = service.json(f"/v1/plans/{short}/what-if", {"changes": [{"what": "power_limit", "factor": 0.8}]})
    for name, (before, after) in (("served", truth["served_share"]), ("objective", truth["objective"])):
        figure = page.locator(f"[data-figure={name}]")
        assert shows_value(figure.locator(".before").inner_text(), before)
        assert shows_value(figure.locator("strong").inner_text(), after)
        assert shows_value(figure.locator(".tag").inner_text(), after - before)
    shares = {row["key"]: row for row in truth["by_county"]}
    for row in page.locator("table[data-by=county] tbody tr").all():
        share = shares[str(row.get_attribute("data-key"))]
        cells = row.locator("td").all_inner_texts()
        assert shows_value(cells[0], share["before"])
        assert shows_value(cells[1], share["after"])
    assert "Hyesan loses most" in page.locator(".sentences").first.inner_text()
    assert "Electricity of Hyesan, January 2002" in page.locator(".explanation").inner_text()
    take_screenshot(page, "what-if", full=True)


def test_the_url_contains_the_changes(open_page: OpenPage, short: str) -> None:
    """Several changes in the URL are solved step by step; a reset clears them."""
    page = open_page(f"#/what-if?plan={short}&power.hyesan=0.5&central=0.9")
    wait_for_result(page)
    assert page.locator("table.steps tbody tr").count() == 2
    assert page.get_by_label("Central share", exact=True).input_value() == "90"
    page.get_by_role("button", name="Reset all changes").click()
    expect(page.get_by_text("There are no changes yet")).to_be_visible()
    assert "power" not in page.url


def test_only_the_last_query_is_solved(open_page: OpenPage, short: str) -> None:
    """A newer query cancels the older ones, and few are sent."""
    page = open_page(f"#/what-if?plan={short}")
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url) if request.url.endswith("/what-if") else None)
    page.get_by_label("Population").focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    wait_for_result(page)
    assert page.locator(".applied-changes strong").inner_text() == "Population: to 110%"
    assert len(requests) <= 2


def hold_requests(page: Page, name: str) -> list[Route]:
    """Hold requests of a kind until the test continues them."""
    waiting: list[Route] = []
    page.route(f"**/{name}", lambda route: waiting.append(route))
    return waiting


def wait_until(page: Page, is_met: Callable[[], bool]) -> None:
    """Wait until a condition is met, while the page reports its requests."""
    for _ in range(600):
        if is_met():
            return
        page.wait_for_timeout(50)
    pytest.fail("the condition is not met after 30 seconds")


def test_the_result_replaces_the_estimate(open_page: OpenPage, service: Service, short: str) -> None:
    """While the service solves, the page shows an estimate and whether it is exact or a bound."""
    page = open_page(f"#/what-if?plan={short}")
    waiting = hold_requests(page, "what-if")
    for factor, kind, text in (
        (0.99, "exact", "the same value"),
        (0.97, "at-least", "not lower"),
        (1.5, "saves-at-most", "not higher"),
    ):
        body = {"changes": [{"what": "power_limit", "factor": factor}]}
        truth = service.json(f"/v1/plans/{short}/estimate", body)
        slider = page.get_by_label("Electricity, all areas")
        slider.fill(str(round(100 * factor)))
        shown = page.locator(f".estimate[data-kind={kind}]")
        expect(shown).to_contain_text("Estimate from shadow prices; re-solving")
        expect(shown).to_contain_text(text)
        figure = shown.locator("[data-figure=estimate]").inner_text()
        assert shows_value(
            figure, abs(truth["objective_change"]) if kind == "saves-at-most" else truth["objective_change"]
        ), figure
        assert page.locator(".comparison").count() == 0
        assert find_violations(page) == []
        wait_until(page, lambda: len(waiting) == 1)  # re-solving starts after a pause
        waiting.pop().continue_()
        wait_for_result(page)
        assert page.locator(".estimate").count() == 0
        assert "Verified by re-solving" in page.locator(".result-head").inner_text()
        solved = service.json(f"/v1/plans/{short}/what-if", body)
        change = solved["objective"][1] - solved["objective"][0]
        estimate, result = page.locator(".estimate-and-result").inner_text().rsplit("Result after re-solving", 1)
        assert shows_value(
            estimate, abs(truth["objective_change"]) if kind == "saves-at-most" else truth["objective_change"]
        )
        assert shows_value(result, change)
        assert truth["objective_change"] <= change + 1e-6 * abs(change)


def test_an_estimate_that_holds_for_a_small_part_has_no_figure(
    open_page: OpenPage, service: Service, short: str
) -> None:
    """A bound far from the result is not shown: the page says that the effect can be large, and solves."""
    page = open_page(f"#/what-if?plan={short}")
    waiting = hold_requests(page, "what-if")
    body = {"changes": [{"what": "power_limit", "factor": 0.1}]}
    truth = service.json(f"/v1/plans/{short}/estimate", body)
    assert truth["valid_fraction"] < 0.1
    page.get_by_label("Electricity, all areas").fill("10")
    shown = page.locator(".estimate[data-kind=large]")
    expect(shown).to_contain_text("Its effect can be large")
    assert page.locator("[data-figure=estimate]").count() == 0
    wait_until(page, lambda: len(waiting) == 1)
    waiting.pop().continue_()
    wait_for_result(page)
    solved = service.json(f"/v1/plans/{short}/what-if", body)
    explanation = page.locator(".explanation").inner_text()
    assert "do not tell its size" in explanation
    assert shows_value(
        explanation.rsplit("Result after re-solving", 1)[1], solved["objective"][1] - solved["objective"][0]
    )
    assert "weighted\u00a0won" in explanation
    assert find_violations(page) == []


def test_a_newer_query_or_another_view_cancels_a_query(open_page: OpenPage, short: str) -> None:
    """The page cancels the request itself, so that the service can stop."""
    page = open_page(f"#/what-if?plan={short}")
    waiting = hold_requests(page, "what-if")
    ended: list[str] = []
    page.on("requestfailed", lambda request: ended.append(f"{request.url.rsplit('/', 1)[1]} {request.failure}"))
    slider = page.get_by_label("Electricity, all areas")
    slider.fill("80")
    page.wait_for_selector(".estimate")
    wait_until(page, lambda: len(waiting) == 1)
    slider.fill("70")
    wait_until(page, lambda: len(waiting) == 2)
    wait_until(page, lambda: len(ended) == 1)
    page.get_by_role("link", name="Map", exact=True).click()
    wait_until_settled(page)
    wait_until(page, lambda: len(ended) == 2)
    assert ended == ["what-if net::ERR_ABORTED"] * 2


def test_an_invalid_change_is_reported(open_page: OpenPage, monitor: PageMonitor, short: str) -> None:
    """The page shows the finding of the service."""
    monitor.expected.append("422")
    page = open_page(f'#/what-if?plan={short}&changes=[{{"what":"power_limit","where":"nowhere","factor":0.5}}]')
    expect(page.locator(".result-card .failure")).to_contain_text("nowhere")


def test_changes_are_saved_as_a_plan_and_compared(open_page: OpenPage, service: Service, short: str) -> None:
    """The new plan is compared with the old one, and the difference is decomposed."""
    page = open_page(f"#/what-if?plan={short}&power=0.7")
    wait_for_result(page)
    page.get_by_role("button", name="Save as a plan").click()
    page.locator(".open-comparison").click()
    wait_until_settled(page)
    page.wait_for_selector(".plan-columns")
    other = page.url.split("with=")[1]
    heads = [service.json(f"/v1/plans/{one}") for one in (short, other)]
    assert heads[1]["base_plan"] == short
    for figure, value in (
        ("served_share", "served_share"),
        ("local_share", "local_share"),
        ("power", "power_used_kwh"),
    ):
        texts = page.locator(f"[data-figure={figure}]").all_inner_texts()
        assert all(shows_value(text, head["summary"][value]) for text, head in zip(texts, heads, strict=True))
    page.get_by_role("button", name="Explain the difference").click()
    page.wait_for_selector(".comparison")
    truth = service.json(f"/v1/plans/{short}/compare", {"plan": other})
    assert shows_value(page.locator("[data-figure=objective] strong").last.inner_text(), truth["objective"][1])
    assert find_violations(page) == []
    take_screenshot(page, "compare", full=True)


def test_changes_are_saved_as_a_scenario(open_page: OpenPage, service: Service, plan: str) -> None:
    """The built-in province is not modified: a copy gets the scenarios, and the start view lists them."""
    page = open_page(f"#/what-if?plan={plan}&power=0.99")
    for count, name in enumerate(("Less power", "Less power"), start=1):
        page.get_by_label("Name of the scenario").fill(name)
        page.get_by_role("button", name="Save as a scenario").click()
        saved = "Saved scenario “Less power” of Ryanggang, own"
        expect(page.locator(".scenario .save-status")).to_contain_text(saved, timeout=60_000)
        stored = service.json("/v1/provinces/ryanggang-own")
        assert [one["id"] for one in stored["scenarios"][-count:]] == ["less-power", "less-power-2"][:count]
        page.reload()
    change = service.json("/v1/provinces/ryanggang-own")["scenarios"][-1]["changes"][-1]
    assert (change["what"], change["factor"]) == ("power_limit", 0.99)
    page.get_by_label("Name of the scenario").fill("적은 전력")
    page.get_by_role("button", name="Save as a scenario").click()
    page.locator(".open-scenario").click()
    wait_until_settled(page)
    expect(page.locator("input[name=province][value=ryanggang-own]")).to_be_checked()
    expect(page.locator("input[name=scenario]:checked")).to_have_value("scenario")
    assert "적은 전력" in page.locator(".start-form").inner_text()


def test_a_remedy_for_a_shortage_is_applied(open_page: OpenPage, service: Service, short: str) -> None:
    """From the list of shortages to binding limits, verified remedies and an applied remedy."""
    page = open_page(f"#/bottlenecks?plan={short}")
    for key in ("notebook", "notebook/hyesan"):
        page.locator(f"summary[data-key='{key}']").click()
    page.get_by_role("link", name="February").click()
    wait_until_settled(page)
    supply = service.json(f"/v1/plans/{short}/tables/supply?{CELL}")["rows"][0]
    for name, key in (("shortage", "shortage"), ("demand", "demand"), ("price", "price")):
        assert shows_value(page.locator(f".shortage-head [data-figure={name}] dd").inner_text(), supply[key])
    (group,) = service.json(f"/v1/plans/{short}/bottlenecks?group_by=all&{CELL}")["groups"]
    limits = group["binding_limits"]
    shown = page.locator(".binding-limits > li")
    expect(shown).to_have_count(len(limits))
    for one, limit in zip(shown.all(), limits, strict=True):
        assert one.get_attribute("data-rule") == limit["rule"]
        assert shows_value(one.locator("strong").inner_text(), limit["share"])
        assert shows_value(one.locator("p").inner_text(), limit["shadow_price"])
    assert group["costs"] < 0  # so that the limits account for more than all
    saved = page.locator(".remainders [data-part=savings]").inner_text().partition("(")[2]
    assert shows_value(saved, -group["costs"])
    remedies = service.json(f"/v1/plans/{short}/remedies?{CELL}&target_share=0.5")["remedies"]
    cards = page.locator(".remedy")
    expect(cards).to_have_count(len(remedies), timeout=30_000)  # the first is shown before the others are found
    first = remedies[0]
    before, after = cards.first.locator("h3").inner_text().split("→")
    assert shows_value(before, first["before"])
    assert shows_value(after, first["after"])
    assert shows_value(cards.first.locator(".remedy-means").inner_text().split(":")[1], first["amount"])
    assert shows_value(
        cards.first.locator(".not-reserved").inner_text().partition("need,")[2], first["shortage_if_not_reserved"]
    )
    cards.first.get_by_role("button", name="Apply and solve").click()
    page.wait_for_selector(".applied .before-after")
    truth = service.json(f"/v1/plans/{short}/what-if", {"changes": first["changes"]})
    assert shows_value(page.locator(".applied [data-figure=served] strong").inner_text(), truth["served_share"][1])
    assert truth["served_share"][1] != truth["served_share"][0]
    assert find_violations(page) == []
    take_screenshot(page, "bottlenecks", full=True)


def test_a_limit_leads_to_everything_that_it_holds_back(open_page: OpenPage, service: Service, short: str) -> None:
    held = service.columns(short, "bottlenecks", "rule=central_share&id=soap")
    cells = set(zip(held["county"], held["item"], held["period"], strict=True))
    page = open_page(f"#/bottlenecks?plan={short}")
    assert page.locator(".shortage-tree > li").count() == 2
    page.goto(f"/#/briefing?plan={short}")
    page.get_by_role("link", name="Central share of Laundry soap 250 g").click()
    expect(page.locator(".limit-head h2")).to_have_text("Held back by: Central share of Laundry soap 250 g")
    expect(page.locator(".limit-head")).to_contain_text(f"behind {len(cells)} shortages")
    assert set(held["item"]) == {"soap"}
    assert page.locator(".shortage-tree > li > details > summary").count() == 1
    page.locator("summary[data-key='soap/kapsan']").click()
    kapsan = [shortage for county, shortage in zip(held["county"], held["shortage"], strict=True) if county == "kapsan"]
    shown = page.locator(".shortage-leaf .number").first
    assert shows_value(shown.inner_text(), kapsan[0])
    page.locator(".shortage-leaf a").first.click()
    expect(page.locator(".shortage-title")).to_contain_text("Laundry soap 250 g in Kapsan")
    page.go_back()
    expect(page.locator(".shortage-leaf a").first).to_be_focused()


def test_a_served_need_has_no_bottlenecks(open_page: OpenPage, short: str) -> None:
    """The page says that there is no shortage."""
    page = open_page(f"#/bottlenecks?plan={short}&county=kapsan&item=starch&period=2002-01")
    expect(page.get_by_text("There is no shortage here")).to_be_visible()


def test_what_if_of_a_whole_province(open_page: OpenPage, service: Service, plan: str) -> None:
    """Solve Ryanggang's normal year with worse machines."""
    page = open_page(f"#/what-if?plan={plan}&machines=0.9")
    page.set_default_timeout(120_000)
    wait_for_result(page)
    truth = service.json(f"/v1/plans/{plan}/what-if", {"changes": [{"what": "machine_condition", "factor": 0.9}]})
    figure = page.locator("[data-figure=objective]")
    assert shows_value(figure.locator("strong").inner_text(), truth["objective"][1])
    assert shows_value(figure.locator(".tag").inner_text(), truth["objective"][1] - truth["objective"][0])


IMPOSSIBLE = '[{"what":"store_tonnes","where":"hyesan","value":0}]'


def test_an_impossible_change_names_the_conflict(open_page: OpenPage, service: Service, short: str) -> None:
    """What-if tells that there is no plan, which limits conflict and the least relaxation, by names; no figure is shown."""
    page = open_page(f"#/what-if?plan={short}&changes={IMPOSSIBLE}")
    wait_for_result(page)
    truth = service.json(f"/v1/plans/{short}/what-if", {"changes": json.loads(IMPOSSIBLE)})["infeasibility"]
    result = page.locator(".comparison")
    expect(result).to_contain_text("No plan satisfies every constraint with these changes.")
    expect(result).to_contain_text("Store capacity, Hyesan, February 2002: at most 0")
    expect(result).to_contain_text("0.25\u00a0t instead of 0\u00a0t")
    lists = page.locator(".infeasibility ul")
    assert [lists.nth(k).locator("li").count() for k in (0, 1)] == [len(truth["conflict"]), len(truth["relaxations"])]
    assert page.locator(".before-after").count() == 0
    assert find_violations(page) == []
    halved = open_page(f"#/what-if?plan={short}&power=0.5&changes={IMPOSSIBLE}", locale="ko-KR")
    wait_for_result(halved)
    expect(halved.locator(".comparison")).to_contain_text("이 변경으로는 모든 제약을 만족하는 계획이 없습니다.")
    assert halved.locator("table.steps tbody tr").count() == 2


def test_an_infeasible_plan_is_explained_in_every_view(
    open_page: OpenPage, monitor: PageMonitor, service: Service, short: str
) -> None:
    """Views without figures show the conflict; what-if resolves it, and compare lists the inputs."""
    monitor.expected.append("409")  # the figures of the map are requested beside the plan
    body = {"base_plan": short, "changes": json.loads(IMPOSSIBLE)}
    infeasible = service.json("/v1/plans", body, Prefer="wait=60")["id"]
    for view in ("start", "map", "year", "factories", "bottlenecks"):
        page = open_page(f"#/{view}?plan={infeasible}")
        expect(page.locator(".infeasibility")).to_contain_text("Store capacity, Hyesan, February 2002")
    assert find_violations(page) == []
    page = open_page(f'#/what-if?plan={infeasible}&changes=[{{"what":"store_tonnes","where":"hyesan","value":400}}]')
    wait_for_result(page)
    expect(page.locator(".no-plan")).to_contain_text("There is a plan with these changes.")
    page = open_page(f"#/compare?plan={short}&with={infeasible}")
    page.get_by_role("button", name="Explain the difference").click()
    expect(page.locator(".comparison")).to_contain_text("No plan satisfies every constraint")
    expect(page.locator("details code")).to_have_text("/counties/hyesan/store_tonnes")
    assert find_violations(page) == []

"""Approval of a plan in a browser: acts with notes, reported outputs, fulfilment and audit log."""

from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import (
    NARROW,
    OpenPage,
    Service,
    find_violations,
    measure_overflow,
    plan_two_counties,
    take_screenshot,
)
from tests.browser.contexts import PageMonitor
from tests.browser.figures import expect_value, shows_value

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def approved_plan(service: Service) -> str:
    """A plan that these tests lead through the approval workflow, in their order."""
    return plan_two_counties(service)


def perform_act(page: Page, name: str, becomes: str, *, note: str = "", confirms: bool = False) -> None:
    """Perform an act and check the new state."""
    page.locator("#act-note").fill(note)
    page.locator(f".acts [data-act={name}]").click()
    if confirms:
        page.locator(".confirm").click()
    expect(page.locator(".workflow h2")).to_have_text(f"State of this plan: {becomes}")


def test_from_draft_to_in_force(open_page: OpenPage, service: Service, approved_plan: str) -> None:
    """Submit, return, submit again, ratify and put in force; the page and the API agree on every step."""
    page = open_page(f"#/approval?plan={approved_plan}")
    assert page.locator(".acts [data-act]").evaluate_all("all => all.map(one => one.dataset.act)") == ["submit"]
    perform_act(page, "submit", "Submitted", note="First go")
    perform_act(page, "return", "Returned", note="Soap for Kapsan is missing")
    perform_act(page, "submit", "Submitted")
    page.locator(".acts [data-act=ratify]").click()
    page.get_by_role("button", name="Cancel").click()
    assert service.json(f"/v1/plans/{approved_plan}/approval")["state"] == "submitted"
    perform_act(page, "ratify", "Ratified", note="As agreed", confirms=True)
    perform_act(page, "put-in-force", "In force")
    approval = service.json(f"/v1/plans/{approved_plan}/approval")
    assert approval["state"] == "in_force"
    assert [one["act"] for one in approval["history"]] == ["submit", "return", "submit", "ratify", "put-in-force"]
    assert page.locator(".history li").count() == 5
    assert "Soap for Kapsan is missing" in page.locator(".history").inner_text()
    assert approval["digest"].startswith(page.locator(".workflow code").inner_text())
    expect(page.locator(".audit tbody tr[data-act='plan ratified']")).to_have_count(1)
    assert find_violations(page) == []
    take_screenshot(page, "approval", full=True)


def test_a_concurrent_act_is_reported(open_page: OpenPage, monitor: PageMonitor, service: Service) -> None:
    """An act on an outdated state is rejected with a message; a retry shows the new state. The note that was typed stays."""
    plan = plan_two_counties(service)
    monitor.expected.append("412")
    page = open_page(f"#/approval?plan={plan}")
    page.locator("#act-note").fill("As agreed")
    page.get_by_role("link", name="Year", exact=True).click()
    page.go_back()
    expect(page.locator("#act-note")).to_have_value("As agreed")
    service.json(f"/v1/plans/{plan}/approval/submit", {"note": "elsewhere"})
    page.locator(".acts [data-act=submit]").click()
    expect(page.locator(".workflow .failure")).to_contain_text("Someone else changed this in the meantime")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".workflow h2")).to_have_text("State of this plan: Submitted")
    expect(page.locator("#act-note")).to_have_value("As agreed")
    perform_act(page, "return", "Returned", note="As agreed")
    expect(page.locator("#act-note")).to_have_value("")


def test_a_tab_shows_what_another_tab_changed(open_page: OpenPage, service: Service) -> None:
    """A tab that is looked at again shows the state to which the plan was brought elsewhere."""
    plan = plan_two_counties(service)
    page = open_page(f"#/approval?plan={plan}")
    expect(page.locator(".workflow h2")).to_have_text("State of this plan: Draft")
    service.json(f"/v1/plans/{plan}/approval/submit", {"note": "elsewhere"})
    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator(".workflow h2")).to_have_text("State of this plan: Submitted")


def test_outputs_are_reported_and_ranked(
    open_page: OpenPage, monitor: PageMonitor, service: Service, approved_plan: str, tmp_path: Path
) -> None:
    """Report by form, CSV file and workbook; an invalid file is rejected with a message; the ranking is that of the API."""
    monitor.expected += ["422", "503"]
    page = open_page(f"#/approval?plan={approved_plan}")
    page.locator("select[name=factory]").select_option("hyesan-daily")
    rows = service.json(f"/v1/plans/{approved_plan}/tables/quotas?factory=hyesan-daily&period=2002-01")["rows"]
    soap = page.locator(".output-sheet tr[data-item=soap]")
    assert shows_value(
        soap.locator(".quota").inner_text(), sum(row["quantity"] for row in rows if row["item"] == "soap")
    )
    expect(page.locator(".missing summary")).to_contain_text("2 of 2 factories")
    inputs = page.locator(".output-sheet input")
    for k in range(inputs.count()):
        inputs.nth(k).fill("")
    soap.locator("input").fill("many")
    expect(page.get_by_role("button", name="Report", exact=True)).to_be_disabled()
    paste_cells(soap.locator("input"), "Soap\tpieces\t12,000")
    expect(soap.locator("input")).to_have_value("12000")
    assert find_violations(page) == []
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Form of all factories").click()
    form = waiting.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert form[0] == "factory,item,period,quantity"
    page.route("**/outputs", lambda route: route.fulfill(status=503, body="{}"), times=1)
    page.get_by_role("button", name="Report", exact=True).click()
    expect(page.locator(".report-status .failure")).to_be_visible()
    page.locator("select[name=factory]").select_option("kapsan-food")
    expect(page.locator(".output-sheet tr[data-item=starch]")).to_be_visible()
    page.locator("select[name=factory]").select_option("hyesan-daily")
    expect(soap.locator("input")).to_have_value("12000")  # neither a refusal nor another sheet takes what was typed
    page.get_by_role("button", name="Report", exact=True).click()
    expect(page.locator(".report-status")).to_contain_text("1 accepted as report 1")
    expect(soap).to_contain_text("reported")
    expect(page.locator(".missing summary")).to_contain_text("1 of 2 factories")
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("factory,item,period,quantity\nnowhere,soap,2002-01,1\n", encoding="utf-8")
    page.locator("input[type=file]").set_input_files(wrong)
    expect(page.locator(".report-status .failure")).to_contain_text("nowhere")
    right = tmp_path / "right.csv"
    right.write_text(
        "factory,item,period,quantity\nhyesan-daily,notebook,2002-01,5\nkapsan-food,starch,2002-01,20000\n",
        encoding="utf-8",
    )
    page.locator("input[type=file]").set_input_files(right)
    expect(page.locator(".report-status")).to_contain_text("2 accepted as report 2")
    book = openpyxl.Workbook()
    for row in (["factory", "item", "period", "quantity"], ["kapsan-food", "starch", "2002-01", 19000]):
        book.active.append(row)
    book.save(tmp_path / "right.xlsx")
    page.locator("input[type=file]").set_input_files(tmp_path / "right.xlsx")
    expect(page.locator(".report-status")).to_contain_text("1 accepted as report 3")
    truth = service.json(f"/v1/plans/{approved_plan}/fulfilment?by=factory")
    ranked = [row for row in truth["rows"] if row["rank"] is not None]
    expect(page.locator(".ranking tbody tr")).to_have_count(len(ranked))
    expect(page.locator(".ranking tbody tr").first).to_have_attribute("data-key", ranked[0]["id"])
    for line, row in zip(page.locator(".ranking tbody tr").all(), ranked, strict=True):
        expect_value(line.locator("strong"), row["fulfilment"])  # of the last report
        assert line.get_attribute("data-key") == row["id"]
        assert shows_value(line.locator("td").nth(2).inner_text(), row["made_value"])
    expect_value(page.locator(".fulfilment .total"), truth["total"]["fulfilment"])
    page.get_by_text("Item", exact=True).last.click()
    expect(page.locator(".ranking tr[data-key=soap]")).to_be_visible()
    assert "by=item" in page.url
    take_screenshot(page, "fulfilment", full=True)


def paste_cells(field: Locator, text: str) -> None:
    """Paste cells of a spreadsheet into a field."""
    field.evaluate(
        """(field, text) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }""",
        text,
    )


def test_a_late_answer_shows_no_quota_of_another_month(open_page: OpenPage, service: Service, short: str) -> None:
    """The quotas of a month that is not selected any more arrive last, and are not shown."""
    rows = service.json(f"/v1/plans/{short}/tables/quotas?factory=hyesan-daily&period=2002-01&item=soap")["rows"]
    page = open_page(f"#/approval?plan={short}")
    page.locator("select[name=factory]").select_option("hyesan-daily")
    quota = page.locator(".output-sheet tr[data-item=soap] .quota")
    expect(quota).to_be_visible()
    held: list[Route] = []
    page.route(lambda address: "outputs?period=2002-02" in address, lambda route: held.append(route))
    with page.expect_request(lambda request: "outputs?period=2002-02" in request.url):
        page.locator(".output-grid select[name=period]").select_option("2002-02")
    expect(page.locator(".output-sheet")).to_have_count(0)
    page.locator(".output-grid select[name=period]").select_option("2002-01")
    expect(quota).to_be_visible()
    with page.expect_response(lambda response: "outputs?period=2002-02" in response.url) as answered:
        held.pop().continue_()
    answered.value.finished()
    page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    assert shows_value(quota.inner_text(), sum(row["quantity"] for row in rows))


def test_remaining_months_are_replanned(open_page: OpenPage, service: Service, approved_plan: str) -> None:
    """Replan from February with the reported outputs: January stays fixed; the two plans are compared."""
    page = open_page(f"#/approval?plan={approved_plan}")
    page.locator("select[name=from]").select_option("2002-02")
    page.get_by_role("button", name="Replan").click()
    page.locator(".open-comparison").click()
    page.wait_for_selector(".plan-columns")
    other = page.url.split("with=")[1]
    again = service.json(f"/v1/plans/{other}")
    assert again["base_plan"] == approved_plan
    assert again["source"]["replanned"]["from"] == "2002-02"
    soap = service.json(f"/v1/plans/{other}/tables/quotas?factory=hyesan-daily&item=soap&period=2002-01")["rows"][0]
    assert soap["quantity"] == 12000
    assert shows_value(page.locator("[data-figure=served_share]").last.inner_text(), again["summary"]["served_share"])


def test_accessibility_in_narrow_dark_korean(open_page: OpenPage, approved_plan: str) -> None:
    """In a narrow, dark, Korean page nothing overflows, and axe finds no serious violation."""
    page = open_page(f"#/approval?plan={approved_plan}&log=all", NARROW, dark=True, locale="ko-KR")
    page.wait_for_selector(".audit table")
    assert measure_overflow(page) <= 0
    assert find_violations(page) == []
    take_screenshot(page, "approval-narrow", full=True)

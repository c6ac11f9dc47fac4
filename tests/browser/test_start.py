"""Start: upload a province, make a plan, follow it, cancel it."""

import io
import json
import urllib.request
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from models.examples import two_counties_raw
from tests.browser.conftest import NARROW, OpenPage, Service, find_violations, measure_overflow, take_screenshot
from tests.browser.contexts import PageMonitor
from tests.browser.figures import shows_value
from tests.service.spreadsheets.editing import both, edited, put

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_upload_plan_and_follow(open_page: OpenPage, service: Service, tmp_path: Path) -> None:
    file = tmp_path / "Two Counties.json"
    file.write_text(json.dumps(two_counties_raw()), encoding="utf-8")
    page = open_page("")
    page.evaluate("() => delete Crypto.prototype.randomUUID")  # a page without TLS does not have it
    page.get_by_text("Upload a province").click()
    page.locator("input[type=file]").first.set_input_files(file)
    name = page.get_by_label("Store as")
    expect(name).to_have_value("two-counties")
    name.fill("Two counties of 2002")
    name.blur()
    expect(name).to_have_value("two-counties-of-2002")
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.locator("input[name=province][value=two-counties-of-2002]")).to_be_checked()
    page.get_by_text("Solver options").click()
    page.get_by_label("Verify the result with an independent").check()
    page.get_by_role("button", name="Plan", exact=True).click()
    expect(page.locator(".result .tag")).to_have_text("Optimal (verified)", timeout=60_000)
    plan = service.json(f"/v1/plans/{page.url.partition('plan=')[2].partition('&')[0]}")
    assert plan["verification"]["agrees"]
    assert shows_value(page.locator("[data-figure=served] dd").inner_text(), plan["summary"]["served_share"])
    assert shows_value(page.locator("[data-figure=local] dd").inner_text(), plan["summary"]["local_share"])
    assert shows_value(page.locator("[data-figure=rounding-gap] dd").inner_text(), plan["objective"]["rounding_gap"])
    expect(page.locator("table.rows tbody tr").first).to_contain_text(str(two_counties_raw()["name"]))
    take_screenshot(page, "start-result")
    expect(page.locator(".picker")).to_contain_text(str(two_counties_raw()["name"]))
    page.get_by_role("link", name="Open the map", exact=True).click()
    expect(page.locator(".map-county")).to_have_count(2)


def test_findings_about_a_file_are_shown(open_page: OpenPage, monitor: PageMonitor, tmp_path: Path) -> None:
    monitor.expected += ["422", "400"]
    wrong = two_counties_raw()
    wrong["counties"][0]["power_area"] = "nowhere"
    (tmp_path / "wrong.json").write_text(json.dumps(wrong), encoding="utf-8")
    (tmp_path / "noise.json").write_text("{ no", encoding="utf-8")
    page = open_page("")
    page.get_by_text("Upload a province").click()
    for name, words in (("wrong", "/problem/counties/0/power_area"), ("noise", "not JSON")):
        page.locator("input[type=file]").first.set_input_files(tmp_path / f"{name}.json")
        page.get_by_role("button", name="Upload", exact=True).click()
        expect(page.locator(".upload-province .failure")).to_contain_text(words)


def test_many_findings_are_grouped_by_sheet_and_filtered(
    open_page: OpenPage, monitor: PageMonitor, tmp_path: Path
) -> None:
    """Counts, groups and filters state the findings of the report; a long list is shown in parts."""
    file = tmp_path / "many.xlsx"
    unknown = [
        put("stocks", f"{column}{row}", name) for row in range(3, 43) for column, name in (("A", "x"), ("B", "soap"))
    ]
    file.write_bytes(edited(both(*unknown, put("items", "H2", -1), put("items", "D4", "Hygiene"))))
    page = open_page("", size=NARROW, locale="ko-KR")
    page.locator(".upload-province summary").click()
    page.locator("input[type=file]").first.set_input_files(file)
    page.get_by_role("button", name="검사만", exact=True).click()
    stocks = page.locator(".finding-group[data-sheet=stocks]")
    expect(stocks.locator("summary")).to_contain_text("오류 40건")
    expect(stocks.locator("li")).to_have_count(30)
    expect(stocks.locator("li code").first).to_have_text("3행 · county")
    stocks.get_by_role("button", name="더 보기 (10건 남음)").click()
    expect(stocks.locator("li")).to_have_count(40)
    assert measure_overflow(page) <= 0
    assert find_violations(page) == []
    page.get_by_label("경고 (1)").check()
    expect(page.locator(".finding-group")).to_have_count(1)
    expect(page.locator(".finding-group[data-sheet=items] li code")).to_have_text("4행 · category")
    page.get_by_label("모두 (42)").check()
    page.get_by_label("찾아낸 것에서 찾기").fill("items value")
    expect(page.locator(".finding-group li code")).to_have_text(["2행 · value"])
    take_screenshot(page, "start-findings", full=True)


def test_a_workbook_is_checked_and_a_marked_copy_saved(
    open_page: OpenPage, service: Service, monitor: PageMonitor, tmp_path: Path
) -> None:
    monitor.expected += ["422"]
    file = tmp_path / "marked.xlsx"
    file.write_bytes(edited(both(put("items", "H2", -1), put("items", "D4", "Hygiene"))))
    page = open_page("")
    page.get_by_text("Upload a province").click()
    page.locator("input[type=file]").first.set_input_files(file)
    for action in ("Check only", "Upload"):
        page.get_by_role("button", name=action, exact=True).click()
        expect(page.locator(".finding-group[data-sheet=items]")).to_contain_text("row 2 · value")
        expect(page.locator(".checked-file")).to_contain_text("Errors: 1. Warnings: 1.")
        with page.expect_download() as saved:
            page.get_by_role("button", name="Download a copy with marked cells").click()
        assert saved.value.suggested_filename == "marked-marked.xlsx"
        book = openpyxl.load_workbook(io.BytesIO(saved.value.path().read_bytes()))
        assert book["items"]["H2"].comment is not None
    assert "marked" not in [one["id"] for one in service.json("/v1/provinces")["provinces"]]


def test_progress_and_cancel(open_page: OpenPage, service: Service, monitor: PageMonitor, plan: str) -> None:
    monitor.expected += ["ERR_CONNECTION_REFUSED"]
    page = open_page("")
    page.locator("input[name=scenario][value=crisis]").check()
    page.get_by_text("Solver options").click()
    page.get_by_label("Solve even if the same problem was planned before").check()
    page.get_by_role("button", name="Plan", exact=True).click()
    stage = page.locator(".stage")
    expect(stage).to_have_text("Solving", timeout=60_000)
    expect(page.locator(".progress-detail")).to_contain_text("s elapsed")
    identifier = page.url.partition("plan=")[2].partition("&")[0]
    estimate = service.json(f"/v1/plans/{identifier}")["estimate"]
    figure = page.locator(".progress [data-figure=estimate]")
    expect(figure).to_have_text(f"about {estimate['served_share']:.0%}")
    assert find_violations(page) == []
    take_screenshot(page, "start-progress")
    page.reload()
    expect(figure).to_be_visible()
    page.route("**/events", lambda route: route.abort("connectionrefused"))
    page.reload()
    expect(stage).to_contain_text("Connection lost")
    page.unroute("**/events")
    expect(stage).not_to_contain_text("Connection lost")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".result .tag")).to_have_text("Cancelled")
    expect(figure).to_have_count(0)
    ended = service.json(f"/v1/plans/{identifier}")
    assert (ended["status"], ended["estimate"]) == ("cancelled", None)


@pytest.mark.parametrize("kind", ["xlsx", pytest.param("zip", marks=pytest.mark.slow_lane)])
def test_a_province_is_uploaded_as_sheets(open_page: OpenPage, service: Service, tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"ours-{kind}.{kind}"
    address = f"{service.address}/v1/provinces/ryanggang?format={kind}"
    with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310
        file.write_bytes(answer.read())
    page = open_page("")
    page.get_by_text("Upload a province").click()
    page.locator("input[type=file]").first.set_input_files(file)
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.locator(f"input[name=province][value=ours-{kind}]")).to_be_checked(timeout=60_000)
    scenarios = service.json("/v1/provinces/ryanggang")["scenarios"]
    expect(page.locator("input[name=scenario]")).to_have_count(len(scenarios))
    assert len(service.json(f"/v1/provinces/ours-{kind}")["problem"]["factories"]) == 151


def test_a_province_is_dropped_previewed_renamed_and_deleted(
    open_page: OpenPage, service: Service, monitor: PageMonitor
) -> None:
    """A dropped file is checked and drawn before it is stored; afterwards it gets a name, and is deleted after a question."""
    page = open_page("")
    page.get_by_role("link", name="Download as Template").wait_for()
    page.evaluate("() => dispatchEvent(new DragEvent('dragenter'))")
    page.locator(".upload-province input[type=file]").first.wait_for(state="attached")
    page.locator(".upload-province").evaluate(
        """(element, text) => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([text], "Our Valley.json", { type: "application/json" }));
            element.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
        }""",
        json.dumps(two_counties_raw()),
    )
    expect(page.locator(".preview")).to_contain_text("2 counties")
    assert "our-valley" not in [one["id"] for one in service.json("/v1/provinces")["provinces"]]
    assert find_violations(page) == []
    take_screenshot(page, "start-preview", full=True)
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.locator("input[name=province][value=our-valley]")).to_be_checked()
    page.get_by_text("Rename or delete this province").click()
    page.get_by_label("Name", exact=True).fill("Our long valley")
    page.get_by_role("button", name="Rename").click()
    expect(page.locator(".choice", has_text="Our long valley")).to_be_visible()
    assert service.json("/v1/provinces/our-valley")["problem"]["name"] == "Our long valley"
    page.get_by_text("Rename or delete this province").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Delete the province").click()
    expect(page.locator("input[name=province][value=our-valley]")).to_have_count(0)

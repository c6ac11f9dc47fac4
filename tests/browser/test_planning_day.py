"""The work of a planner on a small province, from a scenario to a replan, by visible controls only."""

import io
import urllib.request

import openpyxl
import pytest
from playwright.sync_api import Download, Page, expect

from models.examples import two_counties_raw
from tests.browser.conftest import OpenPage, Service, take_screenshot
from tests.browser.contexts import wait_until_settled
from tests.browser.figures import shows_value

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def wait_for_view(page: Page, heading: str) -> None:
    """Wait until a view is shown."""
    expect(page.locator("h1")).to_have_text(heading)
    wait_until_settled(page)


def read_plan_id(page: Page, name: str = "plan") -> str:
    """Read the plan that the URL names."""
    return page.url.partition(f"{name}=")[2].partition("&")[0]


def save_what_if(page: Page, service: Service, mine: str) -> str:
    """Solve with less central delivery, save the result as a plan, compare it; return the new plan."""
    page.get_by_role("link", name="What-if", exact=True).click()
    wait_for_view(page, "What-if")
    page.get_by_label("Delivered part of the central share").fill("95")
    page.wait_for_selector(".result-card:not([aria-busy]) .comparison")
    truth = service.json(f"/v1/plans/{mine}/what-if", {"changes": [{"what": "delivered", "factor": 0.95}]})
    added = truth["objective"][1] - truth["objective"][0]
    assert shows_value(page.locator("[data-figure=objective] .tag").inner_text(), added)
    page.get_by_role("button", name="Save as a plan").click()
    page.locator(".open-comparison").click()
    wait_for_view(page, "Compare")
    page.wait_for_selector(".plan-columns")
    poorer = read_plan_id(page, "with")
    assert service.json(f"/v1/plans/{poorer}")["base_plan"] == mine
    take_screenshot(page, "walk-compare", full=True)
    return poorer


def apply_remedy(page: Page, poorer: str) -> None:
    """Go from a county on the map to a shortage, its bottlenecks and a remedy."""
    page.goto(f"/#/map?plan={poorer}")
    wait_for_view(page, "The province")
    page.locator(".map-county[data-place='hyesan']").press("Enter")
    page.locator(".map-side tr[data-item=notebook] a").click()
    wait_for_view(page, "Bottlenecks")
    page.wait_for_selector(".remedy")
    assert page.locator(".binding-limits > li").count() >= 1
    page.locator(".remedy .apply").first.click()
    page.wait_for_selector(".applied .before-after")
    take_screenshot(page, "walk-remedy", full=True)


def read_download(download: Download) -> bytes:
    """Read a file that the page downloaded; from its address where Firefox, driven by Playwright, keeps it elsewhere."""
    path = download.path()
    if path.exists():
        return path.read_bytes()
    with urllib.request.urlopen(download.url, timeout=60) as answer:  # noqa: S310
        return bytes(answer.read())


def download_quotas(page: Page, service: Service, mine: str) -> None:
    """Download the quotas as a workbook."""
    page.goto(f"/#/start?plan={mine}")
    wait_for_view(page, "Make a plan")
    page.get_by_role("link", name="Factories", exact=True).click()
    wait_for_view(page, "Factories")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download as Excel").click()
    quotas = openpyxl.load_workbook(io.BytesIO(read_download(waiting.value)), read_only=True).worksheets[0]
    quotas.reset_dimensions()
    assert sum(1 for _ in quotas.iter_rows()) == service.json(f"/v1/plans/{mine}")["tables"]["quotas"] + 1


def approve_and_report(page: Page, service: Service, mine: str) -> None:
    """Approve the plan, put it in force and report an output."""
    page.get_by_role("link", name="Approval", exact=True).click()
    wait_for_view(page, "Approval")
    for act, becomes in (("submit", "Submitted"), ("ratify", "Ratified"), ("put-in-force", "In force")):
        page.locator(f".acts [data-act={act}]").click()
        if act == "ratify":
            page.locator(".confirm").click()
        expect(page.locator(".workflow h2")).to_have_text(f"State of this plan: {becomes}")
    due = service.json(f"/v1/plans/{mine}/tables/quotas?period=2002-01&limit=1")["rows"][0]
    page.locator("select[name=factory]").select_option(due["factory"])
    inputs = page.locator(".output-sheet input")
    expect(inputs.first).to_be_visible()
    for k in range(inputs.count()):
        inputs.nth(k).fill("")
    page.locator(f".output-sheet input[data-item={due['item']}]").fill("7")
    page.get_by_role("button", name="Report", exact=True).click()
    expect(page.locator(".report-status")).to_contain_text("1 accepted as report 1")
    made = page.locator(f".ranking tr[data-key={due['factory']}] strong")
    assert shows_value(made.inner_text(), 7 / due["quantity"])


def replan_and_close(page: Page, service: Service) -> None:
    """Replan the remaining months and close the old plan."""
    page.locator("select[name=from]").select_option("2002-02")
    page.get_by_role("button", name="Replan").click()
    page.locator(".open-comparison").click()
    wait_for_view(page, "Compare")
    again = service.json(f"/v1/plans/{read_plan_id(page, 'with')}")
    assert again["source"]["replanned"]["from"] == "2002-02"
    assert again["outcome"] == "optimal"
    page.go_back()
    wait_for_view(page, "Approval")
    page.locator(".acts [data-act=close]").click()
    page.locator(".confirm").click()
    expect(page.locator(".workflow h2")).to_have_text("State of this plan: Closed")


def test_a_day_of_a_planner(open_page: OpenPage, service: Service) -> None:
    """Plan, what-if, save, compare, map, bottlenecks, remedy, download, approve, report, replan, close."""
    scenario = {"id": "s-1", "name": "S-1", "changes": [{"what": "delivered", "factor": 1.0}]}
    body = {"name": "P-1", "problem": two_counties_raw(), "scenarios": [scenario]}
    service.json("/v1/provinces/p-1", body, method="PUT")
    page = open_page("#/start?province=p-1&scenario=s-1")
    page.get_by_role("button", name="Plan", exact=True).click()
    expect(page.locator(".result .tag")).to_have_text("Optimal (verified)", timeout=60_000)
    mine = read_plan_id(page)
    poorer = save_what_if(page, service, mine)
    apply_remedy(page, poorer)
    download_quotas(page, service, mine)
    approve_and_report(page, service, mine)
    replan_and_close(page, service)

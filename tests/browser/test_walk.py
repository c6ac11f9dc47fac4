"""One planner's day on Ryanggang, from a scenario to the next plan, by what is on the screen alone."""

import io

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Service, picture, settled
from tests.browser.figures import agrees

pytestmark = pytest.mark.browser


def seen(page: Page, heading: str) -> None:
    """Wait until a view is shown."""
    expect(page.locator("h1")).to_have_text(heading)
    settled(page)


def identifier(page: Page, name: str = "plan") -> str:
    """A plan that the address names."""
    return page.url.partition(f"{name}=")[2].partition("&")[0]


def tries_and_keeps(page: Page, service: Service, mine: str) -> str:
    """What if the centre delivered less, kept as a plan and compared; the plan kept."""
    page.get_by_role("link", name="What if", exact=True).click()
    seen(page, "What if")
    page.get_by_label("How much of it the centre delivers").fill("95")
    page.wait_for_selector(".answer-card:not([aria-busy]) .answer")
    truth = service.json(f"/v1/plans/{mine}/what-if", {"changes": [{"what": "delivered", "factor": 0.95}]})
    added = truth["objective"][1] - truth["objective"][0]
    assert agrees(page.locator("[data-figure=objective] .tag").inner_text(), added)
    page.get_by_role("button", name="Keep as a plan").click()
    page.locator(".see-compare").click()
    seen(page, "Compare")
    page.wait_for_selector(".plans-beside")
    poorer = identifier(page, "with")
    assert service.json(f"/v1/plans/{poorer}")["base_plan"] == mine
    picture(page, "walk-compare", full=True)
    return poorer


def mends(page: Page, poorer: str) -> None:
    """From a county on the map to what it lacks, the reasons, and a remedy."""
    page.goto(f"/#/map?plan={poorer}")
    seen(page, "The province")
    page.locator(".map-county[data-place='hyesan']").press("Enter")
    page.locator(".map-side tr[data-item=textbook] a").click()  # those of spring are the centre's to deliver
    seen(page, "Reasons")
    page.wait_for_selector(".remedy")
    assert page.locator(".causes > li").count() >= 1
    page.locator(".remedy .apply").first.click()
    page.wait_for_selector(".tried .beside")
    picture(page, "walk-remedy", full=True)


def downloads(page: Page, service: Service, mine: str) -> None:
    """Quotas in a workbook."""
    page.goto(f"/#/start?plan={mine}")
    seen(page, "Make a plan")
    page.get_by_role("link", name="Factories", exact=True).click()
    seen(page, "Factories")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download as Excel").click()
    quotas = openpyxl.load_workbook(io.BytesIO(waiting.value.path().read_bytes()), read_only=True).worksheets[0]
    quotas.reset_dimensions()
    assert sum(1 for _ in quotas.iter_rows()) == service.json(f"/v1/plans/{mine}")["tables"]["quotas"] + 1


def puts_in_force_and_reports(page: Page, service: Service, mine: str) -> None:
    """From draft to in force, and a first report."""
    page.get_by_role("link", name="Life", exact=True).click()
    seen(page, "Life")
    for act, becomes in (("submit", "Submitted"), ("ratify", "Ratified"), ("put-in-force", "In force")):
        page.locator(f".acts [data-act={act}]").click()
        if act == "ratify":
            page.locator(".sure").click()
        expect(page.locator(".journey h2")).to_have_text(f"This plan is: {becomes}")
    due = service.json(f"/v1/plans/{mine}/quotas?period=2002-01&limit=1")["rows"][0]
    page.locator("select[name=factory]").select_option(due["factory"])
    page.locator("select[name=item]").select_option(due["item"])
    page.locator("input[name=quantity]").fill("7")
    page.get_by_role("button", name="Report", exact=True).click()
    expect(page.locator(".said-report")).to_contain_text("1 taken as report 1")
    made = page.locator(f".ranking tr[data-key={due['factory']}] strong")
    assert agrees(made.inner_text(), 7 / due["quantity"])


def plans_again_and_closes(page: Page, service: Service) -> None:
    """The rest of the year anew, and the old plan closed."""
    page.locator("select[name=from]").select_option("2002-11")
    page.get_by_label("Keep quotas close to this plan").uncheck()  # a goal of its own, which takes minutes
    page.get_by_role("button", name="Plan again").click()
    page.locator(".see-compare").click()
    seen(page, "Compare")
    again = service.json(f"/v1/plans/{identifier(page, 'with')}")
    assert again["source"]["replanned"]["from"] == "2002-11"
    assert again["outcome"] == "optimal"
    page.go_back()
    seen(page, "Life")
    page.locator(".acts [data-act=close]").click()
    page.locator(".sure").click()
    expect(page.locator(".journey h2")).to_have_text("This plan is: Closed")


def test_a_day_in_ryanggang(open_page: Open, service: Service, plan: str) -> None:
    """Plan, what if, keep, compare, map, reason, remedy, download, ratify, report, plan again, close."""
    del plan  # what was planned already is found at once
    page = open_page("#/start?province=ryanggang&scenario=normal")
    page.set_default_timeout(120_000)
    page.get_by_role("button", name="Plan", exact=True).click()
    expect(page.locator(".result .tag")).to_have_text("Optimal, proved", timeout=120_000)
    mine = identifier(page)
    poorer = tries_and_keeps(page, service, mine)
    mends(page, poorer)
    downloads(page, service, mine)
    puts_in_force_and_reports(page, service, mine)
    plans_again_and_closes(page, service)

"""The life of a plan, walked in a browser: acts with notes, reports, fulfilment, audit."""

from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, Open, Service, Watched, faults, overflow, picture
from tests.browser.figures import agrees, two_counties

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def living(service: Service) -> str:
    """A plan that is led through its life by these tests, in their order."""
    return two_counties(service)


def act(page: Page, name: str, becomes: str, *, note: str = "", sure: bool = False) -> None:
    """Do an act and see what the plan is then."""
    page.locator("#act-note").fill(note)
    page.locator(f".acts [data-act={name}]").click()
    if sure:
        page.locator(".sure").click()
    expect(page.locator(".journey h2")).to_have_text(f"This plan is: {becomes}")


def test_from_draft_to_in_force(open_page: Open, service: Service, living: str) -> None:
    """Submitted, returned, submitted again, ratified and put in force; the page and the interface agree on every step."""
    page = open_page(f"#/life?plan={living}")
    assert page.locator(".acts [data-act]").evaluate_all("all => all.map(one => one.dataset.act)") == ["submit"]
    act(page, "submit", "Submitted", note="First go")
    act(page, "return", "Returned", note="Soap for Kapsan is missing")
    act(page, "submit", "Submitted")
    page.locator(".acts [data-act=ratify]").click()
    page.get_by_role("button", name="Not yet").click()
    assert service.json(f"/v1/plans/{living}/life")["state"] == "submitted"
    act(page, "ratify", "Ratified", note="As agreed", sure=True)
    act(page, "put-in-force", "In force")
    life = service.json(f"/v1/plans/{living}/life")
    assert life["state"] == "in_force"
    assert [one["act"] for one in life["history"]] == ["submit", "return", "submit", "ratify", "put-in-force"]
    assert page.locator(".history li").count() == 5
    assert "Soap for Kapsan is missing" in page.locator(".history").inner_text()
    assert life["digest"].startswith(page.locator(".journey code").inner_text())
    expect(page.locator(".audit tbody tr[data-act='plan ratified']")).to_have_count(1)
    assert faults(page) == []
    picture(page, "life", full=True)


def test_somebody_else_was_faster(open_page: Open, watched: Watched, service: Service) -> None:
    """An act on a state that is no longer is refused in words, and the page catches up."""
    plan = two_counties(service)
    watched.expected.append("412")
    page = open_page(f"#/life?plan={plan}")
    service.json(f"/v1/plans/{plan}/submit", {"note": "elsewhere"})
    page.locator(".acts [data-act=submit]").click()
    expect(page.locator(".journey .failure")).to_contain_text("Somebody else wrote first")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".journey h2")).to_have_text("This plan is: Submitted")


def test_outputs_are_reported_and_ranked(
    open_page: Open, watched: Watched, service: Service, living: str, tmp_path: Path
) -> None:
    """One by the form, more by CSV; a wrong file is refused in words; the ranking is the interface's."""
    watched.expected.append("422")
    page = open_page(f"#/life?plan={living}")
    page.locator("select[name=factory]").select_option("hyesan-daily")
    page.locator("select[name=item]").select_option("soap")
    quota = service.json(f"/v1/plans/{living}/quotas?factory=hyesan-daily&item=soap&period=2002-01")["rows"][0][
        "quantity"
    ]
    expect(page.locator(".quota")).to_contain_text("Quota:")
    assert agrees(page.locator(".quota").inner_text(), quota)
    page.locator("input[name=quantity]").fill("12000")
    page.get_by_role("button", name="Report").click()
    expect(page.locator(".said-report")).to_contain_text("1 taken as report 1")
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("factory,item,period,quantity\nnowhere,soap,2002-01,1\n", encoding="utf-8")
    page.locator("input[type=file]").set_input_files(wrong)
    expect(page.locator(".said-report .failure")).to_contain_text("nowhere")
    right = tmp_path / "right.csv"
    right.write_text(
        "factory,item,period,quantity\nhyesan-daily,notebook,2002-01,5\nkapsan-food,starch,2002-01,20000\n",
        encoding="utf-8",
    )
    page.locator("input[type=file]").set_input_files(right)
    expect(page.locator(".said-report")).to_contain_text("2 taken as report 2")
    book = openpyxl.Workbook()
    for row in (["factory", "item", "period", "quantity"], ["kapsan-food", "starch", "2002-01", 19000]):
        book.active.append(row)
    book.save(tmp_path / "right.xlsx")
    page.locator("input[type=file]").set_input_files(tmp_path / "right.xlsx")
    expect(page.locator(".said-report")).to_contain_text("1 taken as report 3")
    truth = service.json(f"/v1/plans/{living}/fulfilment?by=factory")
    ranked = [row for row in truth["rows"] if row["rank"] is not None]
    expect(page.locator(".ranking tbody tr")).to_have_count(len(ranked))
    expect(page.locator(".ranking tbody tr").first).to_have_attribute("data-key", ranked[0]["id"])
    for line, row in zip(page.locator(".ranking tbody tr").all(), ranked, strict=True):
        assert line.get_attribute("data-key") == row["id"]
        assert agrees(line.locator("strong").inner_text(), row["fulfilment"])
        assert agrees(line.locator("td").nth(2).inner_text(), row["made_value"])
    assert agrees(page.locator(".fulfilment .total").inner_text(), truth["total"]["fulfilment"])
    page.get_by_text("Item", exact=True).last.click()
    expect(page.locator(".ranking tr[data-key=soap]")).to_be_visible()
    assert "by=item" in page.url
    picture(page, "fulfilment", full=True)


def test_the_rest_is_planned_again(open_page: Open, service: Service, living: str) -> None:
    """With what was reported: a new plan from February on, which keeps January as it was; the two are compared."""
    page = open_page(f"#/life?plan={living}")
    page.locator("select[name=from]").select_option("2002-02")
    page.get_by_role("button", name="Plan again").click()
    page.locator(".see-compare").click()
    page.wait_for_selector(".plans-beside")
    other = page.url.split("with=")[1]
    again = service.json(f"/v1/plans/{other}")
    assert again["base_plan"] == living
    assert again["source"]["replanned"]["from"] == "2002-02"
    soap = service.json(f"/v1/plans/{other}/quotas?factory=hyesan-daily&item=soap&period=2002-01")["rows"][0]
    assert soap["quantity"] == 12000
    assert agrees(page.locator("[data-figure=served_share]").last.inner_text(), again["summary"]["served_share"])


def test_manners(open_page: Open, living: str) -> None:
    """Narrow, dark and Korean: nothing sticks out, and axe finds no serious fault."""
    page = open_page(f"#/life?plan={living}&log=all", NARROW, dark=True, locale="ko-KR")
    page.wait_for_selector(".audit table")
    assert overflow(page) <= 0
    assert faults(page) == []
    picture(page, "life-narrow", full=True)

"""The quota table, its downloads and the quota sheet in a browser."""

import csv
import io
import re
import time
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect
from pyarrow import parquet

from models.examples import two_counties_raw
from tests.browser.conftest import OpenPage, Service, find_violations, take_screenshot
from tests.browser.contexts import wait_until_settled
from tests.browser.figures import shows_value

pytestmark = pytest.mark.browser

ROW = ".data-grid tbody tr[data-index]"
"""A row of the quota table that is in the document."""


@pytest.fixture(scope="module")
def many(service: Service) -> str:
    """A plan with more than 20,000 quotas: every line has a minimum in every period."""
    items = [f"good-{k}" for k in range(10)]
    lines = [{"item": item, "least": 1 + k % 3, "kwh_per_unit": 0.1} for k, item in enumerate(items)]
    problem = {
        "name": "Many quotas",
        "periods": [f"20{10 + k // 12}-{1 + k % 12:02}" for k in range(24)],
        "period_days": [30] * 24,
        "years": 2,
        "items": [{"id": item, "name": item, "category": "school", "norms": {"people": 100}} for item in items],
        "power_areas": [{"id": "here"}],
        "counties": [{"id": "here", "name": "Here", "power_area": "here", "population": {"people": 1000}}],
        "factories": [{"id": f"works-{k}", "name": f"Works {k}", "place": "here", "lines": lines} for k in range(85)],
    }
    plan = service.json("/v1/plans", {"problem": problem}, Prefer="wait=60")
    assert plan["outcome"] == "optimal"
    assert plan["tables"]["quotas"] == 20_400
    return str(plan["id"])


def read_visible_rows(page: Page) -> list[list[str]]:
    """Read the rows in the document as texts."""
    return [row.locator("th, td").all_inner_texts() for row in page.locator(ROW).all()]


def download_file(page: Page, name: str) -> Path:
    """Download the file of a link."""
    with page.expect_download() as waiting:
        page.get_by_role("link", name=f"Download as {name}", exact=True).click()
    return waiting.value.path()


def test_the_table_shows_the_figures_of_the_api(open_page: OpenPage, service: Service, plan: str) -> None:
    """Sorted by quota, the first rows agree to the last digit shown; the sums are those of the table."""
    page = open_page(f"#/factories?plan={plan}&sort=-quantity")
    page.wait_for_selector(ROW)
    truth = service.columns(plan, "quotas", "sort=-quantity")
    for k, cells in enumerate(read_visible_rows(page)[:8]):
        for cell, column in ((4, "quantity"), (5, "kwh"), (6, "price")):
            assert shows_value(cells[cell], truth[column][k])
    assert shows_value(page.locator("[data-figure=power] dd").inner_text(), sum(truth["kwh"]))
    assert f"{len(truth['kwh']):,}" in page.locator("[data-figure=shown] dd").inner_text()
    assert find_violations(page) == []
    take_screenshot(page, "factories")


def test_months_stand_side_by_side_with_their_changes(
    open_page: OpenPage, service: Service, plan: str, short: str
) -> None:
    truth = service.columns(plan, "quotas", "sort=-quantity")
    factory, item = truth["factory"][0], truth["item"][0]
    line = service.columns(plan, "quotas", f"factory={factory}&item={item}")
    page = open_page(f"#/factories?plan={plan}&factory={factory}&item={item}")
    page.get_by_label("Months").select_option(label="Side by side")
    page.wait_for_url(lambda url: "layout=months" in url)
    (cells,) = read_visible_rows(page)
    *_, total, power = cells
    assert shows_value(total, sum(line["quantity"]))
    assert shows_value(power, sum(line["kwh"]))
    months = [cell for cell in cells[-14:-2] if cell]
    assert len(months) == len(line["period"])
    assert all(shows_value(cell, made) for cell, made in zip(months, line["quantity"], strict=True))
    page.reload()
    page.wait_for_selector(ROW)
    assert read_visible_rows(page) == [cells]
    page.goto(f"/#/factories?plan={plan}&with={short}&layout=months")
    page.wait_for_selector(".month-change")
    assert find_violations(page) == []


def test_search_filters_and_downloads_agree(open_page: OpenPage, service: Service, plan: str) -> None:
    """Rows shown, URL and downloaded files agree."""
    page = open_page(f"#/factories?plan={plan}")
    page.get_by_label("Search").fill("hyesan pencil")  # a place and an item: no name contains both
    month = page.get_by_label("Filter by Month")
    month.select_option("2002-04")
    within = "(one) => one.getBoundingClientRect().right <= one.closest('th').getBoundingClientRect().right"
    assert month.evaluate(within)
    expect(page.locator("[data-figure=shown] dd")).not_to_have_text(re.compile(r"^([\d,]+) of \1$"))
    page.wait_for_url(lambda url: "q=hyesan+pencil" in url)
    assert "period=2002-04" in page.url
    rows = read_visible_rows(page)
    assert rows
    assert all("Hyesan" in row[0] + row[1] and "pencil" in row[2].lower() and row[3] == "April 2002" for row in rows)
    table = list(csv.DictReader(io.StringIO(download_file(page, "CSV").read_text(encoding="utf-8-sig"))))
    assert len(table) == len(rows)
    assert {row["period"] for row in table} == {"2002-04"}
    for cells in rows:
        assert any(shows_value(cells[4], float(row["quantity"])) for row in table)
    assert parquet.read_table(download_file(page, "Parquet")).num_rows == len(rows)
    book = openpyxl.load_workbook(io.BytesIO(download_file(page, "Excel").read_bytes()), read_only=True)
    assert any(
        "quantity" in [str(cell).lower() for cell in row] for row in book.worksheets[0].iter_rows(values_only=True)
    )


def test_a_whole_plan_as_a_workbook(open_page: OpenPage, service: Service, plan: str) -> None:
    """The workbook opens and contains all quotas; other views link to the same file."""
    places = [open_page(f"#/{place}?plan={plan}") for place in ("start", "approval", "factories")]
    links = [page.get_by_role("link", name="Whole plan as a workbook") for page in places]
    assert len({(link.get_attribute("href"), link.get_attribute("download")) for link in links}) == 1
    with places[-1].expect_download() as waiting:
        links[-1].click()
    assert waiting.value.suggested_filename == f"{plan}.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(waiting.value.path().read_bytes()), read_only=True)
    head = service.json(f"/v1/plans/{plan}")
    assert "quotas" in [name.lower() for name in book.sheetnames]
    quotas = next(sheet for sheet in book.worksheets if sheet.title.lower() == "quotas")
    quotas.reset_dimensions()  # a sheet that is written row by row does not state its size
    assert sum(1 for _ in quotas.iter_rows()) == head["tables"]["quotas"] + 1
    factories = service.json(f"/v1/plans/{plan}/problem")["factories"]
    assert len(book.sheetnames) >= len(factories)


def test_an_empty_search_result_has_a_message(open_page: OpenPage, plan: str, service: Service) -> None:
    """A search without a match shows a message in the table."""
    page = open_page(f"#/factories?plan={plan}&q=zzzz")
    expect(page.locator("[data-figure=shown] dd")).to_have_text(
        f"0 of {service.json(f'/v1/plans/{plan}')['tables']['quotas']:,}"
    )
    page.locator(".grid-empty").get_by_role("button", name="Clear all filters").click()
    expect(page.locator("[data-figure=shown] dd")).to_have_text(re.compile(r"^([\d,]+) of \1$"))
    assert "q=" not in page.url
    assert page.get_by_label("Search").input_value() == ""


def test_the_table_is_one_tab_stop(open_page: OpenPage, short: str) -> None:
    """Tab leads to the headings and then out of the table; arrow keys move between cells, also far ones."""
    page = open_page(f"#/factories?plan={short}")
    page.wait_for_selector(ROW)
    read = "() => [document.activeElement.closest('tr')?.getAttribute('aria-rowindex'), document.activeElement.textContent.trim()]"
    stops = ".data-grid :is(a, button, select, td, th)"
    assert page.locator(stops).evaluate_all("(all) => all.filter((one) => one.tabIndex === 0).length") == 1
    page.get_by_role("button", name="Factory").focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate(read) == ["2", "Hyesan Daily Necessities Factory"]
    page.keyboard.press("End")
    assert "weighted" in page.evaluate(read)[1]
    page.keyboard.press("Control+End")
    assert page.evaluate(read)[0] == page.locator(".data-grid").get_attribute("aria-rowcount")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.closest('.data-grid')") is None
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowUp")
    assert page.evaluate(read) == ["1", "Factory ▲"]
    page.keyboard.press("Alt+ArrowDown")
    assert page.evaluate("() => document.activeElement.getAttribute('aria-label')") == "Filter by Factory"
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert page.evaluate(read) == ["1", "Factory ▲"]


def test_headings_sort(open_page: OpenPage, service: Service, plan: str) -> None:
    """By keyboard or mouse: ascending, descending, and the order of the plan; the URL and the downloads follow."""
    page = open_page(f"#/factories?plan={plan}")
    page.wait_for_selector(ROW)
    heading = page.get_by_role("button", name="kWh")
    heading.click()
    expect(page.locator("th[aria-sort]")).to_have_attribute("aria-sort", "ascending")
    heading.focus()
    page.keyboard.press("Enter")
    expect(page.locator("th[aria-sort]")).to_have_attribute("aria-sort", "descending")
    page.wait_for_url("**sort=-kwh*")
    greatest = max(service.columns(plan, "quotas", "columns=kwh")["kwh"])
    assert shows_value(page.locator(ROW).first.locator("td").nth(4).inner_text(), greatest)
    assert "sort=-kwh" in str(page.get_by_role("link", name="Download as CSV", exact=True).get_attribute("href"))
    heading.click()
    expect(page.locator("th[aria-sort]")).to_have_count(0)


def test_rows_are_copied_with_headings(open_page: OpenPage, short: str) -> None:
    """Ctrl+C copies the selected rows, with names, plain numbers and units; the button copies all rows shown."""
    page = open_page(f"#/factories?plan={short}&item=soap")
    page.context.grant_permissions(["clipboard-read"])
    page.wait_for_selector(ROW)
    first = page.locator(ROW).first.locator("th, td").all_inner_texts()
    page.locator(ROW).first.locator("td").nth(1).click()
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator(".data-grid tr[aria-selected]")).to_have_count(2)
    page.keyboard.press("Control+c")
    read = "() => navigator.clipboard.readText()"
    lines = [line.split("\t") for line in page.evaluate(read).split("\n")]
    assert lines[0] == ["Factory", "County", "Item", "Month", "Quota", "Unit", "kWh", "Shadow price"]
    assert lines[1][:4] == first[:4]
    quota, unit = first[4].split("\u00a0")
    assert lines[1][4:6] == [quota.replace(",", ""), unit]
    assert len(lines) == 3
    page.get_by_role("button", name="Copy the rows shown").click()
    count = int(page.locator("[data-figure=shown] dd").inner_text().split()[0])
    assert len(page.evaluate(read).split("\n")) == count + 1
    with page.expect_download() as waiting:
        page.get_by_role("button", name="CSV with names").click()
    table = list(csv.reader(io.StringIO(waiting.value.path().read_text(encoding="utf-8-sig"))))
    assert table[:2] == lines[:2]
    assert len(table) == count + 1


def test_a_quota_sheet_is_printed(open_page: OpenPage, service: Service, plan: str) -> None:
    """The sheet has both names and the figures of the table, and prints on at most two pages without the controls."""
    page = open_page(f"#/factories?plan={plan}&county=hyesan&category=hygiene")
    page.locator(ROW + " a").first.click()
    wait_until_settled(page)
    page.wait_for_selector(".sheet")
    factory = page.url.split("sheet=")[1].split("&")[0]
    rows = service.json(f"/v1/plans/{plan}/tables/quotas?factory={factory}&limit=1000")["rows"]
    for row in rows:
        cell = page.locator(f"table:first-of-type tr[data-item={row['item']}] td[data-period='{row['period']}']").first
        assert shows_value(cell.inner_text(), row["quantity"]) or row["quantity"] < 0.05
    assert page.locator(".sheet h1 [lang=ko]").inner_text()
    assert find_violations(page) == []
    take_screenshot(page, "sheet", full=True)
    page.emulate_media(media="print")
    assert not page.locator(".bar").is_visible()
    assert not page.get_by_role("button", name="Print").is_visible()
    assert page.locator(".sheet table").first.is_visible()
    assert 1 <= count_pages(page.pdf(prefer_css_page_size=True)) <= 2


def count_pages(document: bytes) -> int:
    """Count the pages of a PDF of Chromium."""
    return document.count(b"/Type /Page\n")


def read_margins(page: Page) -> list[str]:
    """Read the texts of the margins of printed pages: title with plan and months, state, number."""
    names = ["--print-title", "--print-state", "--print-number"]
    texts: list[str] = page.evaluate(
        "(names) => names.map((one) => document.documentElement.style.getPropertyValue(one))", names
    )
    return texts


def test_every_view_prints_all_rows_with_plan_and_state(open_page: OpenPage, service: Service, plan: str) -> None:
    """On paper nothing scrolls and nothing is for clicking; the margins say plan, months and state, in every view."""
    goods = [item for item in service.json(f"/v1/plans/{plan}/problem")["items"] if item.get("kind", "good") == "good"]
    page = open_page(f"#/year?plan={plan}")
    page.wait_for_selector(".heatmap")
    page.emulate_media(media="print")
    frame = page.locator(".heatmap-frame")
    assert frame.evaluate("(one) => one.scrollHeight <= one.clientHeight + 2")
    assert page.locator(".heatmap tbody tr:not(.heatmap-group)").count() == len(goods)
    for hidden in (".bar", ".skip", "button"):
        assert not page.locator(hidden).first.is_visible()
    assert count_pages(page.pdf(prefer_css_page_size=True)) >= 3
    title, state, number = read_margins(page)
    assert "January 2002 – December 2002" in title
    assert (state, number) == ('"Draft"', f'"{plan}"')


def test_a_print_job_has_all_sheets(open_page: OpenPage, service: Service, with_shops: str) -> None:
    """County sheets, factory sheets and slips in one document, each on a page of its own, Korean first in Korean."""
    problem = service.json(f"/v1/plans/{with_shops}/problem")
    page = open_page(f"#/factories?plan={with_shops}&sheets=all", locale="ko-KR")
    expect(page.get_by_role("button", name="인쇄")).to_be_enabled()
    assert page.locator("[data-county-sheet]").count() == len(problem["counties"])
    assert page.locator("[data-factory]").count() == len(problem["factories"])
    assert page.locator(".slip").count() == 2
    assert page.locator("[data-shop=gate] h2").inner_text().startswith("정문")
    assert "2002년 1월" in page.locator(".slip").first.inner_text()
    assert find_violations(page) == []
    page.emulate_media(media="print")
    assert count_pages(page.pdf(prefer_css_page_size=True)) >= page.locator(".sheet").count()


def test_the_quota_table_prints_the_rows_that_are_not_in_the_document(open_page: OpenPage, plan: str) -> None:
    page = open_page(f"#/factories?plan={plan}&county=hyesan")
    page.wait_for_selector(ROW)
    count = int(page.locator("[data-figure=shown] dd").inner_text().split()[0])
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".paper-only tbody tr").count() == count > page.locator(ROW).count()
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    assert page.locator(".paper-only").count() == 0


@pytest.fixture(scope="module")
def with_shops(service: Service) -> str:
    """A plan of the two counties, in which Hyesan has two shops and a census, and soap has a due date."""
    problem = two_counties_raw()
    problem["counties"][0]["shops"] = [{"id": "gate", "name": "Gate", "local_name": "정문", "share": 0.75}]
    problem["counties"][0]["shops"] += [{"id": "hall", "name": "Hall", "share": 0.25}]
    problem["items"][0]["due"] = {"2002-02": {"share": 0.5, "by": 0.5}}
    problem["counties"][0]["census"] = {"people": {"heads": problem["counties"][0]["population"].pop("people")}}
    problem["population_projection"] = {"census_year": 2000, "plan_year": 2002}
    return str(service.json("/v1/plans", {"problem": problem}, Prefer="wait=60")["id"])


def test_a_county_sheet_and_its_slips_are_printed(open_page: OpenPage, service: Service, with_shops: str) -> None:
    """The sheet shows what comes by month, from whom, and a slip for each shop, on a page of its own."""
    page = open_page(f"#/factories?plan={with_shops}&county-sheet=hyesan")
    page.wait_for_selector(".sheet")
    wait_until_settled(page)
    rows = service.json(f"/v1/plans/{with_shops}/tables/supply?county=hyesan&limit=1000")["rows"]
    sheet = page.locator(".sheet:not(.slip)")
    for row in rows:
        if row["served"]:
            cell = sheet.locator(f"tr[data-item={row['item']}] td[data-period='{row['period']}']").first
            assert shows_value(cell.inner_text(), row["served"])
    soap = sheet.locator("tr[data-item=soap] .note").first.inner_text()
    assert "Hyesan Daily Necessities Factory" in soap
    assert "50.0% of February 2002 due after 50.0% of the month" in soap
    assert "February 2002" in sheet.locator(".sheet-head").inner_text()
    assert "Draft" in sheet.locator(".sheet-head").inner_text()
    assert "166,087" in sheet.locator(".sheet-head").inner_text()
    slips = service.json(f"/v1/plans/{with_shops}/tables/slips?shop=hall&limit=1000")["rows"]
    hall = page.locator(".slip[data-shop=hall]")
    for row in slips:
        cell = hall.locator(f"tr[data-item={row['item']}] td[data-period='{row['period']}']")
        assert shows_value(cell.inner_text(), row["quantity"])
    assert find_violations(page) == []
    take_screenshot(page, "county-sheet", full=True)
    page.emulate_media(media="print")
    assert count_pages(page.pdf(prefer_css_page_size=True)) >= 3


def test_a_factory_sheet_says_from_whom_and_to_whom(open_page: OpenPage, with_shops: str) -> None:
    page = open_page(f"#/factories?plan={with_shops}&sheet=hyesan-daily")
    page.wait_for_selector(".sheet")
    text = page.locator(".sheet").inner_text()
    for part in ("Materials to receive", "Caustic soda", "Centre at Kilju", "Where the goods go", "People of Kapsan"):
        assert part in text
    assert "Labour" in text
    assert find_violations(page) == []


def test_many_rows_scroll(open_page: OpenPage, many: str) -> None:
    """Only the visible rows are in the document, and scrolling through 20,400 rows never stalls."""
    page = open_page(f"#/factories?plan={many}")
    page.wait_for_selector(ROW)
    assert page.locator("[data-figure=shown] dd").inner_text() == "20,400 of 20,400"
    assert page.locator(ROW).count() < 200
    longest = page.evaluate(
        """async () => {
            const holder = document.querySelector(".grid-frame");
            let longest = 0;
            for (let k = 0; k < 60; k++) {
                const begun = performance.now();
                holder.scrollTop = (k * holder.scrollHeight) / 60;
                await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
                longest = Math.max(longest, performance.now() - begun);
            }
            return longest;
        }"""
    )
    assert page.locator(ROW).count() < 200
    assert longest < 1500, "drawing after a jump of 340 rows takes too long"
    begun = time.monotonic()
    page.get_by_label("Search").fill("good-7")
    expect(page.locator("[data-figure=shown] dd")).to_have_text("2,040 of 20,400")
    assert time.monotonic() - begun < 10

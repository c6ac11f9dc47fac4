"""Sheet of a plan's workbook: how far requirements are met by county, and baskets a head and day."""

from models.baskets import BasketSummary
from models.problem.planning_problem import PlanningProblem
from service.spreadsheets.workbook import Sheet, WorkbookWriter

LEAST_COLOUR, MIDDLE_COLOUR, MOST_COLOUR = "#F8696B", "#FFEB84", "#63BE7B"
"""Colours of a share met of 0, of a half, and of 1."""


def add_basket_sheet(book: WorkbookWriter, problem: PlanningProblem, summary: BasketSummary) -> Sheet:
    """Add the sheet: shares met by county and requirement in reds to greens, then g of each item a head and day."""
    sheet = book.add_sheet("Baskets")
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, max(len(problem.requirements), len(problem.items)), 16)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.write_string(0, 0, "Requirements met, and baskets · 요구 충족과 구성", book.formats["title"])
    places = {one.id: f"{one.name or one.id} {one.local_name}".strip() for one in problem.counties}
    counties = [name for name in places if name in summary.list_counties()]
    row = _write_shares(book, sheet, problem, summary, [(name, places[name]) for name in counties])
    _write_amounts(book, sheet, row + 2, problem, summary, [(name, places[name]) for name in counties])
    sheet.freeze_panes(0, 1)
    return sheet


def _write_shares(
    book: WorkbookWriter,
    sheet: Sheet,
    problem: PlanningProblem,
    summary: BasketSummary,
    counties: list[tuple[str, str]],
) -> int:
    """Write the share of each requirement that is met; return the last row."""
    names = [f"{one.name or one.id} {one.local_name}".strip() for one in problem.requirements]
    sheet.write_texts(2, ["Share met · 충족률", *names], book.formats["head"])
    row = 2
    for county, place in counties:
        row += 1
        sheet.write_string(row, 0, place)
        for column, one in enumerate(problem.requirements, 1):
            share = summary.shares.get((county, one.id))
            if share is not None:
                sheet.write_number(row, column, share, book.find_share_format(share))
    if counties and problem.requirements:
        scale: dict[str, str | float] = {
            "type": "3_color_scale",
            "min_type": "num",
            "mid_type": "num",
            "max_type": "num",
        }
        scale |= {"min_value": 0, "mid_value": 0.5, "max_value": 1}
        scale |= {"min_color": LEAST_COLOUR, "mid_color": MIDDLE_COLOUR, "max_color": MOST_COLOUR}
        sheet.conditional_format(3, 1, row, len(problem.requirements), scale)
    return row


def _write_amounts(
    book: WorkbookWriter,
    sheet: Sheet,
    row: int,
    problem: PlanningProblem,
    summary: BasketSummary,
    counties: list[tuple[str, str]],
) -> None:
    """Write g of each item that a head takes a day, for items that anybody takes."""
    taken = [item for item in problem.items if any((county, item.id) in summary.grams for county, _ in counties)]
    names = [f"{item.name or item.id} {item.local_name}".strip() for item in taken]
    sheet.write_texts(row, ["g a head and day · 한 사람 하루 g", *names], book.formats["head"])
    for county, place in counties:
        row += 1
        sheet.write_string(row, 0, place)
        for column, item in enumerate(taken, 1):
            if (county, item.id) in summary.grams:
                sheet.write_number(row, column, summary.grams[county, item.id], book.formats["quantity"])

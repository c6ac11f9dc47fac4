"""The quotas of one factory as a sheet to print: items down, periods across."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import pyarrow as pa

from models.problem.factories import Factory
from models.problem.planning_problem import PlanningProblem
from service.spreadsheets.workbook import Sheet, WorkbookWriter

_HEAD_ROW = 5
_LEADING_COLUMNS = 4


@dataclass
class FactoryQuotas:
    """Quantities and electricity by factory, item and period."""

    quantity: dict[tuple[str, str], dict[str, float]] = field(default_factory=dict)
    """Units by factory and item, then period."""
    kwh: dict[tuple[str, str], dict[str, float]] = field(default_factory=dict)
    """kWh by factory and item, then period."""

    @classmethod
    def from_batches(cls, _: pa.Schema, batches: Iterable[pa.RecordBatch]) -> "FactoryQuotas":
        """Collect the table `quotas`."""
        found = cls()
        names = ("factory", "item", "period", "quantity", "kwh")
        for batch in batches:
            for factory, item, period, quantity, kwh in zip(
                *(batch.column(name).to_pylist() for name in names), strict=True
            ):
                found.quantity.setdefault((factory, item), {})[period] = quantity
                found.kwh.setdefault((factory, item), {})[period] = kwh
        return found


def add_factory_sheet(
    book: WorkbookWriter, problem: PlanningProblem, factory: Factory, quotas: FactoryQuotas, status: str
) -> Sheet:
    """Write the sheet of a factory; `standing` states the plan and its approval."""
    sheet = book.add_sheet(factory.id)
    periods, last = problem.periods, _LEADING_COLUMNS + len(problem.periods)
    title = " · ".join(filter(None, (factory.name or factory.id, factory.local_name)))
    _set_up_page(sheet, title, status, last + 1)
    counties = {one.id: (one.name, one.local_name) for one in problem.counties}
    places = counties | {one.id: (one.name, one.local_name) for one in problem.stations}
    name, local_name = places[factory.place]
    sheet.write_string(0, 0, title, book.formats["title"])
    sheet.write_string(1, 0, " · ".join(filter(None, (name or factory.place, local_name))))
    sheet.write_string(2, 0, status, book.formats["small"])
    sheet.write_string(3, 0, "Quotas in units of each item · 생산계획", book.formats["small"])
    head = ["id", "Item", "품목", "Unit · 단위", *periods, "Total · 계", "kWh · 전력"]
    sheet.write_texts(_HEAD_ROW, head, book.formats["head"])
    items = {item.id: item for item in problem.items}
    row = _HEAD_ROW
    for line in factory.lines:
        row += 1
        item, made = items[line.item], quotas.quantity.get((factory.id, line.item), {})
        look = book.formats["whole" if item.whole_units else "quantity"]
        sheet.write_texts(row, [item.id, item.name or item.id, item.local_name, item.unit])
        for position, period in enumerate(periods, _LEADING_COLUMNS):
            sheet.write_number(row, position, made.get(period, 0.0), look)
        sheet.write_number(row, last, sum(made.values()), look)
        sheet.write_number(
            row, last + 1, sum(quotas.kwh.get((factory.id, line.item), {}).values()), book.formats["quantity"]
        )
    _add_electricity_row(book, sheet, row + 1, problem, factory, quotas)
    return sheet


def _add_electricity_row(
    book: WorkbookWriter, sheet: Sheet, row: int, problem: PlanningProblem, factory: Factory, quotas: FactoryQuotas
) -> None:
    """Write the last row: kWh by period and in total."""
    used = [quotas.kwh.get((factory.id, line.item), {}) for line in factory.lines]
    sheet.write_texts(row, ["", "Electricity", "전력", "kWh"], book.formats["sum_label"])
    total = 0.0
    for position, period in enumerate(problem.periods, _LEADING_COLUMNS):
        kwh = sum(one.get(period, 0.0) for one in used)
        sheet.write_number(row, position, kwh, book.formats["sum"])
        total += kwh
    last = _LEADING_COLUMNS + len(problem.periods)
    sheet.write_blank(row, last, None, book.formats["sum"])
    sheet.write_number(row, last + 1, total, book.formats["sum"])


def _set_up_page(sheet: Sheet, title: str, status: str, last: int) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEAD_ROW)
    sheet.freeze_panes(_HEAD_ROW + 1, _LEADING_COLUMNS)
    sheet.set_header(f"&L{_escape_header_text(title)}", {"margin": 0.3})
    sheet.set_footer(f"&L{_escape_header_text(status)}&R&P / &N", {"margin": 0.3})
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 2, 22)
    sheet.set_column(3, 3, 10)
    sheet.set_column(_LEADING_COLUMNS, last, 11)


def _escape_header_text(text: str) -> str:
    """Escape a text for a header or footer, where & begins a command and 255 characters are the maximum."""
    return text[:100].replace("&", "&&")

"""The quotas of one factory as a sheet to be printed: items down, periods across."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import pyarrow as pa

from models.factories import Factory
from models.problem import PlanningProblem
from service.sheets.workbook import Book, Sheet

_HEAD_ROW = 5
_LEADING = 4


@dataclass
class Quotas:
    """Quantities and electricity by factory, item and period."""

    quantity: dict[tuple[str, str], dict[str, float]] = field(default_factory=dict)
    """Units by factory and item, then period."""
    kwh: dict[tuple[str, str], dict[str, float]] = field(default_factory=dict)
    """kWh by factory and item, then period."""

    @classmethod
    def of(cls, _: pa.Schema, batches: Iterable[pa.RecordBatch]) -> "Quotas":
        """Gather the table `quotas`."""
        found = cls()
        names = ("factory", "item", "period", "quantity", "kwh")
        for batch in batches:
            for factory, item, period, quantity, kwh in zip(
                *(batch.column(name).to_pylist() for name in names), strict=True
            ):
                found.quantity.setdefault((factory, item), {})[period] = quantity
                found.kwh.setdefault((factory, item), {})[period] = kwh
        return found


def add_factory(book: Book, problem: PlanningProblem, factory: Factory, quotas: Quotas, standing: str) -> Sheet:
    """A sheet with what a factory is to make; `standing` says which plan it is of and how that stands."""
    sheet = book.sheet(factory.id)
    periods, last = problem.periods, _LEADING + len(problem.periods)
    title = " · ".join(filter(None, (factory.name or factory.id, factory.local_name)))
    _set_up(sheet, title, standing, last + 1)
    counties = {one.id: (one.name, one.local_name) for one in problem.counties}
    places = counties | {one.id: (one.name, one.local_name) for one in problem.stations}
    name, local_name = places[factory.place]
    sheet.write_string(0, 0, title, book.looks["title"])
    sheet.write_string(1, 0, " · ".join(filter(None, (name or factory.place, local_name))))
    sheet.write_string(2, 0, standing, book.looks["small"])
    sheet.write_string(3, 0, "Quotas in units of each item · 생산계획", book.looks["small"])
    head = ["id", "Item", "품목", "Unit · 단위", *periods, "Total · 계", "kWh · 전력"]
    sheet.texts(_HEAD_ROW, head, book.looks["head"])
    items = {item.id: item for item in problem.items}
    row = _HEAD_ROW
    for line in factory.lines:
        row += 1
        item, made = items[line.item], quotas.quantity.get((factory.id, line.item), {})
        look = book.looks["whole" if item.whole_units else "quantity"]
        sheet.texts(row, [item.id, item.name or item.id, item.local_name, item.unit])
        for position, period in enumerate(periods, _LEADING):
            sheet.write_number(row, position, made.get(period, 0.0), look)
        sheet.write_number(row, last, sum(made.values()), look)
        sheet.write_number(
            row, last + 1, sum(quotas.kwh.get((factory.id, line.item), {}).values()), book.looks["quantity"]
        )
    _electricity(book, sheet, row + 1, problem, factory, quotas)
    return sheet


def _electricity(
    book: Book, sheet: Sheet, row: int, problem: PlanningProblem, factory: Factory, quotas: Quotas
) -> None:
    """The last row: kWh by period and altogether."""
    used = [quotas.kwh.get((factory.id, line.item), {}) for line in factory.lines]
    sheet.texts(row, ["", "Electricity", "전력", "kWh"], book.looks["sum_label"])
    total = 0.0
    for position, period in enumerate(problem.periods, _LEADING):
        kwh = sum(one.get(period, 0.0) for one in used)
        sheet.write_number(row, position, kwh, book.looks["sum"])
        total += kwh
    last = _LEADING + len(problem.periods)
    sheet.write_blank(row, last, None, book.looks["sum"])
    sheet.write_number(row, last + 1, total, book.looks["sum"])


def _set_up(sheet: Sheet, title: str, standing: str, last: int) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEAD_ROW)
    sheet.freeze_panes(_HEAD_ROW + 1, _LEADING)
    sheet.set_header(f"&L{_plain(title)}", {"margin": 0.3})
    sheet.set_footer(f"&L{_plain(standing)}&R&P / &N", {"margin": 0.3})
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 2, 22)
    sheet.set_column(3, 3, 10)
    sheet.set_column(_LEADING, last, 11)


def _plain(text: str) -> str:
    """A text as it stands in a header or footer, where & begins a command and 255 characters are the most."""
    return text[:100].replace("&", "&&")

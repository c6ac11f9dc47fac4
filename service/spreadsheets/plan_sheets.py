"""Sheets of factories and counties in the workbook of a plan, ready for print."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from models.problem.factories import Factory, Line
from models.problem.items import Item
from models.problem.planning_problem import PlanningProblem
from models.problem.population import County
from service.core.share_text import format_share
from service.spreadsheets.sheet_figures import (
    ByPeriod,
    FigureRows,
    LineKey,
    Party,
    SheetFigures,
    compute_labour_hours,
    list_parties,
    sum_by_period,
)
from service.spreadsheets.workbook import Sheet, WorkbookWriter

_HEAD_ROW = 5
_LEADING_COLUMNS = 4

_MIXING_NOTE = (
    "Goods of an item that meet at a place are mixed; whoever gets them takes a part of each source in proportion."
)

_PARTY_TEXTS = {
    "centre": "Centre at {} · 중앙",
    "stock": "Stock in {} · 재고",
    "people": "People of {} · 주민",
    "loss": "Lost in {} · 손실",
    "before": "Under way to {} before the plan · 수송 중이던 것",
    "under_way": "Under way to {} after the plan · 수송 중",
    "others": "Others · 기타",
}
"""Texts of parties other than factories, partners and shops, which have names of their own."""

Extra = str | float | None
"""A cell behind the total of a row."""


@dataclass(frozen=True, slots=True)
class _SheetRow:
    """A row of figures by period."""

    texts: tuple[str, str, str, str]
    """Texts of the leading columns."""
    figures: Mapping[str, float]
    """Figures by period."""
    look: str = "quantity"
    """Format of the figures."""
    extra: tuple[Extra, ...] = ()
    """Cells behind the total."""


class PlanSheets:
    """Writes the sheets of factories and counties of one plan."""

    def __init__(self, book: WorkbookWriter, problem: PlanningProblem, figures: SheetFigures, status: str) -> None:
        """Write into `book`; `status` states the plan and its approval."""
        self._book = book
        self._problem = problem
        self._figures = figures
        self._status = status
        self._items = {item.id: item for item in problem.items}
        self._places = {one.id: (one.name or one.id, one.local_name) for one in problem.counties}
        self._places |= {one.id: (one.name or one.id, one.local_name) for one in problem.stations}
        self._factories = {one.id: _join_names(one.name or one.id, one.local_name) for one in problem.factories}
        self._partners = {one.id: _join_names(one.name or one.id, one.local_name) for one in problem.partners}

    def add_factory_sheet(self, factory: Factory) -> Sheet:
        """Add the sheet of a factory: quotas by period, electricity and labour, materials to receive, and destinations."""
        title = self._factories[factory.id]
        sheet = self._begin_sheet(factory.id, title, factory.place, "Quotas in units of each item · 생산계획")
        row = self._write_head(sheet, _HEAD_ROW, ("id", "Total · 계", "kWh · 전력", "Due · 기한"))
        for one in self._iterate_quotas(factory):
            row = self._write_row(sheet, row, one, fill=True)
        row = self._write_electricity(sheet, row, factory)
        hours = compute_labour_hours(self._problem, self._figures, factory.id)
        row = self._write_row(sheet, row, _SheetRow(("", "Labour", "로동", "hours"), hours))
        for heading, column, rows in (
            ("Materials to receive · 받을 자재", "From · 출처", self._figures.received.get(factory.id)),
            ("Where the goods go · 제품의 행선", "To · 행선", self._figures.sent.get(factory.id)),
        ):
            row = self._write_block(sheet, row, heading, (column, "Total · 계"), self._iterate_parties(rows or {}))
        sheet.write_string(row, 0, _MIXING_NOTE, self._book.formats["small"])
        return sheet

    def add_county_sheet(self, county: County) -> Sheet:
        """Add the sheet of a county: what comes and from whom, what its factories make, and slips of its shops."""
        title = _join_names(county.name or county.id, county.local_name)
        sheet = self._begin_sheet(f"county {county.id}", title, county.id, "Goods for the people · 주민 공급")
        head = ("From · 출처", "Total · 계", "Need · 수요", "Quality · 질", "Due · 기한")
        row = self._write_head(sheet, _HEAD_ROW, head)
        for one in self._iterate_supplies(county):
            row = self._write_row(sheet, row, one)
        made = (
            self._make_item_row(self._factories[factory.id], item, quota)
            for factory in self._problem.factories
            if factory.place == county.id
            for item, lines in _group_by_item(factory).items()
            if (quota := self._sum_lines(self._figures.quotas, factory, lines))
        )
        row = self._write_block(sheet, row, "Made in the county · 군내 생산", ("Factory · 공장", "Total · 계"), made)
        shops = {shop.id: _join_names(shop.name or shop.id, shop.local_name) for shop in county.shops}
        slips = (
            self._make_item_row(shops.get(shop, shop), item, units)
            for ((_, shop), item), units in sorted(
                self._figures.slips.get(county.id, {}).items(), key=lambda one: list(shops).index(one[0][0][1])
            )
        )
        row = self._write_block(sheet, row, "Slips of shops · 상점별 전표", ("Shop · 상점", "Total · 계"), slips)
        sheet.write_string(row, 0, _MIXING_NOTE, self._book.formats["small"])
        return sheet

    def _iterate_quotas(self, factory: Factory) -> Iterator[_SheetRow]:
        """Yield a row for every item, and below it a row for every recipe where the item has several or a name."""
        for item, lines in _group_by_item(factory).items():
            made = self._sum_lines(self._figures.quotas, factory, lines)
            kwh = sum(self._sum_lines(self._figures.kwh, factory, lines).values())
            yield self._make_item_row(item, item, made, (kwh, self._describe_due(self._items[item])))
            for line in lines if len(lines) > 1 or lines[0].recipe else ():
                made, kwh = (
                    self._sum_lines(self._figures.quotas, factory, [line]),
                    sum(self._sum_lines(self._figures.kwh, factory, [line]).values()),
                )
                yield self._make_item_row(f"{item}/{line.recipe}", item, made, (kwh,))

    def _sum_lines(self, figures: Mapping[LineKey, ByPeriod], factory: Factory, lines: Sequence[Line]) -> ByPeriod:
        """Sum amounts of lines of a factory by period."""
        return sum_by_period(figures.get((factory.id, line.item, line.recipe), {}) for line in lines)

    def _iterate_supplies(self, county: County) -> Iterator[_SheetRow]:
        """Yield a row for every good that the county needs or gets, and below it a row for every source."""
        supplied = self._figures.supplied.get(county.id, {})
        for item in self._problem.items:
            need = sum(self._figures.needed.get((county.id, item.id), {}).values())
            parties = list_parties(supplied, item.id)
            if not need and not parties:
                continue
            total: ByPeriod = {
                period: sum(units.get(period, 0.0) for _, units in parties) for period in self._problem.periods
            }
            got = sum(total.values())
            quality = self._figures.quality.get((county.id, item.id), 0.0) / got if got else None
            extra = (need, quality, self._describe_due(item))
            yield self._make_item_row("All · 계", item.id, total, extra)
            for party, units in parties:
                yield self._make_item_row(self._describe_party(party), item.id, units)

    def _iterate_parties(self, rows: FigureRows) -> Iterator[_SheetRow]:
        """Yield a row for every item and party."""
        for item in dict.fromkeys(what for _, what in rows):
            for party, units in list_parties(rows, item):
                yield self._make_item_row(self._describe_party(party), item, units)

    def _describe_party(self, party: Party) -> str:
        kind, name = party
        if kind in _PARTY_TEXTS:
            return _PARTY_TEXTS[kind].format(self._places.get(name, (name, ""))[0])
        return self._factories[name] if kind in ("factory", "material") else self._partners[name]

    def _describe_due(self, item: Item) -> str:
        """Describe what is due before a period ends, such as `2002-04: 65 % after 50.0% of the period`."""
        return "; ".join(
            f"{period}: {format_share(due.share)} "
            + (f"after {format_share(due.by)} of the period" if due.by else "when it begins")
            for period, due in item.due.items()
        )

    def _make_item_row(
        self, leading: str, item_id: str, figures: Mapping[str, float], extra: tuple[Extra, ...] = ()
    ) -> _SheetRow:
        item = self._items[item_id]
        texts = (leading, item.name or item.id, item.local_name, item.unit)
        return _SheetRow(texts, figures, "whole" if item.whole_units else "quantity", extra)

    def _begin_sheet(self, name: str, title: str, place: str, heading: str) -> Sheet:
        sheet = self._book.add_sheet(name)
        _set_up_page(sheet, title, self._status, _LEADING_COLUMNS + len(self._problem.periods) + 3)
        sheet.write_string(0, 0, title, self._book.formats["title"])
        sheet.write_string(1, 0, _join_names(*self._places[place]))
        sheet.write_string(2, 0, self._status, self._book.formats["small"])
        sheet.write_string(3, 0, heading, self._book.formats["small"])
        return sheet

    def _write_head(self, sheet: Sheet, row: int, texts: Sequence[str]) -> int:
        """Write the head of a block: the first text, the item, the periods, and the other texts; return the next row."""
        head = [texts[0], "Item", "품목", "Unit · 단위", *self._problem.periods, *texts[1:]]
        sheet.write_texts(row, head, self._book.formats["head"])
        return row + 1

    def _write_block(self, sheet: Sheet, row: int, heading: str, head: Sequence[str], rows: Iterator[_SheetRow]) -> int:
        """Write a heading, a head and rows, after an empty row; nothing if there are no rows. Return the next row."""
        listed = list(rows)
        if not listed:
            return row
        sheet.write_string(row + 1, 0, heading, self._book.formats["bold"])
        row = self._write_head(sheet, row + 2, head)
        for one in listed:
            row = self._write_row(sheet, row, one)
        return row

    def _write_row(self, sheet: Sheet, row: int, one: _SheetRow, *, fill: bool = False) -> int:
        """Write a row and return the next; periods without a figure are 0 with `fill`, otherwise empty."""
        sheet.write_texts(row, one.texts)
        look = self._book.formats[one.look]
        for position, period in enumerate(self._problem.periods, _LEADING_COLUMNS):
            units = one.figures.get(period, 0.0)
            if units or fill:
                sheet.write_number(row, position, units, look)
        last = _LEADING_COLUMNS + len(self._problem.periods)
        sheet.write_number(row, last, sum(one.figures.values()), look)
        for position, cell in enumerate(one.extra, last + 1):
            if isinstance(cell, str):
                sheet.write_string(row, position, cell)
            elif cell is not None:
                sheet.write_number(row, position, cell, self._book.formats["number" if cell <= 1 else "quantity"])
        return row + 1

    def _write_electricity(self, sheet: Sheet, row: int, factory: Factory) -> int:
        """Write the kWh by period and in total; return the next row."""
        used = self._sum_lines(self._figures.kwh, factory, factory.lines)
        sheet.write_texts(row, ["", "Electricity", "전력", "kWh"], self._book.formats["sum_label"])
        total = 0.0
        for position, period in enumerate(self._problem.periods, _LEADING_COLUMNS):
            kwh = used.get(period, 0.0)
            sheet.write_number(row, position, kwh, self._book.formats["sum"])
            total += kwh
        last = _LEADING_COLUMNS + len(self._problem.periods)
        sheet.write_blank(row, last, None, self._book.formats["sum"])
        sheet.write_number(row, last + 1, total, self._book.formats["sum"])
        return row + 1


def _group_by_item(factory: Factory) -> dict[str, list[Line]]:
    """Return the lines of a factory by item, in the order of their first lines."""
    lines: dict[str, list[Line]] = {}
    for line in factory.lines:
        lines.setdefault(line.item, []).append(line)
    return lines


def _join_names(name: str, local_name: str) -> str:
    return " · ".join(filter(None, (name, local_name)))


def _set_up_page(sheet: Sheet, title: str, status: str, last: int) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEAD_ROW)
    sheet.freeze_panes(_HEAD_ROW + 1, _LEADING_COLUMNS)
    sheet.set_header(f"&L{_escape_header_text(title)}", {"margin": 0.3})
    sheet.set_footer(f"&L{_escape_header_text(status)}&R&P / &N", {"margin": 0.3})
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 2, 22)
    sheet.set_column(3, 3, 10)
    sheet.set_column(_LEADING_COLUMNS, last, 11)


def _escape_header_text(text: str) -> str:
    """Escape a text for a header or footer, where & begins a command and 255 characters are the maximum."""
    return text[:100].replace("&", "&&")

"""Write a province as tables: every sheet of the layout with its rows."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.changes.change import Scenario
from models.problem.borders import Borders, list_areas
from models.problem.planning_problem import PlanningProblem
from models.sheets.cells import CellValue, format_value_list, parse_cell
from models.sheets.columns import LIST_KINDS, Column, SheetLayout, get_id_fields
from models.sheets.layout import (
    BORDERS_SHEET,
    NOTE_COLUMNS,
    OBJECT_SHEETS,
    PERIODS_SHEET,
    PROVINCE_SHEET,
    SETTING_KEYS,
)
from models.validation.finding import JsonPath

Json = dict[str, Any]

RowKey = tuple[str, ...]
"""Key of a row within its sheet; see `make_row_keys`."""

RowNotes = Mapping[str, Mapping[RowKey, Mapping[str, str]]]
"""Contents of the note columns, by sheet and row key."""


@dataclass(frozen=True)
class SheetTable:
    """A sheet to write."""

    layout: SheetLayout
    """Layout of the sheet."""
    header: tuple[tuple[str, Column | None], ...]
    """Headers with their columns; several headers by period share a column, and notes have None."""
    rows: tuple[tuple[CellValue, ...], ...]
    """Rows without the header."""


def build_sheet_tables(
    problem: PlanningProblem,
    name: str = "",
    scenarios: Sequence[Scenario] = (),
    notes: RowNotes | None = None,
) -> tuple[SheetTable, ...]:
    """Build the tables of a problem and its scenarios; `name` is the name of the province if it has one."""
    document: Json = {
        "name": name,
        "problem": problem.model_dump(mode="json"),
        "scenarios": [scenario.model_dump(mode="json") for scenario in scenarios],
    }
    tables = [_build_province_sheet(document), _build_periods_sheet(document)]
    tables += [_build_object_sheet(layout, document, problem.periods) for layout in OBJECT_SHEETS]
    tables.append(_build_borders_sheet(problem.borders))
    return tuple(_add_note_columns(table, (notes or {}).get(table.layout.name, {})) for table in tables)


def _build_province_sheet(document: Json) -> SheetTable:
    rows: list[tuple[CellValue, ...]] = []
    for key, (path, _) in SETTING_KEYS.items():
        value: Any = document
        for part in path:
            value = None if value is None else value[part]
        if not (value is None or value == "" or isinstance(value, list)):
            rows.append((key, _format_cell(value)))
    return SheetTable(PROVINCE_SHEET, tuple((column.name, column) for column in PROVINCE_SHEET.columns), tuple(rows))


def _build_periods_sheet(document: Json) -> SheetTable:
    problem = document["problem"]
    days, delivered = problem["period_days"], problem["supply_shares"]["delivered"]
    rows = tuple(
        (
            period,
            days[t] if isinstance(days, list) else None,
            delivered[t] if isinstance(delivered, list) else None,
        )
        for t, period in enumerate(problem["periods"])
    )
    return SheetTable(PERIODS_SHEET, tuple((column.name, column) for column in PERIODS_SHEET.columns), rows)


def _build_object_sheet(layout: SheetLayout, document: Json, periods: tuple[str, ...]) -> SheetTable:
    entries = list(_iterate_entries(layout, document))
    leading = [column for column in layout.columns if column not in layout.field_columns]
    spread = {
        column.name
        for column in layout.field_columns
        if column.by_period and any(isinstance(_get_field_value(entry, layout, column), list) for _, entry in entries)
    }
    header: list[tuple[str, Column | None]] = [(column.name, column) for column in leading]
    for column in layout.field_columns:
        header.append((column.name, column))
        header += [(f"{column.name} {period}", column) for period in periods if column.name in spread]
    rows = []
    for keys, entry in entries:
        row: list[CellValue] = [_format_cell(key) for key in keys]
        for column in layout.field_columns:
            row += _format_cells(
                column, _get_field_value(entry, layout, column), periods if column.name in spread else ()
            )
        rows.append(tuple(row))
    return SheetTable(layout, tuple(header), tuple(rows))


def _build_borders_sheet(borders: Borders | None) -> SheetTable:
    rows = tuple(
        (county, a, r, *position)
        for county, geometry in (borders.counties.items() if borders is not None else ())
        for a, area in enumerate(list_areas(geometry), 1)
        for r, ring in enumerate(area, 1)
        for position in ring
    )
    return SheetTable(BORDERS_SHEET, tuple((column.name, column) for column in BORDERS_SHEET.columns), rows)


def _get_field_value(entry: Any, layout: SheetLayout, column: Column) -> Any:
    """Return the value of an entry in a column."""
    if layout.value_column:
        return entry
    if column.inside:
        inner = entry.get(column.inside) if isinstance(entry, dict) else None
        return None if inner is None else inner[column.field_name]
    return entry.get(column.name) if isinstance(entry, dict) else entry if column is layout.field_columns[0] else None


def _format_cells(column: Column, value: Any, periods: Sequence[str]) -> list[CellValue]:
    if column.kind in LIST_KINDS:
        return [format_value_list(value)]
    if not periods:
        return [_format_cell(value)]
    return [None, *value] if isinstance(value, list) else [_format_cell(value), *[None] * len(periods)]


def _format_cell(value: Any) -> CellValue:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return None if value == "" else value


def _iterate_entries(layout: SheetLayout, document: Json) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the leading cells and the entry of each row."""
    for names, owner in _iterate_owners(layout.parent_sheets, document):
        for word, path in _list_branch_paths(layout):
            container: Any = owner
            for part in path:
                container = container[part]
            words = (*names, word) if word else names
            if layout.key_column:
                for key, entry in container.items():
                    yield (*words, key), entry
            else:
                for entry in container or ():
                    yield words, entry


def _list_branch_paths(layout: SheetLayout) -> list[tuple[str, JsonPath]]:
    """Return the path below the owner for each value of the branch column."""
    if not layout.branch_paths:
        return [("", layout.path)]
    return [(word, (*layout.path, last)) for word, last in layout.branch_paths.items()]


def _iterate_owners(parents: tuple[str, ...], document: Json) -> Iterator[tuple[tuple[str, ...], Json]]:
    """Yield the owners of rows of a sheet, with the names that identify them."""
    if not parents:
        yield (), document
        return
    top = document["scenarios"] if parents[0] == "scenarios" else document["problem"][parents[0]]
    for owner in top:
        if len(parents) == 1:
            yield (owner["id"],), owner
            continue
        for inner in owner[parents[1]]:
            yield (owner["id"], *(inner[field] for field in get_id_fields(parents[1]))), inner


def make_row_keys(layout: SheetLayout, header: Sequence[str], rows: Sequence[Sequence[CellValue]]) -> list[RowKey]:
    """Return a key for each row: its required texts, and the number of former rows with the same texts."""
    required = [
        (position, column)
        for position, name in enumerate(header)
        if (column := layout.find_column(name)) is not None and column.required and column.kind != "number"
    ]
    seen: Counter[RowKey] = Counter()
    keys = []
    for row in rows:
        texts = tuple(str(parse_cell(column, row[position])) for position, column in required)
        keys.append((*texts, str(seen[texts])))
        seen[texts] += 1
    return keys


def _add_note_columns(table: SheetTable, notes: Mapping[RowKey, Mapping[str, str]]) -> SheetTable:
    """Add note columns to the table if its rows have notes."""
    columns = [column for column in NOTE_COLUMNS if any(column in texts for texts in notes.values())]
    if not columns:
        return table
    header = (*table.header, *((column, None) for column in columns))
    keys = make_row_keys(table.layout, [name for name, _ in table.header], table.rows)
    rows = tuple(
        (*row, *(notes.get(key, {}).get(column) for column in columns))
        for key, row in zip(keys, table.rows, strict=True)
    )
    return SheetTable(table.layout, header, rows)

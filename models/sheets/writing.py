"""From a province to tables: every sheet of the layout with its rows."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.changes.change import Scenario
from models.problem.planning_problem import PlanningProblem
from models.sheets.cells import CellValue, format_value_list, parse_cell
from models.sheets.columns import Column, JsonPath, SheetLayout
from models.sheets.layout import ID_COLUMNS, NOTE_COLUMNS, OBJECT_SHEETS, PERIODS_SHEET, PROVINCE_SHEET, SETTING_KEYS

Json = dict[str, Any]

RowKey = tuple[str, ...]
"""What tells a row of a sheet from the others; see `make_row_keys`."""

RowNotes = Mapping[str, Mapping[RowKey, Mapping[str, str]]]
"""For a sheet, by the key of a row, what its note columns say."""


@dataclass(frozen=True)
class SheetTable:
    """A sheet to be written."""

    layout: SheetLayout
    """Which sheet it is."""
    header: tuple[tuple[str, Column | None], ...]
    """Headers, with the column each belongs to (several by period to one); None for notes."""
    rows: tuple[tuple[CellValue, ...], ...]
    """Its rows, without the header."""


def build_sheet_tables(
    problem: PlanningProblem,
    name: str = "",
    scenarios: Sequence[Scenario] = (),
    notes: RowNotes | None = None,
) -> tuple[SheetTable, ...]:
    """A problem with its scenarios as tables. `name`: the province's, if it has one of its own."""
    document: Json = {
        "name": name,
        "problem": problem.model_dump(mode="json"),
        "scenarios": [one.model_dump(mode="json") for one in scenarios],
    }
    made = [_build_province_sheet(document), _build_periods_sheet(document)]
    made += [_build_object_sheet(layout, document, problem.periods) for layout in OBJECT_SHEETS]
    return tuple(_add_note_columns(one, (notes or {}).get(one.layout.name, {})) for one in made)


def _build_province_sheet(document: Json) -> SheetTable:
    rows: list[tuple[CellValue, ...]] = []
    for key, (path, _) in SETTING_KEYS.items():
        value: Any = document
        for part in path:
            value = value[part]
        if not (value is None or value == "" or isinstance(value, list)):
            rows.append((key, _format_cell(value)))
    return SheetTable(PROVINCE_SHEET, tuple((one.name, one) for one in PROVINCE_SHEET.columns), tuple(rows))


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
    return SheetTable(PERIODS_SHEET, tuple((one.name, one) for one in PERIODS_SHEET.columns), rows)


def _build_object_sheet(layout: SheetLayout, document: Json, periods: tuple[str, ...]) -> SheetTable:
    entries = list(_iterate_entries(layout, document))
    leading = [one for one in layout.columns if one not in layout.field_columns]
    spread = {
        column.name
        for column in layout.field_columns
        if column.by_period and any(isinstance(_get_field_value(entry, layout, column), list) for _, entry in entries)
    }
    header: list[tuple[str, Column | None]] = [(one.name, one) for one in leading]
    for column in layout.field_columns:
        header.append((column.name, column))
        header += [(f"{column.name} {period}", column) for period in periods if column.name in spread]
    rows = []
    for keys, entry in entries:
        row: list[CellValue] = list(keys)
        for column in layout.field_columns:
            row += _format_cells(
                column, _get_field_value(entry, layout, column), periods if column.name in spread else ()
            )
        rows.append(tuple(row))
    return SheetTable(layout, tuple(header), tuple(rows))


def _get_field_value(entry: Any, layout: SheetLayout, column: Column) -> Any:
    """What an entry says in a column."""
    if layout.value_column:
        return entry
    return entry.get(column.name) if isinstance(entry, dict) else entry if column is layout.field_columns[0] else None


def _format_cells(column: Column, value: Any, periods: Sequence[str]) -> list[CellValue]:
    if column.kind in ("listed", "list", "numbers"):
        return [format_value_list(value)]
    if not periods:
        return [_format_cell(value)]
    return [None, *value] if isinstance(value, list) else [_format_cell(value), *[None] * len(periods)]


def _format_cell(value: Any) -> CellValue:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return None if value == "" else value


def _iterate_entries(layout: SheetLayout, document: Json) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The leading cells of each row, and what it says."""
    for names, owner in _iterate_owners(layout.parent_sheets, document):
        for word, path in _list_branch_paths(layout):
            held: Any = owner
            for part in path:
                held = held[part]
            words = (*names, word) if word else names
            if layout.key_column:
                for key, entry in held.items():
                    yield (*words, key), entry
            else:
                for entry in held or ():
                    yield words, entry


def _list_branch_paths(layout: SheetLayout) -> list[tuple[str, JsonPath]]:
    """Where rows go below their owner, for each word of the branch."""
    if not layout.branch_paths:
        return [("", layout.path)]
    return [(word, (*layout.path, last)) for word, last in layout.branch_paths.items()]


def _iterate_owners(parents: tuple[str, ...], document: Json) -> Iterator[tuple[tuple[str, ...], Json]]:
    """What rows of a sheet belong to, with the names that say so."""
    if not parents:
        yield (), document
        return
    top = document["scenarios"] if parents[0] == "scenarios" else document["problem"][parents[0]]
    for owner in top:
        if len(parents) == 1:
            yield (owner["id"],), owner
            continue
        for inner in owner[parents[1]]:
            yield (owner["id"], inner[ID_COLUMNS[parents[1]]]), inner


def make_row_keys(layout: SheetLayout, header: Sequence[str], rows: Sequence[Sequence[CellValue]]) -> list[RowKey]:
    """A key for each row: the texts that it must have, and how many rows above have the same."""
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
    """The table with note columns, as far as anything is noted of its rows."""
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

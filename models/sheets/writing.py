"""From a province to tables: every sheet of the layout with its rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.changes.change import Scenario
from models.problem.planning_problem import PlanningProblem
from models.sheets.cells import Value, listed
from models.sheets.columns import Column, Layout, Path
from models.sheets.layout import IDENTIFIED_BY, KEYS, OBJECT_SHEETS, PERIODS, PROVINCE

Json = dict[str, Any]


@dataclass(frozen=True)
class SheetTable:
    """A sheet to be written."""

    layout: Layout
    """Which sheet it is."""
    header: tuple[tuple[str, Column | None], ...]
    """Headers, with the column each belongs to (several by period to one); None for notes."""
    rows: tuple[tuple[Value, ...], ...]
    """Its rows, without the header."""


def tables_of(
    problem: PlanningProblem,
    name: str = "",
    scenarios: Sequence[Scenario] = (),
    notes: Mapping[str, Mapping[str, Mapping[str, str]]] | None = None,
) -> tuple[SheetTable, ...]:
    """A problem with its scenarios as tables. `name`: the province's, if it has one of its own.

    `notes`: for a sheet, by the first cell of a row, what its note columns say.
    """
    document: Json = {
        "name": name,
        "problem": problem.model_dump(mode="json"),
        "scenarios": [one.model_dump(mode="json") for one in scenarios],
    }
    made = [_province(document), _periods(document)]
    made += [_table(layout, document, problem.periods) for layout in OBJECT_SHEETS]
    return tuple(_noted(one, (notes or {}).get(one.layout.name, {})) for one in made)


def _province(document: Json) -> SheetTable:
    rows: list[tuple[Value, ...]] = []
    for key, (path, _) in KEYS.items():
        value: Any = document
        for part in path:
            value = value[part]
        if not (value is None or value == "" or isinstance(value, list)):
            rows.append((key, _cell(value)))
    return SheetTable(PROVINCE, tuple((one.name, one) for one in PROVINCE.columns), tuple(rows))


def _periods(document: Json) -> SheetTable:
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
    return SheetTable(PERIODS, tuple((one.name, one) for one in PERIODS.columns), rows)


def _table(layout: Layout, document: Json, periods: tuple[str, ...]) -> SheetTable:
    entries = list(_entries(layout, document))
    leading = [one for one in layout.columns if one not in layout.fields]
    spread = {
        column.name
        for column in layout.fields
        if column.by_period and any(isinstance(_of(entry, layout, column), list) for _, entry in entries)
    }
    header: list[tuple[str, Column | None]] = [(one.name, one) for one in leading]
    for column in layout.fields:
        header.append((column.name, column))
        header += [(f"{column.name} {period}", column) for period in periods if column.name in spread]
    rows = []
    for keys, entry in entries:
        row: list[Value] = list(keys)
        for column in layout.fields:
            row += _cells(column, _of(entry, layout, column), periods if column.name in spread else ())
        rows.append(tuple(row))
    return SheetTable(layout, tuple(header), tuple(rows))


def _of(entry: Any, layout: Layout, column: Column) -> Any:
    """What an entry says in a column."""
    if layout.value:
        return entry
    return entry.get(column.name) if isinstance(entry, dict) else entry if column is layout.fields[0] else None


def _cells(column: Column, value: Any, periods: Sequence[str]) -> list[Value]:
    if column.kind in ("listed", "list", "numbers"):
        return [listed(value)]
    if not periods:
        return [_cell(value)]
    return [None, *value] if isinstance(value, list) else [_cell(value), *[None] * len(periods)]


def _cell(value: Any) -> Value:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return None if value == "" else value


def _entries(layout: Layout, document: Json) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The leading cells of each row, and what it says."""
    for names, owner in _owners(layout.parents, document):
        for word, path in _paths(layout):
            held: Any = owner
            for part in path:
                held = held[part]
            words = (*names, word) if word else names
            if layout.key:
                for key, entry in held.items():
                    yield (*words, key), entry
            else:
                for entry in held or ():
                    yield words, entry


def _paths(layout: Layout) -> list[tuple[str, Path]]:
    """Where rows go below their owner, for each word of the branch."""
    if not layout.branch:
        return [("", layout.path)]
    return [(word, (*layout.path, last)) for word, last in layout.branch.items()]


def _owners(parents: tuple[str, ...], document: Json) -> Iterator[tuple[tuple[str, ...], Json]]:
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
            yield (owner["id"], inner[IDENTIFIED_BY[parents[1]]]), inner


def _noted(table: SheetTable, notes: Mapping[str, Mapping[str, str]]) -> SheetTable:
    """The table with note columns, as far as anything is noted of its rows."""
    columns = list(dict.fromkeys(column for said in notes.values() for column in said))
    if not columns:
        return table
    header = (*table.header, *((column, None) for column in columns))
    rows = tuple((*row, *(notes.get(str(row[0]), {}).get(column) or None for column in columns)) for row in table.rows)
    return SheetTable(table.layout, header, rows)

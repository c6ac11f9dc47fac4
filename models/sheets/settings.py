"""The sheets `province` (settings by key) and `periods`."""

from typing import TYPE_CHECKING, Any

from models.sheets.cells import taken
from models.sheets.layout import KEYS, PERIODS
from models.sheets.rows import Rows
from models.validation.checks.context import close_to

if TYPE_CHECKING:
    from models.sheets.document_reader import Reading


def read_settings(rows: Rows, reading: "Reading") -> None:
    """Settings of the whole problem, each at its place."""
    seen: dict[str, int] = {}
    for row in rows.rows:
        key = str(taken(rows.layout.columns[0], row.cells.get("key")) or "").strip()
        if key not in KEYS:
            remedy = close_to(key, list(KEYS)) or f"Known are {', '.join(KEYS)}."
            reading.note("unknown_key", rows.cell(row.number, "key"), f"There is no setting {key[:100]!r}.", remedy)
        elif key in seen:
            reading.note(
                "repeated_row", rows.cell(row.number, "key"), f"{key} stands in row {seen[key]} already.", "Keep one."
            )
        elif "value" in row.cells:
            path, column = KEYS[key]
            _put(reading.document, path, taken(column, row.cells["value"]))
            reading.places.put_cell(path, rows.cell(row.number, "value"))
        seen.setdefault(key, row.number)


def _put(document: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for part in path[:-1]:
        document = document.setdefault(part, {})
    document[path[-1]] = value


def read_periods(rows: Rows, reading: "Reading") -> None:
    """The periods, with days and deliveries where they differ by period."""
    there = list(rows.rows)
    periods = [taken(PERIODS.columns[0], row.cells.get("period")) for row in there]
    for t, row in enumerate(there):
        if periods[t] is None and not any(one.cell == rows.cell(row.number, "period") for one in reading.found):
            reading.note("missing_cell", rows.cell(row.number, "period"), "The period has no name.", "Give it one.")
        reading.places.put_cell(("problem", "periods", t), rows.cell(row.number, "period"))
    reading.problem["periods"] = ["" if one is None else one for one in periods]
    reading.places.periods = [str(one) for one in reading.problem["periods"]]
    for name, path in (("days", ("problem", "period_days")), ("delivered", ("problem", "supply_shares", "delivered"))):
        filled = [row.cells.get(name) for row in there]
        if all(one is None for one in filled):
            continue
        column = PERIODS.column(name)
        assert column is not None  # noqa: S101 - a column of the layout
        for t, row in enumerate(there):
            reading.places.put_cell((*path, t), rows.cell(row.number, name))
            if filled[t] is None:
                reading.note(
                    "missing_cell",
                    rows.cell(row.number, name),
                    "Other periods say a number, this one none.",
                    "Fill it.",
                )
        if path in reading.places:
            reading.note(
                "number_and_list",
                reading.places.cell_at(path),
                f"The sheet periods says {name} too.",
                "Keep one of both.",
            )
        _put(reading.document, path, [taken(column, one) for one in filled])

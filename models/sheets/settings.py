"""The sheets `province` (settings by key) and `periods`."""

from typing import TYPE_CHECKING, Any

from models.sheets.cells import parse_cell
from models.sheets.layout import PERIODS_SHEET, SETTING_KEYS
from models.sheets.rows import SheetRows
from models.validation.checks.context import suggest_similar_names

if TYPE_CHECKING:
    from models.sheets.document_reader import ProvinceDocument


def read_province_settings(rows: SheetRows, document: "ProvinceDocument") -> None:
    """Settings of the whole problem, each at its place."""
    seen: dict[str, int] = {}
    for row in rows.rows:
        key = str(parse_cell(rows.layout.columns[0], row.cells.get("key")) or "").strip()
        if key not in SETTING_KEYS:
            remedy = suggest_similar_names(key, list(SETTING_KEYS)) or f"Known are {', '.join(SETTING_KEYS)}."
            document.add_finding(
                "unknown_key", rows.locate_cell(row.number, "key"), f"There is no setting {key[:100]!r}.", remedy
            )
        elif key in seen:
            document.add_finding(
                "repeated_row",
                rows.locate_cell(row.number, "key"),
                f"{key} stands in row {seen[key]} already.",
                "Keep one.",
            )
        elif "value" in row.cells:
            path, column = SETTING_KEYS[key]
            _set_value_at(document.content, path, parse_cell(column, row.cells["value"]))
            document.locations.add_cell_location(path, rows.locate_cell(row.number, "value"))
        seen.setdefault(key, row.number)


def _set_value_at(document: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for part in path[:-1]:
        document = document.setdefault(part, {})
    document[path[-1]] = value


def read_periods(rows: SheetRows, document: "ProvinceDocument") -> None:
    """The periods, with days and deliveries where they differ by period."""
    there = list(rows.rows)
    periods = [parse_cell(PERIODS_SHEET.columns[0], row.cells.get("period")) for row in there]
    for t, row in enumerate(there):
        if periods[t] is None and not any(
            one.cell == rows.locate_cell(row.number, "period") for one in document.findings
        ):
            document.add_finding(
                "missing_cell", rows.locate_cell(row.number, "period"), "The period has no name.", "Give it one."
            )
        document.locations.add_cell_location(("problem", "periods", t), rows.locate_cell(row.number, "period"))
    document.problem["periods"] = ["" if one is None else one for one in periods]
    document.locations.periods = [str(one) for one in document.problem["periods"]]
    for name, path in (("days", ("problem", "period_days")), ("delivered", ("problem", "supply_shares", "delivered"))):
        filled = [row.cells.get(name) for row in there]
        if all(one is None for one in filled):
            continue
        column = PERIODS_SHEET.find_column(name)
        assert column is not None  # noqa: S101 - a column of the layout
        for t, row in enumerate(there):
            document.locations.add_cell_location((*path, t), rows.locate_cell(row.number, name))
            if filled[t] is None:
                document.add_finding(
                    "missing_cell",
                    rows.locate_cell(row.number, name),
                    "Other periods say a number, this one none.",
                    "Fill it.",
                )
        if path in document.locations:
            document.add_finding(
                "number_and_list",
                document.locations.get_cell_location(path),
                f"The sheet periods says {name} too.",
                "Keep one of both.",
            )
        _set_value_at(document.content, path, [parse_cell(column, one) for one in filled])

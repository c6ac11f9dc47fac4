"""A province from a folder of CSV files in the layout of `models.sheets`."""

from pathlib import Path

from models.provinces.figures import open_csv_folder, read_text_rows
from models.provinces.province import Province
from models.sheets import CsvSheets, read_sheet_tables
from models.validation.parsing import validate_model


def read_province(folder: Path) -> Province:
    """The province in `folder`. Raises OSError, and InvalidProblemError with all findings, by sheet, row and column."""
    files = open_csv_folder(folder)
    document = read_sheet_tables(files)
    problem, scenarios = document.parse_parts()
    content = {
        "id": folder.name,
        "name": document.content.get("name") or problem.name or folder.name,
        "local_name": _find_local_name(files),
        "notes": problem.notes,
        "problem": problem,
        "scenarios": scenarios,
    }
    with document.locate_errors():
        return validate_model(Province, content)


def _find_local_name(files: CsvSheets) -> str:
    """The province's name in its own language, which the plan does not read."""
    if "underlying_figures" not in files.list_sheet_names():
        return ""
    _, rows = read_text_rows(files, "underlying_figures")
    return next((cells[3] for _, cells in rows if cells[:3] == ["province", "", "local_name"]), "")

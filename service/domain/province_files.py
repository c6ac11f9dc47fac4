"""Provinces as files: workbooks, and zips of CSV files."""

from collections.abc import Iterator

from models import provinces as built_in
from models.problem.planning_problem import PlanningProblem
from models.sheets import SheetTable, build_sheet_tables
from service.domain.provinces import ProvinceVersion
from service.spreadsheets.file_chunks import iterate_file_chunks
from service.spreadsheets.file_kinds import SpreadsheetKind
from service.spreadsheets.province_workbook import ExtraSheets, build_province_zip, write_province_workbook


def build_province_tables(found: ProvinceVersion) -> tuple[tuple[SheetTable, ...], ExtraSheets]:
    """Build the tables of a province and its sheets for readers; a built-in province has its marks and sources."""
    problem: PlanningProblem = found.problem.parse_problem()
    if not found.built_in:
        return build_sheet_tables(problem, found.name, found.scenarios), {}
    notes, pages = built_in.load_province_notes(found.id)
    return build_sheet_tables(problem, found.name, found.scenarios, notes), pages


def stream_province_file(found: ProvinceVersion, kind: SpreadsheetKind) -> Iterator[bytes]:
    """Stream a province as a workbook or a zip."""
    tables, pages = build_province_tables(found)
    if kind == "zip":
        return iter((build_province_zip(tables, pages),))
    return iterate_file_chunks(write_province_workbook(found.name, tables, pages))

"""Provinces as files: workbooks, and CSV in a zip."""

from collections.abc import Iterator

from models import provinces as built_in
from models.problem import PlanningProblem
from models.sheets import SheetTable, tables_of
from service.provinces.service import Found
from service.sheets.kinds import SheetKind
from service.sheets.province import Pages, province_workbook, province_zip
from service.sheets.streams import in_pieces


def tables_of_province(found: Found) -> tuple[tuple[SheetTable, ...], Pages]:
    """A province's tables, and beside them sheets for people; what comes with Allot has its marks and sources noted."""
    problem: PlanningProblem = found.problem.problem()
    if not found.built_in:
        return tables_of(problem, found.name, found.scenarios), {}
    notes, sources = built_in.load_notes(found.id)
    return tables_of(problem, found.name, found.scenarios, notes), {"sources": sources}


def province_file(found: Found, kind: SheetKind) -> Iterator[bytes]:
    """A province as a workbook or a zip, in pieces."""
    tables, pages = tables_of_province(found)
    if kind == "zip":
        return iter((province_zip(tables, pages),))
    return in_pieces(province_workbook(found.name, tables, pages))

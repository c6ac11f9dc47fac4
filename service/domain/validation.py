"""Validation of a problem."""

from typing import IO

from models.problem.planning_problem import PlanningProblem
from models.validation.checks import Finding, InvalidProblemError, check_problem
from service.auth.authorization import scope_lookup
from service.auth.principals import Principal
from service.core.document_limits import reject_oversized_document
from service.core.errors import UnprocessableContentError, cap_findings
from service.core.json_documents import decode_json_object
from service.core.settings import Settings
from service.domain.problem_sources import resolve_bare_problem
from service.domain.provinces import ProvinceService
from service.domain.schemas.problems import PlaceOutline, ProblemSize, ValidationReport
from service.spreadsheets.archive import InvalidFileError
from service.spreadsheets.file_kinds import SpreadsheetKind
from service.spreadsheets.marked_workbook import write_marked_workbook
from service.spreadsheets.reader import open_sheet_source, read_sheets
from service.storage.store import Store


def validate_body(
    raw: bytes, kind: SpreadsheetKind | None, settings: Settings, store: Store, principal: Principal
) -> ValidationReport:
    """Validate the problem in a body; ContentTooLargeError or BadRequestError if it cannot be read.

    `kind` is the kind of spreadsheet, None for JSON.
    """
    if kind is not None:
        return _validate_sheets(raw, kind, settings, ProvinceService(store, settings))
    try:
        meant = resolve_bare_problem(
            decode_json_object(raw),
            settings,
            scope_lookup(ProvinceService(store, settings).look_up_province, principal, "read"),
        )
    except InvalidProblemError as error:
        return _build_report(error.findings, None)
    return _build_report(meant.findings, meant.problem)


def mark_findings(
    raw: bytes, kind: SpreadsheetKind | None, settings: Settings, store: Store, principal: Principal
) -> IO[bytes]:
    """Validate sheets, and write a copy of them in which every finding is a coloured cell with a comment.

    Raises UnprocessableContentError for JSON, which has no cells, and for a file that cannot be opened.
    """
    if kind is None:
        raise UnprocessableContentError(
            "JSON has no cells to mark. Send a workbook or a zip of CSV files, or leave `format` out."
        )
    report = validate_body(raw, kind, settings, store, principal)
    try:
        return write_marked_workbook("Findings", open_sheet_source(raw, kind, settings), report.findings)
    except InvalidFileError as error:
        raise UnprocessableContentError(str(error), findings=list(report.findings)) from error


def _validate_sheets(
    raw: bytes, kind: SpreadsheetKind, settings: Settings, provinces: ProvinceService
) -> ValidationReport:
    reading = read_sheets(raw, kind, settings)
    try:
        reject_oversized_document(reading.problem, settings, "/problem")
        reading.raise_on_errors()
        with reading.locate_errors():
            problem = provinces.parse_province_problem(reading.content)
    except InvalidProblemError as error:
        return _build_report(error.findings, None)
    return _build_report(reading.locate_findings(check_problem(problem), "/problem"), problem)


def _build_report(findings: tuple[Finding, ...], problem: PlanningProblem | None) -> ValidationReport:
    findings = cap_findings(findings)
    errors = sum(one.severity == "error" for one in findings)
    return ValidationReport(
        valid=errors == 0,
        errors=errors,
        warnings=len(findings) - errors,
        findings=findings,
        size=None if problem is None else _measure_problem(problem),
        places=() if problem is None else _outline_places(problem),
        borders=None if problem is None else problem.borders,
    )


def _outline_places(problem: PlanningProblem) -> tuple[PlaceOutline, ...]:
    return tuple(
        PlaceOutline(
            id=place.id,
            name=place.name,
            local_name=place.local_name,
            is_county=is_county,
            latitude=place.latitude,
            longitude=place.longitude,
        )
        for places, is_county in ((problem.counties, True), (problem.stations, False))
        for place in places
    )


def _measure_problem(problem: PlanningProblem) -> ProblemSize:
    return ProblemSize(
        counties=len(problem.counties),
        stations=len(problem.stations),
        items=len(problem.items),
        factories=len(problem.factories),
        lines=sum(len(factory.lines) for factory in problem.factories),
        links=len(problem.links),
        partners=len(problem.partners),
        budgets=len(problem.budgets),
        periods=len(problem.periods),
    )

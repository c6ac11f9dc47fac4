"""A study as a workbook: index, head, quantiles, thresholds, request, and its tables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any

from models.analyses.study import StudyRequest, StudyResult
from models.problem.planning_problem import PlanningProblem
from service.spreadsheets.sheet_figures import TableOpener
from service.spreadsheets.workbook import Sheet, WorkbookWriter, open_workbook

TABLE_TEXTS: Mapping[str, str] = {
    "runs": "One row for each run: factors, outcomes, bounds · 실행",
    "drivers": "How much each factor drives each outcome · 동인",
    "boxes": "Ranges of factors in which a threshold is missed · 실패 상자",
    "counties": "Served shares of counties over the runs · 군별 공급률",
    "items": "Served shares of items over the runs · 품목별 공급률",
    "periods": "Served shares of periods over the runs · 기간별 공급률",
    "regret": "Objective above that of the best lever in each draw · 후회값",
    "run_counties": "Served share of each county in each run · 실행별 군",
    "run_items": "Served share of each item in each run · 실행별 품목",
}
"""What the sheet of each table holds, in the order of the sheets."""

_FINE = frozenset(
    {
        "served_share",
        "first_order",
        "first_order_error",
        "total",
        "total_error",
        "fit",
        "probability",
        "probability_below",
    }
    | {"coverage", "density", "mass", "least", "greatest", "p10", "p25", "p50", "p75", "p90"}
)
"""Columns of shares, indices and factors, which need more than two decimals."""

Cell = str | float | None


@dataclass(frozen=True, slots=True)
class StudyWorkbookContent:
    """The content of a workbook."""

    title: str
    """Title of the study."""
    study: str
    """Its identifier; empty for a study that is not stored."""
    request: StudyRequest
    """What was asked."""
    head: StudyResult
    """What came out."""
    problem: PlanningProblem
    """Problem of the base plan, for names."""
    tables: Mapping[str, TableOpener]
    """Its tables."""


def write_study_workbook(file: StudyWorkbookContent) -> IO[bytes]:
    """Write the workbook to a temporary file."""
    factors = [factor.name for factor in file.request.factors]
    with open_workbook(file.title) as (book, sink):
        index = book.add_sheet("Index")
        links = [
            _add_rows(book, "Head", "The study at a glance · 개요", _list_head_rows(file)),
            _add_rows(book, "Quantiles", "Quantiles by lever and outcome · 분위수", _list_quantile_rows(file)),
            _add_rows(
                book, "Thresholds", "How likely thresholds are missed · 기준 미달 확률", _list_threshold_rows(file)
            ),
            _add_rows(book, "Request", "Factors, levers and design · 요청", _list_request_rows(file)),
            _add_rows(book, "Names", "Identifiers with names in English and Korean · 이름", _list_name_rows(file)),
        ]
        for name, text in TABLE_TEXTS.items():
            if name in file.tables:
                schema, batches = file.tables[name]()
                fine = {column for column in schema.names if column in _FINE or (name == "runs" and column in factors)}
                sheets = book.add_table(name, schema, batches, formats=dict.fromkeys(fine, "coefficient"))
                links += [(sheet, text) for sheet in sheets]
        _fill_index(book, index, file, links)
    return sink


def _fill_index(book: WorkbookWriter, index: Sheet, file: StudyWorkbookContent, links: list[tuple[str, str]]) -> None:
    index.set_column(0, 0, 24)
    index.set_column(1, 1, 80)
    index.write_string(0, 0, file.title, book.formats["title"])
    index.write_string(1, 0, f"Study {file.study}".strip(), book.formats["small"])
    index.write_texts(3, ["Sheet", "What is on it"], book.formats["head"])
    for row, (name, text) in enumerate(links, 4):
        index.write_url(row, 0, f"internal:'{name}'!A1", book.formats["link"], name)
        index.write_string(row, 1, text)
    index.freeze_panes(4, 0)


def _add_rows(book: WorkbookWriter, name: str, text: str, rows: Iterator[tuple[Cell, ...]]) -> tuple[str, str]:
    """Add a sheet whose first row is its head; return its name and what it holds. Shares are numbers from 0 to 1."""
    sheet = book.add_sheet(name)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 12, 20)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.freeze_panes(1, 0)
    sheet.write_texts(0, [str(cell) for cell in next(rows)], book.formats["head"])
    for row, cells in enumerate(rows, 1):
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                sheet.write_string(row, column, cell)
            elif cell is not None:
                look = "whole" if isinstance(cell, int) else "coefficient" if abs(cell) < 10 else "number"
                sheet.write_number(row, column, cell, book.formats[look])
    return str(sheet.get_name()), text


def _list_head_rows(file: StudyWorkbookContent) -> Iterator[tuple[Cell, ...]]:
    head = file.head
    yield "Figure", "Value", "Unit"
    yield "Runs · 실행", head.run_count, ""
    yield "Runs without a plan · 실행 불가능", head.infeasible_count, ""
    yield "Runs without a proved optimum · 실패", head.failed_count, ""
    yield "Draws that were clipped · 잘린 추출값", head.clipped_count, ""
    yield "Fidelity · 정밀도", head.fidelity, ""
    if head.multi_fidelity is not None:
        multi = head.multi_fidelity
        yield "Runs were solved by", multi.fidelity, ""
        yield "Corrected by runs by month", multi.corrected_by, ""
        yield "Correlation of both", multi.correlation, ""
        yield "Largest correction, relative", multi.largest_correction, ""
    yield "Objective has certified bounds", "yes" if head.is_convex else f"no: {head.convexity_reason}", ""
    if head.perfect_information is not None:
        yield "Worth of perfect information · 완전 정보의 가치", head.perfect_information, "weighted won"


def _list_quantile_rows(file: StudyWorkbookContent) -> Iterator[tuple[Cell, ...]]:
    figures = ("mean", "p10", "p50", "p90")
    yield "lever", "outcome", "count", *(f"{name}{part}" for name in figures for part in ("", " from", " to")), "cvar90"
    for row in file.head.quantiles:
        cells = [cell for name in figures for cell in (getattr(row, name), *getattr(row, f"{name}_interval"))]
        yield row.lever, row.outcome, row.count, *cells, row.cvar90


def _list_threshold_rows(file: StudyWorkbookContent) -> Iterator[tuple[Cell, ...]]:
    yield "lever", "outcome", "fails below", "fails above", "probability", "from", "to"
    for row in file.head.thresholds:
        yield row.lever, row.outcome, row.least, row.most, row.probability, *row.interval


def _list_request_rows(file: StudyWorkbookContent) -> Iterator[tuple[Cell, ...]]:
    request = file.request
    yield "Kind", "Name", "Changes", "Distribution or value"
    for factor in request.factors:
        changes = "; ".join(_describe_change(one.model_dump(exclude_none=True)) for one in factor.changes)
        yield "factor · 요인", factor.name, changes, _describe_model(factor.distribution.model_dump(exclude_none=True))
    for pair in request.rank_correlation:
        yield "rank correlation · 순위상관", " and ".join(pair.factors), "", pair.value
    for lever in request.levers:
        changes = "; ".join(_describe_change(one.model_dump(exclude_none=True)) for one in lever.changes)
        yield "lever · 조치", lever.name, changes, ""
    design = {key: value for key, value in request.design.model_dump().items() if key != "points"}
    yield "design · 설계", request.design.kind, _describe_model(design), ""
    yield "fidelity · 정밀도", request.fidelity, "", ""
    yield "hold · 유지", request.hold, "", ""


def _list_name_rows(file: StudyWorkbookContent) -> Iterator[tuple[Cell, ...]]:
    problem = file.problem
    yield "kind", "id", "name", "local_name"
    for kind, members in (("county", problem.counties), ("item", problem.items), ("requirement", problem.requirements)):
        for one in members:
            yield kind, one.id, one.name, one.local_name


def _describe_change(change: Mapping[str, Any]) -> str:
    places = [
        ", ".join([value] if isinstance(value, str) else value)
        for key in ("where", "periods")
        if (value := change.get(key))
    ]
    number = next(
        (
            f" × {change[key]:g}" if key == "factor" else f" = {change[key]}"
            for key in ("factor", "value")
            if key in change
        ),
        "",
    )
    return " ".join([str(change["what"]), *places]) + number


def _describe_model(fields: Mapping[str, Any]) -> str:
    return ", ".join(str(value) if key == "kind" else f"{key} {value}" for key, value in fields.items())

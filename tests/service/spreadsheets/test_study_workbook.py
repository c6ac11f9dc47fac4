"""The workbook of a study: head, quantiles, thresholds, request, names and tables, as a spreadsheet program reads them."""

from collections.abc import Iterable
from functools import partial
from typing import Any

import openpyxl
import pyarrow as pa
import pytest

from models.analyses.study import StudyRequest, StudyResult
from models.analyses.tables import BoxRow, DriverRow, RegretRow, RunRow
from models.base import Frozen
from models.examples import two_counties_text
from models.validation.parsing import parse_problem
from service.spreadsheets.sheet_figures import TableOpener
from service.spreadsheets.study_workbook import StudyWorkbookContent, write_study_workbook

REQUEST: dict[str, Any] = {
    "factors": [
        {
            "name": "power",
            "changes": [{"what": "power_limit", "where": "=danger"}],
            "distribution": {"kind": "uniform", "low": 0.75, "high": 1.25},
        }
    ],
    "levers": [{"name": "lorries", "changes": [{"what": "link_tonnes", "factor": 1.2}]}],
    "design": {"kind": "sobol", "size": 2},
}

HEAD: dict[str, Any] = {
    "run_count": 4,
    "fidelity": "month",
    "is_convex": True,
    "perfect_information": 12.5,
    "quantiles": [
        {"lever": "base", "outcome": "served_share", "count": 2, "mean": 0.5, "p10": 0.4, "p50": 0.5, "p90": 0.6}
        | {f"{name}_interval": (0.3, 0.7) for name in ("mean", "p10", "p50", "p90")}
        | {"cvar90": 0.39}
    ],
    "thresholds": [
        {"lever": "base", "outcome": "served_share", "least": 0.45, "probability": 0.5, "interval": (0.1, 0.9)}
    ],
}


def _table(rows: Iterable[Frozen], **columns: list[float]) -> pa.Table:
    table = pa.Table.from_pylist([row.model_dump() for row in rows])
    for name, values in columns.items():
        table = table.append_column(name, pa.array(values))
    return table


def _open(table: pa.Table) -> tuple[pa.Schema, list[pa.RecordBatch]]:
    return table.schema, table.to_batches()


@pytest.fixture(scope="module")
def book() -> openpyxl.Workbook:
    """The workbook, read again."""
    run = RunRow(
        run=0,
        lever="base",
        outcome="optimal",
        objective=1234.5,
        served_share=0.5125,
        lower_bound=1234.5,
        upper_bound=1234.5,
        fidelity="month",
        conflict="",
        plan="",
    )
    driver = DriverRow.model_validate(
        dict.fromkeys(DriverRow.model_fields, 0.25) | {"lever": "base", "outcome": "objective", "factor": "power"}
    )
    box = BoxRow(
        lever="base", threshold="served_share < 0.45", box=1, factor="power", least=0.75, greatest=0.9, coverage=0.8,
        density=0.9, mass=0.2, probability=1e-6,
    )  # fmt: skip
    tables: dict[str, pa.Table] = {
        "boxes": _table([box]),
        "drivers": _table([driver]),
        "runs": _table([run], power=[0.9125]),
        "regret": _table(
            [RegretRow(lever="base", draw=at, objective=1.0, regret=regret) for at, regret in ((0, None), (1, 2.5))]
        ),
    }
    openers: dict[str, TableOpener] = {name: partial(_open, table) for name, table in tables.items()}
    content = StudyWorkbookContent(
        "Two counties: study",
        "01ABC",
        StudyRequest.model_validate(REQUEST),
        StudyResult.model_validate(HEAD),
        parse_problem(two_counties_text()),
        openers,
    )
    with write_study_workbook(content) as file:
        file.seek(0)
        return openpyxl.load_workbook(file)


def test_sheets_come_in_a_fixed_order_and_the_index_links_them(book: openpyxl.Workbook) -> None:
    names = ["Head", "Quantiles", "Thresholds", "Request", "Names", "runs", "drivers", "boxes", "regret"]
    assert book.sheetnames == ["Index", *names]
    index = book["Index"]
    assert [index.cell(row, 1).value for row in range(5, 5 + len(names))] == names
    assert all(index.cell(row, 1).hyperlink is not None for row in range(5, 5 + len(names)))


def test_head_quantiles_and_thresholds_are_numbers(book: openpyxl.Workbook) -> None:
    head = {row[0]: row[1] for row in book["Head"].iter_rows(values_only=True)}
    assert head["Runs · 실행"] == 4
    assert head["Worth of perfect information · 완전 정보의 가치"] == 12.5
    assert list(book["Quantiles"].iter_rows(values_only=True))[1][:6] == ("base", "served_share", 2, 0.5, 0.3, 0.7)
    assert list(book["Thresholds"].iter_rows(values_only=True))[1] == (
        "base",
        "served_share",
        0.45,
        None,
        0.5,
        0.1,
        0.9,
    )


def test_the_request_is_told_and_texts_stay_texts(book: openpyxl.Workbook) -> None:
    rows = list(book["Request"].iter_rows(values_only=True))
    assert rows[1] == ("factor · 요인", "power", "power_limit =danger", "uniform, low 0.75, high 1.25")
    assert rows[2][:3] == ("lever · 조치", "lorries", "link_tonnes × 1.2")


def test_shares_and_factors_show_four_decimals(book: openpyxl.Workbook) -> None:
    runs = book["runs"]
    heads = [cell.value for cell in runs[1]]
    for name, shown in (("power", "0.0000"), ("served_share", "0.0000"), ("objective", "#,##0.00")):
        assert runs.cell(2, heads.index(name) + 1).number_format == shown
    assert runs.cell(2, heads.index("power") + 1).value == 0.9125
    regret = book["regret"]
    assert [regret.cell(row, 4).value for row in (2, 3)] == [None, 2.5]

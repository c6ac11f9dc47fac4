"""Tables as sheets and as CSV: what is read back is what was written, and no name becomes a formula or markup."""

import csv
import io
import json
import unicodedata
from collections.abc import Iterator
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa
import pytest
from hypothesis import given, strategies as st
from pydantic import Field

from models.sheets.formulas import escape_formula, unescape_formula
from service.core.codecs import encode_table
from service.domain.schemas.tables import TableQuery
from service.domain.table_selection import BATCH_ROWS, select_from_table
from service.spreadsheets.table_formats import format_json_page, stream_csv, stream_xlsx
from service.spreadsheets.workbook import SheetNames, open_workbook
from solvers.results import escape_formulas

HOSTILE = [
    "=1+1",
    "+1",
    "-x",
    "@SUM(A1)",
    "\t=1",
    "'=x",
    "''=x",
    "\n=1",
    " =1",
    "\u3000＝1",
    "\u200b@x",
    "\xa0\x07+x",
    *(f"{prefix}{sign}SUM(A1)" for prefix in ("", "'", " ", "\u2060") for sign in "＝＋－＠﹦﹢﹣﹫"),
    "\nx",
    "<r><t>x</t></r>",
    "a&b<c>",
    '"quoted", twice"',
    "량강도",
    "_x0041_",
    " x ",
    "a\x01b\ufffe",
]


def labelled(labels: list[str]) -> pa.Table:
    numbers = pa.array(np.linspace(0, 1e15, len(labels)) / 3)
    return pa.table({"part": pa.array(labels).dictionary_encode(), "limit": numbers, "unit": pa.array(labels)})


def begins_formula(text: str) -> bool:
    """Whether the first character that is seen stands for one of those that begin a formula."""
    seen = [one for one in text if unicodedata.category(one)[0] not in "CZ"]
    return text[0] in "\t\r\n" or unicodedata.normalize("NFKC", seen[0] if seen else "x") in set("=+-@")


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=4))
def test_python_and_arrow_escape_the_same_texts_and_each_can_be_had_back(text: str) -> None:
    escaped = escape_formula(text)
    assert isinstance(escaped, str)
    assert unescape_formula(escaped) == text
    assert escape_formulas(pa.table({"part": [text]}))["part"].to_pylist() == [escaped]


def sheet_rows(content: bytes) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    rows = [row for sheet in book.worksheets for row in sheet.iter_rows(min_row=2)]
    assert all(cell.data_type in {"s", "n"} for row in rows for cell in row)
    return [tuple(cell.value for cell in row) for row in rows]


def unescaped(text: str) -> str:
    """What Excel reads: openpyxl leaves `_xHHHH_` as it stands."""
    return openpyxl.utils.escape.unescape(text)  # type: ignore[no-any-return]


def test_no_label_becomes_a_formula_or_markup_in_a_sheet() -> None:
    table = labelled(HOSTILE)
    found = sheet_rows(b"".join(stream_xlsx("x", table.schema, table.to_batches())))
    assert [(unescaped(part), unescaped(unit)) for part, _, unit in found] == [(one, one) for one in HOSTILE]
    assert [limit for _, limit, _ in found] == table["limit"].to_pylist()


def test_no_label_becomes_a_formula_in_csv_and_each_can_be_had_back() -> None:
    table = labelled(HOSTILE)
    text = b"".join(stream_csv(table.schema, table.to_batches())).decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert not [row["part"] for row in rows if begins_formula(row["part"])]
    assert [row["part"].removeprefix("'") if row["part"][0] == "'" else row["part"] for row in rows] == HOSTILE
    assert [unescape_formula(row["unit"]) for row in rows] == HOSTILE
    assert [float(row["limit"]) for row in rows] == table["limit"].to_pylist()


@given(st.lists(st.floats(0, 1e15) | st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_numbers_keep_every_digit(numbers: list[float]) -> None:
    table = pa.table({"price": pa.array([*numbers, None], pa.float64()), "end": ["."] * (len(numbers) + 1)})
    assert [row[0] for row in sheet_rows(b"".join(stream_xlsx("x", table.schema, table.to_batches())))] == [
        *numbers,
        None,
    ]


def test_a_table_longer_than_a_sheet_goes_on_in_the_next() -> None:
    table = labelled([f"part-{n}" for n in range(25)])
    with open_workbook("x") as (book, file):
        names = book.add_table("capacity", table.schema, table.to_batches(max_chunksize=7), max_rows=11)
    assert names == ["capacity", "capacity~2", "capacity~3"]
    with file:
        read = openpyxl.load_workbook(file)
    assert [sheet.max_row for sheet in read.worksheets] == [11, 11, 6]
    assert [row[0].value for sheet in read.worksheets for row in sheet.iter_rows(min_row=2)] == table[
        "part"
    ].to_pylist()
    assert read["capacity"].freeze_panes == "A2"
    assert read["capacity"].auto_filter.ref == "A1:C11"


def test_a_selection_is_read_in_batches_and_filtered_sorted_and_cut_as_one() -> None:
    rng = np.random.default_rng(5)
    rows = BATCH_ROWS * 2 + 100
    table = pa.table(
        {
            "county": pa.array(rng.choice(["a", "b", "c"], rows)).dictionary_encode(),
            "price": pa.array(rng.integers(0, 1000, rows).astype(float)),
        }
    )
    body = encode_table(table).body

    def read(**requested: Any) -> list[dict[str, Any]]:
        offset, limit = requested.pop("offset", 0), requested.pop("limit", None)
        return [
            row
            for batch in select_from_table(pa.BufferReader(body), "prices", Query(**requested)).iterate_batches(
                offset, limit
            )
            for row in batch.to_pylist()
        ]

    class Query(TableQuery):
        county: list[str] = Field(default=[])

    everything = table.to_pylist()
    of_b = [row for row in everything if row["county"] == "b"]
    assert read() == everything
    assert read(offset=BATCH_ROWS - 5, limit=10) == everything[BATCH_ROWS - 5 : BATCH_ROWS + 5]
    assert read(county=["b"], offset=7, limit=BATCH_ROWS) == of_b[7 : BATCH_ROWS + 7]
    assert select_from_table(pa.BufferReader(body), "prices", Query(county=["b"])).count_rows() == len(of_b)
    assert [row["price"] for row in read(county=["b"], sort=["-price"])] == sorted(
        (r["price"] for r in of_b), reverse=True
    )
    assert (
        read(columns=["price"], county=["c"], limit=3)
        == [{"price": r["price"]} for r in everything if r["county"] == "c"][:3]
    )
    assert len(list(select_from_table(pa.BufferReader(body), "prices", Query()).iterate_batches())) == 3


@pytest.mark.parametrize("layout", ["rows", "columns"])
def test_json_has_every_kind_of_value(layout: str) -> None:
    table = pa.table(
        {
            "area": pa.array(["a", None, 'q"\n']).dictionary_encode(),
            "limit": pa.array([1.5, None, 1e-300]),
            "n": [1, 2, None],
        }
    )
    page = json.loads(
        format_json_page(
            "power", table.to_batches(), table.column_names, total=3, offset=0, next_url=None, layout=layout
        )
    )
    assert page[layout] == (table.to_pylist() if layout == "rows" else table.to_pydict())
    empty = json.loads(
        format_json_page("power", [], table.column_names, total=0, offset=0, next_url=None, layout=layout)
    )
    assert empty[layout] == ([] if layout == "rows" else {"area": [], "limit": [], "n": []})


def hostile_names() -> Iterator[str]:
    yield from (
        "",
        "'",
        "a/b",
        "a" * 40,
        "A" * 40,
        "History",
        "factory",
        "Factory",
        "x\x00y",
        "[1]",
        "=cmd",
        "량강도" * 20,
        "😀" * 20,
    )


def test_names_of_sheets_are_allowed_and_each_is_its_own() -> None:
    names = SheetNames()
    given_names = [names.assign_name(wanted) for wanted in hostile_names() for _ in range(3)]
    assert len({name.casefold() for name in given_names}) == len(given_names)
    for name in given_names:
        assert 0 < len(name.encode("utf-16-le")) <= 62
        assert not set(name) & set("[]:*?/\\\x00")
        assert not name.startswith("'")
        assert not name.endswith("'")
        assert name.casefold() != "history"
    with open_workbook("x") as (book, file):
        for wanted in hostile_names():
            book.add_sheet(wanted)
    with file:
        assert len(openpyxl.load_workbook(file).sheetnames) == len(list(hostile_names()))

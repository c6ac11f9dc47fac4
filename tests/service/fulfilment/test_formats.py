"""Outputs and fulfilment in every format of tables, by Accept and by `format`; outputs from a workbook."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from pyarrow import ipc, parquet
from starlette.testclient import TestClient

from models.examples import two_counties_raw
from service.api.app import create_app
from service.core.settings import Settings
from service.spreadsheets.table_formats import MEDIA_TYPES
from tests.service.api.conftest import WAIT

ROWS = [
    ("hyesan-daily", "soap", "2002-01", 31000.5),
    ("hyesan-daily", "notebook", "2002-01", 0.1 + 0.2),
    ("kapsan-food", "starch", "2002-01", 0.0),
]
COLUMNS = ("factory", "item", "period", "quantity")
XLSX = {"Content-Type": MEDIA_TYPES["xlsx"]}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(data_dir=tmp_path_factory.mktemp("formats"), solver_workers=1))) as opened:
        yield opened


def ratified(client: TestClient) -> str:
    made = client.post("/v1/plans", json={"problem": two_counties_raw()}, headers=WAIT)
    address = str(made.headers["location"])
    assert [client.post(f"{address}/approval/{act}", json={}).status_code for act in ("submit", "ratify")] == [200, 200]
    return address


@pytest.fixture(scope="module")
def plan(client: TestClient) -> str:
    """A plan of which everything in January is reported."""
    address = ratified(client)
    report = {"outputs": [dict(zip(COLUMNS, row, strict=True)) for row in ROWS]}
    assert client.post(f"{address}/outputs", json=report).status_code == 201
    return address


def rows_of(kind: str, body: bytes) -> list[dict[str, Any]]:
    """What a table in a format says; numbers of CSV stay texts."""
    if kind == "csv":
        return list(csv.DictReader(io.StringIO(body.decode())))
    if kind == "xlsx":
        head, *rows = openpyxl.load_workbook(io.BytesIO(body)).active.iter_rows(values_only=True)
        return [dict(zip(head, row, strict=True)) for row in rows]
    table: pa.Table = parquet.read_table(io.BytesIO(body)) if kind == "parquet" else ipc.open_stream(body).read_all()
    return list(table.to_pylist())


@pytest.mark.parametrize("kind", ["csv", "parquet", "arrow", "xlsx"])
@pytest.mark.parametrize("path", ["outputs", "fulfilment?by=factory", "fulfilment?by=item"])
def test_every_format_says_what_json_says(client: TestClient, plan: str, path: str, kind: str) -> None:
    name = path.partition("?")[0]
    told = client.get(f"{plan}/{path}").json()["outputs" if name == "outputs" else "rows"]
    assert len(told) >= 2
    by_accept = client.get(f"{plan}/{path}", headers={"Accept": MEDIA_TYPES[kind].partition(";")[0]})  # type: ignore[index]
    by_query = client.get(f"{plan}/{path}{'&' if '?' in path else '?'}format={kind}")
    assert by_accept.headers["content-type"] == by_query.headers["content-type"] == MEDIA_TYPES[kind]  # type: ignore[index]
    assert f'.{kind}"' in by_query.headers["content-disposition"]
    for answer in (by_accept, by_query):
        found = rows_of(kind, answer.content)
        assert [tuple(row) for row in found] == [tuple(row) for row in told]
        assert len(found) == len(told)
        for row, expected in zip(found, told, strict=True):
            for column, value in expected.items():
                assert same(row[column], value), (column, row[column], value)


def same(found: Any, value: Any) -> bool:
    if value is None or value == "":
        return found in (None, "")
    if isinstance(value, float | int):
        return float(found) == value
    if hasattr(found, "astimezone"):
        return bool(str(value).replace("Z", "+00:00") == found.astimezone(UTC).isoformat())
    return str(found).replace("+00:00", "Z") == str(value).replace("+00:00", "Z")


def test_what_nobody_gives_is_not_acceptable(client: TestClient, plan: str) -> None:
    assert client.get(f"{plan}/outputs", headers={"Accept": "image/png"}).status_code == 406
    assert client.get(f"{plan}/fulfilment", headers={"Accept": "image/png"}).status_code == 406
    assert client.get(f"{plan}/outputs?format=pdf").status_code == 422


def test_an_empty_list_has_its_columns_in_every_format(client: TestClient, plan: str) -> None:
    for kind in ("csv", "parquet", "arrow", "xlsx"):
        answer = client.get(f"{plan}/outputs?period=2002-02&format={kind}")
        assert answer.status_code == 200
        assert rows_of(kind, answer.content) == []
    assert client.get(f"{plan}/outputs?period=2002-02&format=csv").text.startswith(
        '"factory","item","period","quantity","rev'
    )


def workbook(*sheets: tuple[str, list[tuple[Any, ...]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def test_a_workbook_is_taken_like_csv(client: TestClient) -> None:
    plan = ratified(client)
    shuffled = [("Period", "quantity", "factory", "item"), *((t, q, f, i) for f, i, t, q in ROWS)]
    body = workbook(("notes", [("nothing",)]), ("Outputs", shuffled))
    answer = client.post(f"{plan}/outputs", content=body, headers=XLSX)
    assert answer.status_code == 201
    accepted = answer.json()
    assert (accepted["accepted"], accepted["revision"]) == (3, 1)
    told = [(one["code"], one["cell"]) for one in accepted["findings"]]
    assert told == [("output_not_whole", {"sheet": "Outputs", "row": r, "column": "quantity"}) for r in (2, 3)]
    found = client.get(f"{plan}/outputs").json()["outputs"]
    # The library that writes this workbook gives numbers sixteen digits.
    written = {(factory, item, period, float(f"{quantity:.16g}")) for factory, item, period, quantity in ROWS}
    assert {tuple(row[name] for name in COLUMNS) for row in found} == written


def test_what_was_downloaded_can_be_sent_again_without_the_columns_that_are_the_services(
    client: TestClient, plan: str
) -> None:
    found = rows_of("xlsx", client.get(f"{plan}/outputs?format=xlsx").content)
    body = workbook(("outputs", [COLUMNS, *(tuple(row[name] for name in COLUMNS) for row in found)]))
    assert client.post(f"{plan}/outputs", content=body, headers=XLSX).json()["accepted"] == 3


def test_mistakes_in_a_workbook_are_named_by_row(client: TestClient, plan: str) -> None:
    rows = [
        COLUMNS,
        ("hyesan-daily", "soap", "2002-01", "many"),
        (None, None, None, None),
        ("nobody", "soap", "2002-01", 1),
    ]
    answer = client.post(f"{plan}/outputs", content=workbook(("x", rows)), headers=XLSX)
    found = {(one["path"], one["code"]) for one in answer.json()["errors"]}
    assert answer.status_code == 422
    assert found == {("row/2/quantity", "wrong_type"), ("row/4/factory", "unknown_factory")}
    dated = [COLUMNS, ("hyesan-daily", "soap", date(2002, 1, 1), 1)]
    answer = client.post(f"{plan}/outputs", content=workbook(("x", dated)), headers=XLSX)
    assert [(one["path"], one["code"]) for one in answer.json()["errors"]] == [("row/2/period", "date_cell")]


@pytest.mark.parametrize("body", [b"", b"PK\x05\x06" + bytes(18), b"no workbook"])
def test_what_is_no_workbook_is_refused(client: TestClient, plan: str, body: bytes) -> None:
    answer = client.post(f"{plan}/outputs", content=body, headers=XLSX)
    assert answer.status_code == 422
    assert {one["code"] for one in answer.json()["errors"]} == {"bad_file"}

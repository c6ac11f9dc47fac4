"""The marked copy of a workbook: values, colours, comments, and a list of all findings."""

import csv
import io
import zipfile
from typing import Any

import openpyxl
import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from models.examples import two_counties_raw
from service.cli import app as cli
from service.spreadsheets.file_kinds import XLSX_MEDIA_TYPE, ZIP_MEDIA_TYPE
from tests.service.spreadsheets.editing import both, edit_parts, edited, put, template

ERROR, WARNING = "FFFFC7CE", "FFFFEB9C"
MISTAKEN = edited(
    both(put("items", "H2", -1), put("lines", "B2", "gold"), put("machines", "E3", None), put("items", "D4", "Food"))
)


def mark(client: TestClient, raw: bytes, media_type: str = XLSX_MEDIA_TYPE) -> Any:
    answer = client.post("/v1/validate?format=xlsx", content=raw, headers={"Content-Type": media_type})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == XLSX_MEDIA_TYPE
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def list_values(book: Any, skipped: str = "") -> dict[str, list[tuple[Any, ...]]]:
    return {
        sheet.title: [tuple(row) for row in sheet.iter_rows(values_only=True) if any(cell is not None for cell in row)]
        for sheet in book.worksheets
        if sheet.title != skipped
    }


def strip(rows: list[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(row[: max(k for k, cell in enumerate(row, 1) if cell is not None)]) for row in rows]


def test_every_finding_is_a_coloured_cell_with_its_words(client: TestClient) -> None:
    told = client.post("/v1/validate", content=MISTAKEN, headers={"Content-Type": XLSX_MEDIA_TYPE}).json()["findings"]
    assert {one["severity"] for one in told} == {"error"}
    book = mark(client, MISTAKEN)
    for one in told:
        sheet = book[one["cell"]["sheet"]]
        header = [cell.value for cell in sheet[1]]
        column = header.index(one["cell"]["column"]) if one["cell"]["column"] in header else 0
        cell = sheet.cell(max(one["cell"]["row"], 1), column + 1)
        assert cell.fill.fgColor.rgb == ERROR
        assert one["message"] in cell.comment.text
        assert one["remedy"] in cell.comment.text
    listed = list(book["findings"].iter_rows(min_row=2, values_only=True))
    assert [(row[4], row[5]) for row in listed] == [(one["code"], one["message"]) for one in told]


def test_values_are_copied_and_warnings_are_yellow(client: TestClient) -> None:
    raw = edited(both(put("items", "D4", "Hygiene"), put("central_shares", "B2", "Hygiene")))
    book = mark(client, raw)
    assert book["items"]["D4"].fill.fgColor.rgb == WARNING
    original, copied = list_values(openpyxl.load_workbook(io.BytesIO(raw))), list_values(book, "findings")
    assert {name: strip(rows) for name, rows in copied.items()} == {
        name: strip(rows) for name, rows in original.items()
    }


@pytest.mark.parametrize(("stored", "shown"), [(b"1e999", "inf"), (b"NaN", "nan")])
def test_a_number_that_no_workbook_holds_is_copied_as_a_text(client: TestClient, stored: bytes, shown: str) -> None:
    raw = edited(put("items", "H2", 4321))
    book = mark(client, edit_parts(raw, lambda _, content: content.replace(b"<v>4321</v>", b"<v>" + stored + b"</v>")))
    assert book["items"]["H2"].value == shown
    assert book["items"]["H2"].fill.fgColor.rgb == ERROR


def test_a_marked_copy_is_read_as_the_original(client: TestClient) -> None:
    answer = client.post("/v1/validate?format=xlsx", content=template(), headers={"Content-Type": XLSX_MEDIA_TYPE})
    again = client.post("/v1/validate", content=answer.content, headers={"Content-Type": XLSX_MEDIA_TYPE}).json()
    assert (again["valid"], again["findings"]) == (True, [])


def test_csv_files_are_marked_in_a_workbook(client: TestClient) -> None:
    answer = client.get("/v1/templates/province?format=zip")
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(answer.content)) as source, zipfile.ZipFile(sink, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "stations.csv":
                content = "id,name\nx,역\n".encode("cp949")
            if name == "norms.csv":
                header, first, *rest = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
                lines = [header, [*first[:2], "0", "5", *first[3:]], *rest]
                content = "\n".join(map(",".join, lines)).encode()
            target.writestr(name, content)
        target.writestr("prices.csv", "sep=;\r\nitem;won\r\nsoap;5\r\n")
    book = mark(client, sink.getvalue(), ZIP_MEDIA_TYPE)
    assert book["norms"]["A2"].fill.fgColor.rgb == ERROR
    assert "comma" in book["norms"]["A2"].comment.text
    unknown, unread = book["prices"]["A2"], book["stations"]["A1"]
    assert (unknown.value, unknown.fill.fgColor.rgb, book["prices"]["B3"].value) == ("item", WARNING, "5")
    assert (unread.fill.fgColor.rgb, "CP949" in unread.comment.text) == (ERROR, True)


@pytest.mark.parametrize("raw", [b"no archive"])
def test_what_cannot_be_copied_is_refused_in_words(client: TestClient, raw: bytes) -> None:
    for body, media_type in ((raw, XLSX_MEDIA_TYPE), (b"{}", "application/json")):
        answer = client.post("/v1/validate?format=xlsx", content=body, headers={"Content-Type": media_type})
        assert answer.status_code == 422
    shown = client.post("/v1/validate", json={"problem": two_counties_raw()}, headers={"Accept": "*/*"})
    assert shown.json()["valid"]


@pytest.mark.parametrize("ending", [".xlsx", ".XLSX"])
def test_the_command_line_writes_a_marked_copy(tmp_path: Any, ending: str) -> None:
    file, marked = tmp_path / f"mine{ending}", tmp_path / "marked.xlsx"
    file.write_bytes(MISTAKEN)
    shown = CliRunner().invoke(cli, ["validate", str(file), "--marked", str(marked)])
    assert shown.exit_code == 1
    book = openpyxl.load_workbook(marked)
    assert book["items"]["H2"].fill.fgColor.rgb == ERROR
    assert "negative" in {row[4] for row in book["findings"].iter_rows(values_only=True)}
    (tmp_path / "no.json").write_text("{}")
    assert CliRunner().invoke(cli, ["validate", str(tmp_path / "no.json"), "--marked", str(marked)]).exit_code == 2
    (tmp_path / "no.xlsx").write_bytes(b"no archive")
    assert CliRunner().invoke(cli, ["validate", str(tmp_path / "no.xlsx"), "--marked", str(marked)]).exit_code == 1

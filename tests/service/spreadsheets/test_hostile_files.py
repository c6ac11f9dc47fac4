"""Files that mean harm: refused in words, quickly and in bounded memory; damaged ones never end in an error of ours."""

import io
import random
import time
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from models.validation.parsing import parse_problem
from service.core.errors import ContentTooLargeError
from service.spreadsheets.file_kinds import SPREADSHEET_MEDIA_TYPES, SpreadsheetKind
from service.spreadsheets.reader import read_sheets
from tests.service.api.answers import assert_problem
from tests.service.spreadsheets.damage import SETTINGS, mutated_file, template, tried

KINDS: tuple[SpreadsheetKind, ...] = ("xlsx", "zip")
SHEET = "xl/worksheets/sheet5.xml"
"""The sheet `items` of the template."""


def repacked(kind: SpreadsheetKind, change: Callable[[str, bytes], bytes | None], *more: tuple[str, bytes]) -> bytes:
    """The template with its parts changed (None: left out) and others added."""
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(template(kind))) as old, zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
        for name, content in more:
            new.writestr(name, content)
    return sink.getvalue()


def in_sheet(change: Callable[[bytes], bytes]) -> bytes:
    return repacked("xlsx", lambda name, content: change(content) if name == SHEET else content)


def same(_: str, content: bytes) -> bytes:
    return content


def codes(kind: SpreadsheetKind, raw: bytes) -> set[str]:
    return {one.code for one in read_sheets(raw, kind, SETTINGS).findings}


def bomb() -> bytes:
    return repacked("zip", same, ("bomb.csv", b"0" * 19_000_000))


def many_files() -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for number in range(3_000):
            archive.writestr(f"{number}.csv", b"")
    return sink.getvalue()


def large_parts() -> bytes:
    noise = random.Random(1).randbytes(7_000_000)  # noqa: S311
    return repacked("zip", same, ("a.csv", noise), ("b.csv", noise), ("c.csv", noise))


def lying_size() -> bytes:
    """A directory that says less than there is: what it does not mention is never unpacked."""
    raw = bytearray(repacked("zip", same, ("zz.csv", b"a,b\n" * 1_000_000)))
    size = (4_000_000).to_bytes(4, "little")
    at = raw.rfind(size)
    raw[at : at + 4] = (10).to_bytes(4, "little")
    return bytes(raw)


def many_cells() -> bytes:
    return repacked(
        "zip",
        lambda name, content: b"item,group,norm\n" + b"soap,people,1\n" * 100_000 if name == "norms.csv" else content,
    )


def cells_in_sheet() -> bytes:
    row = b"<row><c><v>1</v></c><c><v>1</v></c><c><v>1</v></c></row>" * 80_000
    return in_sheet(lambda content: content.replace(b"</sheetData>", row + b"</sheetData>"))


def zip64() -> bytes:
    raw = template("zip")
    at = raw.rfind(b"PK\x05\x06")
    return raw[:at] + b"PK\x06\x07" + bytes(16) + raw[at:]


TOO_LARGE: dict[str, tuple[SpreadsheetKind, Callable[[], bytes]]] = {
    "a file that unpacks to a thousand times its size": ("zip", bomb),
    "the same as a workbook": ("xlsx", bomb),
    "thousands of files": ("zip", many_files),
    "parts that are too much together": ("zip", large_parts),
    "rows without end in CSV": ("zip", many_cells),
    "rows without end in a sheet": ("xlsx", cells_in_sheet),
    "the kind for gigabytes": ("zip", zip64),
}


@pytest.mark.parametrize("harm", TOO_LARGE)
def test_what_would_be_too_much_is_refused_before_it_is(harm: str) -> None:
    kind, make = TOO_LARGE[harm]
    raw = make()
    tracemalloc.start()
    begun = time.process_time()
    with pytest.raises(ContentTooLargeError):
        read_sheets(raw, kind, SETTINGS)
    assert time.process_time() - begun < 30
    assert tracemalloc.get_traced_memory()[1] < 150 * 1024 * 1024
    tracemalloc.stop()


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet><sheetData><row><c t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
EXTERNAL = b'<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd"><worksheet/>'

BAD: dict[str, tuple[SpreadsheetKind, Callable[[], bytes], str]] = {
    "entities that expand": ("xlsx", lambda: in_sheet(lambda _: ENTITIES), "bad_file"),
    "a document from elsewhere": ("xlsx", lambda: in_sheet(lambda _: EXTERNAL), "bad_file"),
    "nothing": ("xlsx", lambda: b"", "bad_file"),
    "JSON": ("zip", lambda: b'{"problem": {}}', "bad_file"),
    "a zip without sheets": ("xlsx", lambda: template("zip"), "bad_file"),
    "half a file": ("xlsx", lambda: template("xlsx")[: len(template("xlsx")) // 2], "bad_file"),
    "a sheet that is not XML": ("xlsx", lambda: in_sheet(lambda _: b"<row"), "bad_file"),
    "rows beyond the last": ("xlsx", lambda: in_sheet(lambda c: c.replace(b'<row r="2"', b'<row r="99999999"')), "bad_file"),
    "an encoding that nobody knows": ("xlsx", lambda: in_sheet(lambda _: b'<?xml version="1.0" encoding="x-none"?><a/>'), "bad_file"),
    "a path out of the archive": ("zip", lambda: repacked("zip", same, ("../../etc/cron.d/items.csv", b"x")), "bad_name"),
    "a path from the root": ("zip", lambda: repacked("zip", same, ("/etc/items.csv", b"x")), "bad_name"),
    "a path of Windows": ("zip", lambda: repacked("zip", same, ("C:\\items.csv", b"x")), "bad_name"),
    "a file twice": ("zip", lambda: repacked("zip", same, ("folder/items.csv", b"x")), "bad_name"),
    "a file twice but for the case": ("zip", lambda: repacked("zip", same, ("ITEMS.CSV", b"x")), "bad_name"),
    "Latin letters": ("zip", lambda: repacked("zip", lambda n, c: b"id,name\nx,\xe9\n" if n == "items.csv" else c), "bad_file"),
    "more cells than columns": ("zip", lambda: repacked("zip", lambda n, c: b"item,group,norm\nsoap,people,1,2\n" if n == "norms.csv" else c), "bad_row"),
    "no sheet of ours": ("zip", lambda: repacked("zip", lambda n, c: None, ("x.csv", b"a")), "no_sheets"),
}  # fmt: skip


@pytest.mark.parametrize("harm", BAD)
def test_what_cannot_be_read_is_told_in_words(client: TestClient, harm: str) -> None:
    kind, make, code = BAD[harm]
    assert code in codes(kind, make())
    body = client.post("/v1/validate", content=make(), headers={"Content-Type": SPREADSHEET_MEDIA_TYPES[kind]}).json()
    assert not body["valid"]
    assert code in {one["code"] for one in body["findings"]}
    assert_problem(
        client.put("/v1/provinces/harm", content=make(), headers={"Content-Type": SPREADSHEET_MEDIA_TYPES[kind]}),
        422,
        code,
    )


def test_a_size_that_lies_unpacks_no_more_than_it_says() -> None:
    tracemalloc.start()
    reading = read_sheets(lying_size(), "zip", SETTINGS)
    assert tracemalloc.get_traced_memory()[1] < 60 * 1024 * 1024
    tracemalloc.stop()
    assert reading.findings


def test_a_cell_in_the_last_corner_costs_nothing() -> None:
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    reading = read_sheets(
        in_sheet(lambda content: content.replace(b"</sheetData>", far + b"</sheetData>")), "xlsx", SETTINGS
    )
    assert reading.findings == []
    assert parse_problem(reading.problem)


def test_too_much_is_413(client: TestClient) -> None:
    assert_problem(
        client.put("/v1/provinces/harm", content=zip64(), headers={"Content-Type": SPREADSHEET_MEDIA_TYPES["zip"]}), 413
    )
    assert_problem(
        client.post("/v1/plans", content=bomb(), headers={"Content-Type": SPREADSHEET_MEDIA_TYPES["zip"]}), 413
    )


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_damaged_files_are_read_or_refused_but_never_a_mistake_of_ours(kind: SpreadsheetKind) -> None:
    rng = random.Random(20020401)  # noqa: S311
    outcomes = [tried(kind, mutated_file(kind, rng)) for _ in range(400)]
    assert {"read", "refused"} <= set(outcomes)

"""CSV files as programs write them are one table, and what displaces cells is told."""

import csv
import io
import zipfile
from itertools import product
from pathlib import Path

import pytest
from hypothesis import example, given, settings, strategies as st

from models.examples import two_counties
from models.problem.planning_problem import PlanningProblem
from models.sheets import CsvSheets, ProvinceDocument, build_sheet_tables, read_sheet_tables
from models.validation.checks import InvalidProblemError
from models.validation.finding import Finding
from models.validation.number_forms import describe_number_form
from service.spreadsheets.province_workbook import build_province_zip
from tests.models.problems import list_findings, modified_problem

Rows = list[list[str]]


def read_tables(problem: PlanningProblem | None = None) -> dict[str, Rows]:
    """Return a problem, the example by default, as rows of its CSV files."""
    raw = build_province_zip(build_sheet_tables(problem or two_counties(), "Two counties", ()), {})
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {
            Path(name).stem: list(csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig"), newline="")))
            for name in archive.namelist()
            if name.endswith(".csv")
        }


TABLES = read_tables()


def write_rows(
    rows: Rows,
    *,
    delimiter: str = ",",
    end: str = "\r\n",
    encoding: str = "utf-8",
    marks: int = 0,
    stated: bool = False,
    quoted: bool = False,
) -> bytes:
    """Write rows as one of the programs that write CSV."""
    sink = io.StringIO(newline="")
    writer = csv.writer(
        sink, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    )
    writer.writerows(rows)
    line = f"sep={delimiter}{end}" if stated else ""
    return ("\ufeff" * marks + line + sink.getvalue()).encode(encoding)


def read(files: dict[str, bytes]) -> ProvinceDocument:
    return read_sheet_tables(CsvSheets(files))


def list_errors(document: ProvinceDocument) -> list[Finding]:
    with pytest.raises(InvalidProblemError) as refused:
        document.parse_parts()
    return list(refused.value.findings)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@settings(max_examples=8)
@given(
    st.fixed_dictionaries(
        {
            "delimiter": st.sampled_from(",;\t"),
            "end": st.sampled_from(["\n", "\r\n", "\r"]),
            "marks": st.integers(0, 2),
            "stated": st.booleans(),
            "quoted": st.booleans(),
        }
    ),
    st.integers(0, 2),
    st.booleans(),
)
@example({"marks": 0}, 0, False)
def test_every_way_to_write_csv_is_one_problem(
    encoding: str, form: dict[str, object], blank_lines: int, upper: bool
) -> None:
    files = {}
    for name, rows in TABLES.items():
        header = [cell.upper() if upper and " " not in cell else cell for cell in rows[0]]
        noted = [[*header, "Note"], *([*row, "a, note; of ours"] for row in rows[1:])]
        blank = [[" "] * (len(header) + 3)] * blank_lines
        files[name] = write_rows([*noted, *blank], encoding=encoding, **form)  # type: ignore[arg-type]
    document = read(files)
    assert document.findings == []
    assert PlanningProblem.model_validate(document.problem) == two_counties()


@pytest.mark.parametrize("number", ["0,07", "1,5", "16,087", "-3,25"])
@pytest.mark.parametrize("column", ["kwh_per_unit", "quality", "most", "least_run"])
@pytest.mark.parametrize("last", ["", "1"])
def test_an_unquoted_comma_in_a_number_is_told_wherever_it_is(number: str, column: str, last: str) -> None:
    header, *rows = (list(row) for row in TABLES["lines"])
    names = [*header, "note"]
    rows[0] += [last]
    position = names.index(column)
    rows[0][position : position + 1] = number.split(",")
    lines = [names, *rows]
    text = "\n".join(",".join(cells) for cells in lines)
    findings = list_errors(read({**{name: write_rows(r) for name, r in TABLES.items()}, "lines": text.encode()}))
    first, *others = findings
    assert (first.code, first.cell and (first.cell.sheet, first.cell.row)) == ("bad_row", ("lines", 2))
    assert "comma" in first.message
    assert all(part in first.message for part in number.split(","))
    assert not [one for one in others if one.cell and (one.cell.sheet, one.cell.row) == ("lines", 2)]


def test_the_cells_that_are_most_probably_one_number_are_named() -> None:
    sent = b"item,group,norm,note\nsoap,12,3,0,07\n"
    findings = list_errors(read({**{name: write_rows(r) for name, r in TABLES.items()}, "norms": sent}))
    assert "“0” and “07”" in findings[0].message


@pytest.mark.parametrize(("before", "row"), [(b"", 2), (b"\n", 3), (b"sep=,\n", 3)])
def test_cells_beyond_the_header_are_refused_even_if_they_are_empty(before: bytes, row: int) -> None:
    sent = before + b"item,group,norm\nsoap,households,12,\n"
    findings = list_errors(read({**{name: write_rows(r) for name, r in TABLES.items()}, "norms": sent}))
    assert [(one.code, one.cell and one.cell.row) for one in findings] == [("bad_row", row)]


@pytest.mark.parametrize("encoding", ["cp949", "cp1252"])
@pytest.mark.parametrize("sheet", ["items", "counties", "factories"])
def test_an_unreadable_file_is_told_before_what_follows_from_it(encoding: str, sheet: str) -> None:
    files = {name: write_rows(rows) for name, rows in TABLES.items()}
    name = "빨래비누" if encoding == "cp949" else "Größe"
    files[sheet] = f"id,local_name\nsoap,{name}\n".encode(encoding)
    first, *_ = list_errors(read(files))
    assert (first.code, first.cell and first.cell.sheet) == ("bad_file", sheet)
    assert ("CP949" in first.message) == (encoding == "cp949")


def test_a_quotation_mark_without_end_swallows_no_rows() -> None:
    files = {name: write_rows(rows) for name, rows in TABLES.items()}
    files["norms"] = b'item,group,norm\nsoap,households,12\n"notebook,students,30\nstarch,people,4\n'
    first, *_ = list_errors(read(files))
    assert (first.code, first.cell and first.cell.sheet) == ("bad_file", "norms")


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("0,5", ["0.5"]),
        ("16,087", ["16087", "16.087"]),
        ("1,234,567", ["1234567"]),
        ("16.087,0", ["16087.0"]),
        ("1,234.5", ["1234.5"]),
        ("1\u00a0234", ["1234"]),
        ("１，２", ["1.2"]),
        ("20 %", ["0.2"]),
        ("₩5", ["5"]),
        ("5 kg", ["5"]),
        ("3명", ["3"]),
        ("0,125", ["Write 0.125,"]),
        (",5", ["Write 0.5,"]),
        ("0.125", ["Write 0.125 "]),
        (".5 kg", [": 0.5."]),
        ("-007", ["Write -7 "]),
        ("+5", ["Write 5 "]),
    ],
)
def test_a_number_in_another_form_is_told_how_to_be_written(text: str, readings: list[str]) -> None:
    form = describe_number_form(text)
    assert form is not None
    assert all(reading in form.remedy for reading in readings)
    (finding,) = list_findings(modified_problem(lambda raw: raw["items"][0].update(value=text)))
    assert (finding.path, finding.code) == ("/items/0/value", "wrong_type")
    assert form.remedy == finding.remedy
    assert ("comma" in finding.message) == ("," in text or "，" in text)


@pytest.mark.parametrize(
    "text", ["heavy", "2002-01", "1,2,3", "12-3", "", "(5)", "5-", "- 5", "-$5", ">5", "5만", "3천 명"]
)
def test_a_text_that_is_no_number_gets_no_reading(text: str) -> None:
    assert describe_number_form(text) is None


def test_delimiters_inside_quotation_marks_do_not_count() -> None:
    for delimiter, end in product(",;\t", ("\n", "\r\n")):
        files = {name: write_rows(rows, delimiter=delimiter, end=end) for name, rows in TABLES.items()}
        others = "".join(sign * 9 for sign in ",;\t" if sign != delimiter)
        header, *rows = TABLES["norms"]
        noted = [[*header, "note"], *([*row, others] for row in rows)]
        files["norms"] = write_rows(noted, delimiter=delimiter, end=end)
        assert read(files).findings == []


def recipes() -> PlanningProblem:
    """The example, whose soap is also boiled without a name, and of bran."""
    example = two_counties()
    works = example.factories[0]
    soap = works.lines[0]
    hours = {group: 2 * units for group, units in soap.hours_per_unit.items()}
    bran = soap.model_copy(update={"recipe": "from bran", "materials": {"starch": 2.0}, "hours_per_unit": hours})
    lines = (soap, *works.lines[1:], bran)
    return example.model_copy(update={"factories": (works.model_copy(update={"lines": lines}), *example.factories[1:])})


def test_recipes_keep_their_hours_and_materials() -> None:
    problem = recipes()
    tables = read_tables(problem)
    document = read({name: write_rows(rows) for name, rows in tables.items()})
    assert document.parse_parts()[0].factories == problem.factories
    for sheet in ("lines", "line_hours", "recipes"):
        assert "from bran" in {row[tables[sheet][0].index("recipe")] for row in tables[sheet][1:]}, sheet


def test_a_sheet_without_the_column_recipe_is_that_of_lines_without_one() -> None:
    files = {
        name: write_rows([[cell for cell, head in zip(row, rows[0], strict=True) if head != "recipe"] for row in rows])
        for name, rows in TABLES.items()
    }
    assert read(files).parse_parts()[0].factories == two_counties().factories


def test_an_unknown_recipe_in_a_sheet_is_located() -> None:
    tables = {name: [list(row) for row in rows] for name, rows in read_tables(recipes()).items()}
    header, *rows = tables["recipes"]
    changed = next(row for row in rows if row[header.index("recipe")])
    changed[header.index("recipe")] = "from soya"
    document = read({name: write_rows(rows) for name, rows in tables.items()})
    (finding,) = [one for one in document.findings if one.code == "unknown_row"]
    assert finding.cell is not None
    assert (finding.cell.sheet, finding.cell.column) == ("recipes", "recipe")
    assert "from soya" in finding.message

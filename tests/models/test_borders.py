"""Borders of counties: what lies within them, and that sheets keep them."""

import pytest

from models.examples import two_counties_raw
from models.problem.borders import MultiPolygon, Polygon, contains_position
from models.problem.planning_problem import PlanningProblem
from models.validation.checks import InvalidProblemError
from models.validation.parsing import parse_problem
from tests.models.problems import SQUARE
from tests.models.test_csv_files import read, read_tables, write_rows

HOLE = [[128.4, 41.4], [128.6, 41.4], [128.6, 41.6], [128.4, 41.6], [128.4, 41.4]]
ISLAND = [[longitude + 2.0, latitude] for longitude, latitude in SQUARE]

AREAS = MultiPolygon.model_validate({"type": "MultiPolygon", "coordinates": [[SQUARE, HOLE], [ISLAND]]})


@pytest.mark.parametrize(
    ("position", "inside"),
    [((128.2, 41.2), True), ((128.5, 41.5), False), ((130.5, 41.5), True), ((129.5, 41.5), False), ((41.2, 80), False)],
    ids=["area", "hole", "second area", "between", "far away"],
)
def test_a_border_contains_its_areas_without_their_holes(position: tuple[float, float], inside: bool) -> None:
    assert contains_position(AREAS, position) is inside


def build_problem() -> PlanningProblem:
    raw = two_counties_raw()
    first, second = (county["id"] for county in raw["counties"])
    square = Polygon.model_validate({"type": "Polygon", "coordinates": [SQUARE]})
    raw["borders"] = {
        "source": "Survey of 1998",
        "licence": "public domain",
        "counties": {first: AREAS.model_dump(mode="json"), second: square.model_dump(mode="json")},
    }
    return parse_problem(raw)


def test_borders_are_read_as_the_sheets_were_written() -> None:
    problem = build_problem()
    tables = read_tables(problem)
    content = read({name: write_rows(rows) for name, rows in tables.items()}).content["problem"]
    assert PlanningProblem.model_validate(content).borders == problem.borders
    assert ["borders_source", "Survey of 1998"] in tables["province"]


def test_a_corner_with_a_mistake_is_found_by_its_cell() -> None:
    tables = read_tables(build_problem())
    tables["borders"][3][tables["borders"][0].index("latitude")] = "141"
    tables["borders"][4][tables["borders"][0].index("longitude")] = ""
    document = read({name: write_rows(rows) for name, rows in tables.items()})
    assert [(f.code, f.cell.row, f.cell.column) for f in document.findings if f.cell] == [
        ("missing_cell", 5, "longitude")
    ]
    tables["borders"].pop(4)
    document = read({name: write_rows(rows) for name, rows in tables.items()})
    with pytest.raises(InvalidProblemError) as caught:
        document.parse_parts()
    cells = {(f.code, f.cell.sheet, f.cell.row, f.cell.column) for f in caught.value.findings if f.cell}
    assert cells == {("out_of_range", "borders", 4, "latitude")}


def test_a_workbook_without_borders_says_nothing_of_them() -> None:
    tables = read_tables(parse_problem(two_counties_raw()))
    assert tables["borders"] == [["county", "area", "ring", "longitude", "latitude"]]
    assert not any(row[0].startswith("borders") for row in tables["province"])

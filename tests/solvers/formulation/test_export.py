"""Programs as text: readable names, and files from which HiGHS finds the same optimum."""

import json
import re
import subprocess
import warnings
from pathlib import Path

import pulp
import pytest
from highspy import HighsStatus

from models.examples import two_counties_raw
from models.validation.parsing import parse_problem
from solvers.backends import SolveOptions, get_backend
from solvers.backends.highs import format_mps_text
from solvers.backends.highs_session import create_highs
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import build_program
from solvers.lp.export import MAX_NAME_LENGTH, format_lp_text, name_columns, name_rows
from solvers.lp.linear_program import Program
from tests.builders import make_problem, need
from tests.solvers.formulation.two_towns import GOALS, two_towns


@pytest.fixture
def program() -> Program:
    """Return a program with goals and loose limits, because MPS readers drop rows without a limit."""
    program = build_program(ProblemArrays.from_problem(two_towns()), goals=GOALS)
    program.lp.row_upper[program.constraints["goal"].block_slice] = 1e6
    return program


def read_and_solve(path: Path) -> tuple[float, int, int]:
    """Return the objective, columns and rows of a file as HiGHS reads them."""
    highs = create_highs()
    assert highs.readModel(str(path)) == HighsStatus.kOk
    highs.run()
    return highs.getInfo().objective_function_value, highs.getNumCol(), highs.getNumRow()


@pytest.mark.parametrize("kind", ["mps", "lp"])
def test_reading_back_gives_the_same_optimum(kind: str, program: Program, tmp_path: Path) -> None:
    path = tmp_path / f"program.{kind}"
    path.write_text({"mps": format_mps_text, "lp": format_lp_text}[kind](program), encoding="utf-8")
    values = get_backend("highs").solve_program(program.lp, SolveOptions()).values
    assert values is not None
    objective, columns, rows = read_and_solve(path)
    assert objective == pytest.approx(float(program.lp.cost @ values), rel=1e-9)
    assert (columns, rows) == (program.lp.column_count, program.lp.row_count)


def test_names_describe_rows_and_columns(program: Program) -> None:
    assert "power[north,p2]" in name_rows(program)
    assert "machine[mill/press,p1]" in name_rows(program)
    assert "make[mill/soap,p1]" in name_columns(program)
    assert "ship[railway/hills,soda,p2]" in name_columns(program)
    assert "short[hills,soap,p1,2]" in name_columns(program)


def test_names_are_unique(program: Program) -> None:
    for names, count in ((name_rows(program), program.lp.row_count), (name_columns(program), program.lp.column_count)):
        assert len(names) == len(set(names)) == count


def test_labels_that_no_format_accepts_get_different_names() -> None:
    hours = {"big press": 1, "big_press": 2, "압축기": 1, "분쇄기": 3}
    works = {"id": "works", "place": "town", "machines": hours, "lines": [{"item": "soap", "hours_per_unit": hours}]}
    program = build_program(
        ProblemArrays.from_problem(make_problem(factories=[works], demand=[need("town", "soap", 1)]))
    )
    names = name_rows(program)
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[\w./,\[\]-]+", name, re.ASCII) for name in names)


def test_no_line_is_too_long_to_read_back(program: Program) -> None:
    assert max(map(len, format_lp_text(program).splitlines())) <= 255


def long_names() -> Program:
    """Return a program whose identifiers have up to 100 characters, and differ only behind the sixtieth."""
    text = json.dumps(two_counties_raw(), ensure_ascii=False)
    for name in ("soap", "notebook", "starch", "hyesan-daily", "kapsan-food", "kilju-hyesan", "kilju"):
        text = text.replace(f'"{name}"', f'"{"e5-long-name" * 7}-{name}"')
    return build_program(ProblemArrays.from_problem(parse_problem(text.replace('"kettle"', '"가마 하나"'))))


def test_no_name_is_longer_than_readers_accept() -> None:
    program = long_names()
    for names, count in ((name_rows(program), program.lp.row_count), (name_columns(program), program.lp.column_count)):
        assert max(map(len, names)) == MAX_NAME_LENGTH == 60
        assert len(set(names)) == count
        assert all(name.endswith(f"..{k}]") for k, name in enumerate(names) if len(name) == MAX_NAME_LENGTH)


@pytest.mark.parametrize("kind", ["mps", "lp"])
def test_readers_find_the_optimum_of_a_program_with_long_names(kind: str, tmp_path: Path) -> None:
    program = long_names()
    path = tmp_path / f"program.{kind}"
    path.write_text({"mps": format_mps_text, "lp": format_lp_text}[kind](program), encoding="utf-8")
    values = get_backend("highs").solve_program(program.lp, SolveOptions()).values
    assert values is not None
    optimum = float(program.lp.cost @ values) + program.lp.offset
    objective, columns, rows = read_and_solve(path)
    assert objective == pytest.approx(optimum, rel=1e-9)
    assert (columns, rows) == (program.lp.column_count, program.lp.row_count)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        solver = pulp.PULP_CBC_CMD.pulp_cbc_path
    shown = subprocess.run([solver, path, "solve", "quit"], capture_output=True, text=True, check=True).stdout  # noqa: S603
    found = re.search(r"Optimal objective ([0-9.e+]+)", shown)
    assert found is not None, shown
    assert float(found[1]) == pytest.approx(optimum, rel=1e-8)


def test_no_upper_bound_is_written_as_infinity(program: Program) -> None:
    """GLPK does not read `inf` as an upper bound."""
    bounds = format_lp_text(program).partition("\nbounds\n")[2]
    assert len(bounds.splitlines()) == program.lp.column_count + 1
    assert not re.search(r"<= \+?inf", bounds)

"""Programs as text: readable names, and files from which HiGHS finds the same optimum."""

import re
from pathlib import Path
from typing import Any

import pytest
from highspy import HighsStatus
from highspy._core import _Highs

from solvers.backends import SolveOptions, get_backend
from solvers.backends.highs import format_mps_text
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import build_program
from solvers.lp.export import format_lp_text, name_columns, name_rows
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
    highs: Any = _Highs()
    highs.setOptionValue("output_flag", False)
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

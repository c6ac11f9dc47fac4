"""Every constraint has a golden program, a page, an invariant, a docstring and a sentence."""

import ast
import inspect
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from solvers import formulation
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import BOUNDS, CONSTRAINTS, ConstraintInfo, build_program
from solvers.lp.linear_program import Program
from tests.solvers.formulation.two_towns import GOALS, two_towns_with_substitutes

ROOT = Path(__file__).parents[3]
MEASURES = {"worst_fulfilment", "central_distance", "quota_distance", "goal", "rate_change", "left_over", "given_away"}
"""Constraints that define measures, so no plan can violate them."""


def test_program_has_the_constraints_of_the_registry_in_order() -> None:
    program = build_example()
    assert list(program.constraints) == list(CONSTRAINTS)
    assert {variable for info in CONSTRAINTS.values() for variable in info.variables} == set(program.variables)


@cache
def build_example() -> Program:
    """Return a program that has every constraint."""
    arrays = ProblemArrays.from_problem(two_towns_with_substitutes())
    return build_program(arrays, shortage_without_swaps=np.zeros(arrays.demand.shape), goals=GOALS)


def row_axes(name: str) -> str:
    """Return the axes of a constraint, separated by commas."""
    return ",".join(build_example().constraints[name].axes)


@pytest.mark.parametrize("info", CONSTRAINTS.values(), ids=tuple(CONSTRAINTS))
def test_constraint_has_a_golden_program(info: ConstraintInfo) -> None:
    assert (ROOT / "tests" / "golden" / f"{info.name}.lp").is_file()


@pytest.mark.parametrize("info", CONSTRAINTS.values(), ids=tuple(CONSTRAINTS))
def test_constraint_has_a_page_by_the_template(info: ConstraintInfo) -> None:
    page = (ROOT / info.page).read_text(encoding="utf-8")
    assert page.startswith(f"# {info.name}\n")
    function = getattr(formulation, f"add_{info.name}_constraints")
    path = Path(inspect.getfile(function)).relative_to(ROOT)
    (equation,) = re.findall(r"\$\$\n(.+?)\n\$\$", page, re.DOTALL)
    (sense,) = re.findall(r"\| sense \| ([≤≥=]) \|", page)
    assert {"≤": r"\le", "≥": r"\ge", "=": "="}[sense] in equation
    assert f"| code | `{function.__name__}` in `{path}` |" in page
    assert f"| row name | `{info.name}[{row_axes(info.name)}]` |" in page
    assert f"| shadow price | ↔ {info.shadow_price_unit.replace('{unit}', 'unit')} |" in page
    assert f"({info.name}.md)" in (ROOT / "docs/formulation/index.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("info", CONSTRAINTS.values(), ids=tuple(CONSTRAINTS))
def test_docstring_of_a_constraint_has_equation_and_shadow_price(info: ConstraintInfo) -> None:
    text = inspect.getdoc(getattr(formulation, f"add_{info.name}_constraints")) or ""
    assert re.search(r"[≤≥=]", text)
    assert "\n↔  " in text


@pytest.mark.parametrize("bound", BOUNDS.values(), ids=lambda bound: bound.name)
def test_bound_is_on_the_page_of_variables(bound: ConstraintInfo) -> None:
    assert f"`{bound.name}`" in (ROOT / bound.page).read_text(encoding="utf-8")


def test_sentences_use_only_axes_of_their_rows_or_columns() -> None:
    program = build_example()
    blocks = [(info, program.constraints[info.name]) for info in CONSTRAINTS.values()]
    blocks += [(info, program.variables[variable]) for (variable, _), info in BOUNDS.items()]
    for info, block in blocks:
        info.sentence.format(**program.labels_at(block, 0))


INVARIANTS = sorted((ROOT / "tests").glob("invariants*.py"))


@pytest.mark.parametrize("name", [name for name in CONSTRAINTS if name not in MEASURES])
def test_constraint_has_an_invariant(name: str) -> None:
    nodes = [node for path in INVARIANTS for node in ast.parse(path.read_text(encoding="utf-8")).body]
    assert f"check_{name}_invariant" in {node.name for node in nodes if isinstance(node, ast.FunctionDef)}

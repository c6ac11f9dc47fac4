"""No rule without its golden program, its page, its law and its words."""

import ast
import inspect
import re
from pathlib import Path

import numpy as np
import pytest

from solvers import formulation
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import BOUNDS, CONSTRAINTS, ConstraintInfo, build_program
from tests.solvers.formulation.two_towns import GOALS, two_towns

ROOT = Path(__file__).parents[3]
SOUGHT = {"worst_fulfilment", "central_distance", "quota_distance", "goal"}
"""Rules of goals: they say what is sought, so no plan can break them."""


def test_build_makes_the_rules_of_the_registry_in_its_order() -> None:
    arrays = ProblemArrays.from_problem(two_towns())
    program = build_program(arrays, shortage_without_swaps=np.zeros(arrays.demand.shape), goals=GOALS)
    assert list(program.constraints) == list(CONSTRAINTS)
    assert {decision for rule in CONSTRAINTS.values() for decision in rule.variables} == set(program.variables)


@pytest.mark.parametrize("rule", CONSTRAINTS.values(), ids=tuple(CONSTRAINTS))
def test_rule_has_a_golden(rule: ConstraintInfo) -> None:
    assert (ROOT / "tests" / "golden" / f"{rule.name}.lp").is_file()


@pytest.mark.parametrize("rule", CONSTRAINTS.values(), ids=tuple(CONSTRAINTS))
def test_rule_has_a_page_with_its_equation_its_code_and_its_price(rule: ConstraintInfo) -> None:
    page = (ROOT / rule.page).read_text(encoding="utf-8")
    assert page.startswith(f"# {rule.name}\n")
    assert f"solvers/formulation/constraints/{rule.name}.py" in page
    assert "↔" in page
    assert rule.shadow_price_unit.replace("{unit}", "unit") in page
    assert f"({rule.name}.md)" in (ROOT / "docs/formulation/index.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("rule", CONSTRAINTS.values(), ids=tuple(CONSTRAINTS))
def test_rule_says_its_sentence_equation_and_price_in_its_docstring(rule: ConstraintInfo) -> None:
    words = inspect.getdoc(getattr(formulation, f"add_{rule.name}_constraints")) or ""
    assert re.search(r"[≤≥=]", words)
    assert "\n↔  " in words


@pytest.mark.parametrize("bound", BOUNDS.values(), ids=lambda bound: bound.name)
def test_bound_is_on_the_page_of_bounds(bound: ConstraintInfo) -> None:
    assert f"`{bound.name}`" in (ROOT / bound.page).read_text(encoding="utf-8")


def test_sentences_name_only_axes_of_their_rows_or_columns() -> None:
    arrays = ProblemArrays.from_problem(two_towns())
    program = build_program(arrays, shortage_without_swaps=np.zeros(arrays.demand.shape), goals=GOALS)
    blocks = [(info, program.constraints[info.name]) for info in CONSTRAINTS.values()]
    blocks += [(info, program.variables[decision]) for (decision, _), info in BOUNDS.items()]
    for info, block in blocks:
        info.sentence.format(**program.labels_at(block, 0))


LAWS = sorted((ROOT / "tests").glob("invariants*.py"))


@pytest.mark.parametrize("name", [name for name in CONSTRAINTS if name not in SOUGHT])
def test_rule_has_a_law(name: str) -> None:
    laws = [node for path in LAWS for node in ast.parse(path.read_text(encoding="utf-8")).body]
    assert f"law_{name}" in {node.name for node in laws if isinstance(node, ast.FunctionDef)}

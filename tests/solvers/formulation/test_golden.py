"""Each constraint, built alone with its variables, equals the program in tests/golden/<constraint>.lp."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from solvers import formulation
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import CONSTRAINTS, variables
from solvers.formulation.constraints.goals import (
    add_central_distance_constraints,
    add_goal_constraints,
    add_quota_distance_constraints,
    add_worst_fulfilment_constraints,
)
from solvers.formulation.constraints.swaps import add_own_needs_first_constraints
from solvers.formulation.reachability import ActiveArcs, find_active_arcs
from solvers.formulation.registry import ALL_VARIABLES
from solvers.lp.export import format_lp_text
from solvers.lp.linear_program import ProgramBuilder
from tests.solvers.formulation.two_towns import GOALS, two_towns, two_towns_with_substitutes

OF_REQUIREMENTS = ("requirement", "taken", "basket_share")
"""Constraints of requirements, which the two towns have with substitutes only."""

GOLDEN = Path(__file__).parents[2] / "golden"

AddConstraints = Callable[[ProblemArrays, ProgramBuilder], object]


def _own_needs_first(arrays: ProblemArrays, program: ProgramBuilder) -> None:
    short = np.zeros(arrays.demand.shape)
    short[0, 0] = 10.0, 5.0
    short[1, 0] = 20.0  # all of the demand: the constraint is redundant
    add_own_needs_first_constraints(arrays, program, short)


def _goal(arrays: ProblemArrays, program: ProgramBuilder) -> None:
    program.add_variables("worst", {"goal": np.array([0])}, upper=1.0)
    program.add_variables("central_distance", {"goal": np.array([1, 1]), "side": np.arange(2)})
    add_goal_constraints(arrays, program, GOALS)


WITH_EXTRA_ARGUMENTS: dict[str, AddConstraints] = {
    "own_needs_first": _own_needs_first,
    "worst_fulfilment": lambda i, p: add_worst_fulfilment_constraints(i, p, GOALS),
    "central_distance": lambda i, p: add_central_distance_constraints(i, p, GOALS),
    "quota_distance": lambda i, p: add_quota_distance_constraints(i, p, GOALS),
    "goal": _goal,
}
"""Constraints with arguments beyond the arrays and the program."""

DENSE: dict[str, AddConstraints] = {
    "make": variables.add_production_variables,
    "short": variables.add_shortage_variables,
    "extra": variables.add_extra_variables,
    "over": variables.add_over_variables,
}

SPARSE: dict[str, Callable[[ProblemArrays, ProgramBuilder, ActiveArcs], object]] = {
    "ship": variables.add_shipment_variables,
    "stock": variables.add_stock_variables,
    "central": variables.add_central_variables,
    "give": variables.add_give_variables,
    "take": variables.add_take_variables,
}


def add_function(name: str) -> AddConstraints:
    """Return the function `add_<name>_constraints`."""
    return WITH_EXTRA_ARGUMENTS.get(name) or cast("AddConstraints", getattr(formulation, f"add_{name}_constraints"))


def build_variables(arrays: ProblemArrays, names: Sequence[str]) -> ProgramBuilder:
    """Return a program with some variables and no constraint."""
    program, active_arcs = ProgramBuilder(arrays.labels), find_active_arcs(arrays, include_swaps=True)
    for name in names:
        if name in DENSE:
            DENSE[name](arrays, program)
        elif name in SPARSE:
            SPARSE[name](arrays, program, active_arcs)
    return program


def compare(name: str, text: str, config: pytest.Config) -> None:
    path = GOLDEN / f"{name}.lp"
    if config.getoption("--update-golden"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), f"{path.name} differs; --update-golden writes it again"


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_constraint_equals_its_golden_program(name: str, pytestconfig: pytest.Config) -> None:
    arrays = ProblemArrays.from_problem(two_towns_with_substitutes() if name in OF_REQUIREMENTS else two_towns())
    program = build_variables(arrays, CONSTRAINTS[name].variables)
    add_function(name)(arrays, program)
    built = program.build_program()
    assert built.constraints[name].size > 0
    compare(name, format_lp_text(built, digits=12), pytestconfig)


def test_variables_equal_their_golden_program(pytestconfig: pytest.Config) -> None:
    arrays = ProblemArrays.from_problem(two_towns())
    program = build_variables(arrays, ALL_VARIABLES)
    compare("variables", format_lp_text(program.build_program(), digits=12), pytestconfig)


def test_every_golden_program_belongs_to_a_constraint() -> None:
    assert {path.stem for path in GOLDEN.glob("*.lp")} == {*CONSTRAINTS, "variables"}

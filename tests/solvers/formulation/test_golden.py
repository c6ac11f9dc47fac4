"""Each rule, built alone with the columns it binds, against the program that a reader expects: tests/golden/<rule>.lp."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from solvers import formulation
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import CONSTRAINTS, variables
from solvers.formulation.constraints.central_distance import add_central_distance_constraints
from solvers.formulation.constraints.goal import add_goal_constraints
from solvers.formulation.constraints.own_needs_first import add_own_needs_first_constraints
from solvers.formulation.constraints.quota_distance import add_quota_distance_constraints
from solvers.formulation.constraints.worst_fulfilment import add_worst_fulfilment_constraints
from solvers.formulation.reachability import ActiveArcs, find_active_arcs
from solvers.formulation.registry import ALL_VARIABLES
from solvers.lp.export import format_lp_text
from solvers.lp.linear_program import ProgramBuilder
from tests.solvers.formulation.two_towns import GOALS, two_towns

GOLDEN = Path(__file__).parents[2] / "golden"

Rule = Callable[[ProblemArrays, ProgramBuilder], object]


def _own_needs_first(arrays: ProblemArrays, program: ProgramBuilder) -> None:
    short = np.zeros(arrays.demand.shape)
    short[0, 0] = 10.0, 5.0
    short[1, 0] = 20.0  # all of it: the rule has nothing to say
    add_own_needs_first_constraints(arrays, program, short)


def _goal(arrays: ProblemArrays, program: ProgramBuilder) -> None:
    program.add_variables("worst", {"goal": np.array([0])}, upper=1.0)
    program.add_variables("central_distance", {"goal": np.array([1, 1]), "side": np.arange(2)})
    add_goal_constraints(arrays, program, GOALS)


GIVEN: dict[str, Rule] = {
    "own_needs_first": _own_needs_first,
    "worst_fulfilment": lambda i, p: add_worst_fulfilment_constraints(i, p, GOALS),
    "central_distance": lambda i, p: add_central_distance_constraints(i, p, GOALS),
    "quota_distance": lambda i, p: add_quota_distance_constraints(i, p, GOALS),
    "goal": _goal,
}
"""Rules that a stage of solving gives something more."""


NEEDED_EVERYWHERE: dict[str, Rule] = {
    "make": variables.add_production_variables,
    "short": variables.add_shortage_variables,
}

SPARSE: dict[str, Callable[[ProblemArrays, ProgramBuilder, ActiveArcs], object]] = {
    "ship": variables.add_shipment_variables,
    "stock": variables.add_stock_variables,
    "central": variables.add_central_variables,
    "give": variables.add_give_variables,
    "take": variables.add_take_variables,
}


def rule_function(name: str) -> Rule:
    """The function that makes a rule; it is called as its rule is."""
    return GIVEN.get(name) or cast("Rule", getattr(formulation, f"add_{name}_constraints"))


def columns(arrays: ProblemArrays, names: Sequence[str]) -> ProgramBuilder:
    """A program with some of the decisions and no rule yet."""
    program, where = ProgramBuilder(arrays.labels), find_active_arcs(arrays, include_swaps=True)
    for name in names:
        if name in NEEDED_EVERYWHERE:
            NEEDED_EVERYWHERE[name](arrays, program)
        elif name in SPARSE:
            SPARSE[name](arrays, program, where)
    return program


def compare(name: str, text: str, config: pytest.Config) -> None:
    path = GOLDEN / f"{name}.lp"
    if config.getoption("--update-golden"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), f"{path.name} differs; --update-golden writes it anew"


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_rule_is_the_golden_one(name: str, pytestconfig: pytest.Config) -> None:
    arrays = ProblemArrays.from_problem(two_towns())
    program = columns(arrays, CONSTRAINTS[name].variables)
    rule_function(name)(arrays, program)
    built = program.build_program()
    assert built.constraints[name].size > 0
    compare(name, format_lp_text(built, digits=12), pytestconfig)


def test_decisions_are_the_golden_ones(pytestconfig: pytest.Config) -> None:
    arrays = ProblemArrays.from_problem(two_towns())
    program = columns(arrays, ALL_VARIABLES)
    compare("decisions", format_lp_text(program.build_program(), digits=12), pytestconfig)


def test_no_golden_without_a_rule() -> None:
    assert {path.stem for path in GOLDEN.glob("*.lp")} == {*CONSTRAINTS, "decisions"}

"""Each rule, built alone with the columns it binds, against the program that a reader expects: tests/golden/<rule>.lp."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from solvers import formulation
from solvers.data.problem_arrays import ProblemIndex
from solvers.formulation import RULES, variables
from solvers.formulation.constraints.central_distance import central_distance
from solvers.formulation.constraints.goal import goal
from solvers.formulation.constraints.own_needs_first import own_needs_first
from solvers.formulation.constraints.quota_distance import quota_distance
from solvers.formulation.constraints.worst_fulfilment import worst_fulfilment
from solvers.formulation.reachability import Presence, presence
from solvers.formulation.registry import EVERY_DECISION
from solvers.lp.export import lp_text
from solvers.lp.linear_program import ProgramBuilder
from tests.solvers.formulation.two_towns import GOALS, two_towns

GOLDEN = Path(__file__).parents[2] / "golden"

Rule = Callable[[ProblemIndex, ProgramBuilder], object]


def _own_needs_first(index: ProblemIndex, program: ProgramBuilder) -> None:
    short = np.zeros(index.demand.shape)
    short[0, 0] = 10.0, 5.0
    short[1, 0] = 20.0  # all of it: the rule has nothing to say
    own_needs_first(index, program, short)


def _goal(index: ProblemIndex, program: ProgramBuilder) -> None:
    program.add_columns("worst", {"goal": np.array([0])}, upper=1.0)
    program.add_columns("central_distance", {"goal": np.array([1, 1]), "side": np.arange(2)})
    goal(index, program, GOALS)


GIVEN: dict[str, Rule] = {
    "own_needs_first": _own_needs_first,
    "worst_fulfilment": lambda i, p: worst_fulfilment(i, p, GOALS),
    "central_distance": lambda i, p: central_distance(i, p, GOALS),
    "quota_distance": lambda i, p: quota_distance(i, p, GOALS),
    "goal": _goal,
}
"""Rules that a stage of solving gives something more."""


NEEDED_EVERYWHERE: dict[str, Rule] = {"make": variables.make, "short": variables.short}

SPARSE: dict[str, Callable[[ProblemIndex, ProgramBuilder, Presence], object]] = {
    "ship": variables.ship,
    "stock": variables.stock,
    "central": variables.central,
    "give": variables.give,
    "take": variables.take,
}


def rule_function(name: str) -> Rule:
    """The function that makes a rule; it is called as its rule is."""
    return GIVEN.get(name) or cast("Rule", getattr(formulation, name))


def columns(index: ProblemIndex, names: Sequence[str]) -> ProgramBuilder:
    """A program with some of the decisions and no rule yet."""
    program, where = ProgramBuilder(index.labels), presence(index, swaps=True)
    for name in names:
        if name in NEEDED_EVERYWHERE:
            NEEDED_EVERYWHERE[name](index, program)
        elif name in SPARSE:
            SPARSE[name](index, program, where)
    return program


def compare(name: str, text: str, config: pytest.Config) -> None:
    path = GOLDEN / f"{name}.lp"
    if config.getoption("--update-golden"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), f"{path.name} differs; --update-golden writes it anew"


@pytest.mark.parametrize("name", RULES)
def test_rule_is_the_golden_one(name: str, pytestconfig: pytest.Config) -> None:
    index = ProblemIndex.of(two_towns())
    program = columns(index, RULES[name].decisions)
    rule_function(name)(index, program)
    built = program.build()
    assert built.rules[name].size > 0
    compare(name, lp_text(built, digits=12), pytestconfig)


def test_decisions_are_the_golden_ones(pytestconfig: pytest.Config) -> None:
    index = ProblemIndex.of(two_towns())
    program = columns(index, EVERY_DECISION)
    compare("decisions", lp_text(program.build(), digits=12), pytestconfig)


def test_no_golden_without_a_rule() -> None:
    assert {path.stem for path in GOLDEN.glob("*.lp")} == {*RULES, "decisions"}

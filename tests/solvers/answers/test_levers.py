"""A lever moves exactly the bounds that its change moves, whatever limit it is of."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from models.apply import apply_changes
from models.examples import two_counties
from models.problem import PlanningProblem
from solvers.answers.align import aligned
from solvers.answers.levers import _LEVERS, levers_of, opening
from solvers.answers.standing import Bounds, Standing
from solvers.index import ProblemIndex
from solvers.report.limits import RULE_NAMES
from solvers.strategy.stages import program_of
from tests.properties.planned import bounded
from tests.solvers.answers.test_prices_and_remedies import standing_of
from tests.strategies import problems


def check(standing: Standing, which: Any) -> set[str]:
    """Hold the levers of limits (positions) against planning the changed problem; the rules that had one."""
    limits, problem = standing.limits(), standing.index.problem
    found = [(lever, RULE_NAMES[limits.rule[k]]) for k in which for lever in levers_of(standing, limits, int(k))]
    found += [
        (lever, "opening_stock")
        for county in problem.counties
        for item in problem.items
        for lever in opening(standing, county.id, item.id)
    ]
    for lever, rule in found:
        amount = min(1.25, lever.most / 2)
        changes = lever.makes(amount, standing.point.values)
        if rule == "local_floor":
            assert changes[0].value <= problem.supply_shares.local_floor[changes[0].where]  # type: ignore[operator,index]
            continue
        changed = aligned(program_of(ProblemIndex.of(apply_changes(problem, changes))), standing.program)
        assert changed is not None
        moved = lever.way(Bounds.of(standing.lp)).at(amount)
        for name in Bounds.__slots__:
            assert np.allclose(getattr(moved, name), getattr(changed, name), rtol=1e-9, atol=1e-9), (lever.name, name)
    return {rule for _, rule in found}


@bounded(25)
@given(problems(), st.data())
def test_a_lever_is_the_change_that_it_names(problem: PlanningProblem, data: st.DataObject) -> None:
    standing = standing_of(problem)
    limits = standing.limits()
    every = np.arange(len(limits.rule)).tolist()
    check(standing, data.draw(st.lists(st.sampled_from(every), max_size=12, unique=True)) if every else [])


def everything() -> PlanningProblem:
    """A problem that has a limit of every rule."""
    raw = two_counties().model_dump(mode="json")
    raw["supply_shares"]["local_floor"] = {"hygiene": 0.1}
    raw["supply_shares"]["delivered"] = [0.9, 0.8]
    for county in raw["counties"]:
        stocks = {"soap": {"opening": 5.0, "least": 5.0, "most": 900.0, "closing_least": 20.0, "closing_most": 300.0}}
        county |= {"labour_hours": 1000.0, "handling_tonnes": [50.0, 60.0], "stocks": stocks}
    raw["factories"][0]["lines"][0] |= {"least": [5.0, 6.0], "most": 9000.0}
    return PlanningProblem.model_validate(raw)


def test_every_rule_that_a_planner_can_change_has_a_lever() -> None:
    standing = Standing.of(everything())
    assert check(standing, range(len(standing.limits().rule))) == {*_LEVERS, "opening_stock"}


def test_what_has_no_lever_is_policy() -> None:
    assert set(RULE_NAMES) - _LEVERS.keys() == {"own_needs_first", "worst_fulfilment", "goal"}


@pytest.mark.parametrize("side", ["least", "most"])
def test_closing_stocks_give_way_as_far_as_the_other_limit(side: str) -> None:
    standing = Standing.of(everything())
    limits = standing.limits()
    last = [
        k
        for k in range(len(limits.rule))
        if RULE_NAMES[limits.rule[k]] == f"stock_{side}" and limits.words[limits.period[k]] == "2002-02"
    ]
    (lever,) = levers_of(standing, limits, last[0])
    (change,) = lever.makes(lever.most, standing.point.values)
    assert change.what == f"closing_{side}"
    assert change.value == {"least": 5.0, "most": 900.0}[side]

"""What must happen to the objective when the problem changes in a known way."""

from collections.abc import Callable
from copy import deepcopy

import pytest
from hypothesis import given, strategies as st

from tests.builders import Json
from tests.properties.planned import NINE_DIGITS, bounded, objective, same
from tests.properties.transformations import change, doubled, limits, limits_per_head, renamed
from tests.strategies import problem_dicts

SLACK = 10 * NINE_DIGITS


@bounded(13)
@given(problem_dicts(), st.integers(1, 100))
def test_more_power_never_raises_the_objective(problem: Json, kwh: int) -> None:
    before = objective(problem)
    more = deepcopy(problem)
    for area in more["power_areas"]:
        if "limit_kwh" in area:
            change((area, "limit_kwh"), lambda v: v + kwh)
    assert objective(more) <= before + SLACK * (1 + before)


@bounded(15)
@given(problem_dicts())
def test_twice_of_everything_doubles_the_objective(problem: Json) -> None:
    assert same(objective(doubled(problem)), 2 * objective(problem), SLACK)


@bounded(15)
@given(problem_dicts())
def test_names_and_order_change_nothing(problem: Json) -> None:
    assert same(objective(renamed(problem)), objective(problem), SLACK)


@bounded(15)
@given(problem_dicts(), st.data())
def test_relaxing_any_limit_never_hurts(problem: Json, data: st.DataObject) -> None:
    more = deepcopy(problem)
    stated = [*limits(more), *limits_per_head(more)]
    if not stated:
        return
    change(data.draw(st.sampled_from(stated)), lambda v: v + 4)
    before = objective(problem)
    assert objective(more) <= before + SLACK * (1 + before)


def _drop_floors(problem: Json) -> None:
    problem["supply_shares"]["local_floor"] = {}


def _promise_more(problem: Json) -> None:
    problem["supply_shares"] |= {"central": 1, "by_item": {}, "by_category": {}}


def _deliver_all(problem: Json) -> None:
    problem["supply_shares"]["delivered"] = 1


def _trade_better(problem: Json) -> None:
    for partner in problem["partners"]:
        partner["rate"] += 0.5


def _settle_once(problem: Json) -> None:
    for partner in problem["partners"]:
        partner |= {"settlement": "plan"}


def _open_both_ways(problem: Json) -> None:
    for link in problem["links"]:
        link["one_way"] = False


def _mend_machines(problem: Json) -> None:
    for factory in problem["factories"]:
        factory |= {"condition": 1, "power_overhead": 1}


@pytest.mark.parametrize(
    "relax", [_drop_floors, _promise_more, _deliver_all, _trade_better, _settle_once, _open_both_ways, _mend_machines]
)
def test_easier_rules_never_hurt(relax: Callable[[Json], None]) -> None:
    @bounded(6)
    @given(problem_dicts())
    def never_hurts(problem: Json) -> None:
        if relax is _settle_once and any(partner["credit"] for partner in problem["partners"]):
            return  # one window has one credit
        if relax is _trade_better:
            problem["policy"]["smoothing"] = 0.0  # what is given for nothing is worth more at a better rate
        before = objective(problem)
        more = deepcopy(problem)
        relax(more)
        assert objective(more) <= before + SLACK * (1 + before)

    never_hurts()

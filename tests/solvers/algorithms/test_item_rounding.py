"""Rounding item by item, as of a large program: the first unit of every small need comes before further units elsewhere."""

from collections.abc import Iterable
from itertools import chain, repeat

import numpy as np
import pytest
from hypothesis import given, strategies as st

from models.problem.planning_problem import PlanningProblem
from solvers.algorithms import item_rounding
from solvers.algorithms.item_rounding import ItemRounding
from solvers.formulation import find_whole_units
from solvers.lp.certificate import measure_primal_residual
from solvers.lp.linear_program import FloatArray
from solvers.sensitivity import SensitivitySession
from tests.builders import Json, make_problem, need
from tests.properties.planned import bounded

FAIR: Json = {"fairness": {"alpha": 1.0, "pieces": 10}}


def make_neighbours(needs: list[int], supply: float, *, periods: int = 1, item: Json | None = None) -> PlanningProblem:
    """Counties that need desks in every period, and one factory that can make some in each and send them anywhere."""
    names = [f"c{n}" for n in range(len(needs))]
    return make_problem(
        periods=[f"p{t}" for t in range(periods)],
        items=[{"id": "desk", "whole_units": True, **(item or {})}],
        counties=[{"id": name, "power_area": "area"} for name in names],
        factories=[{"id": "works", "place": "c0", "lines": [{"item": "desk", "kwh_per_unit": 1}]}],
        demand=[need(name, "desk", [float(units)] * periods) for name, units in zip(names, needs, strict=True)],
        power_areas=[{"id": "area", "limit_kwh": supply}],
        links=[{"id": f"road-{name}", "from": "c0", "to": name, "mode": "road", "tonnes": 1000} for name in names[1:]],
        policy=FAIR,
    )


def start_rounding(session: SensitivitySession, remaining_seconds: Iterable[float]) -> ItemRounding:
    """Begin with the optimum of the linear program."""
    remaining, whole = iter(remaining_seconds), find_whole_units(session.arrays, session.program)
    values, duals = session.plan_values.copy(), session.point.dual_values
    return ItemRounding(session.program.lp, whole, values, duals, lambda: next(remaining))


def assert_whole(rounding: ItemRounding) -> None:
    assert not rounding.find_broken().any()
    assert measure_primal_residual(rounding.lp, rounding.values) <= 1e-6


def round_items(problem: PlanningProblem) -> tuple[SensitivitySession, FloatArray]:
    """Round the optimum of the linear program item by item, and return its values, (n,)."""
    session = SensitivitySession.from_problem(problem)
    rounding = start_rounding(session, repeat(60.0))
    assert rounding.round_all()
    rounding.improve(0.0)
    assert_whole(rounding)
    return session, rounding.values


def serve_items(problem: PlanningProblem) -> FloatArray:
    """Round the plan, and return the units served, (C, T)."""
    session, values = round_items(problem)
    arrays, short = session.arrays, session.program.variables["short"]
    served = arrays.demand[:, 0].copy()
    np.subtract.at(served, (short.axes["place"], short.axes["period"]), values[short.block_slice])
    return served


@pytest.mark.parametrize(
    ("needs", "supply", "expected"),
    [
        ([40, 4], 4, [3, 1]),  # a tenth of each is 4 and 0.4
        ([90, 3, 3, 3], 9, [6, 1, 1, 1]),
        ([9, 9, 2], 2, None),  # not enough for one unit each: somebody gets none
    ],
)
def test_a_first_unit_comes_before_further_units(needs: list[int], supply: int, expected: list[int] | None) -> None:
    served = serve_items(make_neighbours(needs, supply))[:, 0]
    assert served.sum() == pytest.approx(supply)
    assert np.allclose(served, expected) if expected is not None else served.max() == pytest.approx(1)


def test_a_first_unit_comes_in_every_period() -> None:
    served = serve_items(make_neighbours([60, 4, 5], 7, periods=3))
    assert np.allclose(served[1:], 1)
    assert served[0].sum() == pytest.approx(15)


@pytest.mark.parametrize(("needs", "supply"), [([9, 9, 2], 2), ([9, 8, 7, 3], 6), ([90, 3, 3, 3], 9)])
def test_cheaper_bands_of_a_shortage_are_filled_first(needs: list[int], supply: int) -> None:
    session, values = round_items(make_neighbours(needs, supply))
    short = session.program.variables["short"]
    amounts, widths = np.zeros((2, len(needs), len(session.arrays.band_width)))
    cells = short.axes["place"], short.axes["band"]
    amounts[cells] = values[short.block_slice]
    widths[cells] = session.program.lp.column_upper[short.block_slice]
    before = np.cumsum(widths, axis=1) - widths
    assert np.allclose(amounts, np.clip(amounts.sum(axis=1, keepdims=True) - before, 0, widths))


def test_needs_that_carry_over_wait_for_their_unit() -> None:
    served = serve_items(make_neighbours([40, 4], 4, item={"carry_over": 1.0}))[:, 0]
    assert served.sum() == pytest.approx(4)


@bounded(10)
@given(
    needs=st.lists(st.one_of(st.integers(1, 9), st.integers(10, 60)), min_size=2, max_size=5),
    more=st.integers(0, 10),
)
def test_nobody_is_unserved_where_there_is_a_unit_for_everybody(needs: list[int], more: int) -> None:
    supply = min(len(needs) + more, sum(needs))
    served = serve_items(make_neighbours(needs, supply))[:, 0]
    assert served.sum() == pytest.approx(supply)
    small = np.array(needs) < 10
    enough = supply - small.sum() >= (~small).sum()
    assert not enough or (served[small] >= 1 - 1e-9).all()


@pytest.mark.parametrize(("holding_cost", "expected"), [(1e-5, [1.0, 4.4]), (10.0, [0.4, 5.0])])
def test_quotas_below_one_unit_are_avoided_where_that_costs_next_to_nothing(
    holding_cost: float, expected: list[float]
) -> None:
    problem = make_problem(
        periods=["p0", "p1"],
        items=[{"id": "soda", "unit": "kg", "holding_cost": holding_cost}],
        factories=[{"id": "works", "place": "town", "lines": [{"item": "soda"}]}],
        demand=[need("town", "soda", [0.4, 5.0])],
    )
    session, values = round_items(problem)
    assert np.allclose(values[session.program.variables["make"].block_slice], expected)


@bounded(10)
@given(
    needs=st.lists(st.integers(0, 60), min_size=2, max_size=5),
    supply=st.floats(0, 100),
    tonnes=st.floats(0, 0.03),
    loss=st.sampled_from([0.0, 0.1]),
)
def test_a_plan_is_whole_even_without_time_for_a_search(
    needs: list[int], supply: float, tonnes: float, loss: float
) -> None:
    round_without_search(make_neighbours(needs, supply, periods=2, item={"kg_per_unit": 1.0, "loss": loss}), tonnes)


def test_a_dive_that_keeps_fractions_ends_with_a_search_nearby() -> None:
    """With backlogs, the bands do not end at whole units."""
    item = {"kg_per_unit": 1.0, "carry_over": 1.0}
    round_without_search(make_neighbours([40, 46, 14, 15], 18.8, periods=3, item=item), 0.0315)


def round_without_search(problem: PlanningProblem, tonnes: float) -> None:
    """Round shortly before the time limit, with links whose capacities are no whole numbers of desks of 1 kg."""
    links = tuple(link.model_copy(update={"tonnes": tonnes}) for link in problem.links)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(item_rounding, "solve_mixed_integer", None)  # a search would be an error
        rounding = start_rounding(
            SensitivitySession.from_problem(problem.model_copy(update={"links": links})), chain([60.0], repeat(1.0))
        )
        assert rounding.round_all()
    assert_whole(rounding)

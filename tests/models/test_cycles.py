"""The check finds production cycles that create items from nothing, of any shape, and loops of swaps that gain."""

from typing import Any

import pytest

from models.problem.factories import Factory, Line
from models.problem.items import Item
from models.problem.partners import Partner
from models.problem.planning_problem import PlanningProblem
from models.problem.population import County
from models.problem.power import PowerArea
from models.validation.checks import Finding, check_problem
from solvers.planning import make_plan
from tests.builders import make_problem, need


def gains(*lines: tuple[str, dict[str, float]]) -> list[str]:
    """Return the paths of the findings about the lines, with one factory for each line."""
    names = sorted({name for item, materials in lines for name in (item, *materials)})
    problem = PlanningProblem(
        periods=("1",),
        items=tuple(Item(id=name, kind="material") for name in names),
        counties=(County(id="c", power_area="e"),),
        power_areas=(PowerArea(id="e"),),
        factories=tuple(
            Factory(id=f"f{k}", place="c", lines=(Line(item=item, materials=materials),))
            for k, (item, materials) in enumerate(lines)
        ),
    )
    return [finding.path for finding in check_problem(problem) if finding.code == "made_from_nothing"]


@pytest.mark.parametrize(
    "lines",
    [
        [("a", {"b": 2}), ("b", {"a": 0.5})],
        [("a", {"b": 2}), ("b", {"a": 0.6})],
        [("a", {"a": 1})],
        [("a", {"ore": 0.1})],
        [("a", {}), ("b", {"a": 0.1})],
        # a and b feed each other cheaply, but both need ore, which is made from nothing by a line that says so
        [("a", {"b": 0.1, "ore": 1}), ("b", {"a": 0.1}), ("ore", {})],
        # two materials: each loop alone gains, together they do not
        [("a", {"b": 0.6, "c": 0.6}), ("b", {"a": 1}), ("c", {"a": 1})],
        [("a", {"b": 1e-6}), ("b", {"a": 1e6})],
        [("a", {"b": 0})],
    ],
)
def test_cycles_without_gain_are_accepted(lines: list[tuple[str, dict[str, float]]]) -> None:
    assert gains(*lines) == []


@pytest.mark.parametrize(
    ("lines", "factory"),
    [
        ([("a", {"b": 2}), ("b", {"a": 0.4})], 0),
        ([("a", {"a": 0.5})], 0),
        ([("a", {"b": 0.4, "c": 0.4}), ("b", {"a": 1}), ("c", {"a": 1})], 0),
        # a line that would break even has a better one beside it
        ([("a", {"b": 1}), ("b", {"a": 1}), ("b", {"a": 0.9})], 0),
        # the loop hangs on a chain and feeds another item
        ([("z", {"a": 1}), ("a", {"b": 1}), ("b", {"c": 1}), ("c", {"a": 0.99})], 1),
        # an item that could also be made at great cost from one that never gains
        ([("a", {"b": 0.1}), ("b", {"a": 0.1}), ("b", {"c": 5}), ("c", {"a": 0.1, "c": 2})], 0),
        ([("a", {"b": 1e-6}), ("b", {"a": 0.9e6})], 0),
    ],
)
def test_cycles_with_gain_are_found(lines: list[tuple[str, dict[str, float]]], factory: int) -> None:
    assert gains(*lines) == [f"/factories/{factory}/lines/0/materials"]


def test_two_cycles_are_two_findings() -> None:
    paths = gains(("a", {"b": 0.5}), ("b", {"a": 0.5}), ("c", {"d": 0.5}), ("d", {"c": 0.5}))
    assert paths == ["/factories/0/lines/0/materials", "/factories/2/lines/0/materials"]


def test_a_long_cycle_is_found() -> None:
    ring = [(f"i{k}", {f"i{(k + 1) % 40}": 0.97 if k else 1.0}) for k in range(40)]
    assert gains(*ring) == ["/factories/0/lines/0/materials"]


def trade(*partners: dict[str, Any], lines: tuple[tuple[str, dict[str, float]], ...] = ()) -> list[Finding]:
    """Return the findings about partners and lines; tea is worth 2 won, salt and cloth 1, and straw nothing."""
    values = {"tea": 2.0, "salt": 1.0, "cloth": 1.0, "straw": 0.0}
    problem = PlanningProblem(
        periods=("1", "2"),
        items=tuple(Item(id=name, kind="material", value=value) for name, value in values.items()),
        counties=(County(id="c", power_area="e"),),
        power_areas=(PowerArea(id="e"),),
        factories=tuple(
            Factory(id=f"f{k}", place="c", lines=(Line(item=item, materials=materials),))
            for k, (item, materials) in enumerate(lines)
        ),
        partners=tuple(Partner(id=f"p{k}", at="c", **partner) for k, partner in enumerate(partners)),
    )
    return [finding for finding in check_problem(problem) if finding.code == "made_from_nothing"]


def both(*items: str, rate: float, **parts: Any) -> dict[str, Any]:
    """Return a partner that offers and wants the same items."""
    return {"offers": dict.fromkeys(items, 5.0), "wants": dict.fromkeys(items, 5.0), "rate": rate, **parts}


def one_way(offered: str, wanted: str, rate: float, **parts: Any) -> dict[str, Any]:
    """Return a partner that gives one item for another."""
    return {"offers": {offered: 5.0}, "wants": {wanted: 5.0}, "rate": rate, **parts}


@pytest.mark.parametrize(
    ("found", "message"),
    [
        (
            trade(both("salt", rate=1.2)),
            "1.2 units for each unit it uses: “p0” gives “salt” for “salt” at the rate 1.2.",
        ),
        (
            trade(one_way("salt", "tea", 1.5), one_way("tea", "salt", 0.8)),
            (
                "1.2 units for each unit it uses: “p0” gives “salt” for “tea” at the rate 1.5, "
                "“p1” gives “tea” for “salt” at the rate 0.8."
            ),
        ),
        (
            trade(one_way("salt", "cloth", 0.9), lines=(("cloth", {"salt": 0.75}),)),
            "1.2 units for each unit it uses: “f0” makes “cloth” from “salt”, “p0” gives “salt” for “cloth” at the rate 0.9.",
        ),
    ],
)
def test_a_loop_of_swaps_that_gains_is_a_warning(found: list[Finding], message: str) -> None:
    (finding,) = found
    assert finding.severity == "warning"
    assert finding.path == "/partners/0/rate"
    assert finding.message == f"A loop returns {message}"


@pytest.mark.parametrize(
    "found",
    [
        trade(both("salt", "tea", "cloth", rate=1)),
        trade(both("salt", "tea", "cloth", rate=0.9)),
        trade(one_way("salt", "tea", 3)),
        trade(one_way("salt", "tea", 1.5), one_way("tea", "salt", 2 / 3)),
        trade(both("straw", rate=2)),
        trade(one_way("salt", "cloth", 0.9), lines=(("cloth", {"salt": 0.9}),)),
        # cloth also needs tea, which no loop returns
        trade(one_way("salt", "cloth", 2), lines=(("cloth", {"salt": 0.1, "tea": 0.1}),)),
        # offers and wants never meet in one settlement window
        trade({"offers": {"salt": (5.0, 0.0)}, "wants": {"salt": (0.0, 5.0)}, "rate": 2.0, "settlement": "period"}),
    ],
)
def test_swaps_without_a_gaining_loop_are_accepted(found: list[Finding]) -> None:
    assert found == []


def test_each_window_with_a_loop_counts_once() -> None:
    assert len(trade(both("salt", rate=2, settlement="period"))) == 1
    assert len(trade(both("salt", rate=2, settlement="plan"))) == 1


def test_own_surplus_gives_nothing_that_nobody_has() -> None:
    """A partner returns 1.2 salt for each salt, and the region has none: without own surplus, the plan gives it all the same."""
    given = {}
    for own_surplus in (False, True):
        problem = make_problem(
            items=[{"id": "salt"}],
            demand=[need("town", "salt", 100)],
            partners=[{"id": "q", "at": "town", "offers": {"salt": 500}, "wants": {"salt": 500}, "rate": 1.2}],
            policy={"own_surplus": own_surplus},
        )
        given[own_surplus] = sum(row["given"] for row in make_plan(problem).tables["swaps"].to_pylist())
    assert given[False] > 100
    assert given[True] == 0

"""The check finds production cycles that create items from nothing, of any shape."""

import pytest

from models.problem.factories import Factory, Line
from models.problem.items import Item
from models.problem.planning_problem import PlanningProblem
from models.problem.population import County
from models.problem.power import PowerArea
from models.validation.checks import check_problem


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

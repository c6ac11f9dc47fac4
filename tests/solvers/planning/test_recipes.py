"""Recipes: a factory makes one item in several ways, which share its machines, and are told apart everywhere."""

import pytest

from models.changes.apply import apply_changes
from models.changes.change import Change
from models.outputs import read_output_report
from models.problem.factories import list_line_names
from models.problem.planning_problem import PlanningProblem
from models.validation.checks import InvalidProblemError
from models.validation.parsing import parse_problem
from solvers.planning import PlanResult, make_plan
from solvers.replanning import build_replan_problem
from solvers.sensitivity.remedies.search import find_remedies
from solvers.sensitivity.session import SensitivitySession
from tests.builders import Json, make_problem, need, problem_json
from tests.invariants import assert_plan_invariants
from tests.solvers.planning.two_counties import rows

TALLOW = {"item": "soap", "recipe": "from tallow", "materials": {"tallow": 1}, "hours_per_unit": {"kettle": 1}}
BRAN = {
    "item": "soap",
    "recipe": "from bran",
    "materials": {"bran": 4},
    "hours_per_unit": {"kettle": 2},
    "quality": 0.5,
}
BOUGHT = {"item": "soap", "cost_per_unit": 0.5, "most": 2}


def soap_works(*lines: Json, hours: float = 100, units: float = 20, **parts: object) -> Json:
    """Soap of 8 tallow, of 40 bran, or of a bought base; two months with the same need in each."""
    return problem_json(
        periods=["p1", "p2"],
        items=[
            {"id": "soap", "value": 10},
            {"id": "tallow", "kind": "material", "value": 1},
            {"id": "bran", "kind": "material", "value": 1},
        ],
        factories=[{"id": "works", "place": "town", "machines": {"kettle": hours}, "lines": list(lines)}],
        supply_shares={"gateways": ["town"], "materials": {"tallow": 8, "bran": 40}},
        demand=[need("town", "soap", units)],
        **parts,
    )


def planned(problem: PlanningProblem) -> PlanResult:
    result = make_plan(problem)
    assert result.plan.outcome == "optimal", result.plan.termination
    assert_plan_invariants(problem, result.plan, {name: table.to_pylist() for name, table in result.tables.items()})
    return result


def made(result: PlanResult, period: str = "p1") -> dict[str, float]:
    return {row["recipe"]: row["quantity"] for row in rows(result, "quotas", period=period)}


def test_a_factory_boils_soap_of_what_there_is() -> None:
    result = planned(parse_problem(soap_works(TALLOW, BRAN, BOUGHT)))
    assert made(result) == pytest.approx({"from tallow": 8, "from bran": 10, "": 2}, rel=1e-6)
    (row,) = {row["quality"] for row in rows(result, "deliveries", source="factory", use="people")}
    assert row == pytest.approx((8 * 1 + 10 * 0.5 + 2 * 1) / 20)


def test_recipes_share_the_hours_of_their_machines() -> None:
    assert made(planned(parse_problem(soap_works(TALLOW, BRAN, hours=12)))) == pytest.approx(
        {"from tallow": 8, "from bran": 2}
    )


def test_lines_with_a_recipe_are_named_by_it() -> None:
    problem = parse_problem(soap_works(TALLOW, BOUGHT))
    assert list_line_names(problem.factories[0]) == ["works/soap/from tallow", "works/soap/"]
    assert list_line_names(parse_problem(soap_works(BOUGHT)).factories[0]) == ["works/soap"]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("works/soap", [3, 3, 3]),
        ("works/soap/from bran", [None, 3, 2]),
        ("works/soap/", [None, None, 3]),
        (["works/soap/", "works/soap/from tallow"], [3, None, 3]),
        ("soap", [3, 3, 3]),
    ],
)
def test_changes_select_all_recipes_or_one(where: str | list[str], expected: list[float | None]) -> None:
    problem = parse_problem(soap_works(TALLOW, BRAN, BOUGHT))
    change = Change.model_validate({"what": "line_most", "where": where, "value": 3})
    assert [line.most for line in apply_changes(problem, [change]).factories[0].lines] == expected


@pytest.mark.parametrize("name", ["line_least", "line_lot", "line_least_run"])
def test_every_change_of_a_line_selects_one_recipe(name: str) -> None:
    problem = parse_problem(soap_works(TALLOW, BRAN))
    change = Change.model_validate({"what": name, "where": "works/soap/from bran", "value": 2})
    before, (first, second) = problem.factories[0].lines, apply_changes(problem, [change]).factories[0].lines
    assert first == before[0]
    assert second != before[1]


def test_an_unknown_recipe_is_a_finding() -> None:
    problem = parse_problem(soap_works(TALLOW, BRAN))
    change = Change.model_validate({"what": "line_most", "where": "works/soap/from soya", "value": 2})
    with pytest.raises(InvalidProblemError) as error:
        apply_changes(problem, [change])
    assert [finding.code for finding in error.value.findings] == ["unknown_where"]
    assert "works/soap/from tallow" in error.value.findings[0].remedy


def test_only_equal_recipes_are_duplicates() -> None:
    with pytest.raises(InvalidProblemError) as error:
        parse_problem(soap_works(BRAN, TALLOW, BRAN | {"recipe": " from  bran "}))
    (finding,) = error.value.findings
    assert (finding.code, finding.path) == ("duplicate_line", "/factories/0/lines/2/item")
    assert "from bran" in finding.message


def test_a_limit_of_one_recipe_is_a_bottleneck_and_a_remedy_with_its_name() -> None:
    problem = parse_problem(soap_works(TALLOW | {"most": 3, "materials": {}}, BRAN | {"most": 5, "materials": {}}))
    result = planned(problem)
    limits = {(row["rule"], row["id"], row["part"]) for row in rows(result, "bottlenecks")}
    assert limits == {("line_most", "works", "soap/from tallow"), ("line_most", "works", "soap/from bran")}
    found = find_remedies(SensitivitySession.from_problem(problem), "town", "soap", "p1")
    wheres = {change.where for remedy in found.remedies for change in remedy.changes if change.what == "line_most"}
    assert wheres == {"works/soap/from tallow", "works/soap/from bran"}


def test_a_conflict_names_the_recipe_and_its_unit() -> None:
    problem = parse_problem(soap_works(TALLOW | {"least": 9}, BRAN))
    infeasibility = make_plan(problem).plan.infeasibility
    assert infeasibility is not None
    units = {rule.where.get("line"): rule.unit for rule in infeasibility.conflict}
    assert units["works/soap/from tallow"] == problem.items[0].unit


def outputs_of(problem: PlanningProblem, quantity: float) -> dict[tuple[str, str, str], float]:
    report = {"factory": "works", "item": "soap", "period": "p1", "quantity": quantity}
    checked = read_output_report([report], problem, 0, str)
    assert not checked.findings
    return {one.line_and_period: one.quantity for one in checked.outputs}


@pytest.mark.parametrize("whole", [False, True])
def test_an_output_is_booked_to_recipes_in_proportion_to_their_quotas(whole: bool) -> None:
    raw = soap_works(TALLOW, BRAN, units=18)
    raw["items"][0]["whole_units"] = whole
    problem = parse_problem(raw)
    result = planned(problem)
    again = build_replan_problem(problem, result.tables, outputs_of(problem, 8), "p2", keep_quotas_close=True)
    assert again.problem.past is not None
    booked = {row.recipe: row.quantity[0] for row in again.problem.past.outputs}
    exact = {"from tallow": 8 * 8 / 18, "from bran": 8 * 10 / 18}
    assert booked == ({"from tallow": 4, "from bran": 4} if whole else pytest.approx(exact))
    former = {row.recipe: row.quantity for row in again.problem.former_quotas}
    assert former == {"from tallow": (8, 8), "from bran": (10, 10)}
    assert made(planned(again.problem), "p2") == pytest.approx({"from tallow": 8, "from bran": 10})


def test_without_a_quota_an_output_is_booked_to_the_first_recipe() -> None:
    problem = parse_problem(soap_works(BRAN, TALLOW, units=0) | {"demand": [need("town", "soap", [0, 9])]})
    result = planned(problem)
    again = build_replan_problem(problem, result.tables, outputs_of(problem, 2), "p2")
    assert again.problem.past is not None
    booked = {row.recipe: row.quantity[0] for row in again.problem.past.outputs}
    if made(result):
        assert sum(booked.values()) == pytest.approx(2)
    else:
        assert booked == {"from bran": 2}


def test_an_output_beyond_all_recipes_is_refused() -> None:
    problem = parse_problem(soap_works(TALLOW, BRAN, hours=10))
    limits = {"factory": "works", "item": "soap", "period": "p1"}
    accepted, warned, refused = (
        read_output_report([limits | {"quantity": units}], problem, 0, str) for units in (10, 11, 101)
    )
    assert (accepted.findings, accepted.warnings) == ((), ())
    assert [finding.code for finding in warned.warnings] == ["output_above_capacity"]
    assert [finding.code for finding in refused.findings] == ["implausible_output"]


def test_smoothing_levels_each_recipe() -> None:
    problem = soap_works(TALLOW, BRAN)
    problem["policy"]["smoothing"] = 0.03
    result = planned(parse_problem(problem))
    assert made(result) == pytest.approx(made(result, "p2"))


def test_lots_of_recipes_are_counted_apart() -> None:
    problem = make_problem(
        items=[{"id": "soap", "whole_units": True}],
        factories=[
            {
                "id": "works",
                "place": "town",
                "lines": [
                    {"item": "soap", "recipe": "a", "lot": 4, "most": 9},
                    {"item": "soap", "recipe": "b", "lot": 5, "least_run": 10},
                ],
            }
        ],
        demand=[need("town", "soap", 18)],
    )
    assert made(planned(problem)) == {"a": 8, "b": 10}

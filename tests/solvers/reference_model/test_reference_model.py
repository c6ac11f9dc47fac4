"""The reference model alone: small plans computed by hand, and files."""

import tempfile
from pathlib import Path

import pulp
import pytest

from models.problem.planning_problem import PlanningProblem
from solvers.reference_model import build_reference_program, solve_reference_model
from tests.builders import make_problem, need
from tests.plain_policy import PLAIN_POLICY


def short_of_power() -> PlanningProblem:
    """Return a demand of ten with power for six: four short in the cheapest bands, 0.2·10 at 1 and 2 more at 2."""
    return make_problem(
        power_areas=[{"id": "area", "limit_kwh": 10, "own_generation_kwh": 2}],
        factories=[
            {"id": "works", "place": "town", "power_overhead": 2, "lines": [{"item": "soap", "kwh_per_unit": 1}]},
        ],
        demand=[need("town", "soap", 10)],
        policy=PLAIN_POLICY | {"priority_weights": {"1": 1, "2": 3, "3": 1}},
    )


@pytest.mark.parametrize("solver", ["highs", "cbc", "HiGHS"])
def test_power_limit_computed_by_hand(solver: str) -> None:
    opinion = solve_reference_model(short_of_power(), solver)
    assert opinion.status == "optimal"
    assert opinion.objective == pytest.approx(3 * (2 * 1 + 2 * 2), rel=1e-7)
    assert opinion.shortage == pytest.approx({("town", "soap", 0): 4.0})


def swapping(own_needs_first: bool) -> PlanningProblem:
    """Return a problem with ten soaps made and eight demanded; a partner offers cloth, of higher value, for soap."""
    return make_problem(
        items=[{"id": "soap", "value": 1}, {"id": "cloth", "value": 1, "importance": 2}],
        factories=[{"id": "works", "place": "town", "lines": [{"item": "soap", "most": 10}]}],
        demand=[need("town", "soap", 8), need("town", "cloth", 20)],
        partners=[{"id": "neighbour", "at": "town", "offers": {"cloth": 20}, "wants": {"soap": 10}}],
        policy={
            "shortage_bands": [{"width": 1, "weight": 1}],
            "priority_weights": {"2": 1},
            "own_needs_first": own_needs_first,
        },
    )


def test_own_needs_first_prevents_shortage_by_swaps() -> None:
    free, careful = (
        solve_reference_model(swapping(own_needs_first=False)),
        solve_reference_model(swapping(own_needs_first=True)),
    )
    assert free.shortage == pytest.approx({("town", "soap", 0): 8.0, ("town", "cloth", 0): 10.0})
    assert free.objective == pytest.approx(8 + 2 * 10)
    assert careful.shortage == pytest.approx({("town", "cloth", 0): 18.0})
    assert careful.objective == pytest.approx(2 * 18)


def test_shortages_of_another_plan_are_limits() -> None:
    opinion = solve_reference_model(
        swapping(own_needs_first=True), shortage_without_swaps={("town", "soap", 0): 3, ("town", "cloth", 0): 20}
    )
    assert opinion.shortage == pytest.approx({("town", "soap", 0): 3.0, ("town", "cloth", 0): 15.0})


def test_conflict_is_infeasible() -> None:
    county = {"id": "town", "power_area": "area", "stocks": {"soap": {"closing_least": 5}}}
    opinion = solve_reference_model(make_problem(counties=[county]))
    assert (opinion.status, opinion.objective, opinion.shortage) == ("infeasible", None, {})


def test_a_problem_without_variables_costs_nothing() -> None:
    opinion = solve_reference_model(make_problem(items=[{"id": "soap", "storable": False, "transportable": False}]))
    assert (opinion.status, opinion.objective, opinion.variable_count) == ("optimal", 0.0, 0)


def test_unknown_solver_is_refused() -> None:
    with pytest.raises(pulp.PulpSolverError):
        solve_reference_model(short_of_power(), "abacus")


@pytest.mark.parametrize("solver", ["highs", "cbc"])
def test_no_file_is_left(solver: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert solve_reference_model(short_of_power(), solver).status == "optimal"
    assert list(tmp_path.iterdir()) == []


def test_names_are_readable_and_unique() -> None:
    """`a-b` and `a_b` have the same name in a file; the second gets a number."""
    twins = [{"id": "a-b", "norms": {"people": 1}}, {"id": "a_b", "norms": {"people": 1}}]
    town = {"id": "town", "power_area": "area", "population": {"people": 10}}
    names = [
        variable.name for variable in build_reference_program(make_problem(items=twins, counties=[town])).variables()
    ]
    assert len(set(names)) == len(names) == 4
    assert "short_town_a_b_p1_0" in names


def test_written_files_hold_the_same_program(tmp_path: Path) -> None:
    program = build_reference_program(short_of_power())
    program.writeLP(str(tmp_path / "plan.lp"))
    program.writeMPS(str(tmp_path / "plan.mps"))
    assert "balance_town_soap_p1" in (tmp_path / "plan.lp").read_text(encoding="utf-8")
    _, read = pulp.LpProblem.fromMPS(str(tmp_path / "plan.mps"))
    read.solve(pulp.HiGHS(msg=False))
    assert pulp.value(read.objective) == pytest.approx(18)

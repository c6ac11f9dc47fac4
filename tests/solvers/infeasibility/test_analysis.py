"""Every constraint and bound has an explanation; every reported conflict is irreducible."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, strategies as st

from models.examples import two_counties
from models.problem.planning_problem import PlanningProblem
from solvers import backends
from solvers.backends.base import SolveOptions
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import BOUNDS, CONSTRAINTS, build_program
from solvers.infeasibility import analyse_infeasibility
from solvers.infeasibility.iis import find_iis
from solvers.infeasibility.relaxation import (
    BALANCE_PENALTY,
    DEFINING_CONSTRAINTS,
    RelaxableLimits,
    build_relaxation,
    find_supporting_limits,
    restrict_to_limits,
)
from solvers.infeasibility.wording import describe_limits
from solvers.lp.linear_program import IntArray, LinearProgram, Program
from solvers.results.limits import RULE_NAMES
from solvers.sensitivity.shadow_prices import LIMIT_PHRASES
from tests.builders import add_washing_requirement
from tests.properties.planned import bounded
from tests.strategies import problems


def build_complete_program() -> tuple[ProblemArrays, Program]:
    """Return a program in which every constraint has rows."""
    raw = two_counties().model_dump(mode="json")
    raw["policy"] |= {
        "own_needs_first": True,
        "own_surplus": True,
        "goals": ["worst_fulfilment", "central_share", "shortage"],
    }
    raw["policy"]["shortage_bands"] = [{"width": 0.5, "weight": 4}, {"width": 0.3, "weight": 2}]
    raw["supply_shares"]["local_floor"] = {"hygiene": 0.1}
    raw["items"][0] |= {"due": {"2002-01": {"share": 0.5}}, "carry_over": 1}
    add_washing_requirement(raw)
    raw["served_least"] = [{"county": "kapsan", "item": "soap", "quantity": [50.0, 60.0]}]
    for county in raw["counties"]:
        county |= {"labour_hours": 1000.0, "handling_tonnes": 50.0, "stocks": {"soap": {"least": 5.0, "most": 900.0}}}
    raw["factories"][0]["lines"][0] |= {"least": 5.0, "most": 500.0}
    raw["budgets"] = [{"id": "roads", "won": 500.0, "covers": ["haulage"]}]
    arrays = ProblemArrays.from_problem(PlanningProblem.model_validate(raw))
    goals = arrays.problem.policy.expand_ordered_goals()
    program = build_program(arrays, goals=goals, shortage_without_swaps=np.zeros_like(arrays.demand))
    upper = program.lp.row_upper.copy()
    upper[program.constraints["goal"].block_slice] = 1.0
    return arrays, replace(program, lp=replace(program.lp, row_upper=upper))


@pytest.mark.parametrize("rule", [name for name in CONSTRAINTS if name not in DEFINING_CONSTRAINTS])
def test_every_constraint_has_an_explanation(rule: str) -> None:
    arrays, program = build_complete_program()
    limits = RelaxableLimits.from_program(arrays, program)
    span = program.constraints[rule].block_slice
    rows = np.flatnonzero((limits.is_column == 0) & (limits.position >= span.start) & (limits.position < span.stop))
    assert len(rows), f"no row of {rule} can be explained"
    check_explanation(arrays, program, limits, rows[:1], rule)


@pytest.mark.parametrize("key", [key for key in BOUNDS if key[0] != "worst"])
def test_every_bound_has_an_explanation(key: tuple[str, str]) -> None:
    arrays, program = build_complete_program()
    limits = RelaxableLimits.from_program(arrays, program)
    span, sign = program.variables[key[0]].block_slice, 1.0 if key[1] == "upper" else -1.0
    inside = (limits.position >= span.start) & (limits.position < span.stop)
    rows = np.flatnonzero((limits.is_column == 1) & (limits.sign == sign) & inside)
    assert len(rows), f"no bound {key} can be explained"
    check_explanation(arrays, program, limits, rows[:1], next(info.name for k, info in BOUNDS.items() if k == key))


def check_explanation(
    arrays: ProblemArrays, program: Program, limits: RelaxableLimits, which: IntArray, rule: str
) -> None:
    (row,) = describe_limits(arrays, program, limits, which, np.ones(len(limits.position)))
    assert row.rule == rule
    assert row.where
    assert row.text.endswith(".")
    assert "{" not in row.text
    assert row.unit
    assert "{" not in row.unit


def test_a_limit_is_stated_as_its_planner_states_it() -> None:
    """Right-hand sides of constraints lack what is known, such as the demand; a conflict shows the number of the problem."""
    arrays, program = build_complete_program()
    limits = RelaxableLimits.from_program(arrays, program)
    stated = {}
    for rule in ("served_least", "due", "handling"):
        span = program.constraints[rule].block_slice
        rows = np.flatnonzero((limits.is_column == 0) & (limits.position >= span.start) & (limits.position < span.stop))
        (stated[rule],) = describe_limits(arrays, program, limits, rows[:1], np.ones(len(limits.position)))
    assert stated["served_least"].limit == 50.0
    assert "At least 50 " in stated["served_least"].text
    where = stated["due"].where
    county, item = (arrays.labels[axis].index(where[axis]) for axis in ("place", "item"))
    assert stated["due"].limit == np.ceil(0.5 * arrays.demand[county, item, 0])
    assert stated["handling"].limit == 50.0


def test_every_limit_has_a_text() -> None:
    assert set(RULE_NAMES) <= LIMIT_PHRASES.keys()


@bounded(10)
@given(problems(max_periods=2), st.data())
def test_conflict_is_irreducible_and_relaxation_resolves_it(problem: PlanningProblem, data: st.DataObject) -> None:
    """A minimum quota above another limit of the same line is a conflict."""
    lines = [(f, k) for f, factory in enumerate(problem.factories) for k in range(len(factory.lines))]
    assume(lines)
    f, k = data.draw(st.sampled_from(lines))
    factory = problem.factories[f]
    line = factory.lines[k].model_copy(update={"least": 1000.0, "most": None})
    changed_factory = factory.model_copy(update={"lines": (*factory.lines[:k], line, *factory.lines[k + 1 :])})
    changed = problem.model_copy(
        update={"factories": (*problem.factories[:f], changed_factory, *problem.factories[f + 1 :])}
    )
    assume(reason(build_program(ProblemArrays.from_problem(changed)).lp) == "infeasible")
    check_conflict(changed)


def test_badly_scaled_conflict_is_irreducible() -> None:
    """The duals of the relaxation are inexact for a stock of 10⁹ units, so the search starts from the IIS of HiGHS."""
    raw = two_counties().model_dump(mode="json")
    raw["counties"][0]["stocks"]["soap"] = {"closing_least": 1e9}
    check_conflict(PlanningProblem.model_validate(raw))


def check_conflict(problem: PlanningProblem) -> None:
    """Check that the analysis of an infeasible problem finds an irreducible conflict and sufficient relaxations."""
    arrays = ProblemArrays.from_problem(problem)
    program = build_program(arrays)
    found = analyse_infeasibility(arrays, program, 1e-6, 30.0)
    assert found is not None
    assert found.infeasibility.verified
    assert found.infeasibility.irreducible
    assert found.infeasibility.relaxations
    limits = RelaxableLimits.from_program(arrays, program)
    solution = backends.get_backend("highs").solve_program(build_relaxation(program.lp, limits), SolveOptions())
    assert solution.dual_values is not None
    assert solution.values is not None
    amounts = solution.values[program.lp.column_count :]
    selected = np.flatnonzero((limits.weight < BALANCE_PENALTY) | (amounts > 1e-9))
    supporting = find_supporting_limits(limits, solution.dual_values, program.lp.row_count)
    candidates = np.flatnonzero(np.isin(selected, supporting))
    named = limits.select_limits(selected)
    members = find_iis(program.lp, named, candidates, solution.dual_values[: program.lp.row_count], 30.0).positions
    assert len(members) == len(found.infeasibility.conflict)
    assert reason(restrict_to_limits(program.lp, named, members)) == "infeasible"
    for limit in members:
        assert reason(restrict_to_limits(program.lp, named, members[members != limit])) == "optimal"


def reason(lp: LinearProgram) -> str:
    """Return the termination reason of a program without costs."""
    return (
        backends.get_backend("highs")
        .solve_program(replace(lp, cost=np.zeros(lp.column_count), offset=0.0), SolveOptions())
        .termination.reason
    )

"""Every rule and bound can be explained; every conflict is one, and loses nothing it needs."""

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
from solvers.sensitivity.shadow_prices import LIMIT_SUBJECTS
from tests.properties.planned import bounded
from tests.strategies import problems


def everything() -> tuple[ProblemArrays, Program]:
    """A program in which every rule has rows."""
    raw = two_counties().model_dump(mode="json")
    raw["policy"] |= {"own_needs_first": True, "goals": ["worst_fulfilment", "central_share", "shortage"]}
    raw["policy"]["shortage_bands"] = [{"width": 0.5, "weight": 4}, {"width": 0.3, "weight": 2}]
    raw["supply_shares"]["local_floor"] = {"hygiene": 0.1}
    for county in raw["counties"]:
        county |= {"labour_hours": 1000.0, "handling_tonnes": 50.0, "stocks": {"soap": {"least": 5.0, "most": 900.0}}}
    raw["factories"][0]["lines"][0] |= {"least": 5.0, "most": 500.0}
    arrays = ProblemArrays.from_problem(PlanningProblem.model_validate(raw))
    goals = arrays.problem.policy.expand_ordered_goals()
    program = build_program(arrays, goals=goals, shortage_without_swaps=np.zeros_like(arrays.demand))
    upper = program.lp.row_upper.copy()
    upper[program.constraints["goal"].block_slice] = 1.0
    return arrays, replace(program, lp=replace(program.lp, row_upper=upper))


@pytest.mark.parametrize("rule", [name for name in CONSTRAINTS if name not in DEFINING_CONSTRAINTS])
def test_every_rule_has_an_explanation(rule: str) -> None:
    arrays, program = everything()
    soft = RelaxableLimits.from_program(arrays, program)
    span = program.constraints[rule].block_slice
    mine = np.flatnonzero((soft.is_column == 0) & (soft.position >= span.start) & (soft.position < span.stop))
    assert len(mine), f"no row of {rule} can be explained"
    explained(arrays, program, soft, mine[:1], rule)


@pytest.mark.parametrize("key", [key for key in BOUNDS if key[0] != "worst"])
def test_every_bound_has_an_explanation(key: tuple[str, str]) -> None:
    arrays, program = everything()
    soft = RelaxableLimits.from_program(arrays, program)
    span, sign = program.variables[key[0]].block_slice, 1.0 if key[1] == "upper" else -1.0
    inside = (soft.position >= span.start) & (soft.position < span.stop)
    mine = np.flatnonzero((soft.is_column == 1) & (soft.sign == sign) & inside)
    assert len(mine), f"no bound {key} can be explained"
    explained(arrays, program, soft, mine[:1], next(info.name for k, info in BOUNDS.items() if k == key))


def explained(arrays: ProblemArrays, program: Program, soft: RelaxableLimits, which: IntArray, rule: str) -> None:
    (row,) = describe_limits(arrays, program, soft, which, np.ones(len(soft.position)))
    assert row.rule == rule
    assert row.where
    assert row.text.endswith(".")
    assert "{" not in row.text
    assert row.unit
    assert "{" not in row.unit


def test_every_limit_can_be_spoken_of() -> None:
    assert set(RULE_NAMES) <= LIMIT_SUBJECTS.keys()


@bounded(20)
@given(problems(max_periods=2), st.data())
def test_conflicts_are_irreducible_and_the_relaxation_mends_them(problem: PlanningProblem, data: st.DataObject) -> None:
    """A least quota beyond what a limit of the same line allows makes a conflict."""
    lines = [(f, k) for f, factory in enumerate(problem.factories) for k in range(len(factory.lines))]
    assume(lines)
    f, k = data.draw(st.sampled_from(lines))
    factory = problem.factories[f]
    line = factory.lines[k].model_copy(update={"least": 1000.0, "most": None})
    made = factory.model_copy(update={"lines": (*factory.lines[:k], line, *factory.lines[k + 1 :])})
    changed = problem.model_copy(update={"factories": (*problem.factories[:f], made, *problem.factories[f + 1 :])})
    arrays = ProblemArrays.from_problem(changed)
    program = build_program(arrays)
    assume(reason(program.lp) == "infeasible")
    found = analyse_infeasibility(arrays, program, 1e-6, 30.0)
    assert found is not None
    assert found.infeasibility.verified
    assert found.infeasibility.irreducible
    assert found.infeasibility.relaxations
    soft = RelaxableLimits.from_program(arrays, program)
    solution = backends.get_backend("highs").solve_program(build_relaxation(program.lp, soft), SolveOptions())
    assert solution.dual_values is not None
    assert solution.values is not None
    give = solution.values[program.lp.column_count :]
    named = np.flatnonzero((soft.weight < BALANCE_PENALTY) | (give > 1e-9))
    suspects = np.flatnonzero(np.isin(named, find_supporting_limits(soft, solution.dual_values, program.lp.row_count)))
    mine = soft.select_limits(named)
    kept = find_iis(program.lp, mine, suspects, solution.dual_values[: program.lp.row_count], 30.0).positions
    assert len(kept) == len(found.infeasibility.conflict)
    assert reason(restrict_to_limits(program.lp, mine, kept)) == "infeasible"
    for limit in kept:
        assert reason(restrict_to_limits(program.lp, mine, kept[kept != limit])) == "optimal"


def reason(lp: LinearProgram) -> str:
    """What a solver finds of a program without costs."""
    return (
        backends.get_backend("highs")
        .solve_program(replace(lp, cost=np.zeros(lp.column_count), offset=0.0), SolveOptions())
        .termination.reason
    )

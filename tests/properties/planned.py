"""Planning random problems in tests: one way to run, one way to bound how many examples are drawn."""

import os
from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, settings

from models.plan import Plan
from models.problem.planning_problem import PlanningProblem
from solvers.planning import make_plan
from tests.builders import Json

Test = TypeVar("Test", bound=Callable[..., None])

NINE_DIGITS = 1e-9
"""Relative to 1 + the objective."""


def bounded(examples: int) -> Callable[[Test], Test]:
    """Draw this number of examples, 200 in the slow lane; the same ones in every run where CI is set.

    A failing problem is shrunk only where SHRINK is set, because shrinking takes minutes.
    """
    examples = max(examples, 200) if "ALLOT_TEST_ALL" in os.environ else examples
    phases = [Phase.explicit, Phase.reuse, Phase.generate, *([Phase.shrink] if "SHRINK" in os.environ else [])]
    return settings(
        phases=phases,
        max_examples=examples,
        deadline=None,
        derandomize="CI" in os.environ,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


def rows_of(result: Any) -> dict[str, list[dict[str, Any]]]:
    """The tables of a plan as rows."""
    return {name: table.to_pylist() for name, table in result.tables.items()}


def objective(problem: Json | PlanningProblem) -> float:
    """The objective of the best plan."""
    return value_of(planned(problem))


def planned(problem: Json | PlanningProblem) -> Plan:
    """The best plan's head, proved best."""
    model = problem if isinstance(problem, PlanningProblem) else PlanningProblem.model_validate(problem)
    plan = make_plan(model).plan
    assert plan.outcome == "optimal", plan.termination
    return plan


def value_of(plan: Plan) -> float:
    """The objective before whole units were asked for."""
    assert plan.objective is not None
    return plan.objective.value - (plan.rounding_cost or 0.0)


def same(left: float, right: float, digits: float = NINE_DIGITS) -> bool:
    """Whether two objectives agree."""
    return abs(left - right) <= digits * (1 + abs(left) + abs(right))

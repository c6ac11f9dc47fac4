"""Figures of finished plans, as their heads and tables have them, for the comparison of two stored plans."""

from collections.abc import Mapping

import pyarrow as pa

from models.base import Frozen
from models.comparisons import Comparison
from models.plan import Plan
from models.problem.planning_problem import PlanningProblem
from solvers.sensitivity.comparison import list_differences, select_largest


class FinishedFigures(Frozen):
    """Figures of one finished plan."""

    objective: float
    """Objective, in weighted won."""
    served_share: float
    """Served share of the demand, by value."""
    goals: dict[str, float]
    """Values of the ordered goals, by position and name."""
    by_county: dict[str, float]
    """Served share by county."""
    by_category: dict[str, float]
    """Served share by category."""
    made: tuple[tuple[str, str, float], ...]
    """Factory, item and units made in the whole plan."""

    @classmethod
    def from_plan(cls, plan: Plan, quotas: pa.Table) -> "FinishedFigures | None":
        """Read the figures of a plan and its table `quotas`; None for a plan without figures."""
        if plan.objective is None or plan.summary is None:
            return None
        made = quotas.group_by(["factory", "item"]).aggregate([("quantity", "sum")])
        columns = (made[name].to_pylist() for name in ("factory", "item", "quantity_sum"))
        return cls(
            objective=plan.objective.value,
            served_share=plan.summary.served_share_of_needs,
            goals={f"{k} {goal.goal}": goal.final_value for k, goal in enumerate(plan.objective.goals, start=1)},
            by_county=plan.summary.index_needs_by_county(),
            by_category=plan.summary.index_needs_by_kind(),
            made=tuple(zip(*columns, strict=True)),
        )

    def sum_value_made(self, problem: PlanningProblem) -> dict[str, float]:
        """Return the value of production in won, by factory of the problem."""
        value: Mapping[str, float] = {item.id: item.value for item in problem.items}
        total = {factory.id: 0.0 for factory in problem.factories}
        for factory, item, units in self.made:
            total[factory] += value[item] * units
        return total


def replace_by_finished_figures(
    comparison: Comparison,
    problems: tuple[PlanningProblem, PlanningProblem],
    figures: tuple[FinishedFigures, FinishedFigures],
) -> Comparison:
    """Return a comparison with the figures that two finished plans have; its steps stay those of the linear programs."""
    a, b = figures
    made = [one.sum_value_made(problem) for one, problem in zip(figures, problems, strict=True)]
    return comparison.model_copy(
        update={
            "relaxed": False,
            "objective": (a.objective, b.objective),
            "served_share": (a.served_share, b.served_share),
            "goals": list_differences(a.goals, b.goals),
            "by_county": list_differences(a.by_county, b.by_county),
            "by_category": list_differences(a.by_category, b.by_category),
            "by_factory": select_largest(list_differences(*made)),
        }
    )

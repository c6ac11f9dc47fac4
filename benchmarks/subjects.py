"""Problems to measure with: Ryanggang's years by year, quarter and month, and synthetic provinces of any size."""

from collections.abc import Callable, Mapping
from functools import partial

from benchmarks.aggregation import coarser
from benchmarks.synthetic import synthetic
from models import provinces
from models.changes.apply import apply_changes
from models.problem.planning_problem import PlanningProblem

Subject = Callable[[], PlanningProblem]
"""Makes a problem."""


def ryanggang(scenario: str, months: int = 1) -> PlanningProblem:
    """A year of Ryanggang in one of its scenarios, by periods of that many months."""
    province = provinces.load_builtin_province("ryanggang")
    problem = apply_changes(province.problem, next(s for s in province.scenarios if s.id == scenario).changes)
    return problem if months == 1 else coarser(problem, months)


SCENARIOS = ("normal", "decline", "crisis", "interview-2002", "census-2008", "recovery")

SUBJECTS: Mapping[str, Subject] = {
    "tiny": partial(synthetic, 2, 10, 2),
    "small": partial(synthetic, 4, 20, 6),
    "province": partial(synthetic, 12, 100, 12),
    "province-long-chains": partial(synthetic, 12, 100, 12, chain=4, stores=3.0),
    "province-scarce-stores": partial(synthetic, 12, 100, 12, chain=4, stores=0.1),
    "province-ample": partial(synthetic, 12, 100, 12, scarcity=1.2),
    "large": partial(synthetic, 40, 300, 12),
    "nation": partial(synthetic, 200, 30, 12),
    **{f"counties-{count}": partial(synthetic, count, 50, 12, chain=2) for count in (2, 5, 10, 20, 40)},
    **{f"goods-{count}": partial(synthetic, 12, count, 12, chain=2) for count in (10, 30, 100, 300)},
    **{f"ryanggang-{scenario}": partial(ryanggang, scenario) for scenario in SCENARIOS},
    "ryanggang-crisis-by-quarter": partial(ryanggang, "crisis", 3),
    "ryanggang-crisis-by-year": partial(ryanggang, "crisis", 12),
    "ryanggang-normal-by-quarter": partial(ryanggang, "normal", 3),
    "ryanggang-normal-by-year": partial(ryanggang, "normal", 12),
}
"""What can be measured, by name."""

SWEEPS: Mapping[str, tuple[str, ...]] = {
    "counties": tuple(name for name in SUBJECTS if name.startswith("counties-")),
    "goods": tuple(name for name in SUBJECTS if name.startswith("goods-")),
    "ryanggang": ("ryanggang-normal-by-year", "ryanggang-normal-by-quarter", "ryanggang-normal"),
}
"""Subjects of rising size and one structure, for plots of time and memory against size."""

"""Heads of the plan's year by county and population group: stated, or projected from a census.

Counts of a census by group grow at their yearly rate g over the years y from census to plan:

    heads = counted · (1 + g)^y

A table by sex and five-year age is projected by cohorts (cohort-component method). In a step of five years the people of
one age group who survive become the next group, and the last group keeps its own survivors:

    P'[s,a] = (S[s,a−1]·P[s,a−1] + (a is last)·S[s,a]·P[s,a]) · (1 + m)^5
    B = 5 · Σ_a f[a] · (P[women,a] + P'[women,a]) / 2
    P'[women,0] = B · v / (1 + r),  P'[men,0] = B · v · r / (1 + r)

with survival S, net migration m, births per woman f, survival of newborn children v and boys per girl r. A rest of less
than five years is interpolated linearly. A group takes the part of an age group that lies within its ages, as if the
people of an age group were spread evenly over its five years.

The error of projected heads, a ± share of them, joins the independent errors of the census and of the years since:

    error = √(error² + (error_per_year · |y|)²)
"""

from math import hypot
from typing import Literal

from models.base import Frozen
from models.problem.planning_problem import PlanningProblem
from models.problem.population import AgeCount, County
from models.problem.population_projection import AgeGroup, PopulationProjection

STEP_YEARS = 5
"""Length of a step and width of an age group, in years."""

ProjectionMethod = Literal["census", "ages"]
"""`census`: counts of a census with yearly growth. `ages`: cohort-component projection of a table by sex and age."""

HeadsSource = Literal["stated", "census", "ages"]
"""`stated`: given by `population`; otherwise the method of their projection."""

PeopleByAge = list[tuple[float, float]]
"""Women and men of each five-year age, in order."""


class GroupHeads(Frozen):
    """Heads of a population group of a county in the plan's year."""

    county: str
    """Identifier of the county."""
    group: str
    """Name of the population group."""
    heads: float
    """Heads that the plan uses."""
    source: HeadsSource
    """`stated`: given by `population`. `census`: counted, with yearly growth. `ages`: projected by cohorts."""
    projected: float | None
    """Heads projected from the census, also where `population` replaces them; null without a census."""
    error: float | None
    """Error of the projected heads, as ± share of them; null without a census."""
    method: ProjectionMethod | None
    """Method of the projection: `census` (yearly growth) or `ages` (cohorts); null without a census."""


def compute_heads(problem: PlanningProblem) -> tuple[GroupHeads, ...]:
    """Compute the heads of every population group, by county and then by group.

    The problem must have passed its checks.
    """
    return tuple(row for county in problem.counties for row in compute_county_heads(problem, county))


def compute_county_heads(problem: PlanningProblem, county: County) -> tuple[GroupHeads, ...]:
    """Compute the heads of the population groups of a county; the problem must have passed its checks."""
    projection = problem.population_projection
    projected = _project_census(county, projection)
    error = compute_projection_error(projection) if projected else None
    rows = []
    for group in dict.fromkeys((*county.population, *projected)):
        method, heads = projected.get(group, (None, None))
        stated = county.population.get(group)
        rows.append(
            GroupHeads(
                county=county.id,
                group=group,
                heads=stated if stated is not None else heads or 0.0,
                source=method if stated is None and method is not None else "stated",
                projected=heads,
                error=None if heads is None else error,
                method=method,
            )
        )
    return tuple(rows)


def list_heads(problem: PlanningProblem) -> tuple[dict[str, float], ...]:
    """Return the heads by population group of each county, in the order of the counties."""
    return tuple(
        {row.group: row.heads for row in compute_county_heads(problem, county)}
        if county.census or county.ages
        else county.population
        for county in problem.counties
    )


def compute_projection_error(projection: PopulationProjection) -> float:
    """Compute the error of projected heads, as ± share of them."""
    return hypot(projection.error, projection.error_per_year * abs(_count_years(projection)))


def project_ages(ages: tuple[AgeCount, ...], projection: PopulationProjection, net_migration: float) -> PeopleByAge:
    """Project people by sex and five-year age from the census to the plan's year.

    The ages of the table and of the rates must be equal, and the plan's year must not be before the census.
    """
    steps, rest = divmod(_count_years(projection), STEP_YEARS)
    people: PeopleByAge = [(row.women, row.men) for row in ages]
    for _ in range(int(steps)):
        people = _advance_five_years(people, projection, net_migration)
    if rest:
        later = _advance_five_years(people, projection, net_migration)
        weight = rest / STEP_YEARS
        people = [
            (now[0] + weight * (then[0] - now[0]), now[1] + weight * (then[1] - now[1]))
            for now, then in zip(people, later, strict=True)
        ]
    return people


def count_group_heads(group: AgeGroup, people: PeopleByAge) -> float:
    """Count the heads of a group defined by age and sex."""
    total = 0.0
    for position, (women, men) in enumerate(people):
        first = position * STEP_YEARS
        if position == len(people) - 1:  # the last age group has no upper limit, so it belongs to a group as a whole
            inside = float(group.from_age <= first and group.below_age is None)
        else:
            end = first + STEP_YEARS if group.below_age is None else min(group.below_age, first + STEP_YEARS)
            inside = max(0.0, end - max(group.from_age, first)) / STEP_YEARS
        total += inside * ({"women": women, "men": men}[group.sex] if group.sex else women + men)
    return total * group.per_head


def _project_census(county: County, projection: PopulationProjection) -> dict[str, tuple[ProjectionMethod, float]]:
    """Return source and heads of every group that the county's census or ages give."""
    projected: dict[str, tuple[ProjectionMethod, float]] = {
        group: ("census", count.heads * (1.0 + count.yearly_growth) ** _count_years(projection))
        for group, count in county.census.items()
    }
    if county.ages:
        people = project_ages(county.ages, projection, county.net_migration)
        projected |= {name: ("ages", count_group_heads(group, people)) for name, group in projection.groups.items()}
    return projected


def _count_years(projection: PopulationProjection) -> float:
    """Return the years from census to plan; 0 if one of them is not stated."""
    if projection.plan_year is None or projection.census_year is None:
        return 0.0
    return projection.plan_year - projection.census_year


def _advance_five_years(people: PeopleByAge, projection: PopulationProjection, net_migration: float) -> PeopleByAge:
    """Return the people by age five years later."""
    rates, moved = projection.rates, (1.0 + net_migration) ** STEP_YEARS
    survivors = [
        (rate.women_survive * women * moved, rate.men_survive * men * moved)
        for rate, (women, men) in zip(rates, people, strict=True)
    ]
    older = survivors[:-1]
    older[-1] = (older[-1][0] + survivors[-1][0], older[-1][1] + survivors[-1][1])
    births = STEP_YEARS * sum(
        rate.births_per_woman * (before[0] + after[0]) / 2
        for rate, before, after in zip(rates[1:], people[1:], older, strict=True)
    )
    alive = births * projection.newborn_survival
    girls = alive / (1.0 + projection.boys_per_girl)
    return [(girls, alive - girls), *older]

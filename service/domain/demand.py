"""The estimates of population and of demand."""

import orjson

from models.demand import calculate_demand
from models.heads import compute_heads
from models.problem.planning_problem import PlanningProblem
from models.validation.checks import Finding, InvalidProblemError
from service.auth.authorization import scope_lookup
from service.auth.principals import Principal
from service.core.errors import ContentTooLargeError
from service.core.json_documents import decode_json_object
from service.core.settings import Settings
from service.domain.problem_sources import resolve_bare_problem
from service.domain.provinces import ProvinceService
from service.domain.schemas.problems import PopulationAnswer
from service.storage.store import Store


def estimate_population(raw: bytes, settings: Settings, store: Store, principal: Principal) -> PopulationAnswer:
    """Compute the heads of the plan's year of the problem in a body; raise InvalidProblemError for a faulty one."""
    problem = _resolve_problem(raw, settings, store, principal)
    projection = problem.population_projection
    return PopulationAnswer(
        census_year=projection.census_year, plan_year=projection.plan_year, rows=compute_heads(problem)
    )


def estimate_demand(
    raw: bytes, counties: list[str], items: list[str], settings: Settings, store: Store, principal: Principal
) -> bytes:
    """Estimate the demand of the problem in a body as JSON of `DemandAnswer`, for some counties and items (all if
    none are named).

    Raises InvalidProblemError, and ContentTooLargeError for more rows than a page may have.
    """
    problem = _resolve_problem(raw, settings, store, principal)
    chosen = _restrict_problem(problem, counties, items)
    rows = len(chosen.counties) * len(chosen.items)
    if rows > settings.max_page_rows:
        raise ContentTooLargeError(
            f"The estimate may have {rows:,} rows; {settings.max_page_rows:,} can be sent. Ask for some counties or items."
        )
    answer = {"periods": problem.periods, "rows": [one.model_dump(mode="json") for one in calculate_demand(chosen)]}
    return orjson.dumps(answer)


def _resolve_problem(raw: bytes, settings: Settings, store: Store, principal: Principal) -> PlanningProblem:
    return resolve_bare_problem(
        decode_json_object(raw),
        settings,
        scope_lookup(ProvinceService(store, settings).look_up_province, principal, "read"),
    ).problem


def _restrict_problem(problem: PlanningProblem, counties: list[str], items: list[str]) -> PlanningProblem:
    """Restrict a problem to the counties and items of the estimate."""
    unknown = [
        Finding(
            path=f"query/{kind}",
            code="unknown",
            message=f"There is no {kind} {name!r} in the problem.",
            remedy="Name those of the problem.",
        )
        for kind, names, there in (
            ("county", counties, {county.id for county in problem.counties}),
            ("item", items, {item.id for item in problem.items}),
        )
        for name in names
        if name not in there
    ]
    if unknown:
        raise InvalidProblemError(tuple(unknown))
    return problem.model_copy(
        update={
            "counties": tuple(one for one in problem.counties if not counties or one.id in counties),
            "items": tuple(one for one in problem.items if not items or one.id in items),
        }
    )

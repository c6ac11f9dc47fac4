"""Everything wrong or doubtful in a problem."""

from models.checks import Finding, InvalidProblem
from models.problem import PlanningProblem
from service.access import Principal, within
from service.provinces.service import Provinces
from service.settings import Settings
from service.sources.service import understand_bare
from service.storage import Store
from service.validation.schemas import ProblemSize, Validation
from service.web.bodies import decode


def validate(raw: bytes, settings: Settings, store: Store, principal: Principal) -> Validation:
    """What is found about the problem that a body means; TooLarge or Unreadable if it cannot even be looked at."""
    try:
        meant = understand_bare(decode(raw), settings, within(Provinces(store, settings).look_up, principal, "read"))
    except InvalidProblem as error:
        return _validation(error.findings, None)
    return _validation(meant.findings, meant.problem)


def _validation(findings: tuple[Finding, ...], problem: PlanningProblem | None) -> Validation:
    errors = sum(one.severity == "error" for one in findings)
    return Validation(
        valid=errors == 0,
        errors=errors,
        warnings=len(findings) - errors,
        findings=findings,
        size=None if problem is None else _size(problem),
    )


def _size(problem: PlanningProblem) -> ProblemSize:
    return ProblemSize(
        counties=len(problem.counties),
        stations=len(problem.stations),
        items=len(problem.items),
        factories=len(problem.factories),
        lines=sum(len(factory.lines) for factory in problem.factories),
        links=len(problem.links),
        partners=len(problem.partners),
        periods=len(problem.periods),
    )

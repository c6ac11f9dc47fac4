"""Everything wrong or doubtful in a problem."""

from models.checks import Finding, InvalidProblem, check
from models.problem import PlanningProblem
from service.access import Principal, within
from service.provinces.service import Provinces
from service.settings import Settings
from service.sheets.kinds import SheetKind
from service.sheets.opening import read_sheets
from service.sources.service import understand_bare
from service.storage import Store
from service.validation.schemas import ProblemSize, Validation
from service.web.bodies import decode
from service.web.limits import refuse_if_too_big


def validate(raw: bytes, kind: SheetKind | None, settings: Settings, store: Store, principal: Principal) -> Validation:
    """What is found about the problem that a body means; TooLarge or Unreadable if it cannot even be looked at.

    `kind`: what sheets the body is; None for JSON.
    """
    if kind is not None:
        return _validate_sheets(raw, kind, settings, Provinces(store, settings))
    try:
        meant = understand_bare(decode(raw), settings, within(Provinces(store, settings).look_up, principal, "read"))
    except InvalidProblem as error:
        return _validation(error.findings, None)
    return _validation(meant.findings, meant.problem)


def _validate_sheets(raw: bytes, kind: SheetKind, settings: Settings, provinces: Provinces) -> Validation:
    reading = read_sheets(raw, kind, settings)
    try:
        refuse_if_too_big(reading.problem, settings, "/problem")
        reading.refuse()
        with reading.located():
            problem = provinces.understand(reading.document)
    except InvalidProblem as error:
        return _validation(error.findings, None)
    return _validation(reading.named(check(problem), "/problem"), problem)


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

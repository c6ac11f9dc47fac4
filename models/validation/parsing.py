"""From a request body to a problem, with all that is wrong in it at once.

Mistakes of structure (an unknown field, a negative number) and of meaning (a link to a place that is not there) come in
one answer: what cannot be read is left out, and the rest is checked as if it were all, without complaining of what the gaps
alone may have caused.
"""

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from models.problem.planning_problem import PlanningProblem
from models.validation.checks import Finding, InvalidProblem, check, check_rest, refuse_errors
from models.validation.finding_codes import found
from models.validation.json_text import decode
from models.validation.partial_validation import Salvage, moved
from models.validation.structure_findings import Complaint, complaints

Model = TypeVar("Model", bound=BaseModel)

MOST_FINDINGS = 1000
"""How many findings are reported at once."""

ROUNDS = 12
"""How often more is left out; each round climbs from a part to the part that cannot be without it."""


def parse_problem(raw: bytes | str | dict[str, Any]) -> PlanningProblem:
    """The problem written in `raw`: JSON text, or what it decodes to.

    Raises InvalidProblem with all findings, of structure and of meaning together, if any of them is an error.
    Warnings alone do not refuse a problem; `check` gives them.
    """
    value, findings = _decoded(raw)
    try:
        problem = PlanningProblem.model_validate(value)
    except ValidationError as error:
        mistakes = complaints(error, value, PlanningProblem)
        findings += tuple(mistake.finding for mistake in mistakes)
        if isinstance(value, dict):
            findings += _findings_of_rest(value, mistakes)
        raise InvalidProblem(_capped(findings)) from None
    refuse_errors(_capped(findings + check(problem)))
    return problem


def validate_model(model_type: type[Model], raw: bytes | str | dict[str, Any]) -> Model:
    """`raw`, JSON text or what it decodes to, as a model of any kind, such as options or a scenario.

    Raises InvalidProblem with all findings about its structure.
    """
    value, findings = _decoded(raw)
    try:
        model = model_type.model_validate(value)
    except ValidationError as error:
        mistakes = complaints(error, value, model_type)
        raise InvalidProblem(_capped(findings + tuple(mistake.finding for mistake in mistakes))) from None
    refuse_errors(findings)
    return model


def _decoded(raw: bytes | str | dict[str, Any]) -> tuple[Any, tuple[Finding, ...]]:
    """The decoded body and findings about its text; raises InvalidProblem where nothing can be read."""
    if not isinstance(raw, bytes | str):
        return raw, ()
    value, findings = decode(raw)
    if value is None and findings:
        raise InvalidProblem(findings)
    return value, findings


def _findings_of_rest(raw: dict[str, Any], mistakes: list[Complaint]) -> tuple[Finding, ...]:
    """The errors of meaning in what is left of `raw` when the mistakes are left out."""
    salvage = Salvage(raw)
    for _ in range(ROUNDS):
        if not salvage.leave_out(mistakes):
            break
        rest = salvage.rest()
        try:
            problem = PlanningProblem.model_validate(rest)
        except ValidationError as error:
            mistakes = complaints(error, rest, PlanningProblem)
        else:
            return _in_place(check_rest(problem, salvage.gaps()), salvage)
    return ()


def _in_place(findings: tuple[Finding, ...], salvage: Salvage) -> tuple[Finding, ...]:
    """The findings with their paths in what was sent, less those about gaps."""
    placed = []
    for finding in findings:
        path, is_gap = moved(finding.path, salvage)
        if not is_gap:
            placed.append(finding.model_copy(update={"path": path}))
    return tuple(placed)


def _capped(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """At most MOST_FINDINGS findings, errors first to stay, and one that tells of the others."""
    if len(findings) <= MOST_FINDINGS:
        return findings
    graver_first = sorted(findings, key=lambda finding: finding.severity == "warning")
    message = f"There are {len(findings) - MOST_FINDINGS} more findings."
    return (*graver_first[:MOST_FINDINGS], found("more_findings", (), message, "Mend these first."))

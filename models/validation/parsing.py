"""From a request body to a problem, with all that is wrong in it at once.

Mistakes of structure (an unknown field, a negative number) and of meaning (a link to a place that is not there) come in
one answer: what cannot be read is left out, and the rest is checked as if it were all, without complaining of what the gaps
alone may have caused.
"""

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from models.problem.planning_problem import PlanningProblem
from models.validation.checks import Finding, InvalidProblemError, check_partial_problem, check_problem, raise_on_errors
from models.validation.finding_codes import make_finding
from models.validation.json_text import decode_json
from models.validation.partial_validation import PartialDocument, map_to_original_pointer
from models.validation.structure_findings import StructuralMistake, find_structural_mistakes

Model = TypeVar("Model", bound=BaseModel)

MAX_FINDINGS = 1000
"""How many findings are reported at once."""

MAX_ROUNDS = 12
"""How often more is left out; each round climbs from a part to the part that cannot be without it."""


def parse_problem(raw: bytes | str | dict[str, Any]) -> PlanningProblem:
    """The problem written in `raw`: JSON text, or what it decodes to.

    Raises InvalidProblem with all findings, of structure and of meaning together, if any of them is an error.
    Warnings alone do not refuse a problem; `check` gives them.
    """
    value, findings = _decode_body(raw)
    try:
        problem = PlanningProblem.model_validate(value)
    except ValidationError as error:
        mistakes = find_structural_mistakes(error, value, PlanningProblem)
        findings += tuple(mistake.finding for mistake in mistakes)
        if isinstance(value, dict):
            findings += _check_readable_part(value, mistakes)
        raise InvalidProblemError(_cap_findings(findings)) from None
    raise_on_errors(_cap_findings(findings + check_problem(problem)))
    return problem


def validate_model(model_type: type[Model], raw: bytes | str | dict[str, Any]) -> Model:
    """`raw`, JSON text or what it decodes to, as a model of any kind, such as options or a scenario.

    Raises InvalidProblem with all findings about its structure.
    """
    value, findings = _decode_body(raw)
    try:
        model = model_type.model_validate(value)
    except ValidationError as error:
        mistakes = find_structural_mistakes(error, value, model_type)
        raise InvalidProblemError(_cap_findings(findings + tuple(mistake.finding for mistake in mistakes))) from None
    raise_on_errors(findings)
    return model


def _decode_body(raw: bytes | str | dict[str, Any]) -> tuple[Any, tuple[Finding, ...]]:
    """The decoded body and findings about its text; raises InvalidProblem where nothing can be read."""
    if not isinstance(raw, bytes | str):
        return raw, ()
    value, findings = decode_json(raw)
    if value is None and findings:
        raise InvalidProblemError(findings)
    return value, findings


def _check_readable_part(raw: dict[str, Any], mistakes: list[StructuralMistake]) -> tuple[Finding, ...]:
    """The errors of meaning in what is left of `raw` when the mistakes are left out."""
    salvage = PartialDocument(raw)
    for _ in range(MAX_ROUNDS):
        if not salvage.remove_unreadable(mistakes):
            break
        rest = salvage.build_readable_part()
        try:
            problem = PlanningProblem.model_validate(rest)
        except ValidationError as error:
            mistakes = find_structural_mistakes(error, rest, PlanningProblem)
        else:
            return _relocate_findings(check_partial_problem(problem, salvage.collect_omissions()), salvage)
    return ()


def _relocate_findings(findings: tuple[Finding, ...], partial: PartialDocument) -> tuple[Finding, ...]:
    """The findings with their paths in what was sent, less those about gaps."""
    placed = []
    for finding in findings:
        path, is_gap = map_to_original_pointer(finding.path, partial)
        if not is_gap:
            placed.append(finding.model_copy(update={"path": path}))
    return tuple(placed)


def _cap_findings(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """At most MOST_FINDINGS findings, errors first to stay, and one that tells of the others."""
    if len(findings) <= MAX_FINDINGS:
        return findings
    graver_first = sorted(findings, key=lambda finding: finding.severity == "warning")
    message = f"There are {len(findings) - MAX_FINDINGS} more findings."
    return (*graver_first[:MAX_FINDINGS], make_finding("more_findings", (), message, "Mend these first."))

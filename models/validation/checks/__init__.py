"""Checks of a problem beyond its structure: whether its parts are consistent.

`check_problem` returns all findings at once, each with a path, a stable code and a remedy. One function checks one
condition; its docstring states the condition. `CHECKS` of each module lists its functions.
"""

from models.problem.planning_problem import PlanningProblem
from models.validation.checks import (
    borders,
    budgets,
    coefficients,
    cycles,
    duplicates,
    labels,
    lengths,
    limits,
    needs,
    past,
    population,
    references,
    requirements,
    terms,
    whole_units,
)
from models.validation.checks.context import Omissions, ProblemContext
from models.validation.finding import Finding, InvalidProblemError, Severity, format_json_pointer, raise_on_errors
from models.validation.finding_codes import FINDING_CODES, FindingCode

__all__ = [
    "FINDING_CODES",
    "Finding",
    "FindingCode",
    "InvalidProblemError",
    "Omissions",
    "Severity",
    "check_partial_problem",
    "check_problem",
    "format_json_pointer",
    "raise_on_errors",
]

PART_CHECKS = (
    *references.CHECKS,
    *duplicates.CHECKS,
    *lengths.CHECKS,
    *limits.CHECKS,
    *whole_units.CHECKS,
    *terms.CHECKS,
    *coefficients.CHECKS,
    *budgets.CHECKS,
    *cycles.CHECKS,
    *past.CHECKS,
    *population.CHECKS,
    *requirements.CHECKS,
    *borders.CHECKS,
)
"""Checks of parts of a problem, in the order of their findings."""

WHOLE_PROBLEM_CHECKS = (
    *needs.CHECKS,
    *labels.CHECKS,
    *population.WHOLE_PROBLEM_CHECKS,
    *requirements.WHOLE_PROBLEM_CHECKS,
    *borders.WHOLE_PROBLEM_CHECKS,
)
"""Checks of the problem as a whole. They yield only warnings and require a complete problem."""


def check_problem(problem: PlanningProblem) -> tuple[Finding, ...]:
    """Return all errors and warnings about `problem`."""
    return check_partial_problem(problem, Omissions())


def check_partial_problem(problem: PlanningProblem, omissions: Omissions) -> tuple[Finding, ...]:
    """Return the findings about a problem with omitted parts, except those that the omissions may have caused.

    Warnings concern the problem as a whole, so a problem with omissions yields errors only.
    """
    context = ProblemContext(problem, omissions)
    checks = PART_CHECKS if omissions else PART_CHECKS + WHOLE_PROBLEM_CHECKS
    findings = [finding for check in checks for finding in check(context)]
    return tuple(finding for finding in findings if not omissions or finding.severity == "error")

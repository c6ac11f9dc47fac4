"""What pydantic cannot see: whether the parts of a problem fit together.

`check` gives every mistake and every doubt of a problem at once, each with its place, a stable code and a remedy. Each
mistake has one function, named after what is right; the functions stand in the CHECKS of their modules.
"""

from models.problem.planning_problem import PlanningProblem
from models.validation.checks import cycles, duplicates, lengths, limits, needs, past, references, terms
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
    *terms.CHECKS,
    *cycles.CHECKS,
    *past.CHECKS,
)
"""Checks of parts, in the order in which their findings are given."""

WHOLE_PROBLEM_CHECKS = needs.CHECKS
"""Checks that only give warnings, and mean something only where nothing is left out."""


def check_problem(problem: PlanningProblem) -> tuple[Finding, ...]:
    """All findings about `problem`, errors and warnings; empty when all is well."""
    return check_partial_problem(problem, Omissions())


def check_partial_problem(problem: PlanningProblem, omissions: Omissions) -> tuple[Finding, ...]:
    """All findings about a problem from which `gaps` were left out, but none that may only be due to the gaps.

    Warnings judge a problem as a whole; where there are gaps there are none.
    """
    view = ProblemContext(problem, omissions)
    checks = PART_CHECKS if omissions else PART_CHECKS + WHOLE_PROBLEM_CHECKS
    findings = [finding for one in checks for finding in one(view)]
    return tuple(finding for finding in findings if not omissions or finding.severity == "error")

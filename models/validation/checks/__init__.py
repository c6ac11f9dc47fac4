"""What pydantic cannot see: whether the parts of a problem fit together.

`check` gives every mistake and every doubt of a problem at once, each with its place, a stable code and a remedy. Each
mistake has one function, named after what is right; the functions stand in the CHECKS of their modules.
"""

from models.problem.planning_problem import PlanningProblem
from models.validation.checks import cycles, duplicates, lengths, limits, needs, past, references, supply, terms
from models.validation.checks.context import Gaps, View
from models.validation.finding import Finding, InvalidProblem, Severity, pointer, refuse_errors
from models.validation.finding_codes import CODES, Code

__all__ = [
    "CODES",
    "Code",
    "Finding",
    "Gaps",
    "InvalidProblem",
    "Severity",
    "check",
    "check_rest",
    "pointer",
    "refuse_errors",
]

CHECKS = (
    *references.CHECKS,
    *duplicates.CHECKS,
    *lengths.CHECKS,
    *limits.CHECKS,
    *terms.CHECKS,
    *cycles.CHECKS,
    *past.CHECKS,
)
"""Checks of parts, in the order in which their findings are given."""

CHECKS_OF_WHOLE = (*needs.CHECKS, *supply.CHECKS)
"""Checks that only give warnings, and mean something only where nothing is left out."""


def check(problem: PlanningProblem) -> tuple[Finding, ...]:
    """All findings about `problem`, errors and warnings; empty when all is well."""
    return check_rest(problem, Gaps())


def check_rest(problem: PlanningProblem, gaps: Gaps) -> tuple[Finding, ...]:
    """All findings about a problem from which `gaps` were left out, but none that may only be due to the gaps.

    Warnings judge a problem as a whole; where there are gaps there are none.
    """
    view = View(problem, gaps)
    checks = CHECKS if gaps else CHECKS + CHECKS_OF_WHOLE
    findings = [finding for one in checks for finding in one(view)]
    return tuple(finding for finding in findings if not gaps or finding.severity == "error")

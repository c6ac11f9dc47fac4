"""What is found about a problem."""

from models.base import Frozen
from models.validation.checks import Finding


class ProblemSize(Frozen):
    """How big a problem is."""

    counties: int
    """Counties."""
    stations: int
    """Stations."""
    items: int
    """Items."""
    factories: int
    """Factories."""
    lines: int
    """Lines over all factories."""
    links: int
    """Links."""
    partners: int
    """Partners."""
    periods: int
    """Periods."""


class ValidationReport(Frozen):
    """What is found about a problem."""

    valid: bool
    """Whether a plan can be made of it: nothing found is an error."""
    errors: int
    """Number of errors."""
    warnings: int
    """Number of warnings."""
    findings: tuple[Finding, ...]
    """Everything found. `path` is a JSON pointer into the body that was sent."""
    size: ProblemSize | None
    """How big it is; null where it is not valid."""

"""Schemas of validation."""

from models.base import Frozen
from models.validation.checks import Finding


class ProblemSize(Frozen):
    """Size of a problem."""

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
    """Result of a validation."""

    valid: bool
    """Whether a plan can be made: there are no errors."""
    errors: int
    """Number of errors."""
    warnings: int
    """Number of warnings."""
    findings: tuple[Finding, ...]
    """All findings. `path` is a JSON pointer into the body."""
    size: ProblemSize | None
    """Size of the problem; null where it is not valid."""

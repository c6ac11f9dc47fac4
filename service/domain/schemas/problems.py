"""Schemas of problems: sources, validation and the demand estimate."""

from typing import Annotated

from pydantic import Field

from models.base import ACCEPT_INTEGRAL_FLOAT, Frozen, Id
from models.changes.change import Change
from models.demand import DemandEstimate
from models.heads import GroupHeads
from models.problem.borders import Borders
from models.problem.planning_problem import PlanningProblem
from models.validation.checks import Finding


class DemandAnswer(Frozen):
    """Demand of every county for every item in every period."""

    periods: tuple[str, ...]
    """Periods in order; every `quantity` has one number for each."""
    rows: tuple[DemandEstimate, ...]
    """A row for every county and item with demand."""


class PopulationAnswer(Frozen):
    """Heads of the plan's year."""

    census_year: float | None
    """Point in time of the census, in years; null without a census."""
    plan_year: float | None
    """Point in time of the heads, in years; null without a census."""
    rows: tuple[GroupHeads, ...]
    """A row for every county and population group."""


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
    budgets: int
    """Budgets."""
    periods: int
    """Periods."""


class PlaceOutline(Frozen):
    """A county or station as a map needs it."""

    id: str
    """Identifier."""
    name: str
    """Name."""
    local_name: str
    """Name in the local language."""
    is_county: bool
    """Whether it is a county; otherwise it is a station."""
    latitude: float | None
    """Degrees north; null if not stated."""
    longitude: float | None
    """Degrees east; null if not stated."""


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
    places: tuple[PlaceOutline, ...] = ()
    """Counties and stations of the problem, for a preview on a map; none where it is not valid."""
    borders: Borders | None = None
    """Borders that the problem carries, for the preview."""


MAX_CHANGES = 1_000
"""Changes of one request at most."""


class SourceEnvelope(Frozen):
    """What a request says beside a problem that is written out."""

    province: Id | None = None
    """Province whose problem is taken, such as `ryanggang`; instead of `problem`."""
    version: Annotated[int, Field(ge=1, strict=True), ACCEPT_INTEGRAL_FLOAT] | None = None
    """Version of the province; the newest if absent."""
    scenario: Id | None = None
    """Scenario of the province, applied before `changes`."""
    changes: tuple[Change, ...] = Field(default=(), max_length=MAX_CHANGES)
    """Changes to the problem, applied in order."""


class ProblemSource(SourceEnvelope):
    """What is to be planned: a problem written out, or a province; in a scenario; with changes."""

    problem: PlanningProblem | None = None
    """The problem, written out; instead of `province`."""

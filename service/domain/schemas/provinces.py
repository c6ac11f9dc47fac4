"""Provinces as they travel."""

from datetime import datetime

from pydantic import Field

from models.base import Frozen, Name
from models.changes.change import Scenario
from models.problem.planning_problem import PlanningProblem


class ProvinceEnvelope(Frozen):
    """A province to be stored, but for its problem."""

    name: Name = ""
    """Name for people; the problem's name if empty."""
    scenarios: tuple[Scenario, ...] = Field(default=(), max_length=200)
    """Its named scenarios; each must be applicable to the problem."""


class ProvinceBody(ProvinceEnvelope):
    """A province to be stored."""

    problem: PlanningProblem
    """Its problem, as it is in an ordinary year."""


class ScenarioListEntry(Frozen):
    """A scenario without its changes."""

    id: str
    """Identifier."""
    name: str
    """Name for people."""
    local_name: str
    """Name in the local language and script; empty where none is given."""
    notes: str
    """What it stands for."""


class ProvinceListEntry(Frozen):
    """A version of a province, without its problem."""

    id: str
    """Identifier."""
    name: str
    """Name for people."""
    built_in: bool
    """Whether it comes with Allot and cannot be changed."""
    version: int
    """Version: 1 for the first, one more with every change."""
    created: datetime | None
    """When this version was stored; null for what comes with Allot."""
    scenarios: tuple[ScenarioListEntry, ...]
    """Its scenarios."""


class ProvinceList(Frozen):
    """The provinces there are."""

    provinces: tuple[ProvinceListEntry, ...]
    """Those that come with Allot first, then by identifier."""


class ProvinceView(Frozen):
    """A version of a province."""

    id: str
    """Identifier."""
    name: str
    """Name for people."""
    built_in: bool
    """Whether it comes with Allot and cannot be changed."""
    version: int
    """Version: 1 for the first, one more with every change."""
    created: datetime | None
    """When this version was stored; null for what comes with Allot."""
    problem: PlanningProblem
    """Its problem, as it is in an ordinary year. Fields left out have their default values."""
    scenarios: tuple[Scenario, ...]
    """Its named scenarios."""

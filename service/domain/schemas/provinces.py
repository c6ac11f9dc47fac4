"""Provinces as they travel."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from models.base import Frozen, Name
from models.changes.change import Scenario
from models.problem.borders import BorderText, Geometry
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


def _keep_shape(value: Any) -> Any:
    """Return a geometry without further members, such as `bbox`, which programs add."""
    return (
        {name: value[name] for name in ("type", "coordinates") if name in value} if isinstance(value, dict) else value
    )


class BorderFeature(BaseModel):
    """A county of a GeoJSON file. Members that are not listed are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    type: Literal["Feature"]
    """Kind of object (RFC 7946)."""
    id: str | None = None
    """Identifier of the county; alternatively `properties.county`."""
    properties: dict[str, Any] | None = None
    """Properties, of which only `county` is read: the identifier of the county, if `id` is absent."""
    geometry: Annotated[Geometry, BeforeValidator(_keep_shape)]
    """Area of the county."""

    @property
    def county(self) -> str | None:
        """Stated identifier of the county; None if there is none."""
        stated = self.id if self.id is not None else (self.properties or {}).get("county")
        return stated if isinstance(stated, str) else None


class BordersBody(BaseModel):
    """Borders of counties as GeoJSON. Members that are not listed are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    type: Literal["FeatureCollection"]
    """Kind of object (RFC 7946)."""
    source: BorderText
    """Who made the borders, as the map states it."""
    licence: BorderText
    """Licence of the borders, as the map states it."""
    features: tuple[BorderFeature, ...] = Field(min_length=1, max_length=10_000)
    """One feature for each county."""


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

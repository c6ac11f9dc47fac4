"""Borders of counties for the map, as GeoJSON. No figure of a plan depends on them."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Discriminator, Field

from models.base import ByLabel, Frozen, Id, Latitude, Longitude

Position = tuple[Longitude, Latitude]
"""Longitude and latitude, in degrees, in the order of GeoJSON."""

Ring = Annotated[tuple[Position, ...], Field(min_length=4, max_length=20_000)]
"""A closed line: the last position is the first one again."""

Rings = Annotated[tuple[Ring, ...], Field(min_length=1, max_length=1_000)]
"""The outer ring of an area, then the rings of what is not part of it."""

BorderText = Annotated[str, Field(min_length=1, max_length=2000)]


class Polygon(Frozen):
    """One area (GeoJSON, RFC 7946)."""

    type: Literal["Polygon"]
    """Kind of geometry."""
    coordinates: Rings
    """Rings of the area."""


class MultiPolygon(Frozen):
    """Several areas (GeoJSON, RFC 7946)."""

    type: Literal["MultiPolygon"]
    """Kind of geometry."""
    coordinates: Annotated[tuple[Rings, ...], Field(min_length=1, max_length=1_000)]
    """Rings of each area."""


Geometry = Annotated[Polygon | MultiPolygon, Discriminator("type")]
"""Area of a county."""


class Borders(Frozen):
    """Areas of counties, with where they come from."""

    source: BorderText
    """Who made the borders, as the map states it."""
    licence: BorderText
    """Licence of the borders, as the map states it."""
    counties: ByLabel[Id, Geometry]
    """Area of each county; the map draws the others around their seats."""


def list_areas(geometry: Polygon | MultiPolygon) -> tuple[Rings, ...]:
    """Return the rings of each area of a geometry."""
    return (geometry.coordinates,) if isinstance(geometry, Polygon) else geometry.coordinates


def contains_position(geometry: Polygon | MultiPolygon, position: Position) -> bool:
    """Return whether a geometry contains a position: a ray from it crosses the rings an odd number of times."""
    return sum(_count_crossings(ring, position) for area in list_areas(geometry) for ring in area) % 2 == 1


def _count_crossings(ring: Ring, position: Position) -> int:
    """Count the sides of a ring that a ray from a position to the east crosses."""
    x, y = position
    return sum(
        (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1) for (x1, y1), (x2, y2) in _list_sides(ring)
    )


def _list_sides(ring: Ring) -> Iterator[tuple[Position, Position]]:
    return pairwise(ring)

"""Stations and the links that carry goods between places."""

from typing import Literal

from pydantic import Field

from models.base import Amount, Frozen, Id, PerPeriod, Text


class Station(Frozen):
    """A junction or gateway without people or stores."""

    id: Id
    """Identifier, unique among all places (counties and stations)."""
    name: Text = ""
    """Name in English; the identifier is shown where it is empty."""
    local_name: Text = ""
    """Name in the region's own language."""
    latitude: float | None = None
    """Latitude, degrees north."""
    longitude: float | None = None
    """Longitude, degrees east."""
    handling_tonnes: PerPeriod | None = None
    """Tonnes that may enter over links per period at most; no limit if absent."""


class Link(Frozen):
    """A railway, road or waterway between two places, usable both ways unless said otherwise."""

    id: Id
    """Identifier, unique among links."""
    from_place: Id = Field(alias="from")
    """Place where it starts."""
    to_place: Id = Field(alias="to")
    """Place where it ends."""
    one_way: bool = False
    """Whether it carries goods from start to end only."""
    mode: Literal["rail", "road", "water"] = "road"
    """How goods travel on it."""
    km: Amount = 0.0
    """Length, km."""
    tonnes: PerPeriod | None = None
    """Tonnes it carries per period, each way; no limit if absent."""
    kwh_per_tonne_km: Amount = 0.0
    """Electricity per tonne-km, kWh; 0 where it is not electric."""
    power_area: Id | None = None
    """Power area that meters its electricity; needed where `kwh_per_tonne_km` is above 0."""
    cost_per_tonne_km: Amount = 0.0
    """Won per tonne-km."""
    cost_per_tonne: Amount = 0.0
    """Won per tonne, whatever the distance."""

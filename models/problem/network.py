"""Stations, and links that carry goods between places."""

from typing import Annotated, Literal

from pydantic import Field

from models.base import ACCEPT_INTEGRAL_FLOAT, Amount, Flag, Frozen, Id, Latitude, Longitude, Name, PerPeriod

MAX_TRANSIT_PERIODS = 1000
"""Largest number of periods from departure to arrival."""

TransitPeriods = Annotated[int, Field(ge=0, le=MAX_TRANSIT_PERIODS, strict=True), ACCEPT_INTEGRAL_FLOAT]
"""A whole number of periods."""


class Station(Frozen):
    """A junction or gateway without people or stores."""

    id: Id
    """Identifier, unique among all places (counties and stations)."""
    name: Name = ""
    """Name in English; Allot shows the identifier if empty."""
    local_name: Name = ""
    """Name in the region's own language."""
    latitude: Latitude | None = None
    """Latitude, in degrees north."""
    longitude: Longitude | None = None
    """Longitude, in degrees east."""
    handling_tonnes: PerPeriod | None = None
    """Largest tonnage that may enter over links per period; no limit if absent."""


class Link(Frozen):
    """A railway, road or waterway between two places.

    It carries goods in both directions unless `one_way` is set.
    """

    id: Id
    """Identifier, unique among links."""
    from_place: Id = Field(alias="from")
    """Place where the link starts."""
    to_place: Id = Field(alias="to")
    """Place where the link ends."""
    one_way: Flag = False
    """Whether the link carries goods only from start to end."""
    mode: Literal["rail", "road", "water"] = "road"
    """Mode of transport."""
    km: Amount = 0.0
    """Length, in km; 0 by default."""
    tonnes: PerPeriod | None = None
    """Largest tonnage per period in each direction; no limit if absent."""
    kwh_per_tonne_km: Amount = 0.0
    """Electricity per tonne-km, in kWh; 0 (not electric) by default."""
    power_area: Id | None = None
    """Power area that supplies the link; required if `kwh_per_tonne_km` is above 0."""
    cost_per_tonne_km: Amount = 0.0
    """Cost, in won per tonne-km; 0 by default."""
    cost_per_tonne: Amount = 0.0
    """Cost, in won per tonne, independent of distance; 0 by default."""
    transit_periods: TransitPeriods = 0
    """Periods from departure to arrival: what leaves in a period arrives so many periods later; 0 by default."""


class InTransit(Frozen):
    """Goods that left over a link before the plan begins and arrive within it."""

    link: Id
    """Identifier of the link; its `transit_periods` are above 0."""
    to: Id
    """Place of arrival."""
    item: Id
    """Identifier of the item."""
    quantity: PerPeriod
    """Units that arrive in each period."""

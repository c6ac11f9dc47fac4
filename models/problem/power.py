"""Power areas: how much electricity factories and trains may draw."""

from models.base import Frozen, Id, PerPeriod, Text


class PowerArea(Frozen):
    """An area with one electricity limit for its factories and electric links."""

    id: Id
    """Identifier, unique among power areas."""
    name: Text = ""
    """Name for people."""
    limit_kwh: PerPeriod | None = None
    """kWh allotted per period; no limit if absent."""
    own_generation_kwh: PerPeriod = 0.0
    """kWh that the area's own small stations add per period."""

"""Power areas: electricity limits of factories and electric links."""

from models.base import Frozen, Id, Name, PerPeriod


class PowerArea(Frozen):
    """An area with one electricity limit for its factories and electric links."""

    id: Id
    """Identifier, unique among power areas."""
    name: Name = ""
    """Name for people."""
    limit_kwh: PerPeriod | None = None
    """Electricity allotted per period, in kWh; no limit if absent."""
    own_generation_kwh: PerPeriod = 0.0
    """Electricity that the area's own small power stations add per period, in kWh; 0 by default."""

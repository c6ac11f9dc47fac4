"""Counties with their people and stores, and needs stated outright."""

from models.base import Amount, Frozen, Id, Label, PerPeriod, Text


class StockLimits(Frozen):
    """What a county's store holds of one item: at the start, within the plan and at its end."""

    opening: Amount = 0.0
    """Units there before the first period."""
    least: PerPeriod = 0.0
    """Units to be kept at the end of each period at least."""
    most: PerPeriod | None = None
    """Units that may be kept at the end of each period at most; no limit if absent."""
    closing_least: Amount = 0.0
    """Units to be left at the end of the last period at least."""
    closing_most: Amount | None = None
    """Units that may be left at the end of the last period at most; no limit if absent."""


class County(Frozen):
    """A place with people, factories and stores; the smallest area that is planned for."""

    id: Id
    """Identifier, unique among all places (counties and stations)."""
    name: Text = ""
    """Name in English; the identifier is shown where it is empty."""
    local_name: Text = ""
    """Name in the region's own language."""
    latitude: float | None = None
    """Latitude of the seat, degrees north."""
    longitude: float | None = None
    """Longitude of the seat, degrees east."""
    population: dict[Label, Amount] = {}
    """Heads by population group; groups may overlap (women are people too)."""
    power_area: Id
    """Power area whose limit the county's factories draw on."""
    labour_hours: PerPeriod | None = None
    """Hours of labour its factories can use per period; no limit if absent."""
    store_tonnes: PerPeriod | None = None
    """Tonnes its stores hold at the end of a period at most; no limit if absent."""
    handling_tonnes: PerPeriod | None = None
    """Tonnes that may enter over links per period at most; no limit if absent."""
    stocks: dict[Id, StockLimits] = {}
    """Opening stock and limits by item; an item not named opens empty and is limited by the store alone."""


class DemandRow(Frozen):
    """A need stated outright, replacing the estimate for its county and item."""

    county: Id
    """County where it is needed."""
    item: Id
    """Item needed."""
    quantity: PerPeriod
    """Units needed per period."""

"""Counties with their people and stores, and stated needs."""

from models.base import Amount, Frozen, Id, Label, PerPeriod, Text


class StockLimits(Frozen):
    """Opening stock and stock limits of one item in a county."""

    opening: Amount = 0.0
    """Units in store before the first period; 0 by default."""
    least: PerPeriod = 0.0
    """Least stock at the end of each period, in units; 0 by default."""
    most: PerPeriod | None = None
    """Largest stock at the end of each period, in units; no limit if absent."""
    closing_least: Amount = 0.0
    """Least stock at the end of the last period, in units; 0 by default."""
    closing_most: Amount | None = None
    """Largest stock at the end of the last period, in units; no limit if absent."""


class County(Frozen):
    """A place with people, factories and stores; the smallest planning area."""

    id: Id
    """Identifier, unique among all places (counties and stations)."""
    name: Text = ""
    """Name in English; Allot shows the identifier if empty."""
    local_name: Text = ""
    """Name in the region's own language."""
    latitude: float | None = None
    """Latitude of the county seat, in degrees north."""
    longitude: float | None = None
    """Longitude of the county seat, in degrees east."""
    population: dict[Label, Amount] = {}
    """Heads by population group. Groups may overlap; `women`, for example, also belong to `people`."""
    power_area: Id
    """Power area that supplies the county's factories."""
    labour_hours: PerPeriod | None = None
    """Largest labour of the county's factories per period, in hours; no limit if absent."""
    store_tonnes: PerPeriod | None = None
    """Largest stock at the end of a period, in tonnes; no limit if absent."""
    handling_tonnes: PerPeriod | None = None
    """Largest tonnage that may enter over links per period; no limit if absent."""
    stocks: dict[Id, StockLimits] = {}
    """Opening stock and stock limits by item. Other items start with 0 and are limited by the store only."""


class DemandRow(Frozen):
    """A stated need, which replaces the estimate for its county and item."""

    county: Id
    """Identifier of the county."""
    item: Id
    """Identifier of the item."""
    quantity: PerPeriod
    """Units needed per period."""

"""Counties with their people and stores, and stated needs."""

from typing import Annotated

from pydantic import Field

from models.base import (
    ACCEPT_INTEGRAL_FLOAT,
    Amount,
    ByLabel,
    Frozen,
    Id,
    Label,
    Latitude,
    Longitude,
    Name,
    PerPeriod,
    Share,
)

YearlyRate = Annotated[float, Field(ge=-0.2, le=0.2, strict=True, allow_inf_nan=False)]
"""A rate of change per year, from -0.2 to 0.2."""

Age = Annotated[int, Field(ge=0, le=120, strict=True), ACCEPT_INTEGRAL_FLOAT]
"""An age in years."""


class CensusCount(Frozen):
    """Heads of a population group that a census counted, with their yearly growth."""

    heads: Amount
    """Heads counted in the census year."""
    yearly_growth: YearlyRate = 0.0
    """Growth per year, such as 0.0085 for 0.85 %; 0 by default."""


class AgeCount(Frozen):
    """People of five years of age, by sex, that a census counted."""

    age: Age
    """First age: 0, 5, 10 and so on. The last row of a county also has everybody older."""
    women: Amount = 0.0
    """Women and girls counted in the census year."""
    men: Amount = 0.0
    """Men and boys counted in the census year."""


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


class Shop(Frozen):
    """A shop of a county, which hands out a share of what the people of the county get."""

    id: Id
    """Identifier, unique among the shops of the county."""
    name: Name = ""
    """Name in English; Allot shows the identifier if empty."""
    local_name: Name = ""
    """Name in the region's own language."""
    share: Share
    """Share of the county's goods that the shop hands out, 0 to 1; the shares of a county sum to 1."""


class County(Frozen):
    """A place with people, factories and stores; the smallest planning area."""

    id: Id
    """Identifier, unique among all places (counties and stations)."""
    name: Name = ""
    """Name in English; Allot shows the identifier if empty."""
    local_name: Name = ""
    """Name in the region's own language."""
    latitude: Latitude | None = None
    """Latitude of the county seat, in degrees north."""
    longitude: Longitude | None = None
    """Longitude of the county seat, in degrees east."""
    population: ByLabel[Label, Amount] = {}
    """Heads by population group. Groups may overlap; `women`, for example, also belong to `people`. Heads stated here
    replace those that follow from a census."""
    census: ByLabel[Label, CensusCount] = {}
    """Heads of the census year by population group; Allot projects them to the plan's year."""
    ages: tuple[AgeCount, ...] = ()
    """People of the census year by sex and five-year age; Allot projects them to the plan's year by cohorts."""
    net_migration: YearlyRate = 0.0
    """People who move into the county less those who leave, per year and head; it applies to `ages`. 0 by default."""
    power_area: Id
    """Power area that supplies the county's factories."""
    labour_hours: PerPeriod | None = None
    """Largest labour of the county's factories per period, in hours; no limit if absent."""
    store_tonnes: PerPeriod | None = None
    """Largest stock at the end of a period, in tonnes; no limit if absent."""
    handling_tonnes: PerPeriod | None = None
    """Largest tonnage that may enter over links per period; no limit if absent."""
    shops: tuple[Shop, ...] = ()
    """Shops that hand out the county's goods, for slips; the plan itself knows counties only."""
    stocks: ByLabel[Id, StockLimits] = {}
    """Opening stock and stock limits by item. Other items start with 0 and are limited by the store only."""


class DemandRow(Frozen):
    """A stated need, which replaces the estimate for its county and item or requirement."""

    county: Id
    """Identifier of the county."""
    item: Id
    """Identifier of the item, or of the requirement."""
    quantity: PerPeriod
    """Units needed per period."""


class ServedLeast(Frozen):
    """Units of a need that are served at the least, whatever else goes short: a reservation."""

    county: Id
    """Identifier of the county."""
    item: Id
    """Identifier of the item, or of the requirement."""
    quantity: PerPeriod
    """Units that are served per period at the least. More than the need counts as the need."""

"""Counties with their people, stores and stocks: counties.csv, groups.csv and stocks.csv."""

from models.problem.population import County, StockLimits
from models.provinces.goods import Catalogue
from models.provinces.tables import Folder, Row

COUNTY_COLUMNS = (
    "name",
    "local_name",
    "population",
    "latitude",
    "longitude",
    "power_area",
    "store_tonnes",
    "labour_hours",
)


def read_counties(folder: Folder, catalogue: Catalogue) -> tuple[County, ...]:
    """Every county, with heads by group (population × coefficient) and its part, by people, of the province's stocks."""
    rows = folder.keyed("counties.csv", "id", *COUNTY_COLUMNS)
    areas = folder.keyed("power_areas.csv", "id", "share")
    groups = {
        name: row.number("coefficient") for name, row in folder.keyed("groups.csv", "group", "coefficient").items()
    }
    people = sum(row.number("population") for row in rows.values()) or 1.0
    stocks = _stocks(folder, catalogue)
    counties = []
    for row in rows.values():
        row.known("power_area", areas, "power area")
        heads = row.number("population")
        counties.append(_county(row, {group: heads * share for group, share in groups.items()}, stocks, heads / people))
    return tuple(county for county in counties if county is not None)


def _county(row: Row, heads: dict[str, float], stocks: dict[str, tuple[float, float]], part: float) -> County | None:
    return row.build(
        County,
        id=row.text("id"),
        name=row.name("name"),
        local_name=row.text("local_name"),
        latitude=row.number("latitude"),
        longitude=row.number("longitude"),
        population=heads,
        power_area=row.text("power_area"),
        labour_hours=row.optional("labour_hours"),
        store_tonnes=row.optional("store_tonnes"),
        handling_tonnes=row.optional("handling_tonnes"),
        stocks={
            item: StockLimits(opening=opening * part, closing_least=closing * part)
            for item, (opening, closing) in stocks.items()
        },
    )


def _stocks(folder: Folder, catalogue: Catalogue) -> dict[str, tuple[float, float]]:
    """Opening and closing stock of the whole province, units, by item."""
    stocks = {}
    for item, row in folder.keyed("stocks.csv", "item", "opening_tonnes", "closing_tonnes").items():
        row.known("item", catalogue.items, "item")
        stocks[item] = (
            catalogue.units(item, row.number("opening_tonnes")),
            catalogue.units(item, row.number("closing_tonnes")),
        )
    return stocks

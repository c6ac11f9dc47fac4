"""Stations, links and power areas: stations.csv, links.csv, power_areas.csv and power.csv."""

from models.problem.network import Link, Station
from models.problem.power import PowerArea
from models.provinces.frame import Frame
from models.provinces.tables import Folder, Row


def read_stations(folder: Folder) -> tuple[Station, ...]:
    """Every junction and gateway."""
    stations = [
        row.build(
            Station,
            id=name,
            name=row.name("name"),
            local_name=row.text("local_name"),
            latitude=row.number("latitude"),
            longitude=row.number("longitude"),
            handling_tonnes=row.optional("handling_tonnes"),
        )
        for name, row in folder.keyed("stations.csv", "id", "name", "local_name", "latitude", "longitude").items()
    ]
    return tuple(station for station in stations if station is not None)


def read_links(folder: Folder, frame: Frame, capacities: str) -> tuple[Link, ...]:
    """Every link. It carries `tonnes_per_day_<capacities>` × the consumer goods' share of the freight × the days of a period."""
    places = {*folder.keyed("counties.csv", "id"), *folder.keyed("stations.csv", "id")}
    areas = folder.keyed("power_areas.csv", "id", "share")
    columns = ("from", "to", "mode", "km", "kwh_per_tonne_km", "power_area", "consumer_share", "cost_per_tonne_km")
    links = []
    for row in folder.keyed("links.csv", "id", *columns, f"tonnes_per_day_{capacities}").values():
        if row.text("power_area"):
            row.known("power_area", areas, "power area")
        links.append(_link(row, frame, places, capacities))
    return tuple(link for link in links if link is not None)


def _link(row: Row, frame: Frame, places: set[str], capacities: str) -> Link | None:
    tonnes = row.number(f"tonnes_per_day_{capacities}") * row.number("consumer_share")
    return row.build(
        Link,
        id=row.text("id"),
        from_place=row.known("from", places, "county or station"),
        to_place=row.known("to", places, "county or station"),
        mode=row.known("mode", ("rail", "road", "water"), "way of transport (rail, road, water)"),
        km=row.number("km"),
        tonnes=tuple(tonnes * days for days in frame.days),
        kwh_per_tonne_km=row.number("kwh_per_tonne_km"),
        power_area=row.text("power_area") or None,
        cost_per_tonne_km=row.number("cost_per_tonne_km"),
    )


def read_power_areas(folder: Folder, frame: Frame, year: str) -> tuple[PowerArea, ...]:
    """Every power area: its share of the limit that power.csv states for `year`, by month as periods.csv shapes it."""
    years = folder.keyed("power.csv", "year", "limit_gwh")
    rows = folder.keyed("power_areas.csv", "id", "name", "share", "own_generation_kwh")
    total = sum(row.number("share") for row in rows.values())
    if rows and abs(total - 1) > 1e-9:
        next(iter(rows.values())).wrong("share", f"the shares sum to {total:.6g}, not 1")
    limit = years[year].number("limit_gwh") * 1e6 if year in years else 0.0
    weight = sum(frame.power_factors) or 1.0
    areas = [
        row.build(
            PowerArea,
            id=name,
            name=row.text("name"),
            limit_kwh=tuple(limit * row.number("share") * factor / weight for factor in frame.power_factors),
            own_generation_kwh=row.number("own_generation_kwh"),
        )
        for name, row in rows.items()
    ]
    return tuple(area for area in areas if area is not None)

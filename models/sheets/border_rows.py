"""Read the sheet of borders: each row is a corner, and rows of one county, area and ring form a ring."""

from typing import Any

from models.labels import normalise_raw_label
from models.sheets.cells import parse_cell
from models.sheets.columns import Column
from models.sheets.document import ProvinceDocument
from models.sheets.layout import BORDERS_SHEET
from models.sheets.rows import SheetRow, SheetRows

_COUNTY, _AREA, _RING, _LONGITUDE, _LATITUDE = BORDERS_SHEET.columns

RowOfRing = tuple[int, list[Any]]
"""Number of the row, and longitude and latitude."""


def read_border_rows(rows: SheetRows, document: ProvinceDocument) -> None:
    """Store the corners as GeoJSON by county, with the cell of each; findings name rows that lack a cell."""
    counties: dict[str, dict[tuple[Any, Any], list[RowOfRing]]] = {}
    for row in rows.rows:
        if _report_missing_cells(rows, row, document):
            continue
        county = str(normalise_raw_label(parse_cell(_COUNTY, row.cells[_COUNTY.name])))
        ring = tuple(parse_cell(column, row.cells.get(column.name, 1)) for column in (_AREA, _RING))
        position = [parse_cell(column, row.cells[column.name]) for column in (_LONGITUDE, _LATITUDE)]
        counties.setdefault(county, {}).setdefault((ring[0], ring[1]), []).append((row.number, position))
    if counties:
        borders: dict[str, Any] = document.problem.setdefault("borders", {})
        borders["counties"] = {
            county: _store_geometry(county, rings, rows, document) for county, rings in counties.items()
        }


def _report_missing_cells(rows: SheetRows, row: SheetRow, document: ProvinceDocument) -> bool:
    missing = [column for column in BORDERS_SHEET.columns if column.required and column.name not in row.cells]
    for column in missing:
        document.add_finding(
            "missing_cell",
            rows.locate_cell(row.number, column.name),
            "The cell is empty.",
            "Fill the cell, or remove the row.",
        )
    return bool(missing)


def _store_geometry(
    county: str, rings: dict[tuple[Any, Any], list[RowOfRing]], rows: SheetRows, document: ProvinceDocument
) -> dict[str, Any]:
    """Return the geometry of a county, and record the cells of its positions."""
    areas: dict[Any, list[list[RowOfRing]]] = {}
    for (area, _), ring in rings.items():
        areas.setdefault(area, []).append(ring)
    is_single, path = len(areas) == 1, ("problem", "borders", "counties", county)
    first = next(iter(rings.values()))[0][0]
    document.locations.add_cell_location(path, rows.locate_cell(first, _COUNTY.name))
    coordinates = []
    for a, area_rings in enumerate(areas.values()):
        for r, ring in enumerate(area_rings):
            where = (*path, "coordinates", *(() if is_single else (a,)), r)
            document.locations.add_cell_location(where, rows.locate_cell(ring[0][0], _RING.name))
            for k, (number, _) in enumerate(ring):
                _record_position(rows, number, (*where, k), (_LONGITUDE, _LATITUDE), document)
        coordinates.append([[position for _, position in ring] for ring in area_rings])
    if is_single:
        return {"type": "Polygon", "coordinates": coordinates[0]}
    return {"type": "MultiPolygon", "coordinates": coordinates}


def _record_position(
    rows: SheetRows,
    number: int,
    path: tuple[str | int, ...],
    columns: tuple[Column, Column],
    document: ProvinceDocument,
) -> None:
    for part, column in enumerate(columns):
        document.locations.add_cell_location((*path, part), rows.locate_cell(number, column.name))

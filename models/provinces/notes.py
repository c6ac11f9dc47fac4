"""What the tables of a province say for people beside the figures: marks, sources and notes, by what they are about."""

from pathlib import Path

from models.provinces.tables import Folder

_ANNOTATED_FILES = {
    "items.csv": ("items", "id"),
    "materials.csv": ("items", "id"),
    "counties.csv": ("counties", "id"),
    "stations.csv": ("stations", "id"),
    "factories.csv": ("factories", "id"),
    "power_areas.csv": ("power_areas", "id"),
    "links.csv": ("links", "id"),
    "partners.csv": ("partners", "id"),
    "calendars.csv": ("calendars", "calendar"),
    "periods.csv": ("periods", "period"),
}
"""For each file the part of a problem that its rows become, and the column with their names."""

_NOTE_COLUMNS = ("mark", "source", "marks", "note")

Notes = dict[str, dict[str, dict[str, str]]]
"""Texts of note columns, by part of the problem and identifier."""


def read_province_notes(path: Path) -> tuple[Notes, tuple[tuple[str, ...], ...]]:
    """The notes on the tables in the folder `path`, and its list of sources (header first). MalformedProvinceError if it is broken."""
    folder = Folder(path)
    notes: Notes = {}
    for file, (part, key) in _ANNOTATED_FILES.items():
        for name, row in folder.keyed(file, key).items():
            said = {column: row.text(column) for column in _NOTE_COLUMNS if row.text(column)}
            notes.setdefault(part, {})[name] = said
    sources = folder.table("sources.csv", "code", "title")
    header = tuple(sources[0].cells) if sources else ()
    folder.finish()
    return notes, (header, *(tuple(row.text(column) for column in header) for row in sources))

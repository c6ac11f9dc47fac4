"""Factories: kinds.csv, machines.csv and lines.csv say what a kind can make, factories.csv where one stands and how it is."""

from dataclasses import dataclass

from models.problem.factories import Factory, Line
from models.provinces.frame import Frame
from models.provinces.goods import Catalogue
from models.provinces.tables import Folder, Row


@dataclass(frozen=True)
class Kind:
    """A kind of factory, at size 1."""

    machines: dict[str, float]
    """Nominal hours per period by machine group."""
    lines: tuple[tuple[Line, tuple[float, ...] | None], ...]
    """Its lines, with the units they may make in each period at most; None where only machines limit them."""


def read_factories(folder: Folder, frame: Frame, catalogue: Catalogue) -> tuple[Factory, ...]:
    """Every factory, with the lines of its kind; machine hours and seasonal limits grow with its size."""
    kinds = _kinds(folder, frame, catalogue)
    counties = folder.keyed("counties.csv", "id")
    overhead = frame.number("power_overhead")
    factories = []
    for name, row in folder.keyed(
        "factories.csv", "id", "name", "local_name", "county", "kind", "size", "condition"
    ).items():
        kind = kinds.get(row.known("kind", kinds, "kind of factory"), Kind({}, ()))
        size = row.number("size")
        factory = row.build(
            Factory,
            id=name,
            name=row.name("name"),
            local_name=row.text("local_name"),
            place=row.known("county", counties, "county"),
            condition=row.number("condition"),
            power_overhead=overhead,
            machines={group: hours * size for group, hours in kind.machines.items()},
            lines=tuple(_sized(line, most, size) for line, most in kind.lines),
        )
        factories.append(factory)
    return tuple(factory for factory in factories if factory is not None)


def _sized(line: Line, most: tuple[float, ...] | None, size: float) -> Line:
    return line if most is None else line.model_copy(update={"most": tuple(units * size for units in most)})


def _kinds(folder: Folder, frame: Frame, catalogue: Catalogue) -> dict[str, Kind]:
    rows = folder.keyed("kinds.csv", "kind", "name", "quality")
    machines: dict[str, dict[str, float]] = {name: {} for name in rows}
    for row in folder.table("machines.csv", "kind", "machine", "hours"):
        kind = row.known("kind", rows, "kind of factory")
        machines.setdefault(kind, {})[row.name("machine")] = row.number("hours")
    lines: dict[str, dict[str, tuple[Line, tuple[float, ...] | None]]] = {name: {} for name in rows}
    columns = ("hours_per_unit", "labour_hours_per_unit", "quality", "most_per_year", "season")
    for row in folder.table("lines.csv", "kind", "item", "machine", *columns):
        kind, item = row.known("kind", rows, "kind of factory"), row.known("item", catalogue.items, "item")
        if kind not in rows or item not in catalogue.items:
            continue
        if item in lines[kind]:
            row.wrong("item", f"“{kind}” makes “{item}” already in a line above")
        line = _line(row, rows[kind], machines[kind], frame, catalogue)
        if line is not None:
            lines[kind][item] = (line, _most(row, frame))
    return {name: Kind(machines[name], tuple(lines[name].values())) for name in rows}


def _line(row: Row, kind: Row, machines: dict[str, float], frame: Frame, catalogue: Catalogue) -> Line | None:
    item = row.text("item")
    machine = row.text("machine")
    if machine:
        row.known("machine", machines, "machine group of this kind")
    quality = row.optional("quality")
    return row.build(
        Line,
        item=item,
        kwh_per_unit=catalogue.kwh[item],
        hours_per_unit={machine: row.number("hours_per_unit")} if machine else {},
        labour_hours_per_unit=row.number("labour_hours_per_unit"),
        materials=catalogue.recipes.get(item, {}),
        quality=kind.number("quality") if quality is None else quality,
        cost_per_unit=catalogue.items[item].value * frame.number("making_cost"),
    )


def _most(row: Row, frame: Frame) -> tuple[float, ...] | None:
    most = row.optional("most_per_year")
    return None if most is None else tuple(most * share for share in frame.season(row, "season"))

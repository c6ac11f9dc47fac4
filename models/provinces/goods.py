"""Goods, materials and what is made from what: items.csv, materials.csv and recipes.csv."""

from dataclasses import dataclass

from models.problem.items import Item
from models.provinces.frame import Frame
from models.provinces.tables import Folder, Row


@dataclass(frozen=True)
class Catalogue:
    """The items of a province, with what making one of them takes wherever it is made."""

    items: dict[str, Item]
    """Goods and materials by identifier."""
    kwh: dict[str, float]
    """Electricity per unit made, kWh."""
    recipes: dict[str, dict[str, float]]
    """Units of other items used up per unit made, by item."""
    allotments: dict[str, float]
    """Tonnes a year that the centre allots, by material."""

    def units(self, item: str, tonnes: float) -> float:
        """How many units of an item weigh so many tonnes."""
        kg = self.items[item].kg_per_unit if item in self.items else 1.0
        return tonnes * 1000 / kg if kg else 0.0


ITEM_COLUMNS = ("name", "local_name", "category", "unit", "kg", "value", "priority", "group", "norm", "kwh", "calendar",
                "whole_units", "transportable", "storable", "loss")  # fmt: skip
MATERIAL_COLUMNS = ("name", "local_name", "unit", "kg", "value", "kwh", "loss", "supplied_by", "allotment_tonnes")


def read_catalogue(folder: Folder, frame: Frame) -> Catalogue:
    """Every good and material, with its electricity, recipe and allotment."""
    goods = folder.keyed("items.csv", "id", *ITEM_COLUMNS)
    materials = folder.keyed("materials.csv", "id", *MATERIAL_COLUMNS)
    for name in goods.keys() & materials.keys():
        materials[name].wrong("id", f"“{name}” is a good of items.csv already")
    groups = folder.keyed("groups.csv", "group", "coefficient")
    categories = folder.keyed("categories.csv", "category", "name")
    for row in goods.values():
        row.known("group", groups, "population group")
        row.known("category", categories, "category")
        row.known("calendar", {*frame.calendars, "even"}, "calendar")
    items = [_good(row, frame) for row in goods.values()] + [_material(row, frame) for row in materials.values()]
    rows = goods | materials
    return Catalogue(
        items={item.id: item for item in items if item is not None},
        kwh={name: row.number("kwh") for name, row in rows.items()},
        recipes=_recipes(folder, rows),
        allotments={name: row.number("allotment_tonnes") for name, row in materials.items()},
    )


def _good(row: Row, frame: Frame) -> Item | None:
    value = row.number("value")
    return row.build(
        Item,
        id=row.text("id"),
        name=row.name("name"),
        local_name=row.text("local_name"),
        category=row.text("category"),
        unit=row.name("unit"),
        kg_per_unit=row.number("kg"),
        value=value,
        priority=int(row.number("priority")),
        whole_units=row.flag("whole_units"),
        transportable=row.flag("transportable"),
        storable=row.flag("storable"),
        loss=row.number("loss"),
        holding_cost=value * frame.number("holding_cost"),
        norms={row.text("group"): row.number("norm")},
        calendar=row.text("calendar"),
    )


def _material(row: Row, frame: Frame) -> Item | None:
    value = row.number("value")
    return row.build(
        Item,
        id=row.text("id"),
        name=row.name("name"),
        local_name=row.text("local_name"),
        category="materials",
        kind="material",
        unit=row.name("unit"),
        kg_per_unit=row.number("kg"),
        value=value,
        loss=row.number("loss"),
        holding_cost=value * frame.number("holding_cost"),
    )


def _recipes(folder: Folder, rows: dict[str, Row]) -> dict[str, dict[str, float]]:
    recipes: dict[str, dict[str, float]] = {}
    for row in folder.table("recipes.csv", "item", "material", "quantity"):
        item, material = row.known("item", rows, "item"), row.known("material", rows, "item")
        uses = recipes.setdefault(item, {})
        if material in uses:
            row.wrong("material", f"“{item}” uses “{material}” already in a line above")
        uses[material] = row.number("quantity")
    return recipes

"""What comes from outside: the centre's shares and allotments, and the swaps with neighbours.

central_shares.csv, materials.csv, partners.csv and swaps.csv.
"""

from models.problem.partners import Partner
from models.problem.shares import SupplyShares
from models.provinces.frame import Frame
from models.provinces.goods import Catalogue
from models.provinces.tables import Folder, Row


def read_supply_shares(folder: Folder, frame: Frame, catalogue: Catalogue, column: str) -> SupplyShares:
    """The centre's shares of a `column` of central_shares.csv, its gateways, and its allotments spread by days."""
    categories, items = central_shares(folder, catalogue, column)
    row = frame.settings["gateways"]
    places = {*folder.keyed("counties.csv", "id"), *folder.keyed("stations.csv", "id")}
    for place in row.words("value"):
        if place not in places:
            row.wrong("value", f"“{place}” is not a known county or station")
    shares = row.build(
        SupplyShares,
        by_category=categories,
        by_item=items,
        gateways=row.words("value"),
        materials={
            item: tuple(catalogue.units(item, tonnes) * share for share in frame.even())
            for item, tonnes in catalogue.allotments.items()
            if tonnes > 0
        },
    )
    return shares or SupplyShares()


def central_shares(folder: Folder, catalogue: Catalogue, column: str) -> tuple[dict[str, float], dict[str, float]]:
    """The centre's shares by category and by item, in the order of the file."""
    categories: dict[str, float] = {}
    items: dict[str, float] = {}
    known = folder.keyed("categories.csv", "category", "name")
    for target, row in folder.keyed("central_shares.csv", "target", column).items():
        if target not in known:
            row.known("target", catalogue.items, "category or item")
        share = row.number(column)
        if share > 1:
            row.wrong(column, f"“{row.text(column)}” must be from 0 to 1")
        (categories if target in known else items)[target] = min(share, 1.0)
    return categories, items


def read_partners(folder: Folder, frame: Frame, catalogue: Catalogue) -> tuple[Partner, ...]:
    """Every partner, with what it offers and wants: the tonnes of swaps.csv spread evenly over the months named there."""
    rows = folder.keyed("partners.csv", "id", "name", "local_name", "at", "kind", "rate", "credit", "settlement")
    places = {*folder.keyed("counties.csv", "id"), *folder.keyed("stations.csv", "id")}
    swaps: dict[str, dict[str, dict[str, tuple[float, ...]]]] = {name: {"offers": {}, "wants": {}} for name in rows}
    for row in folder.table("swaps.csv", "partner", "way", "item", "tonnes", "months"):
        partner = row.known("partner", rows, "partner")
        way = row.known("way", ("offers", "wants"), "way (offers, wants)")
        item = row.known("item", catalogue.items, "item")
        if partner in rows and way in swaps[partner]:
            book = swaps[partner][way]
            added = _swap(row, frame, catalogue)
            book[item] = tuple(a + b for a, b in zip(book.get(item, (0.0,) * len(added)), added, strict=True))
    partners = [_partner(row, places, swaps[name]) for name, row in rows.items()]
    return tuple(partner for partner in partners if partner is not None)


def _swap(row: Row, frame: Frame, catalogue: Catalogue) -> tuple[float, ...]:
    months = row.positions("months", len(frame.periods))
    units = catalogue.units(row.text("item"), row.number("tonnes")) / len(months)
    return tuple(units if position in months else 0.0 for position in range(len(frame.periods)))


def _partner(row: Row, places: set[str], swaps: dict[str, dict[str, tuple[float, ...]]]) -> Partner | None:
    return row.build(
        Partner,
        id=row.text("id"),
        name=row.name("name"),
        local_name=row.text("local_name"),
        at=row.known("at", places, "county or station"),
        kind=row.known("kind", ("region", "centre"), "kind of partner (region, centre)"),
        offers=swaps["offers"],
        wants=swaps["wants"],
        rate=row.number("rate"),
        credit=row.number("credit"),
        settlement=row.known("settlement", ("period", "quarter", "plan"), "settlement (period, quarter, plan)"),
    )

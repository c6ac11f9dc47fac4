"""Scenarios: scenarios.csv chooses columns and years of other tables, scenario_changes.csv adds changes of its own."""

from collections import defaultdict
from collections.abc import Iterator

from models.changes.change import Change, Scenario
from models.provinces.goods import Catalogue
from models.provinces.tables import Folder, Row
from models.provinces.trade import central_shares

CHOICES = ("central", "links", "power", "population")
"""Columns of scenarios.csv: a column of central_shares.csv, the end of one of links.csv, a year of power.csv, a column of counties.csv."""


def read_base(folder: Folder, base: str) -> dict[str, str]:
    """The choices of the scenario that the base problem stands for."""
    rows = folder.keyed("scenarios.csv", "id", "name", *CHOICES)
    if base not in rows:
        if rows:
            next(iter(rows.values())).wrong("id", f"the base scenario “{base}” of province.csv is missing")
        return dict.fromkeys(CHOICES, "")
    return {choice: rows[base].name(choice) for choice in CHOICES}


def read_scenarios(folder: Folder, catalogue: Catalogue, base: dict[str, str]) -> tuple[Scenario, ...]:
    """Every scenario as changes to the base problem: first its choices, then its own changes in the order of the file."""
    rows = folder.keyed("scenarios.csv", "id", "name", "local_name", *CHOICES)
    own: dict[str, list[Change]] = defaultdict(list)
    columns = ("what", "where", "periods", "factor", "value")
    for row in folder.table("scenario_changes.csv", "scenario", *columns):
        scenario = row.known("scenario", rows, "scenario")
        change = _own_change(row)
        if change is not None:
            own[scenario].append(change)
    scenarios = [
        row.build(
            Scenario,
            id=name,
            name=row.name("name"),
            local_name=row.text("local_name"),
            notes=row.text("note"),
            changes=(*_chosen(folder, catalogue, base, row), *own[name]),
        )
        for name, row in rows.items()
    ]
    return tuple(scenario for scenario in scenarios if scenario is not None)


def _own_change(row: Row) -> Change | None:
    values = row.numbers("value")
    return row.build(
        Change,
        what=row.text("what"),
        where=_where(row.words("where")),
        periods=row.words("periods") or None,
        factor=row.optional("factor"),
        value=None if not values else values[0] if len(values) == 1 else values,
    )


def _where(names: tuple[str, ...]) -> str | tuple[str, ...] | None:
    return None if not names else names[0] if len(names) == 1 else names


def _chosen(folder: Folder, catalogue: Catalogue, base: dict[str, str], row: Row) -> Iterator[Change]:
    choice = {name: row.name(name) for name in CHOICES}
    if choice["population"] != base["population"]:
        yield from _by_factor(folder, "population", "counties.csv", base["population"], choice["population"])
    if choice["power"] != base["power"]:
        yield _power(folder, base["power"], choice["power"], row)
    if choice["links"] != base["links"]:
        columns = (f"tonnes_per_day_{base['links']}", f"tonnes_per_day_{choice['links']}")
        yield from _by_factor(folder, "link_tonnes", "links.csv", *columns)
    if choice["central"] != base["central"]:
        for shares in central_shares(
            folder, catalogue, choice["central"]
        ):  # categories first: items are the exceptions
            together = defaultdict(list)
            for target, share in shares.items():
                together[share].append(target)
            for share, targets in together.items():
                yield Change(what="central_share", where=_where(tuple(targets)), value=share)


def _by_factor(folder: Folder, what: str, file: str, old: str, new: str) -> Iterator[Change]:
    """One change for all rows of a table that grow by the same factor from column `old` to column `new`."""
    together: dict[float, list[str]] = defaultdict(list)
    for name, row in folder.keyed(file, "id", old, new).items():
        before = row.number(old)
        if before == 0:
            row.wrong(old, "must be above 0, so that a scenario can change it by a factor")
        together[row.number(new) / (before or 1.0)].append(name)
    for factor, names in together.items():
        yield Change.model_validate({"what": what, "where": _where(tuple(names)), "factor": factor})


def _power(folder: Folder, old: str, new: str, row: Row) -> Change:
    limits = {year: line.number("limit_gwh") for year, line in folder.keyed("power.csv", "year", "limit_gwh").items()}
    row.known("power", limits, "year of power.csv")
    before = limits.get(old, 0.0)
    return Change(what="power_limit", factor=limits.get(new, 0.0) / before if before else 0.0)

"""Changes to what the region has: power, links, machines, labour, people and their norms."""

from typing import Any

from models.changes.amendment import Amendment, changed, grouped
from models.problem.factories import Factory, Line
from models.problem.population import County


def power_limit(amendment: Amendment) -> dict[str, Any]:
    """kWh allotted to power areas, by area."""
    areas = amendment.problem.power_areas
    chosen = amendment.select([{area.id: [e] for e, area in enumerate(areas)}])
    limits = amendment.limits({e: areas[e].limit_kwh for e in chosen}, "electricity")
    return {"power_areas": changed(areas, {e: {"limit_kwh": limit} for e, limit in limits.items()})}


def own_generation(amendment: Amendment) -> dict[str, Any]:
    """kWh that areas add themselves, by area."""
    areas = amendment.problem.power_areas
    chosen = amendment.select([{area.id: [e] for e, area in enumerate(areas)}])
    new = {e: {"own_generation_kwh": amendment.series(areas[e].own_generation_kwh)} for e in chosen}
    return {"power_areas": changed(areas, new)}


def link_tonnes(amendment: Amendment) -> dict[str, Any]:
    """Tonnes of links, by link, mode, place at an end or power area; `rail_tonnes` and `road_tonnes` of those links alone."""
    links = amendment.problem.links
    mode = {"rail_tonnes": "rail", "road_tonnes": "road"}.get(amendment.change.what)
    fitting = [(a, link) for a, link in enumerate(links) if mode in (None, link.mode)]
    kinds = [
        {link.id: [a] for a, link in fitting},
        grouped((link.mode, a) for a, link in fitting),
        grouped((place, a) for a, link in fitting for place in (link.from_place, link.to_place)),
        grouped((link.power_area, a) for a, link in fitting if link.power_area is not None),
    ]
    limits = amendment.limits({a: links[a].tonnes for a in amendment.select(kinds)}, "tonnes")
    return {"links": changed(links, {a: {"tonnes": tonnes} for a, tonnes in limits.items()})}


def machine_condition(amendment: Amendment) -> dict[str, Any]:
    """Condition of factories, by factory, place, power area or category made."""
    problem = amendment.problem
    factories = problem.factories
    area = {county.id: county.power_area for county in problem.counties}
    category = {item.id: item.category for item in problem.items}
    kinds = [
        {factory.id: [f] for f, factory in enumerate(factories)},
        grouped((factory.place, f) for f, factory in enumerate(factories)),
        grouped((area[factory.place], f) for f, factory in enumerate(factories) if factory.place in area),
        grouped((made, f) for f, factory in enumerate(factories) for made in _categories(factory, category)),
    ]
    new = {f: {"condition": amendment.number(factories[f].condition, 1.0)} for f in amendment.select(kinds)}
    return {"factories": changed(factories, new)}


def machine_hours(amendment: Amendment) -> dict[str, Any]:
    """Nominal hours of machine groups, by factory/group, factory, group, place or power area."""
    problem = amendment.problem
    factories = problem.factories
    area = {county.id: county.power_area for county in problem.counties}
    keys = [(f, group) for f, factory in enumerate(factories) for group in factory.machines]
    kinds = [
        {f"{factories[f].id}/{group}": [(f, group)] for f, group in keys},
        grouped((factories[f].id, (f, group)) for f, group in keys),
        grouped((group, (f, group)) for f, group in keys),
        grouped((factories[f].place, (f, group)) for f, group in keys),
        grouped((area[factories[f].place], (f, group)) for f, group in keys if factories[f].place in area),
    ]
    machines = {f: dict(factory.machines) for f, factory in enumerate(factories)}
    for f, group in amendment.select(kinds):
        machines[f][group] = amendment.series(machines[f][group])
    return {"factories": changed(factories, {f: {"machines": hours} for f, hours in machines.items()})}


def line_least(amendment: Amendment) -> dict[str, Any]:
    """Units to be made on lines."""
    lines = _lines(amendment)
    return _put_lines(amendment, {key: {"least": amendment.series(line.least)} for key, line in lines.items()})


def line_most(amendment: Amendment) -> dict[str, Any]:
    """Units that may be made on lines."""
    limits = amendment.limits({key: line.most for key, line in _lines(amendment).items()}, "lines")
    return _put_lines(amendment, {key: {"most": most} for key, most in limits.items()})


def population(amendment: Amendment) -> dict[str, Any]:
    """Heads, by group, county or power area."""
    counties = amendment.problem.counties
    heads = [dict(county.population) for county in counties]
    keys = [(n, group) for n, groups in enumerate(heads) for group in groups]
    kinds = [
        grouped((group, (n, group)) for n, group in keys),
        grouped((counties[n].id, (n, group)) for n, group in keys),
        grouped((counties[n].power_area, (n, group)) for n, group in keys),
    ]
    for n, group in amendment.select(kinds):
        heads[n][group] = amendment.number(heads[n][group])
    return {"counties": changed(counties, {n: {"population": groups} for n, groups in enumerate(heads)})}


def norms(amendment: Amendment) -> dict[str, Any]:
    """Need per head of items that have norms, by item or category; stated needs (`demand`) stay."""
    items = amendment.problem.items
    fitting = [(i, item) for i, item in enumerate(items) if item.norms]
    kinds = [{item.id: [i] for i, item in fitting}, grouped((item.category, i) for i, item in fitting)]
    new = {
        i: {"norms": {group: amendment.number(norm) for group, norm in items[i].norms.items()}}
        for i in amendment.select(kinds)
    }
    return {"items": changed(items, new)}


def labour(amendment: Amendment) -> dict[str, Any]:
    """Hours of labour of counties, by county or power area."""
    counties = amendment.problem.counties
    kinds = [{county.id: [n] for n, county in enumerate(counties)}, _by_area(counties)]
    limits = amendment.limits({n: counties[n].labour_hours for n in amendment.select(kinds)}, "labour")
    return {"counties": changed(counties, {n: {"labour_hours": hours} for n, hours in limits.items()})}


def _lines(amendment: Amendment) -> dict[tuple[int, int], Line]:
    """Lines selected by factory/item, factory, item, category made, place or power area, by position of factory and line."""
    problem = amendment.problem
    factories = problem.factories
    category = {item.id: item.category for item in problem.items}
    area = {county.id: county.power_area for county in problem.counties}
    lines = [((f, k), factory, line) for f, factory in enumerate(factories) for k, line in enumerate(factory.lines)]
    kinds = [
        {f"{factory.id}/{line.item}": [key] for key, factory, line in lines},
        grouped((factory.id, key) for key, factory, _ in lines),
        grouped((line.item, key) for key, _, line in lines),
        grouped((category[line.item], key) for key, _, line in lines),
        grouped((factory.place, key) for key, factory, _ in lines),
        grouped((area[factory.place], key) for key, factory, _ in lines if factory.place in area),
    ]
    return {(f, k): factories[f].lines[k] for f, k in amendment.select(kinds)}


def _put_lines(amendment: Amendment, new: dict[tuple[int, int], dict[str, Any]]) -> dict[str, Any]:
    """Factories with new fields in some of their lines."""
    factories = amendment.problem.factories
    by_factory: dict[int, dict[int, dict[str, Any]]] = {}
    for (f, k), fields in new.items():
        by_factory.setdefault(f, {})[k] = fields
    lines = {f: {"lines": changed(factories[f].lines, fields)} for f, fields in by_factory.items()}
    return {"factories": changed(factories, lines)}


def _by_area(counties: tuple[County, ...]) -> dict[str, list[int]]:
    return grouped((county.power_area, n) for n, county in enumerate(counties))


def _categories(factory: Factory, category: dict[str, str]) -> set[str]:
    return {category[line.item] for line in factory.lines}

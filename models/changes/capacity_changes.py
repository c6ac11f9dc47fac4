"""Changes to capacities of the region: power, links, machines, labour, population and norms."""

from typing import Any

from models.changes.change_context import ChangeContext, group_by_name, replace_fields
from models.heads import list_heads
from models.problem.factories import Factory, Line
from models.problem.population import County


def apply_power_limit(context: ChangeContext) -> dict[str, Any]:
    """Change the electricity allotted to power areas in kWh, by area."""
    areas = context.problem.power_areas
    chosen = context.select_keys([{area.id: [e] for e, area in enumerate(areas)}])
    limits = context.change_limits({e: areas[e].limit_kwh for e in chosen}, "electricity")
    return {"power_areas": replace_fields(areas, {e: {"limit_kwh": limit} for e, limit in limits.items()})}


def apply_own_generation(context: ChangeContext) -> dict[str, Any]:
    """Change the own generation of power areas in kWh, by area."""
    areas = context.problem.power_areas
    chosen = context.select_keys([{area.id: [e] for e, area in enumerate(areas)}])
    new = {e: {"own_generation_kwh": context.change_series(areas[e].own_generation_kwh)} for e in chosen}
    return {"power_areas": replace_fields(areas, new)}


def apply_link_tonnes(context: ChangeContext) -> dict[str, Any]:
    """Change the capacity of links in tonnes, by link, mode, place at an end or power area.

    `rail_tonnes` and `road_tonnes` select links of that mode only.
    """
    links = context.problem.links
    mode = {"rail_tonnes": "rail", "road_tonnes": "road"}.get(context.change.what)
    limits = context.change_limits({a: links[a].tonnes for a in select_links(context, mode)}, "tonnes")
    return {"links": replace_fields(links, {a: {"tonnes": tonnes} for a, tonnes in limits.items()})}


def select_links(context: ChangeContext, mode: str | None = None) -> list[int]:
    """Select links, of one mode if given, by link, mode, place at an end or power area; return their positions."""
    fitting = [(a, link) for a, link in enumerate(context.problem.links) if mode in (None, link.mode)]
    kinds = [
        {link.id: [a] for a, link in fitting},
        group_by_name((link.mode, a) for a, link in fitting),
        group_by_name((place, a) for a, link in fitting for place in (link.from_place, link.to_place)),
        group_by_name((link.power_area, a) for a, link in fitting if link.power_area is not None),
    ]
    return context.select_keys(kinds)


def apply_machine_condition(context: ChangeContext) -> dict[str, Any]:
    """Change the condition of factories, by factory, place, power area or category made."""
    factories = context.problem.factories
    selected = _select_factories(context)
    new = {f: {"condition": context.change_number(factories[f].condition, 1.0)} for f in selected}
    return {"factories": replace_fields(factories, new)}


def _select_factories(context: ChangeContext) -> list[int]:
    """Return the positions of the factories that a change names by factory, place, power area or category made."""
    problem = context.problem
    factories = problem.factories
    area = {county.id: county.power_area for county in problem.counties}
    category = {item.id: item.category for item in problem.items}
    kinds = [
        {factory.id: [f] for f, factory in enumerate(factories)},
        group_by_name((factory.place, f) for f, factory in enumerate(factories)),
        group_by_name((area[factory.place], f) for f, factory in enumerate(factories) if factory.place in area),
        group_by_name((made, f) for f, factory in enumerate(factories) for made in _list_categories(factory, category)),
    ]
    return context.select_keys(kinds)


def apply_machine_hours(context: ChangeContext) -> dict[str, Any]:
    """Change the nominal hours of machine groups, by factory/group, factory, group, place or power area."""
    problem = context.problem
    factories = problem.factories
    area = {county.id: county.power_area for county in problem.counties}
    keys = [(f, group) for f, factory in enumerate(factories) for group in factory.machines]
    kinds = [
        {f"{factories[f].id}/{group}": [(f, group)] for f, group in keys},
        group_by_name((factories[f].id, (f, group)) for f, group in keys),
        group_by_name((group, (f, group)) for f, group in keys),
        group_by_name((factories[f].place, (f, group)) for f, group in keys),
        group_by_name((area[factories[f].place], (f, group)) for f, group in keys if factories[f].place in area),
    ]
    machines = {f: dict(factory.machines) for f, factory in enumerate(factories)}
    for f, group in context.select_keys(kinds):
        machines[f][group] = context.change_series(machines[f][group])
    return {"factories": replace_fields(factories, {f: {"machines": hours} for f, hours in machines.items()})}


def apply_line_least(context: ChangeContext) -> dict[str, Any]:
    """Change the lower limits of lines, in units."""
    lines = _select_lines(context)
    return _update_lines(context, {key: {"least": context.change_series(line.least)} for key, line in lines.items()})


def apply_line_most(context: ChangeContext) -> dict[str, Any]:
    """Change the upper limits of lines, in units."""
    old = {key: line.most for key, line in _select_lines(context).items()}
    limits = context.change_limits(old, "lines", allows_open_periods=True)
    return _update_lines(context, {key: {"most": most} for key, most in limits.items()})


def apply_line_lot(context: ChangeContext) -> dict[str, Any]:
    """Change the units in a batch of lines. A `value` also gives a lot to lines without one, and 0 removes it."""
    lines = _select_lines(context)
    return _update_lines(
        context, {key: {"lot": context.change_number(line.lot or 0.0) or None} for key, line in lines.items()}
    )


def apply_line_least_run(context: ChangeContext) -> dict[str, Any]:
    """Change the smallest runs of lines, in units."""
    lines = _select_lines(context)
    return _update_lines(
        context, {key: {"least_run": context.change_number(line.least_run)} for key, line in lines.items()}
    )


def apply_population(context: ChangeContext) -> dict[str, Any]:
    """Change the population in heads, by group, county or power area; projected heads become stated heads."""
    counties = context.problem.counties
    heads = [dict(groups) for groups in list_heads(context.problem)]
    keys = [(n, group) for n, groups in enumerate(heads) for group in groups]
    kinds = [
        group_by_name((group, (n, group)) for n, group in keys),
        group_by_name((counties[n].id, (n, group)) for n, group in keys),
        group_by_name((counties[n].power_area, (n, group)) for n, group in keys),
    ]
    stated = [dict(county.population) for county in counties]
    for n, group in context.select_keys(kinds):
        stated[n][group] = context.change_number(heads[n][group])
    return {"counties": replace_fields(counties, {n: {"population": groups} for n, groups in enumerate(stated)})}


def apply_norms(context: ChangeContext) -> dict[str, Any]:
    """Change the norms of items that have norms, by item or category. Stated needs (`demand`) stay unchanged."""
    items = context.problem.items
    fitting = [(i, item) for i, item in enumerate(items) if item.norms]
    kinds = [{item.id: [i] for i, item in fitting}, group_by_name((item.category, i) for i, item in fitting)]
    new = {
        i: {"norms": {group: context.change_number(norm) for group, norm in items[i].norms.items()}}
        for i in context.select_keys(kinds)
    }
    return {"items": replace_fields(items, new)}


def apply_labour_hours(context: ChangeContext) -> dict[str, Any]:
    """Change the labour hours of counties, by county or power area."""
    counties = context.problem.counties
    kinds = [{county.id: [n] for n, county in enumerate(counties)}, _group_by_power_area(counties)]
    limits = context.change_limits({n: counties[n].labour_hours for n in context.select_keys(kinds)}, "labour")
    return {"counties": replace_fields(counties, {n: {"labour_hours": hours} for n, hours in limits.items()})}


def _select_lines(context: ChangeContext) -> dict[tuple[int, int], Line]:
    """Select lines by factory/item, factory, item, category made, place, power area, or factory/item/recipe.

    `factory/item` selects all recipes of the item, and `factory/item/` the line without a recipe. Keys are the positions of
    factory and line.
    """
    problem = context.problem
    factories = problem.factories
    category = {item.id: item.category for item in problem.items}
    area = {county.id: county.power_area for county in problem.counties}
    lines = [((f, k), factory, line) for f, factory in enumerate(factories) for k, line in enumerate(factory.lines)]
    kinds = [
        group_by_name((f"{factory.id}/{line.item}", key) for key, factory, line in lines),
        group_by_name((factory.id, key) for key, factory, _ in lines),
        group_by_name((line.item, key) for key, _, line in lines),
        group_by_name((category[line.item], key) for key, _, line in lines),
        group_by_name((factory.place, key) for key, factory, _ in lines),
        group_by_name((area[factory.place], key) for key, factory, _ in lines if factory.place in area),
        {f"{factory.id}/{line.item}/{line.recipe}": [key] for key, factory, line in lines},
    ]
    return {(f, k): factories[f].lines[k] for f, k in context.select_keys(kinds)}


def _update_lines(context: ChangeContext, updates: dict[tuple[int, int], dict[str, Any]]) -> dict[str, Any]:
    """Replace fields of the given lines."""
    factories = context.problem.factories
    by_factory: dict[int, dict[int, dict[str, Any]]] = {}
    for (f, k), fields in updates.items():
        by_factory.setdefault(f, {})[k] = fields
    lines = {f: {"lines": replace_fields(factories[f].lines, fields)} for f, fields in by_factory.items()}
    return {"factories": replace_fields(factories, lines)}


def _group_by_power_area(counties: tuple[County, ...]) -> dict[str, list[int]]:
    return group_by_name((county.power_area, n) for n, county in enumerate(counties))


def _list_categories(factory: Factory, category: dict[str, str]) -> set[str]:
    return {category[line.item] for line in factory.lines}

"""Changes to stocks, stores and handling limits."""

from typing import Any

from models.changes.change_context import ChangeContext, group_by_name, replace_fields
from models.problem.network import Station
from models.problem.population import County, StockLimits

StockKey = tuple[int, str]
"""Position of a county, and the identifier of an item."""


def apply_opening_stock(context: ChangeContext) -> dict[str, Any]:
    """Change the units in store before the first period."""
    chosen = _select_stocks(context)
    return _update_stocks(context, {key: {"opening": context.change_number(s.opening)} for key, s in chosen.items()})


def apply_stock_least(context: ChangeContext) -> dict[str, Any]:
    """Change the least stock at the end of each period, in units."""
    chosen = _select_stocks(context)
    return _update_stocks(context, {key: {"least": context.change_series(s.least)} for key, s in chosen.items()})


def apply_stock_most(context: ChangeContext) -> dict[str, Any]:
    """Change the largest stock at the end of each period, in units."""
    limits = context.change_limits({key: s.most for key, s in _select_stocks(context).items()}, "stocks")
    return _update_stocks(context, {key: {"most": most} for key, most in limits.items()})


def apply_closing_least(context: ChangeContext) -> dict[str, Any]:
    """Change the least stock at the end of the plan, in units."""
    chosen = _select_stocks(context)
    return _update_stocks(
        context, {key: {"closing_least": context.change_number(s.closing_least)} for key, s in chosen.items()}
    )


def apply_closing_most(context: ChangeContext) -> dict[str, Any]:
    """Change the largest stock at the end of the plan, in units. A factor leaves absent limits absent."""
    old = {key: s.closing_most for key, s in _select_stocks(context).items()}
    context.report_nothing_to_multiply(old, "closing stocks")
    stated = {k: v for k, v in old.items() if v is not None or context.change.factor is None}
    return _update_stocks(
        context, {key: {"closing_most": context.change_number(most or 0.0)} for key, most in stated.items()}
    )


def apply_store_tonnes(context: ChangeContext) -> dict[str, Any]:
    """Change the store capacity of counties in tonnes, by county or power area."""
    counties = context.problem.counties
    kinds = [
        {county.id: [n] for n, county in enumerate(counties)},
        group_by_name((county.power_area, n) for n, county in enumerate(counties)),
    ]
    limits = context.change_limits({n: counties[n].store_tonnes for n in context.select_keys(kinds)}, "stores")
    return {"counties": replace_fields(counties, {n: {"store_tonnes": tonnes} for n, tonnes in limits.items()})}


def apply_handling_tonnes(context: ChangeContext) -> dict[str, Any]:
    """Change the tonnes that may enter places over links, by place or power area."""
    problem = context.problem
    places: tuple[County | Station, ...] = (*problem.counties, *problem.stations)
    kinds = [
        {place.id: [n] for n, place in enumerate(places)},
        group_by_name((county.power_area, n) for n, county in enumerate(problem.counties)),
    ]
    limits = context.change_limits({n: places[n].handling_tonnes for n in context.select_keys(kinds)}, "handling")
    new = {n: {"handling_tonnes": tonnes} for n, tonnes in limits.items()}
    first = len(problem.counties)
    stations = {n - first: fields for n, fields in new.items() if n >= first}
    counties = {n: fields for n, fields in new.items() if n < first}
    return {
        "counties": replace_fields(problem.counties, counties),
        "stations": replace_fields(problem.stations, stations),
    }


def _select_stocks(context: ChangeContext) -> dict[StockKey, StockLimits]:
    """Select stocks by county/item, county, item, category or power area.

    A `value` can also select a county/item pair without a stated stock.
    """
    problem = context.problem
    counties = problem.counties
    category = {item.id: item.category for item in problem.items}
    stated = [(n, item) for n, county in enumerate(counties) for item in county.stocks]
    stated_keys = {f"{counties[n].id}/{item}": [(n, item)] for n, item in stated}
    kinds = [
        stated_keys,
        group_by_name((counties[n].id, (n, item)) for n, item in stated),
        group_by_name((item, (n, item)) for n, item in stated),
        group_by_name((category[item], (n, item)) for n, item in stated),
        group_by_name((counties[n].power_area, (n, item)) for n, item in stated),
    ]
    if context.change.factor is None:
        kinds[1:1] = [
            {
                f"{county.id}/{i.id}": [(n, i.id)]
                for n, county in enumerate(counties)
                for i in problem.items
                if i.storable
            }
        ]
    return {(n, item): counties[n].stocks.get(item, StockLimits()) for n, item in context.select_keys(kinds)}


def _update_stocks(context: ChangeContext, updates: dict[StockKey, dict[str, Any]]) -> dict[str, Any]:
    """Replace fields of the given stocks."""
    counties = context.problem.counties
    stocks = {n: dict(counties[n].stocks) for n, _ in updates}
    for (n, item), fields in updates.items():
        stocks[n][item] = stocks[n].get(item, StockLimits()).model_copy(update=fields)
    return {"counties": replace_fields(counties, {n: {"stocks": county_stocks} for n, county_stocks in stocks.items()})}

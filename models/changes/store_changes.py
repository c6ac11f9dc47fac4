"""Changes to what counties keep, hold and take in: stocks of items, stores, and tonnes that may enter."""

from typing import Any

from models.changes.amendment import Amendment, changed, grouped
from models.problem.network import Station
from models.problem.population import County, StockLimits

Key = tuple[int, str]
"""Position of a county, and an item."""


def opening_stock(amendment: Amendment) -> dict[str, Any]:
    """Units in store before the first period."""
    chosen = _stocks(amendment)
    return _put(amendment, {key: {"opening": amendment.number(s.opening)} for key, s in chosen.items()})


def stock_least(amendment: Amendment) -> dict[str, Any]:
    """Units to be kept at the end of each period."""
    chosen = _stocks(amendment)
    return _put(amendment, {key: {"least": amendment.series(s.least)} for key, s in chosen.items()})


def stock_most(amendment: Amendment) -> dict[str, Any]:
    """Units that may be kept at the end of each period."""
    limits = amendment.limits({key: s.most for key, s in _stocks(amendment).items()}, "stocks")
    return _put(amendment, {key: {"most": most} for key, most in limits.items()})


def closing_least(amendment: Amendment) -> dict[str, Any]:
    """Units to be left at the end of the plan."""
    chosen = _stocks(amendment)
    return _put(amendment, {key: {"closing_least": amendment.number(s.closing_least)} for key, s in chosen.items()})


def closing_most(amendment: Amendment) -> dict[str, Any]:
    """Units that may be left at the end of the plan; a factor leaves what has no limit without one."""
    old = {key: s.closing_most for key, s in _stocks(amendment).items()}
    amendment.refuse_nothing_to_multiply(old, "closing stocks")
    stated = {k: v for k, v in old.items() if v is not None or amendment.change.factor is None}
    return _put(amendment, {key: {"closing_most": amendment.number(most or 0.0)} for key, most in stated.items()})


def store_tonnes(amendment: Amendment) -> dict[str, Any]:
    """Tonnes that stores of counties hold, by county or power area."""
    counties = amendment.problem.counties
    kinds = [
        {county.id: [n] for n, county in enumerate(counties)},
        grouped((county.power_area, n) for n, county in enumerate(counties)),
    ]
    limits = amendment.limits({n: counties[n].store_tonnes for n in amendment.select(kinds)}, "stores")
    return {"counties": changed(counties, {n: {"store_tonnes": tonnes} for n, tonnes in limits.items()})}


def handling_tonnes(amendment: Amendment) -> dict[str, Any]:
    """Tonnes that may enter places over links, by place or power area."""
    problem = amendment.problem
    places: tuple[County | Station, ...] = (*problem.counties, *problem.stations)
    kinds = [
        {place.id: [n] for n, place in enumerate(places)},
        grouped((county.power_area, n) for n, county in enumerate(problem.counties)),
    ]
    limits = amendment.limits({n: places[n].handling_tonnes for n in amendment.select(kinds)}, "handling")
    new = {n: {"handling_tonnes": tonnes} for n, tonnes in limits.items()}
    first = len(problem.counties)
    stations = {n - first: fields for n, fields in new.items() if n >= first}
    counties = {n: fields for n, fields in new.items() if n < first}
    return {"counties": changed(problem.counties, counties), "stations": changed(problem.stations, stations)}


def _stocks(amendment: Amendment) -> dict[Key, StockLimits]:
    """Stocks selected by county/item, county, item, category or power area; one named exactly need not be stated yet."""
    problem = amendment.problem
    counties = problem.counties
    category = {item.id: item.category for item in problem.items}
    stated = [(n, item) for n, county in enumerate(counties) for item in county.stocks]
    named = {f"{counties[n].id}/{item}": [(n, item)] for n, item in stated}
    kinds = [
        named,
        grouped((counties[n].id, (n, item)) for n, item in stated),
        grouped((item, (n, item)) for n, item in stated),
        grouped((category[item], (n, item)) for n, item in stated),
        grouped((counties[n].power_area, (n, item)) for n, item in stated),
    ]
    if amendment.change.factor is None:
        kinds[1:1] = [
            {
                f"{county.id}/{i.id}": [(n, i.id)]
                for n, county in enumerate(counties)
                for i in problem.items
                if i.storable
            }
        ]
    return {(n, item): counties[n].stocks.get(item, StockLimits()) for n, item in amendment.select(kinds)}


def _put(amendment: Amendment, new: dict[Key, dict[str, Any]]) -> dict[str, Any]:
    """Counties with new fields in some of their stocks."""
    counties = amendment.problem.counties
    stocks = {n: dict(counties[n].stocks) for n, _ in new}
    for (n, item), fields in new.items():
        stocks[n][item] = stocks[n].get(item, StockLimits()).model_copy(update=fields)
    return {"counties": changed(counties, {n: {"stocks": held} for n, held in stocks.items()})}

"""Cases whose optimum we find beside the service: the textbook's statement written out row by row for SciPy."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linprog

from tests.builders import Json, need
from tests.published.case import Case, county, plant, problem, road
from tests.published.production import WAREHOUSE_BUY, WAREHOUSE_MARKET, WAREHOUSE_ROOM, WAREHOUSE_SELL, warehouse


def _optimum(
    cost: list[float],
    rows: list[list[float]],
    limits: list[float],
    bounds: Sequence[tuple[float, float | None]] | None = None,
    equal: tuple[list[list[float]], list[float]] | None = None,
) -> float:
    """The least cost subject to rows ≤ limits (and equal rows), by SciPy; nothing negative."""
    a_eq, b_eq = (np.array(equal[0]), np.array(equal[1])) if equal else (None, None)
    ranges = bounds or [(0.0, None)] * len(cost)
    found = linprog(cost, A_ub=np.array(rows), b_ub=np.array(limits), A_eq=a_eq, b_eq=b_eq, bounds=ranges)
    assert found.status == 0
    assert found.fun is not None
    return float(found.fun)


def warehouse_case() -> Case:
    """The warehouse problem (Cahn 1948): buy, keep and sell one good whose prices differ by month.

    maximise Σ sell·y − Σ buy·x − Σ stock, stock[t] = 20 + Σ_{s≤t} x − Σ_{s≤t} y, 0 ≤ stock ≤ room, 0 ≤ y ≤ market.
    """
    months = len(WAREHOUSE_BUY)
    rows, limits = [], []
    for t in range(months):
        bought_less_sold = [1.0] * (t + 1) + [0.0] * (months - t - 1)
        rows += [bought_less_sold + [-v for v in bought_less_sold], [-v for v in bought_less_sold] + bought_less_sold]
        limits += [WAREHOUSE_ROOM - 20, 20.0]
    remaining = [float(months - t) for t in range(months)]  # a unit bought in t lies at the end of every month from t
    cost = [b + r for b, r in zip(WAREHOUSE_BUY, remaining, strict=True)]
    cost += [-s - r for s, r in zip(WAREHOUSE_SELL, remaining, strict=True)]
    bounds: list[tuple[float, float | None]] = [(0, 500)] * months + [(0, WAREHOUSE_MARKET)] * months
    profit = -_optimum(cost, rows, limits, bounds=bounds) - 20 * months
    return Case("warehouse", "Cahn 1948; figures ours", warehouse(), profit, WAREHOUSE_MARKET * sum(WAREHOUSE_SELL), -1)


def shared_road_case() -> Case:
    """Transport of two goods over roads whose tonnes they share: 2 sources, 2 customers, joint limits on three roads."""
    goods = {"flour": 1000.0, "oil": 500.0}
    supply = {("east", "flour"): 30.0, ("east", "oil"): 40.0, ("west", "flour"): 25.0, ("west", "oil"): 20.0}
    wanted = {("town", "flour"): 25.0, ("town", "oil"): 30.0, ("village", "flour"): 20.0, ("village", "oil"): 24.0}
    per_tonne = {("east", "town"): 2.0, ("east", "village"): 5.0, ("west", "town"): 4.0, ("west", "village"): 1.0}
    room = {("east", "town"): 30.0, ("east", "village"): 60.0, ("west", "town"): 60.0, ("west", "village"): 22.0}
    flows = [(road_, good) for road_ in per_tonne for good in goods]
    rows = [[1.0 if (r[0], g) == s else 0.0 for r, g in flows] for s in supply]
    rows += [[-1.0 if (r[1], g) == w else 0.0 for r, g in flows] for w in wanted]
    rows += [[goods[g] / 1000 if r == limited else 0.0 for r, g in flows] for limited in room]
    limits = [*supply.values(), *[-units for units in wanted.values()], *room.values()]
    best = _optimum([per_tonne[r] * goods[g] / 1000 for r, g in flows], rows, limits)
    stated = problem(
        items=[{"id": g, "kg_per_unit": kg, "value": 1000, "storable": False} for g, kg in goods.items()],
        counties=[county("town"), county("village")],
        stations=[{"id": "east"}, {"id": "west"}],
        factories=[plant(f"{p}-{g}", p, {"item": g, "most": units}) for (p, g), units in supply.items()],
        demand=[need(p, g, units) for (p, g), units in wanted.items()],
        links=[road(a, b, won, tonnes=room[a, b]) for (a, b), won in per_tonne.items()],
    )
    return Case("shared-road", "Multicommodity transport with joint limits; figures ours", stated, best)


def rationed_power_case() -> Case:
    """One area's electricity for two goods and for the trains that bring a third, over two periods.

    minimise 6·s1 + 2·s2 + 3·s3 by period, s = need − got; 2·soap + 0.5·thread + 0.4·25·salt ≤ kWh: soap and thread by hours too.
    """
    kwh, hours = [90.0, 40.0], 50.0
    values, wants = [6.0, 2.0, 3.0], [30.0, 60.0, 8.0]
    draw, work = [2.0, 0.5, 0.4 * 25], [1.0, 0.5, 0.0]
    total = 0.0
    for limit in kwh:
        gained = _optimum([-v for v in values], [draw, work], [limit, hours], bounds=[(0, w) for w in wants])
        total += sum(v * w for v, w in zip(values, wants, strict=True)) + gained
    lines: list[Json] = [
        {"item": "soap", "kwh_per_unit": 1, "hours_per_unit": {"shop": 1}},
        {"item": "thread", "kwh_per_unit": 0.25, "hours_per_unit": {"shop": 0.5}},
    ]
    salt_works = plant("salt-works", "coast", {"item": "salt", "kwh_per_unit": 0})
    rail = {"mode": "rail", "km": 25, "kwh_per_tonne_km": 0.4, "power_area": "grid"}
    names = ["soap", "thread", "salt"]
    stated = problem(
        periods=["one", "two"],
        power_areas=[{"id": "grid", "limit_kwh": [80, 30], "own_generation_kwh": 10}],
        items=[
            {"id": i, "kg_per_unit": 1000, "value": v, "storable": False} for i, v in zip(names, values, strict=True)
        ],
        counties=[county("town")],
        stations=[{"id": "coast"}],
        factories=[plant("works", "town", *lines, machines={"shop": 100}, condition=0.5, power_overhead=2), salt_works],
        demand=[need("town", i, units) for i, units in zip(names, wants, strict=True)],
        links=[road("coast", "town", 0, **rail)],
    )
    return Case("rationed-power", "Product mix under one energy limit; figures ours", stated, total)


def barter_case() -> Case:
    """Four months of barter settled by quarters (three months and one): surplus timber for cloth, at 0.8 and a credit of 5.

    Months: make x ≤ 12 timber (worth 2), need 4; give g ≤ 9; take c ≤ 6 cloth (worth 5), need 8. Short timber costs 2, cloth 5.
    """
    months = 4
    cost = [-5.0] * months + [0.0] * months + [-2.0] * months  # cloth taken, timber given, timber used
    rows, limits = [], []
    for window in ([0, 1, 2], [3]):
        inside = [1.0 if t in window else 0.0 for t in range(months)]
        rows.append([5 * v for v in inside] + [-0.8 * 2 * v for v in inside] + [0.0] * months)
        limits.append(5.0)
    for t in range(months):
        unit = [1.0 if s == t else 0.0 for s in range(months)]
        rows.append([0.0] * months + unit + unit)
        limits.append(12.0)
    best = _optimum(cost, rows, limits, bounds=[(0, 6)] * months + [(0, 9)] * months + [(0, 4)] * months)
    stated = problem(
        periods=["m1", "m2", "m3", "m4"],
        items=[{"id": "timber", "value": 2, "storable": False}, {"id": "cloth", "value": 5, "storable": False}],
        counties=[county("town")],
        factories=[plant("sawmill", "town", {"item": "timber", "most": 12})],
        demand=[need("town", "timber", 4), need("town", "cloth", 8)],
        partners=[
            {"id": "neighbour", "at": "town", "offers": {"cloth": 6}, "wants": {"timber": 9}}
            | {"rate": 0.8, "credit": 5, "settlement": "quarter"}
        ],
    )
    return Case("barter", "Exchange under a balance of payments; figures ours", stated, best + months * (8 * 5 + 4 * 2))


def cellar_case() -> Case:
    """Seasonal harvest kept in a cellar that loses a tenth a period, while sugar is boiled from part of it.

    h ≤ (40, 10, 0) potatoes a period; 4 potatoes make 1 starch; short potatoes cost 1, short starch 6; needs 10 and 2 each period.
    """
    harvest, eat, starch = [40.0, 10.0, 0.0], 10.0, 2.0
    # Columns by period: potatoes harvested, starch made, potatoes kept, potatoes short, starch short.
    cost = [0.0] * 9 + [1.0] * 3 + [6.0] * 3
    equal, right = [], []
    for t in range(3):
        row = [0.0] * 15
        row[t], row[3 + t], row[6 + t], row[9 + t] = 1.0, -4.0, -1.0, 1.0
        if t:
            row[6 + t - 1] = 0.9
        boiled = [0.0] * 15
        boiled[3 + t], boiled[12 + t] = 1.0, 1.0
        equal += [row, boiled]
        right += [eat, starch]
    bounds: list[tuple[float, float | None]] = [(0.0, h) for h in harvest]
    bounds += [(0.0, None)] * 12
    best = _optimum(cost, [[0.0] * 15], [0.0], bounds, (equal, right))
    stated = problem(
        periods=["autumn", "winter", "spring"],
        items=[{"id": "potato", "value": 1, "loss": 0.1}, {"id": "starch", "value": 6, "storable": False}],
        counties=[county("farm")],
        factories=[
            plant("fields", "farm", {"item": "potato", "most": harvest}),
            plant("boilery", "farm", {"item": "starch", "materials": {"potato": 4}}),
        ],
        demand=[need("farm", "potato", eat), need("farm", "starch", starch)],
    )
    return Case("cellar", "Inventory with spoilage and a second stage; figures ours", stated, best)


CASES = (warehouse_case(), shared_road_case(), rationed_power_case(), barter_case(), cellar_case())

"""What to make of scarce hours and materials: Williams, Winston, Hillier and Lieberman. Profit lost is the value of what goes short."""

from typing import Any

from tests.builders import Json, need
from tests.published.case import Case, Price, county, plant, problem

MONTHS = ["jan", "feb", "mar", "apr", "may", "jun"]
HOURS = 384.0
"""Hours a machine works in a month: 24 days of two shifts of 8 hours."""
PROFIT = [10, 6, 8, 4, 11, 9, 3]
GROUPS = {"grinder": 4, "vertical-drill": 2, "horizontal-drill": 3, "borer": 1, "planer": 1}
HOURS_PER_UNIT = {
    "grinder": [0.5, 0.7, 0, 0, 0.3, 0.2, 0.5],
    "vertical-drill": [0.1, 0.2, 0, 0.3, 0, 0.6, 0],
    "horizontal-drill": [0.2, 0, 0.8, 0, 0, 0, 0.6],
    "borer": [0.05, 0.03, 0, 0.07, 0.1, 0, 0.08],
    "planer": [0, 0, 0.01, 0, 0.05, 0, 0.05],
}
DOWN = {
    "jan": {"grinder": 1},
    "feb": {"horizontal-drill": 2},
    "mar": {"borer": 1},
    "apr": {"vertical-drill": 1},
    "may": {"grinder": 1, "vertical-drill": 1},
    "jun": {"planer": 1, "horizontal-drill": 1},
}
MARKET = [
    [500, 1000, 300, 300, 800, 200, 100],
    [600, 500, 200, 0, 400, 300, 150],
    [300, 600, 0, 0, 500, 400, 100],
    [200, 300, 400, 500, 200, 0, 100],
    [0, 100, 500, 100, 1000, 300, 0],
    [500, 500, 100, 300, 1100, 500, 60],
]


def factory_planning(down: dict[str, dict[str, int]]) -> Json:
    """Williams' factory, with its machines down for maintenance as stated."""
    products = [f"product-{n}" for n in range(1, 8)]
    stocks = {p: {"most": 100, "closing_least": 50, "closing_most": 50} for p in products}
    hours = {g: [HOURS * (count - down.get(m, {}).get(g, 0)) for m in MONTHS] for g, count in GROUPS.items()}
    lines = [
        {"item": p, "hours_per_unit": {g: row[n] for g, row in HOURS_PER_UNIT.items() if row[n]}}
        for n, p in enumerate(products)
    ]
    return problem(
        periods=MONTHS,
        items=[{"id": p, "value": PROFIT[n], "holding_cost": 0.5} for n, p in enumerate(products)],
        counties=[county("works", stocks=stocks)],
        factories=[plant("engineering", "works", *lines, machines=hours)],
        demand=[need("works", p, [month[n] for month in MARKET]) for n, p in enumerate(products)],
    )


FULL_PROFIT = float(sum(PROFIT[n] * month[n] for month in MARKET for n in range(7)))


def _hours(group: str, month: str, won: float, digits: float = 1e-6) -> Price:
    return Price("capacity", {"rule": "machine", "id": "engineering", "part": group, "period": month}, won, digits)


FACTORY_PLANNING = Case(
    "factory-planning-1",
    "Williams, Model Building in Mathematical Programming, 12.3, Factory planning 1",
    factory_planning(DOWN),
    93_715.178571,
    constant=FULL_PROFIT,
    sign=-1,
    digits=1e-8,
    prices=(
        _hours("grinder", "jan", 8.571, 5e-4),
        _hours("horizontal-drill", "feb", 0.625),
        _hours("borer", "mar", 200),
        _hours("planer", "jun", 800),
    ),
)

FORGETFUL = Case(
    "factory-planning-1-planer-forgotten",
    "The same; the trap of a well-known notebook whose table forgets that the planer is down in June",
    factory_planning({**DOWN, "jun": {"horizontal-drill": 1}}),
    105_845.18,
    constant=FULL_PROFIT,
    sign=-1,
    digits=1e-7,
)


def mix(
    profits: dict[str, float],
    hours: dict[str, float],
    uses: dict[str, dict[str, float]],
    market: dict[str, float],
    **more: Any,
) -> Json:
    """One factory and one period: `uses[group][product]` hours a unit, at most `market[product]` sold."""
    lines = [{"item": p, "hours_per_unit": {g: row[p] for g, row in uses.items() if row.get(p)}} for p in profits]
    return problem(
        items=[{"id": p, "value": won, "storable": False} for p, won in profits.items()],
        counties=[county("works")],
        factories=[plant("shop", "works", *lines, machines=hours)],
        demand=[need("works", p, units) for p, units in market.items()],
        **more,
    )


def _shop(group: str, won: float) -> Price:
    return Price("capacity", {"rule": "machine", "id": "shop", "part": group, "period": "all"}, won)


GIAPETTO = Case(
    "giapetto",
    "Winston, Operations Research: Applications and Algorithms, 3.1, Giapetto's Woodcarving",
    mix(
        {"soldier": 3, "train": 2},
        {"finishing": 100, "carpentry": 80},
        {"finishing": {"soldier": 2, "train": 1}, "carpentry": {"soldier": 1, "train": 1}},
        {"soldier": 40, "train": 200},
    ),
    180,
    constant=3 * 40 + 2 * 200,
    sign=-1,
    prices=(_shop("finishing", 1), _shop("carpentry", 1)),
)

WYNDOR = Case(
    "wyndor",
    "Hillier and Lieberman, Introduction to Operations Research, 3.1, Wyndor Glass Co.",
    mix(
        {"door": 3, "window": 5},
        {"plant1": 4, "plant2": 12, "plant3": 18},
        {"plant1": {"door": 1}, "plant2": {"window": 2}, "plant3": {"door": 3, "window": 2}},
        {"door": 100, "window": 100},
    ),
    36,
    constant=800,
    sign=-1,
    prices=(_shop("plant2", 1.5), _shop("plant3", 1)),
)


def dakota() -> Json:
    """Winston's furniture maker, with lumber as a material allotted by the centre and the joiners' hours as labour."""
    made = {"desk": (60, 8, 4, 2), "table": (30, 6, 2, 1.5), "chair": (20, 1, 1.5, 0.5)}
    lines = [
        {"item": i, "materials": {"lumber": wood}, "hours_per_unit": {"finishing": f}, "labour_hours_per_unit": c}
        for i, (_, wood, f, c) in made.items()
    ]
    return problem(
        items=[{"id": i, "value": row[0]} for i, row in made.items()] + [{"id": "lumber", "kind": "material"}],
        counties=[county("works", labour_hours=8)],
        factories=[plant("shop", "works", *lines, machines={"finishing": 20})],
        demand=[need("works", "desk", 100), need("works", "table", 5), need("works", "chair", 100)],
        supply_shares={"materials": {"lumber": 48}, "gateways": ["works"]},
    )


DAKOTA = Case(
    "dakota",
    "Winston, Operations Research: Applications and Algorithms, 4.5 and 6.5, Dakota Furniture",
    dakota(),
    280,
    constant=60 * 100 + 30 * 5 + 20 * 100,
    sign=-1,
    prices=(
        _shop("finishing", 10),
        Price("capacity", {"rule": "labour", "id": "works", "part": "", "period": "all"}, 10),
    ),
)

SAILCO = Case(
    "sailco",
    "Winston, Operations Research: Applications and Algorithms, 3.10, Sailco (inventory)",
    problem(
        periods=["q1", "q2", "q3", "q4"],
        items=[{"id": "boat", "value": 10_000, "holding_cost": 20}],
        counties=[county("yard", stocks={"boat": {"opening": 10}})],
        factories=[
            plant("regular", "yard", {"item": "boat", "cost_per_unit": 400, "most": 40}),
            plant("overtime", "yard", {"item": "boat", "cost_per_unit": 450}),
        ],
        demand=[need("yard", "boat", [40, 60, 75, 25])],
    ),
    78_450,
)

WAREHOUSE_BUY = [25.0, 25.0, 25.0, 35.0, 45.0, 30.0]
WAREHOUSE_SELL = [28.0, 28.0, 25.0, 35.0, 50.0, 40.0]
WAREHOUSE_ROOM = 100.0
WAREHOUSE_MARKET = 60.0


def warehouse() -> Json:
    """Buying and selling at prices that differ by month through a store of limited room."""
    best = max(WAREHOUSE_SELL)
    buys = [
        plant(
            f"buy-{m}", "store", {"item": "grain", "cost_per_unit": won, "most": [0.0] * n + [500.0] + [0.0] * (5 - n)}
        )
        for n, (m, won) in enumerate(zip(MONTHS, WAREHOUSE_BUY, strict=True))
    ]
    importance = [won / best for won in WAREHOUSE_SELL]
    return problem(
        periods=MONTHS,
        items=[{"id": "grain", "kg_per_unit": 1000, "value": best, "importance": importance, "holding_cost": 1}],
        counties=[county("store", store_tonnes=WAREHOUSE_ROOM, stocks={"grain": {"opening": 20}})],
        factories=buys,
        demand=[need("store", "grain", WAREHOUSE_MARKET)],
    )


CASES = (FACTORY_PLANNING, FORGETFUL, GIAPETTO, WYNDOR, DAKOTA, SAILCO)

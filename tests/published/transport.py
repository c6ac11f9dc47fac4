"""Transport: Dantzig, Hitchcock, Winston's Powerco and Widgetco, Williams' distribution, with depots and their throughput."""

from tests.builders import Json, need
from tests.published.case import Case, Price, county, plant, problem, road

TONNE = {"id": "case", "kg_per_unit": 1000, "value": 1000, "storable": False}
"""The item of every case here: a tonne that costs so much when short that it never is."""

Costs = dict[tuple[str, str], float]


def shipping(
    supply: dict[str, float],
    demand: dict[str, float],
    costs: Costs,
    throughput: dict[str, float] | None = None,
    exact: bool = False,
) -> Json:
    """A problem of sources, customers and depots in between."""
    depots = throughput or {}
    places = {place for arc in costs for place in arc} - set(demand)
    return problem(
        items=[TONNE],
        counties=[county(place) for place in demand],
        stations=[{"id": p} | ({"handling_tonnes": depots[p]} if p in depots else {}) for p in sorted(places)],
        factories=[
            plant(f"plant-{place}", place, {"item": "case", "most": units, "least": units if exact else 0})
            for place, units in supply.items()
        ],
        demand=[need(place, "case", units) for place, units in demand.items()],
        links=[road(start, end, cost) for (start, end), cost in costs.items()],
    )


def grid(sources: list[str], customers: list[str], rows: list[list[float]]) -> Costs:
    """Costs from a table with a row for each source."""
    return {(s, c): cost for s, row in zip(sources, rows, strict=True) for c, cost in zip(customers, row, strict=True)}


DANTZIG_MILES = {
    ("seattle", "new-york"): 2.5,
    ("seattle", "chicago"): 1.7,
    ("seattle", "topeka"): 1.8,
    ("san-diego", "new-york"): 2.5,
    ("san-diego", "chicago"): 1.8,
    ("san-diego", "topeka"): 1.4,
}


def _price(place: str, won: float) -> Price:
    return Price("supply", {"county": place, "item": "case", "period": "all"}, won)


DANTZIG = Case(
    "dantzig",
    "Dantzig, Linear Programming and Extensions (1963), 3.3; GAMS model library, trnsport",
    shipping(
        {"seattle": 350, "san-diego": 600},
        {"new-york": 325, "chicago": 300, "topeka": 275},
        {arc: 0.09 * miles for arc, miles in DANTZIG_MILES.items()},
    ),
    153.675,
    prices=(_price("new-york", 0.225), _price("chicago", 0.153), _price("topeka", 0.126)),
)

HITCHCOCK = Case(
    "hitchcock",
    "Hitchcock, Journal of Mathematics and Physics 20 (1941), 224-230, as quoted in textbooks",
    shipping(
        {"s1": 25, "s2": 25, "s3": 50},
        {"d1": 15, "d2": 20, "d3": 30, "d4": 35},
        grid(["s1", "s2", "s3"], ["d1", "d2", "d3", "d4"], [[10, 5, 6, 7], [8, 2, 7, 6], [9, 3, 4, 8]]),
        exact=True,
    ),
    535,
)

POWERCO = Case(
    "powerco",
    "Winston, Operations Research: Applications and Algorithms, 7.1, Powerco",
    shipping(
        {"plant1": 35, "plant2": 50, "plant3": 40},
        {"city1": 45, "city2": 20, "city3": 30, "city4": 30},
        grid(
            ["plant1", "plant2", "plant3"],
            ["city1", "city2", "city3", "city4"],
            [[8, 6, 10, 9], [9, 12, 13, 7], [14, 9, 16, 5]],
        ),
    ),
    1020,
)

WIDGETCO_COSTS: Costs = {
    **grid(
        ["memphis", "denver"], ["new-york", "chicago", "los-angeles", "boston"], [[8, 13, 25, 28], [15, 12, 26, 25]]
    ),
    ("new-york", "chicago"): 6,
    ("new-york", "los-angeles"): 16,
    ("new-york", "boston"): 17,
    ("chicago", "new-york"): 6,
    ("chicago", "los-angeles"): 14,
    ("chicago", "boston"): 16,
}

WIDGETCO = Case(
    "widgetco",
    "Winston, Operations Research: Applications and Algorithms, 7.6, Widgetco (transshipment)",
    shipping({"memphis": 150, "denver": 200}, {"los-angeles": 130, "boston": 130}, WIDGETCO_COSTS),
    6370,
)

DISTRIBUTION_SUPPLY = {"liverpool": 150_000.0, "brighton": 200_000.0}
DISTRIBUTION_DEPOTS = {"newcastle": 70_000.0, "birmingham": 50_000.0, "london": 100_000.0, "exeter": 40_000.0}
DISTRIBUTION_DEMAND = {"c1": 50_000.0, "c2": 10_000.0, "c3": 40_000.0, "c4": 35_000.0, "c5": 60_000.0, "c6": 20_000.0}
DISTRIBUTION_COSTS: Costs = {
    **{("liverpool", d): c for d, c in {"newcastle": 0.5, "birmingham": 0.5, "london": 1.0, "exeter": 0.2}.items()},
    **{("liverpool", d): c for d, c in {"c1": 1.0, "c3": 1.5, "c4": 2.0, "c6": 1.0}.items()},
    **{("brighton", d): c for d, c in {"birmingham": 0.3, "london": 0.5, "exeter": 0.2, "c1": 2.0}.items()},
    **{("newcastle", d): c for d, c in {"c2": 1.5, "c3": 0.5, "c4": 1.5, "c6": 1.0}.items()},
    **{("birmingham", d): c for d, c in {"c1": 1.0, "c2": 0.5, "c3": 0.5, "c4": 1.0, "c5": 0.5}.items()},
    **{("london", d): c for d, c in {"c2": 1.5, "c3": 2.0, "c5": 0.5, "c6": 1.5}.items()},
    **{("exeter", d): c for d, c in {"c3": 0.2, "c4": 1.5, "c5": 0.5, "c6": 1.5}.items()},
}

DISTRIBUTION = Case(
    "distribution",
    "Williams, Model Building in Mathematical Programming, 12.19, Distribution 1",
    shipping(DISTRIBUTION_SUPPLY, DISTRIBUTION_DEMAND, DISTRIBUTION_COSTS, DISTRIBUTION_DEPOTS),
    198_500,
)

CASES = (DANTZIG, HITCHCOCK, POWERCO, WIDGETCO, DISTRIBUTION)

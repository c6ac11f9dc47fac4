"""Cheapest diets: Stigler, Dantzig, and the diet of the AMPL book. Needs that several goods meet, for one person."""

from collections.abc import Mapping, Sequence

from tests.builders import Json
from tests.published.case import Case, county, plant, problem

SHORTAGE_VALUE = 1000.0
"""Value of a unit of a nutrient, far above what it costs, so that the cheapest diet lacks nothing."""

Foods = Mapping[str, tuple[float, Sequence[float]]]
"""Price of a unit of each food, and its amounts of the nutrients."""


def diet(
    foods: Foods,
    least: Mapping[str, float],
    most: Mapping[str, float] | None = None,
    of_each: tuple[float, float] | None = None,
) -> Json:
    """The cheapest amounts of foods for a person; `of_each` has the least and greatest amount of each food."""
    limits: Json = {}
    if of_each is not None:
        limits = {"norms": {"people": of_each[0]}, "most_per_head": {"people": of_each[1]}}
    items = [
        {"id": food, "value": SHORTAGE_VALUE, "provides": dict(zip(least, amounts, strict=True)), **limits}
        for food, (_, amounts) in foods.items()
    ]
    requirements = [
        {"id": name, "value": SHORTAGE_VALUE, "norms": {"people": amount}}
        | ({"most": {"people": most[name]}} if most and name in most else {})
        for name, amount in least.items()
    ]
    lines = [{"item": food, "cost_per_unit": price} for food, (price, _) in foods.items()]
    return problem(
        items=items,
        requirements=requirements,
        counties=[county("home", population={"people": 1})],
        factories=[plant("shop", "home", *lines)],
    )


PACKAGES: Foods = {
    "BEEF": (3.19, (60, 20, 10, 15, 938, 295)),
    "CHK": (2.59, (8, 0, 20, 20, 2180, 770)),
    "FISH": (2.29, (8, 10, 15, 10, 945, 440)),
    "HAM": (2.89, (40, 40, 35, 10, 278, 430)),
    "MCH": (1.89, (15, 35, 15, 15, 1182, 315)),
    "MTL": (1.99, (70, 30, 15, 15, 896, 400)),
    "SPG": (1.99, (25, 50, 25, 15, 1329, 370)),
    "TUR": (2.49, (60, 20, 15, 10, 1397, 450)),
}
"""Packages of the AMPL book: dollars, percent of a day's vitamins A, C, B1 and B2, mg of sodium, and kcal."""

VITAMINS = dict.fromkeys(("A", "C", "B1", "B2"), 700.0)
"""Percent of a day's need in a week."""

WEEK = {**VITAMINS, "NA": 0.0, "CAL": 16_000.0}


def diet_of_the_week(sodium: float) -> Json:
    """Two to ten of each package, with sodium and energy limited: `diet2.dat` with 40,000 mg, `diet2a.dat` with 50,000 mg."""
    most = {**dict.fromkeys(VITAMINS, 20_000.0), "NA": sodium, "CAL": 24_000.0}
    return diet(PACKAGES, WEEK, most, (2.0, 10.0))


AMPL_DIET = Case(
    "ampl-diet",
    "Fourer, Gay, Kernighan, AMPL, 2nd edition, 2.3: diet.mod with diet.dat",
    diet(
        {food: (price, amounts[:4]) for food, (price, amounts) in PACKAGES.items()},
        VITAMINS,
        dict.fromkeys(VITAMINS, 10_000.0),
        (0.0, 100.0),
    ),
    88.2,
)

AMPL_DIET_2A = Case(
    "ampl-diet2a",
    "Fourer, Gay, Kernighan, AMPL, 2nd edition, 2.3: diet.mod with diet2a.dat",
    diet_of_the_week(50_000.0),
    118.0594032,
    digits=1e-9,
)

DAILY_ALLOWANCE = {
    "calorie": 3.0,
    "protein": 70.0,
    "calcium": 0.8,
    "iron": 12.0,
    "vitamin-a": 5.0,
    "vitamin-b1": 1.8,
    "vitamin-b2": 2.7,
    "niacin": 18.0,
    "vitamin-c": 75.0,
}

FOODS: Mapping[str, Sequence[float]] = {
    "wheat": (44.7, 1411, 2.0, 365, 0, 55.4, 33.3, 441, 0),
    "cornmeal": (36, 897, 1.7, 99, 30.9, 17.4, 7.9, 106, 0),
    "cannedmilk": (8.4, 422, 15.1, 9, 26, 3, 23.5, 11, 60),
    "margarine": (20.6, 17, 0.6, 6, 55.8, 0.2, 0, 0, 0),
    "cheese": (7.4, 448, 16.4, 19, 28.1, 0.8, 10.3, 4, 0),
    "peanut-butter": (15.7, 661, 1, 48, 0, 9.6, 8.1, 471, 0),
    "lard": (41.7, 0, 0, 0, 0.2, 0, 0.5, 5, 0),
    "liver": (2.2, 333, 0.2, 139, 169.2, 6.4, 50.8, 316, 525),
    "porkroast": (4.4, 249, 0.3, 37, 0, 18.2, 3.6, 79, 0),
    "salmon": (5.8, 705, 6.8, 45, 3.5, 1, 4.9, 209, 0),
    "greenbeans": (2.4, 138, 3.7, 80, 69, 4.3, 5.8, 37, 862),
    "cabbage": (2.6, 125, 4, 36, 7.2, 9, 4.5, 26, 5369),
    "onions": (5.8, 166, 3.8, 59, 16.6, 4.7, 5.9, 21, 1184),
    "potatoes": (14.3, 336, 1.8, 118, 6.7, 29.4, 7.1, 198, 2522),
    "spinach": (1.1, 106, 0, 138, 918.4, 5.7, 13.8, 33, 2755),
    "sweet-potatoes": (9.6, 138, 2.7, 54, 290.7, 8.4, 5.4, 83, 1912),
    "peaches": (8.5, 87, 1.7, 173, 86.8, 1.2, 4.3, 55, 57),
    "prunes": (12.8, 99, 2.5, 154, 85.7, 3.9, 4.3, 65, 257),
    "limabeans": (17.4, 1055, 3.7, 459, 5.1, 26.9, 38.2, 93, 0),
    "navybeans": (26.9, 1691, 11.4, 792, 0, 38.4, 24.6, 217, 0),
}
"""Nutrients in a dollar's worth of each food, in the units of the allowance."""

STIGLER = Case(
    "stigler",
    "Stigler 1945; Dantzig, Linear Programming and Extensions, 27-1; GAMS model library, DIET (SEQ=7): 0.10866 a day",
    diet({food: (1.0, amounts) for food, amounts in FOODS.items()}, DAILY_ALLOWANCE),
    0.1086622782,
)

CASES = (AMPL_DIET, AMPL_DIET_2A, STIGLER)

"""Random planning problems for hypothesis.

Every drawn problem is valid and has a plan: demand may go short, and what is demanded of stocks, closing stocks and least
quotas can always be met from the opening stock or from lines that need nothing. Numbers are quarters of small integers and
the tonnes and kilowatt-hours are of the size of the units, so that solvers agree to nine digits.
"""

from collections.abc import Sequence
from math import floor
from typing import Any

import numpy as np
from hypothesis import strategies as st

from models.problem.planning_problem import PlanningProblem
from tests.builders import Json, need
from tests.drawing import Draw, Drawing

CATEGORIES = ("food", "care")
BANDS: tuple[list[Json], ...] = (
    [{"width": 0.5, "weight": 4}, {"width": 0.3, "weight": 2}, {"width": 0.2, "weight": 1}],
    [{"width": 1, "weight": 1}],
    [{"width": 0.25, "weight": 8}, {"width": 0.75, "weight": 1}],
)
COVERS = (
    ["making"],
    ["haulage"],
    ["central", "materials"],
    ["swaps"],
    ["making", "haulage", "central", "materials", "swaps"],
)
LOSSES = (0.0, 0.0, 0.25, 0.5)


def _items(d: Drawing) -> list[Json]:
    items: list[Json] = []
    for id_ in d.items:
        item: Json = {
            "id": id_,
            "category": d.one(CATEGORIES),
            "kg_per_unit": d.one((250, 500, 1000)),
            "value": d.number(0.25, 4),
            "priority": d.one((1, 2, 3)),
            "importance": d.one((1, 1, 0.5, [d.one((0.5, 1, 2)) for _ in range(d.periods)])),
            "transportable": not d.perhaps(5),
            "storable": not d.perhaps(4),
            "loss": d.one(LOSSES),
            "holding_cost": d.one((0, 0.0625)),
            "whole_units": d.whole_units and d.perhaps(),
        }
        if d.delays and d.perhaps(4):
            item["carry_over"] = 1 if item["whole_units"] else d.one((0.5, 1))
        if d.perhaps(4):
            item["due"] = {f"p{n}": _due_date(d, item) for n in range(1, d.periods + 1) if d.perhaps()}
        if id_ in d.goods:
            item |= {"norms": {g: d.number(0, 4) for g in ("people", "infants")}, "calendar": d.one(("even", "season"))}
        else:
            item |= {"kind": "material", "storable": True, "transportable": True}
        items.append(item)
    return items


def _due_date(d: Drawing, item: Json) -> Json:
    by = d.one((0, 0.25, 0.5, 1))
    return {"share": d.one((0.25, 0.5, 1)) if item["storable"] else by, "by": by}


def _requirements(d: Drawing, items: list[Json]) -> list[Json]:
    """Requirements that goods meet, perhaps none; the goods get what they provide, and the most that people take of them."""
    requirements: list[Json] = []
    goods = [item for item in items if item["id"] in d.goods]
    for n in range(1, d.draw(st.integers(-2, 2)) + 1):
        id_ = f"requirement-{n}"
        providers = [item for item in goods if d.perhaps()] or goods[:1]
        for item in providers:
            item.setdefault("provides", {})[id_] = d.number(0.25, 2)
        requirement: Json = {
            "id": id_,
            "norms": {g: d.number(0, 4) for g in ("people", "infants")},
            "calendar": d.one(("even", "season")),
            "value": d.number(0.25, 4),
            "priority": d.one((1, 2, 3)),
            "importance": d.one((1, 1, [d.one((0.5, 1, 2)) for _ in range(d.periods)])),
        }
        if d.perhaps(3):
            requirement["most"] = {"people": d.number(0, 6)}
        if d.perhaps(3):
            chosen = d.one(providers)["id"]
            share = d.one((0.25, 0.5))
            requirement["shares"] = {
                chosen: {"least": share} if len(providers) == 1 or d.perhaps() else {"most": share}
            }
        if d.delays and d.perhaps(4):
            requirement["carry_over"] = d.one((0.5, 1))
        if d.perhaps(4):
            requirement["due"] = {f"p{d.periods}": {"share": d.one((0.25, 1)), "by": d.one((0, 0.5))}}
        requirements.append(requirement)
    for item in goods:
        if "provides" in item and d.perhaps(3):
            item["most_per_head"] = {"people": d.number(0, 6)}
    return requirements


def _counties(d: Drawing, items: list[Json]) -> list[Json]:
    counties: list[Json] = []
    for id_ in d.counties:
        county: Json = {"id": id_, "power_area": d.one(d.areas)}
        county["population"] = {"people": d.draw(st.integers(0, 60)), "infants": d.draw(st.integers(0, 9))}
        if d.perhaps(3):
            infants = {"heads": county["population"].pop("infants"), "yearly_growth": d.one((0.0, 0.125))}
            county["census"] = {"infants": infants}
        if d.perhaps(3):
            county["shops"] = [{"id": "shop-1", "share": 0.75}, {"id": "shop-2", "share": 0.25}]
        stocks = {item["id"]: _stock(d, item) for item in items if item["storable"] and d.perhaps(3)}
        county["stocks"] = stocks
        if d.perhaps(3):
            county["labour_hours"] = d.by_period(0, 60)
        if d.perhaps(3):
            full = sum(limits["opening"] for limits in stocks.values())  # tonnes at most: no unit is heavier than 1 t
            county["store_tonnes"] = full + d.number(0, 2)
        if d.perhaps(3):
            county["handling_tonnes"] = d.by_period(0, 10)
        counties.append(county)
    return counties


def _stock(d: Drawing, item: Json) -> Json:
    """Limits that the opening stock keeps if nobody touches it."""
    opening = d.draw(st.integers(0, 40)) if item["whole_units"] else d.number(0, 40)
    left = opening
    for _ in range(d.periods):
        left = floor(left * (1 - item["loss"])) if item["whole_units"] else left * (1 - item["loss"])
    limits: Json = {"opening": opening}
    if d.perhaps(3):
        limits["least"] = d.one((left, left / 2, [0.0] * (d.periods - 1) + [left]))
    if d.perhaps(3):
        limits["most"] = opening + d.number(0, 20)
    if d.perhaps(3):
        limits["closing_least"] = d.one((left, left / 2))
    if d.perhaps(3):
        limits["closing_most"] = opening + d.number(0, 10)
    return limits


def _factories(d: Drawing, items: list[Json], counties: list[Json]) -> list[Json]:
    return [_factory(d, f"factory-{n}", d.one(d.places)) for n in range(1, d.draw(st.integers(0, 4)) + 1)] + [
        _craft(d, county, items) for county in counties if "store_tonnes" not in county and d.perhaps(4)
    ]


def _factory(d: Drawing, id_: str, place: str) -> Json:
    machines = {group: d.by_period(0, 60) for group in ("press", "kettle")}
    lines = [_line(d, item, place in d.counties) for item in d.items if d.perhaps()]
    lines += [_line(d, line["item"], place in d.counties) | {"recipe": "other"} for line in lines if d.perhaps(4)]
    return {
        "id": id_,
        "place": place,
        "level": d.one(("local", "local", "central")),
        "condition": d.one((1, 0.5, 0.75)),
        "power_overhead": d.one((1, 1.5, 2)),
        "machines": machines,
        "lines": lines,
    }


def _line(d: Drawing, item: str, in_county: bool) -> Json:
    line: Json = {
        "item": item,
        "hours_per_unit": {d.one(("press", "kettle")): d.number(0.25, 2)},
        "labour_hours_per_unit": d.number(0, 1) if in_county else 0,
        "kwh_per_unit": d.number(0, 3) if in_county else 0,
        "quality": d.one((1, 0.5, 0.75)),
        "cost_per_unit": d.one((0, 0.0625, 0.125)),
    }
    # Chains never close: a material is made of those before it, a good of any material.
    before = d.materials[: d.materials.index(item)] if item in d.materials else d.materials
    line["materials"] = {material: d.number(0.25, 2) for material in d.some(before)}
    if d.perhaps(4):
        line["most"] = d.by_period(0, 40)
    if d.whole_units and d.perhaps(4):
        line["lot"] = d.draw(st.integers(1, 4))
    if d.whole_units and d.perhaps(4):
        line["least_run"] = d.number(1, 6)
    return line


def _craft(d: Drawing, county: Json, items: list[Json]) -> Json:
    """Work by hand that needs no machine, power, labour or material, so that its least quotas can always be met."""
    least = d.draw(st.integers(0, 4))  # whole, since some items are counted in pieces
    free = [i["id"] for i in items if i["storable"] and i["id"] not in county["stocks"]]
    lines = [{"item": i, "cost_per_unit": 0.0625, "least": least, "most": least + d.number(0, 8)} for i in free]
    return {"id": f"craft-{county['id']}", "place": county["id"], "lines": lines}


def _links(d: Drawing) -> list[Json]:
    links: list[Json] = []
    for n in range(1, d.draw(st.integers(0, 6)) + 1):
        if len(d.places) < 2:
            break
        start, end = d.draw(st.lists(st.sampled_from(d.places), min_size=2, max_size=2, unique=True))
        link: Json = {"id": f"link-{n}", "from": start, "to": end, "km": d.draw(st.integers(1, 8))}
        link |= {"mode": d.one(("rail", "road", "water")), "one_way": d.perhaps(3)}
        link |= {"cost_per_tonne_km": d.one((0, 0.03125)), "cost_per_tonne": d.one((0, 0.0625))}
        if d.perhaps(3):
            link |= {"kwh_per_tonne_km": d.number(0.25, 1), "power_area": d.one(d.areas)}
        if d.delays and d.perhaps(5):
            link["transit_periods"] = d.draw(st.integers(1, 2))
        if not d.perhaps(3):
            link["tonnes"] = d.by_period(0, 6)
        links.append(link)
    return links


def _in_transit(d: Drawing, items: list[Json], counties: list[Json], links: list[Json]) -> list[Json]:
    """Goods under way to counties that can keep them, over links that take time."""
    roomy = {county["id"]: county for county in counties if "store_tonnes" not in county}
    return [
        {
            "link": link["id"],
            "to": link["to"],
            "item": item["id"],
            "quantity": [d.draw(st.integers(0, 9))] + [0] * (d.periods - 1),
        }
        for link in links
        if link.get("transit_periods") and link["to"] in roomy
        for item in items
        if item["storable"] and item["id"] not in roomy[link["to"]]["stocks"] and d.perhaps(3)
    ]


def _partners(d: Drawing) -> list[Json]:
    return [
        {
            "id": f"partner-{n}",
            "at": d.one(d.places),
            "kind": d.one(("region", "centre")),
            "offers": {item: d.by_period(0, 20) for item in d.some(d.items)},
            "wants": {item: d.by_period(0, 20) for item in d.some(d.items)},
            "rate": d.number(0.5, 1.5),
            "credit": d.one((0, 0, 4)),
            "settlement": d.one(("period", "quarter", "plan")),
        }
        for n in range(1, d.draw(st.integers(0, 2)) + 1)
    ]


def _budgets(d: Drawing, items: list[Json], factories: list[Json], partners: list[Json]) -> list[Json]:
    """Budgets that can always pay for the least quotas."""
    lines = [line for factory in factories for line in factory["lines"]]
    least = sum(line["cost_per_unit"] * line.get("least", 0) for line in lines)
    budgets: list[Json] = []
    for n in range(1, d.draw(st.integers(0, 2)) + 1):
        most = d.one((1, 4, 16))
        budget: Json = {"id": f"budget-{n}", "carries_over": d.perhaps(), "covers": d.one(COVERS)}
        budget["won"] = d.one((least + d.number(0, most), [least + d.number(0, most) for _ in range(d.periods)]))
        budget["price_factor"] = d.one((1, 0.5))
        if d.perhaps(3):
            budget["categories"] = [d.one(items)["category"]]
        if d.perhaps(3) and partners:
            budget["partners"] = [d.one(partners)["id"]]
        budgets.append(budget)
    return budgets


def _supply_shares(d: Drawing, items: list[Json]) -> Json:
    categories = sorted({item["category"] for item in items})
    return {
        "central": d.one((0, 0.25, 0.5)),
        "by_category": {category: d.one((0, 0.25, 0.75)) for category in d.some(categories)},
        "by_item": {item: d.one((0, 0.25, 1)) for item in d.some(d.goods)},
        "delivered": d.one((1, 0.5, [d.one((0, 0.5, 1)) for _ in range(d.periods)])),
        "gateways": d.some(d.places),
        "materials": {material: d.by_period(0, 40) for material in d.some(d.materials)},
        "promised": {item: d.by_period(0, 40) for item in d.some(d.goods) if d.perhaps(3)},
        "local_floor": {key: d.one((0.25, 0.5, 0.75)) for key in (*categories, *d.items) if d.perhaps(6)},
    }


@st.composite
def problem_dicts(
    draw: Draw,
    *,
    min_periods: int = 1,
    max_periods: int = 4,
    swaps: bool = True,
    whole_units: bool = False,
    delays: bool = True,
    goals: Sequence[Any] | None = None,
) -> Json:
    """The JSON of a random problem; without `swaps` it has no partners, with `whole_units` some items ask for them.

    Without `delays`, nothing is on the way for a period and no shortage carries over: only stock, output and sums link periods.
    """
    periods = [f"p{n}" for n in range(1, draw(st.integers(min_periods, max_periods)) + 1)]
    d = Drawing(draw, len(periods), whole_units, delays)
    items = _items(d)
    requirements = _requirements(d, items)
    counties, links = _counties(d, items), _links(d)
    needed = [*d.goods, *(requirement["id"] for requirement in requirements)]
    demand = [need(c, i, d.by_period(0, 40)) for c in d.counties for i in needed if d.perhaps(4)]
    policy: Json = {"shortage_bands": d.one(BANDS), "quality_weight": d.one((0, 0, 0.25)), "goals": goals}
    policy["own_surplus"] = d.perhaps()
    policy["smoothing"] = d.one((0, 0.03, 0.25))
    policy["tie_break"] = d.perhaps()
    factories, partners = _factories(d, items, counties), _partners(d) if swaps else []
    if d.perhaps(3):
        policy["shortage_bands"] = None
        policy["fairness"] = {"alpha": d.one((0, 0.5, 1, 2, 3)), "pieces": d.one((1, 3, 10))}
    if d.perhaps(3):
        policy["priority_weights"] = {"1": 8, "2": 2, "3": 0.5}
    problem: Json = {
        "periods": periods,
        "calendars": {"season": _season(d)},
        "items": items,
        "requirements": requirements,
        "counties": counties,
        "population_projection": {"census_year": 2000.0, "plan_year": 2002.0},
        "stations": [
            {"id": id_} | ({"handling_tonnes": d.by_period(0, 10)} if d.perhaps(3) else {}) for id_ in d.stations
        ],
        "demand": demand,
        "factories": factories,
        "power_areas": [
            {"id": id_}
            if d.perhaps(4)
            else {"id": id_, "limit_kwh": d.by_period(0, 120), "own_generation_kwh": d.number(0, 8)}
            for id_ in d.areas
        ],
        "supply_shares": _supply_shares(d, items),
        "links": links,
        "in_transit": _in_transit(d, items, counties, links),
        "partners": partners,
        "budgets": _budgets(d, items, factories, partners),
        "policy": policy,
    }
    if d.perhaps(3):
        problem |= {"period_days": d.one(([31, 28, 31, 30], 30, [1, 1, 2, 4])), "years": d.one((0.5, 1, 2))}
        if isinstance(problem["period_days"], list):
            problem["period_days"] = problem["period_days"][: len(periods)]
    return problem


def _season(d: Drawing) -> list[float]:
    """A calendar whose shares are eighths and sum to exactly 1."""
    cuts = sorted(d.draw(st.integers(0, 8)) for _ in range(d.periods - 1))
    return [(b - a) / 8 for a, b in zip([0, *cuts], [*cuts, 8], strict=True)]


def problems(**choices: Any) -> st.SearchStrategy[PlanningProblem]:
    """Random problems; choices as for `problem_dicts`."""
    return problem_dicts(**choices).map(PlanningProblem.model_validate)


def has_power_limit(problem: PlanningProblem) -> bool:
    """Whether a factor on power changes anything: an area has a limit above 0."""
    return any(np.any(np.asarray(area.limit_kwh or 0.0) > 0) for area in problem.power_areas)

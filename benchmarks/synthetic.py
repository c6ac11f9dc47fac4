"""Provinces of any size, made by chance from a seed."""

from itertools import pairwise

import numpy as np

from models.problem.planning_problem import PlanningProblem
from models.validation.parsing import parse_problem
from solvers.lp.linear_program import FloatArray

Line = dict[str, object]
"""A line of a factory, as JSON."""


def synthetic(
    counties: int,
    goods: int,
    periods: int,
    *,
    chain: int = 1,
    scarcity: float = 0.7,
    stores: float = 0.5,
    seed: int = 1,
) -> PlanningProblem:
    """A province along one line of rail: each county makes some goods, all want every good.

    `chain` materials stand one behind the other behind each tenth good; `scarcity` is machine hours as a share of what the whole
    need asks for; `stores` is the opening stock of each good in periods of need.
    """
    random = np.random.default_rng(seed)
    names = [f"good-{i}" for i in range(goods)]
    places = [f"county-{c}" for c in range(counties)]
    amounts = random.integers(20, 200, size=(counties, goods)).astype(float)
    lines, hours, materials = _lines(random, places, names, chain, scarcity * amounts.sum(axis=0))
    return parse_problem(
        {
            "name": f"synthetic {counties}x{goods}x{periods}",
            "periods": [f"p{t}" for t in range(periods)],
            "items": [{"id": name, "value": float(random.integers(1, 40))} for name in names]
            + [{"id": name, "kind": "material"} for name in materials],
            "counties": [
                {"id": place, "power_area": "all", "stocks": _stocks(names, stores * amounts[c])}
                for c, place in enumerate(places)
            ],
            "power_areas": [{"id": "all", "limit_kwh": float(1.5 * amounts.sum())}],
            "factories": [
                {"id": f"works-{c}", "place": place, "machines": {"press": float(hours[c])}, "lines": lines[c]}
                for c, place in enumerate(places)
                if lines[c]
            ],
            "links": [
                {"id": f"link-{c}", "from": a, "to": b, "tonnes": float(amounts.sum() / 10), "cost_per_tonne": 0.01}
                for c, (a, b) in enumerate(pairwise(places))
            ],
            "demand": [
                {"county": place, "item": name, "quantity": float(amounts[c, i])}
                for c, place in enumerate(places)
                for i, name in enumerate(names)
            ],
        }
    )


def _lines(
    random: np.random.Generator, places: list[str], names: list[str], chain: int, wanted: FloatArray
) -> tuple[list[list[Line]], FloatArray, list[str]]:
    """Lines and machine hours by county, and the materials that the goods' chains need."""
    lines: list[list[Line]] = [[] for _ in places]
    hours, materials = np.zeros(len(places)), list[str]()
    for i, name in enumerate(names):
        chained = [f"material-{i}-{k}" for k in range(chain)] if i % 10 == 0 else []
        materials += chained
        for item, needs in zip([name, *chained], [*chained, None], strict=True):
            place = int(random.integers(len(places)))
            uses = {} if needs is None else {needs: 1.0}
            lines[place].append(
                {"item": item, "hours_per_unit": {"press": 1.0}, "kwh_per_unit": 2.0, "materials": uses}
            )
            hours[place] += wanted[i]
    return lines, hours, materials


def _stocks(names: list[str], opening: FloatArray) -> dict[str, dict[str, float]]:
    return {name: {"opening": float(amount)} for name, amount in zip(names, opening, strict=True)}

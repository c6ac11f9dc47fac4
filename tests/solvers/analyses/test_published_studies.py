"""Wait-and-see solutions of published stochastic programs, as studies whose runs are the published scenarios."""

import numpy as np
import pytest

from models.problem.planning_problem import PlanningProblem
from tests.builders import Json
from tests.published.case import county, plant, problem
from tests.solvers.analyses.studying import open_base, run_study

ACRES = 500.0
MARKET = 4000.0
"""Tonnes that can be sold at the most: more than 500 acres yield of a crop that competes with others."""

USES = {
    "wheat-kept": (150, 2.5, 238, 200),
    "wheat-sold": (150, 2.5, 170, MARKET),
    "corn-kept": (230, 3.0, 210, 240),
    "corn-sold": (230, 3.0, 150, MARKET),
    "beets-quota": (260, 20.0, 36, 6000),
    "beets-over": (260, 20.0, 10, MARKET),
}
"""Cost of an acre, its tonnes, the price of a tonne, and the tonnes that are wanted, by what is done with a crop."""

SALES = sum(price * tonnes for use, (_, _, price, tonnes) in USES.items() if not use.endswith("kept"))
"""Revenue if everything wanted were sold."""


def build_farm() -> Json:
    """The farm: an acre is an item that provides tonnes. What is not kept for the cattle is bought, what is not sold is revenue lost.

    No change multiplies what a line makes in an hour, but one multiplies what an item provides; so yields are those of acres.
    """
    return problem(
        items=[{"id": f"acre-{use}", "value": 1, "provides": {use: tonnes}} for use, (_, tonnes, _, _) in USES.items()],
        requirements=[
            {"id": use, "value": price, "norms": {"farm": tonnes}} for use, (_, _, price, tonnes) in USES.items()
        ],
        counties=[county("farm", population={"farm": 1})],
        factories=[
            plant(
                "fields",
                "farm",
                *(
                    {"item": f"acre-{use}", "hours_per_unit": {"land": 1}, "cost_per_unit": cost}
                    for use, (cost, _, _, _) in USES.items()
                ),
                machines={"land": ACRES},
            )
        ],
    )


def solve_runs(raw: Json, factors: list[Json], points: list[Json]) -> list[float]:
    request = {"factors": factors, "design": {"kind": "list", "points": points}}
    _, _, conclusion = run_study(request, open_base(PlanningProblem.model_validate(raw)))
    return [row["objective"] for row in conclusion.tables["runs"].to_pylist()]


def test_the_farmer_of_birge_and_louveaux_waits_and_sees() -> None:
    """Birge, Louveaux: Introduction to Stochastic Programming, 1.1: yields a fifth above, at, and below the mean."""
    yields = {
        "name": "yield",
        "changes": [{"what": "provides"}],
        "distribution": {"kind": "uniform", "low": 0.8, "high": 1.2},
    }
    objectives = solve_runs(build_farm(), [yields], [{"yield": 1.2}, {"yield": 1.0}, {"yield": 0.8}])
    losses = [objective - SALES for objective in objectives]
    assert losses == pytest.approx([-167_666.6667, -118_600, -59_950], abs=0.01)
    assert np.mean(losses) == pytest.approx(-115_405.5556, abs=0.01)


INVESTMENT = (10, 7, 16, 6)
"""Cost of a unit of capacity of each technology."""

OPERATION = ((40, 24, 4), (45, 27, 4.5), (32, 19.2, 3.2), (55, 33, 5.5))
"""Cost of a unit of each technology in each mode."""

MODES = (5, 3, 2)
"""Demand of the modes; that of the first one is 3, 5 or 7 with probabilities of 0.3, 0.4 and 0.3."""

LEAST_CAPACITY, BUDGET = 12, 120


def build_power_plants() -> Json:
    """Capacity is a material. It is invested within the budget, which is a machine, and used by mode.

    No limit states a least sum of several lines. Capacity beyond what is used makes `reserve`, of which the rest of 12 is wanted.
    """
    technologies = range(len(INVESTMENT))
    invested = [
        {"item": f"capacity-{i}", "cost_per_unit": INVESTMENT[i], "hours_per_unit": {"budget": INVESTMENT[i]}}
        for i in technologies
    ]
    used = [
        {
            "item": f"mode-{mode}",
            "recipe": f"by-{i}",
            "materials": {f"capacity-{i}": 1},
            "cost_per_unit": OPERATION[i][mode],
        }
        for i in technologies
        for mode in range(len(MODES))
    ]
    kept = [{"item": "reserve", "recipe": f"of-{i}", "materials": {f"capacity-{i}": 1}} for i in technologies]
    goods = [{"id": f"mode-{mode}", "value": 1000, "norms": {f"users-{mode}": 1}} for mode in range(len(MODES))]
    rest = LEAST_CAPACITY - sum(MODES)
    return problem(
        items=[
            *goods,
            {"id": "reserve", "value": 1000, "norms": {"rest": 1}},
            *({"id": f"capacity-{i}", "kind": "material"} for i in technologies),
        ],
        counties=[county("grid", population={f"users-{m}": n for m, n in enumerate(MODES)} | {"rest": rest})],
        factories=[plant("plants", "grid", *invested, *used, *kept, machines={"budget": BUDGET})],
    )


def test_the_power_plants_of_louveaux_and_smeers_wait_and_see() -> None:
    """Louveaux, Smeers (1988), the electric problem with three scenarios of the first mode's demand."""
    factors = [
        {
            "name": name,
            "changes": [{"what": "population", "where": group}],
            "distribution": {"kind": "uniform", "low": 0.0, "high": 2.0},
        }
        for name, group in (("demand", "users-0"), ("rest", "rest"))
    ]
    points = [{"demand": demand / 5, "rest": (7 - demand) / 2} for demand in (3, 5, 7)]
    objectives = solve_runs(build_power_plants(), factors, points)
    assert np.dot((0.3, 0.4, 0.3), objectives) == pytest.approx(380.1667, abs=1e-3)

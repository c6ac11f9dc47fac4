"""Fairness: weights against integration, plans against a convex solver, and inequality against plain loops."""

from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.integrate import quad
from scipy.optimize import minimize

from models.fairness import compute_fairness_weights
from models.problem.planning_problem import PlanningProblem
from solvers.planning import make_plan
from solvers.results.inequality import compute_gini, find_greatest_spread
from solvers.sensitivity import SensitivitySession
from tests.builders import Json, need, problem_json
from tests.properties.planned import bounded, rows_of
from tests.strategies import problems

GOODS = ("soap", "salt")
ALPHAS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)


def test_weights_of_proportional_fairness() -> None:
    weights = [1, 1.12, 1.27, 1.46, 1.73, 2.12, 2.73, 3.85, 6.58, 16.07]
    assert [round(weight, 2) for weight in compute_fairness_weights(1.0, 10)] == weights


@pytest.mark.parametrize("pieces", [1, 2, 7, 20])
def test_without_fairness_every_piece_weighs_the_same(pieces: int) -> None:
    assert compute_fairness_weights(0.0, pieces) == (1.0,) * pieces


@bounded(30)
@given(st.one_of(st.floats(0, 3), st.floats(1 - 1e-9, 1 + 1e-9)), st.integers(1, 20))
def test_weights_are_mean_marginal_utilities(alpha: float, pieces: int) -> None:
    def integrate(start: float, end: float) -> float:
        return float(quad(lambda share: max(share, 0.5 / pieces) ** -alpha, start, end, epsrel=1e-11)[0])

    means = []
    for k in range(pieces):
        start, end = 1 - (k + 1) / pieces, 1 - k / pieces
        middle = (start + end) / 2
        means.append(integrate(start, middle) + integrate(middle, end))
    weights = compute_fairness_weights(alpha, pieces)
    assert weights == pytest.approx([mean / means[0] for mean in means], rel=1e-9)
    assert all(after >= before - 1e-12 for before, after in pairwise(weights))


def cost_of_shortage(short: float, alpha: float, pieces: int) -> float:
    """The integral of u' from the served share 1 − short to 1, relative to the mean of u' over the first piece."""
    floor = 0.5 / pieces

    def utility(share: float) -> float:
        above = max(share, floor)
        curved = np.log(above) if alpha == 1 else above ** (1 - alpha) / (1 - alpha)
        return float(curved + min(share - floor, 0.0) * floor**-alpha)

    return (utility(1) - utility(1 - short)) / (pieces * (utility(1) - utility(1 - 1 / pieces)))


@bounded(13)
@given(
    alpha=st.sampled_from(ALPHAS[1:]),
    needs=st.lists(st.lists(st.integers(1, 40), min_size=2, max_size=2), min_size=2, max_size=4),
    values=st.lists(st.integers(1, 8), min_size=2, max_size=2),
    hours=st.lists(st.integers(1, 4), min_size=2, max_size=2),
    scarcity=st.integers(5, 95),
    fares=st.lists(st.integers(0, 3), min_size=4, max_size=4),
)
def test_ten_pieces_come_close_to_the_convex_optimum(
    alpha: float, needs: list[list[int]], values: list[int], hours: list[int], scarcity: int, fares: list[int]
) -> None:
    """Two goods share a works' hours and go to several counties by roads that cost.

    The cost of ten pieces is the chord of the exact convex cost on each piece. A chord lies above a convex function by at
    most a quarter of the piece's width times the increase of the slope, so the optima differ by at most that, summed over
    the needs.
    """
    pieces, counties = 10, range(len(needs))
    total_hours = scarcity / 100 * sum(hours[i] * needs[n][i] for n, i in product(counties, (0, 1)))
    problem = hub(alpha, pieces, needs, values, hours, total_hours, fares)
    result = make_plan(PlanningProblem.model_validate(problem))
    plan = result.plan
    assert plan.objective is not None
    weight = np.array([[values[i] * needs[n][i] for i in (0, 1)] for n in counties], dtype=float)

    def exact(short: np.ndarray[Any, Any]) -> float:
        shares = short.reshape(-1, 2)
        cost = sum(weight[n, i] * cost_of_shortage(shares[n, i], alpha, pieces) for n, i in product(counties, (0, 1)))
        return float(cost + sum(fares[n] * needs[n][i] * (1 - shares[n, i]) for n, i in product(counties, (0, 1))))

    used = np.array([hours[i] * needs[n][i] for n, i in product(counties, (0, 1))], dtype=float)
    limit: Any = {"type": "ineq", "fun": lambda short: total_hours - used @ (1 - short), "jac": lambda _: used}
    served = {(row["county"], row["item"]): row["served"] for row in rows_of(result)["supply"]}
    planned = [1 - served.get((f"c{n}", good), 0.0) / needs[n][i] for n in counties for i, good in enumerate(GOODS)]
    # from a start far away, the search can stop before the optimum
    found = min(
        (
            minimize(
                exact,
                np.array(start, dtype=np.float64),
                bounds=[(0, 1)] * len(used),
                constraints=limit,
                method="SLSQP",
                options={"maxiter": 500, "ftol": 1e-10},
            )
            for start in ([1 - scarcity / 100] * len(used), planned)
        ),
        key=lambda one: float(one.fun),
    )
    slopes = [max(1 - k / pieces, 0.5 / pieces) ** -alpha for k in range(pieces + 1)]
    first = pieces * quad(lambda share: share**-alpha, 1 - 1 / pieces, 1)[0]
    steepest = max(after - before for before, after in pairwise(slopes)) / first
    bound = weight.sum() * steepest / (4 * pieces)
    slack = 1e-5 * (1 + abs(found.fun))
    assert plan.objective.value <= found.fun + bound + slack  # the pieces cost at most this more
    assert plan.objective.value >= found.fun - (0.01 * bound + slack)  # and never less than the exact optimum


def hub(
    alpha: float,
    pieces: int,
    needs: list[list[int]],
    values: list[int],
    hours: list[int],
    total_hours: float,
    fares: list[int],
) -> Json:
    """The problem of `test_ten_pieces_come_close_to_the_convex_optimum`."""
    return problem_json(
        items=[{"id": good, "value": values[i], "kg_per_unit": 1000} for i, good in enumerate(GOODS)],
        counties=[{"id": f"c{n}", "power_area": "area"} for n in range(len(needs))],
        stations=[{"id": "hub"}],
        demand=[need(f"c{n}", good, row[i]) for n, row in enumerate(needs) for i, good in enumerate(GOODS)],
        factories=[
            {
                "id": "works",
                "place": "hub",
                "machines": {"press": total_hours},
                "lines": [{"item": good, "hours_per_unit": {"press": hours[i]}} for i, good in enumerate(GOODS)],
            }
        ],
        links=[{"id": f"road{n}", "from": "hub", "to": f"c{n}", "cost_per_tonne": fares[n]} for n in range(len(needs))],
        policy={
            "fairness": {"alpha": alpha, "pieces": pieces},
            "shortage_bands": None,
            "priority_weights": dict.fromkeys("123", 1),
        },
    )


@bounded(20)
@given(problems())
def test_inequality_is_that_of_the_tables(problem: PlanningProblem) -> None:
    result = make_plan(problem)
    summary = result.plan.summary
    assert summary is not None
    needed: dict[str, dict[str, float]] = {}
    served: dict[str, dict[str, float]] = {}
    tables = rows_of(result)
    rows = [(row["item"], row["county"], row["demand"], row["served"]) for row in tables["supply"]]
    rows += [(row["requirement"], row["county"], row["need"], row["met"]) for row in tables.get("requirements", ())]
    for name, county, *amounts in rows:
        for into, amount in zip((needed, served), amounts, strict=True):
            by_county = into.setdefault(name, {})
            by_county[county] = by_county.get(county, 0.0) + amount
    weighted = total = 0.0
    spreads = {}
    for stated in problem.needs:
        shares = [
            (served[stated.id][county] / units, units)
            for county, units in needed.get(stated.id, {}).items()
            if units > 0
        ]
        if len(shares) < 2:
            continue
        spreads[stated.id] = max(share for share, _ in shares) - min(share for share, _ in shares)
        whole = sum(units for _, units in shares)
        mean = sum(share * units for share, units in shares) / whole
        apart = sum(u * v * abs(a - b) for a, u in shares for b, v in shares)
        weighted += stated.value * whole * (apart / (2 * whole**2 * mean) if mean > 1e-9 else 0.0)
        total += stated.value * whole
    if total == 0:
        assert summary.gini is None
    else:
        assert summary.gini == pytest.approx(weighted / total, abs=1e-7)
    assert (summary.greatest_spread is None) == (not spreads)
    if summary.greatest_spread is not None:
        found = summary.greatest_spread
        assert found.spread == pytest.approx(max(spreads.values()), abs=1e-7)
        assert spreads[found.item] == pytest.approx(found.spread, abs=1e-7)
        least, most = (
            served[found.item][county] / needed[found.item][county]
            for county in (found.least_county, found.most_county)
        )
        assert (found.least_share, found.most_share) == pytest.approx((least, most), abs=1e-7)


def test_served_shares_that_are_noise_are_no_inequality() -> None:
    """Two counties get nothing, and one of them 1e-15 of a unit by rounding errors."""
    problem = problem_json(
        items=[{"id": "soap"}],
        counties=[{"id": "a", "power_area": "area"}, {"id": "b", "power_area": "area"}],
        demand=[need("a", "soap", 1), need("b", "soap", 1)],
    )
    session = SensitivitySession.from_problem(PlanningProblem.model_validate(problem))
    noisy = session.arrays.demand * np.array([1.0, 1 - 1e-15])[:, None, None]
    assert compute_gini(session.arrays, noisy) == 0
    spread = find_greatest_spread(session.arrays, noisy)
    assert spread is not None
    assert spread.spread == 0


def two_equal_counties(**policy: Any) -> PlanningProblem:
    """Two counties that need as much; a works beside the first serves half, and the road to the second costs."""
    return PlanningProblem.model_validate(
        problem_json(
            items=[{"id": "soap", "kg_per_unit": 1000, "value": 10}],
            counties=[{"id": name, "power_area": "area"} for name in ("near", "far")],
            demand=[need("near", "soap", 10), need("far", "soap", 10)],
            factories=[
                {
                    "id": "works",
                    "place": "near",
                    "machines": {"press": 10},
                    "lines": [{"item": "soap", "hours_per_unit": {"press": 1}}],
                }
            ],
            links=[{"id": "road", "from": "near", "to": "far", "cost_per_tonne": 0.01}],
            policy={"shortage_bands": None, "priority_weights": dict.fromkeys("123", 1), **policy},
        )
    )


def test_fairness_shares_what_is_scarce() -> None:
    fair = make_plan(two_equal_counties(fairness={"alpha": 1.0})).plan.summary
    plain = make_plan(two_equal_counties(fairness={"alpha": 0.0})).plan.summary
    assert fair is not None
    assert plain is not None
    assert [row.share for row in fair.by_county] == pytest.approx([0.5, 0.5])
    assert (fair.gini, plain.gini) == pytest.approx((0, 0.5))
    assert plain.greatest_spread is not None
    assert (plain.greatest_spread.least_county, plain.greatest_spread.most_county) == ("far", "near")
    assert plain.greatest_spread.spread == pytest.approx(1)
    assert fair.served_share == pytest.approx(plain.served_share)

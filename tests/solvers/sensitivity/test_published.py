"""Published multipliers: Kantorovich's, Factory Planning 1's, Dantzig's and more, as answers give them."""

import pytest

from models.problem.planning_problem import PlanningProblem
from solvers.sensitivity import SensitivitySession, compute_shadow_prices
from tests.published.case import Case
from tests.published.catalogue import CASES

PRICED = [case for case in CASES if case.prices]


@pytest.mark.parametrize("case", PRICED, ids=[case.name for case in PRICED])
def test_prices_are_as_published(case: Case) -> None:
    found = compute_shadow_prices(
        SensitivitySession.from_problem(PlanningProblem.model_validate(case.problem)),
        with_ranges=100,
        max_results=10_000,
    )
    limits = {(row.rule, row.id, row.part, row.period): row.shadow_price for row in found.limits}
    goods = {(row.county, row.item, row.period): row.shadow_price for row in found.goods}
    seen = 0
    for price in case.prices:
        row = price.row
        if price.table == "capacity":
            told = limits.get((row["rule"], row["id"], row.get("part", ""), row["period"]), 0.0)
        elif price.table == "supply" and (row["county"], row["item"], row["period"]) in goods:
            told = goods[row["county"], row["item"], row["period"]]
        else:
            continue
        assert told == pytest.approx(price.price, abs=price.digits)
        seen += 1
    assert seen or all(price.table not in ("capacity", "supply") for price in case.prices)

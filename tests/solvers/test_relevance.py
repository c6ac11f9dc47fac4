"""Shadow prices that are noise of the solver are 0 in every table and answer; prices that matter stay."""

from dataclasses import replace

import numpy as np
import pytest

from models.changes.apply import apply_changes
from models.changes.change import Change
from models.examples import two_counties
from models.problem.planning_problem import PlanningProblem
from solvers.results.limits import RULE_NAMES, Limits
from solvers.results.relevance import NEGLIGIBLE_PRICE, compute_limit_stakes, drop_negligible_prices
from solvers.sensitivity import SensitivitySession, attribute_shortages, compute_shadow_prices


@pytest.fixture(scope="module")
def session() -> SensitivitySession:
    return SensitivitySession.from_problem(two_counties())


def find_limit(session: SensitivitySession, limits: Limits, rule: str, subject: str) -> int:
    return next(
        k
        for k in range(len(limits.position))
        if RULE_NAMES[limits.rule[k]] == rule and limits.labels[limits.id[k]] == subject
    )


def with_dual_noise(session: SensitivitySession, position: int, noise: float) -> SensitivitySession:
    duals = session.point.dual_values.copy()
    duals[position] -= noise
    return replace(session, point=replace(session.point, dual_values=duals))


def test_a_price_of_noise_is_no_price(session: SensitivitySession) -> None:
    """The electricity of Kapsan is not used up: 1e-8 weighted won a kWh are noise where a kWh makes starch of 4 won."""
    limits = session.list_limits()
    k = find_limit(session, limits, "power", "kapsan")
    assert limits.shadow_price[k] == 0
    noisy = with_dual_noise(session, int(limits.position[k]), 1e-8)
    assert noisy.list_limits().shadow_price[k] == 0
    assert {row.id for row in compute_shadow_prices(noisy, with_ranges=0).limits if row.rule == "power"} == {"hyesan"}
    assert all(
        cause.shadow_price > 1e-6 for group in attribute_shortages(noisy).groups for cause in group.binding_limits
    )


def test_a_price_above_noise_stays(session: SensitivitySession) -> None:
    limits = session.list_limits()
    k = find_limit(session, limits, "power", "kapsan")
    assert with_dual_noise(session, int(limits.position[k]), 1e-3).list_limits().shadow_price[k] == pytest.approx(1e-3)


def test_prices_of_goods_follow_the_same_rule(session: SensitivitySession) -> None:
    """One more unit of soap in Kapsan is worth 4 weighted won at least where it is short."""
    balance = session.program.constraints["balance"]
    place, item, _ = (balance.axes[axis] for axis in ("place", "item", "period"))
    starch = session.arrays.labels["item"].index("starch")
    row = int(np.flatnonzero((item == starch) & (place == 1))[0])
    assert session.compute_flows().price[1, starch, 0] == 0
    for noise, is_kept in ((1e-9, False), (1e-3, True)):
        price = with_dual_noise(session, balance.start + row, -noise).compute_flows().price[1, starch, 0]
        assert (price != 0) == is_kept


@pytest.mark.parametrize("scale", [1e-4, 1.0, 1e4])
def test_the_rule_follows_the_scale_of_values(scale: float) -> None:
    """Cheap goods have small prices that matter: the rule depends on no absolute amount of won."""
    raw = two_counties().model_dump(mode="json", by_alias=True)
    for item in raw["items"]:
        item["value"] *= scale
    session = SensitivitySession.from_problem(PlanningProblem.model_validate(raw))
    limits = session.list_limits()
    k = find_limit(session, limits, "power", "hyesan")
    assert limits.shadow_price[k] == pytest.approx(30.8 * scale, rel=0.05)


def test_a_dark_area_has_a_price() -> None:
    """A limit of 0 lets nothing through, and its price is what matters most."""
    dark = apply_changes(two_counties(), (Change(what="power_limit", where="hyesan", value=0.0),))
    limits = SensitivitySession.from_problem(dark).list_limits()
    prices = limits.shadow_price[(limits.rule == RULE_NAMES.index("power")) & (limits.limit == 0)]
    assert (prices > 1).tolist() == [True, True]


def test_with_ordered_goals_no_price_is_dropped() -> None:
    """Prices are then in the unit of the last goal, which a value in won says nothing about."""
    raw = two_counties().model_dump(mode="json", by_alias=True)
    raw["policy"]["goals"] = ["shortage", "cost"]
    session = SensitivitySession.from_problem(PlanningProblem.model_validate(raw))
    limits = session.list_limits()
    assert not compute_limit_stakes(session.arrays, session.program, limits.position).any()


def test_dropped_prices_are_small_against_the_stake() -> None:
    prices, stakes = np.array([1e-7, -1e-7, 2e-6, -2e-6, 0.5, 1e-12]), np.array([1.0, 1.0, 1.0, 1.0, 0.0, 0.0])
    kept = drop_negligible_prices(prices, stakes)
    assert kept.tolist() == [0, 0, 2e-6, -2e-6, 0.5, 1e-12]
    assert (np.abs(prices - kept) <= NEGLIGIBLE_PRICE * stakes).all()

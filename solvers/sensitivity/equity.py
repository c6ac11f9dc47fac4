"""Equity of served shares between counties, and its price."""

import numpy as np

from models.comparisons import EquityMeasures, EquityReport, PriceOfEquity, ShortageBandUsage
from models.options import PlanOptions
from models.plan import ServedShare
from models.problem.planning_problem import PlanningProblem
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import compute_band_widths, compute_objective_parts
from solvers.results.flows import NEGLIGIBLE_AMOUNT
from solvers.results.inequality import compute_gini, find_greatest_spread
from solvers.sensitivity.goal_stages import NO_WORSE_TOLERANCE
from solvers.sensitivity.session import SensitivitySession


def compute_equity(
    session: SensitivitySession, *, with_price: bool = False, time_limit_seconds: float = 600.0
) -> EquityReport:
    """Compute served shares by county and priority before rounding, their inequality, and the use of shortage bands.

    Parameters
    ----------
    with_price
        Whether to solve the problem without fairness as well, which gives the price of equity.

    Raises
    ------
    SensitivityUnavailableError
        No plan without fairness was found within the time limit.
    """
    arrays, flows = session.arrays, session.compute_flows()
    counties, item_value = arrays.places.county_count, arrays.items.counted_value[:, None]
    needed = (flows.demand[:counties] * item_value).sum(axis=2)
    short = (flows.unmet[:counties] * item_value).sum(axis=2)
    priority = np.array([item.priority for item in arrays.problem.items])
    by_county: dict[str, tuple[ServedShare, ...]] = {}
    shares: dict[str, list[float]] = {}
    for n, county in enumerate(arrays.labels["county"]):
        rows = []
        for level in (1, 2, 3):
            is_member = priority == level
            demand, unmet = float(needed[n, is_member].sum()), float(short[n, is_member].sum())
            if demand > 0:
                share = 1 - unmet / demand
                rows.append(ServedShare(key=str(level), demand=demand, served=demand - unmet, share=share))
                shares.setdefault(str(level), []).append(share)
        by_county[county] = tuple(rows)
    spread = {level: max(values) - min(values) for level, values in sorted(shares.items())}
    return EquityReport(
        by_county=by_county,
        served_share_range=spread,
        shortage_bands=_count_shortage_bands(session),
        gini=compute_gini(arrays, flows),
        greatest_spread=find_greatest_spread(arrays, flows),
        price=compute_price_of_equity(session, time_limit_seconds) if with_price else None,
    )


def compute_price_of_equity(session: SensitivitySession, time_limit_seconds: float = 600.0) -> PriceOfEquity:
    """Compare a plan with the plan of the same problem in which all bands have the smallest weight of a band.

    Both plans are measured by the objective of the second.

    Raises
    ------
    SensitivityUnavailableError
        No plan was found within the time limit.
    """
    # no warm start: the weight of every need changes, so the basis of the plan is further from the optimum than a cold start
    options = PlanOptions(time_limit_seconds=max(time_limit_seconds, 0.1))
    opened = SensitivitySession.from_problem(remove_fairness(session.arrays.problem), options=options)
    fair, plain = (_measure_equity(plan, opened.arrays) for plan in (session, opened))
    price = fair.objective - plain.objective
    if abs(price) <= NO_WORSE_TOLERANCE * (1 + abs(plain.objective)):
        price = 0.0
    return PriceOfEquity(
        fair=fair, plain=plain, price=price, relative_price=price / plain.objective if plain.objective > 0 else None
    )


def remove_fairness(problem: PlanningProblem) -> PlanningProblem:
    """Return the problem with one weight for every unit of a need: alpha 0, or stated bands of the smallest weight."""
    policy = problem.policy
    if policy.shortage_bands is None:
        update: dict[str, object] = {"fairness": policy.fairness.model_copy(update={"alpha": 0.0})}
    else:
        least = min(band.weight for band in policy.shortage_bands)
        update = {"shortage_bands": tuple(band.model_copy(update={"weight": least}) for band in policy.shortage_bands)}
    return problem.model_copy(update={"policy": policy.model_copy(update=update)})


def _measure_equity(plan: SensitivitySession, arrays: ProblemArrays) -> EquityMeasures:
    """Measure a plan with the weights of `arrays`, whose bands have the widths of the plan's."""
    costs = compute_objective_parts(arrays, plan.program).values()
    flows = plan.compute_flows()
    value = arrays.items.counted_value[:, None]
    needed, short = (float((units * value).sum()) for units in (flows.demand, flows.unmet))
    return EquityMeasures(
        objective=sum(float(cost @ plan.plan_values) for cost in costs),
        served_share=1 - short / needed if needed > 0 else 1.0,
        gini=compute_gini(plan.arrays, flows),
        greatest_spread=find_greatest_spread(plan.arrays, flows),
    )


def _count_shortage_bands(session: SensitivitySession) -> tuple[ShortageBandUsage, ...]:
    block, arrays = session.program.variables["short"], session.arrays
    values = session.plan_values[block.block_slice]
    width = compute_band_widths(arrays, session.program, session.plan_values)
    item_value = values * arrays.items.counted_value[block.axes["item"]]
    out = []
    for k, weight in enumerate(arrays.band_weight):
        is_member = block.axes["band"] == k
        is_used = is_member & (values > NEGLIGIBLE_AMOUNT)
        is_full = is_used & (values >= width - 1e-7 * (1 + width))
        out.append(
            ShortageBandUsage(
                band=k + 1,
                weight=float(weight),
                value=float(item_value[is_member].sum()),
                need_count=int(is_used.sum()),
                filled_count=int(is_full.sum()),
            )
        )
    return tuple(out)

"""Equity of served shares between counties, and its price."""

import numpy as np
import pyarrow as pa

from models.comparisons import EquityMeasures, EquityReport, PriceOfEquity, ShortageBandUsage
from models.options import PlanOptions
from models.plan import ServedShare
from models.problem.planning_problem import PlanningProblem
from solvers.data.backlog import compute_backlog, compute_unmet_share
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import compute_objective_parts
from solvers.lp.linear_program import FloatArray
from solvers.replanning.plan_arrays import read_shortages
from solvers.results.flows import NEGLIGIBLE_AMOUNT
from solvers.results.inequality import compute_gini, find_greatest_spread
from solvers.sensitivity.goal_stages import NO_WORSE_TOLERANCE
from solvers.sensitivity.session import SensitivitySession


def compute_equity(
    arrays: ProblemArrays, supply: pa.Table, requirements: pa.Table | None, price: PriceOfEquity | None = None
) -> EquityReport:
    """Compute served shares by county and priority, their inequality, and the use of shortage bands, of a finished plan.

    Parameters
    ----------
    supply
        Table `supply` of the plan, in whole units where items have them.
    requirements
        Table `requirements` of the plan, of which the columns county, requirement, period and shortage are read; None for a plan
        of an earlier version without it.
    price
        What equity costs, if known.
    """
    short = read_shortages(arrays, supply, requirements)
    unmet = compute_unmet_share(arrays) * short
    by_county = _list_served_shares(arrays, unmet)
    shares: dict[str, list[float]] = {}
    for row in (row for rows in by_county.values() for row in rows):
        shares.setdefault(row.key, []).append(row.share)
    return EquityReport(
        by_county=by_county,
        served_share_range={level: max(values) - min(values) for level, values in sorted(shares.items())},
        shortage_bands=_count_shortage_bands(arrays, short),
        gini=compute_gini(arrays, unmet),
        greatest_spread=find_greatest_spread(arrays, unmet),
        price=price,
    )


def _list_served_shares(arrays: ProblemArrays, unmet: FloatArray) -> dict[str, tuple[ServedShare, ...]]:
    """Return the served shares by priority of each county, from unmet needs in units, (C, I, T)."""
    item_value = arrays.items.counted_value[:, None]
    needed, short = ((units * item_value).sum(axis=2) for units in (arrays.demand, unmet))
    priority = np.array([need.priority for need in arrays.problem.needs])
    by_county: dict[str, tuple[ServedShare, ...]] = {}
    for n, county in enumerate(arrays.labels["county"]):
        rows = []
        for level in (1, 2, 3):
            is_member = priority == level
            demand, missing = float(needed[n, is_member].sum()), float(short[n, is_member].sum())
            if demand > 0:
                served = demand - missing
                rows.append(ServedShare(key=str(level), demand=demand, served=served, share=served / demand))
        by_county[county] = tuple(rows)
    return by_county


def compute_price_of_equity(session: SensitivitySession, time_limit_seconds: float = 600.0) -> PriceOfEquity:
    """Compare a plan with the plan of the same problem in which all bands have the smallest weight of a band.

    Both plans are those of the linear program before rounding, measured by the objective of the second.

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
    unmet = plan.compute_flows().unmet[: arrays.places.county_count]
    value = arrays.items.counted_value[:, None]
    needed, short = (float((units * value).sum()) for units in (arrays.demand, unmet))
    return EquityMeasures(
        objective=sum(float(cost @ plan.plan_values) for cost in costs),
        served_share=1 - short / needed if needed > 0 else 1.0,
        gini=compute_gini(plan.arrays, unmet),
        greatest_spread=find_greatest_spread(plan.arrays, unmet),
    )


def _count_shortage_bands(arrays: ProblemArrays, short: FloatArray) -> tuple[ShortageBandUsage, ...]:
    """Return the use of each band, from shortages in units, (C, I, T), which fill the bands in the order of their weights."""
    need = arrays.demand + compute_backlog(arrays, short)
    value = arrays.items.counted_value[:, None]
    rest, used = short, dict[int, ShortageBandUsage]()
    for k in map(int, np.argsort(arrays.band_weight, kind="stable")):
        width = arrays.band_width[k] * need
        units = np.clip(rest, 0.0, width)
        rest = rest - units
        is_used = units > NEGLIGIBLE_AMOUNT
        used[k] = ShortageBandUsage(
            band=k + 1,
            weight=float(arrays.band_weight[k]),
            value=float((units * value).sum()),
            need_count=int(is_used.sum()),
            filled_count=int((is_used & (units >= width - 1e-7 * (1 + width))).sum()),
        )
    return tuple(used[k] for k in sorted(used))

"""What came of simulated years: figures of one year as the content of a row, and figures of a policy over all years."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import TypeAdapter

from models.analyses.backtest import BacktestRequest, BacktestResult, PlanningPolicy, PolicyResult, ServedByPriority
from solvers.analyses.backtests.simulation import SimulatedYear
from solvers.analyses.backtests.year_model import YearModel
from solvers.data.backlog import compute_unmet_share, shift_to_next_period
from solvers.lp.linear_program import FloatArray

QUANTILES = (0.1, 0.5, 0.9)


@dataclass(frozen=True, slots=True)
class YearFigures:
    """Figures of one simulated year; lists have one number for each future period."""

    reason: str
    """`optimal`, `infeasible` or `failed`."""
    cost: float | None = None
    """Objective of the year as it came out, in won."""
    costs: tuple[float, ...] = ()
    """Weighted shortage and costs of each period, in won."""
    shares: tuple[float, ...] = ()
    """Served share of each period, by value; the backlog counts as demand."""
    by_priority: tuple[tuple[int, float], ...] = ()
    """Served share over the year of each priority with a need, by value."""
    quota_value: tuple[float, ...] = ()
    """Value of the quotas in force for each period, in won."""
    quota_change: tuple[float, ...] = ()
    """Value of the changes of quotas by the plan of each period, in won."""
    revised_value: float = 0.0
    """Value of the quotas that later plans could change, in won, summed over these plans."""


_ROW = TypeAdapter(YearFigures)


def encode_year(figures: YearFigures) -> bytes:
    """Encode the figures of a year as the content of a row."""
    return _ROW.dump_json(figures)


def decode_year(content: bytes) -> YearFigures:
    """Decode the content of a row."""
    return _ROW.validate_json(content)


def measure_year(year: YearModel, simulated: SimulatedYear, demand: FloatArray) -> YearFigures:
    """Measure a simulated year, given its true demand in units, (C, I, T)."""
    if simulated.values is None:
        return YearFigures(simulated.reason)
    arrays, lp, first = year.arrays, year.program.lp, year.first_period
    spent = np.bincount(
        np.maximum(year.column_period, 0), weights=lp.cost * simulated.values, minlength=arrays.period_count
    )
    short = _sum_shortage(year, simulated.values, demand.shape)
    value = arrays.items.counted_value[:, None]
    need = demand + arrays.items.carry_over[:, None] * shift_to_next_period(short)
    needed, missed = (np.einsum("cit,iz->t", amounts, value) for amounts in (need, short))
    shares = np.where(needed > 0, 1.0 - missed / np.where(needed > 0, needed, 1.0), 1.0)
    return YearFigures(
        reason="optimal",
        cost=float(lp.cost @ simulated.values) + lp.offset,
        costs=tuple(spent[first:].tolist()),
        shares=tuple(shares[first:].tolist()),
        by_priority=_measure_by_priority(year, demand, short),
        quota_value=tuple(simulated.quota_value),
        quota_change=tuple(simulated.quota_change),
        revised_value=simulated.revised_value,
    )


def _sum_shortage(year: YearModel, values: FloatArray, shape: tuple[int, ...]) -> FloatArray:
    """Return the shortage in units, (C, I, T)."""
    short = year.program.variables["short"]
    cells = tuple(short.axes[axis] for axis in ("place", "item", "period"))
    summed = np.bincount(
        np.ravel_multi_index(cells, shape), weights=values[short.block_slice], minlength=int(np.prod(shape))
    )
    return np.asarray(summed, dtype=np.float64).reshape(shape)


def _measure_by_priority(year: YearModel, demand: FloatArray, short: FloatArray) -> tuple[tuple[int, float], ...]:
    arrays = year.arrays
    value = arrays.items.counted_value
    needed = np.einsum("cit,i->i", demand, value)
    unmet = np.einsum("cit,it,i->i", short, compute_unmet_share(arrays), value)
    priority = np.array([need.priority for need in arrays.problem.needs])
    found = []
    for one in np.unique(priority).tolist():
        total = float(needed[priority == one].sum())
        if total > 0:
            found.append((int(one), 1.0 - float(unmet[priority == one].sum()) / total))
    return tuple(found)


YearsByPolicy = Mapping[str, Sequence[YearFigures]]
"""Figures of the years by the name of the policy."""


def summarize_backtest(
    request: BacktestRequest, years: YearsByPolicy, foresight: Sequence[YearFigures]
) -> BacktestResult:
    """Return the results by policy, given those of perfect foresight in the same years."""
    best = [one.cost for one in foresight if one.cost is not None]
    return BacktestResult(
        perfect_foresight_mean=float(np.mean(best)) if best else None,
        policies=tuple(_summarize_policy(policy, request, years, foresight) for policy in request.policies),
    )


def _summarize_policy(
    policy: PlanningPolicy, request: BacktestRequest, years: YearsByPolicy, foresight: Sequence[YearFigures]
) -> PolicyResult:
    own = years[policy.name]
    costs = [one.cost for one in own if one.cost is not None]
    p10, p50, p90 = np.quantile(costs, QUANTILES).tolist() if costs else (None, None, None)
    once = _find_policy_that_plans_once(request, policy)
    changed, revised = sum(sum(one.quota_change) for one in own), sum(one.revised_value for one in own)
    return PolicyResult(
        policy=policy.name,
        cost_mean=float(np.mean(costs)) if costs else None,
        cost_p10=p10,
        cost_p50=p50,
        cost_p90=p90,
        served=_summarize_served(own),
        regret=_average_difference(own, foresight),
        value_of_replanning=None if once is None else _average_difference(years[once.name], own),
        nervousness=(changed / revised if revised > 0 else 0.0) if costs else None,
        infeasible_count=sum(one.reason == "infeasible" for one in own),
        failed_count=sum(one.reason == "failed" for one in own),
    )


def _find_policy_that_plans_once(request: BacktestRequest, policy: PlanningPolicy) -> PlanningPolicy | None:
    """Return the policy that plans once with the forecast and horizon of a policy, else one that plans once from the base."""
    once = [other for other in request.policies if other.replan_every is None]
    like = [other for other in once if (other.forecast, other.horizon) == (policy.forecast, policy.horizon)]
    from_base = [other for other in once if other.forecast == "base"]
    return next(iter([*like, *from_base]), None)


def _average_difference(first: Sequence[YearFigures], second: Sequence[YearFigures]) -> float | None:
    """Return the mean difference of the costs of years that both came through."""
    differences = [
        one.cost - other.cost
        for one, other in zip(first, second, strict=True)
        if one.cost is not None and other.cost is not None
    ]
    return float(np.mean(differences)) if differences else None


def _summarize_served(years: Sequence[YearFigures]) -> tuple[ServedByPriority, ...]:
    shares: dict[int, list[float]] = {}
    for one in years:
        for priority, share in one.by_priority:
            shares.setdefault(priority, []).append(share)
    return tuple(
        ServedByPriority(
            priority=priority, **dict(zip(("p10", "p50", "p90"), np.quantile(found, QUANTILES), strict=True))
        )
        for priority, found in sorted(shares.items())
    )

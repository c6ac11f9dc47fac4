"""Inequality of a plan between counties: Gini coefficient and greatest spread of served shares within a good or requirement."""

import numpy as np

from models.plan import ServedSpread
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import FloatArray

NEGLIGIBLE_SHARE = 1e-9
"""Served shares and differences between them below this are numerical noise and count as 0."""


def compute_gini(arrays: ProblemArrays, unmet: FloatArray) -> float | None:
    """Compute the Gini coefficient of served shares between counties within a good or requirement, over the plan.

    For the served shares s_n of an item or requirement, weighted by the counties' needs d_n with the mean share m,

        G = Σ_n Σ_m d_n d_m |s_n − s_m|  ÷  (2 · (Σ_n d_n)² · m)

    `unmet` is the part of each need in units that is never served, (C, I, T). The result is the mean of G over items and requirements
    that several counties need, weighted by the value of the need. None without one that has a value.
    """
    needed, share = _sum_over_plan(arrays, unmet)
    total = needed.sum(axis=0)
    weight = np.where((needed > 0).sum(axis=0) > 1, arrays.items.value * total, 0.0)
    if weight.sum() <= 0:
        return None
    # with shares in ascending order, each pair is counted once: Σ_n d_n (s_n · Σ_m<n d_m − Σ_m<n d_m s_m)
    order = np.argsort(share, axis=0, kind="stable")
    need, served_share = np.take_along_axis(needed, order, axis=0), np.take_along_axis(share, order, axis=0)
    served = need * served_share
    need_before, served_before = np.cumsum(need, axis=0) - need, np.cumsum(served, axis=0) - served
    differences = (need * (served_share * need_before - served_before)).sum(axis=0)
    area = total * served.sum(axis=0)
    by_item = np.where(area > 0, differences / np.where(area > 0, area, 1.0), 0.0)
    gini = float(weight @ by_item / weight.sum())
    return gini if gini > NEGLIGIBLE_SHARE else 0.0


def find_greatest_spread(arrays: ProblemArrays, unmet: FloatArray) -> ServedSpread | None:
    """Find the item or requirement whose served share over the plan differs most between counties, from unmet needs in units, (C, I, T).

    None if several counties need none.
    """
    needed, share = _sum_over_plan(arrays, unmet)
    is_needed = needed > 0
    most = np.where(is_needed, share, -np.inf)
    least = np.where(is_needed, share, np.inf)
    spread = np.where(
        is_needed.sum(axis=0) > 1, most.max(axis=0, initial=-np.inf) - least.min(axis=0, initial=np.inf), -1.0
    )
    if not spread.size or spread.max() < 0:
        return None
    item = int(spread.argmax())
    first, last = int(least[:, item].argmin()), int(most[:, item].argmax())
    county = arrays.labels["county"]
    return ServedSpread(
        item=arrays.labels["item"][item],
        spread=float(spread[item]) if spread[item] > NEGLIGIBLE_SHARE else 0.0,
        least_county=county[first],
        least_share=float(share[first, item]),
        most_county=county[last],
        most_share=float(share[last, item]),
    )


def _sum_over_plan(arrays: ProblemArrays, unmet: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return need in units and served share of each county and item over the plan, (C, I); a share is 0 without need."""
    needed = arrays.demand.sum(axis=2)
    served = needed - unmet.sum(axis=2)
    share = np.where(needed > 0, served / np.where(needed > 0, needed, 1.0), 0.0)
    return needed, np.where(share > NEGLIGIBLE_SHARE, share, 0.0)

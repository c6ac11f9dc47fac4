"""Backlog: the part of a shortage that is needed again in the next period.

    need[n,i,t] = d[n,i,t] + κ[i] · Σ_k short[n,i,t−1,k]        served[n,i,t] = need[n,i,t] − Σ_k short[n,i,t,k]

Of a shortage, the part 1 − κ is never served; of the last period, all of it. The sum of these parts is the unmet need of the plan:

    Σ_t served[t] = Σ_t d[t] − Σ_t unmet_share[t] · Σ_k short[t,k]
"""

import numpy as np

from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import FloatArray


def shift_to_next_period(amounts: FloatArray) -> FloatArray:
    """Return amounts one period later, with 0 in the first period; the last axis is the period."""
    shifted = np.zeros_like(amounts)
    shifted[..., 1:] = amounts[..., :-1]
    return shifted


def compute_backlog(arrays: ProblemArrays, shortage: FloatArray) -> FloatArray:
    """Return the backlog of the period before from shortages, each (…, I, T)."""
    return np.asarray(arrays.items.carry_over[:, None] * shift_to_next_period(shortage))


def compute_unmet_share(arrays: ProblemArrays) -> FloatArray:
    """Return the share of a period's shortage that is never served in the plan, (I, T)."""
    share = np.repeat(1.0 - arrays.items.carry_over[:, None], arrays.period_count, axis=1)
    share[:, -1] = 1.0
    return np.asarray(share)


def compute_greatest_needs(arrays: ProblemArrays) -> FloatArray:
    """Return the greatest possible needs in units, (C, I, T): demand, and a backlog of all that may have been short before."""
    needs, short_before = np.empty_like(arrays.demand), np.zeros(arrays.demand.shape[:2])
    for t in range(arrays.period_count):
        needs[..., t] = arrays.demand[..., t] + arrays.items.carry_over * short_before
        short_before = needs[..., t] * arrays.band_width.sum()
        if t < arrays.past.period_count:
            short_before = np.maximum(short_before, arrays.past.short[..., t])
    return needs

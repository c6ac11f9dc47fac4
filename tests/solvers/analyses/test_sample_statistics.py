"""Statistics of a study against published and exact figures."""

import numpy as np
import pytest
from scipy import stats

from solvers.analyses.studies.sample_statistics import (
    compute_worst_mean,
    estimate_probability,
    find_mean_interval,
    find_quantile_interval,
    summarize_sample,
)


def test_worst_mean_counts_the_edge_in_part() -> None:
    """Of 25 values the worst tenth is two and a half: (25 + 24 + 23/2) / 2.5 for costs, (1 + 2 + 3/2) / 2.5 for shares."""
    values = np.arange(1.0, 26.0)
    costs = summarize_sample("base", "objective", values, high_is_good=False)
    shares = summarize_sample("base", "served_share", values, high_is_good=True)
    assert costs.cvar90 == pytest.approx((25 + 24 + 11.5) / 2.5)
    assert shares.cvar90 == pytest.approx((1 + 2 + 1.5) / 2.5)
    assert compute_worst_mean(np.array([7.0])) == 7.0


def test_quantile_intervals_enclose_the_quantile_as_often_as_stated() -> None:
    """The binomial probability that the order statistics enclose the quantile is at least 95 %, and not near 100 %."""
    for count, probability in ((256, 0.1), (256, 0.5), (100, 0.9), (64, 0.5)):
        low, high = find_quantile_interval(np.arange(1.0, count + 1), probability)
        coverage = stats.binom.cdf(high - 1, count, probability) - stats.binom.cdf(low - 1, count, probability)
        assert 0.95 <= coverage <= 0.985
    assert find_quantile_interval(np.array([1.0, 2.0, 3.0]), 0.1) == (1.0, 3.0)


def test_known_intervals() -> None:
    """Wilson's interval of 10 failures in 100, and Student's of 1 to 10."""
    probability, (low, high) = estimate_probability([True] * 10 + [False] * 90)
    assert probability == 0.1
    assert [low, high] == pytest.approx([0.05523, 0.17437], abs=1e-5)
    low, high = find_mean_interval(np.arange(1.0, 11.0))
    assert [low, high] == pytest.approx([3.33415, 7.66585], abs=1e-5)
    assert find_mean_interval(np.array([4.0])) == (4.0, 4.0)


def test_the_error_of_a_correction_widens_every_interval() -> None:
    """Both ends move by the half width."""
    values = np.linspace(0, 1, 101)
    plain, wide = (summarize_sample("base", "x", values, high_is_good=False, half_width=w) for w in (0.0, 0.25))
    assert wide.p50_interval == (plain.p50_interval[0] - 0.25, plain.p50_interval[1] + 0.25)
    assert wide.p50 == plain.p50

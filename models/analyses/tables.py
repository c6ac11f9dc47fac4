"""Row schemas of the tables of analyses. The table `runs` has a column for each factor and outcome beside those stated here."""

from models.base import Frozen


class RunRow(Frozen):
    """One run of a study. Columns of the factors follow `lever`, and columns of the outcomes follow `served_share`."""

    run: int
    """Number of the run, from 0; the draws come in the order of the design, for each lever in turn."""
    lever: str
    """Lever; `base` without changes."""
    outcome: str
    """`optimal`, `infeasible` or `failed`."""
    objective: float | None
    """Weighted shortage and costs in won, before rounding."""
    served_share: float | None
    """Served share of all needs, by value."""
    lower_bound: float | None
    """Certified lower bound of the objective of the problem's own periods, in won."""
    upper_bound: float | None
    """Upper bound of the objective, in won: that of the plan found, up to the certificate; null where only a relaxation was
    solved."""
    fidelity: str
    """Length of the periods in which it was solved."""
    conflict: str
    """Why no plan satisfies every constraint, or why the run failed; empty if it is optimal."""
    plan: str
    """Plan that the run was opened as; empty if it was not."""


class CountyQuantileRow(Frozen):
    """Quantiles of the served share of a county."""

    lever: str
    """Lever; `base` without changes."""
    county: str
    """Identifier of the county."""
    p10: float
    """10 % quantile of the served share, by value."""
    p50: float
    """Median of the served share."""
    p90: float
    """90 % quantile of the served share."""
    probability_below: float | None
    """Share of runs whose served share is below that of the base plan; null without a base plan."""


class ItemQuantileRow(Frozen):
    """Quantiles of the served share of an item or requirement."""

    lever: str
    """Lever; `base` without changes."""
    item: str
    """Identifier of the item or requirement."""
    p10: float
    """10 % quantile of the served share."""
    p50: float
    """Median of the served share."""
    p90: float
    """90 % quantile of the served share."""


class DriverRow(Frozen):
    """How much a factor drives an outcome."""

    lever: str
    """Lever; `base` without changes."""
    outcome: str
    """Outcome, as in the table `runs`."""
    factor: str
    """Name of the factor."""
    first_order: float | None
    """First-order Sobol index: share of the variance that the factor alone explains."""
    total: float | None
    """Total Sobol index: share of the variance that remains as long as only this factor is unknown."""
    first_order_error: float | None
    """Half the width of the 95 % confidence interval of `first_order`."""
    total_error: float | None
    """Half the width of the 95 % confidence interval of `total`."""
    morris_mean: float | None
    """Mean absolute elementary effect (Morris), in units of the outcome over the whole range of the factor."""
    morris_deviation: float | None
    """Standard deviation of the elementary effects: high with interactions or curvature."""
    fit: float | None
    """Share of the variance of unseen runs that the fitted response surface explains; indices with a low fit mean little."""


class BoxRow(Frozen):
    """One side of a box of factors in which thresholds fail (PRIM)."""

    lever: str
    """Lever; `base` without changes."""
    threshold: str
    """Threshold, such as `served_share of priority 1 < 0.6`."""
    box: int
    """Number of the box, from 1."""
    factor: str
    """Name of the factor."""
    least: float
    """Lower end of the box."""
    greatest: float
    """Upper end of the box."""
    coverage: float
    """Share of all failures that lie in the box."""
    density: float
    """Share of the runs in the box that fail."""
    mass: float
    """Share of all runs that lie in the box."""
    probability: float
    """Quasi-p-value: how likely the restriction of this factor is chance."""


class RegretRow(Frozen):
    """Regret of a lever in one draw."""

    lever: str
    """Lever; `base` without changes."""
    draw: int
    """Number of the draw, from 0."""
    objective: float | None
    """Objective in won."""
    regret: float | None
    """Objective minus that of the best lever in this draw, in won."""


class RunCountyRow(Frozen):
    """Served share of a county in one run."""

    run: int
    """Number of the run."""
    county: str
    """Identifier of the county."""
    served_share: float | None
    """Served share, by value."""


class RunItemRow(Frozen):
    """Served share of an item in one run."""

    run: int
    """Number of the run."""
    item: str
    """Identifier of the item or requirement."""
    served_share: float | None
    """Served share."""


class PeriodQuantileRow(Frozen):
    """Quantiles of the served share of a period, for a fan chart."""

    lever: str
    """Lever; `base` without changes."""
    period: str
    """Identifier of the period."""
    p10: float
    """10 % quantile of the served share, by value."""
    p25: float
    """25 % quantile."""
    p50: float
    """Median."""
    p75: float
    """75 % quantile."""
    p90: float
    """90 % quantile."""


class RangeRow(Frozen):
    """Least and greatest value of a measure; see `MeasureRange`."""

    measure: str
    """Measure and what it adds up."""
    slack: float
    """Allowed increase of the objective, relative to the optimum."""
    least: float | None
    """Least value."""
    here: float
    """Value in the plan before rounding."""
    greatest: float | None
    """Greatest value."""
    least_found: float
    """Least value that was found in a plan within the slack."""
    greatest_found: float
    """Greatest value that was found in a plan within the slack."""
    least_bound: float | None
    """Proved bound, which no plan within the slack is below."""
    greatest_bound: float | None
    """Proved bound, which no plan within the slack is above."""
    unit: str
    """Unit; empty for a share."""
    note: str
    """Why a value is missing; empty if none is."""


class BacktestPeriodRow(Frozen):
    """One period of one drawn year under one policy."""

    policy: str
    """Name of the policy."""
    path: int
    """Number of the drawn year, from 0."""
    period: str
    """Identifier of the period."""
    cost: float | None
    """Weighted shortage and costs of the period, in won."""
    served_share: float | None
    """Served share of all needs of the period, by value."""
    quota_value: float | None
    """Value of the quotas in force, in won."""
    quota_change: float | None
    """Value of the changes of quotas by the last plan, in won."""


class BacktestPathRow(Frozen):
    """One drawn year under one policy."""

    policy: str
    """Name of the policy."""
    path: int
    """Number of the drawn year, from 0."""
    outcome: str
    """`optimal`, `infeasible` or `failed`."""
    cost: float | None
    """Objective of the year as it came out, in won."""
    regret: float | None
    """Objective above that of perfect foresight, in won."""


STUDY_TABLES: dict[str, type[Frozen]] = {
    "runs": RunRow,
    "counties": CountyQuantileRow,
    "items": ItemQuantileRow,
    "periods": PeriodQuantileRow,
    "drivers": DriverRow,
    "boxes": BoxRow,
    "regret": RegretRow,
    "run_counties": RunCountyRow,
    "run_items": RunItemRow,
}
"""Row schema of each table of a study."""

RANGES_TABLES: dict[str, type[Frozen]] = {"ranges": RangeRow}
"""Row schema of each table of ranges."""

BACKTEST_TABLES: dict[str, type[Frozen]] = {"paths": BacktestPathRow, "periods": BacktestPeriodRow}
"""Row schema of each table of a backtest."""

"""Backtests: ways of planning against drawn years."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from models.analyses.request_rules import find_backtest_mistakes
from models.analyses.study import Factor, RankCorrelation, Seed
from models.base import ACCEPT_INTEGRAL_FLOAT, Frozen, Id
from models.rule_mistakes import RuledModel, RuleMistake


class Paths(Frozen):
    """Drawn years: in every period each factor has a draw of its own."""

    count: Annotated[int, Field(ge=1, le=1_000, strict=True), ACCEPT_INTEGRAL_FLOAT] = 20
    """Number of years."""
    seed: Seed = 1
    """Seed of the draws."""
    persistence: Annotated[float, Field(ge=0, le=1, strict=True, allow_inf_nan=False)] = 0.0
    """Rank correlation of a factor with itself one period earlier. 0: periods are independent. 1: one draw a year."""


class Horizon(Frozen):
    """How far ahead a policy plans in detail."""

    months: Annotated[int, Field(ge=1, le=1_000, strict=True), ACCEPT_INTEGRAL_FLOAT]
    """Number of periods in full detail."""
    then: Literal["quarters"] = "quarters"
    """Periods after them: three at a time."""


class PlanningPolicy(Frozen):
    """A way of planning a year."""

    name: Id
    """Name, unique in the backtest."""
    replan_every: Annotated[int, Field(ge=1, le=1_000, strict=True), ACCEPT_INTEGRAL_FLOAT] | None = None
    """Periods from one plan to the next; null plans once."""
    forecast: Literal["base", "last", "mean", "perfect"] = "base"
    """What the plan expects of later periods. `base`: the factors stay at 1. `last`: as in the last observed period.
    `mean`: mean of their distributions. `perfect`: what will happen."""
    quotas: Literal["free", "kept_close", "ceilings"] = "free"
    """Quotas of later plans. `free`: as planned anew. `kept_close`: close to the first plan's, after shortage.
    `ceilings`: at most the first plan's."""
    horizon: Horizon | None = None
    """How far ahead the plan looks in detail; null: all periods."""


class BacktestRequest(RuledModel):
    """Ways of planning that are compared against the same drawn years."""

    factors: Annotated[tuple[Factor, ...], Field(min_length=1, max_length=50)]
    """What is not known."""
    rank_correlation: Annotated[tuple[RankCorrelation, ...], Field(max_length=1_225)] = ()
    """Rank correlations of factors within a period."""
    paths: Paths = Paths()
    """Drawn years."""
    policies: Annotated[tuple[PlanningPolicy, ...], Field(min_length=1, max_length=20)]
    """Ways of planning."""

    @classmethod
    def find_mistakes(cls, raw: Mapping[str, Any]) -> Iterator[RuleMistake]:
        """Yield the mistakes against the rules of a backtest."""
        return find_backtest_mistakes(raw)


class ServedByPriority(Frozen):
    """Quantiles over the years of the served share of one priority."""

    priority: int
    """Priority of items."""
    p10: float
    """10 % quantile."""
    p50: float
    """Median."""
    p90: float
    """90 % quantile."""


class PolicyResult(Frozen):
    """What came of a way of planning."""

    policy: str
    """Name of the policy."""
    cost_mean: float | None
    """Mean objective of the years as they came out, in won; null if none came to its end. So are the other figures."""
    cost_p10: float | None
    """10 % quantile of the objective."""
    cost_p50: float | None
    """Median of the objective."""
    cost_p90: float | None
    """90 % quantile of the objective."""
    served: tuple[ServedByPriority, ...] = ()
    """Served shares by priority."""
    regret: float | None
    """Mean objective above that of perfect foresight, in won."""
    value_of_replanning: float | None = None
    """Mean objective of a policy that plans once, minus this one's, in won: of one with the same forecast and horizon, or
    else of one with the forecast `base`. Null without such a policy."""
    nervousness: float | None
    """Changes of quotas from plan to plan, relative to the quotas, by value."""
    infeasible_count: int = 0
    """Years in which the policy came to a period in which no plan satisfies every constraint."""
    failed_count: int = 0
    """Years in which a plan was not proved within the time limit."""


class BacktestResult(Frozen):
    """Results by policy."""

    perfect_foresight_mean: float | None
    """Mean objective of the years planned with perfect foresight, in won; null if none has a plan."""
    policies: tuple[PolicyResult, ...]
    """Results, in the order of the request."""

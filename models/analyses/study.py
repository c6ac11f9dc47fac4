"""Studies: the same plan under many draws of what is not known."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from models.analyses.distributions import Distribution
from models.analyses.measures import OutcomeMeasure
from models.analyses.request_rules import MAX_RUNS, find_study_mistakes
from models.base import ACCEPT_INTEGRAL_FLOAT, Amount, Frozen, Id
from models.changes.change import Change, ChangeName, Selector
from models.rule_mistakes import RuledModel, RuleMistake, raise_mistakes
from models.validation.checks.context import quote_name

RESERVED_COLUMNS = frozenset(
    {
        "run",
        "lever",
        "outcome",
        "objective",
        "served_share",
        "power_used",
        "lower_bound",
        "upper_bound",
        "fidelity",
        "conflict",
        "plan",
    }
)
"""Columns of the table `runs` that no factor may be named after."""

Count = Annotated[int, Field(ge=1, strict=True), ACCEPT_INTEGRAL_FLOAT]
Seed = Annotated[int, Field(ge=0, le=2**32 - 1, strict=True), ACCEPT_INTEGRAL_FLOAT]


class FactorChange(Frozen):
    """A change whose factor is drawn; see `Change`."""

    what: ChangeName
    """Part of the problem to change, as in `Change.what`."""
    where: Selector | Annotated[tuple[Selector, ...], Field(min_length=1)] | None = None
    """Selection, as in `Change.where`."""
    periods: Annotated[tuple[Id, ...], Field(min_length=1)] | None = None
    """Periods, as in `Change.periods`."""

    def build_change(self, factor: float) -> Change:
        """Return the change with a drawn factor."""
        return Change(what=self.what, where=self.where, periods=self.periods, factor=factor)


class Factor(Frozen):
    """Something that is not known: a draw multiplies everything that its changes list."""

    name: Id
    """Name, unique in the study; the column of its draws."""
    changes: Annotated[tuple[FactorChange, ...], Field(min_length=1, max_length=100)]
    """Changes that move together."""
    distribution: Distribution
    """Distribution of the factor, where 1 leaves the problem unchanged."""

    @model_validator(mode="after")
    def _name_is_free(self) -> Self:
        if self.name in RESERVED_COLUMNS:
            message = f"{quote_name(self.name)} is a column of the table `runs`."
            raise_mistakes([RuleMistake(("name",), "reserved_name", message, "Choose another name.")])
        return self


class RankCorrelation(Frozen):
    """Rank correlation (Spearman) of two factors."""

    factors: tuple[Id, Id]
    """Names of the two factors."""
    value: Annotated[float, Field(ge=-1, le=1, strict=True, allow_inf_nan=False)]
    """Correlation, −1 to 1."""


class Lever(Frozen):
    """A named set of changes that the planner could make, compared with others under the same draws."""

    name: Id
    """Name, unique in the study."""
    changes: Annotated[tuple[Change, ...], Field(max_length=1_000)]
    """Changes, applied before those of the factors."""


class SampledDesign(Frozen):
    """Draws from the distributions."""

    kind: Literal["sobol", "latin_hypercube"] = "sobol"
    """`sobol`: scrambled Sobol points, best at sizes that are powers of two. `latin_hypercube`: every factor has one
    draw in each of `size` equally likely intervals."""
    size: Annotated[int, Field(ge=1, le=MAX_RUNS, strict=True), ACCEPT_INTEGRAL_FLOAT] = 256
    """Number of draws."""
    seed: Seed = 1
    """Seed of the draws: the same seed gives the same study."""


class GridDesign(Frozen):
    """All combinations of evenly spaced values between the ends of the distributions."""

    kind: Literal["grid"]
    """Kind of the design."""
    levels: Annotated[int, Field(ge=1, le=1_000, strict=True), ACCEPT_INTEGRAL_FLOAT]
    """Number of values of each factor; the middle if 1."""
    seed: Seed = 1
    """Seed of the analysis."""


class ListDesign(Frozen):
    """Stated points."""

    kind: Literal["list"]
    """Kind of the design."""
    points: Annotated[tuple[dict[Id, Amount], ...], Field(min_length=1, max_length=MAX_RUNS)]
    """Points: the value of every factor by its name."""
    seed: Seed = 1
    """Seed of the analysis."""


def _select_design_kind(value: object) -> str:
    kind = value.get("kind", "sobol") if isinstance(value, dict) else getattr(value, "kind", "sobol")
    return kind if kind in ("grid", "list") else "sampled"


Design = Annotated[
    Annotated[SampledDesign, Tag("sampled")] | Annotated[GridDesign, Tag("grid")] | Annotated[ListDesign, Tag("list")],
    Discriminator(_select_design_kind),
]
"""Which points a study solves."""


class Threshold(OutcomeMeasure):
    """A bound that an outcome should keep, whose probability of failure the study states."""

    least: float | None = None
    """The outcome fails below this value."""
    most: float | None = None
    """The outcome fails above this value."""

    @model_validator(mode="after")
    def _states_one_bound(self) -> Self:
        if (self.least is None) == (self.most is None):
            message = "Neither `least` nor `most` is given." if self.least is None else "`least` and `most` are given."
            raise_mistakes([RuleMistake((), "invalid", message, "State either `least` or `most`.")])
        return self


Fidelity = Literal["month", "quarter", "year", "auto"]
"""Length of the periods in which the runs are solved.

`month`: the periods of the problem. `quarter`, `year`: the relaxation with three or all periods summed, faster, with a
certified lower bound of the objective. `auto`: all runs by year or quarter, corrected by some runs by month.
"""

Hold = Literal["nothing", "quotas", "swaps"]
"""What a ratified plan holds.

`nothing`: every run is planned anew. `quotas`: no line makes more than its quota of the base plan. `swaps`: swaps are
those of the base plan.
"""


class AdaptiveDesign(Frozen):
    """Solve further points only where the certified bounds of the objective leave most open."""

    width: Annotated[float, Field(gt=0, le=1, strict=True)] = 0.02
    """Width of the bounds at which to stop, relative to the objective."""
    threshold: Amount | None = None
    """Solve only points whose bounds straddle this objective, in won."""
    max_runs: Count = 64
    """Most further runs."""


class StudyRequest(RuledModel):
    """What a study varies, under which draws, and what it records; its base problem is stated beside it."""

    factors: Annotated[tuple[Factor, ...], Field(min_length=1, max_length=50)]
    """What is not known."""
    rank_correlation: Annotated[tuple[RankCorrelation, ...], Field(max_length=1_225)] = ()
    """Rank correlations of factors; 0 where none is stated."""
    levers: Annotated[tuple[Lever, ...], Field(max_length=100)] = ()
    """Sets of changes to compare. The base without changes is always among them, as lever `base`."""
    design: Design = Field(default_factory=SampledDesign)
    """Which points are solved."""
    adaptive: AdaptiveDesign | None = None
    """Further points where bounds are wide; absent: only the points of the design."""
    hold: Hold = "nothing"
    """What the base plan holds; anything but `nothing` needs a plan as base."""
    outcomes: Annotated[tuple[OutcomeMeasure, ...], Field(max_length=100)] = ()
    """Outcomes to record beside objective and served share."""
    thresholds: Annotated[tuple[Threshold, ...], Field(max_length=100)] = ()
    """Bounds of outcomes whose probability of failure is stated."""
    fidelity: Fidelity = "month"
    """Length of periods."""
    keep: Literal["summary", "tables"] = "summary"
    """`summary`: one row for each run, and quantiles of counties and items. `tables`: also the served shares of counties
    and items of each run, in the tables `run_counties` and `run_items`."""

    @classmethod
    def find_mistakes(cls, raw: Mapping[str, Any]) -> Iterator[RuleMistake]:
        """Yield the mistakes against the rules of a study."""
        return find_study_mistakes(raw)

    def count_draws(self) -> int:
        """Return the number of points of the design."""
        if isinstance(self.design, ListDesign):
            return len(self.design.points)
        if isinstance(self.design, GridDesign):
            return int(self.design.levels ** len(self.factors))
        return self.design.size


class Quantiles(Frozen):
    """Quantiles of one outcome over the draws, with 95 % confidence intervals."""

    lever: str
    """Lever; `base` without changes."""
    outcome: str
    """Outcome, as in the table `runs`."""
    count: int
    """Number of runs with this outcome."""
    mean: float
    """Mean."""
    p10: float
    """10 % quantile."""
    p50: float
    """Median."""
    p90: float
    """90 % quantile."""
    mean_interval: tuple[float, float]
    """95 % confidence interval of the mean."""
    p10_interval: tuple[float, float]
    """95 % confidence interval of the 10 % quantile."""
    p50_interval: tuple[float, float]
    """95 % confidence interval of the median."""
    p90_interval: tuple[float, float]
    """95 % confidence interval of the 90 % quantile."""
    cvar90: float
    """Conditional value at risk: mean of the worst tenth, the highest of `objective`, `periods_below` and
    `shadow_price`, the lowest of a served share."""


class ThresholdResult(Frozen):
    """Probability that a threshold is missed."""

    lever: str
    """Lever; `base` without changes."""
    outcome: str
    """Outcome, as in the table `runs`."""
    least: float | None = None
    """The outcome fails below this value."""
    most: float | None = None
    """The outcome fails above this value."""
    probability: float
    """Share of draws in which it fails; an infeasible run fails."""
    interval: tuple[float, float]
    """95 % confidence interval of the probability."""


class MultiFidelity(Frozen):
    """How runs of long periods were corrected by runs of the problem's own periods."""

    fidelity: Literal["quarter", "year"]
    """Fidelity of all runs."""
    corrected_by: int
    """Number of runs by month."""
    correlation: float
    """Correlation of the objectives of both."""
    largest_correction: float
    """Largest correction of the objective of a run, relative to it."""


class StudyResult(Frozen):
    """Head of a finished study."""

    run_count: int
    """Number of runs."""
    infeasible_count: int = 0
    """Runs in which no plan satisfies every constraint."""
    failed_count: int = 0
    """Runs without a proved optimum."""
    clipped_count: int = 0
    """Draws that left the range of a field and were clipped."""
    fidelity: Fidelity
    """Fidelity of the figures."""
    multi_fidelity: MultiFidelity | None = None
    """How figures of longer periods were corrected, with fidelity `auto`."""
    is_convex: bool
    """Whether the factors change right-hand sides only, so that the objective has certified bounds everywhere."""
    convexity_reason: str = ""
    """Why there are no bounds; empty if there are."""
    quantiles: tuple[Quantiles, ...] = ()
    """Quantiles by lever and outcome."""
    thresholds: tuple[ThresholdResult, ...] = ()
    """Probabilities of failure by lever and threshold."""
    perfect_information: float | None = None
    """Expected value of perfect information about the factors when choosing a lever: mean objective of the best single lever
    minus mean objective of the best lever for each draw, in won. Null without levers."""


class BoundsRequest(Frozen):
    """Points at which to bound the objective."""

    points: Annotated[tuple[dict[Id, Amount], ...], Field(min_length=1, max_length=10_000)]
    """Points: the value of every factor by its name."""
    lever: Id = "base"
    """Lever; `base` without changes."""


class ObjectiveBounds(Frozen):
    """Bounds of the optimal objective at a point that need not have been solved.

    They are proved where limits follow the factors exactly; where limits are rounded to whole units, they allow for the
    rounding that was measured.
    """

    lower_bound: float | None
    """Lower bound in won, from dual solutions of runs; null if the value is not convex in the factors."""
    upper_bound: float | None
    """Upper bound in won, from a convex combination of runs; null outside of their convex hull too."""
    reason: str = ""
    """Why a bound is null."""


class BoundsAnswer(Frozen):
    """Bounds by point."""

    bounds: tuple[ObjectiveBounds, ...]
    """Bounds, in the order of the points."""

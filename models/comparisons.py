"""Comparisons of plans, trade-offs between goals, and equity of the distribution."""

from typing import Literal

from models.base import Frozen
from models.plan import GoalResult, Infeasibility, ServedShare, ServedSpread

ComparedOutcome = Literal["optimal", "infeasible"]
"""`optimal`: a plan was found and proved. `infeasible`: no plan satisfies every constraint."""


class InputDifference(Frozen):
    """An input with different values in two problems."""

    path: str
    """Location of the input: parts of the problem and identifiers, separated by `/`."""
    before: str
    """Value in the first problem, as JSON; empty if absent."""
    after: str
    """Value in the second problem, as JSON; empty if absent."""


class ResultDifference(Frozen):
    """A result with different values in two plans."""

    key: str
    """County, category, factory, item or period."""
    before: float
    """Value in the first plan."""
    after: float
    """Value in the second plan."""


class ComparisonStep(Frozen):
    """One step of the decomposition of the difference between two plans."""

    name: str
    """Input that the step changes."""
    objective: float | None
    """Objective after the step, in weighted won; null if the problem is then infeasible."""
    served_share: float | None
    """Served share after the step, 0 to 1; null if the problem is then infeasible."""
    objective_change: float | None
    """Change of the objective by the step, in weighted won; null without a plan after or before the step."""
    served_share_change: float | None
    """Change of the served share by the step; null without a plan after or before the step."""


class ReservedNeed(Frozen):
    """A need whose least amount served differs in two problems, such as that of a remedy, with its shortage in both plans."""

    county: str
    """Identifier of the county."""
    item: str
    """Identifier of the item."""
    period: str
    """Identifier of the period."""
    unit: str
    """Unit of the item."""
    before: float
    """Units short in the first plan, before rounding."""
    after: float
    """Units short in the second plan, before rounding."""


class Comparison(Frozen):
    """Two plans side by side, and a decomposition of their difference.

    If one of the two problems is infeasible, its inputs are compared, and all figures of the two plans are null.
    """

    outcome: ComparedOutcome
    """Outcome of the second plan, or of the plan with the changes."""
    base_outcome: ComparedOutcome
    """Outcome of the first plan."""
    relaxed: bool = False
    """Whether the figures are those of the linear program before rounding, while the plans themselves have whole units. False
    for two finished plans, whose own figures are compared. The steps are never rounded."""
    reserved: tuple[ReservedNeed, ...] | None
    """Needs whose least amount served (`served_least`) differs, with the shortage before and after; at most 200."""
    inputs: tuple[InputDifference, ...]
    """Different inputs; at most 200."""
    input_difference_count: int
    """Number of all different inputs."""
    infeasibility: Infeasibility | None
    """Conflict and least relaxation of the second problem, as in its plan; null unless `outcome` is `infeasible`."""
    objective: tuple[float, float] | None
    """Weighted shortage plus costs of both plans, in weighted won, independent of the goals of the policies."""
    served_share: tuple[float, float] | None
    """Served share of both plans by value."""
    goals: tuple[ResultDifference, ...] | None
    """Values of the ordered goals, keyed by position and name, such as `1 shortage`; empty if no goals are listed."""
    by_county: tuple[ResultDifference, ...] | None
    """Served share of each county."""
    by_category: tuple[ResultDifference, ...] | None
    """Served share of each category."""
    by_factory: tuple[ResultDifference, ...] | None
    """Value made by each factory, in won; the 50 largest differences at most."""
    steps: tuple[ComparisonStep, ...]
    """Decomposition of the difference: each step changes one more input and is solved, before rounding to whole units.
    The changes of the steps add up to the difference before rounding. A step without a plan changes nothing; the next step counts from the last plan."""


class GoalTradeOff(Frozen):
    """What one goal loses to the goals before it."""

    goal: str
    """Name of the goal."""
    result: GoalResult
    """Result of the goal in lexicographic optimization."""
    unconstrained_value: float
    """Optimal value of the goal without the goals before it."""
    loss_to_earlier_goals: float
    """Loss caused by the goals before it, in the unit of the goal; never negative."""
    shadow_prices: dict[str, float]
    """Improvement of the goal per unit of relaxation of an earlier goal, keyed by its position and name, such as `1
    shortage`."""


class GoalTradeOffs(Frozen):
    """What each ordered goal loses to the goals before it."""

    goals: tuple[GoalTradeOff, ...]
    """Goals in order; empty if the policy lists none."""


class ShortageBandUsage(Frozen):
    """Use of one shortage band."""

    band: int
    """Number of the band in the policy, from 1."""
    weight: float
    """Weight of the band."""
    value: float
    """Value of the shortage in the band, in won."""
    need_count: int
    """Number of needs (county, item, period) with a shortage in the band."""
    filled_count: int
    """Number of needs that fill the band."""


class EquityMeasures(Frozen):
    """Need served by a plan, and how equally, before rounding."""

    objective: float
    """Weighted shortage plus costs, in weighted won, with every unit of a need at the weight of the last unit served."""
    served_share: float
    """Served share of the need, by value."""
    gini: float | None
    """Gini coefficient of served shares between counties within a good; null if no good of value is needed by several
    counties."""
    greatest_spread: ServedSpread | None
    """The good whose served share differs most between counties; null if no good is needed by several counties."""


class PriceOfEquity(Frozen):
    """What equity costs: the plan against the plan of the same problem without fairness, both before rounding to whole
    units."""

    fair: EquityMeasures
    """The plan."""
    plain: EquityMeasures
    """The plan without fairness: every unit of a need weighs the same, however little of the need is served."""
    price: float
    """Objective of the plan minus that of the plan without fairness, in weighted won. At least 0 without ordered goals."""
    relative_price: float | None
    """`price` as a share of the objective without fairness; null if that is 0."""


class EquityReport(Frozen):
    """How equally the shortages of a finished plan are distributed between counties."""

    by_county: dict[str, tuple[ServedShare, ...]]
    """Served share by priority, for each county."""
    served_share_range: dict[str, float]
    """Largest minus smallest served share of a county, for each priority."""
    shortage_bands: tuple[ShortageBandUsage, ...]
    """Use of each shortage band, or of each piece of `policy.fairness`."""
    gini: float | None
    """Gini coefficient of served shares between counties within a good, weighted by needs, and by the value of the need
    over goods; null if no good of value is needed by several counties."""
    greatest_spread: ServedSpread | None
    """The good whose served share differs most between counties; null if no good is needed by several counties."""
    price: PriceOfEquity | None = None
    """What equity costs; null unless requested."""

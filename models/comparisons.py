"""Comparisons of plans, what goals gave up for each other, and how evenly scarcity is shared out."""

from models.base import Frozen
from models.plan import GoalResult, ServedShare


class InputDifference(Frozen):
    """An input that differs."""

    path: str
    """Where: parts of the problem and identifiers, with `/` between them."""
    before: str
    """What it was, as JSON; empty where there was nothing."""
    after: str
    """What it is, as JSON; empty where there is nothing."""


class ResultDifference(Frozen):
    """A result that differs."""

    key: str
    """County, category, factory, item or period."""
    before: float
    """What it was."""
    after: float
    """What it is."""


class ComparisonStep(Frozen):
    """One step from the first plan to the second."""

    name: str
    """What is changed in it."""
    objective: float | None
    """Objective after it; null where no plan keeps every rule then."""
    served_share: float | None
    """Served share after it."""
    objective_change: float | None
    """What the step adds to the objective, won."""
    served_share_change: float | None
    """What the step adds to the served share."""


class Comparison(Frozen):
    """Two plans side by side, and how one becomes the other."""

    inputs: tuple[InputDifference, ...]
    """Inputs that differ; at most 200."""
    input_difference_count: int
    """How many differ in all."""
    objective: tuple[float, float]
    """Weighted shortages and costs before rounding, won, whatever goals were sought."""
    served_share: tuple[float, float]
    """Served shares, by value, before rounding."""
    goals: tuple[ResultDifference, ...]
    """What each ordered goal comes to, by its place and name, such as `1 shortage`; none where no goals are listed."""
    by_county: tuple[ResultDifference, ...]
    """Served share by county."""
    by_category: tuple[ResultDifference, ...]
    """Served share by category."""
    by_factory: tuple[ResultDifference, ...]
    """Won's worth made by factory; at most 50, those that differ most."""
    steps: tuple[ComparisonStep, ...]
    """The change taken apart along an order: each step is solved with the ones before it; the steps add up to the whole."""


class GoalTradeOff(Frozen):
    """What a goal gave up for those before it."""

    goal: str
    """The goal."""
    result: GoalResult
    """What it reached in its turn."""
    unconstrained_value: float
    """What it would have reached had it come first."""
    loss_to_earlier_goals: float
    """What it gave up for the goals before it, in its own unit; never negative."""
    shadow_prices: dict[str, float]
    """How much better it would be per unit by which an earlier goal gave way, by that goal's name and position, `1 shortage`."""


class GoalTradeOffs(Frozen):
    """What each ordered goal gave up for those before it."""

    goals: tuple[GoalTradeOff, ...]
    """Goals in order; none where the policy lists none."""


class ShortageBandUsage(Frozen):
    """How one band of shortages is used."""

    band: int
    """Band, 1 the first of the policy."""
    weight: float
    """Its weight."""
    value: float
    """Won's worth short in it."""
    need_count: int
    """Needs (county, item, period) that reach into it."""
    filled_count: int
    """Needs that fill it."""


class EquityReport(Frozen):
    """How evenly scarcity is shared out."""

    by_county: dict[str, tuple[ServedShare, ...]]
    """Served share by priority, by county."""
    served_share_range: dict[str, float]
    """Greatest less smallest county's served share, by priority."""
    shortage_bands: tuple[ShortageBandUsage, ...]
    """How the bands of shortages share it out."""

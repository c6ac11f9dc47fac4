"""The planner's policy: weights of shortages, costs and quality, and the order of goals."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from models.base import Amount, Frozen, Share

GoalName = Literal["worst_fulfilment", "shortage", "quotas_close", "central_share", "quality", "cost", "level"]
"""Names of the goals that a plan can optimise in order."""


class ShortageBand(Frozen):
    """A part of a demand that may remain unmet, with its weight. Deeper bands weigh more."""

    width: Share
    """Share of the demand that the band covers, 0 to 1."""
    weight: Amount
    """Weight of a unit short in this band."""


class Goal(Frozen):
    """One goal of an ordered list, for lexicographic optimization.

    Each goal is optimised in turn; later goals must keep its optimum within its tolerance.
    """

    goal: GoalName
    """Goal to optimise. `worst_fulfilment`: maximise the smallest served share (max-min fairness). `shortage`:
    minimise weighted shortage. `quotas_close`: minimise the deviation of quotas from `former_quotas`, by value.
    `central_share`: minimise the deviation from a target share. `quality`: minimise the value lost to low quality.
    `cost`: minimise cost. `level`: minimise the cost of rate changes and of stock left over; see `Policy.smoothing`."""
    over: Literal["county", "item", "county_item"] = "county_item"
    """For `worst_fulfilment`: groups whose served share, over the whole plan and by value, is compared."""
    target: Share | None = None
    """For `central_share`: target share of the centre in all goods supplied, by value; `supply_shares.central` if
    absent."""
    tolerance: Amount = 1e-6
    """Allowed deviation from the optimum in later goals, relative to max(1, its value); 1e-6 by default."""


def _select_goal_form(value: Any) -> str:
    return "name" if isinstance(value, str) else "goal"


OrderedGoal = Annotated[
    Annotated[GoalName, Tag("name")] | Annotated[Goal, Tag("goal")], Discriminator(_select_goal_form)
]
"""A goal by name, or as an object with further fields."""

PriorityKey = Literal["1", "2", "3"]


class Policy(Frozen):
    """The planner's weights, goals and rules."""

    shortage_bands: Annotated[tuple[ShortageBand, ...], Field(min_length=1, max_length=10)] = (
        ShortageBand(width=0.5, weight=4),
        ShortageBand(width=0.3, weight=2),
        ShortageBand(width=0.2, weight=1),
    )
    """Bands of a shortage. Bands with the lowest weight fill first, which spreads shortages over counties."""
    priority_weights: dict[PriorityKey, Amount] = {"1": 4, "2": 2, "3": 1}
    """Weight of a shortage by the item's priority; 4, 2 and 1 by default."""
    goals: Annotated[tuple[OrderedGoal, ...], Field(min_length=1, max_length=10)] | None = None
    """Goals in order; null minimises the sum of weighted shortage and costs."""
    own_needs_first: bool = False
    """Whether swaps must leave every county at least as much of every good as a plan without swaps."""
    own_surplus: bool = False
    """Whether swaps give at most what local factories have made so far and the opening stock, by item over the whole
    region. What the centre or another partner supplies is then no means of payment."""
    tie_break: bool = False
    """Whether ties between optimal plans are settled: the plan that serves most, then makes, draws, swaps, ships and
    stores least, by value and tonne-km."""
    quality_weight: Amount = 0.0
    """Weight of missing quality, in won per won of value; 0 by default."""
    smoothing: Amount = 0.0
    """Weight of changes of production from period to period, in won per won of value; 0 by default, which permits any
    change. A rise of the output per day costs half the weight, and a fall the other half: output that runs in a single
    period costs the weight times its value. Stock left at the end above its minimum costs the weight times its value as
    well. With ordered goals, both count only where the goal `level` is listed."""

    @property
    def is_level(self) -> bool:
        """Whether rate changes and stock left over count: `smoothing` is above 0, without goals or with the goal `level`."""
        goals = self.expand_ordered_goals()
        return self.smoothing > 0 and (not goals or any(goal.goal == "level" for goal in goals))

    def expand_ordered_goals(self) -> tuple[Goal, ...]:
        """Return the goals as `Goal` objects; empty if none are stated."""
        return tuple(Goal(goal=g) if isinstance(g, str) else g for g in self.goals or ())

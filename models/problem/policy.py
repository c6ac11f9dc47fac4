"""How the planner weighs shortages, costs and quality, and in which order goals come."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from models.base import Amount, Frozen, Share

GoalName = Literal["worst_fulfilment", "shortage", "quotas_close", "central_share", "quality", "cost"]
"""What a plan can be asked to do first, next and so on."""


class ShortageBand(Frozen):
    """A slice of a demand that may go unmet, with its weight; the deeper the dearer."""

    width: Share
    """Share of the demand this band covers, 0 to 1."""
    weight: Amount
    """Weight of a unit short in this band."""


class Goal(Frozen):
    """One goal of an ordered list: solved to its optimum, then held while the next is solved."""

    goal: GoalName
    """What is sought. `worst_fulfilment`: raise the smallest served share; `shortage`: least weighted shortage;
    `quotas_close`: quotas to come as near to `former_quotas` as can be, by value;
    `central_share`: stay close to a target share; `quality`: least value lost to low quality; `cost`: least cost."""
    over: Literal["county", "item", "county_item"] = "county_item"
    """For `worst_fulfilment`: whose served share (over the whole plan, weighted by value) is compared."""
    target: Share | None = None
    """For `central_share`: the share of all goods supplied, by value, that the centre should give;
    `supply_shares.central` if absent."""
    tolerance: Amount = 1e-6
    """How far later goals may move this one from its optimum, relative to max(1, its value)."""


def _select_goal_form(value: Any) -> str:
    return "name" if isinstance(value, str) else "goal"


OrderedGoal = Annotated[
    Annotated[GoalName, Tag("name")] | Annotated[Goal, Tag("goal")], Discriminator(_select_goal_form)
]
"""A goal by its name alone, or with its particulars."""

PriorityKey = Literal["1", "2", "3"]


class Policy(Frozen):
    """The planner's weights and rules of conduct."""

    shortage_bands: Annotated[tuple[ShortageBand, ...], Field(min_length=1, max_length=10)] = (
        ShortageBand(width=0.5, weight=4),
        ShortageBand(width=0.3, weight=2),
        ShortageBand(width=0.2, weight=1),
    )
    """Bands of a shortage; the least weighted fill first, so scarcity is shared out rather than dropped on one county."""
    priority_weights: dict[PriorityKey, Amount] = {"1": 4, "2": 2, "3": 1}
    """Weight of a shortage by the item's priority."""
    goals: Annotated[tuple[OrderedGoal, ...], Field(min_length=1, max_length=10)] | None = None
    """Goals in order; `null` minimises weighted shortage and costs together."""
    own_needs_first: bool = False
    """Whether swaps may leave no county with less of any good than it has when no swaps are allowed."""
    quality_weight: Amount = 0.0
    """Won per won's worth of quality missing in what is made."""

    def expand_ordered_goals(self) -> tuple[Goal, ...]:
        """The goals with their particulars; empty when none are stated."""
        return tuple(Goal(goal=g) if isinstance(g, str) else g for g in self.goals or ())

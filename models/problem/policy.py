"""The planner's policy: weights of shortages, costs and quality, and the order of goals."""

from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from models.base import ACCEPT_INTEGRAL_FLOAT, Amount, Flag, Frozen, Id, Label, Share
from models.fairness import compute_fairness_weights
from models.problem.items import Priority
from models.rule_mistakes import RuleMistake, raise_mistakes

GoalName = Literal["worst_fulfilment", "shortage", "quotas_close", "central_share", "quality", "cost", "level"]
"""Names of the goals that a plan can optimise in order."""


class ShortageBand(Frozen):
    """A part of a demand that may remain unmet, with its weight. Deeper bands weigh more."""

    width: Share
    """Share of the demand that the band covers, 0 to 1."""
    weight: Amount
    """Weight of a unit short in this band."""


class Fairness(Frozen):
    """Alpha-fairness: how much more a unit of a need weighs, the less of the need is served."""

    alpha: Annotated[float, Field(ge=0, le=3, strict=True, allow_inf_nan=False)] = 1.0
    """Aversion to inequality, 0 to 3. 0: every unit weighs the same. 1: proportional fairness. Higher values approach
    max-min fairness, which is the goal `worst_fulfilment`."""
    pieces: Annotated[int, Field(ge=1, le=20, strict=True), ACCEPT_INTEGRAL_FLOAT] = 10
    """Number of equal pieces of a need, 1 to 20. A unit short weighs more in each further piece."""


class NeedSelection(Frozen):
    """A selection of needs. A need is selected if it is in every stated list; an absent list selects everything."""

    priority: Annotated[tuple[Priority, ...], Field(min_length=1)] | None = None
    """Priorities of items: 1, 2 or 3."""
    category: Annotated[tuple[Label, ...], Field(min_length=1)] | None = None
    """Categories of items."""
    item: Annotated[tuple[Id, ...], Field(min_length=1)] | None = None
    """Identifiers of items."""
    county: Annotated[tuple[Id, ...], Field(min_length=1)] | None = None
    """Identifiers of counties."""

    @model_validator(mode="after")
    def _states_a_list(self) -> Self:
        if all(values is None for values in self.model_dump().values()):
            remedy = "State at least one of `priority`, `category`, `item` and `county`."
            raise_mistakes([RuleMistake((), "invalid", "The selection is empty.", remedy)])
        return self

    def __str__(self) -> str:
        """Return the stated lists in words, such as `priority 1, county kapsan or pochon`."""
        stated = {name: values for name, values in self.model_dump().items() if values is not None}
        return ", ".join(f"{name} {' or '.join(map(str, values))}" for name, values in stated.items())


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
    of: NeedSelection | None = None
    """For `shortage`: the needs whose shortage counts; all needs if absent. Several goals `shortage` in order make strict
    priorities."""
    tolerance: Amount = 1e-6
    """Allowed deviation from the optimum in later goals, relative to max(1, its value); 1e-6 by default."""

    @property
    def label(self) -> str:
        """Name of the goal for people, with its selection, such as `shortage of priority 1`."""
        return self.goal if self.of is None else f"{self.goal} of {self.of}"


def _select_goal_form(value: Any) -> str:
    return "name" if isinstance(value, str) else "goal"


OrderedGoal = Annotated[
    Annotated[GoalName, Tag("name")] | Annotated[Goal, Tag("goal")], Discriminator(_select_goal_form)
]
"""A goal by name, or as an object with further fields."""

PriorityKey = Literal["1", "2", "3"]


class Policy(Frozen):
    """The planner's weights, goals and rules."""

    fairness: Fairness = Fairness()
    """Fairness of the distribution of shortages over counties, items and periods."""
    shortage_bands: Annotated[tuple[ShortageBand, ...], Field(min_length=1, max_length=10)] | None = None
    """Bands of a shortage, which replace `fairness`; null by default, so that `fairness` applies. Bands with the lowest
    weight fill first, which spreads shortages over counties."""
    priority_weights: dict[PriorityKey, Amount] = {"1": 4, "2": 2, "3": 1}
    """Weight of a shortage by the item's priority; 4, 2 and 1 by default."""
    goals: Annotated[tuple[OrderedGoal, ...], Field(min_length=1, max_length=10)] | None = None
    """Goals in order; null minimises the sum of weighted shortage and costs."""
    own_needs_first: Flag = False
    """Whether swaps must leave every county at least as much of every good as a plan without swaps."""
    own_surplus: Flag = True
    """Whether swaps give at most what local factories have made so far and the opening stock, by item over the whole
    region. What the centre or another partner supplies is then no means of payment. True by default."""
    tie_break: Flag = True
    """Whether ties between optimal plans are settled: the plan that serves most, then makes, draws, swaps, ships and
    stores least, by value and tonne-km. True by default."""
    quality_weight: Amount = 0.0
    """Weight of missing quality, in won per won of value; 0 by default."""
    smoothing: Amount = 0.03
    """Weight of changes of production from period to period, in won per won of value; 0.03 by default. 0 permits any
    change. A rise of the output per day costs half the weight, and a fall the other half: output that runs in a single
    period costs the weight times its value. Stock left at the end above its minimum, and goods given in
    swaps for nothing, cost the weight times their value as well. With ordered goals, these count only where the goal
    `level` is listed."""

    @property
    def is_level(self) -> bool:
        """Whether rate changes and stock left over count: `smoothing` is above 0, without goals or with the goal `level`."""
        goals = self.expand_ordered_goals()
        return self.smoothing > 0 and (not goals or any(goal.goal == "level" for goal in goals))

    def list_effective_bands(self) -> tuple[ShortageBand, ...]:
        """Return the stated shortage bands, or the pieces of `fairness` as bands, the least short first."""
        if self.shortage_bands is not None:
            return self.shortage_bands
        weights = compute_fairness_weights(self.fairness.alpha, self.fairness.pieces)
        return tuple(ShortageBand(width=1 / len(weights), weight=weight) for weight in weights)

    def expand_ordered_goals(self) -> tuple[Goal, ...]:
        """Return the goals as `Goal` objects; empty if none are stated."""
        return tuple(Goal(goal=g) if isinstance(g, str) else g for g in self.goals or ())

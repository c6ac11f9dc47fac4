"""What prices foretell of changes, before anything is solved again."""

from models.answers import LimitReference
from models.base import Frozen


class ShiftedLimit(LimitReference):
    """A limit with a price that a change moves."""

    shadow_price: float
    """Won of the objective saved by one more unit (one less, where it is a least amount)."""
    bound_change: float
    """Units by which the change moves it."""
    objective_change: float
    """What that adds to the objective at the plan's prices, won."""


class RuleContribution(Frozen):
    """Limits of one rule, added up."""

    rule: str
    """Rule or decision, by its name in the formulation; `balance` are the needs themselves."""
    objective_change: float
    """What they add to the objective at the plan's prices, won."""
    limit_count: int
    """How many with a price the change moves."""


class ObjectiveEstimate(Frozen):
    """What the plan's prices foretell of changes. The objective is convex in the limits, so prices never foretell too much.

    With `exact` the prices hold all the way, and `change` is what solving again will find. Else the objective rises by at least
    `change`, or, where that is negative, falls by at most so much; there may also be no plan at all.
    """

    objective: float
    """Objective of the plan before rounding, won."""
    objective_change: float | None
    """What the changes add to it, won: exactly, or at least; null where prices do not tell, since coefficients change or goals are
    ordered."""
    exact: bool
    """Whether the prices hold all the way."""
    valid_fraction: float
    """Share of the way to the changes over which the prices are known to hold, 0 to 1; 0 also where one of several is right."""
    served_share: tuple[float, float] | None
    """Served share of the plan, by value before rounding, and with the changes; null unless exact."""
    contributions: tuple[RuleContribution, ...]
    """What adds to the change, by rule, the greatest first; they add up to it."""
    limits: tuple[ShiftedLimit, ...]
    """Limits that the change moves, those that add most first; at most twenty."""

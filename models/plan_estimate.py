"""What is known of a plan while it is solved: the figures of a solve in longer periods."""

from typing import Literal

from models.base import Frozen
from models.plan import ServedShare


class PlanEstimate(Frozen):
    """Figures of a plan by a solve in longer periods, before its own solve has ended; before rounding.

    The constraints of all periods are added up, so timing is left out: goods may be used before they arrive. Every plan
    satisfies the sums as well, so none costs less.
    """

    fidelity: Literal["quarter", "year"]
    """Length of the periods."""
    objective: float
    """Optimum in longer periods, in weighted won: usually some per cent below that of the plan."""
    lower_bound: float
    """Proved lower bound of the objective of the plan, in weighted won, from the arrays of its own program."""
    served_share: float
    """Served share of all needs by value, in longer periods: usually above that of the plan."""
    by_priority: tuple[ServedShare, ...]
    """Served share of each priority of goods, in longer periods."""

"""What has happened, and former quotas, as arrays."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.problem.planning_problem import PlanningProblem
from solvers.data.label_arrays import expand_to_periods, index_positions
from solvers.lp.linear_program import FloatArray

Labels = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class PastArrays:
    """Units in past periods; shapes: K past periods, L lines, A arcs, N places, C counties, P partners, I items."""

    periods: int
    """K; 0 where nothing is past."""
    make: FloatArray
    """Made, (L, K)."""
    ship: FloatArray
    """Moved, (A, I, K)."""
    central: FloatArray
    """Handed over by the centre, (N, I, K)."""
    stock: FloatArray
    """In store at the end, (C, I, K)."""
    short: FloatArray
    """Need unmet, (C, I, K)."""
    give: FloatArray
    """Given in swaps, (P, I, K)."""
    take: FloatArray
    """Taken in swaps, (P, I, K)."""

    @classmethod
    def empty_past(cls, labels: Labels, periods: int) -> "PastArrays":
        """A past in which nothing happened."""
        lines, arcs, places = len(labels["line"]), len(labels["arc"]), len(labels["place"])
        counties, items, partners = len(labels["county"]), len(labels["item"]), len(labels["partner"])
        return cls(
            periods,
            np.zeros((lines, periods)),
            np.zeros((arcs, items, periods)),
            np.zeros((places, items, periods)),
            np.zeros((counties, items, periods)),
            np.zeros((counties, items, periods)),
            np.zeros((partners, items, periods)),
            np.zeros((partners, items, periods)),
        )


def build_past_arrays(problem: PlanningProblem, labels: Labels) -> PastArrays:
    """The past of a problem that has passed its checks."""
    if problem.past is None:
        return PastArrays.empty_past(labels, 0)
    reported = problem.past
    past = PastArrays.empty_past(labels, len(reported.periods))
    of = {axis: index_positions(labels[axis]) for axis in ("line", "arc", "place", "item", "partner")}
    for made in reported.outputs:
        past.make[of["line"][f"{made.factory}/{made.item}"]] = made.quantity
    for moved in reported.shipments:
        past.ship[of["arc"][f"{moved.link}/{moved.to}"], of["item"][moved.item]] = moved.quantity
    for kept in reported.supply:
        place, item = of["place"][kept.place], of["item"][kept.item]
        past.central[place, item] = kept.central
        if place < len(past.stock):
            past.stock[place, item], past.short[place, item] = kept.stock, kept.shortage
    for swap in reported.swaps:
        partner, item = of["partner"][swap.partner], of["item"][swap.item]
        past.give[partner, item], past.take[partner, item] = swap.given, swap.taken
    return past


def build_former_quotas(problem: PlanningProblem, labels: Labels) -> FloatArray:
    """Former quotas in units, (L, T); 0 where none is stated."""
    former = np.zeros((len(labels["line"]), len(problem.periods)))
    line_of = index_positions(labels["line"])
    stated = [line_of[f"{quota.factory}/{quota.item}"] for quota in problem.former_quotas]
    if stated:
        former[stated] = expand_to_periods([quota.quantity for quota in problem.former_quotas], len(problem.periods))
    return former

"""Arrays of past periods and former quotas."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.problem.planning_problem import PlanningProblem
from solvers.data.factory_arrays import index_lines
from solvers.data.item_arrays import ItemArrays
from solvers.data.label_arrays import index_positions, to_period_array
from solvers.lp.linear_program import FloatArray

Labels = Mapping[str, tuple[str, ...]]

NEGLIGIBLE_SHARE = 1e-9
"""A smaller part of a need for a requirement is a rounding error, and counts as met."""


@dataclass(frozen=True, slots=True)
class PastArrays:
    """Units in past periods; K past periods, L lines, A arcs, N places, C counties, P partners, I items."""

    period_count: int
    """K, the number of past periods."""
    make: FloatArray
    """Production, (L, K)."""
    ship: FloatArray
    """Shipments, (A, I, K)."""
    central: FloatArray
    """Central deliveries, (N, I, K)."""
    stock: FloatArray
    """Stock at the end of the period, (C, I, K)."""
    short: FloatArray
    """Shortage, (C, I, K); of a requirement, what the past did not provide."""
    extra: FloatArray
    """Handed out beyond the own need, (C, I, K)."""
    over: FloatArray
    """Provided of a requirement beyond its need, (C, I, K)."""
    give: FloatArray
    """Given in swaps, (P, I, K)."""
    take: FloatArray
    """Taken in swaps, (P, I, K)."""

    @classmethod
    def create_empty(cls, labels: Labels, period_count: int) -> "PastArrays":
        """Return a past in which every amount is 0."""
        lines, arcs, places = len(labels["line"]), len(labels["arc"]), len(labels["place"])
        counties, items, partners = len(labels["county"]), len(labels["item"]), len(labels["partner"])
        return cls(
            period_count,
            np.zeros((lines, period_count)),
            np.zeros((arcs, items, period_count)),
            np.zeros((places, items, period_count)),
            np.zeros((counties, items, period_count)),
            np.zeros((counties, items, period_count)),
            np.zeros((counties, items, period_count)),
            np.zeros((counties, items, period_count)),
            np.zeros((partners, items, period_count)),
            np.zeros((partners, items, period_count)),
        )


def build_past_arrays(
    problem: PlanningProblem, labels: Labels, items: ItemArrays, provided: FloatArray, demand: FloatArray
) -> PastArrays:
    """Convert the past of a checked problem to arrays; what it lacks of requirements follows from what was handed out."""
    if problem.past is None:
        return PastArrays.create_empty(labels, 0)
    reported = problem.past
    past = PastArrays.create_empty(labels, len(reported.periods))
    positions_of = {axis: index_positions(labels[axis]) for axis in ("arc", "place", "partner")}
    positions_of["item"] = problem.find_need_positions()
    line_of = index_lines(problem)
    for output in reported.outputs:
        past.make[line_of[output.factory, output.item, output.recipe]] = output.quantity
    for shipment in reported.shipments:
        past.ship[positions_of["arc"][f"{shipment.link}/{shipment.to}"], positions_of["item"][shipment.item]] = (
            shipment.quantity
        )
    for supply in reported.supply:
        place, item = positions_of["place"][supply.place], positions_of["item"][supply.item]
        past.central[place, item] = supply.central
        if place < len(past.stock):
            past.stock[place, item], past.short[place, item] = supply.stock, supply.shortage
            past.extra[place, item] = supply.extra or 0.0
    for swap in reported.swaps:
        partner, item = positions_of["partner"][swap.partner], positions_of["item"][swap.item]
        past.give[partner, item], past.take[partner, item] = swap.given, swap.taken
    derive_requirements(past, items, provided, demand)
    return past


def derive_requirements(past: PastArrays, items: ItemArrays, provided: FloatArray, demand: FloatArray) -> None:
    """Compute what is short of requirements, and provided beyond their need, from what was handed out of items, in place.

    short[n,r,t] = max(d[n,r,t] + κ[r] · short[n,r,t−1] − Σ_i a[i,r] · (served + extra)[n,i,t], 0)
    """
    count = len(provided)
    for t in range(past.period_count):
        before = past.short[..., t - 1] if t else np.zeros(past.short.shape[:2])
        need = demand[..., t] + items.carry_over * before
        taken = need[:, :count] - past.short[:, :count, t] + past.extra[:, :count, t]
        beyond = taken @ provided - need[:, count:]
        beyond = np.where(np.abs(beyond) <= NEGLIGIBLE_SHARE * need[:, count:], 0.0, beyond)
        past.short[:, count:, t], past.over[:, count:, t] = np.maximum(-beyond, 0.0), np.maximum(beyond, 0.0)


def build_former_quotas(problem: PlanningProblem, labels: Labels) -> FloatArray:
    """Return former quotas in units, (L, T); 0 where none is stated."""
    former = np.zeros((len(labels["line"]), len(problem.periods)))
    line_of = index_lines(problem)
    stated = [line_of[quota.factory, quota.item, quota.recipe] for quota in problem.former_quotas]
    if stated:
        former[stated] = to_period_array([quota.quantity for quota in problem.former_quotas], len(problem.periods))
    return former

"""The planning problem as a linear program: one file a rule, `build` is the table of contents."""

from collections.abc import Sequence

from models.policy import Goal
from solvers.formulation import decisions
from solvers.formulation.balance import balance
from solvers.formulation.central_distance import central_distance
from solvers.formulation.central_share import central_share
from solvers.formulation.costs import objective_parts
from solvers.formulation.goal import goal, goal_costs
from solvers.formulation.handling import handling
from solvers.formulation.labour import labour
from solvers.formulation.link import link
from solvers.formulation.local_floor import local_floor
from solvers.formulation.machine import machine
from solvers.formulation.own_needs_first import own_needs_first, units_short
from solvers.formulation.past import is_past, settle
from solvers.formulation.power import power
from solvers.formulation.presence import Presence, presence
from solvers.formulation.quota_distance import quota_distance
from solvers.formulation.rules import BOUNDS, RULES, RuleInfo
from solvers.formulation.store import store
from solvers.formulation.swap_balance import swap_balance
from solvers.formulation.worst_fulfilment import worst_fulfilment
from solvers.index import ProblemIndex
from solvers.program import FloatArray, Program, ProgramBuilder

__all__ = ["BOUNDS", "RULES", "RuleInfo", "build", "goal_costs", "is_past", "objective_parts", "units_short"]


def build(
    index: ProblemIndex,
    *,
    swaps: bool = True,
    without_swaps: FloatArray | None = None,
    goals: Sequence[Goal] = (),
    where: Presence | None = None,
) -> Program:
    """The program of a problem: its decisions, its rules, and weighted shortage plus costs to minimise.

    `swaps=False` leaves `give` and `take` out (the first solve of own_needs_first); `without_swaps` are the units short in that solve,
    (counties, items, periods), which no county may then exceed. `goals` adds what an ordered list of goals needs, and a free row
    for each to hold it by; see `goal_costs` for what each minimises. `where` are the places and arcs to make columns for; left out,
    those that can matter.
    """
    program = ProgramBuilder(index.labels)
    where = where or presence(index, swaps=swaps)

    decisions.make(index, program)
    decisions.ship(index, program, where)
    decisions.stock(index, program, where)
    decisions.central(index, program, where)
    if swaps:
        decisions.give(index, program, where)
        decisions.take(index, program, where)
    decisions.short(index, program)

    balance(index, program)
    machine(index, program)
    labour(index, program)
    power(index, program)
    link(index, program)
    handling(index, program)
    central_share(index, program)
    local_floor(index, program)
    swap_balance(index, program)
    store(index, program)

    if without_swaps is not None:
        own_needs_first(index, program, without_swaps)
    if goals:
        worst_fulfilment(index, program, goals)
        central_distance(index, program, goals)
        quota_distance(index, program, goals)
        goal(index, program, goals)

    return settle(index, program.build())

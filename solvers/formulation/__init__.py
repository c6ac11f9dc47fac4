"""The planning problem as a linear program: one file a rule, `build` is the table of contents."""

from collections.abc import Sequence

from models.problem.policy import Goal
from solvers.data.problem_arrays import ProblemIndex
from solvers.formulation import variables
from solvers.formulation.constraints.balance import balance
from solvers.formulation.constraints.central_distance import central_distance
from solvers.formulation.constraints.central_share import central_share
from solvers.formulation.constraints.goal import goal, goal_costs
from solvers.formulation.constraints.handling import handling
from solvers.formulation.constraints.labour import labour
from solvers.formulation.constraints.link import link
from solvers.formulation.constraints.local_floor import local_floor
from solvers.formulation.constraints.machine import machine
from solvers.formulation.constraints.own_needs_first import own_needs_first, units_short
from solvers.formulation.constraints.past import is_past, settle
from solvers.formulation.constraints.power import power
from solvers.formulation.constraints.quota_distance import quota_distance
from solvers.formulation.constraints.store import store
from solvers.formulation.constraints.swap_balance import swap_balance
from solvers.formulation.constraints.worst_fulfilment import worst_fulfilment
from solvers.formulation.objective import objective_parts
from solvers.formulation.reachability import Presence, presence
from solvers.formulation.registry import BOUNDS, RULES, RuleInfo
from solvers.lp.linear_program import FloatArray, Program, ProgramBuilder

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

    variables.make(index, program)
    variables.ship(index, program, where)
    variables.stock(index, program, where)
    variables.central(index, program, where)
    if swaps:
        variables.give(index, program, where)
        variables.take(index, program, where)
    variables.short(index, program)

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

"""The planning problem as a linear program: one file a rule, `build` is the table of contents."""

from collections.abc import Sequence

from models.problem.policy import Goal
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import variables
from solvers.formulation.constraints.balance import add_balance_constraints
from solvers.formulation.constraints.central_distance import add_central_distance_constraints
from solvers.formulation.constraints.central_share import add_central_share_constraints
from solvers.formulation.constraints.goal import add_goal_constraints, compute_goal_costs
from solvers.formulation.constraints.handling import add_handling_constraints
from solvers.formulation.constraints.labour import add_labour_constraints
from solvers.formulation.constraints.link import add_link_constraints
from solvers.formulation.constraints.local_floor import add_local_floor_constraints
from solvers.formulation.constraints.machine import add_machine_constraints
from solvers.formulation.constraints.own_needs_first import add_own_needs_first_constraints, sum_shortage_units
from solvers.formulation.constraints.past import fix_past_variables, is_past_period
from solvers.formulation.constraints.power import add_power_constraints
from solvers.formulation.constraints.quota_distance import add_quota_distance_constraints
from solvers.formulation.constraints.store import add_store_constraints
from solvers.formulation.constraints.swap_balance import add_swap_balance_constraints
from solvers.formulation.constraints.worst_fulfilment import add_worst_fulfilment_constraints
from solvers.formulation.objective import compute_objective_parts
from solvers.formulation.reachability import ActiveArcs, find_active_arcs
from solvers.formulation.registry import BOUNDS, CONSTRAINTS, ConstraintInfo
from solvers.lp.linear_program import FloatArray, Program, ProgramBuilder

__all__ = [
    "BOUNDS",
    "CONSTRAINTS",
    "ConstraintInfo",
    "build_program",
    "compute_goal_costs",
    "compute_objective_parts",
    "is_past_period",
    "sum_shortage_units",
]


def build_program(
    arrays: ProblemArrays,
    *,
    include_swaps: bool = True,
    shortage_without_swaps: FloatArray | None = None,
    goals: Sequence[Goal] = (),
    active_arcs: ActiveArcs | None = None,
) -> Program:
    """The program of a problem: its decisions, its rules, and weighted shortage plus costs to minimise.

    `swaps=False` leaves `give` and `take` out (the first solve of own_needs_first); `without_swaps` are the units short in that solve,
    (counties, items, periods), which no county may then exceed. `goals` adds what an ordered list of goals needs, and a free row
    for each to hold it by; see `goal_costs` for what each minimises. `where` are the places and arcs to make columns for; left out,
    those that can matter.
    """
    program = ProgramBuilder(arrays.labels)
    active_arcs = active_arcs or find_active_arcs(arrays, include_swaps=include_swaps)

    variables.add_production_variables(arrays, program)
    variables.add_shipment_variables(arrays, program, active_arcs)
    variables.add_stock_variables(arrays, program, active_arcs)
    variables.add_central_variables(arrays, program, active_arcs)
    if include_swaps:
        variables.add_give_variables(arrays, program, active_arcs)
        variables.add_take_variables(arrays, program, active_arcs)
    variables.add_shortage_variables(arrays, program)

    add_balance_constraints(arrays, program)
    add_machine_constraints(arrays, program)
    add_labour_constraints(arrays, program)
    add_power_constraints(arrays, program)
    add_link_constraints(arrays, program)
    add_handling_constraints(arrays, program)
    add_central_share_constraints(arrays, program)
    add_local_floor_constraints(arrays, program)
    add_swap_balance_constraints(arrays, program)
    add_store_constraints(arrays, program)

    if shortage_without_swaps is not None:
        add_own_needs_first_constraints(arrays, program, shortage_without_swaps)
    if goals:
        add_worst_fulfilment_constraints(arrays, program, goals)
        add_central_distance_constraints(arrays, program, goals)
        add_quota_distance_constraints(arrays, program, goals)
        add_goal_constraints(arrays, program, goals)

    return fix_past_variables(arrays, program.build_program())

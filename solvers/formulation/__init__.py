"""The planning problem as a linear program; `build_program` lists its variables and constraints."""

from collections.abc import Sequence

from models.problem.policy import Goal
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import variables
from solvers.formulation.constraints.backlog import (
    add_served_least_constraints,
    add_shortage_width_constraints,
    compute_band_widths,
    sum_shortage_units,
)
from solvers.formulation.constraints.balance import add_balance_constraints
from solvers.formulation.constraints.budgets import add_budget_constraints
from solvers.formulation.constraints.capacity import (
    add_handling_constraints,
    add_labour_constraints,
    add_link_constraints,
    add_machine_constraints,
    add_power_constraints,
    add_store_constraints,
)
from solvers.formulation.constraints.due import add_due_constraints
from solvers.formulation.constraints.goals import (
    add_central_distance_constraints,
    add_goal_constraints,
    add_quota_distance_constraints,
    add_worst_fulfilment_constraints,
    compute_goal_costs,
)
from solvers.formulation.constraints.past import fix_past_variables, is_past_period
from solvers.formulation.constraints.requirements import (
    add_basket_share_constraints,
    add_requirement_constraints,
    add_taken_constraints,
)
from solvers.formulation.constraints.smoothing import (
    add_given_away_constraints,
    add_left_over_constraints,
    add_rate_change_constraints,
)
from solvers.formulation.constraints.supply_shares import add_central_share_constraints, add_local_floor_constraints
from solvers.formulation.constraints.swaps import (
    add_own_needs_first_constraints,
    add_own_surplus_constraints,
    add_swap_balance_constraints,
)
from solvers.formulation.objective import compute_objective_parts
from solvers.formulation.reachability import ActiveArcs, find_active_arcs
from solvers.formulation.registry import BOUNDS, CONSTRAINTS, ConstraintInfo
from solvers.formulation.tie_break import compute_tie_break_cost
from solvers.formulation.whole_units import WholeUnits, find_whole_units, requires_whole_units
from solvers.lp.linear_program import FloatArray, Program, ProgramBuilder

__all__ = [
    "BOUNDS",
    "CONSTRAINTS",
    "ConstraintInfo",
    "WholeUnits",
    "build_program",
    "compute_band_widths",
    "compute_goal_costs",
    "compute_objective_parts",
    "compute_tie_break_cost",
    "find_whole_units",
    "is_past_period",
    "requires_whole_units",
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
    """Build the linear program: variables, constraints, and the cost of weighted shortage and other costs.

    Parameters
    ----------
    include_swaps
        False leaves out the variables `give` and `take`, as in the first solve of `own_needs_first`.
    shortage_without_swaps
        Units short in the plan without swaps, (counties, items, periods). Each becomes the right-hand side of a constraint
        `own_needs_first`.
    goals
        Ordered goals. Each adds its variables and constraints, and one constraint `goal` without a limit;
        `compute_goal_costs` returns the cost vectors.
    active_arcs
        Places and arcs that get variables; by default those that `find_active_arcs` returns.
    """
    value = arrays.items.value
    program = ProgramBuilder(arrays.labels, {"item": value, "line": value[arrays.lines.item]})
    active_arcs = active_arcs or find_active_arcs(arrays, include_swaps=include_swaps)

    _add_variables(arrays, program, active_arcs, include_swaps=include_swaps)
    add_balance_constraints(arrays, program)
    add_requirement_constraints(arrays, program)
    add_taken_constraints(arrays, program)
    add_basket_share_constraints(arrays, program)
    add_due_constraints(arrays, program)
    add_shortage_width_constraints(arrays, program)
    add_served_least_constraints(arrays, program)
    add_machine_constraints(arrays, program)
    add_labour_constraints(arrays, program)
    add_power_constraints(arrays, program)
    add_link_constraints(arrays, program)
    add_handling_constraints(arrays, program)
    add_central_share_constraints(arrays, program)
    add_local_floor_constraints(arrays, program)
    add_swap_balance_constraints(arrays, program)
    add_own_surplus_constraints(arrays, program)
    add_store_constraints(arrays, program)
    add_budget_constraints(arrays, program)
    if arrays.problem.policy.is_level:
        add_rate_change_constraints(arrays, program)
        add_left_over_constraints(arrays, program)
        add_given_away_constraints(arrays, program)

    if shortage_without_swaps is not None:
        add_own_needs_first_constraints(arrays, program, shortage_without_swaps)
    if goals:
        _add_ordered_goals(arrays, program, goals)

    return fix_past_variables(arrays, program.build_program())


def _add_variables(
    arrays: ProblemArrays, program: ProgramBuilder, active_arcs: ActiveArcs, *, include_swaps: bool
) -> None:
    variables.add_production_variables(arrays, program)
    variables.add_shipment_variables(arrays, program, active_arcs)
    variables.add_stock_variables(arrays, program, active_arcs)
    variables.add_central_variables(arrays, program, active_arcs)
    if include_swaps:
        variables.add_give_variables(arrays, program, active_arcs)
        variables.add_take_variables(arrays, program, active_arcs)
    variables.add_shortage_variables(arrays, program)
    variables.add_discard_variables(arrays, program, active_arcs)
    variables.add_extra_variables(arrays, program)
    variables.add_over_variables(arrays, program)


def _add_ordered_goals(arrays: ProblemArrays, program: ProgramBuilder, goals: Sequence[Goal]) -> None:
    add_worst_fulfilment_constraints(arrays, program, goals)
    add_central_distance_constraints(arrays, program, goals)
    add_quota_distance_constraints(arrays, program, goals)
    add_goal_constraints(arrays, program, goals)

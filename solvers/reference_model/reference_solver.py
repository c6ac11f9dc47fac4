"""Solution of the reference model by HiGHS, CBC or any other solver that PuLP finds."""

import tempfile
from dataclasses import dataclass, replace
from typing import Literal

import pulp

from models.problem.planning_problem import PlanningProblem
from models.problem.policy import Goal
from solvers.reference_model import constraints, constraints_of_time, objective, requirements
from solvers.reference_model.model import CountyItemUnits, ReferenceModel, build_reference_model, fix_past_variables
from solvers.reference_model.whole_units import add_discard_variables, require_whole_units

ReferenceStatus = Literal["optimal", "feasible", "infeasible", "unbounded", "failed"]
"""`feasible`: stopped by a limit with a plan. `failed`: stopped without a plan."""

PULP_SOLVER_NAMES = {"highs": "HiGHS", "cbc": "COIN_CMD"}
"""Short names of solvers; any other name is a PuLP name, such as GUROBI or CPLEX_PY."""

DISPLAY_NAMES = {"highs": "HiGHS", "cbc": "CBC"}
"""Display names of solvers with a short name."""

STATUS_BY_PULP_CODE: dict[int, ReferenceStatus] = {
    pulp.LpSolutionOptimal: "optimal",
    pulp.LpSolutionIntegerFeasible: "feasible",
    pulp.LpSolutionInfeasible: "infeasible",
    pulp.LpSolutionUnbounded: "unbounded",
    pulp.LpSolutionNoSolutionFound: "failed",
}
"""Status by `sol_status` of PuLP; PuLP's `status` is `optimal` even after a limit, so it is not used."""

SOLVER_TOLERANCE = 1e-9
"""Feasibility and optimality tolerance of HiGHS, tight enough to compare objectives digit by digit."""

INTERIOR_POINT_THRESHOLD = 20_000
"""Number of variables above which HiGHS uses interior point with crossover: a provincial year takes one minute, far less than simplex."""

FEASIBILITY_TOLERANCE = 1e-6
"""Maximum violation of constraints and bounds in a feasible plan, in units."""


@dataclass(frozen=True, slots=True)
class ReferenceSolution:
    """Solution of the reference model."""

    status: ReferenceStatus
    """Whether a plan was found and proved optimal."""
    objective: float | None
    """Weighted shortage and costs in won; None without a plan. CBC writes eight digits."""
    solver: str
    """HiGHS, CBC, or the PuLP name of another solver."""
    shortage: CountyItemUnits
    """Shortage in units by county, item and position of the period; 0 is not listed."""
    goal_optima: tuple[tuple[str, float], ...] = ()
    """With `policy.goals`: name and optimum of each, in order; for `worst_fulfilment` the smallest served share."""
    variable_count: int = 0
    """Number of variables."""
    constraint_count: int = 0
    """Number of constraints."""


def build_reference_program(problem: PlanningProblem) -> pulp.LpProblem:
    """Build the program in PuLP, ready for `solve`, `writeLP` or `writeMPS`.

    `own_needs_first` and ordered goals need several solves, so only `solve_reference_model` applies them.
    """
    model = _assemble_model(problem, include_swaps=True)
    model.lp.setObjective(objective.build_weighted_objective(model))
    return model.lp


def solve_reference_model(
    problem: PlanningProblem,
    solver: str = "highs",
    *,
    shortage_without_swaps: CountyItemUnits | None = None,
    time_limit_seconds: float | None = None,
    whole_units: bool = False,
) -> ReferenceSolution:
    """Solve the problem with the reference model; by default, the objective is that before rounding to whole units.

    Parameters
    ----------
    solver
        `highs`, `cbc`, or the PuLP name of another installed solver.
    shortage_without_swaps
        Right-hand sides of the constraints `own_needs_first`; by default a first solve without swaps finds them. A plan without
        swaps may have several optima, so two solutions are comparable only with the same values.
    whole_units
        True solves for the best plan in whole units, lots and least runs, to a gap of 0.

    Raises
    ------
    pulp.PulpSolverError
        PuLP does not know the solver or cannot run it.
    """
    limits = shortage_without_swaps
    if problem.policy.own_needs_first and problem.partners and limits is None:
        first = _assemble_model(problem, include_swaps=False, whole_units=whole_units)
        without_swaps = _solve_goals(first, solver, time_limit_seconds)
        if without_swaps.status == "infeasible" and problem.served_least:  # swaps may serve the least amounts
            unreserved = problem.model_copy(update={"served_least": ()})
            first = _assemble_model(unreserved, include_swaps=False, whole_units=whole_units)
            without_swaps = _solve_goals(first, solver, time_limit_seconds)
        if without_swaps.status != "optimal":
            return without_swaps
        limits = without_swaps.shortage
    model = _assemble_model(problem, include_swaps=True, whole_units=whole_units)
    if problem.policy.own_needs_first and limits is not None:
        constraints.add_own_needs_first_constraints(model, limits)
    return _solve_goals(model, solver, time_limit_seconds)


def _assemble_model(problem: PlanningProblem, include_swaps: bool, whole_units: bool = False) -> ReferenceModel:
    model = build_reference_model(problem, include_swaps)
    add_discard_variables(model)
    requirements.add_requirement_variables(model)
    fix_past_variables(model)
    requirements.fix_past_requirements(model)
    constraints.add_balance_constraints(model)
    requirements.add_requirement_constraints(model)
    requirements.add_taken_constraints(model)
    requirements.add_basket_share_constraints(model)
    constraints_of_time.add_due_constraints(model)
    constraints_of_time.add_shortage_width_constraints(model)
    constraints_of_time.add_served_least_constraints(model)
    constraints.add_machine_constraints(model)
    constraints.add_labour_constraints(model)
    constraints.add_power_constraints(model)
    constraints.add_link_constraints(model)
    constraints.add_handling_constraints(model)
    constraints.add_central_share_constraints(model)
    constraints.add_local_floor_constraints(model)
    constraints.add_swap_balance_constraints(model)
    constraints.add_own_surplus_constraints(model)
    constraints.add_store_constraints(model)
    constraints.add_budget_constraints(model)
    constraints.add_rate_change_constraints(model)
    constraints.add_left_over_constraints(model)
    constraints.add_given_away_constraints(model)
    if whole_units:
        require_whole_units(model)
    return model


def _solve_goals(model: ReferenceModel, solver: str, time_limit_seconds: float | None) -> ReferenceSolution:
    """Minimise the objective, or the goals in lexicographic order."""
    whole_objective = objective.build_weighted_objective(model)
    goal_optima: list[tuple[str, float]] = []
    status: ReferenceStatus = "failed"
    for goal in model.problem.policy.expand_ordered_goals() or (None,):
        expression = whole_objective if goal is None else objective.build_goal_expression(model, goal)
        status = _minimise_expression(model, expression, solver, time_limit_seconds)
        if status != "optimal":
            break
        if goal is not None:
            optimum = float(pulp.value(expression))
            goal_optima.append((goal.label, 1 - optimum if goal.goal == "worst_fulfilment" else optimum))
            _add_goal_constraint(model, goal, expression, optimum)
    has_plan = status in ("optimal", "feasible")
    solution = ReferenceSolution(
        status,
        None,
        DISPLAY_NAMES.get(solver, solver),
        {},
        tuple(goal_optima),
        len(model.lp.variables()),
        len(model.lp.constraints()),
    )
    return (
        replace(solution, objective=float(pulp.value(whole_objective)), shortage=_read_shortage(model))
        if has_plan
        else solution
    )


def _add_goal_constraint(
    model: ReferenceModel, goal: Goal, expression: pulp.LpAffineExpression, optimum: float
) -> None:
    size = 1 - optimum if goal.goal == "worst_fulfilment" else optimum
    model.add_constraint(expression <= optimum + goal.tolerance * max(1.0, abs(size)), "goal", goal.goal)


def _minimise_expression(
    model: ReferenceModel, expression: pulp.LpAffineExpression, solver: str, time_limit_seconds: float | None
) -> ReferenceStatus:
    if not model.lp.variables() and not len(expression):
        return (
            "infeasible" if model.lp.constraints() else "optimal"
        )  # solvers report an error for a program without variables
    model.lp.setObjective(expression.copy())  # PuLP changes the expression while solving
    pulp_solver = _build_pulp_solver(solver, time_limit_seconds, len(model.lp.variables()) > INTERIOR_POINT_THRESHOLD)
    with tempfile.TemporaryDirectory(prefix="reference-model-") as folder:
        if isinstance(pulp_solver, pulp.LpSolver_CMD):
            pulp_solver.tmpDir = folder  # solver commands that fail leave files
        model.lp.solve(pulp_solver)
    status = STATUS_BY_PULP_CODE[model.lp.sol_status]
    if status == "feasible" and not model.lp.valid(FEASIBILITY_TOLERANCE):
        return "failed"  # at the time limit, PuLP takes the current point of HiGHS
    return status


def _build_pulp_solver(solver: str, time_limit_seconds: float | None, is_large: bool) -> pulp.LpSolver:
    extra: dict[str, object] = {}
    if solver == "cbc":
        extra = {"path": pulp.PULP_CBC_CMD.pulp_cbc_path}  # the CBC in the wheel of PuLP
    pulp_solver = pulp.getSolver(
        PULP_SOLVER_NAMES.get(solver, solver), msg=False, timeLimit=time_limit_seconds, **extra
    )
    if isinstance(pulp_solver, pulp.HiGHS):
        pulp_solver.optionsDict |= {"mip_rel_gap": 0.0, "mip_abs_gap": 1e-9}
        tight = {"primal_feasibility_tolerance": SOLVER_TOLERANCE, "dual_feasibility_tolerance": SOLVER_TOLERANCE}
        pulp_solver.optionsDict |= {"solver": "ipm"} if is_large else tight
    return pulp_solver


def _read_shortage(model: ReferenceModel) -> CountyItemUnits:
    short: CountyItemUnits = {}
    for (county, item, t, _), units in model.short.items():
        short[county, item, t] = short.get((county, item, t), 0.0) + float(units.value() or 0.0)
    return {key: units for key, units in short.items() if units > 0}

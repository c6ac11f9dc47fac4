"""Solving the second opinion: by HiGHS, CBC or any solver that PuLP finds on the machine."""

import tempfile
from dataclasses import dataclass, replace
from typing import Literal

import pulp

from models.problem.planning_problem import PlanningProblem
from models.problem.policy import Goal
from solvers.reference_model import constraints, objective, past
from solvers.reference_model.demand import CountyItemUnits
from solvers.reference_model.model import ReferenceModel, build_reference_model

ReferenceStatus = Literal["optimal", "feasible", "infeasible", "unbounded", "failed"]
"""`feasible`: stopped by a limit with a plan in hand. `failed`: stopped without one."""

PULP_SOLVER_NAMES = {"highs": "HiGHS", "cbc": "COIN_CMD"}
"""Our short names for solvers; any other name is PuLP's own, such as GUROBI or CPLEX_PY."""

DISPLAY_NAMES = {"highs": "HiGHS", "cbc": "CBC"}
"""How a solver with a short name is called in an opinion."""

STATUS_BY_PULP_CODE: dict[int, ReferenceStatus] = {
    pulp.LpSolutionOptimal: "optimal",
    pulp.LpSolutionIntegerFeasible: "feasible",
    pulp.LpSolutionInfeasible: "infeasible",
    pulp.LpSolutionUnbounded: "unbounded",
    pulp.LpSolutionNoSolutionFound: "failed",
}
"""PuLP's `sol_status`; its `status` calls a plan optimal that a limit cut short, so it is never read."""

SOLVER_TOLERANCE = 1e-9
"""Feasibility and optimality tolerance asked of HiGHS, so that its objective can be compared digit by digit."""

INTERIOR_POINT_THRESHOLD = 20_000
"""Variables above which HiGHS goes by its interior point with crossover: a minute on a province's year, simplex many."""

FEASIBILITY_TOLERANCE = 1e-6
"""How far a point may be from keeping every row and bound and still be called a plan, in units."""


@dataclass(frozen=True, slots=True)
class ReferenceSolution:
    """What the independent formulation found."""

    status: ReferenceStatus
    """Whether a plan was found and proved best."""
    objective: float | None
    """Weighted shortage and costs, in won; None without a plan. CBC writes eight digits, HiGHS all."""
    solver: str
    """Solver: HiGHS, CBC, or PuLP's name of another."""
    shortage: CountyItemUnits
    """Units short by county, item and position of the period; 0 is not listed."""
    goal_optima: tuple[tuple[str, float], ...] = ()
    """With `policy.goals`: name and optimum of each, in order; for `worst_fulfilment` the smallest served share."""
    variable_count: int = 0
    """Variables of the program."""
    constraint_count: int = 0
    """Rows of the program."""


def build_reference_program(problem: PlanningProblem) -> pulp.LpProblem:
    """The whole program in PuLP, ready for `solve`, `writeLP` or `writeMPS`.

    The rule `own_needs_first` needs a plan without swaps first and the goals one solve each, so both are in `solve` alone.
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
) -> ReferenceSolution:
    """Solve the problem afresh: `highs`, `cbc`, or PuLP's name of any solver on this machine.

    Whole units are not asked for: the objective is the one before rounding. `short_without_swaps` are the shortages that
    `own_needs_first` may not exceed; without them they are found here, and since a plan without swaps may have several
    optima, two opinions agree for certain only when they start from the same ones. Raises `pulp.PulpSolverError` when
    PuLP does not know the solver or cannot run it.
    """
    limits = shortage_without_swaps
    if problem.policy.own_needs_first and problem.partners and limits is None:
        without_swaps = _solve_goals(_assemble_model(problem, include_swaps=False), solver, time_limit_seconds)
        if without_swaps.status != "optimal":
            return without_swaps
        limits = without_swaps.shortage
    model = _assemble_model(problem, include_swaps=True)
    if problem.policy.own_needs_first and limits is not None:
        constraints.add_own_needs_first_constraints(model, limits)
    return _solve_goals(model, solver, time_limit_seconds)


def _assemble_model(problem: PlanningProblem, include_swaps: bool) -> ReferenceModel:
    model = build_reference_model(problem, include_swaps)
    past.fix_past_variables(model)
    constraints.add_balance_constraints(model)
    constraints.add_machine_constraints(model)
    constraints.add_labour_constraints(model)
    constraints.add_power_constraints(model)
    constraints.add_link_constraints(model)
    constraints.add_handling_constraints(model)
    constraints.add_central_share_constraints(model)
    constraints.add_local_floor_constraints(model)
    constraints.add_swap_balance_constraints(model)
    constraints.add_store_constraints(model)
    return model


def _solve_goals(model: ReferenceModel, solver: str, time_limit_seconds: float | None) -> ReferenceSolution:
    """Minimise the objective, or each goal in turn while those before it are held."""
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
            goal_optima.append((goal.goal, 1 - optimum if goal.goal == "worst_fulfilment" else optimum))
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
        return "infeasible" if model.lp.constraints() else "optimal"  # solvers call a program without columns an error
    model.lp.setObjective(expression.copy())  # PuLP writes into it while solving
    pulp_solver = _build_pulp_solver(solver, time_limit_seconds, len(model.lp.variables()) > INTERIOR_POINT_THRESHOLD)
    with tempfile.TemporaryDirectory(prefix="second-opinion-") as folder:
        if isinstance(pulp_solver, pulp.LpSolver_CMD):
            pulp_solver.tmpDir = folder  # solvers run as commands leave files behind when they fail
        model.lp.solve(pulp_solver)
    status = STATUS_BY_PULP_CODE[model.lp.sol_status]
    if status == "feasible" and not model.lp.valid(FEASIBILITY_TOLERANCE):
        return "failed"  # PuLP takes whatever point HiGHS stood at when its time was up
    return status


def _build_pulp_solver(solver: str, time_limit_seconds: float | None, is_large: bool) -> pulp.LpSolver:
    more: dict[str, object] = {}
    if solver == "cbc":
        more = {"path": pulp.PULP_CBC_CMD.pulp_cbc_path}  # the CBC inside PuLP's own wheel
    pulp_solver = pulp.getSolver(PULP_SOLVER_NAMES.get(solver, solver), msg=False, timeLimit=time_limit_seconds, **more)
    if isinstance(pulp_solver, pulp.HiGHS):
        tight = {"primal_feasibility_tolerance": SOLVER_TOLERANCE, "dual_feasibility_tolerance": SOLVER_TOLERANCE}
        pulp_solver.optionsDict |= {"solver": "ipm"} if is_large else tight
    return pulp_solver


def _read_shortage(model: ReferenceModel) -> CountyItemUnits:
    short: CountyItemUnits = {}
    for (county, item, t, _), units in model.short.items():
        short[county, item, t] = short.get((county, item, t), 0.0) + float(units.value() or 0.0)
    return {key: units for key, units in short.items() if units > 0}

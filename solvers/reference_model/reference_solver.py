"""Solving the second opinion: by HiGHS, CBC or any solver that PuLP finds on the machine."""

import tempfile
from dataclasses import dataclass, replace
from typing import Literal

import pulp

from models.problem.planning_problem import PlanningProblem
from models.problem.policy import Goal
from solvers.reference_model import constraints, objective, past
from solvers.reference_model.demand import Needs
from solvers.reference_model.model import ReferenceModel, build_reference_model

Status = Literal["optimal", "feasible", "infeasible", "unbounded", "failed"]
"""`feasible`: stopped by a limit with a plan in hand. `failed`: stopped without one."""

ALIASES = {"highs": "HiGHS", "cbc": "COIN_CMD"}
"""Our short names for solvers; any other name is PuLP's own, such as GUROBI or CPLEX_PY."""

DISPLAY_NAMES = {"highs": "HiGHS", "cbc": "CBC"}
"""How a solver with a short name is called in an opinion."""

STATUSES: dict[int, Status] = {
    pulp.LpSolutionOptimal: "optimal",
    pulp.LpSolutionIntegerFeasible: "feasible",
    pulp.LpSolutionInfeasible: "infeasible",
    pulp.LpSolutionUnbounded: "unbounded",
    pulp.LpSolutionNoSolutionFound: "failed",
}
"""PuLP's `sol_status`; its `status` calls a plan optimal that a limit cut short, so it is never read."""

TIGHT_TOLERANCE = 1e-9
"""Feasibility and optimality tolerance asked of HiGHS, so that its objective can be compared digit by digit."""

LARGE_PROGRAM_VARIABLES = 20_000
"""Variables above which HiGHS goes by its interior point with crossover: a minute on a province's year, simplex many."""

LOOSE_TOLERANCE = 1e-6
"""How far a point may be from keeping every row and bound and still be called a plan, in units."""


@dataclass(frozen=True, slots=True)
class ReferenceSolution:
    """What the independent formulation found."""

    status: Status
    """Whether a plan was found and proved best."""
    objective: float | None
    """Weighted shortage and costs, in won; None without a plan. CBC writes eight digits, HiGHS all."""
    solver: str
    """Solver: HiGHS, CBC, or PuLP's name of another."""
    shortage: Needs
    """Units short by county, item and position of the period; 0 is not listed."""
    goals: tuple[tuple[str, float], ...] = ()
    """With `policy.goals`: name and optimum of each, in order; for `worst_fulfilment` the smallest served share."""
    columns: int = 0
    """Variables of the program."""
    rows: int = 0
    """Rows of the program."""


def build_reference_program(problem: PlanningProblem) -> pulp.LpProblem:
    """The whole program in PuLP, ready for `solve`, `writeLP` or `writeMPS`.

    The rule `own_needs_first` needs a plan without swaps first and the goals one solve each, so both are in `solve` alone.
    """
    model = _assemble_model(problem, swaps=True)
    model.lp.setObjective(objective.weighted_objective(model))
    return model.lp


def solve_reference_model(
    problem: PlanningProblem,
    solver: str = "highs",
    *,
    short_without_swaps: Needs | None = None,
    time_limit_seconds: float | None = None,
) -> ReferenceSolution:
    """Solve the problem afresh: `highs`, `cbc`, or PuLP's name of any solver on this machine.

    Whole units are not asked for: the objective is the one before rounding. `short_without_swaps` are the shortages that
    `own_needs_first` may not exceed; without them they are found here, and since a plan without swaps may have several
    optima, two opinions agree for certain only when they start from the same ones. Raises `pulp.PulpSolverError` when
    PuLP does not know the solver or cannot run it.
    """
    limits = short_without_swaps
    if problem.policy.own_needs_first and problem.partners and limits is None:
        alone = _solve_goals(_assemble_model(problem, swaps=False), solver, time_limit_seconds)
        if alone.status != "optimal":
            return alone
        limits = alone.shortage
    model = _assemble_model(problem, swaps=True)
    if problem.policy.own_needs_first and limits is not None:
        constraints.add_own_needs_first(model, limits)
    return _solve_goals(model, solver, time_limit_seconds)


def _assemble_model(problem: PlanningProblem, swaps: bool) -> ReferenceModel:
    model = build_reference_model(problem, swaps)
    past.fix_past_variables(model)
    constraints.add_balance(model)
    constraints.add_machine_hours(model)
    constraints.add_labour_hours(model)
    constraints.add_power_limits(model)
    constraints.add_link_capacity(model)
    constraints.add_handling_limits(model)
    constraints.add_central_share(model)
    constraints.add_local_floor(model)
    constraints.add_swap_balance(model)
    constraints.add_store_capacity(model)
    return model


def _solve_goals(model: ReferenceModel, solver: str, seconds: float | None) -> ReferenceSolution:
    """Minimise the objective, or each goal in turn while those before it are held."""
    whole_objective = objective.weighted_objective(model)
    reached: list[tuple[str, float]] = []
    status: Status = "failed"
    for goal in model.problem.policy.expand_ordered_goals() or (None,):
        expression = whole_objective if goal is None else objective.build_goal_expression(model, goal)
        status = _minimize_expression(model, expression, solver, seconds)
        if status != "optimal":
            break
        if goal is not None:
            best = float(pulp.value(expression))
            reached.append((goal.goal, 1 - best if goal.goal == "worst_fulfilment" else best))
            _add_goal_constraint(model, goal, expression, best)
    found = status in ("optimal", "feasible")
    opinion = ReferenceSolution(
        status,
        None,
        DISPLAY_NAMES.get(solver, solver),
        {},
        tuple(reached),
        len(model.lp.variables()),
        len(model.lp.constraints()),
    )
    return (
        replace(opinion, objective=float(pulp.value(whole_objective)), shortage=_read_shortage(model))
        if found
        else opinion
    )


def _add_goal_constraint(model: ReferenceModel, goal: Goal, expression: pulp.LpAffineExpression, best: float) -> None:
    size = 1 - best if goal.goal == "worst_fulfilment" else best
    model.add_constraint(expression <= best + goal.tolerance * max(1.0, abs(size)), "goal", goal.goal)


def _minimize_expression(
    model: ReferenceModel, expression: pulp.LpAffineExpression, solver: str, seconds: float | None
) -> Status:
    if not model.lp.variables() and not len(expression):
        return "infeasible" if model.lp.constraints() else "optimal"  # solvers call a program without columns an error
    model.lp.setObjective(expression.copy())  # PuLP writes into it while solving
    worker = _build_pulp_solver(solver, seconds, len(model.lp.variables()) > LARGE_PROGRAM_VARIABLES)
    with tempfile.TemporaryDirectory(prefix="second-opinion-") as folder:
        if isinstance(worker, pulp.LpSolver_CMD):
            worker.tmpDir = folder  # solvers run as commands leave files behind when they fail
        model.lp.solve(worker)
    status = STATUSES[model.lp.sol_status]
    if status == "feasible" and not model.lp.valid(LOOSE_TOLERANCE):
        return "failed"  # PuLP takes whatever point HiGHS stood at when its time was up
    return status


def _build_pulp_solver(solver: str, seconds: float | None, large: bool) -> pulp.LpSolver:
    more: dict[str, object] = {}
    if solver == "cbc":
        more = {"path": pulp.PULP_CBC_CMD.pulp_cbc_path}  # the CBC inside PuLP's own wheel
    worker = pulp.getSolver(ALIASES.get(solver, solver), msg=False, timeLimit=seconds, **more)
    if isinstance(worker, pulp.HiGHS):
        tight = {"primal_feasibility_tolerance": TIGHT_TOLERANCE, "dual_feasibility_tolerance": TIGHT_TOLERANCE}
        worker.optionsDict |= {"solver": "ipm"} if large else tight
    return worker


def _read_shortage(model: ReferenceModel) -> Needs:
    short: Needs = {}
    for (county, item, t, _), units in model.short.items():
        short[county, item, t] = short.get((county, item, t), 0.0) + float(units.value() or 0.0)
    return {key: units for key, units in short.items() if units > 0}

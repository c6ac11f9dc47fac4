"""Solving the second opinion: by HiGHS, CBC or any solver that PuLP finds on the machine."""

import tempfile
from dataclasses import dataclass, replace
from typing import Literal

import pulp

from models.problem.planning_problem import PlanningProblem
from models.problem.policy import Goal
from solvers.reference_model import constraints, objective, past
from solvers.reference_model.demand import Needs
from solvers.reference_model.model import Model, decide

Status = Literal["optimal", "feasible", "infeasible", "unbounded", "failed"]
"""`feasible`: stopped by a limit with a plan in hand. `failed`: stopped without one."""

ALIASES = {"highs": "HiGHS", "cbc": "COIN_CMD"}
"""Our short names for solvers; any other name is PuLP's own, such as GUROBI or CPLEX_PY."""

SHOWN = {"highs": "HiGHS", "cbc": "CBC"}
"""How a solver with a short name is called in an opinion."""

STATUSES: dict[int, Status] = {
    pulp.LpSolutionOptimal: "optimal",
    pulp.LpSolutionIntegerFeasible: "feasible",
    pulp.LpSolutionInfeasible: "infeasible",
    pulp.LpSolutionUnbounded: "unbounded",
    pulp.LpSolutionNoSolutionFound: "failed",
}
"""PuLP's `sol_status`; its `status` calls a plan optimal that a limit cut short, so it is never read."""

TIGHT = 1e-9
"""Feasibility and optimality tolerance asked of HiGHS, so that its objective can be compared digit by digit."""

LARGE = 20_000
"""Variables above which HiGHS goes by its interior point with crossover: a minute on a province's year, simplex many."""

LOOSE = 1e-6
"""How far a point may be from keeping every row and bound and still be called a plan, in units."""


@dataclass(frozen=True, slots=True)
class SecondOpinion:
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


def build(problem: PlanningProblem) -> pulp.LpProblem:
    """The whole program in PuLP, ready for `solve`, `writeLP` or `writeMPS`.

    The rule `own_needs_first` needs a plan without swaps first and the goals one solve each, so both are in `solve` alone.
    """
    model = _assemble(problem, swaps=True)
    model.lp.setObjective(objective.whole(model))
    return model.lp


def solve(
    problem: PlanningProblem,
    solver: str = "highs",
    *,
    short_without_swaps: Needs | None = None,
    time_limit_seconds: float | None = None,
) -> SecondOpinion:
    """Solve the problem afresh: `highs`, `cbc`, or PuLP's name of any solver on this machine.

    Whole units are not asked for: the objective is the one before rounding. `short_without_swaps` are the shortages that
    `own_needs_first` may not exceed; without them they are found here, and since a plan without swaps may have several
    optima, two opinions agree for certain only when they start from the same ones. Raises `pulp.PulpSolverError` when
    PuLP does not know the solver or cannot run it.
    """
    limits = short_without_swaps
    if problem.policy.own_needs_first and problem.partners and limits is None:
        alone = _run(_assemble(problem, swaps=False), solver, time_limit_seconds)
        if alone.status != "optimal":
            return alone
        limits = alone.shortage
    model = _assemble(problem, swaps=True)
    if problem.policy.own_needs_first and limits is not None:
        constraints.own_needs_first(model, limits)
    return _run(model, solver, time_limit_seconds)


def _assemble(problem: PlanningProblem, swaps: bool) -> Model:
    model = decide(problem, swaps)
    past.settle(model)
    constraints.balance(model)
    constraints.machine(model)
    constraints.labour(model)
    constraints.power(model)
    constraints.link(model)
    constraints.handling(model)
    constraints.central_share(model)
    constraints.local_floor(model)
    constraints.swap_balance(model)
    constraints.store(model)
    return model


def _run(model: Model, solver: str, seconds: float | None) -> SecondOpinion:
    """Minimise the objective, or each goal in turn while those before it are held."""
    whole_objective = objective.whole(model)
    reached: list[tuple[str, float]] = []
    status: Status = "failed"
    for goal in model.problem.policy.expand_ordered_goals() or (None,):
        expression = whole_objective if goal is None else objective.aim(model, goal)
        status = _minimise(model, expression, solver, seconds)
        if status != "optimal":
            break
        if goal is not None:
            best = float(pulp.value(expression))
            reached.append((goal.goal, 1 - best if goal.goal == "worst_fulfilment" else best))
            _hold(model, goal, expression, best)
    found = status in ("optimal", "feasible")
    opinion = SecondOpinion(
        status,
        None,
        SHOWN.get(solver, solver),
        {},
        tuple(reached),
        len(model.lp.variables()),
        len(model.lp.constraints()),
    )
    return (
        replace(opinion, objective=float(pulp.value(whole_objective)), shortage=_shortage(model)) if found else opinion
    )


def _hold(model: Model, goal: Goal, expression: pulp.LpAffineExpression, best: float) -> None:
    size = 1 - best if goal.goal == "worst_fulfilment" else best
    model.add(expression <= best + goal.tolerance * max(1.0, abs(size)), "goal", goal.goal)


def _minimise(model: Model, expression: pulp.LpAffineExpression, solver: str, seconds: float | None) -> Status:
    if not model.lp.variables() and not len(expression):
        return "infeasible" if model.lp.constraints() else "optimal"  # solvers call a program without columns an error
    model.lp.setObjective(expression.copy())  # PuLP writes into it while solving
    worker = _worker(solver, seconds, len(model.lp.variables()) > LARGE)
    with tempfile.TemporaryDirectory(prefix="second-opinion-") as folder:
        if isinstance(worker, pulp.LpSolver_CMD):
            worker.tmpDir = folder  # solvers run as commands leave files behind when they fail
        model.lp.solve(worker)
    status = STATUSES[model.lp.sol_status]
    if status == "feasible" and not model.lp.valid(LOOSE):
        return "failed"  # PuLP takes whatever point HiGHS stood at when its time was up
    return status


def _worker(solver: str, seconds: float | None, large: bool) -> pulp.LpSolver:
    more: dict[str, object] = {}
    if solver == "cbc":
        more = {"path": pulp.PULP_CBC_CMD.pulp_cbc_path}  # the CBC inside PuLP's own wheel
    worker = pulp.getSolver(ALIASES.get(solver, solver), msg=False, timeLimit=seconds, **more)
    if isinstance(worker, pulp.HiGHS):
        tight = {"primal_feasibility_tolerance": TIGHT, "dual_feasibility_tolerance": TIGHT}
        worker.optionsDict |= {"solver": "ipm"} if large else tight
    return worker


def _shortage(model: Model) -> Needs:
    short: Needs = {}
    for (county, item, t, _), units in model.short.items():
        short[county, item, t] = short.get((county, item, t), 0.0) + float(units.value() or 0.0)
    return {key: units for key, units in short.items() if units > 0}

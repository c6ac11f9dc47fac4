"""A plan: its outcome and proof, its objective and its summary. The rows of its tables are in `models.tables`."""

from typing import Literal

from models.base import Frozen

Outcome = Literal["optimal", "feasible", "infeasible", "failed"]
"""`optimal`: certified. `feasible`: stopped by a limit, with its gap. `infeasible`: rules conflict; see the diagnosis. `failed`: see termination."""


class Termination(Frozen):
    """Why solving stopped."""

    reason: Literal["optimal", "infeasible", "unbounded", "limit", "cancelled", "numerical", "error"]
    """Why it stopped."""
    limit: Literal["time", "iterations", "memory"] | None = None
    """Which limit stopped it, if one did."""
    detail: str = ""
    """The solver's own words, or what went wrong."""


class Certificate(Frozen):
    """Proof computed from the arrays, not taken from a solver. All numbers are scaled: 0 is perfect."""

    passed: bool
    """Whether all three are within `tolerance`."""
    primal_residual: float
    """Largest violation of a row or bound, relative to 1 + its right-hand side."""
    dual_residual: float
    """Largest wrong-signed reduced cost or price, relative to 1 + the cost it belongs to."""
    gap: float
    """|primal − dual objective| / (1 + |primal| + |dual|)."""
    primal_objective: float
    """Objective of the plan."""
    dual_objective: float
    """Bound proved by the prices; no plan can be cheaper."""
    tolerance: float
    """Tolerance it was held to."""


class ObjectiveTerms(Frozen):
    """The parts that the objective is the sum of, in won (weighted for the shortage)."""

    shortage: float = 0.0
    """Weighted shortage."""
    making: float = 0.0
    """Cost of making."""
    haulage: float = 0.0
    """Cost of shipping over links."""
    holding: float = 0.0
    """Cost of stock held."""
    quality: float = 0.0
    """Value of the quality missing, times `quality_weight`."""


class GoalResult(Frozen):
    """What one goal of an ordered list reached, and what it was held to afterwards."""

    goal: str
    """Name of the goal."""
    value: float
    """What it reached: a share for `worst_fulfilment`, else won (for `central_share` the distance to the target)."""
    tolerance_bound: float
    """The value that later goals had to keep."""
    final_value: float
    """Its value in the finished plan."""


class PlanObjective(Frozen):
    """The objective of the plan and its parts."""

    value: float
    """Σ weighted shortage + Σ costs, in won."""
    parts: ObjectiveTerms
    """The parts it is the sum of."""
    before_rounding: float | None = None
    """Its value in the LP before quotas were rounded to whole units; null where none were."""
    goals: tuple[GoalResult, ...] = ()
    """With `policy.goals`: what each goal reached, in order."""


class SolveStep(Frozen):
    """One run of an algorithm in a stage of the plan."""

    stage: str
    """Stage of the plan: `solve`, `without swaps` or `whole units`, with the name of the goal if the policy has ordered goals."""
    algorithm: str
    """Name of the solver backend, or `aggregated-relaxation`, `rolling-horizon` or `window-merge`."""
    seconds: float
    """Wall time, in seconds."""
    iterations: int
    """Simplex, interior point and crossover iterations; 0 for a run that was abandoned."""
    outcome: Literal[
        "optimal",
        "infeasible",
        "unbounded",
        "limit",
        "cancelled",
        "numerical",
        "error",
        "uncertified",
        "stalled",
        "rejected",
    ]
    """How the run ended: why the solver stopped, or `uncertified` (the certificate of the claimed optimum failed), `stalled`
    (stopped for lack of progress) or `rejected` (the heuristic does not suit the program)."""
    warm_start: bool = False
    """Whether the run started from the basis of an earlier solve."""


class SolverRun(Frozen):
    """The solver, the size of the program and the steps of the solve."""

    name: str
    """Solver and method."""
    version: str = ""
    """Version of the solver."""
    strategy: tuple[SolveStep, ...] = ()
    """Steps of the solve, in order of the stages; of a repeated stage, the steps of its first solve."""
    columns: int = 0
    """Number of variables of the program."""
    rows: int = 0
    """Number of constraints of the program."""
    nonzeros: int = 0
    """Number of nonzero coefficients of the program."""
    iterations: int = 0
    """Iterations of all stages."""


class ServedShare(Frozen):
    """Served share of one group of demands, weighted by value."""

    key: str
    """Category, county, priority, item or period."""
    demand: float
    """Won's worth needed."""
    served: float
    """Won's worth served."""
    share: float
    """served / demand; 1 where nothing is needed."""


class WorstServedDemand(Frozen):
    """A demand served badly, over the whole plan."""

    county: str
    """County."""
    item: str
    """Item."""
    demand: float
    """Units needed."""
    served: float
    """Units served."""
    share: float
    """served / demand."""


class PlanSummary(Frozen):
    """The plan at a glance."""

    demand_value: float
    """Won's worth needed."""
    served_share: float
    """Share of it served, by value."""
    by_category: tuple[ServedShare, ...]
    """Served share by category."""
    by_county: tuple[ServedShare, ...]
    """Served share by county."""
    by_priority: tuple[ServedShare, ...]
    """Served share by priority."""
    by_period: tuple[ServedShare, ...]
    """Served share by period."""
    worst_served: tuple[WorstServedDemand, ...]
    """The county-items served worst, worst first; at most ten."""
    local_share: float
    """Share of the goods supplied, by value, that local factories made."""
    central_share: float
    """Share of the goods supplied, by value, that came from the centre."""
    power_used_kwh: float
    """Electricity used by factories and rail, kWh."""
    power_limit_kwh: float | None
    """Electricity that might be used, kWh; null where an area has no limit."""
    tonnes: float
    """Tonnes put on links."""
    tonne_km: float
    """Tonne-kilometres."""
    swapped_given: float
    """Won's worth given in swaps."""
    swapped_taken: float
    """Won's worth taken in swaps."""


class VerificationResult(Frozen):
    """The second opinion: the independent formulation on another solver."""

    solver: str
    """Solver that gave it."""
    objective: float
    """Its objective."""
    difference: float
    """Relative difference to the plan's objective."""
    agrees: bool
    """Whether the difference is within the tolerance."""


class ConflictingRule(Frozen):
    """A rule that takes part in a conflict, and how much it must give."""

    rule: str
    """Rule, by its name in the formulation."""
    where: dict[str, str]
    """What it applies to: labels by axis, such as county, item, period."""
    text: str
    """The rule in the planner's words."""
    relaxation: float
    """Units by which it gives in the least total relaxation; 0 if it need not."""
    unit: str
    """Unit of the relaxation."""


class Infeasibility(Frozen):
    """Why no plan can keep all hard rules."""

    conflict: tuple[ConflictingRule, ...]
    """An irreducible set of rules in conflict: without any one of them the others can be kept."""
    relaxations: tuple[ConflictingRule, ...]
    """The least total relaxation that makes the problem feasible, rule by rule."""
    verified: bool
    """Whether a re-solve with the relaxation found a plan."""
    irreducible: bool = True
    """Whether each rule of the conflict was shown to be needed for it; false where there was no time for all."""


class Plan(Frozen):
    """The head of a plan: everything but its tables."""

    outcome: Outcome
    """What came of it."""
    termination: Termination
    """Why solving stopped."""
    certificate: Certificate | None = None
    """Proof of the outcome; null where there is no plan."""
    objective: PlanObjective | None = None
    """Objective with its parts; null where there is no plan."""
    summary: PlanSummary | None = None
    """The plan at a glance; null where there is no plan."""
    infeasibility: Infeasibility | None = None
    """Why it is infeasible; null unless it is."""
    verification: VerificationResult | None = None
    """The second opinion, if asked for."""
    rounding_cost: float | None = None
    """What whole units cost: the objective's rise in won; null where no item asks for whole units."""
    solver: SolverRun
    """What solved it and how."""
    timings: dict[str, float]
    """Seconds by stage: build, solve, certify, report …"""
    tables: dict[str, int]
    """Rows of each table."""

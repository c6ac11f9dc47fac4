"""A plan without its tables: outcome, certificate, objective and summary. `models.tables` defines the table rows."""

from typing import Literal

from models.base import Frozen

Outcome = Literal["optimal", "unverified", "feasible", "infeasible", "failed"]
"""`optimal`: the certificate passed. `unverified`: it passed, but the independent reference model disagrees; see `verification`. `feasible`: a limit stopped the solver, and the certificate states the gap.
`infeasible`: hard rules conflict; see `infeasibility`. `failed`: no plan was found; see `termination`."""


class Termination(Frozen):
    """Why the solver stopped."""

    reason: Literal["optimal", "infeasible", "unbounded", "limit", "cancelled", "numerical", "error"]
    """Reason for stopping."""
    limit: Literal["time", "iterations", "memory"] | None = None
    """Limit that was reached; null if no limit stopped the solver."""
    detail: str = ""
    """Message of the solver, or a description of the error."""


class Certificate(Frozen):
    """Optimality certificate, computed from the primal and dual values without trusting the solver.

    Residuals and gap are scaled; 0 is exact.
    """

    passed: bool
    """Whether primal residual, dual residual and gap are all within `tolerance`."""
    primal_residual: float
    """Primal residual: largest violation of a constraint or bound, relative to 1 + its right-hand side."""
    dual_residual: float
    """Dual residual: largest wrong-signed reduced cost or dual value, relative to 1 + the cost of its variable."""
    gap: float
    """Duality gap: |primal − dual objective| / (1 + |primal| + |dual|)."""
    primal_objective: float
    """Objective of the plan, in weighted won."""
    dual_objective: float
    """Dual bound, in weighted won: no plan has a smaller objective."""
    tolerance: float
    """Tolerance of the test."""


class ObjectiveTerms(Frozen):
    """Terms of the objective, in weighted won. Making, haulage and holding are money: a won of costs counts as one weighted won."""

    shortage: float = 0.0
    """Weighted shortage."""
    making: float = 0.0
    """Production cost."""
    haulage: float = 0.0
    """Cost of shipping over links."""
    holding: float = 0.0
    """Holding cost of stock."""
    quality: float = 0.0
    """Value of missing quality, times `quality_weight`."""
    rate_changes: float = 0.0
    """Value of changes of production from period to period, times `smoothing`."""
    left_over: float = 0.0
    """Value of stock left at the end above its minimum, and of goods given away in swaps for nothing, times `smoothing`."""


class GoalResult(Frozen):
    """Result of one goal in lexicographic optimization."""

    goal: str
    """Name of the goal."""
    value: float
    """Optimal value of the goal in its own stage. A share for `worst_fulfilment`, weighted won for
    `shortage`, `cost` and `level`, else won. For `central_share`, the distance to the target."""
    tolerance_bound: float
    """Bound on the goal in later stages: its value relaxed by its tolerance."""
    final_value: float
    """Value of the goal in the finished plan."""


class PlanObjective(Frozen):
    """The objective of the plan and its terms."""

    value: float
    """Weighted shortage plus all costs, in weighted won: won of value times the weights of the policy, which nobody pays."""
    parts: ObjectiveTerms
    """Terms that add up to `value`."""
    before_rounding: float
    """Objective of the linear program, before rounding to whole units, in weighted won; no plan has a smaller one. Equal to `value` if nothing
    had to be whole."""
    rounding_gap: float
    """Proved gap of rounding: `value` exceeds the best plan in whole units by at most this share of `value`; 0 if nothing had to be
    whole. With ordered goals, the gap of the first goal."""
    goals: tuple[GoalResult, ...] = ()
    """Results of the goals in `policy.goals`, in order."""


class SolveStep(Frozen):
    """One run of an algorithm in a stage of the plan."""

    stage: str
    """Stage of the plan: `solve`, `without swaps` or `whole units`, with the name of the goal if the policy has ordered goals;
    or `settle ties`."""
    algorithm: str
    """Name of the solver backend, or `aggregated-relaxation`, `rolling-horizon`, `window-merge`, `near-search`, `item-rounding` or `branch-and-bound`."""
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
    """Category, county, priority, item or period of the group."""
    demand: float
    """Value of the demand, in won."""
    served: float
    """Value of the demand served, in won."""
    share: float
    """Served share, served / demand; 1 if the demand is 0."""


class WorstServedDemand(Frozen):
    """A county and item with one of the lowest served shares over the whole plan."""

    county: str
    """Identifier of the county."""
    item: str
    """Identifier of the item."""
    demand: float
    """Demand, in units of the item."""
    served: float
    """Demand served, in units of the item."""
    share: float
    """Served share, served / demand."""


class MeanQuality(Frozen):
    """Mean quality of the goods that reach people, of one group, weighted by value."""

    key: str
    """County, category or kind of source (`factory`, `centre`, `partner`, `stock`) of the group."""
    value: float
    """Value of the goods, in won."""
    quality: float
    """Mean quality, 0 to 1."""


class QualitySummary(Frozen):
    """Quality of the goods that reach people; 1 for goods that no factory of the province makes."""

    quality: float
    """Mean quality of all goods, weighted by value, 0 to 1."""
    by_county: tuple[MeanQuality, ...]
    """Mean quality by county."""
    by_category: tuple[MeanQuality, ...]
    """Mean quality by category."""
    by_source: tuple[MeanQuality, ...]
    """Mean quality by kind of source."""


class ServedSpread(Frozen):
    """The item whose served share over the plan differs most between counties."""

    item: str
    """Identifier of the item."""
    spread: float
    """Greatest minus smallest served share of a county that needs the item, 0 to 1."""
    least_county: str
    """Identifier of the county with the smallest served share."""
    least_share: float
    """Smallest served share."""
    most_county: str
    """Identifier of the county with the greatest served share."""
    most_share: float
    """Greatest served share."""


class RequirementsSummary(Frozen):
    """Served shares of requirements, by value."""

    demand_value: float
    """Value of the needs for requirements, in won."""
    served_share: float
    """Share of the needs for requirements that is met, by value."""
    by_requirement: tuple[ServedShare, ...]
    """Share of each requirement that is met over the plan."""
    by_county: tuple[ServedShare, ...]
    """Share of the requirements of each county that is met."""
    least_met: WorstServedDemand | None
    """The requirement and county with the smallest share met over the plan, with the requirement as `item`; null if all are
    met in full."""


class PlanSummary(Frozen):
    """Totals and served shares of the plan."""

    demand_value: float
    """Value of the total demand for goods, in won."""
    served_share: float
    """Served share of the total demand for goods, by value. A shortage that was served later counts as served."""
    by_category: tuple[ServedShare, ...]
    """Served share of each category over the plan."""
    by_county: tuple[ServedShare, ...]
    """Served share of each county."""
    by_priority: tuple[ServedShare, ...]
    """Served share of each priority."""
    by_period: tuple[ServedShare, ...]
    """Served share of each period, in which the backlog of the period before counts as demand."""
    worst_served: tuple[WorstServedDemand, ...]
    """Counties and items with the lowest served shares, worst first; at most ten."""
    in_time_share: float | None
    """Share of the demand with a due date that is there in time, by value; null where nothing is due."""
    local_share: float
    """Share of the goods supplied, by value, that local factories made."""
    central_share: float
    """Share of the goods supplied, by value, that came from the centre."""
    power_used_kwh: float
    """Electricity used by factories and rail, in kWh."""
    power_limit_kwh: float | None
    """Electricity limit of all power areas, in kWh; null if an area has no limit."""
    tonnes: float
    """Tonnes loaded onto links."""
    tonne_km: float
    """Transport volume, in tonne-kilometres."""
    tonnes_under_way: float
    """Tonnes still under way over links when the plan ends."""
    value_under_way: float
    """Value of the goods under way when the plan ends, in won."""
    swapped_given: float
    """Value of the goods given in swaps, in won."""
    swapped_taken: float
    """Value of the goods taken in swaps, in won."""
    quality: QualitySummary | None = None
    """Quality of the goods that reach people; null if nothing reaches them, and in plans of earlier versions."""
    gini: float | None = None
    """Gini coefficient of served shares between counties within a good or requirement, weighted by needs, and by the value of
    the need over all of them; 0: every county is served alike. Null if none of value is needed by several counties."""
    greatest_spread: ServedSpread | None = None
    """The good or requirement whose served share differs most between counties; null if several counties need none."""
    requirements: RequirementsSummary | None = None
    """How far requirements are met; null without requirements, and in plans of earlier versions."""

    @property
    def value_of_needs(self) -> float:
        """Value of all needs, for goods and for requirements, in won."""
        return self.demand_value + (0.0 if self.requirements is None else self.requirements.demand_value)

    @property
    def served_share_of_needs(self) -> float:
        """Served share of all needs, for goods and for requirements, by value."""
        if self.requirements is None:
            return self.served_share
        parts = (
            (self.demand_value, self.served_share),
            (self.requirements.demand_value, self.requirements.served_share),
        )
        total = sum(value for value, _ in parts)
        return sum(value * share for value, share in parts) / total if total > 0 else 1.0

    def index_needs_by_county(self) -> dict[str, float]:
        """Return the served share of all needs by county."""
        rows = [*self.by_county, *(self.requirements.by_county if self.requirements is not None else ())]
        sums: dict[str, tuple[float, float]] = {}
        for row in rows:
            demand, served = sums.get(row.key, (0.0, 0.0))
            sums[row.key] = (demand + row.demand, served + row.served)
        return {key: served / demand for key, (demand, served) in sums.items()}

    def index_needs_by_kind(self) -> dict[str, float]:
        """Return the served share by category, then by requirement."""
        rows = [*self.by_category, *(self.requirements.by_requirement if self.requirements is not None else ())]
        return {row.key: row.share for row in rows}


class VerificationResult(Frozen):
    """Result of the independent reference model, solved by another solver."""

    solver: str
    """Solver of the reference model."""
    objective: float | None
    """Objective of the reference model, in weighted won; null if the reference model has no plan."""
    difference: float | None
    """Relative difference from the objective of the plan; null if the reference model has no plan."""
    agrees: bool
    """Whether the difference is within the tolerance. If not, the outcome of the plan is `unverified`."""


class ConflictingRule(Frozen):
    """A rule that takes part in a conflict, and its relaxation."""

    rule: str
    """Name of the constraint in the formulation."""
    where: dict[str, str]
    """What the rule applies to: labels by axis, such as county, item and period."""
    text: str
    """The rule in the planner's words."""
    relaxation: float
    """Units by which the minimal feasibility relaxation relaxes the rule; 0 if it does not."""
    unit: str
    """Unit of the relaxation and of `limit`."""
    side: Literal["at_most", "at_least"] | None = None
    """Whether `limit` is a maximum or a minimum; null in plans of earlier versions."""
    limit: float | None = None
    """The limit, in `unit`; null in plans of earlier versions."""


class Infeasibility(Frozen):
    """Why no plan satisfies all hard rules."""

    conflict: tuple[ConflictingRule, ...]
    """Irreducible infeasible subset (IIS): rules in conflict that become feasible if any one of them is removed."""
    relaxations: tuple[ConflictingRule, ...]
    """Feasibility relaxation: the rules that must be relaxed, with the minimal total relaxation."""
    verified: bool
    """Whether a re-solve with the relaxation found a plan."""
    irreducible: bool = True
    """Whether every rule was shown to be necessary for the conflict; false if the time limit ended the test."""


class Plan(Frozen):
    """A plan without its tables."""

    outcome: Outcome
    """Outcome of planning."""
    termination: Termination
    """Why the solver stopped."""
    certificate: Certificate | None = None
    """Certificate of the outcome; null if there is no plan."""
    objective: PlanObjective | None = None
    """Objective and its terms; null if there is no plan."""
    summary: PlanSummary | None = None
    """Totals and served shares; null if there is no plan."""
    infeasibility: Infeasibility | None = None
    """Conflict and relaxations; null unless the outcome is `infeasible`."""
    verification: VerificationResult | None = None
    """Result of the reference model; null unless `verify` was set."""
    rounding_cost: float | None = None
    """Increase of the objective by rounding to whole units, in weighted won; null if no item requires whole units."""
    solver: SolverRun
    """Solver, model size and solution steps."""
    timings: dict[str, float]
    """Wall time of each stage (build, solve, certify, report and others), in seconds."""
    tables: dict[str, int]
    """Number of rows of each table."""

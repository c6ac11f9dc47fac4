"""Sensitivity analysis of a finished plan: shadow prices with ranges, shortage attribution, remedies and curves."""

from typing import Literal

from models.base import Frozen
from models.changes.change import Change
from models.plan import Infeasibility, ServedShare


class LimitReference(Frozen):
    """Reference to a limit, with the keys of the capacity and power tables."""

    rule: str
    """Name of the constraint or bound in the formulation. Also `opening_stock` (stock before the first period),
    `machine_condition` (condition of a factory's machines) and `delivered` (delivered part of the centre's
    promise)."""
    id: str
    """Identifier of what is limited."""
    part: str = ""
    """Machine group, direction, item, or empty."""
    period: str = ""
    """Period or settlement window; empty if the limit is for the whole plan."""
    unit: str = ""
    """Unit of the limit."""


class ShortageReduction(Frozen):
    """Effect of one step of a limit on the shortage of one item."""

    item: str
    """Identifier of the item."""
    units: float
    """Reduction of the shortage, in units of the item; negative if the shortage increases."""
    objective_reduction: float
    """Reduction of the weighted shortage in the objective, in weighted won."""


class LimitShadowPrice(LimitReference):
    """A binding limit with its shadow price and the range in which the price is valid."""

    used: float
    """Amount used, in `unit`."""
    limit: float
    """Limit, in `unit`."""
    shadow_price: float
    """Objective saved by one more unit of the limit, in weighted won."""
    allowable_decrease: float | None = None
    """Allowable decrease of the limit, in `unit`, before the shadow price changes. Null if not requested or
    unlimited."""
    allowable_increase: float | None = None
    """Allowable increase of the limit, in `unit`, before the shadow price changes. Null if not requested or
    unlimited."""
    step: float | None = None
    """Increase of the limit, in `unit`, that `objective_reduction`, `shortage_reductions` and `text` describe. Null
    except for the top limits."""
    objective_reduction: float | None = None
    """Exact objective reduction of the step, in weighted won."""
    shortage_reductions: tuple[ShortageReduction, ...] = ()
    """Shortages that the step reduces, largest objective reduction first; at most five."""
    text: str = ""
    """The effect of the step in plain words."""


class GoodShadowPrice(Frozen):
    """Shadow price of an item at a place in a period."""

    county: str
    """Identifier of the county or station."""
    item: str
    """Identifier of the item."""
    period: str
    """Identifier of the period."""
    shadow_price: float
    """Objective saved by one more unit, in weighted won; negative if one more unit increases the objective."""
    shortage: float
    """Units short at the place in the period."""
    unit: str
    """Unit of the item."""


class ShadowPrices(Frozen):
    """Shadow prices of a plan.

    They belong to the linear program before rounding, because integer programs have no dual values.
    """

    note: str
    """Which solve the shadow prices belong to."""
    relaxed: bool = False
    """Whether the figures are those of the linear program before rounding, while the plan itself has whole units; its head and
    tables have its own figures then."""
    objective: float
    """Objective that the shadow prices refer to, in weighted won."""
    limits: tuple[LimitShadowPrice, ...]
    """Limits with a nonzero shadow price, largest value (shadow price × limit) first."""
    goods: tuple[GoodShadowPrice, ...]
    """Goods with a nonzero shadow price, largest value (shadow price × shortage) first."""


class BindingLimit(LimitReference):
    """A binding limit that causes shortages, summed over a group."""

    shadow_price: float
    """Objective saved by one more unit of the limit, in weighted won."""
    shortage_count: int
    """Number of shortages that the limit causes."""
    amount: float
    """Units of the limit that the cheapest supply of the missing units would use."""
    value: float
    """`amount` × `shadow_price`: part of the value of the shortages attributed to the limit, in weighted won."""
    share: float
    """`value` as a share of the value of the shortages."""
    only_together_with: tuple[LimitReference, ...] = ()
    """Limits that are used up as well, without which more of this limit gives nothing; `shadow_price` is the worth of
    one more unit together with as much of these as it takes. Not named with ordered goals."""


class AttributionGroup(Frozen):
    """Shortages of one group, with their value attributed to limits and costs.

    Σ `value` of `binding_limits` + `other_limits` + `costs` − `above_shortage_cost` + `unreachable` = `value`.
    """

    key: str
    """Item, county, category, period or limit; for a single shortage, all of its identifiers."""
    shortage: float
    """Units short; value in won if the group contains several items."""
    objective: float
    """Weighted shortage in the objective, in weighted won. The sum over all groups plus the plan's costs is the objective."""
    value: float
    """Units short × shadow price of a unit, in weighted won: the saving from the missing units at current shadow prices."""
    binding_limits: tuple[BindingLimit, ...]
    """Limits with the largest attributed value, largest first; at most twenty."""
    other_limits: float
    """Value attributed to all other limits, in weighted won."""
    costs: float
    """Cost of making and shipping the missing units, in weighted won."""
    above_shortage_cost: float
    """Value by which the cheapest supply exceeds the weight of the shortage, in weighted won; subtracted from the sum."""
    unreachable: float
    """Value of needs that no factory, link, allotment or swap can supply, even with relaxed limits, in weighted won."""


class ShortageAttribution(Frozen):
    """Shortages attributed to binding limits, by group."""

    group_by: str
    """Grouping: `all`, `item`, `county`, `category`, `period` or `limit`."""
    relaxed: bool = False
    """Whether the figures are those of the linear program before rounding, while the plan itself has whole units; its head and
    tables have its own figures then."""
    groups: tuple[AttributionGroup, ...]
    """Groups, largest value first."""


class ShortageChange(Frozen):
    """Change of the shortage of another need under a remedy."""

    county: str
    """Identifier of the county."""
    item: str
    """Identifier of the item."""
    period: str
    """Identifier of the period."""
    units: float
    """Increase of the shortage, in units of the item; negative if the shortage decreases."""
    objective_change: float
    """Change of the weighted shortage in the objective, in weighted won."""


NoRemedyReason = Literal["served", "past", "unreachable", "worse", "whole_units", "time"]
"""Why there is no remedy; see `Remedies.reason`."""


class RemedyLimit(LimitReference):
    """A limit that a remedy enlarges."""

    amount: float
    """Increase of the limit, in `unit`; of a limit from below, decrease."""
    relative_amount: float
    """`amount` as a share of the limit; the amount itself if the limit is 0."""


class Remedy(RemedyLimit):
    """Changes that end or halve a shortage, verified by a solve. The limit is the first of `limits`."""

    kind: Literal["reserved", "unreserved", "reallocated"]
    """`reserved`: the extra amount is reserved for this need; the total objective does not get worse, but other needs
    can gain or lose. `unreserved`: the smallest extra amount with which the optimal plan meets the target without a
    reservation; the reservation keeps other optimal plans from doing otherwise. `reallocated`: no extra amount;
    existing supply is reserved."""
    limits: tuple[RemedyLimit, ...] = ()
    """Limits that become larger, one or several together; empty for `reallocated`."""
    before: float
    """Units short in the plan."""
    after: float
    """Units short with `changes`: no plan with them has more."""
    is_whole: bool = True
    """Whether a plan in whole units with `changes` was found. False for large problems, of which the linear program
    was solved only."""
    objective_change: float
    """Change of the objective (weighted shortage plus costs), in weighted won; negative if the remedy reduces the objective."""
    loss_to_others: float
    """Increase of the weighted shortage of other needs, in weighted won."""
    gain_to_others: float
    """Decrease of the weighted shortage of other needs, in weighted won."""
    worse_off: tuple[ShortageChange, ...]
    """Needs whose shortage increases, worst first; at most five."""
    goal_changes: dict[str, float] = {}
    """Change of each ordered goal in its own unit, keyed by position and name, such as `1 shortage`."""
    changes: tuple[Change, ...] = ()
    """The remedy as changes to the problem, ready for a what-if query or a new plan: larger limits, and last the
    reservation (`served_least`)."""
    shortage_if_not_reserved: float | None = None
    """Units short in the optimal plan with the larger limits but without the reservation, before rounding; null for
    `reallocated`."""
    text: str
    """The remedy in plain words."""


class Remedies(Frozen):
    """Verified remedies for one shortage."""

    county: str
    """Identifier of the county."""
    item: str
    """Identifier of the item."""
    period: str
    """Identifier of the period."""
    shortage: float
    """Units short in the plan."""
    target_shortage: float
    """Largest remaining shortage that remedies aim at, in units. Of a need with a backlog they may leave more."""
    remedies: tuple[Remedy, ...]
    """Verified remedies. First the one that leaves least if nothing is reserved, then the one that leaves least with
    the reservation, then the smallest `relative_amount`."""
    reason: NoRemedyReason | None = None
    """Why there is no remedy; null if there is one. `served`: nothing is short. `past`: the shortage is past, or
    carried over from a past period, which no reservation reaches. `unreachable`: no larger limits bring the item
    there. `worse`: larger limits do, but every plan with them has a worse objective. `whole_units`: no plan in whole
    units was found. `time`: the time limit was reached."""
    evaluated: int
    """Number of limits evaluated. Limits that have no effect alone, or next to none, are not listed."""
    not_evaluated: int = 0
    """Number of limits not evaluated, because enough remedies were found or the time limit was reached."""


class CurvePoint(Frozen):
    """Plan at one point of a parametric curve."""

    parameter: float
    """Parameter: `value` or `factor` of the varied change."""
    objective: float
    """Objective, in weighted won."""
    shadow_price: float | None
    """Objective saved per unit of increase of the parameter just after this point, in weighted won. Null if the curve is
    sampled."""
    served_share: float
    """Served share of the demand, by value."""
    by_priority: tuple[ServedShare, ...]
    """Served share of each priority."""
    top_limits: tuple[LimitShadowPrice, ...]
    """Limits with the largest value at this point; at most three."""
    is_breakpoint: bool
    """Whether the point is a breakpoint, where shadow prices change. Otherwise the point is an end or a sample."""
    goal_values: dict[str, float] = {}
    """Value of each ordered goal, keyed by position and name, such as `1 shortage`."""


class ParametricCurve(Frozen):
    """Objective and results of a plan as functions of one parameter."""

    outcome: Literal["optimal", "infeasible", "unknown"]
    """`optimal`: `points` has plans. `infeasible`: no parameter that was tried has a plan. `unknown`: the time limit was
    reached before the first plan."""
    relaxed: bool = False
    """Whether the figures are those of the linear program before rounding, while the plan itself has whole units; its head and
    tables have its own figures then."""
    change: Change
    """Varied change; its `value` or `factor` is the parameter."""
    points: tuple[CurvePoint, ...]
    """Points in order of the parameter. If `exact`, the objective is linear between adjacent points."""
    exact: bool
    """Whether the points include every breakpoint of the objective."""
    max_error: float | None
    """Largest error of linear interpolation between points, in weighted won; the interpolation never lies below the curve. Null
    if the curve is sampled."""
    explored_until: float
    """Last parameter reached within the time limit; the requested end if the curve is complete."""
    infeasible_parameters: tuple[float, ...] = ()
    """Parameters that were tried and have no plan, in order."""
    infeasibility: Infeasibility | None = None
    """Conflict and least relaxation at the first of `infeasible_parameters`; null without one, or if there was no time."""
    note: str
    """Method that computed the curve."""


class GridCell(Frozen):
    """Plan at one pair of parameter values."""

    first: float
    """`value` or `factor` of the first change."""
    second: float
    """`value` or `factor` of the second change."""
    outcome: Literal["optimal", "infeasible"]
    """`infeasible`: no plan satisfies every constraint."""
    objective: float | None
    """Objective, in weighted won; null if infeasible."""
    served_share: float | None
    """Served share of the demand by value; null if infeasible."""


class ParameterGrid(Frozen):
    """Plans at all pairs of two parameters."""

    relaxed: bool = False
    """Whether the figures are those of the linear program before rounding, while the plan itself has whole units; its head and
    tables have its own figures then."""
    cells: tuple[GridCell, ...]
    """One cell for each pair, in request order."""
    infeasibility: Infeasibility | None = None
    """Conflict and least relaxation of the first infeasible cell; null without one, or if there was no time."""
    not_evaluated: int = 0
    """Number of pairs without a cell, because the time limit was reached."""


class ShiftedLimit(LimitReference):
    """A limit with a shadow price that a change shifts."""

    shadow_price: float
    """Objective saved per unit of relaxation of the limit, in weighted won. Relaxing raises an upper limit and lowers a lower
    limit."""
    bound_change: float
    """Shift of the limit, in its unit."""
    objective_change: float
    """Change of the objective at the shadow prices of the plan, in weighted won."""


class RuleContribution(Frozen):
    """Contribution of all limits of one rule to the estimate."""

    rule: str
    """Name of the constraint or variable in the formulation; `balance` means the needs."""
    objective_change: float
    """Change of the objective at the shadow prices of the plan, in weighted won."""
    limit_count: int
    """Number of limits with a shadow price that the change shifts."""


class CoarseEstimate(Frozen):
    """Estimate of changes by a solve in longer periods, which takes a hundredth of the time; before rounding."""

    fidelity: Literal["quarter", "year"]
    """Length of the periods."""
    objective: float
    """Estimated objective with the changes, in weighted won: the optimum in longer periods, plus what they leave out of the
    plan, in proportion. At least `lower_bound`."""
    objective_change: float
    """Estimated change of the objective, in weighted won."""
    lower_bound: float
    """Proved lower bound of the objective with the changes, in weighted won."""
    served_share: tuple[float, float]
    """Served share by value of the plan, and the estimated one with the changes."""


class ObjectiveEstimate(Frozen):
    """Estimated change of the objective, from the shadow prices of the plan.

    The objective is convex in the limits, so the estimate is a lower bound on the change. With `exact`, the optimal
    basis stays valid and a re-solve gives the same change. Otherwise the objective increases by at least
    `objective_change` or, if that is negative, decreases by at most its absolute value. The changed problem can also
    be infeasible; see `outcome`.
    """

    outcome: Literal["optimal", "infeasible", "unknown"]
    """`optimal`: the estimate is exact, so there is a plan. `infeasible`: the bounds of one constraint alone show that no
    plan satisfies it. `unknown`: only a solve can tell whether there is a plan."""
    relaxed: bool = False
    """Whether the figures are those of the linear program before rounding, while the plan itself has whole units; its head and
    tables have its own figures then."""
    objective: float
    """Objective of the plan before rounding, in weighted won."""
    objective_change: float | None
    """Change of the objective, in weighted won: the exact value, or a lower bound. Null if the changes alter coefficients,
    the policy has ordered goals, or `outcome` is `infeasible`."""
    exact: bool
    """Whether the optimal basis stays valid for the whole change."""
    valid_fraction: float
    """Fraction of the change for which the optimal basis is known to stay valid, 0 to 1. Also 0 if the dual solution
    is not unique and another dual solution applies."""
    served_share: tuple[float, float] | None
    """Served share by value before rounding: of the plan, and with the changes. Null unless `exact`."""
    contributions: tuple[RuleContribution, ...]
    """Contributions to the change by rule, largest first; they add up to the change."""
    limits: tuple[ShiftedLimit, ...]
    """Shifted limits with the largest contributions, largest first; at most twenty."""
    coarse: CoarseEstimate | None = None
    """Estimate by a solve in longer periods, if asked for. Null if `exact`, with ordered goals, with
    `own_needs_first`, and for a plan of one period."""

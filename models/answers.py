"""Answers about a finished plan: prices with their ranges, reasons, remedies and curves."""

from typing import Literal

from models.base import Frozen
from models.changes.change import Change
from models.plan import ServedShare


class LimitReference(Frozen):
    """A limit, named as in the capacity and power tables."""

    rule: str
    """Rule or bound, by its name in the formulation; `opening_stock` for stock held before the first period, `machine_condition` and
    `delivered` for what a factory's machines and the centre's promise still give."""
    id: str
    """What it limits."""
    part: str = ""
    """Machine group, direction, item, or empty."""
    period: str = ""
    """Period or window; empty where it holds for the whole plan."""
    unit: str = ""
    """Unit of the limit."""


class ShortageReduction(Frozen):
    """What one step of a limit does to the shortage of one item."""

    item: str
    """Item."""
    units: float
    """Units of unmet need served; negative where more goes short."""
    objective_reduction: float
    """The same weighted as in the objective, won."""


class LimitShadowPrice(LimitReference):
    """A limit that holds something up, what it is worth, and how far that holds."""

    used: float
    """Amount used."""
    limit: float
    """Amount there is."""
    shadow_price: float
    """Won of the objective saved by one more unit."""
    allowable_decrease: float | None = None
    """Units by which the limit may fall before the price changes; null where it was not asked for or may fall for ever."""
    allowable_increase: float | None = None
    """Units by which the limit may rise before the price changes; null where it was not asked for or may rise for ever."""
    step: float | None = None
    """Units that `saves`, `serves` and `text` speak of; null but for the leading limits."""
    objective_reduction: float | None = None
    """Won of the objective that the step saves, exactly."""
    shortage_reductions: tuple[ShortageReduction, ...] = ()
    """Needs that the step serves, the one that gains most first; at most five."""
    text: str = ""
    """The same in plain words."""


class GoodShadowPrice(Frozen):
    """What one more unit of an item is worth there and then."""

    county: str
    """County or station."""
    item: str
    """Item."""
    period: str
    """Period."""
    shadow_price: float
    """Won of the objective saved by one more unit; negative where one more would be a burden."""
    shortage: float
    """Units short there."""
    unit: str
    """Unit of the item."""


class ShadowPrices(Frozen):
    """Prices of a plan. They are those of the linear program before rounding: whole numbers have no prices."""

    note: str
    """What the prices are of."""
    objective: float
    """Objective that they are the prices of, won."""
    limits: tuple[LimitShadowPrice, ...]
    """Limits with a price, worth most (price × limit) first."""
    goods: tuple[GoodShadowPrice, ...]
    """Goods with a price, dearest shortage (price × shortage) first."""


class BindingLimit(LimitReference):
    """A limit behind some shortages, added up."""

    shadow_price: float
    """Won of the objective saved by one more unit of the limit."""
    shortage_count: int
    """Shortages that it stands behind."""
    amount: float
    """Units of the limit that the missing units would take along the cheapest way."""
    value: float
    """`amount` × `gain`: the part of the shortages' worth that the limit accounts for."""
    share: float
    """`won` as a share of that worth."""


class AttributionGroup(Frozen):
    """Shortages that one group of reasons is about, and what they are worth, in parts that add up.

    Σ `won` of the causes + `other_limits` + `costs` − `dearer` + `no_way` = `won`.
    """

    key: str
    """Item, county, category, period, or all of them for a single shortage."""
    shortage: float
    """Units short; won's worth where several items are added up."""
    objective: float
    """What they weigh in the plan's objective, won; over all groups, with the plan's costs, it adds up to the objective."""
    value: float
    """Units short × the price of a unit there and then: what they would save if they came at once, at the prices of now."""
    binding_limits: tuple[BindingLimit, ...]
    """Limits that the missing units would take most of, by won; at most twenty."""
    other_limits: float
    """Won of the limits not named."""
    costs: float
    """Won that making and bringing the missing units would cost."""
    above_shortage_cost: float
    """Won by which the cheapest way is dearer than the needs weigh; taken off."""
    unreachable: float
    """Won of what nothing can bring: no factory, link, allotment or swap, whatever limits were raised."""


class ShortageAttribution(Frozen):
    """Why things are short, rolled up."""

    group_by: str
    """What the groups are."""
    groups: tuple[AttributionGroup, ...]
    """Groups, the dearest first."""


class ShortageChange(Frozen):
    """How another need fares under a remedy."""

    county: str
    """County."""
    item: str
    """Item."""
    period: str
    """Period."""
    units: float
    """Units more short; negative where fewer are."""
    objective_change: float
    """The same weighted as in the objective."""


class Remedy(LimitReference):
    """One change that ends or halves a shortage, verified by solving the plan again with it."""

    kind: Literal["reserved", "unreserved", "reallocated"]
    """`kept`: so much more, kept for this need, and the plan as a whole is no worse than now, though others may lose and gain.
    `free`: so much more that the best plan mends the shortage of itself. `shared`: nothing more at all; others give."""
    amount: float
    """Units of the limit more; 0 for `shared`."""
    relative_amount: float
    """`amount` as a share of what there is."""
    before: float
    """Units short now."""
    after: float
    """Units short with it."""
    objective_change: float
    """Change of weighted shortage and costs, won: what it costs the plan as a whole (negative: saves)."""
    loss_to_others: float
    """Weighted shortage that other needs gain, won."""
    gain_to_others: float
    """Weighted shortage that other needs lose, won."""
    worse_off: tuple[ShortageChange, ...]
    """Needs that go shorter, worst first; at most five."""
    goal_changes: dict[str, float] = {}
    """Change of each ordered goal, in its own sense and unit, by place and name, such as `1 shortage`."""
    changes: tuple[Change, ...] = ()
    """The same as changes to the problem, to be sent to what-if or with a new plan; none for `shared`."""
    shortage_if_not_reserved: float | None = None
    """Units short in the best plan with the changes made, where nothing is kept for this need; null for `shared`."""
    text: str
    """The same in plain words."""


class Remedies(Frozen):
    """What would end or halve one shortage."""

    county: str
    """County."""
    item: str
    """Item."""
    period: str
    """Period."""
    shortage: float
    """Units short now."""
    target_shortage: float
    """Units short that each remedy leaves at most."""
    remedies: tuple[Remedy, ...]
    """Verified remedies, the smallest (relative to its limit) first."""
    evaluated: int
    """Limits that were tried; those without effect by themselves are not shown."""
    not_evaluated: int = 0
    """Limits that were not tried any more: enough remedies were found, or the time was over."""


class CurvePoint(Frozen):
    """A plan along a curve."""

    parameter: float
    """Value or factor of what is varied."""
    objective: float
    """Objective, won."""
    shadow_price: float | None
    """Won of the objective saved per unit of `at` more, just after this point; null where the curve is sampled."""
    served_share: float
    """Share of the need served, by value."""
    by_priority: tuple[ServedShare, ...]
    """Served share by priority."""
    top_limits: tuple[LimitShadowPrice, ...]
    """Limits worth most there; at most three."""
    is_breakpoint: bool
    """Whether prices change here; else it is an end or a sample."""
    goal_values: dict[str, float] = {}
    """What each ordered goal comes to, by its place and name, such as `1 shortage`."""


class ParametricCurve(Frozen):
    """A plan as one thing is varied."""

    change: Change
    """What is varied; its `value` or `factor` runs along the curve."""
    points: tuple[CurvePoint, ...]
    """Points in order; between two of them the objective is a straight line where `exact`."""
    exact: bool
    """Whether every breakpoint of the objective is there."""
    max_error: float | None
    """Won by which the straight lines between points can be above the true curve at most; null where the curve is sampled."""
    explored_until: float
    """How far there was time to come; the end that was asked for where nothing is left out."""
    note: str
    """How the curve was found."""


class GridCell(Frozen):
    """A plan at one pair of values."""

    first: float
    """Value or factor of the first change."""
    second: float
    """Value or factor of the second change."""
    objective: float | None
    """Objective, won; null where no plan keeps every rule."""
    served_share: float | None
    """Share of the need served, by value."""


class ParameterGrid(Frozen):
    """Plans at every pair of values."""

    cells: tuple[GridCell, ...]
    """A cell a pair, in the order asked for."""
    not_evaluated: int = 0
    """Pairs that there was no time for; they have no cell."""

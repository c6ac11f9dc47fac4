"""Answers about a finished plan: prices with their ranges, reasons, remedies and curves."""

from typing import Literal

from models.base import Frozen
from models.changes.change import Change
from models.plan import ServedShare


class LimitName(Frozen):
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


class Served(Frozen):
    """What one step of a limit does to the shortage of one item."""

    item: str
    """Item."""
    units: float
    """Units of unmet need served; negative where more goes short."""
    won: float
    """The same weighted as in the objective, won."""


class LimitPrice(LimitName):
    """A limit that holds something up, what it is worth, and how far that holds."""

    used: float
    """Amount used."""
    limit: float
    """Amount there is."""
    price: float
    """Won of the objective saved by one more unit."""
    falls: float | None = None
    """Units by which the limit may fall before the price changes; null where it was not asked for or may fall for ever."""
    rises: float | None = None
    """Units by which the limit may rise before the price changes; null where it was not asked for or may rise for ever."""
    step: float | None = None
    """Units that `saves`, `serves` and `text` speak of; null but for the leading limits."""
    saves: float | None = None
    """Won of the objective that the step saves, exactly."""
    serves: tuple[Served, ...] = ()
    """Needs that the step serves, the one that gains most first; at most five."""
    text: str = ""
    """The same in plain words."""


class GoodPrice(Frozen):
    """What one more unit of an item is worth there and then."""

    county: str
    """County or station."""
    item: str
    """Item."""
    period: str
    """Period."""
    price: float
    """Won of the objective saved by one more unit; negative where one more would be a burden."""
    shortage: float
    """Units short there."""
    unit: str
    """Unit of the item."""


class Prices(Frozen):
    """Prices of a plan. They are those of the linear program before rounding: whole numbers have no prices."""

    note: str
    """What the prices are of."""
    objective: float
    """Objective that they are the prices of, won."""
    limits: tuple[LimitPrice, ...]
    """Limits with a price, worth most (price × limit) first."""
    goods: tuple[GoodPrice, ...]
    """Goods with a price, dearest shortage (price × shortage) first."""


class Cause(LimitName):
    """A limit behind some shortages, added up."""

    gain: float
    """Won of the objective saved by one more unit of the limit."""
    shortages: int
    """Shortages that it stands behind."""
    amount: float
    """Units of the limit that the missing units would take along the cheapest way."""
    won: float
    """`amount` × `gain`: the part of the shortages' worth that the limit accounts for."""
    share: float
    """`won` as a share of that worth."""


class Held(Frozen):
    """Shortages that one group of reasons is about, and what they are worth, in parts that add up.

    Σ `won` of the causes + `other_limits` + `costs` − `dearer` + `no_way` = `won`.
    """

    key: str
    """Item, county, category, period, or all of them for a single shortage."""
    shortage: float
    """Units short; won's worth where several items are added up."""
    objective: float
    """What they weigh in the plan's objective, won; over all groups, with the plan's costs, it adds up to the objective."""
    won: float
    """Units short × the price of a unit there and then: what they would save if they came at once, at the prices of now."""
    causes: tuple[Cause, ...]
    """Limits that the missing units would take most of, by won; at most twenty."""
    other_limits: float
    """Won of the limits not named."""
    costs: float
    """Won that making and bringing the missing units would cost."""
    dearer: float
    """Won by which the cheapest way is dearer than the needs weigh; taken off."""
    no_way: float
    """Won of what nothing can bring: no factory, link, allotment or swap, whatever limits were raised."""


class Reasons(Frozen):
    """Why things are short, rolled up."""

    by: str
    """What the groups are."""
    groups: tuple[Held, ...]
    """Groups, the dearest first."""


class OtherNeed(Frozen):
    """How another need fares under a remedy."""

    county: str
    """County."""
    item: str
    """Item."""
    period: str
    """Period."""
    units: float
    """Units more short; negative where fewer are."""
    won: float
    """The same weighted as in the objective."""


class Remedy(LimitName):
    """One change that ends or halves a shortage, verified by solving the plan again with it."""

    manner: Literal["kept", "free", "shared"]
    """`kept`: so much more, kept for this need, and the plan as a whole is no worse than now, though others may lose and gain.
    `free`: so much more that the best plan mends the shortage of itself. `shared`: nothing more at all; others give."""
    amount: float
    """Units of the limit more; 0 for `shared`."""
    relative: float
    """`amount` as a share of what there is."""
    before: float
    """Units short now."""
    after: float
    """Units short with it."""
    objective: float
    """Change of weighted shortage and costs, won: what it costs the plan as a whole (negative: saves)."""
    others_lose: float
    """Weighted shortage that other needs gain, won."""
    others_gain: float
    """Weighted shortage that other needs lose, won."""
    losers: tuple[OtherNeed, ...]
    """Needs that go shorter, worst first; at most five."""
    goals: dict[str, float] = {}
    """Change of each ordered goal, in its own sense and unit, by place and name, such as `1 shortage`."""
    changes: tuple[Change, ...] = ()
    """The same as changes to the problem, to be sent to what-if or with a new plan; none for `shared`."""
    posted: float | None = None
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
    target: float
    """Units short that each remedy leaves at most."""
    remedies: tuple[Remedy, ...]
    """Verified remedies, the smallest (relative to its limit) first."""
    tried: int
    """Limits that were tried; those without effect by themselves are not shown."""
    untried: int = 0
    """Limits that were not tried any more: enough remedies were found, or the time was over."""


class CurvePoint(Frozen):
    """A plan along a curve."""

    at: float
    """Value or factor of what is varied."""
    objective: float
    """Objective, won."""
    price: float | None
    """Won of the objective saved per unit of `at` more, just after this point; null where the curve is sampled."""
    served_share: float
    """Share of the need served, by value."""
    by_priority: tuple[ServedShare, ...]
    """Served share by priority."""
    leading: tuple[LimitPrice, ...]
    """Limits worth most there; at most three."""
    breakpoint: bool
    """Whether prices change here; else it is an end or a sample."""
    goals: dict[str, float] = {}
    """What each ordered goal comes to, by its place and name, such as `1 shortage`."""


class Curve(Frozen):
    """A plan as one thing is varied."""

    change: Change
    """What is varied; its `value` or `factor` runs along the curve."""
    points: tuple[CurvePoint, ...]
    """Points in order; between two of them the objective is a straight line where `exact`."""
    exact: bool
    """Whether every breakpoint of the objective is there."""
    error: float | None
    """Won by which the straight lines between points can be above the true curve at most; null where the curve is sampled."""
    reached: float
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


class Grid(Frozen):
    """Plans at every pair of values."""

    cells: tuple[GridCell, ...]
    """A cell a pair, in the order asked for."""
    untried: int = 0
    """Pairs that there was no time for; they have no cell."""

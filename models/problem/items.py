"""Items: goods that people need, and materials that only factories use."""

from typing import Annotated, Literal

from pydantic import Field

from models.base import ACCEPT_INTEGRAL_FLOAT, Amount, ByLabel, Flag, Frozen, Id, Label, Name, PerPeriod, Share

Priority = Annotated[int, Field(ge=1, le=3, strict=True), ACCEPT_INTEGRAL_FLOAT]
"""Priority class: 1 first (survival, infants, school), 2 next, 3 last."""


class DueDate(Frozen):
    """A part of the need of a period that is due before the period ends."""

    share: Share
    """Share of the period's need that is due, 0 to 1."""
    by: Share = 0.0
    """Part of the period after which it is due, 0 to 1; 0 (the default) when the period begins."""


class Item(Frozen):
    """A good, or a material that factories turn into goods."""

    id: Id
    """Identifier, unique among items."""
    name: Name = ""
    """Name in English; Allot shows the identifier if empty."""
    local_name: Name = ""
    """Name in the region's own language."""
    category: Label = "other"
    """Category for shares, floors and summaries, such as food or hygiene."""
    kind: Literal["good", "material"] = "good"
    """`good`: people need the item. `material`: only factories use the item."""
    unit: Label = "unit"
    """Unit of quantities, such as kg, piece or pair."""
    kg_per_unit: Amount = 1.0
    """Mass of one unit, in kg; 1 by default. Links, stores and handling limits use it."""
    value: Amount = 1.0
    """Value of one unit, in won; 1 by default. It is the price in swaps and the weight of a shortage."""
    priority: Priority = 2
    """Priority class of a shortage: 1 first, 3 last; 2 by default."""
    importance: PerPeriod = 1.0
    """Factor on the weight of a shortage, by period; 1 by default."""
    whole_units: Flag = False
    """Whether amounts must be whole numbers: needs, quotas, shipments, stocks, hand-overs, swaps and what is served."""
    transportable: Flag = True
    """Whether links can carry the item."""
    storable: Flag = True
    """Whether county stores can keep the item from one period to the next."""
    loss: Share = 0.0
    """Share of the stock lost per period, 0 to 1; 0 by default."""
    holding_cost: Amount = 0.0
    """Holding cost, in won per unit of stock at the end of a period; 0 by default."""
    norms: ByLabel[Label, Amount] = {}
    """Need in units per head and year, by population group."""
    provides: ByLabel[Id, Amount] = {}
    """What one unit provides of requirements, in their units, by requirement."""
    most_per_head: ByLabel[Label, Amount] = {}
    """The most that people take per head and year, in units, by population group; no limit if absent. It is spread over
    the periods by `period_days`, and is never below the own need of a period."""
    calendar: Label = "even"
    """Distribution of the plan's need over its periods: `even`, or a name in `calendars`."""
    carry_over: Share = 0.0
    """Share of a shortage that is needed again in the next period, 0 to 1; 0 (the default) if what is short is lost."""
    due: ByLabel[Id, DueDate] = {}
    """Part of the need that is due before a period ends, by period, such as goods for a holiday in mid-April."""

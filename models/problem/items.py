"""Items: the goods that people need and the materials that only factories use."""

from typing import Annotated, Literal

from pydantic import Field

from models.base import Amount, Frozen, Id, Label, PerPeriod, Share, Text

Priority = Annotated[int, Field(ge=1, le=3, strict=True)]
"""1 first (survival, infants, school), 2 next, 3 last."""


class Item(Frozen):
    """One good of the catalogue, or one material that factories turn into goods."""

    id: Id
    """Identifier, unique among items."""
    name: Text = ""
    """Name in English; the identifier is shown where it is empty."""
    local_name: Text = ""
    """Name in the region's own language."""
    category: Label = "other"
    """Category for shares, floors and summaries, such as food or hygiene."""
    kind: Literal["good", "material"] = "good"
    """`good`: people need it. `material`: only factories use it."""
    unit: Label = "unit"
    """Unit in which quantities are counted, such as kg, piece or pair."""
    kg_per_unit: Amount = 1.0
    """Mass of one unit, in kg; loads links, stores and handling."""
    value: Amount = 1.0
    """Won per unit: its price in swaps and its weight in shortage."""
    priority: Priority = 2
    """Priority class of its shortage: 1 first, 3 last."""
    importance: PerPeriod = 1.0
    """Factor on the weight of its shortage, by period; 1 is ordinary."""
    whole_units: bool = False
    """Whether quotas of it must be whole numbers."""
    transportable: bool = True
    """Whether it can be shipped over links."""
    storable: bool = True
    """Whether county stores can keep it from one period to the next."""
    loss: Share = 0.0
    """Share of the stock that is lost per period (0 to 1)."""
    holding_cost: Amount = 0.0
    """Won per unit held in stock at the end of a period."""
    norms: dict[Label, Amount] = {}
    """Need per head and year, in units, by population group."""
    calendar: Label = "even"
    """How the plan's need is spread over its periods: `even`, or a name in `calendars`."""

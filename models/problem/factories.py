"""Factories, their machines and the lines on which they make items."""

from typing import Literal

from models.base import Amount, Frozen, Id, Label, PerPeriod, Share, Text


class Line(Frozen):
    """One factory making one item: what a unit takes, and how much may be made."""

    item: Id
    """Item it makes."""
    kwh_per_unit: Amount = 0.0
    """Electricity per unit at the machine, kWh, before the factory's overhead."""
    hours_per_unit: dict[Label, Amount] = {}
    """Hours per unit by machine group."""
    labour_hours_per_unit: Amount = 0.0
    """Hours of labour per unit."""
    materials: dict[Id, Amount] = {}
    """Units of other items used up per unit made."""
    quality: Share = 1.0
    """Quality of what it makes, 0 to 1; the policy's `quality_weight` prices what is missing to 1."""
    cost_per_unit: Amount = 0.0
    """Won per unit made."""
    least: PerPeriod = 0.0
    """Units to be made per period at least."""
    most: PerPeriod | None = None
    """Units that may be made per period at most; no limit if absent."""


class Factory(Frozen):
    """A factory at a place, with its machine hours and the lines that share them."""

    id: Id
    """Identifier, unique among factories."""
    name: Text = ""
    """Name in English; the identifier is shown where it is empty."""
    local_name: Text = ""
    """Name in the region's own language."""
    place: Id
    """County or station where it stands."""
    level: Literal["local", "central"] = "local"
    """Who runs it; only what local factories make counts as made locally."""
    condition: Share = 1.0
    """Share of its nominal machine hours that its machines still give (rust lowers it)."""
    power_overhead: Amount = 1.0
    """Factor on the electricity of its lines: lighting, heating, old motors, line losses."""
    machines: dict[Label, PerPeriod] = {}
    """Nominal hours per period by machine group."""
    lines: tuple[Line, ...] = ()
    """What it can make, one line an item."""

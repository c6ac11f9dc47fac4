"""Factories, their machines and their production lines."""

from collections import Counter
from typing import Annotated, Literal

from pydantic import Field

from models.base import (
    MAX_AMOUNT,
    Amount,
    ByLabel,
    Frozen,
    Id,
    Label,
    LimitPerPeriod,
    Name,
    OptionalLabel,
    PerPeriod,
    Share,
)

Lot = Annotated[float, Field(gt=0, le=MAX_AMOUNT, strict=True, allow_inf_nan=False)]
"""A number above 0, up to `MAX_AMOUNT`."""


class Line(Frozen):
    """Production of one item in a factory: inputs per unit, and limits."""

    item: Id
    """Identifier of the item made."""
    recipe: OptionalLabel = ""
    """Label of the recipe, where a factory makes the item in several ways, such as `from bran`; empty by default. Lines of
    one factory for one item differ in it; one of them may be without."""
    kwh_per_unit: Amount = 0.0
    """Electricity per unit at the machine, in kWh, before the factory's `power_overhead`; 0 by default."""
    hours_per_unit: ByLabel[Label, Amount] = {}
    """Machine hours per unit, by machine group."""
    labour_hours_per_unit: Amount = 0.0
    """Labour hours per unit; 0 by default."""
    materials: ByLabel[Id, Amount] = {}
    """Units of other items used per unit made."""
    quality: Share = 1.0
    """Quality of the product on machines in full condition, 0 to 1; 1 by default. The policy's `quality_weight` prices
    quality below 1."""
    cost_per_unit: Amount = 0.0
    """Production cost, in won per unit; 0 by default."""
    least: PerPeriod = 0.0
    """Smallest quantity per period, in units; 0 by default."""
    most: LimitPerPeriod | None = None
    """Largest quantity per period, in units; no limit if absent, or where a list has null."""
    lot: Lot | None = None
    """Units in a batch: every quota is a multiple of it. If absent, 1 for items with `whole_units`, and no batches for others."""
    least_run: Amount = 0.0
    """Smallest run, in units: a quota is 0 or at least this; 0 (no smallest run) by default."""


class Factory(Frozen):
    """A factory at a place, with machine hours and the lines that share them."""

    id: Id
    """Identifier, unique among factories."""
    name: Name = ""
    """Name in English; Allot shows the identifier if empty."""
    local_name: Name = ""
    """Name in the region's own language."""
    place: Id
    """County or station where the factory is."""
    level: Literal["local", "central"] = "local"
    """Operator of the factory. Only output of `local` factories counts as made locally."""
    condition: Share = 1.0
    """Usable share of the nominal machine hours, 0 to 1; 1 by default. Wear lowers it, and with it the quality of what is
    made: quality · (1 + condition) / 2."""
    power_overhead: Amount = 1.0
    """Factor on the electricity of all lines, for lighting, heating, old motors and line losses; 1 by default."""
    machines: ByLabel[Label, PerPeriod] = {}
    """Nominal machine hours per period, by machine group."""
    lines: tuple[Line, ...] = ()
    """Production lines: one for each item, or one for each recipe of an item."""


def list_line_parts(factory: Factory) -> list[str]:
    """Return the name of each line within its factory: `item`, or `item/recipe`.

    The line without a recipe is `item/` where other lines make the same item, since `item` stands for all of them.
    """
    count = Counter(line.item for line in factory.lines)
    return [
        f"{line.item}/{line.recipe}" if line.recipe or count[line.item] > 1 else line.item for line in factory.lines
    ]


def list_line_names(factory: Factory) -> list[str]:
    """Return the name of each line, such as `hyesan-soap/soap` or `hyesan-soap/soap/from bran`."""
    return [f"{factory.id}/{part}" for part in list_line_parts(factory)]

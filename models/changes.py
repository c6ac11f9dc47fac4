"""Changes to a problem: the words of a scenario."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from models.base import Amount, Frozen, Id, Label, PerPeriod

ChangeName = Literal[
    "central_share",
    "delivered",
    "power_limit",
    "own_generation",
    "rail_tonnes",
    "road_tonnes",
    "link_tonnes",
    "machine_condition",
    "population",
    "norms",
    "labour",
    "materials",
    "partner_offers",
    "partner_wants",
]
"""What can be changed; each name says which field of the problem it touches (see `Change.what`)."""


class Change(Frozen):
    """One named change: multiply a part of the problem by `factor`, or set it to `value`."""

    what: ChangeName
    """`central_share`: the centre's promise (by category or item). `delivered`: how much of it is kept. `power_limit`,
    `own_generation`: kWh of power areas. `rail_tonnes`, `road_tonnes`, `link_tonnes`: tonnes of links of that mode, or any.
    `machine_condition`: of factories (by factory, county, or category made). `population`: heads (by group or county). `norms`: need per
    head (by item, category). `labour`: hours of counties. `materials`: the centre's allotments. `partner_offers`,
    `partner_wants`: units of swaps (by partner, item or category)."""
    where: Label | tuple[Label, ...] | None = None
    """Selects by id, category, group or area; everything of that kind if absent."""
    periods: Annotated[tuple[Id, ...], Field(min_length=1)] | None = None
    """Periods in which it holds; all if absent. Only for values that can differ by period."""
    factor: Amount | None = None
    """Multiplies what is there."""
    value: PerPeriod | None = None
    """Replaces what is there."""

    @model_validator(mode="after")
    def _factor_or_value(self) -> Self:
        if (self.factor is None) == (self.value is None):
            raise ValueError("state either factor or value")
        return self


class Scenario(Frozen):
    """A named list of changes; scenarios compose by applying their changes one after another."""

    id: Id
    """Identifier, unique within its province."""
    name: str
    """Name for people."""
    notes: str = ""
    """What it stands for."""
    changes: tuple[Change, ...] = ()
    """Changes, applied in order."""

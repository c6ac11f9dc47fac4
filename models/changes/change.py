"""Changes to a problem: the words of a scenario."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from models.base import Amount, Frozen, Id, PerPeriod

ChangeName = Literal[
    "central_share",
    "delivered",
    "power_limit",
    "own_generation",
    "rail_tonnes",
    "road_tonnes",
    "link_tonnes",
    "handling_tonnes",
    "machine_condition",
    "machine_hours",
    "line_least",
    "line_most",
    "labour",
    "store_tonnes",
    "opening_stock",
    "stock_least",
    "stock_most",
    "closing_least",
    "closing_most",
    "population",
    "norms",
    "materials",
    "local_floor",
    "partner_offers",
    "partner_wants",
    "partner_credit",
]
"""What can be changed; each name says which field of the problem it touches (see `Change.what`)."""


Selector = Annotated[str, Field(min_length=1, max_length=201)]
"""A name, or two with `/` between them."""


class Change(Frozen):
    """One named change: multiply a part of the problem by `factor`, or set it to `value`."""

    what: ChangeName
    """`central_share`: the centre's promise (by category or item). `delivered`: how much of it is kept. `power_limit`,
    `own_generation`: kWh of power areas. `rail_tonnes`, `road_tonnes`, `link_tonnes`: tonnes of links of that mode, or any.
    `handling_tonnes`: tonnes that may enter places. `machine_condition`: of factories (by factory, county, or category made).
    `machine_hours`: nominal hours of machine groups. `line_least`, `line_most`: units to be made, and that may be, on lines.
    `labour`, `store_tonnes`: hours and stores of counties. `opening_stock`, `stock_least`, `stock_most`, `closing_least`,
    `closing_most`: units of items in the stores of counties. `population`: heads (by group or county). `norms`: need per
    head (by item, category). `materials`: the centre's allotments. `local_floor`: least share made locally. `partner_offers`,
    `partner_wants`: units of swaps (by partner, item or category). `partner_credit`: won beyond what is given."""
    where: Selector | Annotated[tuple[Selector, ...], Field(min_length=1)] | None = None
    """Selects by id, category, group or area; two names with `/` between them select one part of one thing, such as
    `hyesan-soap/soap`. Everything of that kind if absent."""
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
    local_name: str = ""
    """Name in the local language and script."""
    notes: str = ""
    """What it stands for."""
    changes: tuple[Change, ...] = ()
    """Changes, applied in order."""

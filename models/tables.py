"""The rows of a plan's tables: the schema with names, units and meanings. Tables themselves travel as columns."""

from models.base import Frozen


class QuotaRow(Frozen):
    """What a factory makes of an item in a period."""

    factory: str
    """Factory."""
    item: str
    """Item."""
    period: str
    """Period."""
    quantity: float
    """Units to be made."""
    kwh: float
    """Electricity for it, overhead included, kWh."""
    price: float
    """Value of one more unit there and then, won."""


class SupplyRow(Frozen):
    """Where a county's supply of an item comes from and goes to in a period."""

    county: str
    """County, or the station at which goods change hands."""
    item: str
    """Item."""
    period: str
    """Period."""
    demand: float
    """Units needed."""
    made: float
    """Units made there."""
    used: float
    """Units used up by factories there."""
    central: float
    """Units handed over there by the centre."""
    arrived: float
    """Units arriving over links."""
    sent: float
    """Units sent over links."""
    taken: float
    """Units taken in swaps there."""
    given: float
    """Units given in swaps there."""
    stock: float
    """Units in store at the end."""
    served: float
    """Units of the demand served."""
    shortage: float
    """Units of the demand unmet."""
    price: float
    """Value of one more unit there and then, won."""


class ShipmentRow(Frozen):
    """What moves over a link in one direction in a period."""

    link: str
    """Link."""
    from_: str
    """Place it leaves (column `from`)."""
    to: str
    """Place it reaches."""
    item: str
    """Item."""
    period: str
    """Period."""
    quantity: float
    """Units."""
    tonnes: float
    """Tonnes."""


class SwapRow(Frozen):
    """What is swapped with a partner in a period."""

    partner: str
    """Partner."""
    item: str
    """Item."""
    period: str
    """Period."""
    given: float
    """Units given."""
    taken: float
    """Units taken."""
    value: float
    """Won's worth of what was taken less what was given."""


class PowerRow(Frozen):
    """Electricity of an area in a period."""

    area: str
    """Power area."""
    period: str
    """Period."""
    used_by_factories: float
    """kWh used by factories."""
    used_by_rail: float
    """kWh used by links."""
    limit: float | None
    """kWh that may be used: allotment plus own generation; null where there is no limit."""
    price: float
    """Won of the objective saved by one more kWh."""


class CapacityRow(Frozen):
    """A limit other than power: how much of it is used and what one more unit is worth."""

    rule: str
    """Rule, by its name in the formulation: machine, labour, link, handling, store, central_share, swap_balance, local_floor …"""
    id: str
    """What it limits: factory, county, link, item, partner."""
    part: str
    """Machine group of a factory, direction of a link, or empty."""
    period: str
    """Period, or settlement window."""
    used: float
    """Amount used."""
    limit: float
    """Amount there is."""
    unit: str
    """Unit of both."""
    price: float
    """Won of the objective saved by one more unit."""


class BottleneckRow(Frozen):
    """A limit behind a shortage, and what one more unit of it would do."""

    county: str
    """County of the shortage."""
    item: str
    """Item short."""
    period: str
    """Period of the shortage."""
    shortage: float
    """Units short."""
    rule: str
    """Binding rule behind it."""
    id: str
    """What the rule limits."""
    part: str
    """Machine group, direction, or empty."""
    limit_period: str
    """Period or window of the limit."""
    gain: float
    """Won of the objective saved by one more unit of the limit."""
    unit: str
    """Unit of the limit."""


TABLE_SCHEMAS: dict[str, type[Frozen]] = {
    "quotas": QuotaRow,
    "supply": SupplyRow,
    "shipments": ShipmentRow,
    "swaps": SwapRow,
    "power": PowerRow,
    "capacity": CapacityRow,
    "bottlenecks": BottleneckRow,
}
"""The tables of a plan and the schema of their rows; a trailing underscore is not part of a column's name."""

"""Row schemas of the tables of a plan: names, units and meanings of columns.

Tables are transferred as columns.
"""

from models.base import Frozen


class QuotaRow(Frozen):
    """Quota of a line of a factory in a period."""

    factory: str
    """Identifier of the factory."""
    item: str
    """Identifier of the item."""
    recipe: str
    """Label of the recipe; empty for a line without one."""
    period: str
    """Identifier of the period."""
    quantity: float
    """Units to make."""
    kwh: float
    """Electricity for the quota including overhead, in kWh."""
    price: float
    """Shadow price of the item at the factory's place in the period, in weighted won per unit."""


class SupplyRow(Frozen):
    """Supply and use of an item at a place in a period."""

    county: str
    """Identifier of the county, or of the station where goods change hands."""
    item: str
    """Identifier of the item."""
    period: str
    """Identifier of the period."""
    demand: float
    """Units needed."""
    backlog: float
    """Units of the shortage of the period before that are needed again."""
    made: float
    """Units made by factories at the place."""
    used: float
    """Units used as material by factories at the place."""
    central: float
    """Units handed over by the centre at the place."""
    arrived: float
    """Units that arrive over links in the period."""
    sent: float
    """Units sent over links."""
    taken: float
    """Units taken in swaps at the place."""
    given: float
    """Units given in swaps at the place."""
    stock: float
    """Units in store at the end of the period."""
    discarded: float
    """Less than one unit of an item in whole units that is left over and cannot be used."""
    extra: float
    """Units handed out beyond demand and backlog, to meet requirements."""
    served: float
    """Units of demand and backlog served."""
    shortage: float
    """Units of demand and backlog not served."""
    rounding: float | None
    """Part of the shortage beyond that of the linear program: whole units cause it, not a limit; null in plans of version
    0.2.0, which did not keep it."""
    due: float | None
    """Units of the demand that are due before the period ends; null where nothing is due."""
    in_time: float | None
    """Units of `due` that are there in time, from the stock and the arrivals until then; null where nothing is due."""
    price: float
    """Shadow price of the item at the place in the period, in weighted won per unit."""


class RequirementRow(Frozen):
    """How far a requirement of a county is met in a period."""

    county: str
    """Identifier of the county."""
    requirement: str
    """Identifier of the requirement."""
    period: str
    """Identifier of the period."""
    need: float
    """Units needed."""
    backlog: float
    """Units of the shortage of the period before that are needed again."""
    met: float
    """Units of need and backlog met."""
    shortage: float
    """Units of need and backlog not met."""
    over: float
    """Units beyond need and backlog in what people take."""
    share: float
    """Share of need and backlog that is met, 0 to 1; 1 without a need."""
    rounding: float
    """Part of the shortage beyond that of the linear program: whole units cause it, not a limit."""
    due: float | None
    """Units of the need that are due before the period ends; null where nothing is due."""
    in_time: float | None
    """Units of `due` that are there in time; null where nothing is due."""
    price: float
    """Shadow price of one more unit of the requirement, in weighted won."""


class BasketRow(Frozen):
    """What people of a county take of an item in a period, and what it provides of a requirement."""

    county: str
    """Identifier of the county."""
    item: str
    """Identifier of the item."""
    period: str
    """Identifier of the period."""
    requirement: str
    """Identifier of the requirement."""
    served: float
    """Units from the own need for the item."""
    extra: float
    """Units handed out beyond it."""
    units_per_head_day: float | None
    """Units that people take per head and day; null where no people are stated."""
    grams_per_head_day: float | None
    """The same in g, by `kg_per_unit`."""
    provided: float
    """Units of the requirement that all of this provides."""
    provided_per_head_day: float | None
    """Units of the requirement per head and day."""


class ShipmentRow(Frozen):
    """Shipment of an item that departs over a link in one direction in a period."""

    link: str
    """Identifier of the link."""
    from_: str
    """Place of departure (column `from`)."""
    to: str
    """Place of arrival."""
    item: str
    """Identifier of the item."""
    period: str
    """Identifier of the period."""
    arrives: str
    """Identifier of the period of arrival; empty if it is after the plan."""
    quantity: float
    """Units shipped."""
    tonnes: float
    """Tonnes shipped."""


class SwapRow(Frozen):
    """Swap of an item with a partner in a period."""

    partner: str
    """Identifier of the partner."""
    item: str
    """Identifier of the item."""
    period: str
    """Identifier of the period."""
    given: float
    """Units given."""
    taken: float
    """Units taken."""
    value: float
    """Value taken minus value given, in won."""


class DeliveryRow(Frozen):
    """Goods of one source that reach one user in a period, traced through places and stores in proportion."""

    item: str
    """Identifier of the item."""
    period: str
    """Period in which the goods reach their user."""
    source: str
    """`factory`, `centre`, `partner`, `stock` (the opening stock) or `before` (under way before the plan)."""
    from_: str
    """Factory, gateway or partner, the place of the opening stock, or the place of arrival (column `from`)."""
    use: str
    """`people`, `material`, `swap`, `stock` (in store after the last period), `loss` (lost in store) or `under_way` (over
    links when the plan ends)."""
    to: str
    """County of the people, factory that uses the material, partner of the swap, place of the store, or place to which goods are under way."""
    quantity: float
    """Units delivered."""
    quality: float
    """Quality of the goods, 0 to 1; 1 for goods that no factory of the province makes."""


class SlipRow(Frozen):
    """Goods that a shop of a county hands out in a period: its share of what the people of the county get."""

    county: str
    """Identifier of the county."""
    shop: str
    """Identifier of the shop."""
    item: str
    """Identifier of the item."""
    period: str
    """Identifier of the period."""
    quantity: float
    """Units for the shop; whole numbers for items in whole units."""


class QualityRow(Frozen):
    """Quality of the goods of one kind of source that the people of a county get, by category."""

    county: str
    """Identifier of the county."""
    category: str
    """Category of the goods."""
    source: str
    """`factory`, `centre`, `partner`, or `stock`: the opening stock."""
    value: float
    """Value of the goods that reach people, in won."""
    quality: float
    """Mean quality of these goods, weighted by value, 0 to 1."""


class PowerRow(Frozen):
    """Electricity of a power area in a period."""

    area: str
    """Identifier of the power area."""
    period: str
    """Identifier of the period."""
    used_by_factories: float
    """Electricity used by factories, in kWh."""
    used_by_rail: float
    """Electricity used by links, in kWh."""
    limit: float | None
    """Electricity limit in kWh: allotment plus own generation; null if the area has no limit."""
    price: float
    """Shadow price of the limit: objective saved by one more kWh, in weighted won."""


class CapacityRow(Frozen):
    """A limit other than power, with its use and its shadow price."""

    rule: str
    """Name of the constraint in the formulation: machine, labour, link, handling, store, central_share, swap_balance,
    local_floor, own_surplus, budget and others."""
    id: str
    """Identifier of what is limited: factory, county, link, item, partner or budget."""
    part: str
    """Machine group of a factory, item of a line (`item/recipe` where it has several), direction of a link, or empty."""
    period: str
    """Period or settlement window."""
    used: float
    """Amount used, in `unit`."""
    limit: float
    """Limit, in `unit`."""
    unit: str
    """Unit of `used` and `limit`."""
    price: float
    """Shadow price of the limit: objective saved by one more unit, in weighted won."""


class BottleneckRow(Frozen):
    """A binding limit that causes a shortage, with its shadow price."""

    county: str
    """Identifier of the county with the shortage."""
    item: str
    """Identifier of the item, or of the requirement, that is short."""
    period: str
    """Period of the shortage."""
    shortage: float
    """Units short, as in the table `supply`. A shortage that only whole units cause has no row."""
    rule: str
    """Name of the binding constraint."""
    id: str
    """Identifier of what the constraint limits."""
    part: str
    """Machine group, item of a line (`item/recipe` where it has several), direction, or empty."""
    limit_period: str
    """Period or settlement window of the limit."""
    gain: float
    """Shadow price of the limit: objective saved by one more unit, in weighted won."""
    unit: str
    """Unit of the limit."""


TABLE_SCHEMAS: dict[str, type[Frozen]] = {
    "quotas": QuotaRow,
    "supply": SupplyRow,
    "requirements": RequirementRow,
    "baskets": BasketRow,
    "shipments": ShipmentRow,
    "swaps": SwapRow,
    "deliveries": DeliveryRow,
    "quality": QualityRow,
    "slips": SlipRow,
    "power": PowerRow,
    "capacity": CapacityRow,
    "bottlenecks": BottleneckRow,
}
"""Row schema of each table of a plan. A trailing underscore is not part of the column name."""

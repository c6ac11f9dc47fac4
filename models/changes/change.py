"""Changes to a problem, and scenarios."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from models.base import Amount, Frozen, Id, PerPeriod
from models.labels import normalise_raw_label
from models.rule_mistakes import RuleMistake, raise_mistakes

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
    "line_lot",
    "line_least_run",
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
    "budget_won",
    "served_least",
    "requirement_norm",
    "requirement_most",
    "provides",
    "most_per_head",
    "basket_share",
    "transit_periods",
    "carry_over",
    "due_share",
    "fairness_alpha",
]
"""Names of the changes; `Change.what` describes the field that each name changes."""


Selector = Annotated[str, Field(min_length=1, max_length=302), BeforeValidator(normalise_raw_label)]
"""An identifier, or two or three names separated by `/`."""


class Change(Frozen):
    """One change: multiplies a part of the problem by `factor`, or sets it to `value`."""

    what: ChangeName
    """Part of the problem to change. `central_share`: the centre's promised share (by category or item). `delivered`:
    delivered part of the promise. `power_limit`, `own_generation`: kWh of power areas. `rail_tonnes`,
    `road_tonnes`, `link_tonnes`: tonnes of links of that mode, or of all links. `handling_tonnes`: tonnes that may
    enter places. `machine_condition`: condition of factories (by factory, county, or category made).
    `machine_hours`: nominal hours of machine groups. `line_least`, `line_most`: lower and upper limits of lines, in
    units (by factory/item for all recipes of the item, or factory/item/recipe). `line_lot`, `line_least_run`: units in a
    batch (0: any number) and smallest run of lines. `labour`,
    `store_tonnes`: labour hours and store capacity of counties. `opening_stock`, `stock_least`, `stock_most`,
    `closing_least`, `closing_most`: stocks of counties, in units. `population`: heads (by group or
    county). `norms`: need per head (by item or category). `materials`: allotments of the centre. `local_floor`:
    least share of local production. `partner_offers`, `partner_wants`: units of swaps (by partner, item or
    category). `partner_credit`: additional value that may be received, in won. `budget_won`: money of budgets, in won.
    `served_least`: units of needs that are served at the least (by county/item, county, item or category).
    `requirement_norm`, `requirement_most`: least and greatest amount of requirements per head (by requirement/group or
    requirement). `provides`: what a unit of an item provides (by item/requirement, item or requirement).
    `most_per_head`: the most that people take of items (by item/group, item or category). `basket_share`: shares of
    items in a requirement (by requirement/item/least or requirement/item/most, requirement/item, requirement or item).
    `transit_periods`: whole periods on the way over links. `carry_over`: share of a shortage that is needed again (by
    item or category). `due_share`: share of a period's need that is due before the period ends (by item or category).
    `fairness_alpha`: aversion to inequality, 0 to 3; a value also replaces shortage bands."""
    where: Selector | Annotated[tuple[Selector, ...], Field(min_length=1)] | None = None
    """Selection by identifier, category, group or area. Two names separated by `/` select one part of one thing, such
    as `hyesan-soap/soap`. If absent, the change selects everything of that kind."""
    periods: Annotated[tuple[Id, ...], Field(min_length=1)] | None = None
    """Periods in which the change applies; all if absent. Only for values that can differ by period."""
    factor: Amount | None = None
    """Factor that multiplies the present value."""
    value: PerPeriod | None = None
    """New value that replaces the present value."""

    @model_validator(mode="after")
    def _factor_or_value(self) -> Self:
        if (self.factor is None) == (self.value is None):
            message = (
                "Neither `factor` nor `value` is given." if self.factor is None else "`factor` and `value` are given."
            )
            raise_mistakes([RuleMistake((), "invalid", message, "State either `factor` or `value`.")])
        return self


class Scenario(Frozen):
    """A named list of changes.

    Scenarios compose: the changes of several scenarios are applied in order.
    """

    id: Id
    """Identifier, unique within the province."""
    name: Annotated[str, BeforeValidator(normalise_raw_label)]
    """Name for people."""
    local_name: Annotated[str, BeforeValidator(normalise_raw_label)] = ""
    """Name in the local language and script."""
    notes: str = ""
    """Description of the scenario."""
    changes: tuple[Change, ...] = ()
    """Changes, applied in order."""

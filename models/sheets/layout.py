"""The sheets of a province, in the order in which they are read."""

from models.changes.change import Change, Scenario
from models.problem.factories import Factory, Line
from models.problem.items import Item
from models.problem.network import Link, Station
from models.problem.partners import Partner
from models.problem.planning_problem import PlanningProblem
from models.problem.policy import Goal, Policy, ShortageBand
from models.problem.population import County, DemandRow, StockLimits
from models.problem.power import PowerArea
from models.problem.shares import SupplyShares
from models.sheets.columns import Column, Layout, column_of, columns_of

NOTE_COLUMNS = ("mark", "source", "marks", "note")
"""Columns that every sheet may have, for people: where a figure comes from and what is to be said about it. Not read."""

NOTE_SHEETS = ("read_me", "sources")
"""Sheets for people that are not read."""


def _names(name: str, sentence: str) -> Column:
    return Column(name, "id", sentence, required=True)


_ITEM = _names("item", "Item, by its identifier in `items`.")
_COUNTY = _names("county", "County, by its identifier in `counties`.")
_FACTORY = _names("factory", "Factory, by its identifier in `factories`.")
_GROUP = Column("group", "text", "Population group; any word, the same in `norms` and `population`.", required=True)
_MACHINE = Column("machine", "text", "Machine group of the factory.", required=True)


def _number(name: str, sentence: str, *, by_period: bool = False) -> Column:
    return Column(name, "number", sentence, by_period=by_period)


PROVINCE = Layout(
    "province",
    "A row is a setting of the whole; `key` says which.",
    (Column("key", "text", "Which setting.", required=True), Column("value", "text", "Its value.")),
)

KEYS: dict[str, tuple[tuple[str, ...], Column]] = {
    "province_name": (("name",), Column("value", "text", "Name of the province for people; the problem's if absent.")),
    "name": (("problem", "name"), column_of(PlanningProblem, "name", "value")),
    "notes": (("problem", "notes"), column_of(PlanningProblem, "notes", "value")),
    "years": (("problem", "years"), column_of(PlanningProblem, "years", "value")),
    "period_days": (("problem", "period_days"), _number("value", "Days in every period; or `days` in `periods`.")),
    "central": (("problem", "supply_shares", "central"), column_of(SupplyShares, "central", "value")),
    "delivered": (
        ("problem", "supply_shares", "delivered"),
        _number("value", "Share of its promise that the centre keeps in every period; or `delivered` in `periods`."),
    ),
    "own_needs_first": (("problem", "policy", "own_needs_first"), column_of(Policy, "own_needs_first", "value")),
    "quality_weight": (("problem", "policy", "quality_weight"), column_of(Policy, "quality_weight", "value")),
}
"""Keys of the sheet `province`: where each goes and what its value is."""

PERIODS = Layout(
    "periods",
    "A row is a period of the plan, in order.",
    (
        Column("period", "id", "Identifier of the period, such as 2002-01.", required=True),
        _number("days", "Days in the period; the `even` calendar spreads by them."),
        _number("delivered", "How much of its promise the centre keeps in the period, 0 to 1."),
    ),
)

_OF_ITEMS = columns_of(
    Item, "id", "name", "local_name", "category", "kind", "unit", "kg_per_unit", "value", "priority", "importance",
    "whole_units", "transportable", "storable", "loss", "holding_cost", "calendar",
)  # fmt: skip
_OF_COUNTIES = columns_of(
    County, "id", "name", "local_name", "latitude", "longitude", "power_area", "labour_hours", "store_tonnes", "handling_tonnes"
)  # fmt: skip
_OF_FACTORIES = columns_of(Factory, "id", "name", "local_name", "place", "level", "condition", "power_overhead")
_OF_LINES = columns_of(Line, "kwh_per_unit", "labour_hours_per_unit", "quality", "cost_per_unit", "least", "most")
_OF_LINKS = columns_of(
    Link, "id", "from_place", "to_place", "one_way", "mode", "km", "tonnes", "kwh_per_tonne_km", "power_area",
    "cost_per_tonne_km", "cost_per_tonne",
)  # fmt: skip
_OF_STOCKS = columns_of(StockLimits, "opening", "least", "most", "closing_least", "closing_most")
_OF_PARTNERS = columns_of(Partner, "id", "name", "local_name", "at", "kind", "rate", "credit", "settlement")
_OF_CHANGES = (
    column_of(Change, "what"),
    column_of(Change, "where", kind="listed"),
    column_of(Change, "periods", kind="list"),
    column_of(Change, "factor"),
    column_of(Change, "value", kind="numbers"),
)
_TARGET = Column("target", "text", "Category or item.", required=True)
_PARTNER = _names("partner", "Partner, by its identifier in `partners`.")
_CALENDAR = Column("calendar", "text", "Name of the calendar.", required=True)
_PRIORITY = Column("priority", "id", "Priority: 1, 2 or 3.", required=True)
_PLACE = _names("place", "County or station where the centre hands over.")
_PROBLEM = ("problem",)
_SHARES = ("problem", "supply_shares")
_POLICY = ("problem", "policy")

OBJECT_SHEETS: tuple[Layout, ...] = (
    Layout("calendars", "A row is a calendar: the share of the plan's need that falls on each period.",
           (_CALENDAR, _number("share", "Share of the plan's need, one column a period; they sum to 1.", by_period=True)),
           (*_PROBLEM, "calendars"), key="calendar", value="share"),
    Layout("items", "A row is a good or a material.", _OF_ITEMS, (*_PROBLEM, "items")),
    Layout("norms", "A row is the need per head of a group for an item.",
           (_ITEM, _GROUP, _number("norm", "Units per head and year.")), ("norms",), ("items",), key="group", value="norm"),
    Layout("counties", "A row is a county.", _OF_COUNTIES, (*_PROBLEM, "counties")),
    Layout("population", "A row is a population group of a county.",
           (_COUNTY, _GROUP, _number("heads", "Heads of the group in the county.")),
           ("population",), ("counties",), key="group", value="heads"),
    Layout("stocks", "A row is what a county's store holds of an item.", (_COUNTY, _ITEM, *_OF_STOCKS),
           ("stocks",), ("counties",), key="item"),
    Layout("stations", "A row is a junction or gateway.",
           columns_of(Station, "id", "name", "local_name", "latitude", "longitude", "handling_tonnes"), (*_PROBLEM, "stations")),
    Layout("demand", "A row is a need stated outright, instead of the estimate.",
           columns_of(DemandRow, "county", "item", "quantity"), (*_PROBLEM, "demand")),
    Layout("factories", "A row is a factory.", _OF_FACTORIES, (*_PROBLEM, "factories")),
    Layout("machines", "A row is a machine group of a factory.",
           (_FACTORY, _MACHINE, _number("hours", "Nominal hours per period.", by_period=True)),
           ("machines",), ("factories",), key="machine", value="hours"),
    Layout("lines", "A row is a factory's line for an item.", (_FACTORY, column_of(Line, "item"), *_OF_LINES),
           ("lines",), ("factories",)),
    Layout("line_hours", "A row is the machine hours that a unit takes on a line.",
           (_FACTORY, _ITEM, _MACHINE, _number("hours_per_unit", "Hours per unit.")),
           ("hours_per_unit",), ("factories", "lines"), key="machine", value="hours_per_unit"),
    Layout("recipes", "A row is a material that a unit made on a line uses up.",
           (_FACTORY, _ITEM, _names("material", "Item used up."), _number("quantity", "Units of it per unit made.")),
           ("materials",), ("factories", "lines"), key="material", value="quantity"),
    Layout("power_areas", "A row is a power area.",
           columns_of(PowerArea, "id", "name", "limit_kwh", "own_generation_kwh"), (*_PROBLEM, "power_areas")),
    Layout("links", "A row is a railway, road or waterway.", _OF_LINKS, (*_PROBLEM, "links")),
    Layout("gateways", "A row is a place where the centre hands over.", (_PLACE,), (*_SHARES, "gateways"), value="place"),
    Layout("central_shares", "A row is the centre's share of a category or an item.",
           (Column("kind", "text", "Whether `target` is a category or an item.", choices=("category", "item"), required=True),
            _TARGET, _number("share", "Share of the need that the centre promises, 0 to 1.")),
           _SHARES, branch={"category": "by_category", "item": "by_item"}, key="target", value="share"),
    Layout("allotments", "A row is the centre's allotment of a material.",
           (_ITEM, _number("quantity", "Units per period, before what is not delivered.", by_period=True)),
           (*_SHARES, "materials"), key="item", value="quantity"),
    Layout("local_floors", "A row is the least share of a category or an item that must be made locally.",
           (_TARGET, _number("share", "Least share made locally, 0 to 1.")), (*_SHARES, "local_floor"), key="target", value="share"),
    Layout("partners", "A row is a neighbour with whom surplus is swapped.", _OF_PARTNERS, (*_PROBLEM, "partners")),
    Layout("swaps", "A row is what a partner offers or wants.",
           (_PARTNER, Column("way", "text", "`offers` or `wants`.", choices=("offers", "wants"), required=True), _ITEM,
            _number("quantity", "Units per period.", by_period=True)),
           (), ("partners",), {"offers": "offers", "wants": "wants"}, key="item", value="quantity"),
    Layout("shortage_bands", "A row is a slice of a demand that may go unmet.", columns_of(ShortageBand, "width", "weight"),
           (*_POLICY, "shortage_bands")),
    Layout("priority_weights", "A row is the weight of a priority.",
           (_PRIORITY, _number("weight", "Weight of a shortage of that priority.")),
           (*_POLICY, "priority_weights"), key="priority", value="weight", empty_counts=True),
    Layout("goals", "A row is a goal, in order; without rows weighted shortage and costs are minimised together.",
           columns_of(Goal, "goal", "over", "target", "tolerance"), (*_POLICY, "goals")),
    Layout("scenarios", "A row is a scenario of the province.", columns_of(Scenario, "id", "name", "local_name", "notes"), ("scenarios",)),
    Layout("scenario_changes", "A row is a change that a scenario makes, in order.",
           (_names("scenario", "Scenario, by its identifier in `scenarios`."), *_OF_CHANGES), ("changes",), ("scenarios",)),
)  # fmt: skip
"""Sheets whose rows are objects or entries of the problem."""

LAYOUTS: tuple[Layout, ...] = (PROVINCE, PERIODS, *OBJECT_SHEETS)
"""All sheets, in order."""

IDENTIFIED_BY = {"lines": "item"}
"""Which field names a row of a sheet that others belong to; `id` if not here."""

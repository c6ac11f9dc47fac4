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
from models.sheets.columns import Column, SheetLayout, make_column, make_columns

NOTE_COLUMNS = ("mark", "source", "marks", "note")
"""Columns that every sheet may have, for people: where a figure comes from and what is to be said about it. Not read."""

NOTE_SHEETS = ("read_me", "sources", "underlying_figures")
"""Sheets for people that are not read. `underlying_figures`: figures from which figures of the other sheets were computed."""


def _make_id_column(name: str, sentence: str) -> Column:
    return Column(name, "id", sentence, required=True)


_ITEM = _make_id_column("item", "Item, by its identifier in `items`.")
_COUNTY = _make_id_column("county", "County, by its identifier in `counties`.")
_FACTORY = _make_id_column("factory", "Factory, by its identifier in `factories`.")
_GROUP = Column("group", "text", "Population group; any word, the same in `norms` and `population`.", required=True)
_MACHINE = Column("machine", "text", "Machine group of the factory.", required=True)


def _make_number_column(name: str, sentence: str, *, by_period: bool = False) -> Column:
    return Column(name, "number", sentence, by_period=by_period)


PROVINCE_SHEET = SheetLayout(
    "province",
    "A row is a setting of the whole; `key` says which.",
    (Column("key", "text", "Which setting.", required=True), Column("value", "text", "Its value.")),
)

SETTING_KEYS: dict[str, tuple[tuple[str, ...], Column]] = {
    "province_name": (("name",), Column("value", "text", "Name of the province for people; the problem's if absent.")),
    "name": (("problem", "name"), make_column(PlanningProblem, "name", "value")),
    "notes": (("problem", "notes"), make_column(PlanningProblem, "notes", "value")),
    "years": (("problem", "years"), make_column(PlanningProblem, "years", "value")),
    "period_days": (
        ("problem", "period_days"),
        _make_number_column("value", "Days in every period; or `days` in `periods`."),
    ),
    "central": (("problem", "supply_shares", "central"), make_column(SupplyShares, "central", "value")),
    "delivered": (
        ("problem", "supply_shares", "delivered"),
        _make_number_column(
            "value", "Share of its promise that the centre keeps in every period; or `delivered` in `periods`."
        ),
    ),
    "own_needs_first": (("problem", "policy", "own_needs_first"), make_column(Policy, "own_needs_first", "value")),
    "quality_weight": (("problem", "policy", "quality_weight"), make_column(Policy, "quality_weight", "value")),
}
"""Keys of the sheet `province`: where each goes and what its value is."""

PERIODS_SHEET = SheetLayout(
    "periods",
    "A row is a period of the plan, in order.",
    (
        Column("period", "id", "Identifier of the period, such as 2002-01.", required=True),
        _make_number_column("days", "Days in the period; the `even` calendar spreads by them."),
        _make_number_column("delivered", "How much of its promise the centre keeps in the period, 0 to 1."),
    ),
)

_ITEM_FIELDS = make_columns(
    Item, "id", "name", "local_name", "category", "kind", "unit", "kg_per_unit", "value", "priority", "importance",
    "whole_units", "transportable", "storable", "loss", "holding_cost", "calendar",
)  # fmt: skip
_COUNTY_FIELDS = make_columns(
    County, "id", "name", "local_name", "latitude", "longitude", "power_area", "labour_hours", "store_tonnes", "handling_tonnes"
)  # fmt: skip
_FACTORY_FIELDS = make_columns(Factory, "id", "name", "local_name", "place", "level", "condition", "power_overhead")
_LINE_FIELDS = make_columns(Line, "kwh_per_unit", "labour_hours_per_unit", "quality", "cost_per_unit", "least", "most")
_LINK_FIELDS = make_columns(
    Link, "id", "from_place", "to_place", "one_way", "mode", "km", "tonnes", "kwh_per_tonne_km", "power_area",
    "cost_per_tonne_km", "cost_per_tonne",
)  # fmt: skip
_STOCK_FIELDS = make_columns(StockLimits, "opening", "least", "most", "closing_least", "closing_most")
_PARTNER_FIELDS = make_columns(Partner, "id", "name", "local_name", "at", "kind", "rate", "credit", "settlement")
_CHANGE_FIELDS = (
    make_column(Change, "what"),
    make_column(Change, "where", kind="listed"),
    make_column(Change, "periods", kind="list"),
    make_column(Change, "factor"),
    make_column(Change, "value", kind="numbers"),
)
_TARGET = Column("target", "text", "Category or item.", required=True)
_PARTNER = _make_id_column("partner", "Partner, by its identifier in `partners`.")
_CALENDAR = Column("calendar", "text", "Name of the calendar.", required=True)
_PRIORITY = Column("priority", "id", "Priority: 1, 2 or 3.", required=True)
_PLACE = _make_id_column("place", "County or station where the centre hands over.")
_PROBLEM = ("problem",)
_SHARES = ("problem", "supply_shares")
_POLICY = ("problem", "policy")

OBJECT_SHEETS: tuple[SheetLayout, ...] = (
    SheetLayout("calendars", "A row is a calendar: the share of the plan's need that falls on each period.",
           (_CALENDAR, _make_number_column("share", "Share of the plan's need, one column a period; they sum to 1.", by_period=True)),
           (*_PROBLEM, "calendars"), key_column="calendar", value_column="share"),
    SheetLayout("items", "A row is a good or a material.", _ITEM_FIELDS, (*_PROBLEM, "items")),
    SheetLayout("norms", "A row is the need per head of a group for an item.",
           (_ITEM, _GROUP, _make_number_column("norm", "Units per head and year.")), ("norms",), ("items",), key_column="group", value_column="norm"),
    SheetLayout("counties", "A row is a county.", _COUNTY_FIELDS, (*_PROBLEM, "counties")),
    SheetLayout("population", "A row is a population group of a county.",
           (_COUNTY, _GROUP, _make_number_column("heads", "Heads of the group in the county.")),
           ("population",), ("counties",), key_column="group", value_column="heads"),
    SheetLayout("stocks", "A row is what a county's store holds of an item.", (_COUNTY, _ITEM, *_STOCK_FIELDS),
           ("stocks",), ("counties",), key_column="item"),
    SheetLayout("stations", "A row is a junction or gateway.",
           make_columns(Station, "id", "name", "local_name", "latitude", "longitude", "handling_tonnes"), (*_PROBLEM, "stations")),
    SheetLayout("demand", "A row is a need stated outright, instead of the estimate.",
           make_columns(DemandRow, "county", "item", "quantity"), (*_PROBLEM, "demand")),
    SheetLayout("factories", "A row is a factory.", _FACTORY_FIELDS, (*_PROBLEM, "factories")),
    SheetLayout("machines", "A row is a machine group of a factory.",
           (_FACTORY, _MACHINE, _make_number_column("hours", "Nominal hours per period.", by_period=True)),
           ("machines",), ("factories",), key_column="machine", value_column="hours"),
    SheetLayout("lines", "A row is a factory's line for an item.", (_FACTORY, make_column(Line, "item"), *_LINE_FIELDS),
           ("lines",), ("factories",)),
    SheetLayout("line_hours", "A row is the machine hours that a unit takes on a line.",
           (_FACTORY, _ITEM, _MACHINE, _make_number_column("hours_per_unit", "Hours per unit.")),
           ("hours_per_unit",), ("factories", "lines"), key_column="machine", value_column="hours_per_unit"),
    SheetLayout("recipes", "A row is a material that a unit made on a line uses up.",
           (_FACTORY, _ITEM, _make_id_column("material", "Item used up."), _make_number_column("quantity", "Units of it per unit made.")),
           ("materials",), ("factories", "lines"), key_column="material", value_column="quantity"),
    SheetLayout("power_areas", "A row is a power area.",
           make_columns(PowerArea, "id", "name", "limit_kwh", "own_generation_kwh"), (*_PROBLEM, "power_areas")),
    SheetLayout("links", "A row is a railway, road or waterway.", _LINK_FIELDS, (*_PROBLEM, "links")),
    SheetLayout("gateways", "A row is a place where the centre hands over.", (_PLACE,), (*_SHARES, "gateways"), value_column="place"),
    SheetLayout("central_shares", "A row is the centre's share of a category or an item.",
           (Column("kind", "text", "Whether `target` is a category or an item.", choices=("category", "item"), required=True),
            _TARGET, _make_number_column("share", "Share of the need that the centre promises, 0 to 1.")),
           _SHARES, branch_paths={"category": "by_category", "item": "by_item"}, key_column="target", value_column="share"),
    SheetLayout("allotments", "A row is the centre's allotment of a material.",
           (_ITEM, _make_number_column("quantity", "Units per period, before what is not delivered.", by_period=True)),
           (*_SHARES, "materials"), key_column="item", value_column="quantity"),
    SheetLayout("local_floors", "A row is the least share of a category or an item that must be made locally.",
           (_TARGET, _make_number_column("share", "Least share made locally, 0 to 1.")), (*_SHARES, "local_floor"), key_column="target", value_column="share"),
    SheetLayout("partners", "A row is a neighbour with whom surplus is swapped.", _PARTNER_FIELDS, (*_PROBLEM, "partners")),
    SheetLayout("swaps", "A row is what a partner offers or wants.",
           (_PARTNER, Column("way", "text", "`offers` or `wants`.", choices=("offers", "wants"), required=True), _ITEM,
            _make_number_column("quantity", "Units per period.", by_period=True)),
           (), ("partners",), {"offers": "offers", "wants": "wants"}, key_column="item", value_column="quantity"),
    SheetLayout("shortage_bands", "A row is a slice of a demand that may go unmet.", make_columns(ShortageBand, "width", "weight"),
           (*_POLICY, "shortage_bands")),
    SheetLayout("priority_weights", "A row is the weight of a priority.",
           (_PRIORITY, _make_number_column("weight", "Weight of a shortage of that priority.")),
           (*_POLICY, "priority_weights"), key_column="priority", value_column="weight", is_empty_significant=True),
    SheetLayout("goals", "A row is a goal, in order; without rows weighted shortage and costs are minimised together.",
           make_columns(Goal, "goal", "over", "target", "tolerance"), (*_POLICY, "goals")),
    SheetLayout("scenarios", "A row is a scenario of the province.", make_columns(Scenario, "id", "name", "local_name", "notes"), ("scenarios",)),
    SheetLayout("scenario_changes", "A row is a change that a scenario makes, in order.",
           (_make_id_column("scenario", "Scenario, by its identifier in `scenarios`."), *_CHANGE_FIELDS), ("changes",), ("scenarios",)),
)  # fmt: skip
"""Sheets whose rows are objects or entries of the problem."""

SHEET_LAYOUTS: tuple[SheetLayout, ...] = (PROVINCE_SHEET, PERIODS_SHEET, *OBJECT_SHEETS)
"""All sheets, in order."""

ID_COLUMNS = {"lines": "item"}
"""Which field names a row of a sheet that others belong to; `id` if not here."""

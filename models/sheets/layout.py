"""The sheets of a province, in reading order."""

from models.changes.change import Change, Scenario
from models.problem.borders import Borders
from models.problem.budgets import Budget
from models.problem.factories import Factory, Line
from models.problem.items import DueDate, Item
from models.problem.network import InTransit, Link, Station
from models.problem.partners import Partner
from models.problem.planning_problem import PlanningProblem
from models.problem.policy import Fairness, Goal, NeedSelection, Policy, ShortageBand
from models.problem.population import AgeCount, CensusCount, County, DemandRow, ServedLeast, Shop, StockLimits
from models.problem.population_projection import AgeGroup, AgeRates, PopulationProjection
from models.problem.power import PowerArea
from models.problem.requirements import BasketShare, Requirement
from models.problem.shares import SupplyShares
from models.sheets.columns import Column, SheetLayout, make_column, make_columns, make_inner_columns

NOTE_COLUMNS = ("mark", "source", "marks", "note")
"""Columns for people that every sheet may have: provenance and notes. They are not read."""

NOTE_SHEETS = ("read_me", "sources", "underlying_figures", "findings")
"""Sheets for people that are not read. `findings` is in a marked copy of a workbook. `underlying_figures` contains figures from which other figures were derived."""


def _make_id_column(name: str, description: str) -> Column:
    return Column(name, "id", description, required=True)


_ITEM = _make_id_column("item", "Identifier of the item in `items`.")
_REQUIREMENT = _make_id_column("requirement", "Identifier of the requirement in `requirements`.")
_COUNTY = _make_id_column("county", "Identifier of the county in `counties`.")
_FACTORY = _make_id_column("factory", "Identifier of the factory in `factories`.")
_GROUP = Column("group", "text", "Population group: a free name, the same in `norms` and `population`.", required=True)
_RECIPE = Column("recipe", "text", "Recipe of the line in `lines`; empty for the line without one.")
_MACHINE = Column("machine", "text", "Machine group of the factory.", required=True)


def _make_number_column(name: str, description: str, *, by_period: bool = False) -> Column:
    return Column(name, "number", description, by_period=by_period)


PROVINCE_SHEET = SheetLayout(
    "province",
    "A row is a setting of the problem, identified by `key`.",
    (Column("key", "text", "Name of the setting.", required=True), Column("value", "text", "Value of the setting.")),
)

SETTING_KEYS: dict[str, tuple[tuple[str, ...], Column]] = {
    "province_name": (
        ("name",),
        Column("value", "text", "Name of the province for people; the name of the problem if absent."),
    ),
    "name": (("problem", "name"), make_column(PlanningProblem, "name", "value")),
    "notes": (("problem", "notes"), make_column(PlanningProblem, "notes", "value")),
    "years": (("problem", "years"), make_column(PlanningProblem, "years", "value")),
    "period_days": (
        ("problem", "period_days"),
        _make_number_column("value", "Days in every period; alternatively `days` in `periods`."),
    ),
    "central": (("problem", "supply_shares", "central"), make_column(SupplyShares, "central", "value")),
    "delivered": (
        ("problem", "supply_shares", "delivered"),
        _make_number_column(
            "value",
            "Delivered part of the centre's promise in every period, 0 to 1; alternatively `delivered` in `periods`.",
        ),
    ),
    **{
        key: (("problem", "population_projection", name), make_column(PopulationProjection, name, "value"))
        for key, name in (
            ("census_year", "census_year"),
            ("plan_year", "plan_year"),
            ("census_error", "error"),
            ("census_error_per_year", "error_per_year"),
            ("boys_per_girl", "boys_per_girl"),
            ("newborn_survival", "newborn_survival"),
        )
    },
    **{
        f"borders_{name}": (("problem", "borders", name), make_column(Borders, name, "value"))
        for name in ("source", "licence")
    },
    "fairness_alpha": (("problem", "policy", "fairness", "alpha"), make_column(Fairness, "alpha", "value")),
    "fairness_pieces": (("problem", "policy", "fairness", "pieces"), make_column(Fairness, "pieces", "value")),
    "own_needs_first": (("problem", "policy", "own_needs_first"), make_column(Policy, "own_needs_first", "value")),
    "own_surplus": (("problem", "policy", "own_surplus"), make_column(Policy, "own_surplus", "value")),
    "tie_break": (("problem", "policy", "tie_break"), make_column(Policy, "tie_break", "value")),
    "quality_weight": (("problem", "policy", "quality_weight"), make_column(Policy, "quality_weight", "value")),
    "smoothing": (("problem", "policy", "smoothing"), make_column(Policy, "smoothing", "value")),
}
"""Keys of the sheet `province`: path and column of each setting."""

PERIODS_SHEET = SheetLayout(
    "periods",
    "A row is a period of the plan, in order.",
    (
        Column("period", "id", "Identifier of the period, such as 2002-01.", required=True),
        _make_number_column("days", "Days in the period, used by the `even` calendar."),
        _make_number_column("delivered", "Delivered part of the centre's promise in the period, 0 to 1."),
    ),
)

_ITEM_FIELDS = make_columns(
    Item, "id", "name", "local_name", "category", "kind", "unit", "kg_per_unit", "value", "priority", "importance",
    "whole_units", "transportable", "storable", "loss", "holding_cost", "calendar", "carry_over",
)  # fmt: skip
_REQUIREMENT_FIELDS = make_columns(
    Requirement, "id", "name", "local_name", "unit", "value", "priority", "importance", "calendar", "carry_over"
)
_COUNTY_FIELDS = make_columns(
    County, "id", "name", "local_name", "latitude", "longitude", "power_area", "labour_hours", "store_tonnes", "handling_tonnes",
    "net_migration",
)  # fmt: skip
_FACTORY_FIELDS = make_columns(Factory, "id", "name", "local_name", "place", "level", "condition", "power_overhead")
_LINE_FIELDS = make_columns(
    Line, "kwh_per_unit", "labour_hours_per_unit", "quality", "cost_per_unit", "least", "most", "lot", "least_run"
)
_LINK_FIELDS = make_columns(
    Link, "id", "from_place", "to_place", "one_way", "mode", "km", "tonnes", "kwh_per_tonne_km", "power_area",
    "cost_per_tonne_km", "cost_per_tonne", "transit_periods",
)  # fmt: skip
_STOCK_FIELDS = make_columns(StockLimits, "opening", "least", "most", "closing_least", "closing_most")
_PARTNER_FIELDS = make_columns(Partner, "id", "name", "local_name", "at", "kind", "rate", "credit", "settlement")
_BUDGET_FIELDS = (
    *make_columns(Budget, "id", "name", "local_name", "won", "carries_over"),
    make_column(Budget, "covers", kind="list"),
    make_column(Budget, "categories", kind="list"),
    make_column(Budget, "partners", kind="list"),
    make_column(Budget, "price_factor"),
)
_CHANGE_FIELDS = (
    make_column(Change, "what"),
    make_column(Change, "where", kind="listed"),
    make_column(Change, "periods", kind="list"),
    make_column(Change, "factor"),
    make_column(Change, "value", kind="numbers"),
)
_SELECTION_FIELDS = make_inner_columns(
    NeedSelection, "of", priority="whole_list", category="list", item="list", county="list"
)
_TARGET = Column("target", "text", "Category or item.", required=True)
_PARTNER = _make_id_column("partner", "Identifier of the partner in `partners`.")
_CALENDAR = Column("calendar", "text", "Name of the calendar.", required=True)
_PRIORITY = Column("priority", "id", "Priority: 1, 2 or 3.", required=True)
_PLACE = _make_id_column("place", "County or station where the centre hands over supplies.")
_PROBLEM = ("problem",)
_SHARES = ("problem", "supply_shares")
_POLICY = ("problem", "policy")
_PROJECTION = ("problem", "population_projection")

OBJECT_SHEETS: tuple[SheetLayout, ...] = (
    SheetLayout("calendars", "A row is a calendar: the share of the plan's need in each period.",
           (_CALENDAR, _make_number_column("share", "Share of the plan's need, one column for each period; the shares sum to 1.", by_period=True)),
           (*_PROBLEM, "calendars"), key_column="calendar", value_column="share"),
    SheetLayout("items", "A row is a good or a material.", _ITEM_FIELDS, (*_PROBLEM, "items")),
    SheetLayout("norms", "A row is the norm of a population group for an item.",
           (_ITEM, _GROUP, _make_number_column("norm", "Units per head and year.")), ("norms",), ("items",), key_column="group", value_column="norm"),
    SheetLayout("due", "A row is a period in which a part of the need for an item is due before the period ends.",
           (_ITEM, Column("period", "id", "Identifier of the period in `periods`.", required=True), *make_columns(DueDate, "share", "by")),
           ("due",), ("items",), key_column="period"),
    SheetLayout("requirements", "A row is a requirement: a need that several items can meet.", _REQUIREMENT_FIELDS, (*_PROBLEM, "requirements")),
    SheetLayout("requirement_norms", "A row is the least amount of a requirement for a population group.",
           (_REQUIREMENT, _GROUP, _make_number_column("norm", "Units of the requirement per head and year.")), ("norms",), ("requirements",),
           key_column="group", value_column="norm"),
    SheetLayout("requirement_most", "A row is the greatest amount of a requirement for a population group.",
           (_REQUIREMENT, _GROUP, _make_number_column("most", "Units of the requirement per head and year at most.")), ("most",), ("requirements",),
           key_column="group", value_column="most"),
    SheetLayout("requirement_due", "A row is a period in which a part of a requirement is due before the period ends.",
           (_REQUIREMENT, Column("period", "id", "Identifier of the period in `periods`.", required=True), *make_columns(DueDate, "share", "by")),
           ("due",), ("requirements",), key_column="period"),
    SheetLayout("basket_shares", "A row is the least and the greatest share of an item in what people take to meet a requirement.",
           (_REQUIREMENT, _ITEM, *make_columns(BasketShare, "least", "most")), ("shares",), ("requirements",), key_column="item"),
    SheetLayout("provides", "A row is what one unit of an item provides of a requirement.",
           (_ITEM, _REQUIREMENT, _make_number_column("quantity", "Units of the requirement in one unit of the item.")), ("provides",), ("items",),
           key_column="requirement", value_column="quantity"),
    SheetLayout("most_per_head", "A row is the most of an item that a population group takes.",
           (_ITEM, _GROUP, _make_number_column("most", "Units per head and year at most.")), ("most_per_head",), ("items",),
           key_column="group", value_column="most"),
    SheetLayout("counties", "A row is a county.", _COUNTY_FIELDS, (*_PROBLEM, "counties")),
    SheetLayout("population", "A row is a population group of a county.",
           (_COUNTY, _GROUP, _make_number_column("heads", "Heads of the group in the county.")),
           ("population",), ("counties",), key_column="group", value_column="heads"),
    SheetLayout("census", "A row is a population group that a census counted in a county.",
           (_COUNTY, _GROUP, *make_columns(CensusCount, "heads", "yearly_growth")), ("census",), ("counties",), key_column="group"),
    SheetLayout("ages", "A row is the people of five years of age that a census counted in a county.",
           (_COUNTY, *make_columns(AgeCount, "age", "women", "men")), ("ages",), ("counties",)),
    SheetLayout("age_rates", "A row is the births and the survival of the people of five years of age.",
           make_columns(AgeRates, "age", "births_per_woman", "women_survive", "men_survive"), (*_PROJECTION, "rates")),
    SheetLayout("age_groups", "A row is a population group defined by age and sex.",
           (_GROUP, *make_columns(AgeGroup, "sex", "from_age", "below_age", "per_head")), (*_PROJECTION, "groups"), key_column="group"),
    SheetLayout("shops", "A row is a shop of a county.", (_COUNTY, *make_columns(Shop, "id", "name", "local_name", "share")), ("shops",), ("counties",)),
    SheetLayout("stocks", "A row is the stock of an item in a county, with its limits.", (_COUNTY, _ITEM, *_STOCK_FIELDS),
           ("stocks",), ("counties",), key_column="item"),
    SheetLayout("stations", "A row is a junction or gateway.",
           make_columns(Station, "id", "name", "local_name", "latitude", "longitude", "handling_tonnes"), (*_PROBLEM, "stations")),
    SheetLayout("demand", "A row is a stated need, which replaces the estimate.",
           make_columns(DemandRow, "county", "item", "quantity"), (*_PROBLEM, "demand")),
    SheetLayout("served_least", "A row is a need of which a part is served at the least.",
           make_columns(ServedLeast, "county", "item", "quantity"), (*_PROBLEM, "served_least")),
    SheetLayout("factories", "A row is a factory.", _FACTORY_FIELDS, (*_PROBLEM, "factories")),
    SheetLayout("machines", "A row is a machine group of a factory.",
           (_FACTORY, _MACHINE, _make_number_column("hours", "Nominal hours per period.", by_period=True)),
           ("machines",), ("factories",), key_column="machine", value_column="hours"),
    SheetLayout("lines", "A row is a production line of a factory for an item, or for one recipe of it.", (_FACTORY, *make_columns(Line, "item", "recipe"), *_LINE_FIELDS),
           ("lines",), ("factories",)),
    SheetLayout("line_hours", "A row is the machine hours per unit of a line.",
           (_FACTORY, _ITEM, _RECIPE, _MACHINE, _make_number_column("hours_per_unit", "Hours per unit.")),
           ("hours_per_unit",), ("factories", "lines"), key_column="machine", value_column="hours_per_unit"),
    SheetLayout("recipes", "A row is a material used per unit made on a line.",
           (_FACTORY, _ITEM, _RECIPE, _make_id_column("material", "Identifier of the material used."), _make_number_column("quantity", "Units of material per unit made.")),
           ("materials",), ("factories", "lines"), key_column="material", value_column="quantity"),
    SheetLayout("power_areas", "A row is a power area.",
           make_columns(PowerArea, "id", "name", "limit_kwh", "own_generation_kwh"), (*_PROBLEM, "power_areas")),
    SheetLayout("links", "A row is a railway, road or waterway.", _LINK_FIELDS, (*_PROBLEM, "links")),
    SheetLayout("in_transit", "A row is an item under way over a link when the plan begins.",
           make_columns(InTransit, "link", "to", "item", "quantity"), (*_PROBLEM, "in_transit")),
    SheetLayout("gateways", "A row is a gateway where the centre hands over supplies.", (_PLACE,), (*_SHARES, "gateways"), value_column="place"),
    SheetLayout("central_shares", "A row is the promised central share of a category or an item.",
           (Column("kind", "text", "Whether `target` is a category or an item.", choices=("category", "item"), required=True),
            _TARGET, _make_number_column("share", "Promised share of the need, 0 to 1.")),
           _SHARES, branch_paths={"category": "by_category", "item": "by_item"}, key_column="target", value_column="share"),
    SheetLayout("allotments", "A row is the centre's allotment of a material.",
           (_ITEM, _make_number_column("quantity", "Units per period, before `delivered`.", by_period=True)),
           (*_SHARES, "materials"), key_column="item", value_column="quantity"),
    SheetLayout("promised", "A row is an item of which the centre promises its share beyond the own need.",
           (_ITEM, _make_number_column("quantity", "Units per period, of which the centre promises its share.", by_period=True)),
           (*_SHARES, "promised"), key_column="item", value_column="quantity"),
    SheetLayout("local_floors", "A row is the least share of local production of a category or an item.",
           (_TARGET, _make_number_column("share", "Least share of local production, 0 to 1.")), (*_SHARES, "local_floor"), key_column="target", value_column="share"),
    SheetLayout("partners", "A row is a partner for swaps of surplus.", _PARTNER_FIELDS, (*_PROBLEM, "partners")),
    SheetLayout("swaps", "A row is an item that a partner offers or wants.",
           (_PARTNER, Column("way", "text", "`offers` or `wants`.", choices=("offers", "wants"), required=True), _ITEM,
            _make_number_column("quantity", "Units per period.", by_period=True)),
           (), ("partners",), {"offers": "offers", "wants": "wants"}, key_column="item", value_column="quantity"),
    SheetLayout("budgets", "A row is a budget.", _BUDGET_FIELDS, (*_PROBLEM, "budgets")),
    SheetLayout("shortage_bands", "A row is a shortage band: a part of a demand that may remain unmet. The bands replace fairness.", make_columns(ShortageBand, "width", "weight"),
           (*_POLICY, "shortage_bands")),
    SheetLayout("priority_weights", "A row is the weight of a priority.",
           (_PRIORITY, _make_number_column("weight", "Weight of a shortage with this priority.")),
           (*_POLICY, "priority_weights"), key_column="priority", value_column="weight", is_empty_significant=True),
    SheetLayout("goals", "A row is a goal, in order. Without rows, the plan minimises the sum of weighted shortage and costs.",
           (*make_columns(Goal, "goal", "over", "target"), *_SELECTION_FIELDS, *make_columns(Goal, "tolerance")), (*_POLICY, "goals")),
    SheetLayout("scenarios", "A row is a scenario of the province.", make_columns(Scenario, "id", "name", "local_name", "notes"), ("scenarios",)),
    SheetLayout("scenario_changes", "A row is a change of a scenario, in order.",
           (_make_id_column("scenario", "Identifier of the scenario in `scenarios`."), *_CHANGE_FIELDS), ("changes",), ("scenarios",)),
)  # fmt: skip
"""Sheets whose rows are objects or entries of the problem."""

BORDERS_SHEET = SheetLayout(
    "borders",
    "A row is a corner of a county's border, in order. The last corner of a ring is its first one again.",
    (
        _COUNTY,
        Column("area", "whole", "Number of the area, for a county of several areas; 1 if empty."),
        Column("ring", "whole", "Number of the ring: 1 around the area, others around what is not part of it; 1 if empty."),
        Column("longitude", "number", "Degrees east.", required=True),
        Column("latitude", "number", "Degrees north.", required=True),
    ),
)  # fmt: skip

SHEET_LAYOUTS: tuple[SheetLayout, ...] = (PROVINCE_SHEET, PERIODS_SHEET, *OBJECT_SHEETS, BORDERS_SHEET)
"""All sheets, in order."""

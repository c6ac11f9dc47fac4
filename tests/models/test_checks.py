"""Each mistake triggers exactly one finding."""

from typing import Any

import pytest

from models.examples import two_counties
from models.validation.checks import InvalidProblemError, check_problem
from models.validation.finding_codes import ERROR_CODES, WARNING_CODES
from models.validation.parsing import parse_problem
from tests.models.problems import (
    FURTHER_MISTAKES,
    Modification,
    Raw,
    list_codes,
    list_findings,
    modified_problem,
)


def put(*path: str | int, value: Any) -> Modification:
    def modify(raw: Raw) -> None:
        target: Any = raw
        for part in path[:-1]:
            target = target[part]
        target[path[-1]] = value

    return modify


def add(*path: str | int, value: Any) -> Modification:
    def modify(raw: Raw) -> None:
        target: Any = raw
        for part in path[:-1]:
            target = target[part]
        target.setdefault(path[-1], []).append(value)

    return modify


def both(*modifications: Modification) -> Modification:
    def modify(raw: Raw) -> None:
        for one in modifications:
            one(raw)

    return modify


def _no_school_share(raw: Raw) -> None:
    raw["supply_shares"]["by_category"]["school"] = 0


def _no_soda_offer(raw: Raw) -> None:
    del raw["partners"][0]["offers"]["soda"]


def of(**selection: list[Any]) -> Raw:
    """Return the goal `shortage` of a selection of needs."""
    return {"goal": "shortage", "of": selection}


STATION_FACTORY = {"id": "mine", "place": "kilju", "lines": [{"item": "soda", "kwh_per_unit": 1}]}
SALT = {"id": "salt", "kind": "material", "name": "Salt"}
DEMAND = {"county": "kapsan", "item": "soap", "quantity": 5}

YEARS: Raw = {"census_year": 2000.0, "plan_year": 2002.0}
AGES: list[Raw] = [{"age": 0, "women": 10.0, "men": 10.0}, {"age": 5, "women": 50.0, "men": 50.0}]
RATES: list[Raw] = [{"age": 0}, {"age": 5, "births_per_woman": 0.05}]
BY_AGE: Raw = YEARS | {"rates": RATES, "groups": {"infants": {"below_age": 5}}}
CENSUS = {"households": {"heads": 41854.0}}


def by_age(ages: list[Raw], **projection: Any) -> Modification:
    """A county with a table by age, and the projection with some fields replaced."""
    return both(put("counties", 0, "ages", value=ages), put("population_projection", value=BY_AGE | projection))


def census(counted: Raw, **projection: Any) -> Modification:
    """A county with counts of a census, and the years of the projection with some fields replaced."""
    return both(put("counties", 0, "census", value=counted), put("population_projection", value=YEARS | projection))


BUDGET = {"id": "money", "won": 9, "covers": ["haulage", "swaps", "central", "materials"]}
UNPAID: list[tuple[int, dict[str, Any], tuple[Modification, ...]]] = [
    (0, {"covers": ["making"]}, ()),
    (0, {}, tuple(put("links", k, "cost_per_tonne_km", value=0) for k in (0, 1))),
    (1, {"categories": ["school", "chemicals"], "covers": ["materials", "central"]}, (_no_school_share,)),
    (1, {"covers": ["materials", "swaps"], "categories": ["chemicals"]}, (_no_soda_offer,)),
    (0, {"covers": ["materials"]}, (put("supply_shares", "materials", value={}),)),
]
"""Covered spending that costs nothing: its position in `covers`, the budget, and what is left out of the example."""

COMING = {"link": "kilju-hyesan", "to": "hyesan", "item": "soap", "quantity": [5, 0]}

MISTAKES: list[tuple[str, str, Modification]] = [
    ("unknown_item", "/demand/0/item", add("demand", value=DEMAND | {"item": "sope"})),
    ("unknown_item", "/served_least/0/item", add("served_least", value=DEMAND | {"item": "sope"})),
    ("unknown_item", "/counties/1/stocks/sope", put("counties", 1, "stocks", value={"sope": {"opening": 1}})),
    (
        "unknown_item",
        "/factories/1/lines/0/materials/sod",
        put("factories", 1, "lines", 0, "materials", value={"sod": 1}),
    ),
    ("unknown_item", "/factories/1/lines/1/item", add("factories", 1, "lines", value={"item": "starsh"})),
    ("unknown_item", "/supply_shares/by_item/sope", put("supply_shares", "by_item", value={"sope": 0.1})),
    ("unknown_item", "/supply_shares/materials/sody", put("supply_shares", "materials", "sody", value=1)),
    ("unknown_item", "/partners/0/offers/sope", put("partners", 0, "offers", "sope", value=1)),
    ("unknown_item", "/partners/0/wants/sope", put("partners", 0, "wants", "sope", value=1)),
    ("unknown_period", "/items/0/due/2002-13", put("items", 0, "due", value={"2002-13": {"share": 0.5}})),
    ("unknown_place", "/factories/1/place", put("factories", 1, "place", value="kapsam")),
    ("unknown_place", "/links/0/from", put("links", 0, "from", value="kiljo")),
    ("unknown_place", "/links/0/to", put("links", 0, "to", value="hyesam")),
    ("unknown_place", "/partners/0/at", put("partners", 0, "at", value="kiljo")),
    ("unknown_place", "/supply_shares/gateways/1", add("supply_shares", "gateways", value="kiljo")),
    ("unknown_county", "/demand/0/county", add("demand", value=DEMAND | {"county": "kapsam"})),
    ("unknown_county", "/demand/0/county", add("demand", value=DEMAND | {"county": "kilju"})),
    ("unknown_county", "/served_least/0/county", add("served_least", value=DEMAND | {"county": "kilju"})),
    ("unknown_power_area", "/counties/0/power_area", put("counties", 0, "power_area", value="hyesam")),
    ("unknown_power_area", "/links/0/power_area", put("links", 0, "power_area", value="hyesam")),
    ("unknown_calendar", "/items/0/calendar", put("items", 0, "calendar", value="scool")),
    (
        "unknown_item",
        "/policy/goals/0/of/item/1",
        put("policy", "goals", value=[of(item=["soap", "sope"]), "shortage"]),
    ),
    ("unknown_county", "/policy/goals/0/of/county/0", put("policy", "goals", value=[of(county=["kilju"]), "shortage"])),
    (
        "unknown_category",
        "/policy/goals/0/of/category/0",
        put("policy", "goals", value=[of(category=["scool"]), "shortage"]),
    ),
    ("unknown_category", "/supply_shares/by_category/scool", put("supply_shares", "by_category", "scool", value=0.1)),
    ("unknown_category", "/supply_shares/local_floor/scool", put("supply_shares", "local_floor", value={"scool": 0.1})),
    (
        "unknown_machine_group",
        "/factories/1/lines/0/hours_per_unit/mil",
        put("factories", 1, "lines", 0, "hours_per_unit", value={"mil": 0.001}),
    ),
    ("duplicate_id", "/items/4/id", add("items", value={"id": "soda", "kind": "material"})),
    ("duplicate_id", "/stations/1/id", add("stations", value={"id": "hyesan"})),
    ("duplicate_id", "/factories/2/id", add("factories", value={"id": "kapsan-food", "place": "kapsan"})),
    ("duplicate_id", "/power_areas/2/id", add("power_areas", value={"id": "kapsan"})),
    ("duplicate_id", "/links/2/id", add("links", value={"id": "hyesan-kapsan", "from": "kapsan", "to": "kilju"})),
    ("duplicate_id", "/partners/1/id", add("partners", value={"id": "north-hamgyong", "at": "kilju"})),
    ("duplicate_period", "/periods/1", put("periods", 1, value="2002-01")),
    ("duplicate_line", "/factories/1/lines/1/item", add("factories", 1, "lines", value={"item": "starch"})),
    ("duplicate_demand", "/demand/1", both(add("demand", value=DEMAND), add("demand", value=DEMAND))),
    (
        "duplicate_served_least",
        "/served_least/1",
        both(add("served_least", value=DEMAND), add("served_least", value=DEMAND)),
    ),
    ("duplicate_gateway", "/supply_shares/gateways/1", add("supply_shares", "gateways", value="kilju")),
    ("duplicate_goal", "/policy/goals/1", put("policy", "goals", value=["cost", {"goal": "cost"}])),
    ("wrong_length", "/calendars/school", put("calendars", "school", value=[0.25, 0.25, 0.5])),
    ("wrong_length", "/links/0/tonnes", put("links", 0, "tonnes", value=[1500])),
    ("calendar_sum", "/calendars/school", put("calendars", "school", value=[0.25, 0.7])),
    ("reserved_name", "/calendars/even", put("calendars", "even", value=[0.5, 0.5])),
    ("no_days", "/period_days", put("period_days", value=0)),
    ("link_to_itself", "/links/2/to", add("links", value={"id": "loop", "from": "kapsan", "to": "kapsan"})),
    ("electric_link_without_area", "/links/1/power_area", put("links", 1, "kwh_per_tonne_km", value=0.1)),
    (
        "least_above_most",
        "/factories/1/lines/0/least",
        both(put("factories", 1, "lines", 0, "least", value=[1, 3]), put("factories", 1, "lines", 0, "most", value=2)),
    ),
    ("part_of_whole_unit", "/items/0/carry_over", put("items", 0, "carry_over", value=0.5)),
    (
        "tiny_coefficient",
        "/factories/0/lines/0/kwh_per_unit",
        put("factories", 0, "lines", 0, "kwh_per_unit", value=1e-9),
    ),
    (
        "tiny_coefficient",
        "/factories/0/lines/0/labour_hours_per_unit",
        put("factories", 0, "lines", 0, "labour_hours_per_unit", value=1e-9),
    ),
    ("tiny_coefficient", "/items/0/kg_per_unit", put("items", 0, "kg_per_unit", value=5e-5)),
    ("tiny_coefficient", "/links/0/kwh_per_tonne_km", put("links", 0, "kwh_per_tonne_km", value=1e-12)),
    ("transit_beyond_plan", "/links/0/transit_periods", put("links", 0, "transit_periods", value=2)),
    (
        "arrives_too_late",
        "/in_transit/0/quantity",
        both(put("links", 0, "transit_periods", value=1), put("in_transit", value=[COMING | {"quantity": [5, 5]}])),
    ),
    ("unknown_link", "/in_transit/0/link", put("in_transit", value=[COMING | {"to": "kapsan"}])),
    (
        "duplicate_past",
        "/in_transit/1",
        both(put("links", 0, "transit_periods", value=1), put("in_transit", value=[COMING, COMING])),
    ),
    (
        "due_before_arrival",
        "/items/1/due/2002-01/share",
        both(
            put("items", 1, "storable", value=False),
            put("items", 1, "due", value={"2002-01": {"share": 0.75, "by": 0.5}}),
        ),
    ),
    (
        "no_whole_quota",
        "/factories/0/lines/0/least",
        both(
            put("factories", 0, "lines", 0, "least", value=[1, 2.5]),
            put("factories", 0, "lines", 0, "most", value=2.75),
        ),
    ),
    (
        "least_above_most",
        "/counties/1/stocks/soap/least",
        put("counties", 1, "stocks", value={"soap": {"least": 2, "most": 1}}),
    ),
    (
        "least_above_most",
        "/counties/1/stocks/soap/closing_least",
        put("counties", 1, "stocks", value={"soap": {"closing_least": 2, "closing_most": 1}}),
    ),
    (
        "closing_outside_limits",
        "/counties/1/stocks/soap/closing_least",
        put("counties", 1, "stocks", value={"soap": {"closing_least": 2, "most": [5, 1]}}),
    ),
    (
        "closing_outside_limits",
        "/counties/1/stocks/soap/closing_most",
        put("counties", 1, "stocks", value={"soap": {"closing_most": 2, "least": [1, 3]}}),
    ),
    ("stock_of_unstorable", "/counties/0/stocks/soap", put("items", 0, "storable", value=False)),
    (
        "made_from_nothing",
        "/factories/0/lines/0/materials",
        add("factories", 1, "lines", value={"item": "soda", "materials": {"soap": 10}}),
    ),
    ("allotment_of_good", "/supply_shares/materials/starch", put("supply_shares", "materials", "starch", value=1)),
    (
        "ambiguous_floor",
        "/supply_shares/local_floor/soap",
        both(put("items", 2, "category", value="soap"), put("supply_shares", "local_floor", value={"soap": 0.1})),
    ),
    ("bands_beyond_need", "/policy/shortage_bands", put("policy", "shortage_bands", 0, "width", value=0.6)),
    ("no_census_year", "/population_projection/census_year", census(CENSUS, census_year=None)),
    ("no_census_year", "/population_projection/plan_year", by_age(AGES, plan_year=None)),
    ("plan_before_census", "/population_projection/plan_year", by_age(AGES, plan_year=1999.0)),
    ("bad_ages", "/counties/0/ages", by_age([AGES[0], AGES[1] | {"age": 10}])),
    ("bad_ages", "/counties/0/ages", by_age([*AGES, {"age": 10}])),
    ("bad_ages", "/population_projection/rates", by_age(AGES, rates=RATES[1:])),
    (
        "bad_ages",
        "/population_projection/rates/0/births_per_woman",
        by_age(AGES, rates=[RATES[0] | {"births_per_woman": 1.0}, RATES[1]]),
    ),
    (
        "bad_ages",
        "/population_projection/groups/infants",
        by_age(AGES, groups={"infants": {"from_age": 3, "below_age": 3}}),
    ),
    ("bad_ages", "/population_projection/groups/infants", by_age(AGES, groups={"infants": {"from_age": 7}})),
    ("no_age_groups", "/population_projection/groups", by_age(AGES, groups={})),
    (
        "census_and_ages",
        "/counties/0/census/infants",
        both(by_age(AGES), put("counties", 0, "census", value={"infants": {"heads": 20.0}})),
    ),
    ("shop_shares", "/counties/0/shops", put("counties", 0, "shops", value=[{"id": "gate", "share": 0.5}])),
    (
        "duplicate_shop",
        "/counties/0/shops/1/id",
        put("counties", 0, "shops", value=[{"id": "gate", "share": 0.5}, {"id": "gate", "share": 0.5}]),
    ),
    ("heads_and_census", "/counties/0/population/households", census({"households": {"heads": 50000.0}}, error=0.1)),
    ("group_without_people", "/items/0/norms/infants", put("items", 0, "norms", "infants", value=1)),
    ("misspelt_group", "/counties/1/population/studnets", lambda raw: _respell(raw["counties"][1]["population"])),
    (
        "unknown_category",
        "/budgets/0/categories/1",
        add("budgets", value=BUDGET | {"categories": ["school", "scool"]}),
    ),
    ("unknown_partner", "/budgets/0/partners/0", add("budgets", value=BUDGET | {"partners": ["hamgyong"]})),
    ("duplicate_id", "/budgets/1/id", both(add("budgets", value=BUDGET), add("budgets", value=BUDGET))),
    (
        "partners_without_swaps",
        "/budgets/0/partners",
        add("budgets", value=BUDGET | {"covers": ["haulage"], "partners": ["north-hamgyong"]}),
    ),
    *(
        ("nothing_to_pay", f"/budgets/0/covers/{k}", both(*modifications, add("budgets", value=BUDGET | budget)))
        for k, budget, modifications in UNPAID
    ),
    ("served_least_without_need", "/served_least/0", add("served_least", value=DEMAND | {"item": "soda"})),
    ("worthless_need", "/items/2/value", put("items", 2, "value", value=0)),
    ("same_name", "/items/5/name", both(add("items", value=SALT), add("items", value=SALT | {"id": "sea-salt"}))),
    (
        "similar_label",
        "/items/1/category",
        both(put("items", 1, "category", value="Hygiene"), put("supply_shares", "by_category", value={})),
    ),
    ("bands_sum", "/policy/shortage_bands", put("policy", "shortage_bands", 0, "width", value=0.4)),
    ("default_priority_weight", "/policy/priority_weights", put("policy", "priority_weights", value={"1": 4, "3": 1})),
    (
        "duplicate_goal",
        "/policy/goals/1",
        put("policy", "goals", value=[of(priority=[1, 2]), of(priority=[2, 1]), "shortage"]),
    ),
    (
        "goal_without_selection",
        "/policy/goals/0/of",
        put("policy", "goals", value=[{"goal": "cost", "of": {"priority": [1]}}]),
    ),
    ("goal_without_needs", "/policy/goals/0/of", put("policy", "goals", value=[of(item=["soda"]), "shortage"])),
    (
        "needs_without_goal",
        "/policy/goals",
        put("policy", "goals", value=[of(item=["soap"], county=["kapsan"]), "cost"]),
    ),
    ("fairness_and_bands", "/policy/fairness", put("policy", "fairness", value={"alpha": 2})),
    ("default_target", "/policy/goals/0", put("policy", "goals", value=["central_share"])),
    ("level_without_smoothing", "/policy/goals/1", put("policy", value={"smoothing": 0, "goals": ["cost", "level"]})),
    ("unmetered_factory", "/factories/2/place", add("factories", value=STATION_FACTORY)),
    ("no_gateway", "/supply_shares/gateways", put("supply_shares", "gateways", value=[])),
    ("share_of_material", "/supply_shares/by_item/soda", put("supply_shares", "by_item", value={"soda": 0.1})),
    (
        "no_source",
        "/items/4",
        both(
            add("items", value=SALT | {"kind": "good", "norms": {"people": 1}}),
            put("supply_shares", "by_item", value={"salt": 0}),
        ),
    ),
    (
        "no_source",
        "/items/4",
        both(add("items", value=SALT), put("factories", 1, "lines", 0, "materials", value={"salt": 1})),
    ),
    ("cut_off", "/counties/1", lambda raw: raw["links"].pop()),
    ("cut_off", "/counties/1", put("links", 1, "tonnes", value=[0, 0])),
    ("cut_off", "/counties/0", both(put("links", 1, "one_way", value=True), put("links", 0, "tonnes", value=0))),
    ("years_and_days", "/years", put("years", value=1)),
    *FURTHER_MISTAKES,
]


def _respell(population: dict[str, float]) -> None:
    population["studnets"] = population.pop("students")


def test_example_has_no_findings() -> None:
    assert list_findings(modified_problem()) == ()
    assert check_problem(two_counties()) == ()


@pytest.mark.parametrize(("code", "path", "modify"), MISTAKES, ids=[f"{code}:{path}" for code, path, _ in MISTAKES])
def test_each_mistake_yields_one_finding(code: str, path: str, modify: Modification) -> None:
    assert list_codes(modified_problem(modify)) == [(path, code)]
    (finding,) = list_findings(modified_problem(modify))
    assert finding.message.endswith(".")
    assert finding.remedy.endswith((".", "?"))


def test_stated_heads_within_the_error_of_a_census_are_no_mistake() -> None:
    assert list_findings(modified_problem(census({"households": {"heads": 50000.0}}, error=0.2))) == ()


def test_every_code_has_a_mistake() -> None:
    assert {code for code, _, _ in MISTAKES} == ERROR_CODES.keys() | WARNING_CODES.keys()


def test_warnings_do_not_reject_a_problem() -> None:
    for code, _, modify in MISTAKES:
        if code in WARNING_CODES:
            assert parse_problem(modified_problem(modify)).periods
        else:
            with pytest.raises(InvalidProblemError):
                parse_problem(modified_problem(modify))


def test_unknown_names_suggest_similar_names() -> None:
    (finding,) = list_findings(modified_problem(put("factories", 1, "place", value="KAPSAM")))
    assert finding.remedy == "Did you mean “kapsan”?"

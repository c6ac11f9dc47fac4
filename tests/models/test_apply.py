"""Every change modifies what `where` selects, and nothing else."""

from typing import Any, get_args

import pytest

from models.changes.apply import CHANGE_APPLIERS, apply_changes
from models.changes.change import Change, ChangeName
from models.examples import two_counties, two_counties_raw
from models.problem.planning_problem import PlanningProblem
from models.validation.checks import InvalidProblemError
from models.validation.finding_codes import CHANGE_CODES
from models.validation.parsing import parse_problem


def change(what: str, **fields: Any) -> Change:
    return Change.model_validate({"what": what, **fields})


BUDGETS = [
    {"id": "wages", "won": 90, "covers": ["making"]},
    {"id": "trade", "won": [8, 6], "covers": ["swaps"], "carries_over": True},
]


DUE: dict[str, Any] = {"2002-01": {"share": 0.4, "by": 0.5}}


WASHING: dict[str, Any] = {
    "id": "washing",
    "norms": {"people": 4.0},
    "most": {"people": 9.0},
    "shares": {"soap": {"least": 0.25}},
}


def base() -> PlanningProblem:
    """Return the example of two counties with budgets, soap that is due early and meets a requirement, and a lot of soap."""
    raw = {**two_counties_raw(), "budgets": BUDGETS}
    soap = {"due": DUE, "provides": {"washing": 2.0}, "most_per_head": {"people": 8.0}}
    raw["items"] = [item | soap if item["id"] == "soap" else item for item in raw["items"]]
    raw["requirements"] = [WASHING]
    first, *others = raw["factories"]
    lines = [line | {"lot": 20} if line["item"] == "soap" else line for line in first["lines"]]
    return PlanningProblem.model_validate(raw | {"factories": [first | {"lines": lines}, *others]})


def changed(*changes: Change) -> PlanningProblem:
    problem = base()
    result = apply_changes(problem, changes)
    assert problem == base()
    return result


def read(problem: PlanningProblem, path: str) -> Any:
    """Return the value at a path of the problem's JSON, such as `power_areas.0.limit_kwh`."""
    value: Any = problem.model_dump(by_alias=True, mode="json")
    for part in path.split("."):
        value = value[int(part)] if part.isdigit() else value[part]
    return value


ONE: list[tuple[Change, dict[str, Any]]] = [
    (
        change("central_share", factor=0.5),
        {"supply_shares.central": 0.1, "supply_shares.by_category": {"school": 0.05}},
    ),
    (change("central_share", value=0.3), {"supply_shares.central": 0.3, "supply_shares.by_category": {}}),
    (
        change("central_share", where="food", factor=2),
        {"supply_shares.central": 0.2, "supply_shares.by_category": {"school": 0.1, "food": 0.4}},
    ),
    (
        change("central_share", where=["soap", "school"], value=0.5),
        {"supply_shares.by_item": {"soap": 0.5}, "supply_shares.by_category": {"school": 0.5}},
    ),
    (change("central_share", where="notebook", factor=2), {"supply_shares.by_item": {"notebook": 0.2}}),
    (change("delivered", factor=0.5), {"supply_shares.delivered": [0.5, 0.4]}),
    (change("delivered", value=0.6, periods=["2002-02"]), {"supply_shares.delivered": [1, 0.6]}),
    (
        change("power_limit", factor=0.5),
        {"power_areas.0.limit_kwh": [7500, 6000], "power_areas.1.limit_kwh": [21000, 20000]},
    ),
    (
        change("power_limit", where="kapsan", periods=["2002-02"], value=1),
        {"power_areas.0.limit_kwh": [15000, 12000], "power_areas.1.limit_kwh": [42000, 1]},
    ),
    (change("own_generation", where="kapsan", factor=2), {"power_areas.1.own_generation_kwh": 3000}),
    (change("own_generation", value=[5, 6]), {"power_areas.0.own_generation_kwh": [5, 6]}),
    (
        change("own_generation", periods=["2002-02", "2002-01"], value=[5, 6]),
        {"power_areas.0.own_generation_kwh": [6, 5]},
    ),
    (change("rail_tonnes", factor=0.1), {"links.0.tonnes": 150, "links.1.tonnes": 90}),
    (change("rail_tonnes", where="kilju", value=0), {"links.0.tonnes": 0, "links.1.tonnes": 90}),
    (change("road_tonnes", factor=2, periods=["2002-01"]), {"links.0.tonnes": 1500, "links.1.tonnes": [180, 90]}),
    (change("link_tonnes", where="hyesan", factor=0), {"links.0.tonnes": 0, "links.1.tonnes": 0}),
    (change("link_tonnes", where="hyesan-kapsan", value=7), {"links.0.tonnes": 1500, "links.1.tonnes": 7}),
    (change("link_tonnes", where=["rail", "road"], value=7), {"links.0.tonnes": 7, "links.1.tonnes": 7}),
    (change("machine_condition", factor=0.5), {"factories.0.condition": 0.35, "factories.1.condition": 0.3}),
    (change("machine_condition", where="school", value=1), {"factories.0.condition": 1, "factories.1.condition": 0.6}),
    (change("machine_condition", where="kapsan", value=1), {"factories.0.condition": 0.7, "factories.1.condition": 1}),
    (change("machine_condition", where="kapsan-food", value=1), {"factories.1.condition": 1}),
    (
        change("population", where="students", factor=2),
        {
            "counties.0.population.students": 56138,
            "counties.1.population.students": 20572,
            "counties.0.population.people": 166087,
        },
    ),
    (
        change("population", where=["students", "kapsan"], factor=2),
        {"counties.1.population.students": 20572, "counties.1.population.people": 121732},
    ),
    (change("norms", where="hygiene", factor=2), {"items.0.norms.households": 24, "items.1.norms.students": 30}),
    (change("norms", where="starch", value=1), {"items.2.norms.people": 1}),
    (
        change("labour", where="kapsan", value=[5, 6]),
        {"counties.0.labour_hours": None, "counties.1.labour_hours": [5, 6]},
    ),
    (change("materials", factor=2), {"supply_shares.materials": {"soda": 4000}}),
    (
        change("materials", where="chemicals", factor=2, periods=["2002-01"]),
        {"supply_shares.materials.soda": [4000, 2000]},
    ),
    (
        change("partner_offers", factor=2),
        {"partners.0.offers": {"soap": 8000, "soda": 1000}, "partners.0.wants.starch": 9000},
    ),
    (change("partner_offers", where="hygiene", value=1), {"partners.0.offers": {"soap": 1, "soda": 500}}),
    (change("partner_wants", where="north-hamgyong", value=1), {"partners.0.wants": {"starch": 1}}),
    (
        change("partner_offers", where="north-hamgyong/notebook", value=7, periods=["2002-02"]),
        {"partners.0.offers.notebook": [0, 7], "partners.0.offers.soap": 4000},
    ),
    (change("partner_wants", where="north-hamgyong/starch", factor=2), {"partners.0.wants": {"starch": 18000}}),
    (change("partner_credit", where="north-hamgyong", value=50), {"partners.0.credit": 50}),
    (change("budget_won", where="wages", factor=0.5), {"budgets.0.won": 45, "budgets.1.won": [8, 6]}),
    (change("budget_won", periods=["2002-02"], value=7), {"budgets.0.won": [90, 7], "budgets.1.won": [8, 7]}),
    (
        change("served_least", where="kapsan/soap", value=9, periods=["2002-02"]),
        {"served_least.0.county": "kapsan", "served_least.0.item": "soap", "served_least.0.quantity": [0, 9]},
    ),
    (change("transit_periods", value=1), {"links.0.transit_periods": 1}),
    (change("transit_periods", where="rail", value=1.0), {"links.0.transit_periods": 1}),
    (change("requirement_norm", where="washing", factor=2), {"requirements.0.norms.people": 8.0}),
    (
        change("requirement_norm", where="washing/students", value=1),
        {"requirements.0.norms": {"people": 4, "students": 1}},
    ),
    (change("requirement_most", where="washing/people", value=7), {"requirements.0.most.people": 7.0}),
    (change("provides", where="soap", factor=1.5), {"items.0.provides.washing": 3.0}),
    (change("provides", where="starch/washing", value=0.5), {"items.2.provides": {"washing": 0.5}}),
    (change("most_per_head", where="hygiene", factor=0.5), {"items.0.most_per_head.people": 4.0}),
    (change("most_per_head", where="starch/people", value=90), {"items.2.most_per_head": {"people": 90}}),
    (change("basket_share", where="washing", value=0.5), {"requirements.0.shares.soap": {"least": 0.5, "most": 1.0}}),
    (change("basket_share", where="washing/soap/most", value=1), {"requirements.0.shares.soap.most": 1.0}),
    (change("carry_over", where="washing", value=0.5), {"requirements.0.carry_over": 0.5, "items.0.carry_over": 0.0}),
    (change("carry_over", where="food", value=0.9), {"items.0.carry_over": 0.0, "items.2.carry_over": 0.9}),
    (change("due_share", factor=2), {"items.0.due.2002-01.share": 0.8, "items.0.due.2002-01.by": 0.5}),
    (
        change("due_share", where="soap", value=1, periods=["2002-01"]),
        {"items.0.due.2002-01.share": 1.0, "items.0.due.2002-01.by": 0.5},
    ),
    (
        change("due_share", value=1, periods=["2002-02"]),
        {"items.0.due.2002-01.share": 0.4, "items.0.due.2002-01.by": 0.5},
    ),
    (change("line_lot", factor=2), {"factories.0.lines.0.lot": 40, "factories.0.lines.1.lot": None}),
    (change("line_lot", where="soap", value=12), {"factories.0.lines.0.lot": 12}),
    (change("line_lot", value=0), {"factories.0.lines.0.lot": None, "factories.0.lines.1.lot": None}),
    (change("line_lot", factor=0), {"factories.0.lines.0.lot": None}),
    (change("line_least_run", where="hyesan-daily/soap", value=500), {"factories.0.lines.0.least_run": 500}),
    (
        change("fairness_alpha", value=2),
        {"policy.fairness": {"alpha": 2, "pieces": 10}, "policy.shortage_bands": None},
    ),
    (
        change("local_floor", where=["food", "soap"], value=0.2),
        {"supply_shares.local_floor": {"food": 0.2, "soap": 0.2}},
    ),
    (
        change("machine_hours", where="hyesan-daily/press", factor=2, periods=["2002-01"]),
        {
            "factories.0.machines.press": [600, 280],
            "factories.0.machines.kettle": 330,
            "factories.1.machines.mill": 300,
        },
    ),
    (
        change("machine_hours", where=["mill", "hyesan-daily"], value=1),
        {"factories.0.machines": {"kettle": 1, "press": 1}, "factories.1.machines": {"mill": 1}},
    ),
    (
        change("line_least", where="hyesan-daily/soap", value=3),
        {"factories.0.lines.0.least": 3, "factories.0.lines.1.least": 0},
    ),
    (
        change("line_most", where="food", value=[3, 4]),
        {"factories.0.lines.0.most": None, "factories.1.lines.0.most": [3, 4]},
    ),
    (
        change("line_most", where="hyesan-daily/soap", periods=["2002-02"], value=3),
        {"factories.0.lines.0.most": [None, 3]},
    ),
    (
        change("store_tonnes", where="kapsan", factor=2),
        {"counties.0.store_tonnes": 400, "counties.1.store_tonnes": 300},
    ),
    (
        change("handling_tonnes", where=["kilju", "kapsan"], value=9),
        {
            "stations.0.handling_tonnes": 9,
            "counties.0.handling_tonnes": None,
            "counties.1.handling_tonnes": 9,
        },
    ),
    (change("opening_stock", factor=2), {"counties.0.stocks.soap.opening": 10000, "counties.1.stocks": {}}),
    (
        change("opening_stock", where="kapsan/starch", value=4),
        {"counties.1.stocks.starch.opening": 4, "counties.0.stocks.soap.opening": 5000},
    ),
    (change("stock_least", where="hyesan", value=[3, 4]), {"counties.0.stocks.soap.least": [3, 4]}),
    (change("stock_most", where="hygiene", value=5000), {"counties.0.stocks.soap.most": 5000}),
    (change("closing_least", where="soap", factor=0.5), {"counties.0.stocks.soap.closing_least": 500}),
    (change("closing_most", where="hyesan/soap", value=2000), {"counties.0.stocks.soap.closing_most": 2000}),
]


@pytest.mark.parametrize(("one", "expected"), ONE, ids=[f"{k}-{one.what}" for k, (one, _) in enumerate(ONE)])
def test_each_change(one: Change, expected: dict[str, Any]) -> None:
    result = changed(one)
    for path, value in expected.items():
        assert read(result, path) == pytest.approx(value) if value is not None else read(result, path) is None


def test_every_change_is_tested() -> None:
    assert {one.what for one, _ in ONE} == CHANGE_APPLIERS.keys()


def test_share_of_a_category_replaces_shares_of_its_items() -> None:
    by_item = change("central_share", where="notebook", value=0.4)
    assert read(changed(by_item, change("central_share", where="school", factor=0.5)), "supply_shares.by_item") == {
        "notebook": 0.2
    }
    assert read(changed(by_item, change("central_share", where="school", value=0.5)), "supply_shares.by_item") == {}
    both = change("central_share", where=["school", "notebook"], factor=0.5)
    assert read(changed(by_item, both), "supply_shares.by_item") == {"notebook": 0.2}


def test_alpha_is_multiplied_where_fairness_applies() -> None:
    fair = changed(change("fairness_alpha", value=2))
    assert apply_changes(fair, [change("fairness_alpha", factor=0.5)]).policy.fairness.alpha == 1


def test_a_new_allotment_can_be_stated() -> None:
    problem = two_counties()
    shares = problem.supply_shares.model_copy(update={"materials": {}})
    without = problem.model_copy(update={"supply_shares": shares})
    new = change("materials", where="soda", value=5, periods=["2002-02"])
    assert read(apply_changes(without, [new]), "supply_shares.materials") == {"soda": [0, 5]}
    with pytest.raises(InvalidProblemError):
        apply_changes(without, [change("materials", where="soda", factor=5)])


@pytest.mark.parametrize("what", get_args(ChangeName))
def test_a_factor_on_nothing_but_absent_values_and_zeros_is_told_for_every_kind(what: ChangeName) -> None:
    problem = parse_problem(
        {"periods": ["p"], "items": [{"id": "soap"}], "counties": [{"id": "town", "power_area": "a"}],
         "power_areas": [{"id": "a"}], "policy": {"fairness": {"alpha": 0}}, "supply_shares": {"delivered": 0}}
    )  # fmt: skip
    with pytest.raises(InvalidProblemError) as refused:
        apply_changes(problem, [change(what, factor=2)])
    assert [(one.path, one.code) for one in refused.value.findings] == [("/changes/0/factor", "nothing_to_multiply")]


@pytest.mark.parametrize("what", get_args(ChangeName))
@pytest.mark.parametrize("where", ["town", "soap", "a", "women", "town/soap"])
def test_a_factor_on_a_part_without_the_value_is_told_alike_for_every_kind(what: ChangeName, where: str) -> None:
    problem = parse_problem(
        {"periods": ["p"], "items": [{"id": "soap"}], "counties": [{"id": "town", "power_area": "a", "population": {"women": 0}}],
         "power_areas": [{"id": "a"}], "policy": {"fairness": {"alpha": 0}}, "supply_shares": {"delivered": 0}}
    )  # fmt: skip
    with pytest.raises(InvalidProblemError) as refused:
        apply_changes(problem, [change(what, where=where, factor=2)])
    assert {one.code for one in refused.value.findings} == {"nothing_to_multiply"}
    with pytest.raises(InvalidProblemError) as refused:
        apply_changes(problem, [change(what, where=f"{where}s", factor=2)])
    assert [one.code for one in refused.value.findings] == ["unknown_where"]


@pytest.mark.parametrize(
    ("what", "where"),
    [("own_generation", "hyesan"), ("partner_credit", None), ("local_floor", None), ("line_least", None)],
)
def test_a_factor_on_zeros_is_told(what: ChangeName, where: str | None) -> None:
    with pytest.raises(InvalidProblemError) as refused:
        apply_changes(two_counties(), [change(what, where=where, factor=2)])
    assert [one.code for one in refused.value.findings] == ["nothing_to_multiply"]


def test_a_factor_on_some_zeros_applies_to_the_others() -> None:
    assert read(changed(change("own_generation", factor=2)), "power_areas.1.own_generation_kwh") == 3000


def test_changes_compose_in_order() -> None:
    half, double = change("power_limit", factor=0.5), change("power_limit", factor=2)
    assert changed(half, double) == base()
    first = changed(half, change("power_limit", where="kapsan", value=10))
    assert read(first, "power_areas.1.limit_kwh") == 10
    assert read(changed(change("power_limit", where="kapsan", value=10), half), "power_areas.1.limit_kwh") == 5


def test_only_changed_parts_are_copied() -> None:
    problem = two_counties()
    result = apply_changes(problem, [change("power_limit", where="kapsan", factor=0.5)])
    assert result.factories is problem.factories
    assert result.power_areas[0] is problem.power_areas[0]
    assert apply_changes(problem, []) is problem


WRONG: list[tuple[Change, str, str]] = [
    (change("power_limit", where="kapsam", factor=1), "/where", "unknown_where"),
    (change("power_limit", where=["kapsan", "kapsam"], factor=1), "/where/1", "unknown_where"),
    (change("delivered", where="kapsan", factor=1), "/where", "nothing_to_multiply"),
    (change("rail_tonnes", where="hyesan-kapsan", factor=1), "/where", "nothing_to_multiply"),
    (change("norms", where="soda", factor=1), "/where", "nothing_to_multiply"),
    (change("power_limit", periods=["2002-03"], factor=1), "/periods/0", "unknown_period"),
    (change("machine_condition", periods=["2002-01"], factor=1), "/periods", "not_by_period"),
    (change("norms", value=[1, 2]), "/value", "not_by_period"),
    (change("labour", factor=2), "/factor", "nothing_to_multiply"),
    (change("transit_periods", where="soap", value=1), "/where", "unknown_where"),
    (change("transit_periods", value=0.5), "/value", "changed_out_of_range"),
    (change("transit_periods", value=1001), "/value", "changed_out_of_range"),
    (change("carry_over", value=1.5), "/value", "changed_out_of_range"),
    (change("due_share", where="notebook", value=0.5), "/where", "unknown_where"),
    (change("due_share", factor=3), "/factor", "changed_out_of_range"),
    (change("line_lot", where="starch", factor=2), "/factor", "nothing_to_multiply"),
    (change("fairness_alpha", factor=2), "/factor", "nothing_to_multiply"),
    (change("fairness_alpha", value=3.5), "/value", "changed_out_of_range"),
    (change("fairness_alpha", value=1, where="kapsan"), "/where", "unknown_where"),
    (change("labour", value=2, periods=["2002-01"]), "/periods", "needs_all_periods"),
    (change("closing_most", factor=2), "/factor", "nothing_to_multiply"),
    (change("handling_tonnes", factor=2), "/factor", "nothing_to_multiply"),
    (change("opening_stock", where="kapsan/starch", factor=2), "/where", "nothing_to_multiply"),
    (change("opening_stock", where="kapsan/tea", value=2), "/where", "unknown_where"),
    (change("partner_offers", where="north-hamgyong/notebook", factor=2), "/where", "nothing_to_multiply"),
    (change("served_least", where="kapsan/soap", factor=2), "/where", "nothing_to_multiply"),
    (change("served_least", where="kapsan/tea", value=2), "/where", "unknown_where"),
    (change("local_floor", where="toys", value=0.5), "/where", "unknown_where"),
    (change("closing_least", periods=["2002-01"], value=2), "/periods", "not_by_period"),
    (change("machine_condition", factor=2), "/factor", "changed_out_of_range"),
    (change("central_share", value=1.5), "/value", "changed_out_of_range"),
    (change("delivered", factor=1.1), "/factor", "changed_out_of_range"),
    (change("population", factor=1e15), "/factor", "changed_out_of_range"),
    (change("own_generation", value=[1, 2, 3]), "/value", "wrong_length"),
    (change("own_generation", value=[1, 2], periods=["2002-01"]), "/value", "wrong_length"),
]


@pytest.mark.parametrize(
    ("one", "path", "code"), WRONG, ids=[f"{code}-{one.what}{k}" for k, (one, _, code) in enumerate(WRONG)]
)
def test_each_invalid_change_yields_one_finding(one: Change, path: str, code: str) -> None:
    good = change("power_limit", factor=0.5)
    with pytest.raises(InvalidProblemError) as refused:
        apply_changes(base(), [good, one])
    assert [(finding.path, finding.code) for finding in refused.value.findings] == [(f"/changes/1{path}", code)]
    assert refused.value.findings[0].remedy.endswith((".", "?"))


def test_every_change_code_is_tested() -> None:
    assert {code for _, _, code in WRONG} >= CHANGE_CODES.keys()


def test_all_invalid_changes_are_reported_together() -> None:
    with pytest.raises(InvalidProblemError) as refused:
        apply_changes(base(), [one for one, _, _ in WRONG])
    found = [(finding.path, finding.code) for finding in refused.value.findings]
    assert found == [(f"/changes/{k}{path}", code) for k, (_, path, code) in enumerate(WRONG)]


def test_factors_leave_absent_limits_absent() -> None:
    problem = two_counties()
    areas = (problem.power_areas[0].model_copy(update={"limit_kwh": None}), problem.power_areas[1])
    result = apply_changes(problem.model_copy(update={"power_areas": areas}), [change("power_limit", factor=0.5)])
    assert read(result, "power_areas.0.limit_kwh") is None
    assert read(result, "power_areas.1.limit_kwh") == [21000, 20000]


def test_changed_problem_is_checked() -> None:
    broken = two_counties().model_copy(update={"periods": ("1", "2", "3")})
    with pytest.raises(InvalidProblemError) as refused:
        apply_changes(broken, [change("norms", factor=1)])
    assert "wrong_length" in {finding.code for finding in refused.value.findings}

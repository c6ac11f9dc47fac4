"""Ranges agree with published figures and with cold solves of another library's interface, and hold the plan's own value."""

import json

import pytest
from hypothesis import assume, given, strategies as st

from models.analyses.measures import SELECTION_LISTS
from models.analyses.near_optimal import RangesRequest, RangesResult
from models.examples import two_counties
from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from models.validation.finding import InvalidProblemError
from solvers.analyses.analysis import AnalysisBase
from solvers.analyses.opening import open_analysis
from solvers.errors import InfeasibleError
from solvers.planning import make_plan
from tests.properties.planned import bounded
from tests.published.transport import DANTZIG
from tests.solvers.analyses.ranging import MEASURES, POLICIES, find_cold, find_ranges, open_base
from tests.solvers.sensitivity.test_goals import with_policy
from tests.strategies import problems


def test_ranges_of_the_transport_example_of_gams() -> None:
    raw = DANTZIG.problem | {"items": [DANTZIG.problem["items"][0] | {"storable": True, "value": 1e7}]}
    base = open_base(PlanningProblem.model_validate(raw))
    measures = [
        {"measure": "shipped", "of": {"link": ["seattle.new-york"]}},
        {"measure": "shipped", "of": {"link": ["san-diego.chicago"]}},
        {"measure": "shipped", "of": {"link": [f"seattle.{end}" for end in ("new-york", "chicago", "topeka")]}},
    ]
    found = find_ranges(base, (0, 0.01, 0.05), measures)
    assert [r.greatest for r in found[:3]] == pytest.approx([50, 220.75, 347.2596], abs=1e-4)
    assert [r.greatest for r in found[3:6]] == pytest.approx([0, 170.75, 329.7159], abs=1e-4)
    assert [r.least for r in found[:6]] == pytest.approx([0] * 6, abs=1e-4)
    assert [(r.least, r.greatest) for r in found[6:]] == [pytest.approx((300, 350), abs=1e-4)] * 3
    assert {r.unit for r in found} == {"t"}


@pytest.mark.parametrize("name", POLICIES)
def test_ranges_hold_the_plan_are_nested_and_agree_with_cold_solves(name: str) -> None:
    @bounded(6)
    @given(problems(max_periods=2), st.sampled_from(sorted(SELECTION_LISTS)))
    def holds(drawn: PlanningProblem, measure: str) -> None:
        problem = with_policy(drawn, POLICIES[name])
        base = open_base(problem)
        assume(base.basis is not None and len(base.basis.columns) > 0)
        narrow, wide = find_ranges(base, (0.001, 0.05), [{"measure": measure}])
        assert None not in (narrow.least, narrow.greatest, wide.least, wide.greatest)
        ends = (wide.least, narrow.least, narrow.here, narrow.greatest, wide.greatest)
        assert list(ends) == sorted(end for end in ends if end is not None)
        for found in (narrow, wide):
            size = 1 + abs(found.here)
            assert (found.least, found.greatest) == pytest.approx(find_cold(base, found), abs=3e-5 * size)

    holds()


def test_figures_of_the_plan_are_those_of_its_summary_and_tables() -> None:
    raw = two_counties().model_dump(mode="json")
    raw["items"] = [item | {"whole_units": False} for item in raw["items"]]
    problem = PlanningProblem.model_validate(raw)
    planned = make_plan(problem)
    base = AnalysisBase(problem, PlanOptions(), planned.basis, planned.tables)
    summary = planned.plan.summary
    assert summary is not None
    assert planned.plan.rounding_cost is None
    shares = {row.key: row.share for row in summary.by_county}
    found = find_ranges(base, (0.01,), MEASURES)
    values = [r.here for r in found]
    goods = {item.id: item.value for item in base.problem.items}
    quotas, stock = planned.tables["quotas"].to_pylist(), planned.tables["supply"].to_pylist()
    assert values[0] == pytest.approx(summary.served_share)
    assert values[2] == pytest.approx(sum(goods[row["item"]] * row["quantity"] for row in quotas))
    assert values[3] == pytest.approx(summary.tonnes)
    assert values[4] == pytest.approx(sum(goods[row["item"]] * row["stock"] for row in stock))
    assert values[5] == pytest.approx(summary.power_used_kwh)
    assert values[6] == pytest.approx(summary.swapped_taken)
    assert values[7] == pytest.approx(summary.swapped_given)
    (county,) = find_ranges(base, (0.01,), [{"measure": "served_share", "of": {"county": ["hyesan"]}}])
    assert county.here == pytest.approx(shares["hyesan"])


def test_a_range_that_is_not_found_in_time_is_null_with_its_reason() -> None:
    base = open_base(two_counties())
    late = AnalysisBase(base.problem, PlanOptions(time_limit_seconds=1e-6), base.basis, base.tables)
    (found,) = find_ranges(late, (0.01,), [{"measure": "made"}])
    assert (found.least, found.greatest) == (None, None)
    assert (found.least_found, found.greatest_found) == (found.here, found.here)
    assert "not proved within the limits" in found.note


def test_equal_tasks_give_equal_rows() -> None:
    base, body = open_base(two_counties()), json.dumps({"measures": MEASURES})
    first, second = (open_analysis("ranges", base, body) for _ in range(2))
    rows: tuple[dict[int, bytes], ...] = ({}, {})
    tasks = first.plan_tasks({})
    for task in tasks:
        first.run_task(task, rows[0].__setitem__)
    for task in reversed(tasks):
        second.run_task(task, rows[1].__setitem__)
    assert rows[0] == rows[1]


def test_without_measures_ranges_are_those_of_the_main_figures() -> None:
    base = open_base(two_counties())
    analysis = open_analysis("ranges", base, json.dumps({"slack": [0.01]}))
    rows: dict[int, bytes] = {}
    for task in analysis.plan_tasks(rows):
        analysis.run_task(task, rows.__setitem__)
    conclusion = analysis.conclude(rows)
    assert isinstance(conclusion.head, RangesResult)
    stated = [one.model_dump(include={"measure", "of"}, exclude_none=True) for one in conclusion.head.ranges]
    served = "served_share"
    priorities = [{"measure": served, "of": {"priority": (priority,)}} for priority in (1, 2)]
    counties = [{"measure": served, "of": {"county": (county,)}} for county in ("kapsan", "hyesan")]
    assert stated == [{"measure": served}, *priorities, *counties, {"measure": "power_used"}]
    assert conclusion.tables["ranges"].num_rows == len(stated)


def test_every_unknown_name_is_a_finding() -> None:
    selections = [
        ("served_share", {"item": ["soap", "sope"]}, "unknown_item", "/measures/0/of/item/1"),
        ("made", {"item": ["clean"]}, "unknown_item", "/measures/1/of/item/0"),
        ("served_share", {"county": ["kilju"]}, "unknown_county", "/measures/2/of/county/0"),
        ("made", {"factory": ["soap-works"]}, "unknown_factory", "/measures/3/of/factory/0"),
        ("shipped", {"link": ["sky"]}, "unknown_link", "/measures/4/of/link/0"),
        ("taken", {"partner": ["nobody"]}, "unknown_partner", "/measures/5/of/partner/0"),
        ("power_used", {"area": ["moon"]}, "unknown_power_area", "/measures/6/of/area/0"),
        ("stock", {"category": ["scool"]}, "unknown_category", "/measures/7/of/category/0"),
        ("given", {"period": ["2002-13"]}, "unknown_period", "/measures/8/of/period/0"),
    ]
    measures = [{"measure": measure, "of": of} for measure, of, _, _ in selections]
    with pytest.raises(InvalidProblemError) as raised:
        open_analysis("ranges", open_base(two_counties()), json.dumps({"measures": measures}))
    assert [(f.code, f.path) for f in raised.value.findings] == [(code, path) for _, _, code, path in selections]


def test_a_list_that_a_measure_does_not_take_is_refused() -> None:
    with pytest.raises(ValueError, match="`made` takes no list `link`"):
        RangesRequest.model_validate({"measures": [{"measure": "made", "of": {"link": ["road"]}}]})


def test_an_infeasible_plan_has_no_ranges() -> None:
    raw = two_counties().model_dump(mode="json")
    raw["factories"][0]["lines"][0] |= {"least": 1e9, "most": 1e9}
    base = open_base(PlanningProblem.model_validate(raw))
    with pytest.raises(InfeasibleError):
        open_analysis("ranges", base, json.dumps({"measures": [{"measure": "made"}]}))

"""Ranges agree with published figures and with cold solves of another library's interface, and hold the plan's own value."""

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, strategies as st
from scipy import sparse
from scipy.optimize import linprog

from models.analyses.measures import SELECTION_LISTS, RangeMeasure
from models.analyses.near_optimal import MeasureRange, RangesRequest, RangesResult
from models.examples import two_counties
from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from models.validation.finding import InvalidProblemError
from solvers.analyses.analysis import AnalysisBase
from solvers.analyses.near_optimal import corrected_sums, extremes, guided_search
from solvers.analyses.near_optimal.corrected_sums import CorrectedSums
from solvers.analyses.near_optimal.linear_measures import build_linear_measure
from solvers.analyses.near_optimal.near_optimal_set import NearOptimalSet
from solvers.analyses.near_optimal.proved_bounds import BoundProver
from solvers.analyses.opening import open_analysis
from solvers.errors import InfeasibleError
from solvers.lp.linear_program import LinearProgram
from solvers.planning import make_plan
from solvers.sensitivity import SensitivitySession
from tests.builders import Json
from tests.properties.planned import bounded
from tests.published.transport import DANTZIG
from tests.solvers.sensitivity.test_goals import with_policy
from tests.strategies import problems

MEASURES: list[Json] = [
    {"measure": "served_share"},
    {"measure": "served_share", "of": {"priority": [1, 2], "county": ["hyesan"]}},
    {"measure": "made"},
    {"measure": "shipped"},
    {"measure": "stock"},
    {"measure": "power_used"},
    {"measure": "taken"},
    {"measure": "given"},
]


def open_base(problem: PlanningProblem, **options: Any) -> AnalysisBase:
    planned = make_plan(problem)
    return AnalysisBase(problem, PlanOptions(**options), planned.basis, planned.tables)


def find_ranges(base: AnalysisBase, slack: Sequence[float], measures: Sequence[Json]) -> tuple[MeasureRange, ...]:
    analysis = open_analysis("ranges", base, json.dumps({"slack": list(slack), "measures": list(measures)}))
    rows: dict[int, bytes] = {}
    for task in analysis.plan_tasks(rows):
        analysis.run_task(task, rows.__setitem__)
    assert analysis.plan_tasks(rows) == ()
    conclusion = analysis.conclude(rows)
    table = conclusion.tables["ranges"].to_pylist()
    ranges: tuple[MeasureRange, ...] = conclusion.head.ranges  # type: ignore[attr-defined]
    assert [(row["slack"], row["least"], row["here"]) for row in table] == [(r.slack, r.least, r.here) for r in ranges]
    return ranges


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


POLICIES: dict[str, Json] = {
    "objective": {},
    "goals": {"goals": [{"goal": "worst_fulfilment", "over": "county"}, "shortage", "cost"]},
    "own-needs": {"own_needs_first": True},
}


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


UNBOUNDED = 3
"""Status of SciPy."""


def find_cold(base: AnalysisBase, found: MeasureRange) -> tuple[float, float]:
    """Least and greatest value by SciPy, from the definition and without a starting point."""
    session = SensitivitySession.from_problem(base.problem, base.basis)
    near = NearOptimalSet.from_session(session)
    lp = near.limit_to(found.slack)
    measure = build_linear_measure(session.arrays, near.program, RangeMeasure(measure=found.measure))
    matrix = lp.matrix.toarray()
    above, below = np.isfinite(lp.row_upper), np.isfinite(lp.row_lower)
    rows = np.vstack([matrix[above], -matrix[below]])
    sides = np.concatenate([lp.row_upper[above], -lp.row_lower[below]])
    bounds = list(zip(lp.column_lower, lp.column_upper, strict=True))
    values = []
    for sign in (1.0, -1.0):
        cost = sign * measure.coefficients
        solved = linprog(cost, rows, sides, bounds=bounds)
        if solved.status == UNBOUNDED:
            values.append(-sign * np.inf)
            continue
        assert solved.status == 0, solved.message
        assert solved.fun is not None
        values.append(sign * float(solved.fun) + measure.constant)
    return values[0], values[1]


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


def test_a_search_that_is_cut_short_tells_what_it_found(monkeypatch: pytest.MonkeyPatch) -> None:
    base = open_base(two_counties())
    (whole,) = find_ranges(base, (0.05,), [{"measure": "taken"}])
    assert (whole.least_found, whole.greatest_found, whole.note) == (whole.least, whole.greatest, "")
    cut_search(monkeypatch, base, 3.5)
    (cut,) = find_ranges(base, (0.05,), [{"measure": "taken"}])
    assert cut.least is None
    assert whole.least is not None
    assert whole.least <= cut.least_found < cut.here


def cut_search(monkeypatch: pytest.MonkeyPatch, base: AnalysisBase, iterations: float) -> None:
    columns = len(SensitivitySession.from_problem(base.problem, base.basis).lp.cost)
    monkeypatch.setattr(extremes, "MOST_WORK", iterations * columns)


@pytest.mark.parametrize(("few", "is_proved"), [(1.0, True), (0.0, False)])
def test_simplex_goes_on_where_few_variables_would_improve_its_point(
    few: float, is_proved: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = open_base(two_counties())
    (whole,) = find_ranges(base, (0.05,), [{"measure": "taken"}])
    cut_search(monkeypatch, base, 400.5)
    monkeypatch.setattr(extremes, "LARGE_PROGRAM_COLUMNS", 0)
    monkeypatch.setattr(extremes, "WORK_SHARE", 0.01)
    monkeypatch.setattr(extremes, "FEW_IMPROVING", few)
    monkeypatch.setattr(guided_search, "PRICE_SHARES", ())
    (found,) = find_ranges(base, (0.05,), [{"measure": "taken"}])
    assert (found.least is not None) == is_proved
    assert whole.least is not None
    assert (found.least_found == pytest.approx(whole.least)) == is_proved
    assert found.least_found < found.here


@pytest.mark.parametrize("measure", MEASURES, ids=str)
def test_what_a_search_leaves_open_is_bounded(measure: Json, monkeypatch: pytest.MonkeyPatch) -> None:
    base = open_base(two_counties())
    whole = find_ranges(base, (0.001, 0.05), [measure])
    cut_search(monkeypatch, base, 0)
    for cut, exact in zip(find_ranges(base, (0.001, 0.05), [measure]), whole, strict=True):
        least, greatest = cut.least_bound, cut.greatest_bound
        assert least is not None
        assert greatest is not None
        assert exact.least is not None
        assert exact.greatest is not None
        rounding = 1e-6 * (1 + abs(cut.here))
        ends = (least, exact.least, cut.least_found, cut.here, cut.greatest_found, exact.greatest, greatest)
        assert all(one <= other + rounding for one, other in pairwise(ends))
        size = max(abs(cut.least_found), abs(least)) if cut.unit else 1.0
        assert (cut.least is None) == (cut.least_found - least > 5e-4 * size)


def test_plans_sought_by_the_dual_values_of_a_bound_are_within_the_slack_and_near_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    base = open_base(two_counties())
    whole = find_ranges(base, (0.001, 0.05), MEASURES)
    cut_search(monkeypatch, base, 0)
    monkeypatch.setattr(guided_search, "FREE_SHARE", 1.0)
    cut = find_ranges(base, (0.001, 0.05), MEASURES)
    farther = 0
    for found, exact in zip(cut, whole, strict=True):
        assert exact.least is not None
        assert exact.greatest is not None
        rounding = 1e-6 * (1 + abs(found.here))
        assert exact.least - rounding <= found.least_found <= found.here + rounding
        assert found.here - rounding <= found.greatest_found <= exact.greatest + rounding
        farther += (found.least_found < found.here - rounding) + (found.greatest_found > found.here + rounding)
    assert farther >= 24


def test_nothing_is_proved_where_variables_can_grow_together_without_end() -> None:
    """Two variables without an upper bound, each in one constraint of their own: x − y = 0. No dual value bounds −x from below."""
    base = open_base(two_counties())
    near = NearOptimalSet.from_session(SensitivitySession.from_problem(base.problem, base.basis))
    endless = LinearProgram(
        cost=np.zeros(2),
        column_lower=np.zeros(2),
        column_upper=np.full(2, np.inf),
        row_lower=np.array([0.0, -np.inf]),
        row_upper=np.array([0.0, 0.0]),
        matrix=sparse.csc_array(np.array([[1.0, -1.0], [0.0, 0.0]])),
    )
    prover = BoundProver(replace(near, program=replace(near.program, lp=endless), rows=np.array([1])))
    assert prover.bound_least(np.array([1.0, 0.0]), np.zeros(2), (0.0,)) == 0.0
    for price in (-1.0, 0.0, 1.0):
        assert prover.bound_least(np.array([-1.0, 0.0]), np.array([price, 0.0]), (0.0,)) == -np.inf


def test_proved_bounds_of_drawn_problems_are_never_crossed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extremes, "MOST_WORK", 0.0)

    @bounded(12)
    @given(problems(max_periods=3), st.sampled_from(sorted(SELECTION_LISTS)), st.sampled_from(sorted(POLICIES)))
    def holds(drawn: PlanningProblem, measure: str, policy: str) -> None:
        base = open_base(with_policy(drawn, POLICIES[policy]))
        assume(base.basis is not None and len(base.basis.columns) > 0)
        for found in find_ranges(base, (0.001, 0.05), [{"measure": measure}]):
            least, greatest = find_cold(base, found)
            rounding = 3e-5 * (1 + abs(found.here))
            assert found.least_bound is None or found.least_bound <= least + rounding
            assert found.greatest_bound is None or greatest <= found.greatest_bound + rounding

    holds()


def test_corrected_sums_of_one_period_are_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """With one period nothing is added up, so the relaxation is the program, and the bounds are the ends."""
    raw = DANTZIG.problem | {"items": [DANTZIG.problem["items"][0] | {"storable": True, "value": 1e7}]}
    base = open_base(PlanningProblem.model_validate(raw))
    monkeypatch.setattr(extremes, "MOST_WORK", 0.0)
    measures = [{"measure": "shipped", "of": {"link": ["seattle.new-york"]}}]
    found = find_ranges(base, (0, 0.01, 0.05), measures)
    assert [r.greatest_bound for r in found] == pytest.approx([50, 220.75, 347.2596], abs=1e-3)
    assert [r.least_bound for r in found] == pytest.approx([0] * 3, abs=1e-3)


@pytest.mark.parametrize("measure", MEASURES, ids=str)
def test_variables_kept_at_their_bounds_are_freed_where_they_would_pay(
    measure: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bounds are the same whether all variables with a reduced cost are kept out at first, or none."""
    base = open_base(two_counties())
    session = SensitivitySession.from_problem(base.problem, base.basis)
    near = NearOptimalSet.from_session(session)
    sums = CorrectedSums(near, BoundProver(near))
    linear = build_linear_measure(session.arrays, near.program, RangeMeasure.model_validate(measure))
    here = linear.compute_value(session.plan_values) - linear.constant
    monkeypatch.setattr(corrected_sums, "LOSS_SHARE", 0.0)
    monkeypatch.setattr(corrected_sums, "MOST_ROUNDS", 100)
    for sign in (1.0, -1.0):
        bounds = []
        for far_cost in (0.0, np.inf):
            monkeypatch.setattr(corrected_sums, "FAR_COST", far_cost)
            proved = sums.bound_least(sign * linear.coefficients, sign * here, (0.001, 0.05), np.inf)
            bounds.append(proved.bounds)
        assert bounds[0] == pytest.approx(bounds[1], rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(
    ("uses", "gains", "expected"),
    [
        ((0.5,), (3.0,), 3.0),  # within the slack
        ((4.0,), (8.0,), 2.0),  # mixed with the optimum
        ((4.0, 0.5), (8.0, 3.0), 3.0 + 5.0 / 7.0),  # mixed with the plan within the slack
        ((0.5, 4.0), (3.0, 8.0), 3.0 + 5.0 / 7.0),
        ((0.5, 4.0, 2.0), (3.0, 8.0, 7.0), 3.0 + 4.0 / 3.0),  # of all pairs, that which gains most
        ((0.5, 4.0), (-3.0, -8.0), 0.0),  # the optimum itself
    ],
)
def test_the_mixture_of_plans_gains_what_the_slack_allows(
    uses: Sequence[float], gains: Sequence[float], expected: float
) -> None:
    """Plans that use some multiples of the slack and gain so much: figures by hand."""
    base, slack = open_base(two_counties()), 0.01
    near = NearOptimalSet.from_session(SensitivitySession.from_problem(base.problem, base.basis))
    (row,) = near.program.lp.matrix.tocsr()[near.rows].toarray()
    used = row @ near.values
    (limit,) = near.compute_limits(slack)
    gain = np.random.default_rng(5).standard_normal(len(row))
    gain -= gain @ row / (row @ row) * row
    plans = [
        near.values + one * (limit - used) / (row @ row) * row + other / (gain @ gain) * gain
        for one, other in zip(uses, gains, strict=True)
    ]
    mixed = guided_search.mix_within_slack(near, -gain, plans, slack)
    assert gain @ (mixed - near.values) == pytest.approx(expected, rel=1e-6, abs=1e-9)
    assert row @ mixed <= limit + 1e-6 * abs(limit)


def test_any_dual_values_prove_a_bound() -> None:
    """Also dual values that belong to no optimum give bounds that plans within the slack keep."""
    base = open_base(two_counties())
    session = SensitivitySession.from_problem(base.problem, base.basis)
    near = NearOptimalSet.from_session(session)
    prover = BoundProver(near)
    measure = build_linear_measure(session.arrays, near.program, RangeMeasure(measure="made"))
    (exact,) = find_ranges(base, (0.05,), [{"measure": "made"}])
    generator = np.random.default_rng(3)
    for share in (0.0, 1e-3, 1.0):
        duals = near.prices[0] * (1 + share * generator.standard_normal(near.program.lp.row_count))
        duals[near.rows] = -1.0
        (bound,) = prover.bound_least(measure.coefficients, duals, (0.05,))
        assert np.isfinite(bound)
        assert exact.least is not None
        assert bound <= exact.least + 1e-6


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

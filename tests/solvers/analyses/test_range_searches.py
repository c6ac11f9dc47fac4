"""What a search that is stopped leaves open: bounds are proved, plans are within the slack, and the search goes on where it pays."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, strategies as st
from scipy import sparse

from models.analyses.measures import SELECTION_LISTS, RangeMeasure
from models.examples import two_counties
from models.problem.planning_problem import PlanningProblem
from solvers.analyses.analysis import AnalysisBase
from solvers.analyses.near_optimal import corrected_sums, extremes, guided_search
from solvers.analyses.near_optimal.corrected_sums import CorrectedSums
from solvers.analyses.near_optimal.linear_measures import build_linear_measure
from solvers.analyses.near_optimal.near_optimal_set import NearOptimalSet
from solvers.analyses.near_optimal.proved_bounds import BoundProver
from solvers.lp.linear_program import LinearProgram
from solvers.sensitivity import SensitivitySession
from tests.builders import Json
from tests.properties.planned import bounded
from tests.published.transport import DANTZIG
from tests.solvers.analyses.ranging import MEASURES, POLICIES, find_cold, find_ranges, open_base
from tests.solvers.sensitivity.test_goals import with_policy
from tests.strategies import problems


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

    @bounded(6)
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

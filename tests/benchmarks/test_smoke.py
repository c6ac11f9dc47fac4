"""Every driver runs on a tiny subject, every subject builds, and what is printed and drawn holds what was measured."""

import re
from pathlib import Path

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.aggregation import coarser
from benchmarks.drivers import DRIVERS
from benchmarks.goals import PLAIN, _race
from benchmarks.measuring import Measured, apart, medians
from benchmarks.plan_measures import (
    PlannedYear,
    compute_cost_of_levelling,
    count_switches,
    measure_crisis,
    measure_normal,
)
from benchmarks.plans import build_small_problem, measure_twelve_pumps, plan_year, solve_exactly
from benchmarks.plots import draw
from benchmarks.subjects import SUBJECTS, SWEEPS, ryanggang
from benchmarks.synthetic import synthetic
from benchmarks.writers import WRITERS
from models.base import expand_to_periods
from solvers.algorithms.pipeline import build_plan_program
from solvers.data.problem_arrays import ProblemArrays
from solvers.planning import make_plan

GATE_DRIVERS = {"cold", "plain highs", "what-if", "plan"}
"""Drivers that are run in the gate; the others only compare, and are run in the slow lane."""


@pytest.mark.parametrize(
    "driver",
    [
        pytest.param(name, marks=[] if name in GATE_DRIVERS else [pytest.mark.slow_lane])
        for name in DRIVERS
        if not name.startswith("write")
    ],
)
def test_a_driver_runs(driver: str) -> None:
    found = DRIVERS[driver](SUBJECTS["tiny"](), 30.0)
    assert found.wall > 0
    if driver.startswith(("cold", "plain")):
        assert found.note.startswith("optimal")


@pytest.mark.slow_lane
def test_plain_solvers_and_ours_come_to_the_same() -> None:
    problem = SUBJECTS["tiny"]()
    found = [float(re.findall(r"[\d.]+", DRIVERS[name](problem, 30.0).note)[0]) for name in ("cold", *PLAIN[:4])]
    assert found == pytest.approx([found[0]] * len(found), rel=1e-9)


@pytest.mark.slow_lane
def test_the_fastest_plain_solver_is_found() -> None:
    ours, plain = _race("tiny", 1, 30.0, PLAIN[1:2])
    assert ours.note.startswith("optimal")
    assert plain.note.startswith("plain highs: optimal")


@pytest.mark.slow_lane
@pytest.mark.parametrize("library", WRITERS)
def test_libraries_write_the_whole_program(library: str) -> None:
    rows = build_plan_program(ProblemArrays.from_problem(SUBJECTS["tiny"]())).lp.row_count
    assert apart("tiny", f"write {library}", 30.0).note == f"{rows} rows"


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_subject_is_a_program(subject: str) -> None:
    lp = build_plan_program(ProblemArrays.from_problem(SUBJECTS[subject]())).lp
    assert lp.column_count > lp.row_count > 0


@pytest.mark.parametrize("sweep", SWEEPS)
def test_a_sweep_rises(sweep: str) -> None:
    sizes = [
        build_plan_program(ProblemArrays.from_problem(SUBJECTS[subject]())).lp.column_count for subject in SWEEPS[sweep]
    ]
    assert sizes == sorted(set(sizes))
    assert len(sizes) >= 3


def test_a_coarser_year_has_the_same_needs_and_power() -> None:
    month = ProblemArrays.from_problem(ryanggang("crisis"))
    for months in (3, 12):
        coarse = ProblemArrays.from_problem(coarser(month.problem, months))
        assert coarse.demand.shape[-1] == 12 // months
        np.testing.assert_allclose(coarse.demand.sum(axis=-1), month.demand.sum(axis=-1))
    with pytest.raises(ValueError, match="12 periods cannot be joined by 5"):
        coarser(month.problem, 5)


def test_due_dates_stay_where_a_joined_period_begins() -> None:
    year = ryanggang("crisis")
    quarters, whole = coarser(year, 3), coarser(year, 12)
    fine, coarse = ({item.id: item for item in problem.items} for problem in (year, quarters))
    notebooks = fine["notebook"]
    april, spring = (sum(year.calendars[notebooks.calendar][3:end]) for end in (4, 6))
    assert coarse["notebook"].due["2002-04"].share == pytest.approx(notebooks.due["2002-04"].share * april / spring)
    assert fine["socks"].due
    assert not coarse["socks"].due  # due in the middle of April
    assert not any(item.due for item in whole.items)
    assert coarse["nails-and-hinges"].carry_over == pytest.approx(0.9**3)


def test_what_lasts_is_averaged_and_what_is_kept_is_the_last() -> None:
    problem = synthetic(2, 3, 4)
    good, *others = problem.items
    seat, *rest = problem.counties
    varied = problem.model_copy(
        update={
            "items": (good.model_copy(update={"importance": (1.0, 3.0, 2.0, 2.0)}), *others),
            "counties": (seat.model_copy(update={"store_tonnes": (5.0, 7.0, 8.0, 6.0)}), *rest),
            "supply_shares": problem.supply_shares.model_copy(update={"delivered": (0.2, 0.8, 1.0, 0.5)}),
        }
    )
    half = coarser(varied, 2)
    assert half.periods == ("p0", "p2")
    assert half.items[0].importance == (2.0, 2.0)
    assert half.counties[0].store_tonnes == (7.0, 6.0)
    assert half.supply_shares.delivered == (0.5, 0.75)


def test_a_coarser_plan_is_never_dearer() -> None:
    """Joining periods only forgets when things must be there."""
    even = synthetic(3, 10, 6, stores=0.2)
    early = [
        row.model_copy(update={"quantity": (6.0 * expand_to_periods(row.quantity, 1)[0], *[0.0] * 5)})
        for row in even.demand
    ]
    fine = even.model_copy(update={"demand": tuple(early)})
    plans = [make_plan(problem).plan.objective for problem in (fine, coarser(fine, 3), coarser(fine, 6))]
    values = [objective.value for objective in plans if objective is not None]
    assert len(values) == 3
    assert values[0] > values[1] > values[2]


def test_medians_are_of_each_figure() -> None:
    runs = [Measured(1.0, 9.0, 5.0), Measured(2.0, 8.0, 4.0), Measured(9.0, 1.0, 6.0, "last")]
    assert medians(runs) == Measured(2.0, 8.0, 5.0, "last", 3)


@pytest.mark.slow_lane
def test_a_failing_driver_says_why() -> None:
    with pytest.raises(RuntimeError, match="invalid choice"):
        apart("nowhere", "build", 1.0)


def test_the_command_prints_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--subject", "tiny", "--driver", "build", "--times", "1"]) == 0
    assert "| build |" in capsys.readouterr().out


def test_a_sweep_is_drawn_against_size(tmp_path: Path) -> None:
    found = {subject: {"cold": Measured(k + 1.0, 1.0, 100.0)} for k, subject in enumerate(SWEEPS["counties"])}
    time, memory = draw("counties", found, tmp_path)
    assert time.read_text(encoding="utf-8") != memory.read_text(encoding="utf-8")
    assert time.name == "counties-time.svg"


def test_the_command_lists_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    assert {*SUBJECTS, *SWEEPS, *DRIVERS} <= set(capsys.readouterr().out.splitlines())


@pytest.mark.parametrize(("chain", "materials"), [(1, 2), (4, 8)])
def test_synthetic_provinces_are_as_requested(chain: int, materials: int) -> None:
    problem = synthetic(3, 20, 2, chain=chain)
    assert len(problem.counties) == 3
    assert sum(item.kind == "material" for item in problem.items) == materials


@pytest.fixture(scope="module")
def tiny_year() -> PlannedYear:
    return plan_year(SUBJECTS["tiny"]())


def test_measures_name_what_falls_short(tiny_year: PlannedYear) -> None:
    """The tiny province makes 70 % of what it needs: it is short in the normal sense."""
    normal = {measure.name: measure for measure in measure_normal(tiny_year, tiny_year)}
    short = normal["normal: county-item-months short after whole units"]
    assert not short.is_met
    assert "county-0 good-" in short.note
    assert normal["normal: cost of levelling"].is_met
    assert compute_cost_of_levelling(tiny_year, tiny_year) <= 1
    assert all(measure.must for measure in measure_crisis(tiny_year))


def test_a_switch_is_a_change_between_two_periods() -> None:
    assert count_switches([False, True, True, False, True]) == 3
    assert count_switches([True, True]) == 0


def test_goods_given_without_being_made_are_found(tiny_year: PlannedYear) -> None:
    good = tiny_year.problem.items[0].id
    given = {"partner": "p", "item": good, "period": "p0", "given": 1e9, "taken": 0.0, "value": 0.0}
    wrong = PlannedYear(tiny_year.problem, tiny_year.plan, {**tiny_year.rows, "swaps": [given]})
    measure = list(measure_crisis(wrong))[-1]
    assert not measure.is_met
    assert measure.note == good


def test_the_exact_optimum_bounds_the_plan_of_a_small_problem() -> None:
    problem = build_small_problem(2)
    objective = plan_year(problem).plan.objective
    assert objective is not None
    assert solve_exactly(problem) <= objective.value + 1e-6
    assert [measure.must for measure in measure_twelve_pumps()] == ["12", "≥ 1"]


@pytest.mark.slow_lane
def test_another_checkout_is_measured() -> None:
    root = Path(__file__).parents[2]
    assert apart("tiny", "build", 30.0, root).note == apart("tiny", "build", 30.0).note

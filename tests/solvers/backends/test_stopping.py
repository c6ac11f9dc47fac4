"""Time limits, cancellation and progress reports; all solvers work in one process."""

import subprocess
import sys
from time import monotonic

import pytest

from solvers.backends import Feature, SolveOptions, get_backend, list_backend_names
from solvers.backends.base import ProgressReporter
from solvers.backends.solver_callbacks import parse_log_line
from solvers.lp.certificate import certify_solution
from solvers.lp.solution import Progress
from tests.solvers.backends.large import assignment, hard

CANCELLABLE = [name for name in list_backend_names() if Feature.CANCEL in get_backend(name).features]


@pytest.mark.parametrize("name", list_backend_names())
def test_solver_respects_its_time_limit(name: str) -> None:
    lp = hard()
    began = monotonic()
    solution = get_backend(name).solve_program(lp, SolveOptions(time_limit_seconds=0.3))
    assert (solution.termination.reason, solution.termination.limit) == ("limit", "time")
    assert monotonic() - began < 15
    if solution.values is not None:
        assert not certify_solution(lp, solution).passed


@pytest.mark.parametrize("name", CANCELLABLE)
def test_cancellation_stops_the_solver(name: str) -> None:
    began = monotonic()
    options = SolveOptions(time_limit_seconds=60.0, should_cancel=lambda: monotonic() - began > 0.3)
    solution = get_backend(name).solve_program(hard(), options)
    assert solution.termination.reason == "cancelled"
    assert monotonic() - began < 15


def test_the_simplex_and_interior_point_of_highs_and_glop_can_be_cancelled() -> None:
    assert CANCELLABLE == [
        "highs",
        "highs-ipm",
        "highs-primal",
        "highs-ipm-primal-cleanup",
        "highs-dual-devex",
        "highs-dual-steepest-edge",
        "glop",
    ]


@pytest.mark.parametrize("name", ["highs", "highs-ipm"])
def test_progress_reports_do_not_change_the_result(name: str) -> None:
    lp = assignment(60)
    reports: list[Progress] = []
    reported = get_backend(name).solve_program(lp, SolveOptions(), on_progress=reports.append)
    assert reports
    assert certify_solution(lp, reported).passed
    unreported = get_backend(name).solve_program(lp, SolveOptions())
    assert unreported.iterations == reported.iterations


def test_progress_reports_are_limited_to_two_a_second() -> None:
    reports: list[Progress] = []
    reporter = ProgressReporter(reports.append, None)
    for iteration in range(1000):
        reporter.report_progress(Progress("solve", iteration))
    assert [report.iteration for report in reports] == [0]
    assert not reporter.should_cancel()


@pytest.mark.parametrize(
    ("line", "progress"),
    [
        ("       4468     1.9552421588e+04 Pr: 0(0) 0.7s\n", Progress("solve", 4468, 19552.421588)),
        ("   2   -3.43024759e+05  -2.17386797e+07   1.45e-02   1.64e-07", Progress("solve", 2, -343024.759)),
        ("Presolving model\n", Progress("presolve")),
        ("2136 rows, 13950 cols, 29664 nonzeros 0s\n", None),
        ("\n", None),
    ],
    ids=["simplex", "interior point", "presolve", "other", "empty"],
)
def test_lines_of_the_log(line: str, progress: Progress | None) -> None:
    assert parse_log_line(line) == progress


ORDERS = ["cbc glop highs", "glop highs cbc", "highs cbc glop pdlp", "cbc highs-ipm pdlp glop"]


@pytest.mark.parametrize("order", ORDERS)
def test_all_solvers_in_one_process(order: str) -> None:
    """PuLP loads highspy; the HiGHS of OR-Tools would then crash, but GLOP and PDLP must work. No solver prints anything."""
    code = (
        "import sys\n"
        "from solvers.backends import SolveOptions, get_backend\n"
        "from tests.solvers.backends.standard import mixing\n"
        "for name in sys.argv[1:]:\n"
        "    assert get_backend(name).solve_program(mixing(), SolveOptions()).termination.reason == 'optimal', name\n"
    )
    command = [sys.executable, "-c", code, *order.split()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

"""Equal problems have equal plans, whatever the load: only the time limit of the plan is a clock."""

import re
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from highspy._core import _Highs

import solvers
from benchmarks.synthetic import synthetic
from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from solvers.algorithms import rounding, select
from solvers.backends import highs_session
from solvers.backends.highs_session import RULES_WITH_A_CLOCK
from solvers.planning import make_plan
from tests.solvers.planning.two_counties import two_counties

DAY = 86_400.0


def make_whole_problem() -> PlanningProblem:
    """A problem in which the rounding of large programs solves many small ones."""
    problem = synthetic(3, 8, 3)
    items = tuple(item.model_copy(update={"whole_units": item.kind == "good"}) for item in problem.items)
    return problem.model_copy(update={"items": items})


def plan_to_bytes(problem: PlanningProblem) -> list[bytes]:
    """The tables of the plans of a problem, by the methods for small and for large programs."""
    small = make_plan(problem)
    rounding.SMALL_PROGRAM_COLUMNS = select.LARGE_PROGRAM_COLUMNS = 0
    return [write_table(table) for plan in (small, make_plan(problem)) for table in plan.tables.values()]


def write_table(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return bytes(sink.getvalue().to_pybytes())


def test_processes_that_compete_make_the_same_plans() -> None:
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        found = list(pool.map(plan_to_bytes, [make_whole_problem()] * 3))
    assert all(tables == found[0] for tables in found[1:])


@pytest.mark.parametrize("is_large", [False, True])
def test_every_time_limit_of_a_solver_is_that_of_the_plan(is_large: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[float] = []
    rules: list[int] = []

    class RecordingHighs(_Highs):
        def setOptionValue(self, name: str, value: Any) -> Any:  # noqa: N802
            if name == "time_limit":
                limits.append(value)
            if name == "presolve_rule_off":
                rules.append(value)
            return super().setOptionValue(name, value)

    if is_large:
        monkeypatch.setattr(rounding, "SMALL_PROGRAM_COLUMNS", 0)
        monkeypatch.setattr(select, "LARGE_PROGRAM_COLUMNS", 0)
    monkeypatch.setattr(highs_session, "_Highs", RecordingHighs)
    for problem in (make_whole_problem(), PlanningProblem.model_validate(two_counties())):
        assert make_plan(problem, PlanOptions(time_limit_seconds=DAY)).plan.outcome == "optimal"
    assert limits
    assert min(limits) > 0.9 * DAY
    assert set(rules) == {RULES_WITH_A_CLOCK}


def test_a_plan_that_its_time_limit_stopped_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounding, "SMALL_PROGRAM_COLUMNS", 0)
    monkeypatch.setattr("solvers.algorithms.item_rounding.RESERVED_SHARE", 2.0)
    monkeypatch.setattr("solvers.algorithms.item_rounding.RESERVED_SECONDS", 2 * DAY)
    plan = make_plan(make_whole_problem(), PlanOptions(time_limit_seconds=DAY)).plan
    assert (plan.outcome, plan.termination.reason, plan.termination.limit) == ("feasible", "limit", "time")


def test_no_algorithm_reads_the_time_of_a_processor() -> None:
    """The clock of a thread in `portfolio` decides when an algorithm starts, and never which result is taken."""
    folder = Path(solvers.__file__).parent
    found = {
        str(path.relative_to(folder))
        for path in folder.rglob("*.py")
        if re.search(r"thread_time|process_time|perf_counter", path.read_text(encoding="utf-8"))
    }
    assert found <= {"algorithms/portfolio.py", "planning.py"}

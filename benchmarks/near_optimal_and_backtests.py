"""How long ranges and backtests take on two cores: `python -m benchmarks ranges` and `python -m benchmarks backtest`.

Both open the analysis in two processes, as the workers of a service do, from the basis of a plan that is solved before and does not count.
"""

import json
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

from benchmarks.subjects import ryanggang
from models.analyses.backtest import BacktestResult
from models.analyses.kinds import AnalysisKind
from models.analyses.near_optimal import RangesResult
from models.options import PlanOptions
from solvers.algorithms.pipeline import build_plan_program
from solvers.algorithms.run_state import SolveRun
from solvers.analyses.analysis import Analysis, AnalysisBase, AnalysisConclusion, AnalysisTask
from solvers.analyses.opening import open_analysis
from solvers.data.problem_arrays import ProblemArrays

PROCESSES = 2

MOST_RANGES_SECONDS, MOST_BACKTEST_SECONDS = 300.0, 900.0

RANGES = {
    "slack": [0.001, 0.01],
    "measures": [
        *({"measure": "served_share", "of": {"priority": [priority]}} for priority in (1, 2, 3)),
        *({"measure": "served_share", "of": {"county": [county]}} for county in ("hyesan", "taehongdan", "kapsan")),
        {"measure": "made"},
        {"measure": "made", "of": {"category": ["clothing"]}},
        {"measure": "given"},
        {"measure": "taken"},
        {"measure": "shipped"},
        {"measure": "power_used"},
    ],
}
"""Twelve measures of the crisis year."""

_HORIZON = {"months": 3, "then": "quarters"}

BACKTEST = {
    "factors": [
        {
            "name": "power",
            "changes": [{"what": "power_limit"}],
            "distribution": {"kind": "uniform", "low": 0.8, "high": 1.2},
        },
        {
            "name": "deliveries",
            "changes": [{"what": "delivered"}],
            "distribution": {"kind": "triangular", "low": 0.7, "mode": 0.9, "high": 1.0},
        },
    ],
    "paths": {"count": 20, "seed": 1, "persistence": 0.5},
    "policies": [
        {"name": "once", "horizon": _HORIZON},
        {"name": "quarterly", "replan_every": 3, "horizon": _HORIZON},
        {"name": "monthly", "replan_every": 1, "forecast": "last", "horizon": _HORIZON},
    ],
}
"""Twenty paths and three policies of the normal year."""

_opened: list[Analysis] = []


def list_ranges_lines() -> Iterator[str]:
    """Iterate over the lines that `python -m benchmarks ranges` prints, as they are measured."""
    conclusion, seconds = _run("ranges", "crisis", RANGES)
    head = conclusion.head
    if not isinstance(head, RangesResult):
        raise TypeError("ranges have another head")
    for one in head.ranges:
        found = f"; found {one.least_found:.6g} to {one.greatest_found:.6g}, bounds {one.least_bound} to {one.greatest_bound}"
        proved = found if one.note else ""
        label = one.measure if one.of is None else f"{one.measure} {one.of.model_dump(exclude_none=True)}"
        yield f"{label} at {one.slack:g}: {one.least} to {one.greatest}, here {one.here:.6g}{proved}"
    ends = sum((one.least is not None) + (one.greatest is not None) for one in head.ranges)
    holds = seconds <= MOST_RANGES_SECONDS and ends == 2 * len(head.ranges)
    yield (
        f"12 ranges of the crisis year at two slacks: {seconds:.0f} s, {ends} of {2 * len(head.ranges)} ends proved: "
        f"{_judge(holds)} (all within {MOST_RANGES_SECONDS:g} s)"
    )


def list_backtest_lines() -> Iterator[str]:
    """Iterate over the lines that `python -m benchmarks backtest` prints, as they are measured."""
    conclusion, seconds = _run("backtest", "normal", BACKTEST)
    head = conclusion.head
    if not isinstance(head, BacktestResult):
        raise TypeError("a backtest has another head")
    yield f"perfect foresight: {head.perfect_foresight_mean:.6g} won on average"
    for policy in head.policies:
        yield (
            f"{policy.policy}: {policy.cost_mean} won, regret {policy.regret}, nervousness {policy.nervousness}, "
            f"{policy.infeasible_count} infeasible, {policy.failed_count} failed"
        )
    holds = seconds <= MOST_BACKTEST_SECONDS and not any(policy.failed_count for policy in head.policies)
    yield (
        f"backtest of 20 paths, 3 policies and 12 months of the normal year: {seconds:.0f} s: "
        f"{_judge(holds)} (at most {MOST_BACKTEST_SECONDS:g} s)"
    )


def _run(kind: AnalysisKind, scenario: str, request: Mapping[str, Any]) -> tuple[AnalysisConclusion, float]:
    """Return the result of an analysis in two processes, and its wall time in seconds."""
    problem = ryanggang(scenario)
    solved = SolveRun(PlanOptions()).solve_stage(build_plan_program(ProblemArrays.from_problem(problem)), "solve")
    base, body = AnalysisBase(problem, PlanOptions(), solved.solution.basis), json.dumps(request)
    started, rows = time.perf_counter(), dict[int, bytes]()
    analysis = open_analysis(kind, base, body)
    with ProcessPoolExecutor(PROCESSES, get_context("spawn"), _open, (kind, base, body)) as pool:
        while tasks := analysis.plan_tasks(rows):
            for found in pool.map(_run_task, tasks):
                rows |= found
    return analysis.conclude(rows), time.perf_counter() - started


def _open(kind: AnalysisKind, base: AnalysisBase, body: str) -> None:
    _opened[:] = [open_analysis(kind, base, body)]


def _run_task(task: AnalysisTask) -> dict[int, bytes]:
    rows: dict[int, bytes] = {}
    _opened[0].run_task(task, rows.__setitem__)
    return rows


def _judge(holds: bool) -> str:
    return "holds" if holds else "SHORT"

"""The planning pipeline: build the arrays and the program, solve in stages, certify, and build the results."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial

import numpy as np
import pyarrow as pa

from models.options import PlanOptions
from models.plan import (
    ObjectiveTerms,
    Outcome,
    Plan,
    PlanObjective,
    PlanSummary,
    SolverRun,
    SolveStep,
    Termination,
    VerificationResult,
)
from models.problem.planning_problem import PlanningProblem
from models.tables import TABLE_SCHEMAS
from solvers.algorithms.fallback import apply_fallback_solution
from solvers.algorithms.pipeline import PipelineResult, build_plan_program, solve_in_stages
from solvers.algorithms.run_state import SolveRun
from solvers.algorithms.warm_start import WarmStart
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import compute_objective_parts
from solvers.infeasibility import InfeasibilityAnalysis, analyse_infeasibility
from solvers.lp.linear_program import FloatArray, Program
from solvers.lp.solution import Basis, OnProgress, Progress
from solvers.results import build_results, clean_values
from solvers.results.arrow_tables import build_empty_table
from solvers.verification import PlanClaim, verify_plan

OnBuilt = Callable[[ProblemArrays, Program], None]
"""Receives the arrays and the program of a plan whose solve is about to take long, such as to estimate it; must not change them."""


@dataclass(frozen=True, slots=True)
class PlanResult:
    """A finished plan."""

    plan: Plan
    """Head of the plan: outcome, certificate, objective, summary."""
    tables: dict[str, pa.Table]
    """Tables by name, with the columns of `models.tables.TABLE_SCHEMAS`; without rows if no plan exists."""
    basis: Basis | None
    """Final basis of the pricing solve; None if the solver returned none."""


def make_plan(
    problem: PlanningProblem,
    options: PlanOptions | None = None,
    on_progress: OnProgress | None = None,
    warm_start: WarmStart | None = None,
    on_built: OnBuilt | None = None,
) -> PlanResult:
    """Plan a problem that has passed `models.validation.checks`.

    A failed, stopped or infeasible solve is an outcome of the plan, not an exception.
    `warm_start` is from the plan of a similar problem; see `build_warm_start`. `on_built` is called within the time limit: before the
    first solve; with a warm start once the quick solve from it was given up, if it is, in a thread of the solve.

    Raises
    ------
    SolverUnavailableError
        If the requested solver is not available on this machine.
    """
    options = options or PlanOptions()
    clock = _StageClock(on_progress)
    with clock.time_stage("build"):
        index = ProblemArrays.from_problem(problem)
        program = build_plan_program(index)
    run = SolveRun(options, on_progress)
    if on_built is not None and warm_start is not None:
        run.on_quick_path_left = partial(on_built, index, program)
    elif on_built is not None:
        with clock.time_stage("estimate"):
            on_built(index, program)
    basis = None if warm_start is None else warm_start.map_basis_to(program)
    result = apply_fallback_solution(solve_in_stages(index, program, run, basis), run)
    clock.seconds |= {**run.seconds_by_stage, "certify": run.certify_seconds}
    with clock.time_stage("report"):
        report = build_report(index, program, result)
    outcome, termination, analysis = _determine_outcome(index, result, run, clock)
    verification = None
    if options.verify and outcome == "optimal" and report.objective is not None:
        with clock.time_stage("verify"):
            verification = _verify_objective(problem, result, report.objective, run)
        if verification is not None and not verification.agrees:
            outcome, termination = "unverified", _describe_disagreement(verification, report.objective)
    objective = report.objective
    plan = Plan(
        outcome=outcome,
        termination=termination,
        certificate=analysis.certificate if analysis else result.certificate,
        objective=objective,
        summary=report.summary,
        infeasibility=analysis.infeasibility if analysis else None,
        verification=verification,
        rounding_cost=objective.value - objective.before_rounding
        if objective is not None and result.is_rounded
        else None,
        solver=describe_solver(program, result, run),
        timings=clock.seconds,
        tables={name: table.num_rows for name, table in report.tables.items()},
    )
    return PlanResult(plan, report.tables, result.pricing_solve.solution.basis)


def build_warm_start(problem: PlanningProblem, basis: Basis) -> WarmStart:
    """Build a warm start from the problem and the basis of a solved plan, which may come from storage.

    This function rebuilds the program, which takes less than a second for the year of a province.
    """
    return WarmStart.from_program(build_plan_program(ProblemArrays.from_problem(problem)), basis)


@dataclass(slots=True)
class _StageClock:
    """Seconds by stage, in order."""

    on_progress: OnProgress | None
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def time_stage(self, name: str) -> Iterator[None]:
        """Measure the time of the enclosed block, and report the stage."""
        if self.on_progress is not None:
            self.on_progress(Progress(name))
        started = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - started


@dataclass(frozen=True, slots=True)
class PlanReport:
    """Tables, objective and summary of a plan; empty tables if no plan exists."""

    tables: dict[str, pa.Table]
    """Tables by name."""
    objective: PlanObjective | None = None
    """Objective of the policy."""
    summary: PlanSummary | None = None
    """Summary."""


def build_report(index: ProblemArrays, program: Program, result: PipelineResult) -> PlanReport:
    """Build tables, objective and summary of a plan from its values and from the dual values of its pricing solve.

    Parameters
    ----------
    program
        The program of `build_plan_program`.
    """
    if result.values is None:
        return PlanReport({name: build_empty_table(model) for name, model in TABLE_SCHEMAS.items()})
    solved = result.pricing_solve
    values = clean_values(solved.program, result.values)
    dual_values = solved.solution.dual_values
    if dual_values is None:
        dual_values = np.zeros(solved.program.lp.row_count)
    tables, summary = build_results(
        index, solved.program, values, dual_values, solved.solution.values if result.is_rounded else None
    )
    return PlanReport(tables, _build_objective(index, program, result, values), summary)


def _build_objective(
    index: ProblemArrays, program: Program, result: PipelineResult, values: FloatArray
) -> PlanObjective:
    """Evaluate the objective of the policy at the finished plan, also if the last goal had another objective."""
    parts = {name: float(cost @ values) for name, cost in compute_objective_parts(index, program).items()}
    value, before = sum(parts.values()), result.pricing_solve.solution.values
    relaxed = float(program.lp.cost @ before) if result.is_rounded and before is not None else value
    return PlanObjective(
        value=value,
        parts=ObjectiveTerms(**parts),
        before_rounding=relaxed,
        rounding_gap=_compute_rounding_gap(result, value, relaxed) if result.is_rounded else 0.0,
        goals=result.goal_results,
    )


def _compute_rounding_gap(result: PipelineResult, value: float, relaxed: float) -> float:
    """Return how much the plan may cost above the best plan in whole units, relative to max(1, its value)."""
    bound = max(relaxed, result.whole_bound)
    if result.goal_results:
        first = result.goal_results[0]
        sign = -1.0 if first.goal == "worst_fulfilment" else 1.0
        value, bound = sign * first.final_value, max(sign * first.value, result.whole_bound)
    return max(value - bound, 0.0) / max(1.0, abs(value))


def _determine_outcome(
    index: ProblemArrays, result: PipelineResult, run: SolveRun, clock: _StageClock
) -> tuple[Outcome, Termination, InfeasibilityAnalysis | None]:
    """Return outcome and termination, and the infeasibility analysis if the constraints conflict."""
    last = result.last_solve.solution.termination
    if result.values is not None:
        if result.is_proved and run.is_out_of_time:
            detail = "the time limit stopped the search for the best whole units or among optimal plans"
            return "feasible", Termination(reason="limit", limit="time", detail=detail), None
        if result.is_proved:
            return "optimal", Termination(reason="optimal", detail=last.detail), None
        reason = "numerical" if last.reason in ("optimal", "infeasible", "unbounded") else last.reason
        return "feasible", Termination(reason=reason, limit=last.limit, detail=last.detail), None
    if result.has_conflict:
        detail = (
            "no plan in whole units satisfies all constraints; the rounded plan conflicts"
            if result.is_rounded
            else last.detail
        )
        with clock.time_stage("diagnose"):
            analysis = analyse_infeasibility(
                index, result.last_solve.program, run.options.tolerance, max(run.remaining_seconds(), 10.0)
            )
        if analysis is not None:
            return "infeasible", Termination(reason="infeasible", detail=detail), analysis
        return (
            "failed",
            Termination(reason="numerical", detail=f"infeasibility could not be proved: {last.detail}"),
            None,
        )
    reason = "numerical" if last.reason == "optimal" else last.reason
    return "failed", Termination(reason=reason, limit=last.limit, detail=last.detail), None


def _verify_objective(
    problem: PlanningProblem, result: PipelineResult, objective: PlanObjective, run: SolveRun
) -> VerificationResult | None:
    claim = PlanClaim(objective.before_rounding, result.goal_results, result.shortage_without_swaps)
    return verify_plan(problem, claim, run.options.tolerance, max(run.remaining_seconds(), 1.0))


def _describe_disagreement(verification: VerificationResult, objective: PlanObjective) -> Termination:
    found = "no plan" if verification.objective is None else f"an objective of {verification.objective:,.6g} won"
    detail = f"{verification.solver} finds {found}, not the one of {objective.before_rounding:,.6g} won before rounding"
    return Termination(reason="numerical", detail=detail)


def describe_solver(program: Program, result: PipelineResult, run: SolveRun) -> SolverRun:
    """Describe the solver, the size of the program and the steps of the solve."""
    solver = result.pricing_solve.solution.solver or run.solver
    version = re.search(r"\d+(\.\d+)+", solver)
    name = re.sub(r"\s*\d+(\.\d+)+", "", solver)
    lp = program.lp
    return SolverRun(
        name=name,
        version=version.group() if version else "",
        strategy=tuple(
            SolveStep(stage=stage, **asdict(step)) for stage, steps in run.strategy_by_stage.items() for step in steps
        ),
        columns=lp.column_count,
        rows=lp.row_count,
        nonzeros=lp.matrix.nnz,
        iterations=run.iterations,
    )

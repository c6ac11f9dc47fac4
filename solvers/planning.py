"""From a problem to a finished plan: index, build, solve by stages, certify, report."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

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
    Termination,
    VerificationResult,
)
from models.problem.planning_problem import PlanningProblem
from models.tables import TABLE_SCHEMAS
from solvers.algorithms.fallback import with_fallback_solution
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


@dataclass(frozen=True, slots=True)
class PlanResult:
    """A finished plan."""

    plan: Plan
    """Its head: outcome, proof, objective, summary."""
    tables: dict[str, pa.Table]
    """Its tables by name, with the columns of `models.plan.TABLES`; without rows where there is no plan."""
    basis: Basis | None
    """Basis of the program whose prices are the plan's; None where the solver gave none."""


def make_plan(
    problem: PlanningProblem,
    options: PlanOptions | None = None,
    on_progress: OnProgress | None = None,
    start: WarmStart | None = None,
) -> PlanResult:
    """Plan a problem that has passed `models.validation.checks`; from a solved plan (see `start_from`) where the problem is a change of it.

    A solver that fails, stops or finds rules in conflict is an outcome of the plan, not an exception; SolverUnavailable is
    raised for a solver that is not on this machine.
    """
    options = options or PlanOptions()
    clock = _StageClock(on_progress)
    with clock.time_stage("build"):
        index = ProblemArrays.from_problem(problem)
        program = build_plan_program(index)
    run = SolveRun(options, on_progress)
    basis = None if start is None else start.map_basis_to(program)
    result = with_fallback_solution(solve_in_stages(index, program, run, basis), run)
    clock.seconds |= {**run.seconds, "certify": run.certify_seconds}
    with clock.time_stage("report"):
        written = _write_report(index, program, result)
    outcome, termination, diagnosed = _determine_outcome(index, result, run, clock)
    agreement = None
    if options.verify and outcome == "optimal" and written.objective is not None:
        with clock.time_stage("verify"):
            agreement = _verify_objective(problem, result, written.objective, run)
    objective = written.objective
    plan = Plan(
        outcome=outcome,
        termination=termination,
        certificate=diagnosed.certificate if diagnosed else result.certificate,
        objective=objective,
        summary=written.summary,
        infeasibility=diagnosed.infeasibility if diagnosed else None,
        verification=agreement,
        rounding_cost=objective.value - objective.before_rounding
        if objective is not None and objective.before_rounding is not None
        else None,
        solver=_describe_solver(program, result, run),
        timings=clock.seconds,
        tables={name: table.num_rows for name, table in written.tables.items()},
    )
    return PlanResult(plan, written.tables, result.pricing_solve.solution.basis)


def build_warm_start(problem: PlanningProblem, basis: Basis) -> WarmStart:
    """A solved plan to start another from: its problem and the basis in its PlanResult.

    The two may come from a store: the program is built anew, which takes a few tenths of a second for a province's year.
    """
    return WarmStart.from_program(build_plan_program(ProblemArrays.from_problem(problem)), basis)


@dataclass(slots=True)
class _StageClock:
    """Seconds by stage, in order."""

    on_progress: OnProgress | None
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def time_stage(self, name: str) -> Iterator[None]:
        """Time what is done within."""
        if self.on_progress is not None:
            self.on_progress(Progress(name))
        begun = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begun


@dataclass(frozen=True, slots=True)
class _PlanReport:
    """What is said of a finished plan; empty without one."""

    tables: dict[str, pa.Table]
    objective: PlanObjective | None = None
    summary: PlanSummary | None = None


def _write_report(index: ProblemArrays, program: Program, result: PipelineResult) -> _PlanReport:
    if result.values is None:
        return _PlanReport({name: build_empty_table(model) for name, model in TABLE_SCHEMAS.items()})
    priced = result.pricing_solve
    values = clean_values(priced.program, result.values)
    price = priced.solution.dual_values
    row_price = np.zeros(priced.program.lp.row_count) if price is None else price
    tables, summary = build_results(index, priced.program, values, row_price)
    return _PlanReport(tables, _build_objective(index, program, result, values), summary)


def _build_objective(
    index: ProblemArrays, program: Program, result: PipelineResult, values: FloatArray
) -> PlanObjective:
    """The plain objective of the finished plan, whatever was minimised last."""
    parts = {name: float(cost @ values) for name, cost in compute_objective_parts(index, program).items()}
    before = result.pricing_solve.solution.values
    return PlanObjective(
        value=sum(parts.values()),
        parts=ObjectiveTerms(**parts),
        before_rounding=float(program.lp.cost @ before) if result.rounded and before is not None else None,
        goals=result.goal_results,
    )


def _determine_outcome(
    index: ProblemArrays, result: PipelineResult, run: SolveRun, clock: _StageClock
) -> tuple[Outcome, Termination, InfeasibilityAnalysis | None]:
    """Outcome and termination; where rules conflict, also the proof and the diagnosis."""
    stop = result.last_solve.solution.termination
    if result.values is not None:
        if result.is_proved:
            return "optimal", Termination(reason="optimal", detail=stop.detail), None
        reason = "numerical" if stop.reason in ("optimal", "infeasible", "unbounded") else stop.reason
        return "feasible", Termination(reason=reason, limit=stop.limit, detail=stop.detail), None
    if stop.reason == "infeasible" and (not result.rounded or result.is_infeasible):
        detail = "no whole quotas keep every rule; rounded down they conflict" if result.rounded else stop.detail
        with clock.time_stage("diagnose"):
            diagnosed = analyse_infeasibility(
                index, result.last_solve.program, run.options.tolerance, max(run.remaining_seconds(), 10.0)
            )
        if diagnosed is not None:
            return "infeasible", Termination(reason="infeasible", detail=detail), diagnosed
        return "failed", Termination(reason="numerical", detail=f"could not be proved: {stop.detail}"), None
    if stop.reason == "infeasible":
        detail = "no whole quotas that keep every rule were found in the programs that were tried"
        return "failed", Termination(reason="limit", limit="iterations", detail=detail), None
    reason = "numerical" if stop.reason == "optimal" else stop.reason
    return "failed", Termination(reason=reason, limit=stop.limit, detail=stop.detail), None


def _verify_objective(
    problem: PlanningProblem, result: PipelineResult, objective: PlanObjective, run: SolveRun
) -> VerificationResult | None:
    before = objective.value if objective.before_rounding is None else objective.before_rounding
    claim = PlanClaim(before, result.goal_results, result.without_swaps)
    return verify_plan(problem, claim, run.options.tolerance, max(run.remaining_seconds(), 1.0))


def _describe_solver(program: Program, result: PipelineResult, run: SolveRun) -> SolverRun:
    solver = result.pricing_solve.solution.solver or run.solver
    version = re.search(r"\d+(\.\d+)+", solver)
    name = re.sub(r"\s*\d+(\.\d+)+", "", solver)
    lp = program.lp
    return SolverRun(
        name=name,
        version=version.group() if version else "",
        strategy="; ".join(f"{stage}: {way}" for stage, way in run.strategy.items()),
        columns=lp.column_count,
        rows=lp.row_count,
        nonzeros=lp.matrix.nnz,
        iterations=run.iterations,
    )

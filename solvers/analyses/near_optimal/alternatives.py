"""Alternatives: whole plans within some slack of the optimum that make, ship and swap differently."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from models.analyses.near_optimal import Alternative, AlternativesRequest, AlternativesResult
from models.plan import Certificate, GoalResult, Plan, Termination as PlanTermination
from solvers.algorithms.pipeline import PipelineResult, build_plan_program
from solvers.algorithms.run_state import SolveAttempt, SolveRun
from solvers.analyses.analysis import AnalysisBase, AnalysisConclusion, AnalysisTask, OnRow
from solvers.analyses.near_optimal.aggregates import Aggregates
from solvers.analyses.near_optimal.alternative_search import AlternativeSearch, AlternativeValues
from solvers.analyses.near_optimal.near_optimal_set import NearOptimalSet
from solvers.formulation import find_whole_units
from solvers.lp.certificate import certify_solution, measure_primal_residual
from solvers.lp.linear_program import FloatArray
from solvers.lp.solution import Solution, Termination
from solvers.planning import PlanResult, build_report, describe_solver
from solvers.sensitivity.session import SensitivitySession


class AlternativesAnalysis:
    """Alternatives of a plan: one task for each slack, and one row for each alternative."""

    def __init__(self, base: AnalysisBase, request: AlternativesRequest) -> None:
        """Open alternatives of a plan.

        Raises
        ------
        InfeasibleError
            The plan is infeasible.
        SensitivityUnavailableError
            No proved optimum was found within the time limit of the plan.
        """
        self._base, self._request = base, request
        self._session = SensitivitySession.from_problem(base.problem, base.basis, base.options)
        self._near = NearOptimalSet.from_session(self._session)
        self._aggregates = Aggregates.from_program(self._session.arrays, self._near.program)
        self._plan_program = build_plan_program(self._session.arrays)
        whole = find_whole_units(self._session.arrays, self._session.program)
        self._should_round = bool(whole.is_discrete.any())

    def plan_tasks(self, rows: Mapping[int, bytes]) -> tuple[AnalysisTask, ...]:
        """Return one task for each slack without all of its rows."""
        count = self._request.count
        groups = (tuple(range(k * count, (k + 1) * count)) for k in range(len(self._request.slack)))
        return tuple(AnalysisTask(group) for group in groups if not set(group) <= set(rows))

    def run_task(self, task: AnalysisTask, on_row: OnRow) -> None:
        """Find the alternatives of one slack, each different from those before it; an empty row where there is none."""
        slack = self._find_slack(task.rows[0])
        search = AlternativeSearch(
            self._session, self._near, self._aggregates, slack, self._base.options, self._should_round
        )
        for row in task.rows:
            found = search.find_next()
            on_row(row, b"" if found is None else encode_alternative(found))

    def _find_slack(self, row: int) -> float:
        return self._request.slack[row // self._request.count]

    def conclude(self, rows: Mapping[int, bytes]) -> AnalysisConclusion:
        """Return the alternatives, by slack and in the order in which they were found, each with its plan."""
        column_count = self._session.lp.column_count
        base, slack = self._session.plan_values, None
        alternatives, plans, earlier = list[Alternative](), list[PlanResult](), [base]
        for row in sorted(row for row, content in rows.items() if content):
            if self._find_slack(row) != slack:
                slack, earlier = self._find_slack(row), [base]
            found = decode_alternative(rows[row], column_count)
            plan = self._build_plan(found, slack)
            if plan.plan.objective is None:
                raise ValueError("an alternative has no objective")
            alternatives.append(
                Alternative(
                    slack=slack,
                    objective=plan.plan.objective.before_rounding,
                    distance=min(self._aggregates.measure_distance(found.finished, other) for other in earlier),
                    differences=self._aggregates.list_differences(base, found.finished),
                )
            )
            plans.append(plan)
            earlier.append(found.finished)
        return AnalysisConclusion(AlternativesResult(alternatives=tuple(alternatives)), plans=tuple(plans))

    def _build_plan(self, found: AlternativeValues, slack: float) -> PlanResult:
        """Build the plan of an alternative, with the dual values of the optimum, which prove its distance, and without a basis."""
        session, run = self._session, SolveRun(self._base.options)
        detail = self._describe(found, slack)
        solution = Solution(Termination("optimal", detail=detail), found.relaxed, session.point.dual_values)
        certificate = self._certify(solution, found.relaxed, slack)
        attempt = SolveAttempt(session.program, solution, certificate)
        result = PipelineResult(
            attempt, found.finished, attempt, True, certificate, self._list_goals(found.finished), found.is_rounded
        )
        report = build_report(session.arrays, self._plan_program, result)
        objective = report.objective
        plan = Plan(
            outcome="optimal",
            termination=PlanTermination(reason="optimal", detail=detail),
            certificate=certificate,
            objective=objective,
            summary=report.summary,
            rounding_cost=objective.value - objective.before_rounding
            if objective is not None and found.is_rounded
            else None,
            solver=describe_solver(self._plan_program, result, run),
            timings={},
            tables={name: table.num_rows for name, table in report.tables.items()},
        )
        return PlanResult(plan, report.tables, None)

    def _describe(self, found: AlternativeValues, slack: float) -> str:
        parts = [f"an alternative within a slack of {slack:g} of the optimum, before rounding; not the optimum itself"]
        if found.excess:
            parts.append(f"whole units cost {found.excess:.2g} more than the slack")
        return "; ".join(parts)

    def _certify(self, solution: Solution, values: FloatArray, slack: float) -> Certificate:
        """Return the certificate of a plan, (n,), within the slack: of the objective, or of the goal that is farthest from its optimum.

        Its bound is the proved optimum, its tolerance the slack; the limits of the slack count as constraints.
        """
        tolerance, near = self._base.options.tolerance, self._near
        proof = certify_solution(self._session.lp, replace(solution, values=self._session.point.values), tolerance)
        residual = measure_primal_residual(near.limit_to(slack), values)
        reached = near.measure(values)
        worst = int(np.argmax((reached - near.optima) / np.maximum(1.0, np.abs(near.optima))))
        primal, dual = float(reached[worst]), float(near.optima[worst])
        return Certificate(
            passed=residual <= tolerance and proof.passed,
            primal_residual=residual,
            dual_residual=proof.dual_residual,
            gap=abs(primal - dual) / (1 + abs(primal) + abs(dual)),
            primal_objective=primal,
            dual_objective=dual,
            tolerance=max(slack, tolerance, float(near.tolerances[worst])),
        )

    def _list_goals(self, values: FloatArray) -> tuple[GoalResult, ...]:
        stages = [stage for stage in self._session.goal_stages if stage.goal is not None]
        return tuple(
            GoalResult(
                goal=stage.goal.label,
                value=stage.objective_sign * stage.point.objective,
                tolerance_bound=stage.objective_sign * stage.no_worse_bound,
                final_value=stage.objective_sign * float(stage.program.lp.cost @ values),
            )
            for stage in stages
            if stage.goal is not None
        )


def encode_alternative(found: AlternativeValues) -> bytes:
    """Encode an alternative as the content of a row."""
    header = json.dumps({"is_rounded": found.is_rounded, "excess": found.excess}).encode()
    values = found.relaxed.tobytes() + (found.finished.tobytes() if found.is_rounded else b"")
    return header + b"\n" + zlib.compress(values)


def decode_alternative(content: bytes, column_count: int) -> AlternativeValues:
    """Decode the content of a row for a program with a number of variables."""
    header, _, packed = content.partition(b"\n")
    values = np.frombuffer(zlib.decompress(packed)).reshape(-1, column_count)
    return AlternativeValues(relaxed=values[0], finished=values[-1], **json.loads(header))

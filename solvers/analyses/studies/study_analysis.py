"""A study as an analysis: its tasks, its rows and its conclusion."""

from collections.abc import Mapping
from functools import cached_property
from typing import Literal

import numpy as np
import pyarrow as pa

from models.analyses.study import MultiFidelity, StudyRequest, StudyResult
from models.analyses.tables import BoxRow, DriverRow
from models.validation.finding import InvalidProblemError
from models.validation.finding_codes import make_finding
from solvers.algorithms.pipeline import build_plan_program
from solvers.algorithms.select import LARGE_PROGRAM_COLUMNS
from solvers.algorithms.warm_start import WarmStart
from solvers.analyses.analysis import AnalysisBase, AnalysisConclusion, AnalysisTask, OnRow
from solvers.analyses.studies.adaptive_points import FactorRange
from solvers.analyses.studies.boxes import build_box_rows, find_boxes
from solvers.analyses.studies.coarse_runs import CoarseStudySolver
from solvers.analyses.studies.draws import draw_points
from solvers.analyses.studies.drivers import build_driver_rows, compute_drivers
from solvers.analyses.studies.lever_setting import LeverSetting, open_settings
from solvers.analyses.studies.outcomes import check_measures, list_measures
from solvers.analyses.studies.run_records import RunRecord
from solvers.analyses.studies.run_solver import MonthlySolver
from solvers.analyses.studies.study_bounds import LeverBounds, StudyValueBounds
from solvers.analyses.studies.study_design import StudyDesign, TaskBody
from solvers.analyses.studies.study_head import (
    compute_perfect_information,
    find_failures,
    list_quantiles,
    list_threshold_results,
    name_threshold,
)
from solvers.analyses.studies.study_rounds import OWN_PERIODS, StudyRounds, collect_solved_runs
from solvers.analyses.studies.study_sample import StudySample, build_sample
from solvers.analyses.studies.study_tables import (
    build_regret_table,
    build_row_table,
    build_run_share_tables,
    build_run_table,
    build_share_tables,
)
from solvers.analyses.studies.value_bounds import ValueBounds, find_directions
from solvers.data.backlog import compute_unmet_share
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import FloatArray, IntArray
from solvers.replanning.plan_arrays import read_shortages
from solvers.results.need_values import divide_served

COARSE_FIDELITY: Mapping[str, Literal["quarter", "year"]] = {"quarter": "quarter", "year": "year", "auto": "year"}
"""Length of the periods in which all runs are solved first, where it is not that of the problem."""


class StudyAnalysis:
    """The runs of a study; one row for each."""

    def __init__(self, base: AnalysisBase, request: StudyRequest) -> None:
        """Open a study.

        Raises
        ------
        InvalidProblemError
            The request names something that the problem does not have, or states what contradicts itself.
        InfeasibleError
            The request holds decisions of the base, which has no plan.
        """
        check_measures(base.problem, request)
        self._base, self._request = base, request
        self._points = draw_points(request)
        self._settings = open_settings(base, request, self._points)
        self._measures = list_measures(request)
        self._solvers: dict[tuple[int, str], MonthlySolver | CoarseStudySolver] = {}
        self._require_single_stage()

    def plan_tasks(self, rows: Mapping[int, bytes]) -> tuple[AnalysisTask, ...]:
        """Return the tasks of the next round: all runs, then those in the problem's own periods, then further points."""
        return self._rounds.plan_tasks(rows)

    def run_task(self, task: AnalysisTask, on_row: OnRow) -> None:
        """Solve the runs of a task, one after the other."""
        body = TaskBody.decode(task.body)
        solver = self._find_solver(body.lever, body.fidelity)
        if body.is_alone and isinstance(solver, MonthlySolver):
            solver.start_alone()
        else:
            solver.start_chunk()
        for row, point in zip(task.rows, body.points, strict=True):
            on_row(row, solver.solve_run(np.array(point, dtype=np.float64)).encode())

    def conclude(self, rows: Mapping[int, bytes]) -> AnalysisConclusion:
        """Return head, tables and bounds."""
        records = {row: RunRecord.decode(rows[row]) for row in sorted(rows)}
        rounds, design = self._rounds, self._design
        corrected = rounds.list_corrected_runs(records)
        bounds = self._bound_objective(records)
        sample = build_sample(design, self._measures, records, corrected, self._limit_objective(bounds))
        further = {row: record for row, record in records.items() if row >= design.first_further_row}
        numbered = {design.run_count + k: record for k, record in enumerate(further.values())}
        return AnalysisConclusion(
            self._build_head(sample),
            self._build_tables(sample, numbered),
            state=bounds.encode(),
        )

    @cached_property
    def _levers(self) -> tuple[str, ...]:
        return tuple(setting.name for setting in self._settings.values())

    @cached_property
    def _factors(self) -> tuple[str, ...]:
        return tuple(factor.name for factor in self._request.factors)

    @cached_property
    def _design(self) -> StudyDesign:
        points = tuple(setting.varied.clip_points(self._points) for setting in self._settings.values())
        varied = self._settings[0].varied
        return StudyDesign(points, varied.high - varied.low)

    @cached_property
    def _rounds(self) -> StudyRounds:
        base = self._settings[0]
        is_corrected = self._request.fidelity == "auto" and self._first_fidelity != OWN_PERIODS
        ranges = [FactorRange(setting.varied.low, setting.varied.high) for setting in self._settings.values()]
        directions = None if base.model is None else self._find_directions(base)
        return StudyRounds(self._request, self._design, self._first_fidelity, is_corrected, ranges, directions)

    @cached_property
    def _first_fidelity(self) -> str:
        """Length of the periods of all runs. With `auto`, small programs and those of several stages keep their own periods."""
        fidelity = self._request.fidelity
        if fidelity == "auto":
            base = self._settings[0]
            is_small = base.program.lp.column_count < LARGE_PROGRAM_COLUMNS
            if is_small or any(setting.is_multi_stage for setting in self._settings.values()):
                return OWN_PERIODS
        return COARSE_FIDELITY.get(fidelity, OWN_PERIODS)

    def _require_single_stage(self) -> None:
        if self._request.fidelity in ("quarter", "year") and any(s.is_multi_stage for s in self._settings.values()):
            message = "Ordered goals, and swaps that leave no county worse off, are planned in the problem's own periods only."
            raise InvalidProblemError((make_finding("invalid", ("fidelity",), message, "Choose `month` or `auto`."),))

    def _find_solver(self, lever: int, fidelity: str) -> MonthlySolver | CoarseStudySolver:
        """Return the solver of a lever and fidelity, which is kept from task to task."""
        key = lever, fidelity
        if key not in self._solvers:
            setting = self._settings[lever]
            if fidelity == OWN_PERIODS:
                self._solvers[key] = MonthlySolver(setting, self._measures, self._base_start)
            else:
                self._solvers[key] = CoarseStudySolver(setting, self._measures, COARSE_FIDELITY[fidelity])
        return self._solvers[key]

    @cached_property
    def _base_start(self) -> WarmStart | None:
        basis = self._base.basis
        if basis is None:
            return None
        start = WarmStart.from_program(build_plan_program(ProblemArrays.from_problem(self._base.problem)), basis)
        return start if start.is_compatible else None

    def _find_directions(self, setting: LeverSetting) -> IntArray:
        return np.zeros(len(self._factors), dtype=np.int64) if setting.model is None else find_directions(setting.model)

    def _bound_objective(self, records: Mapping[int, RunRecord]) -> StudyValueBounds:
        every = list(records.values())
        levers = {
            setting.name: LeverBounds(
                ValueBounds(collect_solved_runs(every, setting.position, self._find_directions(setting))),
                setting.reason,
            )
            for setting in self._settings.values()
        }
        return StudyValueBounds(self._factors, levers)

    def _limit_objective(self, bounds: StudyValueBounds) -> tuple[FloatArray, FloatArray]:
        """Return proved bounds of the objective of each run, (R,) each, where runs are corrected; infinite otherwise."""
        if not self._rounds.is_corrected:
            unknown = np.full(self._design.run_count, np.inf)
            return -unknown, unknown
        found = [
            lever.limit_objective(points)
            for lever, points in zip(bounds.levers.values(), self._design.points, strict=True)
        ]
        return np.concatenate([one[0] for one in found]), np.concatenate([one[1] for one in found])

    def _build_head(self, sample: StudySample) -> StudyResult:
        reasons = [setting.reason for setting in self._settings.values() if setting.model is None]
        return StudyResult(
            run_count=self._design.run_count,
            infeasible_count=int(sample.is_infeasible.sum()),
            failed_count=int((~sample.has_optimum & ~sample.is_infeasible).sum()),
            clipped_count=sum(int((points != self._points).any(axis=1).sum()) for points in self._design.points),
            fidelity=self._request.fidelity if self._rounds.is_corrected else self._first_fidelity,
            multi_fidelity=self._describe_correction(sample),
            is_convex=not reasons,
            convexity_reason=reasons[0] if reasons else "",
            quantiles=list_quantiles(sample, self._levers),
            thresholds=list_threshold_results(sample, self._levers, self._request.thresholds),
            perfect_information=compute_perfect_information(sample, self._levers),
        )

    def _describe_correction(self, sample: StudySample) -> MultiFidelity | None:
        found = sample.correction
        if found is None:
            return None
        return MultiFidelity(
            fidelity=COARSE_FIDELITY["auto"],
            corrected_by=found.corrected_by,
            correlation=found.correlation,
            largest_correction=found.largest_correction,
        )

    def _build_tables(self, sample: StudySample, further: Mapping[int, RunRecord]) -> dict[str, pa.Table]:
        labels = self._settings[0].arrays.labels
        tables = {
            "runs": build_run_table(sample, self._levers, self._factors, further),
            **build_share_tables(sample, self._levers, labels, self._read_base_counties()),
            "drivers": self._build_drivers(sample),
            "boxes": self._build_boxes(sample),
            "regret": build_regret_table(sample, self._levers),
        }
        return tables | (build_run_share_tables(sample, labels) if self._request.keep == "tables" else {})

    def _build_drivers(self, sample: StudySample) -> pa.Table:
        labels, rows = [measure.label for measure in sample.measures], list[DriverRow]()
        for lever, name in enumerate(self._levers):
            runs = sample.select_lever(lever)
            found = compute_drivers(sample.points[runs], sample.values[runs], seed=self._request.design.seed)
            rows += build_driver_rows(name, self._factors, labels, found)
        return build_row_table(DriverRow, rows)

    def _build_boxes(self, sample: StudySample) -> pa.Table:
        rows = list[BoxRow]()
        for threshold in self._request.thresholds:
            failed, is_known = find_failures(sample, threshold)
            for lever, name in enumerate(self._levers):
                runs = sample.select_lever(lever)
                known = is_known[runs]
                boxes = find_boxes(sample.points[runs][known], failed[runs][known])
                rows += build_box_rows(name, name_threshold(threshold), self._factors, boxes)
        return build_row_table(BoxRow, rows)

    def _read_base_counties(self) -> FloatArray | None:
        """Return the served share of each county in the base plan, (C,); None without a plan."""
        if "supply" not in self._base.tables:
            return None
        arrays = ProblemArrays.from_problem(self._base.problem)
        value = np.where(arrays.items.is_requirement, 0.0, arrays.items.counted_value)[:, None]
        unmet = compute_unmet_share(arrays) * read_shortages(arrays, self._base.tables["supply"], None)
        needed = (arrays.demand * value).sum(axis=(1, 2))
        return divide_served(needed, needed - (unmet * value).sum(axis=(1, 2)))

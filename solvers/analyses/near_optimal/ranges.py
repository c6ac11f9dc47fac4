"""Ranges: the least and greatest value of measures over all plans within some slack of the optimum."""

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
import pyarrow as pa
from pydantic import TypeAdapter

from models.analyses.near_optimal import MeasureRange, RangesRequest, RangesResult
from models.analyses.references import check_range_measures
from models.analyses.tables import RangeRow
from solvers.analyses.analysis import AnalysisBase, AnalysisConclusion, AnalysisTask, OnRow
from solvers.analyses.near_optimal.corrected_sums import CorrectedSums
from solvers.analyses.near_optimal.extremes import find_extremes
from solvers.analyses.near_optimal.linear_measures import build_linear_measure
from solvers.analyses.near_optimal.main_measures import list_main_measures
from solvers.analyses.near_optimal.near_optimal_set import NearOptimalSet
from solvers.analyses.near_optimal.proved_bounds import BoundProver
from solvers.results.arrow_tables import build_nullable_number_column, build_table, build_text_column
from solvers.sensitivity.session import SensitivitySession

_ROW = TypeAdapter(tuple[MeasureRange, ...])


class RangesAnalysis:
    """Ranges of the measures of a request; one task and one row for each measure."""

    def __init__(self, base: AnalysisBase, request: RangesRequest) -> None:
        """Open ranges of a plan.

        Raises
        ------
        InvalidProblemError
            A measure names something that the problem does not have.
        InfeasibleError
            The plan is infeasible.
        SensitivityUnavailableError
            No proved optimum was found within the time limit of the plan.
        """
        check_range_measures(base.problem, request.measures or ())
        self._base, self._request = base, request
        self._session = SensitivitySession.from_problem(base.problem, base.basis, base.options)
        self._measures = request.measures or list_main_measures(self._session)

    @cached_property
    def _near_optimal_set(self) -> NearOptimalSet:
        return NearOptimalSet.from_session(self._session)

    @cached_property
    def _corrected_sums(self) -> CorrectedSums:
        return CorrectedSums(self._near_optimal_set, BoundProver(self._near_optimal_set))

    def plan_tasks(self, rows: Mapping[int, bytes]) -> tuple[AnalysisTask, ...]:
        """Return one task for each measure without a row."""
        return tuple(AnalysisTask((k,)) for k in range(len(self._measures)) if k not in rows)

    def run_task(self, task: AnalysisTask, on_row: OnRow) -> None:
        """Find the ranges of the measures of a task; an end that is not proved is null, between bounds."""
        for row in task.rows:
            on_row(row, _ROW.dump_json(self._find_ranges(row)))

    def _find_ranges(self, position: int) -> tuple[MeasureRange, ...]:
        stated, options = self._measures[position], self._base.options
        near, session = self._near_optimal_set, self._session
        measure = build_linear_measure(session.arrays, near.program, stated)
        here = measure.compute_value(session.plan_values)
        found = find_extremes(
            near,
            measure,
            self._request.slack,
            here,
            options.tolerance,
            options.time_limit_seconds,
            lambda: self._corrected_sums,
        )
        return tuple(
            MeasureRange(
                measure=stated.measure,
                of=stated.of,
                slack=extremes.slack,
                least=extremes.least,
                here=here,
                greatest=extremes.greatest,
                least_found=extremes.least_found,
                greatest_found=extremes.greatest_found,
                least_bound=extremes.least_bound,
                greatest_bound=extremes.greatest_bound,
                unit=measure.unit,
                note=extremes.note,
            )
            for extremes in found
        )

    def conclude(self, rows: Mapping[int, bytes]) -> AnalysisConclusion:
        """Return the ranges, in the order of the measures and then of the slacks, as head and as table `ranges`."""
        ranges = tuple(one for k in range(len(self._measures)) for one in _ROW.validate_json(rows[k]))
        return AnalysisConclusion(RangesResult(ranges=ranges), {"ranges": self._build_table(ranges)})

    def _build_table(self, ranges: tuple[MeasureRange, ...]) -> pa.Table:
        labels = [measure.label for measure in self._measures for _ in self._request.slack]
        columns = {
            "measure": build_text_column(labels),
            "slack": np.array([one.slack for one in ranges]),
            "least": _build_column([one.least for one in ranges]),
            "here": np.array([one.here for one in ranges]),
            "greatest": _build_column([one.greatest for one in ranges]),
            "least_found": np.array([one.least_found for one in ranges]),
            "greatest_found": np.array([one.greatest_found for one in ranges]),
            "least_bound": _build_column([one.least_bound for one in ranges]),
            "greatest_bound": _build_column([one.greatest_bound for one in ranges]),
            "unit": build_text_column([one.unit for one in ranges]),
            "note": build_text_column([one.note for one in ranges]),
        }
        return build_table(RangeRow, columns)


def _build_column(values: Sequence[float | None]) -> pa.Array:
    return build_nullable_number_column(np.array([np.inf if value is None else value for value in values]))

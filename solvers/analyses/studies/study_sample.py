"""The runs of a study as arrays: outcomes by run, corrected where runs in longer periods are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.analyses.measures import OutcomeMeasure
from solvers.analyses.studies.multi_fidelity import Correction, PairedRuns, correct_outcome
from solvers.analyses.studies.outcomes import OBJECTIVE
from solvers.analyses.studies.run_records import RunRecord
from solvers.analyses.studies.study_design import StudyDesign
from solvers.lp.linear_program import FloatArray, IntArray

SHARE_OUTCOMES = ("served_share",)
"""Outcomes between 0 and 1."""


@dataclass(frozen=True, slots=True)
class StudySample:
    """Outcomes of the runs of a study; R runs, q measures, k factors. NaN where a run has no optimum."""

    design: StudyDesign
    """Runs."""
    records: tuple[RunRecord, ...]
    """Record of each run, in the problem's own periods where it has one, (R,)."""
    measures: tuple[OutcomeMeasure, ...]
    """Measures."""
    values: FloatArray
    """Outcome of each run, corrected, (R, q)."""
    half_widths: FloatArray
    """Half the width of the interval that the correction adds to a quantile, (q,)."""
    counties: FloatArray
    """Served share of each county, (R, C)."""
    needs: FloatArray
    """Served share of each item and requirement, (R, I)."""
    periods: FloatArray
    """Served share of each period, (R, T)."""
    correction: Correction | None
    """Correction of the objective; None without one."""

    @property
    def is_infeasible(self) -> npt.NDArray[np.bool_]:
        """Whether no plan satisfies every constraint, (R,)."""
        return np.array([record.outcome == "infeasible" for record in self.records])

    @property
    def has_optimum(self) -> npt.NDArray[np.bool_]:
        """Whether each run has a proved optimum, (R,)."""
        return np.array([record.outcome == "optimal" for record in self.records])

    @property
    def points(self) -> FloatArray:
        """Points of all runs, (R, k)."""
        return np.concatenate(self.design.points)

    def select_lever(self, lever: int) -> slice:
        """Return the runs under a lever."""
        return slice(lever * self.design.draw_count, (lever + 1) * self.design.draw_count)


def build_sample(
    design: StudyDesign,
    measures: Sequence[OutcomeMeasure],
    records: Mapping[int, RunRecord],
    corrected: IntArray,
    limits: tuple[FloatArray, FloatArray],
) -> StudySample:
    """Build the sample from the records of all runs, and of those that were solved in the problem's own periods as well.

    `limits` are proved bounds of the objective of each run, (R,) each.
    """
    runs = [records[run] for run in range(design.run_count)]
    values = _stack([record.measures for record in runs], len(measures))
    half_widths, correction = np.zeros(len(measures)), None
    finest, high = list(runs), [records[run + design.first_corrected_row] for run in corrected.tolist()]
    for run, own in zip(corrected.tolist(), high, strict=True):
        if own.outcome != "failed":  # else what longer periods gave is corrected by the others
            finest[run] = own
    shares = {name: _stack([getattr(record, name) for record in runs]) for name in ("counties", "needs", "periods")}
    if len(corrected):
        pairs = _pair_runs(design, corrected)
        before = values
        values = before.copy()
        for k, measure in enumerate(measures):
            found = _correct(
                pairs,
                (before[:, k], _stack([r.measures for r in high], len(measures))[:, k]),
                measure,
                (runs, high),
                limits,
            )
            values[:, k], half_widths[k] = found.values, found.half_width
            correction = found if measure == OBJECTIVE else correction
        shares = {
            name: _correct_shares(pairs, low, _stack([getattr(record, name) for record in high], low.shape[1]))
            for name, low in shares.items()
        }
        is_infeasible = np.array([record.outcome == "infeasible" for record in finest])
        for outcomes in (values, *shares.values()):
            outcomes[is_infeasible] = np.nan
    return StudySample(design, tuple(finest), tuple(measures), values, half_widths, **shares, correction=correction)


def _pair_runs(design: StudyDesign, corrected: IntArray) -> PairedRuns:
    lever = np.repeat(np.arange(len(design.points)), design.draw_count)
    return PairedRuns(np.concatenate(design.points), lever, corrected)


def _correct(
    pairs: PairedRuns,
    outcomes: tuple[FloatArray, FloatArray],
    measure: OutcomeMeasure,
    records: tuple[Sequence[RunRecord], Sequence[RunRecord]],
    objective_limits: tuple[FloatArray, FloatArray],
) -> Correction:
    """Correct one measure, given its outcomes in long periods, (R,), and in own periods, (M,), and the records of both.

    The objective is corrected with its slopes, and stays within the bounds that are proved for each run.
    """
    (low, high), (runs, own) = outcomes, records
    if measure != OBJECTIVE:
        limits = (0.0, 1.0) if measure.outcome in SHARE_OUTCOMES else (0.0, np.inf)
        return correct_outcome(pairs, low, high, limits=limits)
    proved = np.array([-np.inf if run.lower_bound is None else run.lower_bound for run in runs])
    limits_of_runs = (np.maximum(proved, objective_limits[0]), objective_limits[1])
    chosen = [runs[k] for k in pairs.corrected.tolist()]
    if not all(run.slopes for pair in zip(chosen, own, strict=True) if pair[1].outcome == "optimal" for run in pair):
        return correct_outcome(pairs, low, high, limits=limits_of_runs)
    # a run without an optimum in own periods has none, and counts for nothing
    unknown = (np.nan,) * pairs.points.shape[1]
    slopes = (np.array([run.slopes or unknown for run in chosen]), np.array([run.slopes or unknown for run in own]))
    return correct_outcome(pairs, low, high, slopes, limits_of_runs)


def _correct_shares(pairs: PairedRuns, low: FloatArray, high: FloatArray) -> FloatArray:
    columns = [correct_outcome(pairs, low[:, k], high[:, k], limits=(0.0, 1.0)).values for k in range(low.shape[1])]
    return np.column_stack(columns) if columns else low


def _stack(rows: Sequence[Sequence[float | None]], width: int | None = None) -> FloatArray:
    """Return rows of equal length as an array; NaN for a run without outcomes."""
    width = max((len(row) for row in rows), default=0) if width is None else width
    out = np.full((len(rows), width), np.nan)
    for k, row in enumerate(rows):
        if row:
            out[k] = [np.nan if value is None else value for value in row]
    return out

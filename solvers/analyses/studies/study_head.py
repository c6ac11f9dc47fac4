"""The head of a study: quantiles, probabilities of failure, and the value of knowing the factors before choosing a lever."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from models.analyses.study import Quantiles, Threshold, ThresholdResult
from solvers.analyses.studies.outcomes import is_better_when_high
from solvers.analyses.studies.sample_statistics import estimate_probability, summarize_sample
from solvers.analyses.studies.study_sample import StudySample

FEASIBILITY_TOLERANCE = 1e-9
"""An outcome that misses its threshold by less than this, relative to 1 + the threshold, keeps it."""


def list_quantiles(sample: StudySample, levers: Sequence[str]) -> tuple[Quantiles, ...]:
    """Return the quantiles by lever and outcome, without outcomes that no run has."""
    found = []
    for lever, name in enumerate(levers):
        values = sample.values[sample.select_lever(lever)]
        for k, measure in enumerate(sample.measures):
            known = values[np.isfinite(values[:, k]), k]
            if len(known):
                high_is_good, half_width = is_better_when_high(measure), float(sample.half_widths[k])
                found.append(
                    summarize_sample(name, measure.label, known, high_is_good=high_is_good, half_width=half_width)
                )
    return tuple(found)


def find_failures(sample: StudySample, threshold: Threshold) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return which runs fail a threshold and which are known to fail or keep it, each (R,); an infeasible run fails."""
    labels = [measure.label for measure in sample.measures]
    values = sample.values[:, labels.index(threshold.label)]
    is_known = np.isfinite(values)
    slack = values - threshold.least if threshold.least is not None else (threshold.most or 0.0) - values
    bound = threshold.least if threshold.least is not None else threshold.most or 0.0
    with np.errstate(invalid="ignore"):
        failed = slack < -FEASIBILITY_TOLERANCE * (1.0 + abs(bound))
    return (failed & is_known) | sample.is_infeasible, is_known | sample.is_infeasible


def list_threshold_results(
    sample: StudySample, levers: Sequence[str], thresholds: Sequence[Threshold]
) -> tuple[ThresholdResult, ...]:
    """Return the probability of failure by lever and threshold, without those of which no run is known."""
    found = []
    for threshold in thresholds:
        failed, is_known = find_failures(sample, threshold)
        for lever, name in enumerate(levers):
            runs = sample.select_lever(lever)
            if is_known[runs].any():
                probability, interval = estimate_probability(failed[runs][is_known[runs]])
                found.append(
                    ThresholdResult(
                        lever=name,
                        outcome=threshold.label,
                        least=threshold.least,
                        most=threshold.most,
                        probability=probability,
                        interval=interval,
                    )
                )
    return tuple(found)


def name_threshold(threshold: Threshold) -> str:
    """Return a threshold in words, such as `served_share of priority 1 < 0.6`: when it fails."""
    bound = f"< {threshold.least:g}" if threshold.least is not None else f"> {threshold.most:g}"
    return f"{threshold.label} {bound}"


def compute_perfect_information(sample: StudySample, levers: Sequence[str]) -> float | None:
    """Return the mean objective of the best single lever minus that of the best lever for each draw, in won.

    Draws count in which every lever has an objective. None with a single lever, or without such draws.
    """
    objective = sample.values[:, 0].reshape(len(levers), sample.design.draw_count)
    known = objective[:, np.isfinite(objective).all(axis=0)]
    if len(levers) == 1 or not known.size:
        return None
    return float(known.mean(axis=1).min() - known.min(axis=0).mean())

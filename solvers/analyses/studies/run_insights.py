"""The tables `drivers` and `boxes` of a study, from its table `runs`."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.analyses.study import RESERVED_COLUMNS, StudyRequest, Threshold
from models.analyses.tables import BoxRow, DriverRow
from models.base import Frozen
from solvers.analyses.studies.boxes import build_box_rows, find_boxes
from solvers.analyses.studies.drivers import build_driver_rows, compute_drivers
from solvers.results.arrow_tables import build_label_column, build_nullable_number_column

Array = NDArray[np.float64]


def build_drivers_table(request: StudyRequest, runs: pa.Table) -> pa.Table:
    """Return how much each factor drives each outcome of each lever.

    `runs` has a row for each run, with a column for each factor and outcome; null where a run has no such outcome.
    """
    factors = [factor.name for factor in request.factors]
    others = [name for name in runs.column_names if name not in RESERVED_COLUMNS and name not in factors]
    outcomes = ["objective", "served_share", *others]
    rows: list[Frozen] = []
    for lever, part in _split_by_lever(request, runs):
        found = compute_drivers(_read_columns(part, factors), _read_columns(part, outcomes), seed=request.design.seed)
        rows += build_driver_rows(lever, factors, outcomes, found)
    return _build_table(DriverRow, rows)


def build_boxes_table(request: StudyRequest, runs: pa.Table) -> pa.Table:
    """Return boxes of factors in which each threshold is missed, for each lever; an infeasible run misses all of them.

    Runs without a proved optimum count neither way.
    """
    factors = [factor.name for factor in request.factors]
    rows: list[Frozen] = []
    for lever, part in _split_by_lever(request, runs):
        points = _read_columns(part, factors)
        infeasible = np.array([outcome == "infeasible" for outcome in part.column("outcome").to_pylist()], bool)
        for threshold in request.thresholds:
            values = _read_columns(part, [threshold.label])[:, 0]
            known = infeasible | np.isfinite(values)
            boxes = find_boxes(points[known], (infeasible | _miss(threshold, values))[known])
            rows += build_box_rows(lever, describe_threshold(threshold), factors, boxes)
    return _build_table(BoxRow, rows)


def describe_threshold(threshold: Threshold) -> str:
    """Describe where a threshold is missed, such as `served_share of priority 1 < 0.6`."""
    if threshold.least is not None:
        return f"{threshold.label} < {threshold.least:g}"
    return f"{threshold.label} > {threshold.most:g}"


def _miss(threshold: Threshold, values: Array) -> NDArray[np.bool_]:
    least = -np.inf if threshold.least is None else threshold.least
    most = np.inf if threshold.most is None else threshold.most
    missed: NDArray[np.bool_] = (values < least) | (values > most)
    return missed


def _split_by_lever(request: StudyRequest, runs: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    for lever in ("base", *(one.name for one in request.levers)):
        yield lever, runs.filter(pc.equal(runs.column("lever"), lever))


def _read_columns(runs: pa.Table, names: Sequence[str]) -> Array:
    """Return columns of numbers, shape (runs, columns), NaN for null."""
    columns = [pc.fill_null(runs.column(name).cast(pa.float64()), np.nan).to_numpy() for name in names]
    return np.column_stack(columns) if columns else np.empty((runs.num_rows, 0))


def _build_table(model: type[Frozen], rows: Sequence[Frozen]) -> pa.Table:
    columns = {name: [getattr(row, name) for row in rows] for name in model.model_fields}
    arrays = [_build_column(field.annotation, columns[name]) for name, field in model.model_fields.items()]
    return pa.Table.from_arrays(arrays, names=list(model.model_fields))


def _build_column(kind: object, values: list[Any]) -> pa.Array:
    if kind is str:
        labels = list(dict.fromkeys(values))
        position = {label: at for at, label in enumerate(labels)}
        return build_label_column(np.array([position[value] for value in values], dtype=np.int64), labels)
    numbers = build_nullable_number_column(
        np.array([np.inf if value is None else value for value in values], np.float64)
    )
    return numbers.cast(pa.int64()) if kind is int else numbers

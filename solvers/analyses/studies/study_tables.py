"""Tables of a study, from its runs as arrays."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from models.analyses.tables import (
    BoxRow,
    CountyQuantileRow,
    DriverRow,
    ItemQuantileRow,
    PeriodQuantileRow,
    RegretRow,
    RunCountyRow,
    RunItemRow,
    RunRow,
)
from models.base import Frozen
from solvers.analyses.studies.run_records import RunRecord
from solvers.analyses.studies.study_sample import StudySample
from solvers.lp.linear_program import FloatArray
from solvers.results.arrow_tables import (
    build_integer_column,
    build_label_column,
    build_nullable_number_column,
    build_table,
    build_text_column,
)

BELOW_TOLERANCE = 1e-6
"""A served share that is lower by less than this is that of the base plan."""

SHARED_OUTCOMES = 2
"""Outcomes that every study records in columns of their own: objective and served share."""


def build_run_table(
    sample: StudySample, levers: Sequence[str], factors: Sequence[str], further: Mapping[int, RunRecord]
) -> pa.Table:
    """Build the table `runs`: those of the design, then further points of an adaptive design, by number."""
    records = [*sample.records, *further.values()]
    numbers = [*range(len(sample.records)), *further]
    extra = [[np.nan if value is None else value for value in record.measures] for record in further.values()]
    width = len(sample.measures)
    values = np.vstack([sample.values, np.array(extra, dtype=np.float64).reshape(-1, width)])
    points = np.array([record.point for record in records], dtype=np.float64).reshape(len(records), len(factors))
    measured = {measure.label: values[:, k] for k, measure in enumerate(sample.measures)}
    shared, other = dict(list(measured.items())[:SHARED_OUTCOMES]), dict(list(measured.items())[SHARED_OUTCOMES:])
    columns: dict[str, pa.Array] = {
        "run": build_integer_column(np.array(numbers, dtype=np.int64)),
        "lever": build_label_column(np.array([record.lever for record in records]), levers),
        **{name: build_nullable_number_column(points[:, k]) for k, name in enumerate(factors)},
        "outcome": build_text_column([record.outcome for record in records]),
        **{name: build_nullable_number_column(column) for name, column in (shared | other).items()},
        "lower_bound": _build_optional([record.lower_bound for record in records]),
        "upper_bound": _build_optional([record.upper_bound for record in records]),
        "fidelity": build_text_column([record.fidelity for record in records]),
        "conflict": build_text_column([record.conflict for record in records]),
        "plan": build_text_column([""] * len(records)),
    }
    missing = {name.rstrip("_") for name in RunRow.model_fields} - set(columns)
    if missing:
        raise ValueError(f"the table `runs` lacks {sorted(missing)}")
    return pa.table(columns)


def build_quantile_table(
    row: type[Frozen], key: str, labels: Sequence[str], shares: FloatArray, sample: StudySample, levers: Sequence[str],
    base: FloatArray | None = None,
) -> pa.Table:  # fmt: skip
    """Build a table of quantiles of served shares, (R, labels), by lever and label; `base`, (labels,), are those of the base plan."""
    percent = [int(name[1:]) for name in row.model_fields if name[0] == "p" and name[1:].isdigit()]
    parts, below = [], []
    for lever in range(len(levers)):
        chosen = shares[sample.select_lever(lever)]
        known = chosen[np.isfinite(chosen).all(axis=1)] if chosen.size else chosen[:0]
        empty = np.full((len(percent), len(labels)), np.nan)
        parts.append(np.quantile(known, np.array(percent) / 100, axis=0) if len(known) else empty)
        if base is None or not len(known):
            below.append(np.full(len(labels), np.nan))
        else:
            below.append((known < base - BELOW_TOLERANCE).mean(axis=0))
    of_lever = np.repeat(np.arange(len(levers)), len(labels))
    of_label = np.tile(np.arange(len(labels)), len(levers))
    columns: dict[str, pa.Array] = {
        "lever": build_label_column(of_lever, levers),
        key: build_label_column(of_label, labels),
    }
    for position, share in enumerate(percent):
        columns[f"p{share}"] = build_nullable_number_column(np.concatenate([part[position] for part in parts]))
    if "probability_below" in row.model_fields:
        columns["probability_below"] = build_nullable_number_column(np.concatenate(below))
    return build_table(row, columns)


def build_share_tables(
    sample: StudySample, levers: Sequence[str], labels: Mapping[str, Sequence[str]], base_counties: FloatArray | None
) -> dict[str, pa.Table]:
    """Build the tables `counties`, `items` and `periods`."""
    return {
        "counties": build_quantile_table(
            CountyQuantileRow, "county", labels["county"], sample.counties, sample, levers, base_counties
        ),
        "items": build_quantile_table(ItemQuantileRow, "item", labels["item"], sample.needs, sample, levers),
        "periods": build_quantile_table(PeriodQuantileRow, "period", labels["period"], sample.periods, sample, levers),
    }


def build_regret_table(sample: StudySample, levers: Sequence[str]) -> pa.Table:
    """Build the table of regret by lever and draw."""
    count = sample.design.draw_count
    objective = sample.values[:, 0].reshape(len(levers), count)
    best = np.where(
        np.isfinite(objective).any(axis=0),
        np.nanmin(np.where(np.isfinite(objective), objective, np.inf), axis=0),
        np.nan,
    )
    return build_table(
        RegretRow,
        {
            "lever": build_label_column(np.repeat(np.arange(len(levers)), count), levers),
            "draw": build_integer_column(np.tile(np.arange(count), len(levers))),
            "objective": build_nullable_number_column(objective.reshape(-1)),
            "regret": build_nullable_number_column((objective - best).reshape(-1)),
        },
    )


def build_run_share_tables(sample: StudySample, labels: Mapping[str, Sequence[str]]) -> dict[str, pa.Table]:
    """Build the tables `run_counties` and `run_items`."""
    return {
        "run_counties": _build_run_shares(RunCountyRow, "county", labels["county"], sample.counties),
        "run_items": _build_run_shares(RunItemRow, "item", labels["item"], sample.needs),
    }


def build_row_table(row: type[DriverRow | BoxRow], rows: Sequence[Frozen]) -> pa.Table:
    """Build a table from rows."""
    columns = {}
    for name, field in row.model_fields.items():
        values = [getattr(one, name) for one in rows]
        if field.annotation is str:
            columns[name] = build_text_column(values)
        elif field.annotation is int:
            columns[name] = build_integer_column(np.array(values, dtype=np.int64))
        else:
            columns[name] = _build_optional(values)
    return build_table(row, columns)


def _build_run_shares(row: type[Frozen], key: str, labels: Sequence[str], shares: FloatArray) -> pa.Table:
    runs = len(shares)
    return build_table(
        row,
        {
            "run": build_integer_column(np.repeat(np.arange(runs), len(labels))),
            key: build_label_column(np.tile(np.arange(len(labels)), runs), labels),
            "served_share": build_nullable_number_column(shares.reshape(-1)),
        },
    )


def _build_optional(values: Sequence[float | None]) -> pa.Array:
    return build_nullable_number_column(
        np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    )

"""Conversion of labels and per-period values to positions and arrays."""

from collections.abc import Iterable, Sequence

import numpy as np

from solvers.lp.linear_program import FloatArray, IntArray

PeriodValue = float | tuple[float, ...] | None
"""A `PerPeriod` value: one number, one number for each period, or absent."""


def index_positions(ids: Iterable[str]) -> dict[str, int]:
    """Return the position of each identifier."""
    return {name: position for position, name in enumerate(ids)}


def to_integer_array(values: Sequence[int]) -> IntArray:
    """Return positions as an integer array, also if empty."""
    return np.array(values, dtype=np.int64)


def to_float_array(values: Sequence[float]) -> FloatArray:
    """Return numbers as a float array, also if empty."""
    return np.array(values, dtype=np.float64)


def to_period_array(values: Sequence[PeriodValue], period_count: int, missing: float = np.inf) -> FloatArray:
    """Return values by period, (len(values), periods); numbers are repeated and absent values become `missing`."""
    single = [missing if v is None else 0.0 if isinstance(v, tuple) else v for v in values]
    out = np.repeat(to_float_array(single)[:, None], period_count, axis=1)
    listed = [k for k, v in enumerate(values) if isinstance(v, tuple)]
    if listed:
        out[listed] = np.array([values[k] for k in listed], dtype=np.float64)
    return out

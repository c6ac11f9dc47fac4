"""How arrays become a table with the columns of a row model."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from models.base import Frozen
from solvers.program import FloatArray, IntArray


def labelled(codes: IntArray, labels: Sequence[str]) -> pa.DictionaryArray:
    """A column of labels, dictionary-encoded: position in `labels` by row."""
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(labels, pa.string()))


def frame(model: type[Frozen], columns: Mapping[str, Any]) -> pa.Table:
    """A table with exactly the fields of the row model, in their order; columns are arrays, NumPy's or Arrow's. A field's trailing underscore is not part of its name."""
    names = tuple(name.rstrip("_") for name in model.model_fields)
    return pa.table({name: _column(columns[name]) for name in names})


def or_null(values: FloatArray) -> pa.Array:
    """Numbers, null where infinite."""
    return pa.array(values, mask=~np.isfinite(values))


def any_of(*arrays: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Where at least one of the arrays (of one shape) is not zero."""
    some = np.zeros(arrays[0].shape, dtype=np.bool_)
    for array in arrays:
        some |= array != 0
    return some


def _column(values: Any) -> pa.Array:
    return pa.array(values) if isinstance(values, np.ndarray) else values


def empty(model: type[Frozen]) -> pa.Table:
    """A table of a row model without rows."""
    nothing, no_codes = np.empty(0), np.empty(0, dtype=np.int64)
    columns: dict[str, Any] = {
        name.rstrip("_"): labelled(no_codes, ()) if field.annotation is str else nothing
        for name, field in model.model_fields.items()
    }
    return frame(model, columns)

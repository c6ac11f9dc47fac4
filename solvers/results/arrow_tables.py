"""How arrays become a table with the columns of a row model.

Arrow's own conversions import pandas where it is installed, which takes longer than a whole report; so arrays are handed
over as the buffers that they are.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from models.base import Frozen
from solvers.lp.linear_program import FloatArray, IntArray


def build_label_column(codes: IntArray, labels: Sequence[str]) -> pa.DictionaryArray:
    """A column of labels, dictionary-encoded: position in `labels` by row."""
    narrow = np.ascontiguousarray(codes, dtype=np.int32)
    indices = pa.Array.from_buffers(pa.int32(), len(narrow), [None, pa.py_buffer(narrow)])
    return pa.DictionaryArray.from_arrays(indices, _to_text_array(labels))


def build_compact_label_column(codes: IntArray, labels: Sequence[str]) -> pa.DictionaryArray:
    """The same with only the labels that occur, for columns that use few of many."""
    used, compact = np.unique(codes, return_inverse=True)
    return build_label_column(compact, [labels[code] for code in used])


def build_number_column(values: FloatArray) -> pa.Array:
    """A column of numbers; −0 becomes 0."""
    plain = np.ascontiguousarray(values + 0.0, dtype=np.float64)
    return pa.Array.from_buffers(pa.float64(), len(plain), [None, pa.py_buffer(plain)])


def build_nullable_number_column(values: FloatArray) -> pa.Array:
    """A column of numbers, null where infinite."""
    plain = np.ascontiguousarray(values, dtype=np.float64)
    known = np.packbits(np.isfinite(plain), bitorder="little")
    return pa.Array.from_buffers(pa.float64(), len(plain), [pa.py_buffer(known), pa.py_buffer(plain)])


def build_table(model: type[Frozen], columns: Mapping[str, Any]) -> pa.Table:
    """A table with exactly the fields of the row model, in their order; columns are Arrow's or arrays of numbers.

    A field's trailing underscore is not part of its column's name.
    """
    names = [name.rstrip("_") for name in model.model_fields]
    arrays = [build_number_column(c) if isinstance(c, np.ndarray) else c for c in (columns[name] for name in names)]
    return pa.Table.from_arrays(arrays, names=names)


def build_empty_table(model: type[Frozen]) -> pa.Table:
    """A table of a row model without rows."""
    columns: dict[str, Any] = {
        name.rstrip("_"): build_label_column(np.empty(0, dtype=np.int64), ())
        if field.annotation is str
        else np.empty(0)
        for name, field in model.model_fields.items()
    }
    return build_table(model, columns)


def find_nonzero_rows(*arrays: FloatArray) -> npt.NDArray[np.bool_]:
    """Where at least one of the arrays (of one shape) is not zero."""
    some = np.zeros(arrays[0].shape, dtype=np.bool_)
    for array in arrays:
        some |= array != 0
    return some


def _to_text_array(labels: Sequence[str]) -> pa.Array:
    encoded = [label.encode() for label in labels]
    ends = np.cumsum([0, *(len(text) for text in encoded)], dtype=np.int32)
    return pa.Array.from_buffers(pa.string(), len(encoded), [None, pa.py_buffer(ends), pa.py_buffer(b"".join(encoded))])

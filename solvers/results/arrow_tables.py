"""Conversion of arrays to Arrow tables with the columns of a row model.

Arrays are passed as buffers. The conversions of Arrow import pandas if it is installed, which takes longer than all tables.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from models.base import Frozen
from solvers.lp.linear_program import FloatArray, IntArray


def build_label_column(codes: IntArray, labels: Sequence[str]) -> pa.DictionaryArray:
    """Build a dictionary-encoded column of labels from positions in `labels`."""
    narrow = np.ascontiguousarray(codes, dtype=np.int32)
    indices = pa.Array.from_buffers(pa.int32(), len(narrow), [None, pa.py_buffer(narrow)])
    return pa.DictionaryArray.from_arrays(indices, _to_text_array(labels))


def build_compact_label_column(codes: IntArray, labels: Sequence[str]) -> pa.DictionaryArray:
    """Build a dictionary-encoded column whose dictionary has only the labels in use."""
    used, compact = np.unique(codes, return_inverse=True)
    return build_label_column(compact, [labels[code] for code in used])


def build_text_column(texts: Sequence[str]) -> pa.DictionaryArray:
    """Build a dictionary-encoded column of texts, in order of appearance."""
    labels = {text: position for position, text in enumerate(dict.fromkeys(texts))}
    return build_label_column(np.array([labels[text] for text in texts], dtype=np.int64), tuple(labels))


def build_number_column(values: FloatArray) -> pa.Array:
    """Build a column of numbers; −0 becomes 0."""
    plain = np.ascontiguousarray(values + 0.0, dtype=np.float64)
    return pa.Array.from_buffers(pa.float64(), len(plain), [None, pa.py_buffer(plain)])


def build_integer_column(values: IntArray) -> pa.Array:
    """Build a column of whole numbers."""
    plain = np.ascontiguousarray(values, dtype=np.int64)
    return pa.Array.from_buffers(pa.int64(), len(plain), [None, pa.py_buffer(plain)])


def build_nullable_number_column(values: FloatArray) -> pa.Array:
    """Build a column of numbers with null for infinite values."""
    plain = np.ascontiguousarray(values, dtype=np.float64)
    known = np.packbits(np.isfinite(plain), bitorder="little")
    return pa.Array.from_buffers(pa.float64(), len(plain), [pa.py_buffer(known), pa.py_buffer(plain)])


def build_table(model: type[Frozen], columns: Mapping[str, Any]) -> pa.Table:
    """Build a table with the fields of the row model in order, from Arrow columns or arrays of numbers.

    The name of a column omits a trailing underscore of the field.
    """
    names = [name.rstrip("_") for name in model.model_fields]
    arrays = [build_number_column(c) if isinstance(c, np.ndarray) else c for c in (columns[name] for name in names)]
    return pa.Table.from_arrays(arrays, names=names)


def build_empty_table(model: type[Frozen]) -> pa.Table:
    """Build a table of a row model without rows."""
    columns: dict[str, Any] = {
        name.rstrip("_"): build_label_column(np.empty(0, dtype=np.int64), ())
        if field.annotation is str
        else np.empty(0)
        for name, field in model.model_fields.items()
    }
    return build_table(model, columns)


def find_nonzero_rows(*arrays: FloatArray) -> npt.NDArray[np.bool_]:
    """Return where at least one of these arrays of equal shape is not zero."""
    is_nonzero = np.zeros(arrays[0].shape, dtype=np.bool_)
    for array in arrays:
        is_nonzero |= array != 0
    return is_nonzero


def _to_text_array(labels: Sequence[str]) -> pa.Array:
    encoded = [label.encode() for label in labels]
    ends = np.cumsum([0, *(len(text) for text in encoded)], dtype=np.int32)
    return pa.Array.from_buffers(pa.string(), len(encoded), [None, pa.py_buffer(ends), pa.py_buffer(b"".join(encoded))])

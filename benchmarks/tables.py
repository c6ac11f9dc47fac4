"""How long 100,000 rows of `supply` take in each format, and how much memory: `python -m benchmarks.tables`."""

import sys
import time
import tracemalloc
from collections.abc import Callable

import numpy as np
import pyarrow as pa

from models.tables import SupplyRow
from service.core.codecs import encode_table
from service.domain.schemas.tables import TableQuery
from service.domain.table_selection import select_from_table
from service.spreadsheets.table_formats import STREAM_WRITERS, format_json_page

ROWS = 100_000


def stored(rows: int) -> bytes:
    """A table of supply as it is stored: labels in the order of a year, numbers with every digit."""
    rng = np.random.default_rng(1)
    labels = {"county": 40, "item": 200, "period": 12}
    columns: dict[str, pa.Array] = {}
    for name in SupplyRow.model_fields:
        if name in labels:
            words = pa.array([f"{name}-{number}" for number in range(labels[name])])
            columns[name] = pa.DictionaryArray.from_arrays(
                pa.array(rng.integers(0, labels[name], rows, "int32")), words
            )
        else:
            columns[name] = pa.array(np.where(rng.random(rows) < 0.6, 0, rng.random(rows) * 1e5))
    return encode_table(pa.table(columns)).body


def json(body: bytes, layout: str) -> int:
    """Write all rows as one page of JSON; the bytes."""
    selection = select_from_table(pa.BufferReader(body), TableQuery())
    page, total = list(selection.iterate_batches()), selection.count_rows()
    names = selection.schema.names
    return len(format_json_page("supply", page, names, total=total, offset=0, next_url=None, layout=layout))


def stream(body: bytes, kind: str) -> int:
    """Write all rows in a format; the bytes."""
    selection = select_from_table(pa.BufferReader(body), TableQuery())
    return sum(map(len, STREAM_WRITERS[kind]("supply", selection.schema, selection.iterate_batches())))  # type: ignore[index]


def main() -> None:
    """Print a line for each format: median seconds of five, seconds of CPU, bytes, and Python's memory at most."""
    body = stored(ROWS)
    tasks: dict[str, Callable[[], int]] = {
        "json, columns": lambda: json(body, "columns"),
        "json, rows": lambda: json(body, "rows"),
    }
    tasks |= {kind: lambda kind=kind: stream(body, kind) for kind in STREAM_WRITERS}  # type: ignore[misc]
    for name, task in tasks.items():
        walls, cpus, size = [], [], 0
        for _ in range(5):
            wall, cpu = time.perf_counter(), time.process_time()
            size = task()
            walls.append(time.perf_counter() - wall)
            cpus.append(time.process_time() - cpu)
        tracemalloc.start()
        before = pa.total_allocated_bytes()
        task()
        peak = tracemalloc.get_traced_memory()[1] + max(0, pa.total_allocated_bytes() - before)
        tracemalloc.stop()
        sys.stdout.write(
            f"| {name} | {sorted(walls)[2]:.2f} | {sorted(cpus)[2]:.2f} | {size / 1e6:.1f} | {peak / 1e6:.0f} |\n"
        )


if __name__ == "__main__":
    main()

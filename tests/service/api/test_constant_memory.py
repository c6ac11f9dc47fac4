"""Tables beside the database are read where they lie: what a reader takes does not grow with the table. Measured in processes of their own."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
MIB = 1024 * 1024
SMALL, LARGE = 600_000, 3_000_000

KINDS = ["whole", "csv", "parquet", "arrow"]

SCRIPT = """
import os
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from service.core.codecs import ROW_GROUP_SIZE
from service.storage.object_store import FolderObjectStore
from service.spreadsheets.table_formats import STREAM_WRITERS
from service.domain.schemas.tables import TableQuery
from service.domain.table_selection import select_from_table
from service.domain.tables import _iterate_chunks

def peak():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))

def write(folder, rows):
    chance, labels = np.random.default_rng(7), pa.array([f"c{k}" for k in range(50)])
    schema = pa.schema([("county", pa.dictionary(pa.int32(), pa.string())), *((f"n{k}", pa.float64()) for k in range(4))])
    with parquet.ParquetWriter(folder / f"{rows}.parquet", schema, compression="zstd") as writer:
        for begin in range(0, rows, ROW_GROUP_SIZE):
            count = min(ROW_GROUP_SIZE, rows - begin)
            place = pa.DictionaryArray.from_arrays(pa.array(chance.integers(50, size=count), pa.int32()), labels)
            writer.write_table(pa.table([place, *(chance.random(count) for _ in range(4))], schema=schema))

def read(folder, rows, kind):
    before = peak()
    with FolderObjectStore(folder).open_object(f"{rows}.parquet") as stored:
        selection = select_from_table(stored, "numbers", TableQuery())
        pieces = _iterate_chunks(stored) if kind == "whole" else STREAM_WRITERS[kind]("t", selection.schema, selection.iterate_batches())
        size = sum(map(len, pieces))
    print(kind, rows, size, peak() - before, flush=True)

# Each is done by a child of its own, whose peak begins with what this process has: it has loaded the modules and no more.
folder, counts = Path(sys.argv[1]), [int(rows) for rows in sys.argv[3:]]
jobs = [lambda rows=rows: write(folder, rows) for rows in counts]
jobs += [lambda rows=rows, kind=kind: read(folder, rows, kind) for kind in sys.argv[2].split(",") for rows in counts]
for job in jobs:
    child = os.fork()
    if child == 0:
        try:
            job()
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
"""


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, int], tuple[int, int]]:
    """By kind and rows: bytes written, and by how much the process's peak grew."""
    folder = tmp_path_factory.mktemp("tables")
    command = [sys.executable, "-c", SCRIPT, str(folder), ",".join(KINDS), str(SMALL), str(LARGE)]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=300).stdout  # noqa: S603
    lines = [line.split() for line in said.splitlines()]
    return {(kind, int(rows)): (int(size), int(grown)) for kind, rows, size, grown in lines}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
@pytest.mark.parametrize("kind", KINDS)
def test_a_table_five_times_as_long_takes_no_more_memory(
    measured: dict[tuple[str, int], tuple[int, int]], kind: str
) -> None:
    (small, before), (large, after) = (measured[kind, rows] for rows in (SMALL, LARGE))
    assert large - small > 80 * MIB
    assert after - before < 50 * MIB  # what allocators keep of freed pages differs by some 20 MiB from run to run

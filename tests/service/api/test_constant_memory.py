"""Tables beside the database are read where they lie: what a reader takes does not grow with the table. Measured in processes of their own."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
MIB = 1024 * 1024
SMALL, LARGE = 600_000, 3_000_000

SCRIPT = """
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

folder, rows, kind = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
if kind == "write":
    chance, labels = np.random.default_rng(7), pa.array([f"c{k}" for k in range(50)])
    schema = pa.schema([("county", pa.dictionary(pa.int32(), pa.string())), *((f"n{k}", pa.float64()) for k in range(4))])
    with parquet.ParquetWriter(folder / f"{rows}.parquet", schema, compression="zstd") as writer:
        for begin in range(0, rows, ROW_GROUP_SIZE):
            count = min(ROW_GROUP_SIZE, rows - begin)
            place = pa.DictionaryArray.from_arrays(pa.array(chance.integers(50, size=count), pa.int32()), labels)
            writer.write_table(pa.table([place, *(chance.random(count) for _ in range(4))], schema=schema))
else:
    before = peak()
    with FolderObjectStore(folder).open_object(f"{rows}.parquet") as stored:
        selection = select_from_table(stored, "numbers", TableQuery())
        pieces = _iterate_chunks(stored) if kind == "whole" else STREAM_WRITERS[kind]("t", selection.schema, selection.iterate_batches())
        size = sum(map(len, pieces))
    print(size, peak() - before)
"""


def run(folder: Path, rows: int, kind: str) -> tuple[int, int]:
    """Bytes written, and by how much the process's peak grew."""
    command = [sys.executable, "-c", SCRIPT, str(folder), str(rows), kind]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=300).stdout  # noqa: S603
    return (0, 0) if kind == "write" else (int(said.split()[0]), int(said.split()[1]))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("tables")
    for rows in (SMALL, LARGE):
        run(made, rows, "write")
    return made


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
@pytest.mark.parametrize("kind", ["whole", "csv", "parquet", "arrow"])
def test_a_table_five_times_as_long_takes_no_more_memory(folder: Path, kind: str) -> None:
    (small, before), (large, after) = (run(folder, rows, kind) for rows in (SMALL, LARGE))
    assert large - small > 80 * MIB
    assert after - before < 50 * MIB  # what allocators keep of freed pages differs by some 20 MiB from run to run

"""Stored plans as workbooks."""

import hashlib
from collections.abc import Iterable
from typing import IO

import pyarrow as pa

from service.errors import Conflict
from service.sheets.plan import PlanFile, TableSource, plan_workbook
from service.storage import Store
from service.tables.schemas import TableQuery
from service.tables.selection import select


class PlanFiles:
    """The workbooks of one service's plans."""

    def __init__(self, store: Store) -> None:
        """Use a store."""
        self._store = store

    def tag(self, plan: str) -> str:
        """Entity tag of a plan's workbook: what is stored of it, and what was ratified. NotFound; Conflict unless it has finished."""
        with self._store.read() as transaction:
            record = transaction.plans.get(plan)
            if record.head is None:
                raise Conflict(f"The plan is {record.state}; it has a workbook when it is finished.")
            tables = "".join(table.digest for table in transaction.plans.tables(plan))
            said = f"{plan} {record.problem_digest} {record.finished} {tables} {transaction.lives.get(plan).digest}"
        return hashlib.sha256(said.encode()).hexdigest()[:32]

    def workbook(self, plan: str) -> IO[bytes]:
        """The workbook of a finished plan, in a file of its own. NotFound, Conflict."""
        with self._store.read() as transaction:
            record = transaction.plans.get(plan)
            if record.head is None:
                raise Conflict(f"The plan is {record.state}; it has a workbook when it is finished.")
            problem = transaction.problems.get(record.problem_digest)
            ratified = transaction.lives.get(plan).digest
            stored = {name: transaction.plans.parquet_file(plan, name) for name in record.head.tables}
        tables = {name: _source(file) for name, file in stored.items()}
        title = problem.name or str(record.source.get("province", "")) or "Plan"
        return plan_workbook(PlanFile(title, plan, ratified, record.head, problem, tables))


def _source(file: pa.NativeFile) -> TableSource:
    def source() -> tuple[pa.Schema, Iterable[pa.RecordBatch]]:
        selection = select(file, TableQuery())
        return selection.schema, selection.batches()

    return source

"""Stored plans as workbooks."""

import hashlib
from collections.abc import Iterable
from typing import IO

import pyarrow as pa

from service.core.errors import ConflictError
from service.domain.schemas.tables import TableQuery
from service.domain.table_selection import select_from_table
from service.spreadsheets.plan_workbook import PlanWorkbookContent, write_plan_workbook
from service.spreadsheets.sheet_figures import TableOpener
from service.storage.store import Store


class WorkbookService:
    """The workbooks of one service's plans."""

    def __init__(self, store: Store) -> None:
        """Use a store."""
        self._store = store

    def compute_etag(self, plan: str) -> str:
        """Compute the entity tag of a workbook from the plan and its approval.

        RecordNotFoundError; ConflictError unless it has finished.
        """
        with self._store.read_transaction() as transaction:
            record = transaction.plans.get_plan(plan)
            if record.head is None:
                raise ConflictError(f"The plan is {record.state}; it has a workbook when it is finished.")
            tables = "".join(table.digest for table in transaction.plans.list_tables(plan))
            said = f"{plan} {record.problem_digest} {record.finished} {tables} {transaction.approvals.get_approval(plan).digest}"
        return hashlib.sha256(said.encode()).hexdigest()[:32]

    def build_workbook(self, plan: str) -> IO[bytes]:
        """Build the workbook of a finished plan in a file. RecordNotFoundError, ConflictError."""
        with self._store.read_transaction() as transaction:
            record = transaction.plans.get_plan(plan)
            if record.head is None:
                raise ConflictError(f"The plan is {record.state}; it has a workbook when it is finished.")
            problem = transaction.problems.get_problem(record.problem_digest)
            ratified = transaction.approvals.get_approval(plan).digest
            stored = {name: transaction.plans.open_parquet_file(plan, name) for name in record.head.tables}
        tables = {name: _make_table_opener(name, file) for name, file in stored.items()}
        title = problem.name or str(record.source.get("province", "")) or "Plan"
        return write_plan_workbook(PlanWorkbookContent(title, plan, ratified, record.head, problem, tables))


def _make_table_opener(table: str, file: pa.NativeFile) -> TableOpener:
    def open_table() -> tuple[pa.Schema, Iterable[pa.RecordBatch]]:
        selection = select_from_table(file, table, TableQuery())
        return selection.schema, selection.iterate_batches()

    return open_table

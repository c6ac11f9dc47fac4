"""Stored plans and studies as workbooks."""

import hashlib
from collections.abc import Iterable
from functools import partial
from typing import IO

import pyarrow as pa

from models.analyses.study import StudyRequest, StudyResult
from service.core.errors import ConflictError
from service.domain.schemas.tables import TableQuery
from service.domain.table_selection import select_from_table
from service.spreadsheets.plan_workbook import PlanWorkbookContent, write_plan_workbook
from service.spreadsheets.sheet_figures import TableOpener
from service.spreadsheets.study_workbook import StudyWorkbookContent, write_study_workbook
from service.storage.records import AnalysisRecord
from service.storage.store import Store, Transaction


class WorkbookService:
    """The workbooks of one service's plans and studies."""

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

    def compute_study_etag(self, study: str) -> str:
        """Compute the entity tag of the workbook of a study from its tables, of which `runs` names plans later.

        RecordNotFoundError; ConflictError unless it has finished.
        """
        with self._store.read_transaction() as transaction:
            record = _get_finished_study(transaction, study)
            tables = "".join(table.digest for table in transaction.analyses.tables.list_tables(study))
        return hashlib.sha256(f"{study} {record.finished} {tables}".encode()).hexdigest()[:32]

    def build_study_workbook(self, study: str) -> IO[bytes]:
        """Build the workbook of a finished study in a file. RecordNotFoundError, ConflictError."""
        with self._store.read_transaction() as transaction:
            record = _get_finished_study(transaction, study)
            base = transaction.plans.get_plan(record.base_plan)
            problem = transaction.problems.get_problem(base.problem_digest)
            tables = {name: transaction.analyses.read_table(study, name) for name in record.tables}
        content = StudyWorkbookContent(
            title=f"{problem.name or record.province or 'Plan'}: study",
            study=study,
            request=StudyRequest.model_validate_json(record.request),
            head=StudyResult.model_validate(record.head),
            problem=problem,
            tables={name: partial(_open_whole_table, table) for name, table in tables.items()},
        )
        return write_study_workbook(content)


def _get_finished_study(transaction: Transaction, study: str) -> AnalysisRecord:
    record = transaction.analyses.get_analysis(study, "study")
    if record.head is None:
        raise ConflictError(f"The study is {record.state}; it has a workbook when it is finished.")
    return record


def _open_whole_table(table: pa.Table) -> tuple[pa.Schema, list[pa.RecordBatch]]:
    return table.schema, table.to_batches()


def _make_table_opener(table: str, file: pa.NativeFile) -> TableOpener:
    def open_table() -> tuple[pa.Schema, Iterable[pa.RecordBatch]]:
        selection = select_from_table(file, table, TableQuery())
        return selection.schema, selection.iterate_batches()

    return open_table

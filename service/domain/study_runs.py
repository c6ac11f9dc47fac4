"""Runs of studies, opened as plans."""

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from models.analyses.study import StudyRequest
from models.changes.apply import apply_changes
from models.changes.change import Change
from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from models.validation.checks import InvalidProblemError
from service.auth.principals import Principal
from service.core.codecs import encode_table
from service.core.errors import ConflictError, NotFoundError
from service.domain.plans import PlanService
from service.storage.engine import acquire_lock
from service.storage.errors import RecordNotFoundError
from service.storage.plan_requests import PlanRequest, Submission
from service.storage.records import Json
from service.storage.store import Store, Transaction


@dataclass(frozen=True, slots=True)
class _StudyRun:
    """One run of a finished study."""

    request: StudyRequest
    """Request of the study."""
    row: Json
    """Its row in the table `runs`."""
    base_plan: str
    """Plan that the study varies."""
    problem: PlanningProblem
    """Problem of that plan."""
    options: PlanOptions
    """Options of that plan."""
    source: Json
    """Source of that plan."""

    def list_changes(self) -> tuple[Change, ...]:
        """List the changes of the run: those of its lever, then those of its factors as drawn."""
        lever = next((one.changes for one in self.request.levers if one.name == self.row["lever"]), ())
        drawn = [
            change.build_change(float(self.row[factor.name]))
            for factor in self.request.factors
            for change in factor.changes
        ]
        return (*lever, *drawn)


class StudyRunService:
    """Opens runs of studies as plans."""

    def __init__(self, store: Store, plans: PlanService) -> None:
        """Use a store, and submit plans through `plans`."""
        self._store = store
        self._plans = plans

    def open_run(self, study: str, run: int, principal: Principal) -> Submission:
        """Open a run as a plan, which the table `runs` then names; return the plan that it was opened as before, if it is there.

        RecordNotFoundError for the study, NotFoundError for the run, ConflictError unless the study is finished and the run can
        be planned, TooManyRequestsError if the queue is full.
        """
        with self._store.read_transaction() as transaction:
            found = _read_run(transaction, study, run)
            opened = _find_opened(transaction, str(found.row["plan"] or ""))
        if opened is not None:
            return opened
        submission = self._plans.enqueue_plan(_build_plan_request(found, study, run, principal.caller))
        self._record_plan(study, run, submission.plan.id)
        return submission

    def _record_plan(self, study: str, run: int, plan: str) -> None:
        """Write the plan into the table `runs`, in which the other rows stay as they are."""
        with self._store.write_transaction() as transaction:
            transaction.analyses.lock_analysis(study)
            table = transaction.analyses.read_table(study, "runs")
            encoded = {"runs": encode_table(_set_plan(table, run, plan))}
            acquire_lock(transaction.connection, "objects")  # until the row names it, retention would remove an object
            keys = self._store.upload_large_tables(encoded)
            transaction.analyses.tables.delete_tables(study, ["runs"])
            transaction.analyses.tables.insert_tables(study, encoded, keys)


def _read_run(transaction: Transaction, study: str, run: int) -> _StudyRun:
    record = transaction.analyses.get_analysis(study, "study")
    if record.state != "finished":
        raise ConflictError(f"The study is {record.state}; its runs can be opened when it is finished.")
    table = transaction.analyses.read_table(study, "runs")
    position = table["run"].to_pylist().index(run) if run in table["run"].to_pylist() else -1
    if position < 0:
        raise NotFoundError(f"The study has no run {run}; it has {table.num_rows}, numbered from 0.")
    plan = transaction.plans.get_plan(record.base_plan)
    return _StudyRun(
        StudyRequest.model_validate_json(record.request),
        table.slice(position, 1).to_pylist()[0],
        plan.id,
        transaction.problems.get_problem(plan.problem_digest),
        plan.options,
        plan.source,
    )


def _find_opened(transaction: Transaction, plan: str) -> Submission | None:
    """Find the plan that a run was opened as; None if it was not, or if retention removed the plan."""
    if not plan:
        return None
    try:
        return Submission(transaction.plans.get_plan(plan), is_new=False)
    except RecordNotFoundError:
        return None


def _build_plan_request(found: _StudyRun, study: str, run: int, caller: str) -> PlanRequest:
    changes = found.list_changes()
    try:
        problem = apply_changes(found.problem, changes)
    except InvalidProblemError as error:
        raise ConflictError(f"The run {run} is no problem that can be planned: {error}.") from error
    stated: list[Any] = [change.model_dump(mode="json", exclude_none=True) for change in changes]
    source = {
        **found.source,
        "changes": [*found.source.get("changes", ()), *stated],
        "study_run": {"study": study, "run": run, "hold": found.request.hold},
    }
    return PlanRequest(problem=problem, options=found.options, caller=caller, source=source, base_plan=found.base_plan)


def _set_plan(table: pa.Table, run: int, plan: str) -> pa.Table:
    """Return a table of runs whose row of a run names a plan."""
    column = table.schema.get_field_index("plan")
    plans = [plan if number == run else there for number, there in _iterate_plans(table)]
    return table.set_column(column, table.schema.field(column), pa.array(plans, table.schema.field(column).type))


def _iterate_plans(table: pa.Table) -> list[tuple[int, str]]:
    return list(zip(table["run"].to_pylist(), table["plan"].to_pylist(), strict=True))

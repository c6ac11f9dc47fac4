"""The durable queue of analyses: submit, claim tasks, store rows and conclusions, cancel.

An analysis is a sequence of tasks. The first plans a round of tasks; each of them makes rows; after the last one, the next
round is planned, or the analysis is concluded. A claim of a task is a lease, with the fence of plans: the holder writes only
while owner, number of the attempt and state are unchanged. A row has a number and is stored once, whichever attempt made it.

Every transaction locks the analysis before its tasks.
"""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, update

from models.analyses.kinds import BASE_TABLES
from service.core.analysis_messages import AnalysisPayload, EncodedConclusion, PlannedTask
from service.core.ids import new_identifier
from service.core.settings import Settings
from service.storage.analysis_requests import AnalysisRequest, AnalysisSubmission, TaskClaim
from service.storage.canonical import compute_digest, compute_json_digest
from service.storage.engine import acquire_lock
from service.storage.errors import IdempotencyConflictError, QueueFullError
from service.storage.plan_requests import IdempotencyKey
from service.storage.records import FINAL_ANALYSIS_STATES, AnalysisRecord, AnalysisState
from service.storage.repositories.analysis_claims import MAX_FRUITLESS_ATTEMPTS, find_next_task, grant_task_lease
from service.storage.repositories.analysis_states import end_analysis, insert_tasks, list_due_changes
from service.storage.repositories.found_plans import insert_found_plans
from service.storage.schema import analyses, analysis_idempotency, analysis_rows, analysis_tasks
from service.storage.store import Store, Transaction

_FULL_RETRY_SECONDS = 60


class AnalysisQueue:
    """The analyses of all service processes on one database."""

    def __init__(self, store: Store, settings: Settings) -> None:
        """Use the analyses of a store; bounds and leases come from the settings."""
        self._store = store
        self._settings = settings

    def find_by_key(self, caller: str, key: IdempotencyKey | None) -> AnalysisRecord | None:
        """Find the analysis of an Idempotency-Key; None if the key is new. Raises IdempotencyConflictError."""
        with self._store.read_transaction() as transaction:
            return _find_by_key(transaction, caller, key)

    def submit_analysis(self, request: AnalysisRequest) -> AnalysisSubmission:
        """Accept an analysis durably. Raises IdempotencyConflictError, QueueFullError, RecordNotFoundError."""
        with self._store.write_transaction() as transaction:
            acquire_lock(transaction.connection, "submit")
            known = _find_by_key(transaction, request.caller, request.idempotency)
            if known is not None:
                return AnalysisSubmission(known, is_new=False)
            self._reject_if_full(transaction, request.caller)
            # retention may have removed the base plan since it was read
            province, _ = transaction.plans.read_ownership(request.base_plan, lock_row=True)
            analysis = _insert_analysis(transaction, request, province)
            return AnalysisSubmission(transaction.analyses.get_analysis(analysis), is_new=True)

    def start_waiting(self) -> tuple[str, ...]:
        """Start the analyses whose base plan has ended, and fail those that cannot go on; return those that changed."""
        with self._store.read_transaction() as transaction:
            if not list_due_changes(transaction):
                return ()
        with self._store.write_transaction() as transaction:
            acquire_lock(transaction.connection, "start analyses")
            due = list_due_changes(transaction)
            for change in due:
                change.apply(transaction)
        return tuple(change.analysis for change in due)

    def claim_next_task(self, owner: str, running_here: Collection[tuple[str, int]] = ()) -> TaskClaim | None:
        """Claim the next task for a service process that runs the tasks `running_here`; None if none waits.

        Order: the caller with the fewest running tasks, then the one served longest ago, then the analysis with the fewest
        running tasks, then the one served longest ago. Tasks of other processes with an expired lease are claimed again.
        """
        seconds = self._settings.lease_seconds
        with self._store.read_transaction() as transaction:
            if find_next_task(transaction, seconds, running_here, lock_row=False) is None:
                return None
        with self._store.write_transaction(relaxed_durability=True) as transaction:
            acquire_lock(transaction.connection, "claim task")
            found = find_next_task(transaction, seconds, running_here, lock_row=True)
            return None if found is None else grant_task_lease(transaction, found, owner, seconds)

    def read_payload(self, analysis: str) -> AnalysisPayload:
        """Read an analysis as a worker needs it. Raises RecordNotFoundError, DamagedRecordError."""
        with self._store.read_transaction() as transaction:
            record = transaction.analyses.get_analysis(analysis)
            plan = transaction.plans.get_plan(record.base_plan)
            stored = plan.head.tables if plan.head is not None else {}
            wanted = [name for name in BASE_TABLES[record.kind] if name in stored]
            problem = transaction.problems.get_stored_problem(plan.problem_digest)
            return AnalysisPayload(
                record.kind,
                record.request,
                problem.size,
                problem.body,
                plan.options,
                transaction.plans.find_sound_basis(plan.id),
                {name: transaction.plans.read_parquet(plan.id, name) for name in wanted},
            )

    def read_rows(self, analysis: str) -> dict[int, bytes]:
        """Read all rows of an analysis, by number in ascending order."""
        with self._store.read_transaction() as transaction:
            return transaction.analyses.read_rows(analysis)

    def renew_leases(self, owner: str) -> frozenset[tuple[str, int, int]]:
        """Renew the leases of a service process; return analysis, number and attempt of the tasks that it still holds."""
        running = select(analyses.c.id).where(analyses.c.state == "running")
        with self._store.write_transaction(relaxed_durability=True) as transaction:
            lease = transaction.read_clock() + self._settings.lease_seconds
            held = analysis_tasks.c
            rows = transaction.connection.execute(
                update(analysis_tasks)
                .where(held.owner == owner, held.state == "running", held.analysis.in_(running))
                .values(lease=lease)
                .returning(held.analysis, held.number, held.tries)
            ).all()
        return frozenset((row.analysis, row.number, row.tries) for row in rows)

    def store_rows(self, claim: TaskClaim, rows: Mapping[int, bytes], *, report: bool) -> bool:
        """Store rows of a task, with an event if `report`; return False, and store nothing, if the claim is not held.

        Rows that are there already, from an earlier attempt, stay as they are.
        """
        with self._store.write_transaction(relaxed_durability=True) as transaction:
            if not _lock_held_task(transaction, claim):
                return False
            added = _insert_missing_rows(transaction, claim, rows)
            this = analyses.c.id == claim.analysis
            transaction.connection.execute(update(analyses).where(this).values(done=analyses.c.done + added))
            if added:
                transaction.connection.execute(update(analysis_tasks).where(_held_by(claim)).values(fruitless=0))
            if report:
                _report_progress(transaction, claim.analysis)
        return True

    def complete_run(self, claim: TaskClaim) -> bool:
        """End a task that stored all its rows; the last of a round makes the next round due. False if it is not held.

        Raises ValueError if a row is missing: the task did not report it.
        """
        with self._store.write_transaction() as transaction:
            if not _lock_held_task(transaction, claim):
                return False
            stored = analysis_rows.c
            query = select(stored.row).where(stored.analysis == claim.analysis, stored.row.in_(claim.rows))
            missing = set(claim.rows) - set(transaction.connection.execute(query).scalars())
            if missing:
                raise ValueError(f"task {claim.number} did not report row {min(missing)}")
            _end_task(transaction, claim)
            _report_progress(transaction, claim.analysis)
            tasks = analysis_tasks.c
            query = select(func.count()).where(tasks.analysis == claim.analysis, tasks.state != "done")
            if transaction.connection.execute(query).scalar_one() == 0:
                insert_tasks(transaction, claim.analysis, "advance", [PlannedTask((), b"")])
        return True

    def store_round(self, claim: TaskClaim, tasks: Collection[PlannedTask]) -> bool:
        """Store the tasks of the next round, with their rows and bodies; False if the claim is not held."""
        with self._store.write_transaction() as transaction:
            if not _lock_held_task(transaction, claim):
                return False
            _end_task(transaction, claim)
            insert_tasks(transaction, claim.analysis, "run", tasks)
            planned = {"round": analyses.c.round + 1, "total": analyses.c.total + sum(len(task.rows) for task in tasks)}
            this = analyses.c.id == claim.analysis
            transaction.connection.execute(update(analyses).where(this).values(planned))
            _report_progress(transaction, claim.analysis)
        return True

    def store_conclusion(self, claim: TaskClaim, conclusion: EncodedConclusion) -> bool:
        """Finish an analysis: head, tables, plans, event and audit entry in one transaction; False if the claim is not held."""
        outcomes = [conclusion.tables, *(plan.tables for plan in conclusion.plans)]
        keys = [self._store.upload_large_tables(tables) for tables in outcomes]
        with self._store.write_transaction() as transaction:
            if any(keys):
                # no row names them yet, so retention may have removed them
                acquire_lock(transaction.connection, "objects")
                for tables in outcomes:
                    self._store.upload_large_tables(tables, only_missing=True)
            if not _lock_held_task(transaction, claim):
                return False
            _end_task(transaction, claim)
            plans = insert_found_plans(transaction, claim.analysis, conclusion.plans, keys[1:])
            head = dict(conclusion.head) | ({"plans": list(plans)} if plans else {})
            transaction.analyses.tables.insert_tables(claim.analysis, conclusion.tables, keys[0])
            state = conclusion.query_state or None
            values = {
                "head": head,
                "head_digest": compute_json_digest(head),
                "query_state": state,
                "query_state_digest": None if state is None else compute_digest(state),
            }
            transaction.connection.execute(update(analyses).where(analyses.c.id == claim.analysis).values(values))
            end_analysis(transaction, claim.analysis, "finished")
        return True

    def store_failure(self, claim: TaskClaim, reason: str) -> bool:
        """End an analysis as failed; False if the claim is not held."""
        with self._store.write_transaction() as transaction:
            if not _lock_held_task(transaction, claim):
                return False
            _end_task(transaction, claim)
            end_analysis(transaction, claim.analysis, "failed", reason)
        return True

    def requeue_task(self, claim: TaskClaim, reason: str, *, count_attempt: bool) -> bool:
        """Return a task to the queue; False if the claim is not held. The analysis fails with a task that is lost again and again.

        `count_attempt`: the loss of a worker counts, a stop of the service does not.
        """
        with self._store.write_transaction() as transaction:
            if not _lock_held_task(transaction, claim):
                return False
            task = update(analysis_tasks).where(_held_by(claim))
            lost = analysis_tasks.c.fruitless + int(count_attempt)
            requeued = task.values(state="queued", owner=None, lease=None, fruitless=lost)
            fruitless = transaction.connection.execute(requeued.returning(analysis_tasks.c.fruitless)).scalar_one()
            event = {"task": claim.number, "reason": reason}
            transaction.analyses.append_event(analyses.c.id == claim.analysis, "retried", event)
            if fruitless >= MAX_FRUITLESS_ATTEMPTS:
                detail = (
                    f"the worker of task {claim.number} was lost {fruitless} times without a result, at last: {reason}"
                )
                end_analysis(transaction, claim.analysis, "failed", detail)
        return True

    def cancel_analysis(self, analysis: str, caller: str) -> AnalysisState:
        """Cancel an analysis and return its state; one that is final does not change. Raises RecordNotFoundError."""
        with self._store.write_transaction() as transaction:
            record = transaction.analyses.get_analysis(analysis)
            this = and_(analyses.c.id == analysis, analyses.c.state.not_in(FINAL_ANALYSIS_STATES))
            if transaction.connection.execute(select(analyses.c.id).where(this).with_for_update()).first() is None:
                return record.state
            transaction.audit.append_entry(caller, "analysis cancelled", analysis, province=record.province)
            end_analysis(transaction, analysis, "cancelled")
        return "cancelled"

    def count_by_state(self) -> dict[str, int]:
        """Count the analyses that are `queued` and `running`, over all service processes."""
        query = select(analyses.c.state, func.count()).where(analyses.c.state.not_in(FINAL_ANALYSIS_STATES))
        with self._store.read_transaction() as transaction:
            found = {row[0]: int(row[1]) for row in transaction.connection.execute(query.group_by(analyses.c.state))}
        return {"queued": found.get("queued", 0), "running": found.get("running", 0)}

    def _reject_if_full(self, transaction: Transaction, caller: str) -> None:
        waiting = analyses.c.state.not_in(FINAL_ANALYSIS_STATES)
        query = select(func.count()).where(waiting, analyses.c.caller == caller)
        own, limit = transaction.connection.execute(query).scalar_one(), self._settings.queue_length_per_caller
        if own >= limit:
            raise QueueFullError(own, limit, _FULL_RETRY_SECONDS, is_own_share=True, what="analyses")


def _insert_analysis(transaction: Transaction, request: AnalysisRequest, province: str | None) -> str:
    analysis, moment = new_identifier(), transaction.read_clock()
    transaction.connection.execute(
        analyses.insert().values(
            id=analysis,
            kind=request.kind,
            base_plan=request.base_plan,
            request=request.request,
            caller=request.caller,
            province=province,
            state="queued",
            reason="",
            round=-1,
            done=0,
            total=0,
            created=moment,
            last_event=0,
        )
    )
    key = request.idempotency
    if key is not None:
        values = {"caller": request.caller, "key": key.key, "body_digest": key.body_digest}
        stored = analysis_idempotency.insert().values(analysis=analysis, created=moment, **values)
        transaction.connection.execute(stored)
    transaction.analyses.append_event(analyses.c.id == analysis, "queued", {})
    detail = {"kind": request.kind, "base_plan": request.base_plan}
    transaction.audit.append_entry(request.caller, "analysis accepted", analysis, detail, province=province)
    return analysis


def _find_by_key(transaction: Transaction, caller: str, key: IdempotencyKey | None) -> AnalysisRecord | None:
    if key is None:
        return None
    keys = analysis_idempotency.c
    query = select(keys.analysis, keys.body_digest).where(keys.caller == caller, keys.key == key.key)
    row = transaction.connection.execute(query).first()
    if row is None:
        return None
    if row.body_digest != key.body_digest:
        raise IdempotencyConflictError(key.key, row.analysis, "analysis")
    return transaction.analyses.get_analysis(row.analysis)


def _lock_held_task(transaction: Transaction, claim: TaskClaim) -> bool:
    """Lock the analysis of a claim; return whether it still runs and the claim is held."""
    running = and_(analyses.c.id == claim.analysis, analyses.c.state == "running")
    if transaction.connection.execute(select(analyses.c.id).where(running).with_for_update()).first() is None:
        return False
    return transaction.connection.execute(select(analysis_tasks.c.number).where(_held_by(claim))).first() is not None


def _held_by(claim: TaskClaim) -> ColumnElement[bool]:
    """Build the fence: true for the task only while this claim holds it."""
    tasks = analysis_tasks.c
    return and_(
        tasks.analysis == claim.analysis,
        tasks.number == claim.number,
        tasks.owner == claim.owner,
        tasks.tries == claim.attempt,
        tasks.state == "running",
    )


def _end_task(transaction: Transaction, claim: TaskClaim) -> None:
    ended: dict[str, Any] = {"state": "done", "owner": None, "lease": None}
    transaction.connection.execute(update(analysis_tasks).where(_held_by(claim)).values(ended))


def _insert_missing_rows(transaction: Transaction, claim: TaskClaim, rows: Mapping[int, bytes]) -> int:
    """Insert the rows that are not stored yet, and return how many; the lock of the analysis keeps others out."""
    stored = analysis_rows.c
    query = select(stored.row).where(stored.analysis == claim.analysis, stored.row.in_(rows))
    there = set(transaction.connection.execute(query).scalars())
    values = [{"analysis": claim.analysis, "row": row, "body": body} for row, body in rows.items() if row not in there]
    if values:
        transaction.connection.execute(analysis_rows.insert(), values)
    return len(values)


def _report_progress(transaction: Transaction, analysis: str) -> None:
    query = select(analyses.c.done, analyses.c.total).where(analyses.c.id == analysis)
    row = transaction.connection.execute(query).one()
    transaction.analyses.append_event(analyses.c.id == analysis, "progress", {"done": row.done, "total": row.total})

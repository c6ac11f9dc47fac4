"""The durable job queue: submit, claim, renew, finish and cancel, on the rows of `jobs`.

A claim is a lease. The holder writes only while `owner`, `tries` and state are unchanged (the fence), so a process that was
suspended past its lease changes nothing. Everything that ends a plan is written in one transaction.
"""

from collections.abc import Collection, Mapping
from typing import Any

import structlog
from sqlalchemy import ColumnElement, and_, func, select, update

from models.plan import Plan, SolverRun, Termination
from service.core.codecs import PlanOutcome
from service.core.ids import new_identifier
from service.core.log_text import summarize_error
from service.core.settings import Settings
from service.core.trace_context import capture_trace
from service.storage.canonical import compute_options_digest
from service.storage.driver_errors import is_outage
from service.storage.engine import acquire_lock
from service.storage.errors import IdempotencyConflictError, QueueFullError
from service.storage.plan_requests import Claim, PlanRequest, Submission
from service.storage.records import PlanState
from service.storage.repositories import plan_events
from service.storage.repositories.job_claims import (
    ClaimableJob,
    abandon_job,
    find_next_job,
    finish_job,
    grant_job_lease,
    read_last_reason,
    shorten_lease,
)
from service.storage.repositories.problems import StoredProblem
from service.storage.schema import idempotency, jobs, plans
from service.storage.store import Store, Transaction

_log = structlog.get_logger(__name__)


class JobQueue:
    """The queue of all service processes on one database."""

    def __init__(self, store: Store, settings: Settings) -> None:
        """Use the jobs of a store; queue lengths, lease and attempts come from the settings."""
        self._store = store
        self._settings = settings

    def submit_plan(self, request: PlanRequest) -> Submission:
        """Accept a plan durably: it will be finished even if service processes crash.

        Raises IdempotencyConflictError, QueueFullError; RecordNotFoundError for an unknown base plan.
        """
        problem = request.problem
        stored = problem if isinstance(problem, StoredProblem) else StoredProblem.from_problem(problem)
        with self._store.write_transaction() as transaction:
            acquire_lock(transaction.connection, "submit")
            known = self._find_by_idempotency_key(transaction, request)
            if known is not None:
                return Submission(transaction.plans.get_plan(known), is_new=False)
            finished = None
            if request.reuse and self._settings.reuse_plans:
                finished = transaction.plans.find_finished(
                    stored.digest,
                    compute_options_digest(request.options),
                    request.source.get("province"),
                    request.caller,
                )
            if finished is None:
                self._reject_if_full(transaction, request.caller)
            if request.base_plan is not None:
                # retention may have removed the base plan since it was read
                transaction.plans.read_ownership(request.base_plan, lock_row=True)
            plan = self._insert_plan(transaction, request, stored)
            if finished is not None:
                transaction.plans.copy_result_from(plan, finished.id)
                finish_job(transaction, jobs.c.id == plan, plan, "finished", finished.outcome)
            return Submission(transaction.plans.get_plan(plan), is_new=True)

    def claim_next_job(
        self, owner: str, running_here: Collection[str] = (), *, only_idle_callers: bool = False
    ) -> Claim | None:
        """Claim the next plan for a service process that runs the plans `running_here`.

        None if no plan waits, or with `only_idle_callers` none of a caller without running plans.

        Order: the caller with the fewest running plans, then the caller served longest ago, then priority, then age.
        Plans of other processes with an expired lease are claimed again. A lease longer than any that is given, after the
        clock was set back, is shortened.
        """
        seconds = self._settings.lease_seconds
        with self._store.read_transaction() as transaction:
            job = find_next_job(transaction, seconds, running_here, lock_row=False, only_idle_callers=only_idle_callers)
            if job is None:
                return None
        with self._store.write_transaction() as transaction:
            acquire_lock(transaction.connection, "claim")
            while (
                job := find_next_job(
                    transaction, seconds, running_here, lock_row=True, only_idle_callers=only_idle_callers
                )
            ) is not None:
                if job.has_excessive_lease:
                    shorten_lease(transaction, job, seconds)
                elif job.is_cancel_requested:
                    transaction.plans.set_plan_state(job.id, "cancelled")
                    finish_job(transaction, jobs.c.id == job.id, job.id, "cancelled", None)
                elif job.attempts >= self._settings.max_attempts:
                    reason = read_last_reason(transaction, job.id)
                    _finish_as_failed(transaction, job.id, f"its solver was lost {job.attempts} times{reason}")
                elif (claim := self._try_to_grant(transaction, job, owner)) is not None:
                    return claim
        return None

    def _try_to_grant(self, transaction: Transaction, job: ClaimableJob, owner: str) -> Claim | None:
        """Lease a job within a savepoint. One that cannot be read ends as failed, so that it stops no other; then None."""
        try:
            with transaction.connection.begin_nested():
                return grant_job_lease(transaction, job, owner, self._settings.lease_seconds)
        except Exception as error:
            if is_outage(error):
                raise
            detail = f"its row cannot be read: {summarize_error(error)}"
            _log.error("plan cannot be read", plan=job.id, exc_info=error)
        try:
            with transaction.connection.begin_nested():
                _finish_as_failed(transaction, job.id, detail, tries=job.attempts + 1)
        except Exception as error:
            if is_outage(error):
                raise
            _log.error("plan cannot be ended; left out of the queue", plan=job.id, exc_info=error)
            abandon_job(transaction, job.id)
        return None

    def renew_leases(self, owner: str, plans: Collection[str]) -> frozenset[tuple[str, int]]:
        """Renew the leases of a service process; return the plans that it still holds, with the numbers of their attempts."""
        with self._store.write_transaction(relaxed_durability=True) as transaction:
            lease = transaction.read_clock() + self._settings.lease_seconds
            rows = transaction.connection.execute(
                update(jobs)
                .where(jobs.c.owner == owner, jobs.c.state == "running", jobs.c.id.in_(plans))
                .values(lease=lease)
                .returning(jobs.c.id, jobs.c.tries)
            ).all()
        return frozenset((row.id, row.tries) for row in rows)

    def list_cancellations(self, owner: str) -> frozenset[str]:
        """List the running plans of a service process that were cancelled."""
        query = select(jobs.c.id).where(jobs.c.owner == owner, jobs.c.state == "running", jobs.c.cancel.is_(True))
        with self._store.read_transaction() as transaction:
            return frozenset(transaction.connection.execute(query).scalars())

    def record_event(self, claim: Claim, kind: str, data: Mapping[str, Any]) -> bool:
        """Store what a running plan reports, `progress` or `estimate`; return False if the claim is no longer held."""
        with self._store.write_transaction(relaxed_durability=True) as transaction:
            return plan_events.append_event(transaction.connection, _build_fence_condition(claim), kind, data)

    def store_outcome(self, claim: Claim, outcome: PlanOutcome) -> bool:
        """Store the result of a plan: head, tables, basis, state, event and audit entry in one transaction.

        Returns False, and stores nothing, if the claim is no longer held.
        """
        keys = self._store.upload_large_tables(outcome.tables)
        with self._store.write_transaction() as transaction:
            if keys:
                acquire_lock(
                    transaction.connection, "objects"
                )  # no row names them yet, so retention may have removed them
                self._store.upload_large_tables(outcome.tables, only_missing=True)
            if not finish_job(
                transaction,
                _build_fence_condition(claim),
                claim.plan,
                "finished",
                outcome.head.outcome,
                tries=claim.attempt,
                detail=outcome.head.termination.detail,
            ):
                return False
            transaction.plans.complete_plan(claim.plan, outcome, keys)
        return True

    def store_cancellation(self, claim: Claim) -> bool:
        """Finish a running plan as cancelled; return False if the claim is no longer held."""
        with self._store.write_transaction() as transaction:
            if not finish_job(
                transaction, _build_fence_condition(claim), claim.plan, "cancelled", None, tries=claim.attempt
            ):
                return False
            transaction.plans.set_plan_state(claim.plan, "cancelled")
        return True

    def requeue_claim(self, claim: Claim, reason: str, *, count_attempt: bool) -> bool:
        """Return a running plan to the queue; return False if the claim is no longer held.

        `count_attempt`: a crash of the solver counts, a stop of the service does not.
        """
        with self._store.write_transaction() as transaction:
            reported = plan_events.append_event(
                transaction.connection,
                _build_fence_condition(claim),
                "retried",
                {"attempt": claim.attempt, "reason": reason},
            )
            if reported:
                transaction.connection.execute(
                    update(jobs)
                    .where(_build_fence_condition(claim))
                    .values(
                        state="queued",
                        owner=None,
                        lease=None,
                        tries=claim.attempt if count_attempt else claim.attempt - 1,
                    )
                )
                transaction.plans.set_plan_state(claim.plan, "queued")
            return reported

    def cancel_plan(self, plan: str, caller: str) -> PlanState:
        """Cancel a plan and return its state: a queued plan ends at once, a running one within a second.

        A final plan does not change. Raises RecordNotFoundError.
        """
        with self._store.write_transaction() as transaction:
            state = transaction.plans.get_plan(plan).state
            query = select(jobs.c.state, jobs.c.cancel).where(jobs.c.id == plan).with_for_update()
            job = transaction.connection.execute(query).one()
            if job.state == "done" or job.cancel:
                return transaction.plans.get_plan(plan).state
            transaction.audit.append_entry(
                caller, "plan cancelled", plan, province=transaction.plans.read_ownership(plan)[0]
            )
            if job.state == "queued":
                transaction.plans.set_plan_state(plan, "cancelled")
                finish_job(transaction, jobs.c.id == plan, plan, "cancelled", None)
                return "cancelled"
            transaction.connection.execute(update(jobs).where(jobs.c.id == plan).values(cancel=True))
            plan_events.append_event(transaction.connection, jobs.c.id == plan, "cancelling", {"by": caller})
            return state

    def count_by_state(self) -> dict[str, int]:
        """Count the plans that are `queued` and `running`, over all service processes."""
        query = select(jobs.c.state, func.count()).where(jobs.c.state != "done").group_by(jobs.c.state)
        with self._store.read_transaction() as transaction:
            found = {row[0]: int(row[1]) for row in transaction.connection.execute(query)}
        return {"queued": found.get("queued", 0), "running": found.get("running", 0)}

    def _find_by_idempotency_key(self, transaction: Transaction, request: PlanRequest) -> str | None:
        """Find the plan of the request's Idempotency-Key; None if the key is new."""
        key = request.idempotency
        if key is None:
            return None
        query = select(idempotency.c.plan, idempotency.c.body_digest)
        row = transaction.connection.execute(
            query.where(idempotency.c.caller == request.caller, idempotency.c.key == key.key)
        ).first()
        if row is not None and row.body_digest != key.body_digest:
            raise IdempotencyConflictError(key.key, row.plan)
        return None if row is None else str(row.plan)

    def _reject_if_full(self, transaction: Transaction, caller: str) -> None:
        query = select(jobs.c.caller, func.count()).where(jobs.c.state == "queued").group_by(jobs.c.caller)
        waiting = {row[0]: int(row[1]) for row in transaction.connection.execute(query)}
        total, own = sum(waiting.values()), waiting.get(caller, 0)
        if total >= self._settings.queue_length:
            raise QueueFullError(
                total, self._settings.queue_length, self._estimate_retry_after(transaction, total), is_own_share=False
            )
        if own >= self._settings.queue_length_per_caller:
            raise QueueFullError(
                own,
                self._settings.queue_length_per_caller,
                self._estimate_retry_after(transaction, own),
                is_own_share=True,
            )

    def _estimate_retry_after(self, transaction: Transaction, waiting: int) -> int:
        """Estimate the seconds until a tenth of the queue is done, from the last plans; 1 to 600."""
        recent = (
            select((plans.c.finished - plans.c.started).label("seconds"))
            .where(plans.c.state == "finished", plans.c.copied_from.is_(None), plans.c.started.is_not(None))
            .order_by(plans.c.created.desc())
            .limit(20)
            .subquery()
        )
        mean = transaction.connection.execute(select(func.avg(recent.c.seconds))).scalar() or 1.0
        return int(min(600.0, max(1.0, mean * waiting / 10 / max(1, self._settings.solver_workers))))

    def _insert_plan(self, transaction: Transaction, request: PlanRequest, problem: StoredProblem) -> str:
        plan = new_identifier()
        transaction.problems.put_problem(problem)
        transaction.plans.insert_plan(
            plan,
            problem.digest,
            request.options,
            caller=request.caller,
            source=request.source,
            base_plan=request.base_plan,
        )
        insert_queued_job(transaction, plan, request.caller, request.priority)
        if request.idempotency is not None:
            transaction.connection.execute(
                idempotency.insert().values(
                    caller=request.caller,
                    key=request.idempotency.key,
                    body_digest=request.idempotency.body_digest,
                    plan=plan,
                    created=transaction.read_clock(),
                )
            )
        plan_events.append_event(transaction.connection, jobs.c.id == plan, "queued", capture_trace())
        transaction.audit.append_entry(
            request.caller, "plan accepted", plan, {"problem": problem.digest}, province=request.source.get("province")
        )
        return plan


def insert_queued_job(transaction: Transaction, plan: str, caller: str, priority: int) -> None:
    """Insert the job of a plan that is stored."""
    transaction.connection.execute(
        jobs.insert().values(
            id=plan,
            state="queued",
            caller=caller,
            priority=priority,
            created=transaction.read_clock(),
            tries=0,
            cancel=False,
            last_event=0,
        )
    )


def make_failed_plan(solver: str, detail: str, limit: Any = None) -> Plan:
    """Build the head of a plan that failed."""
    return Plan(
        outcome="failed",
        termination=Termination(reason="limit" if limit else "error", limit=limit, detail=detail),
        solver=SolverRun(name=solver),
        timings={},
        tables={},
    )


def _finish_as_failed(transaction: Transaction, plan: str, detail: str, tries: int | None = None) -> None:
    """End a plan that no process runs as failed; `tries` is its number of attempts, if that changes."""
    transaction.plans.complete_plan(plan, PlanOutcome(make_failed_plan("auto", detail)), {})
    if tries is not None:
        transaction.connection.execute(update(jobs).where(jobs.c.id == plan).values(tries=tries))
    finish_job(transaction, jobs.c.id == plan, plan, "finished", "failed", detail=detail)


def _build_fence_condition(claim: Claim) -> ColumnElement[bool]:
    """Build the fence: true for the job only while this claim holds it."""
    return and_(
        jobs.c.id == claim.plan,
        jobs.c.owner == claim.owner,
        jobs.c.tries == claim.attempt,
        jobs.c.state == "running",
    )

"""Selects the next job and records its start and end."""

from collections.abc import Collection
from typing import Any, NamedTuple

import structlog
from sqlalchemy import ColumnElement, and_, func, or_, select, update

from models.plan import Outcome
from service.core.trace_context import extract_trace
from service.storage.errors import DamagedRecordError
from service.storage.plan_requests import Claim, WarmStartSource
from service.storage.records import PlanState
from service.storage.repositories import plan_events
from service.storage.repositories.outbox import enqueue_event
from service.storage.schema import callers, job_events, jobs
from service.storage.store import Transaction

_log = structlog.get_logger(__name__)


class ClaimableJob(NamedTuple):
    """A job that can be claimed."""

    id: str
    """The plan."""
    caller: str
    """Its caller."""
    attempts: int
    """Number of earlier attempts."""
    is_cancel_requested: bool
    """Whether it was cancelled."""
    has_excessive_lease: bool
    """Whether it runs with a lease longer than any that is given: the clock was set back since."""


def find_next_job(
    transaction: Transaction,
    lease_seconds: float,
    running_here: Collection[str],
    *,
    lock_row: bool,
    only_idle_callers: bool = False,
) -> ClaimableJob | None:
    """Find the next job: queued, or running with a lease that has expired or is longer than `lease_seconds`.

    An expired lease of a plan that runs in this very process (`running_here`) is renewed, not taken over. With
    `only_idle_callers` the job is one of a caller without running jobs.
    """
    moment = transaction.read_clock()
    is_excessive = and_(jobs.c.state == "running", jobs.c.lease > moment + lease_seconds)
    has_expired = and_(jobs.c.state == "running", jobs.c.lease < moment, jobs.c.id.not_in(running_here))
    running = (
        select(jobs.c.caller, func.count().label("count"))
        .where(jobs.c.state == "running", jobs.c.lease >= moment)
        .group_by(jobs.c.caller)
        .subquery()
    )
    query = (
        select(jobs.c.id, jobs.c.caller, jobs.c.tries, jobs.c.cancel, is_excessive.label("is_excessive"))
        .select_from(
            jobs.outerjoin(running, running.c.caller == jobs.c.caller).outerjoin(
                callers, callers.c.caller == jobs.c.caller
            )
        )
        .where(or_(jobs.c.state == "queued", has_expired, is_excessive))
        .order_by(
            func.coalesce(running.c.count, 0),
            func.coalesce(callers.c.last_claim, 0.0),
            jobs.c.priority.desc(),
            jobs.c.created,
            jobs.c.id,
        )
        .limit(1)
    )
    if only_idle_callers:
        query = query.where(running.c.count.is_(None))
    if lock_row:
        query = query.with_for_update(of=jobs, skip_locked=True)
    row = transaction.connection.execute(query).first()
    return None if row is None else ClaimableJob(*row)


def shorten_lease(transaction: Transaction, job: ClaimableJob, lease_seconds: float) -> None:
    """Give a job the longest lease that can be: its process, if it lives, renews it; else another takes the job over."""
    _log.warning("lease shortened; was the clock set back?", plan=job.id)
    lease = transaction.read_clock() + lease_seconds
    transaction.connection.execute(update(jobs).where(jobs.c.id == job.id).values(lease=lease))


def grant_job_lease(transaction: Transaction, job: ClaimableJob, owner: str, lease_seconds: float) -> Claim:
    """Lease a job to a service process and record that its caller was served."""
    connection, moment, tries = transaction.connection, transaction.read_clock(), job.attempts + 1
    connection.execute(
        update(jobs)
        .where(jobs.c.id == job.id)
        .values(state="running", owner=owner, lease=moment + lease_seconds, tries=tries)
    )
    served = connection.execute(update(callers).where(callers.c.caller == job.caller).values(last_claim=moment))
    if served.rowcount == 0:
        connection.execute(callers.insert().values(caller=job.caller, last_claim=moment))
    transaction.plans.set_plan_state(job.id, "running")
    plan_events.append_event(connection, jobs.c.id == job.id, "started", {"attempt": tries})
    plan = transaction.plans.get_plan(job.id)
    problem = transaction.problems.get_stored_problem(plan.problem_digest)
    request = connection.execute(select(job_events.c.data).where(job_events.c.job == job.id, job_events.c.seq == 1))
    trace = extract_trace(request.scalar() or {})
    return Claim(job.id, owner, tries, problem, plan.options, trace, _read_warm_start(transaction, plan.base_plan))


def _read_warm_start(transaction: Transaction, base_plan: str | None) -> WarmStartSource | None:
    """Read the plan to start from; None where there is no base plan, or it has no basis (yet), or is damaged."""
    basis = None if base_plan is None else transaction.plans.find_sound_basis(base_plan)
    if base_plan is None or basis is None:
        return None
    try:
        problem = transaction.problems.get_stored_problem(transaction.plans.get_plan(base_plan).problem_digest)
    except DamagedRecordError:
        return None
    return WarmStartSource(problem, basis)


def read_last_reason(transaction: Transaction, plan: str) -> str:
    """Read why the last attempt at a plan ended, as `, at last: …`; empty if nothing was recorded."""
    event = plan_events.read_last_event(transaction.connection, plan, "retried")
    return "" if event is None else f", at last: {event.data.get('reason')}"


def abandon_job(transaction: Transaction, plan: str) -> None:
    """Take a job out of the queue whose plan cannot be written either."""
    transaction.connection.execute(update(jobs).where(jobs.c.id == plan).values(state="done", owner=None, lease=None))


def finish_job(
    transaction: Transaction,
    condition: ColumnElement[bool],
    plan: str,
    state: PlanState,
    outcome: Outcome | None,
    **detail: Any,
) -> bool:
    """Finish the job that meets a condition, with event, audit entry and webhook messages; return False if no job does."""
    if not plan_events.append_event(
        transaction.connection, condition, "finished", {"state": state, "outcome": outcome}
    ):
        return False
    province, caller = transaction.plans.read_ownership(plan)
    transaction.connection.execute(update(jobs).where(condition).values(state="done", owner=None, lease=None))
    transaction.audit.append_entry(caller, f"plan {state}", plan, {"outcome": outcome, **detail}, province=province)
    enqueue_event(
        transaction,
        "plan.cancelled" if state == "cancelled" else "plan.finished",
        plan,
        {"state": state, "outcome": outcome},
    )
    return True

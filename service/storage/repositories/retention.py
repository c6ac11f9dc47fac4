"""Removal of rows past their retention, in batches, so that other writers wait briefly.

Each function works within one transaction and returns how many rows it removed; 0 when none is left.
"""

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, not_, or_, select, update

from service.storage.engine import acquire_lock
from service.storage.records import FINAL_ANALYSIS_STATES, FINAL_STATES
from service.storage.schema import (
    analyses,
    analysis_events,
    analysis_idempotency,
    analysis_rows,
    analysis_tables,
    analysis_tasks,
    deliveries,
    idempotency,
    job_events,
    jobs,
    plan_approvals,
    plan_tables,
    plan_titles,
    plans,
    problems,
    provinces,
)
from service.storage.store import Transaction

BATCH_SIZE = 100
"""Rows removed in one transaction at most, with their dependent rows."""

ANALYSIS_BATCH_SIZE = 5
"""Analyses removed in one transaction at most: each may have 100,000 rows."""

_DERIVED_PLANS = plans.alias("starts")


def count_expired_plans(transaction: Transaction, before: float) -> tuple[int, int]:
    """Count the plans that `remove_plans` would remove in the end, and all plans."""
    expired = select(func.count()).select_from(_select_expired(before, _was_submitted()).subquery())
    everything = select(func.count()).select_from(plans)
    return transaction.connection.execute(expired).scalar_one(), transaction.connection.execute(everything).scalar_one()


def remove_plans(transaction: Transaction, before: float) -> int:
    """Remove plans that ended before a time, were never submitted, and are no base of a plan or an analysis; with all dependent rows.

    A submitted plan is kept: its approval transitions are append-only. Each removal adds an entry to the audit log.
    """
    # a submission that copies or starts from a plan finds it whole or not at all
    acquire_lock(transaction.connection, "submit")
    query = _select_expired(before, _was_submitted()).where(
        not_(exists().where(_DERIVED_PLANS.c.base_plan == plans.c.id)),
        not_(exists().where(analyses.c.base_plan == plans.c.id)),
    )
    locked = query.limit(BATCH_SIZE).with_for_update(
        of=plans, skip_locked=True
    )  # not those being submitted for approval now
    rows = transaction.connection.execute(locked).all()
    names = [row.id for row in rows]
    if not names:
        return 0
    dependent = (job_events.c.job, idempotency.c.plan, plan_tables.c.plan, plan_titles.c.plan, jobs.c.id)
    for column in (*dependent, plans.c.id):
        transaction.connection.execute(delete(column.table).where(column.in_(names)))
    gone = and_(deliveries.c.plan.in_(names), deliveries.c.state != "waiting")
    transaction.connection.execute(delete(deliveries).where(gone))
    _remove_unreferenced_problems(transaction, {row.problem_digest for row in rows})
    for row in rows:
        transaction.audit.append_entry(
            "retention", "plan removed", row.id, {"caller": row.caller}, province=row.province
        )
    return len(rows)


def remove_analyses(transaction: Transaction, before: float) -> int:
    """Remove analyses that ended before a time, with all dependent rows; plans that they found stay. Each adds an audit entry."""
    query = (
        select(analyses.c.id, analyses.c.caller, analyses.c.province)
        .where(analyses.c.state.in_(FINAL_ANALYSIS_STATES), analyses.c.finished < before)
        .order_by(analyses.c.finished)
    )
    rows = transaction.connection.execute(
        query.limit(ANALYSIS_BATCH_SIZE).with_for_update(of=analyses, skip_locked=True)
    ).all()
    names = [row.id for row in rows]
    dependent = (analysis_rows, analysis_tasks, analysis_tables, analysis_events, analysis_idempotency)
    for table in dependent if names else ():
        transaction.connection.execute(delete(table).where(table.c.analysis.in_(names)))
    transaction.connection.execute(delete(analyses).where(analyses.c.id.in_(names)))
    for row in rows:
        detail = {"caller": row.caller}
        transaction.audit.append_entry("retention", "analysis removed", row.id, detail, province=row.province)
    return len(rows)


def _remove_unreferenced_problems(transaction: Transaction, digests: set[str]) -> None:
    """Remove the problems that no plan and no province refers to."""
    named = or_(
        exists().where(plans.c.problem_digest == problems.c.digest),
        exists().where(provinces.c.problem_digest == problems.c.digest),
    )
    transaction.connection.execute(delete(problems).where(problems.c.digest.in_(digests), not_(named)))


def remove_bases(transaction: Transaction, before: float) -> int:
    """Remove the bases of plans that ended before a time; ratified plans keep theirs, nothing of them may change."""
    query = _select_expired(before, _was_submitted("ratified", "in_force", "closed")).where(plans.c.basis.is_not(None))
    names = [row.id for row in transaction.connection.execute(query.limit(BATCH_SIZE))]
    if names:
        transaction.connection.execute(update(plans).where(plans.c.id.in_(names)).values(basis=None))
    return len(names)


def remove_events(transaction: Transaction, before: float) -> int:
    """Remove the progress events of plans and analyses that ended before a time; their other events stay."""
    ended = select(plans.c.id).where(plans.c.state.in_(FINAL_STATES), plans.c.finished < before)
    query = select(job_events.c.job).where(job_events.c.kind == "progress", job_events.c.job.in_(ended)).distinct()
    names = list(transaction.connection.execute(query.limit(BATCH_SIZE)).scalars())
    removed = delete(job_events).where(job_events.c.job.in_(names), job_events.c.kind == "progress")
    count = transaction.connection.execute(removed).rowcount if names else 0
    return count + _remove_events_of_analyses(transaction, before)


def _remove_events_of_analyses(transaction: Transaction, before: float) -> int:
    ended = select(analyses.c.id).where(analyses.c.state.in_(FINAL_ANALYSIS_STATES), analyses.c.finished < before)
    events = analysis_events.c
    query = select(events.analysis).where(events.kind == "progress", events.analysis.in_(ended)).distinct()
    names = list(transaction.connection.execute(query.limit(BATCH_SIZE)).scalars())
    removed = delete(analysis_events).where(events.analysis.in_(names), events.kind == "progress")
    return transaction.connection.execute(removed).rowcount if names else 0


def remove_deliveries(transaction: Transaction, before: float) -> int:
    """Remove webhook messages that were delivered or given up before a time; waiting ones stay."""
    query = select(deliveries.c.id).where(
        deliveries.c.state != "waiting", func.coalesce(deliveries.c.tried, deliveries.c.created) < before
    )
    names = list(transaction.connection.execute(query.limit(BATCH_SIZE)).scalars())
    if names:
        transaction.connection.execute(delete(deliveries).where(deliveries.c.id.in_(names)))
    return len(names)


def remove_idempotency_keys(transaction: Transaction, before: float) -> int:
    """Remove idempotency keys from before a time, of plans and analyses that have ended: the same key then makes a new one."""
    ended = select(jobs.c.id).where(jobs.c.state == "done")
    query = select(idempotency.c.caller, idempotency.c.key).where(
        idempotency.c.created < before, idempotency.c.plan.in_(ended)
    )
    found = transaction.connection.execute(query.limit(BATCH_SIZE)).all()
    for row in found:
        this = and_(idempotency.c.caller == row.caller, idempotency.c.key == row.key)
        transaction.connection.execute(delete(idempotency).where(this))
    return len(found) + _remove_keys_of_analyses(transaction, before)


def _remove_keys_of_analyses(transaction: Transaction, before: float) -> int:
    ended = select(analyses.c.id).where(analyses.c.state.in_(FINAL_ANALYSIS_STATES))
    keys = analysis_idempotency.c
    query = select(keys.caller, keys.key).where(keys.created < before, keys.analysis.in_(ended))
    found = transaction.connection.execute(query.limit(BATCH_SIZE)).all()
    for row in found:
        this = and_(keys.caller == row.caller, keys.key == row.key)
        transaction.connection.execute(delete(analysis_idempotency).where(this))
    return len(found)


def find_unreferenced_objects(transaction: Transaction, keys: list[str]) -> frozenset[str]:
    """Find the objects that no table refers to. Until the transaction ends, no table can start to refer to them."""
    acquire_lock(transaction.connection, "objects")
    named: set[str] = set()
    for table in (plan_tables, analysis_tables):
        query = select(table.c.object_key).where(table.c.object_key.in_(keys))
        named.update(transaction.connection.execute(query).scalars())
    return frozenset(keys) - named


def _select_expired(before: float, exempt: ColumnElement[bool]) -> Select[tuple[str, str, str, str | None]]:
    """Select plans that ended before a time and are not exempt, the oldest first."""
    return (
        select(plans.c.id, plans.c.problem_digest, plans.c.caller, plans.c.province)
        .where(plans.c.state.in_(FINAL_STATES), plans.c.finished < before, not_(exempt))
        .order_by(plans.c.finished)
    )


def _was_submitted(*states: str) -> ColumnElement[bool]:
    """Build the condition that a plan was submitted and is in one of these approval states (in any, if none is named)."""
    submitted = exists().where(plan_approvals.c.plan == plans.c.id)
    return submitted.where(plan_approvals.c.state.in_(states)) if states else submitted

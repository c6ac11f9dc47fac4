"""What may be removed, and its removal: some rows at a time, so that nobody waits long for their turn to write.

Each function works within the transaction given and says how many it removed; with none left it says 0.
"""

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, not_, or_, select, update

from service.storage.engine import acquire_lock
from service.storage.records import FINAL_STATES
from service.storage.schema import (
    deliveries,
    idempotency,
    job_events,
    jobs,
    plan_approvals,
    plan_tables,
    plans,
    problems,
    provinces,
)
from service.storage.store import Transaction

BATCH_SIZE = 100
"""Rows removed in one transaction at most, with what belongs to them."""

_DERIVED_PLANS = plans.alias("starts")


def remove_plans(transaction: Transaction, before: float) -> int:
    """Plans that ended before a moment, were never submitted, and that no other plan varies or replaces; with all that is theirs.

    A plan that was submitted stays whatever came of it: the acts of its life are append-only. Each removal has its line in the audit log.
    """
    # whoever answers a plan from another, or starts from it, finds it whole or not at all
    acquire_lock(transaction.connection, "submit")
    query = _select_expired(before, _was_submitted()).where(
        not_(exists().where(_DERIVED_PLANS.c.base_plan == plans.c.id))
    )
    held = query.limit(BATCH_SIZE).with_for_update(of=plans, skip_locked=True)  # not those being submitted right now
    rows = transaction.connection.execute(held).all()
    names = [row.id for row in rows]
    if not names:
        return 0
    for column in (job_events.c.job, idempotency.c.plan, plan_tables.c.plan, jobs.c.id, plans.c.id):
        transaction.connection.execute(delete(column.table).where(column.in_(names)))
    gone = and_(deliveries.c.plan.in_(names), deliveries.c.state != "waiting")
    transaction.connection.execute(delete(deliveries).where(gone))
    _remove_unreferenced_problems(transaction, {row.problem_digest for row in rows})
    for row in rows:
        transaction.audit.append_entry(
            "retention", "plan removed", row.id, {"caller": row.caller}, province=row.province
        )
    return len(rows)


def _remove_unreferenced_problems(transaction: Transaction, digests: set[str]) -> None:
    """Problems that no plan and no province names any more."""
    named = or_(
        exists().where(plans.c.problem_digest == problems.c.digest),
        exists().where(provinces.c.problem_digest == problems.c.digest),
    )
    transaction.connection.execute(delete(problems).where(problems.c.digest.in_(digests), not_(named)))


def remove_bases(transaction: Transaction, before: float) -> int:
    """Bases of plans that ended before a moment, but for those that were ratified: nothing of them changes."""
    query = _select_expired(before, _was_submitted("ratified", "in_force", "closed")).where(plans.c.basis.is_not(None))
    names = [row.id for row in transaction.connection.execute(query.limit(BATCH_SIZE))]
    if names:
        transaction.connection.execute(update(plans).where(plans.c.id.in_(names)).values(basis=None))
    return len(names)


def remove_events(transaction: Transaction, before: float) -> int:
    """Progress of plans that ended before a moment; that they were queued, begun and finished stays."""
    ended = select(plans.c.id).where(plans.c.state.in_(FINAL_STATES), plans.c.finished < before)
    query = select(job_events.c.job).where(job_events.c.kind == "progress", job_events.c.job.in_(ended)).distinct()
    names = list(transaction.connection.execute(query.limit(BATCH_SIZE)).scalars())
    removed = delete(job_events).where(job_events.c.job.in_(names), job_events.c.kind == "progress")
    return transaction.connection.execute(removed).rowcount if names else 0


def remove_deliveries(transaction: Transaction, before: float) -> int:
    """Messages to webhooks that were delivered or given up before a moment; those that wait stay."""
    query = select(deliveries.c.id).where(
        deliveries.c.state != "waiting", func.coalesce(deliveries.c.tried, deliveries.c.created) < before
    )
    names = list(transaction.connection.execute(query.limit(BATCH_SIZE)).scalars())
    if names:
        transaction.connection.execute(delete(deliveries).where(deliveries.c.id.in_(names)))
    return len(names)


def remove_idempotency_keys(transaction: Transaction, before: float) -> int:
    """Idempotency keys sent before a moment, of plans that have ended: sent again, such a key makes another plan."""
    ended = select(jobs.c.id).where(jobs.c.state == "done")
    query = select(idempotency.c.caller, idempotency.c.key).where(
        idempotency.c.created < before, idempotency.c.plan.in_(ended)
    )
    found = transaction.connection.execute(query.limit(BATCH_SIZE)).all()
    for row in found:
        this = and_(idempotency.c.caller == row.caller, idempotency.c.key == row.key)
        transaction.connection.execute(delete(idempotency).where(this))
    return len(found)


def find_unreferenced_objects(transaction: Transaction, keys: list[str]) -> frozenset[str]:
    """Those of some objects that no table names. Until the transaction ends, no other can come to name them."""
    acquire_lock(transaction.connection, "objects")
    query = select(plan_tables.c.object_key).where(plan_tables.c.object_key.in_(keys))
    return frozenset(keys) - frozenset(transaction.connection.execute(query).scalars())


def _select_expired(before: float, exempt: ColumnElement[bool]) -> Select[tuple[str, str, str, str | None]]:
    """Plans that ended before a moment, but for those kept; the oldest first."""
    return (
        select(plans.c.id, plans.c.problem_digest, plans.c.caller, plans.c.province)
        .where(plans.c.state.in_(FINAL_STATES), plans.c.finished < before, not_(exempt))
        .order_by(plans.c.finished)
    )


def _was_submitted(*states: str) -> ColumnElement[bool]:
    """Whether a plan has a life beyond draft, in one of these states (any, if none is named)."""
    lived = exists().where(plan_approvals.c.plan == plans.c.id)
    return lived.where(plan_approvals.c.state.in_(states)) if states else lived

"""Selects the next task of an analysis and leases it."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, and_, func, or_, select, update

from service.storage.analysis_requests import TaskClaim
from service.storage.schema import analyses, analysis_tasks
from service.storage.store import Transaction

MAX_FRUITLESS_ATTEMPTS = 10
"""Attempts at a task, since the last that added a row, after which the analysis fails: it crashes its workers."""


def find_next_task(
    transaction: Transaction, lease_seconds: float, running_here: Collection[tuple[str, int]], *, lock_row: bool
) -> Any:
    """Find the next task: queued, or running with a lease that has expired or is longer than any that is given.

    The row has analysis, number, kind, rows, body, tries and state; None if no task waits. An expired lease of a task that runs
    in this very process (`running_here`) is renewed, not taken over.
    """
    moment, tasks = transaction.read_clock(), analysis_tasks.c
    is_lost = and_(tasks.state == "running", or_(tasks.lease < moment, tasks.lease > moment + 2 * lease_seconds))
    by_caller, by_analysis = _count_running(moment, "caller"), _count_running(moment, "id")
    query = (
        select(tasks.analysis, tasks.number, tasks.kind, tasks.rows, tasks.body, tasks.tries, tasks.state)
        .select_from(
            analysis_tasks.join(analyses, analyses.c.id == tasks.analysis)
            .outerjoin(by_caller, by_caller.c.key == analyses.c.caller)
            .outerjoin(by_analysis, by_analysis.c.key == analyses.c.id)
        )
        .where(
            analyses.c.state == "running",
            or_(tasks.state == "queued", is_lost),
            tasks.fruitless < MAX_FRUITLESS_ATTEMPTS,
        )
        .order_by(
            func.coalesce(by_caller.c.count, 0),
            func.coalesce(by_caller.c.served, 0.0),
            func.coalesce(by_analysis.c.count, 0),
            func.coalesce(by_analysis.c.served, 0.0),
            analyses.c.created,
            tasks.analysis,
            tasks.number,
        )
        .limit(1)
    )
    for analysis, number in running_here:
        query = query.where(or_(tasks.analysis != analysis, tasks.number != number))
    if lock_row:
        query = query.with_for_update(of=analysis_tasks, skip_locked=True)
    return transaction.connection.execute(query).first()


def _count_running(moment: float, key: str) -> Any:
    """Count, by caller or by analysis, the running tasks of analyses that are not final, and when one was last begun."""
    tasks, column = analysis_tasks.c, analyses.c[key]
    is_running = and_(tasks.state == "running", tasks.lease >= moment)
    query: Select[Any] = select(
        column.label("key"),
        func.count(tasks.number).filter(is_running).label("count"),
        func.max(tasks.claimed).label("served"),
    )
    joined = analysis_tasks.join(analyses, analyses.c.id == tasks.analysis)
    return query.select_from(joined).where(analyses.c.state == "running").group_by(column).subquery()


def grant_task_lease(transaction: Transaction, found: Any, owner: str, lease_seconds: float) -> TaskClaim:
    """Lease a task to a service process. An attempt whose process was lost counts as one without a row."""
    moment, tasks, attempt = transaction.read_clock(), analysis_tasks.c, found.tries + 1
    this = and_(tasks.analysis == found.analysis, tasks.number == found.number)
    leased = {"state": "running", "owner": owner, "lease": moment + lease_seconds, "claimed": moment, "tries": attempt}
    lost = tasks.fruitless + int(found.state == "running")
    transaction.connection.execute(update(analysis_tasks).where(this).values({**leased, "fruitless": lost}))
    return TaskClaim(found.analysis, found.number, owner, attempt, found.kind, tuple(found.rows), bytes(found.body))

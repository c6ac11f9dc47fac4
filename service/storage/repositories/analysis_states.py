"""The states of analyses: started once their base plan has ended, and ended."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select, update

from service.core.analysis_messages import PlannedTask
from service.storage.records import FINAL_STATES, AnalysisState, EventKind
from service.storage.repositories.analysis_claims import MAX_FRUITLESS_ATTEMPTS
from service.storage.repositories.outbox import enqueue_analysis_event
from service.storage.schema import analyses, analysis_tasks, plans
from service.storage.store import Transaction


@dataclass(frozen=True, slots=True)
class DueChange:
    """An analysis whose state has to change."""

    analysis: str
    """The analysis."""
    state: AnalysisState
    """State in which it is."""
    failure: str
    """Why it fails; empty if its base plan is there, so that it starts."""

    def apply(self, transaction: Transaction) -> None:
        """Start or fail the analysis, unless its state has changed meanwhile."""
        this = (analyses.c.id == self.analysis) & (analyses.c.state == self.state)
        if transaction.connection.execute(select(analyses.c.id).where(this).with_for_update()).first() is None:
            return
        if self.failure:
            end_analysis(transaction, self.analysis, "failed", self.failure)
            return
        values = {"state": "running", "round": 0, "started": transaction.read_clock()}
        transaction.connection.execute(update(analyses).where(this).values(values))
        insert_tasks(transaction, self.analysis, "advance", [PlannedTask((), b"")])
        transaction.analyses.append_event(analyses.c.id == self.analysis, "started", {})


def list_due_changes(transaction: Transaction) -> tuple[DueChange, ...]:
    """List the analyses whose base plan has ended, and those with a task that was lost with its service too often."""
    query = (
        select(analyses.c.id, analyses.c.base_plan, plans.c.state, plans.c.outcome)
        .select_from(analyses.join(plans, plans.c.id == analyses.c.base_plan))
        .where(analyses.c.state == "queued", plans.c.state.in_(FINAL_STATES))
        .order_by(analyses.c.created)
    )
    found = transaction.connection.execute(query).all()
    due = [
        DueChange(row.id, "queued", _explain_failure(transaction, row.base_plan, row.state, row.outcome))
        for row in found
    ]
    tasks = analysis_tasks.c
    lost = (
        select(tasks.analysis, tasks.number, tasks.fruitless)
        .select_from(analysis_tasks.join(analyses, analyses.c.id == tasks.analysis))
        .where(analyses.c.state == "running", tasks.state != "done", tasks.fruitless >= MAX_FRUITLESS_ATTEMPTS)
    )
    for row in transaction.connection.execute(lost):
        reason = f"the worker of task {row.number} was lost {row.fruitless} times without a result"
        due.append(DueChange(row.analysis, "running", reason))
    return tuple(due)


def _explain_failure(transaction: Transaction, plan: str, state: str, outcome: str | None) -> str:
    """Explain why a base plan is none; empty if it is one."""
    if state == "cancelled":
        return f"its base plan {plan} was cancelled"
    if outcome != "failed":
        return ""
    head = transaction.plans.get_plan(plan).head
    detail = "" if head is None else f": {head.termination.detail}"
    return f"its base plan {plan} failed{detail}"


def insert_tasks(transaction: Transaction, analysis: str, kind: str, tasks: Collection[PlannedTask]) -> None:
    """Insert tasks behind those that an analysis has."""
    query = select(func.coalesce(func.max(analysis_tasks.c.number), -1)).where(analysis_tasks.c.analysis == analysis)
    first = int(transaction.connection.execute(query).scalar_one()) + 1
    values = [
        {
            "analysis": analysis,
            "number": first + position,
            "kind": kind,
            "rows": list(task.rows),
            "body": task.body,
            "state": "queued",
            "tries": 0,
            "fruitless": 0,
        }
        for position, task in enumerate(tasks)
    ]
    transaction.connection.execute(analysis_tasks.insert(), values)


def end_analysis(transaction: Transaction, analysis: str, state: AnalysisState, reason: str = "") -> None:
    """End an analysis that is not final, whose row is locked, with event, audit entry and webhook messages."""
    province, caller = transaction.analyses.read_ownership(analysis)
    values = {"state": state, "reason": reason[:2000], "finished": transaction.read_clock()}
    transaction.connection.execute(update(analyses).where(analyses.c.id == analysis).values(values))
    detail = {"reason": reason[:2000]} if reason else {}
    transaction.analyses.append_event(analyses.c.id == analysis, "finished", {"state": state, **detail})
    transaction.audit.append_entry(caller, f"analysis {state}", analysis, detail, province=province)
    kind: EventKind = "analysis.cancelled" if state == "cancelled" else "analysis.finished"
    enqueue_analysis_event(transaction, kind, analysis, {"state": state, **detail})

"""Approval states of plans and their transitions. Database triggers protect ratified plans."""

from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from service.storage.engine import read_database_clock
from service.storage.records import ApprovalState, ApprovalTransition, to_utc_datetime
from service.storage.schema import approval_transitions, plan_approvals


@dataclass(frozen=True, slots=True)
class ApprovalRecord:
    """The approval state of a plan."""

    state: ApprovalState
    """State."""
    version: int
    """1 for a draft, one more with every transition."""
    digest: str | None
    """sha-256 of the ratified content; None before."""


class ApprovalRepository:
    """Approval states by plan; a plan without a row is a draft."""

    def __init__(self, connection: Connection) -> None:
        """Work within the transaction of a connection."""
        self._connection = connection

    def get_approval(self, plan: str) -> ApprovalRecord:
        """Read the approval state of a plan."""
        query = select(plan_approvals.c.state, plan_approvals.c.version, plan_approvals.c.digest).where(
            plan_approvals.c.plan == plan
        )
        row = self._connection.execute(query).first()
        return ApprovalRecord("draft", 1, None) if row is None else ApprovalRecord(*row)

    def list_transitions(self, plan: str) -> tuple[ApprovalTransition, ...]:
        """List the approval transitions of a plan, oldest first."""
        query = (
            select(approval_transitions)
            .where(approval_transitions.c.plan == plan)
            .order_by(approval_transitions.c.version)
        )
        return tuple(
            ApprovalTransition(row.version, to_utc_datetime(row.at), row.caller, row.act, row.note, row.state)
            for row in self._connection.execute(query)
        )

    def find_plan_in_force(self, province: str) -> str | None:
        """Find the plan in force in a province; None if there is none."""
        query = select(plan_approvals.c.plan).where(
            plan_approvals.c.province == province, plan_approvals.c.state == "in_force"
        )
        return self._connection.execute(query).scalar_one_or_none()

    def record_transition(
        self,
        plan: str,
        record: ApprovalRecord,
        *,
        province: str | None,
        caller: str,
        act: str,
        note: str,
    ) -> None:
        """Store a new approval state and the transition to it. The version must be one more than before."""
        values = {"state": record.state, "version": record.version, "digest": record.digest}
        if record.version == 2:
            self._connection.execute(plan_approvals.insert().values(plan=plan, province=province, **values))
        else:
            self._connection.execute(update(plan_approvals).where(plan_approvals.c.plan == plan).values(values))
        self._connection.execute(
            approval_transitions.insert().values(
                plan=plan,
                version=record.version,
                at=read_database_clock(self._connection),
                caller=caller,
                act=act,
                note=note,
                state=record.state,
            )
        )

"""The approval workflow: each act in one transaction, with its audit entry and its webhook events."""

from collections.abc import Mapping
from dataclasses import dataclass

from service.auth.principals import Permission, Principal
from service.core.errors import ConflictError
from service.core.etags import require_current_etag
from service.domain.schemas.approval import ApprovalHistoryEntry, ApprovalView
from service.storage.canonical import compute_json_digest
from service.storage.engine import acquire_lock
from service.storage.records import ApprovalState, EventKind, PlanRecord
from service.storage.repositories.approvals import ApprovalRecord
from service.storage.repositories.outbox import enqueue_event
from service.storage.store import Store, Transaction


@dataclass(frozen=True, slots=True)
class Transition:
    """An act of the approval workflow."""

    act: Permission
    """Name of the act: the last part of its path, and the permission that it requires."""
    from_states: frozenset[ApprovalState]
    """States in which the act is allowed."""
    to_state: ApprovalState
    """State after the act."""
    audit_act: str
    """Name of the act in the audit log."""
    event_kind: EventKind
    """Kind of its webhook event."""


_ALL_TRANSITIONS = (
    Transition("submit", frozenset({"draft", "returned"}), "submitted", "plan submitted", "plan.submitted"),
    Transition("return", frozenset({"submitted"}), "returned", "plan returned", "plan.returned"),
    Transition("ratify", frozenset({"submitted"}), "ratified", "plan ratified", "plan.ratified"),
    Transition("put-in-force", frozenset({"ratified"}), "in_force", "plan put in force", "plan.in_force"),
    Transition("close", frozenset({"in_force"}), "closed", "plan closed", "plan.closed"),
)

TRANSITIONS: Mapping[Permission, Transition] = {one.act: one for one in _ALL_TRANSITIONS}
"""Every act of the approval workflow. No act leads back from `ratified`."""


SUBMITTABLE_OUTCOMES = ("optimal", "feasible")
"""Outcomes with which a plan may be submitted."""


def compute_plan_digest(transaction: Transaction, plan: str) -> str:
    """Compute the sha-256 of a finished plan: problem digest, options, head and table digests as sorted JSON."""
    content = transaction.plans.read_content(plan)
    return compute_json_digest(dict(content))


class ApprovalService:
    """The approvals of one service's plans."""

    def __init__(self, store: Store) -> None:
        """Use a store."""
        self._store = store

    def read_approval(self, plan: str, principal: Principal) -> ApprovalView:
        """Read the approval of a plan and the acts that a principal may perform now; RecordNotFoundError if there is
        no plan.
        """
        with self._store.read_transaction() as transaction:
            return _build_approval_view(transaction, transaction.plans.get_plan(plan), principal)

    def perform_act(
        self, plan: str, act: Permission, principal: Principal, note: str, if_match: str | None
    ) -> ApprovalView:
        """Perform one of TRANSITIONS.

        Raises RecordNotFoundError, PreconditionFailedError if `If-Match` names another version, and ConflictError in
        a state that does not allow the act, for an outcome without a plan, and where another plan of the province is
        in force.
        """
        transition = TRANSITIONS[act]
        with self._store.write_transaction() as transaction:
            province, _ = transaction.plans.read_ownership(plan, lock_row=True)
            acquire_lock(transaction.connection, f"life {province or plan}")
            record = transaction.plans.get_plan(plan)
            before = transaction.approvals.get_approval(plan)
            require_current_etag(if_match, str(before.version))
            _check_transition(transaction, record, before, transition)
            digest = compute_plan_digest(transaction, plan) if act == "ratify" else before.digest
            after = ApprovalRecord(transition.to_state, before.version + 1, digest)
            transaction.approvals.record_transition(
                plan, after, province=province, caller=principal.caller, act=act, note=note
            )
            detail = {"state": after.state, "version": after.version, "note": note, "digest": digest}
            transaction.audit.append_entry(principal.caller, transition.audit_act, plan, detail, province=province)
            enqueue_event(transaction, transition.event_kind, plan, detail | {"by": principal.caller})
            return _build_approval_view(transaction, transaction.plans.get_plan(plan), principal)


def _check_transition(
    transaction: Transaction, record: PlanRecord, before: ApprovalRecord, transition: Transition
) -> None:
    if before.state not in transition.from_states:
        states = " or ".join(sorted(transition.from_states))
        raise ConflictError(f"The plan is {before.state}; {transition.act} is for one that is {states}.")
    if not _is_submittable(record):
        came = record.state if record.outcome is None else record.outcome
        raise ConflictError(f"The plan is {came}; only one that finished as optimal or feasible can be submitted.")
    if transition.to_state == "in_force" and record.province is not None:
        other = transaction.approvals.find_plan_in_force(record.province)
        if other is not None:
            raise ConflictError(f"{other} is in force in {record.province}; close it first.")


def _is_submittable(record: PlanRecord) -> bool:
    return record.state == "finished" and record.outcome in SUBMITTABLE_OUTCOMES


def _build_approval_view(transaction: Transaction, record: PlanRecord, principal: Principal) -> ApprovalView:
    life = transaction.approvals.get_approval(record.id)
    digest = life.digest
    if digest is None and _is_submittable(record):
        digest = compute_plan_digest(transaction, record.id)
    return ApprovalView(
        plan=record.id,
        state=life.state,
        version=life.version,
        digest=digest,
        acts=tuple(
            one.act
            for one in TRANSITIONS.values()
            if life.state in one.from_states
            and _is_submittable(record)
            and principal.is_permitted_for_plan(one.act, record.province, record.caller)
        ),
        history=tuple(
            ApprovalHistoryEntry(at=one.at, caller=one.caller, act=one.act, note=one.note, state=one.state)
            for one in transaction.approvals.list_transitions(record.id)
        ),
    )

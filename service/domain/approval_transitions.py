"""The transitions of the approval workflow."""

from collections.abc import Mapping
from dataclasses import dataclass

from service.auth.principals import Permission
from service.storage.records import ApprovalState, EventKind


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

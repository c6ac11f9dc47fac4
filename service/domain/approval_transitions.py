"""The table of what may be done with a plan in which state."""

from collections.abc import Mapping
from dataclasses import dataclass

from service.auth.principals import Permission
from service.storage.records import ApprovalState, EventKind


@dataclass(frozen=True, slots=True)
class Transition:
    """An act of a plan's life."""

    act: Permission
    """What is done; also the last part of its path, and what a role must allow."""
    from_states: frozenset[ApprovalState]
    """States in which it may be done."""
    to_state: ApprovalState
    """State that it leads to."""
    audit_act: str
    """How the audit log calls it."""
    event_kind: EventKind
    """How webhooks are told of it."""


_ALL_TRANSITIONS = (
    Transition("submit", frozenset({"draft", "returned"}), "submitted", "plan submitted", "plan.submitted"),
    Transition("return", frozenset({"submitted"}), "returned", "plan returned", "plan.returned"),
    Transition("ratify", frozenset({"submitted"}), "ratified", "plan ratified", "plan.ratified"),
    Transition("put-in-force", frozenset({"ratified"}), "in_force", "plan put in force", "plan.in_force"),
    Transition("close", frozenset({"in_force"}), "closed", "plan closed", "plan.closed"),
)

TRANSITIONS: Mapping[Permission, Transition] = {one.act: one for one in _ALL_TRANSITIONS}
"""Every act of a plan's life. From `ratified` on there is no way back."""

SUBMITTABLE_OUTCOMES = ("optimal", "feasible")
"""Outcomes with which a plan may be submitted."""

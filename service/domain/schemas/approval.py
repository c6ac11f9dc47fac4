"""Schemas of the approval workflow."""

from datetime import datetime

from pydantic import Field

from models.base import Frozen, Text
from service.storage.records import ApprovalState


class ActBody(Frozen):
    """A note with an act."""

    note: Text = Field(default="", examples=["Soap for Paegam is still missing."])
    """A note that is kept with the plan, such as the reason for returning it."""


class ApprovalHistoryEntry(Frozen):
    """An act that was performed."""

    at: datetime
    """Time of the act."""
    caller: str
    """Caller who performed the act."""
    act: str
    """`submit`, `return`, `ratify`, `put-in-force` or `close`."""
    note: str
    """Note of the caller."""
    state: ApprovalState
    """State after the act."""


class ApprovalView(Frozen):
    """The approval of a plan."""

    plan: str
    """Identifier of the plan."""
    state: ApprovalState
    """`draft`, `submitted`, `returned`, `ratified`, `in_force` or `closed`."""
    version: int
    """Version: 1 for a draft, increased by one with every act; also the `ETag`."""
    digest: str | None
    """sha-256 of problem, options, head and tables of the plan; identifies a ratified plan.

    Null without a plan to ratify.
    """
    acts: tuple[str, ...]
    """Acts that you may perform now; each is a path below `/approval` to POST to."""
    history: tuple[ApprovalHistoryEntry, ...]
    """Acts performed, oldest first."""

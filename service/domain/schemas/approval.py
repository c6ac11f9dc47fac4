"""The life of a plan as it travels."""

from datetime import datetime

from pydantic import Field

from models.base import Frozen, Text
from service.storage.records import ApprovalState


class ActBody(Frozen):
    """What is said with an act."""

    note: Text = Field(default="", examples=["Soap for Paegam is still missing."])
    """A note that stays with the plan, such as why it is returned."""


class ApprovalHistoryEntry(Frozen):
    """Something done with a plan."""

    at: datetime
    """When."""
    caller: str
    """Who."""
    act: str
    """`submit`, `return`, `ratify`, `put-in-force` or `close`."""
    note: str
    """What they had to say."""
    state: ApprovalState
    """State after it."""


class ApprovalView(Frozen):
    """Where a plan is in its life."""

    plan: str
    """The plan."""
    state: ApprovalState
    """`draft`, `submitted`, `returned`, `ratified`, `in_force` or `closed`."""
    version: int
    """1 for a draft, one more with every act; also the `ETag`."""
    digest: str | None
    """sha-256 of the plan's problem, options, head and tables, by which what was ratified can be told from anything else; null unless there is a plan to ratify."""
    acts: tuple[str, ...]
    """What you may do now: names of acts, each a path to POST to."""
    history: tuple[ApprovalHistoryEntry, ...]
    """What was done, oldest first."""

"""The audit log as it travels."""

from datetime import datetime
from typing import Any

from models.base import Frozen


class AuditLine(Frozen):
    """One line of the audit log."""

    seq: int
    """Number of the line; rises with every line."""
    at: datetime
    """When."""
    caller: str
    """Who."""
    act: str
    """What was done, such as `plan ratified`; `refused` for an attempt that was refused."""
    subject: str
    """To what: the identifier of a plan, a province or a key."""
    province: str | None
    """Province that the subject belongs to, if any."""
    detail: dict[str, Any]
    """Particulars."""


class AuditPage(Frozen):
    """A part of the audit log."""

    entries: tuple[AuditLine, ...]
    """Lines, in the order asked for."""
    next: str | None
    """Address of the lines after these; null if there are none."""

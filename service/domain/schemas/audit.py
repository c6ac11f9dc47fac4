"""Schemas of the audit log."""

from datetime import datetime
from typing import Any

from models.base import Frozen


class AuditLine(Frozen):
    """An entry of the audit log."""

    seq: int
    """Number of the entry; increases with every entry."""
    at: datetime
    """Time of the act."""
    caller: str
    """Caller who performed the act."""
    act: str
    """Act, such as `plan ratified`; `refused` for a denied request."""
    subject: str
    """Identifier of the plan, province or key."""
    province: str | None
    """Province of the subject, if any."""
    detail: dict[str, Any]
    """Details of the act."""


class AuditPage(Frozen):
    """A page of the audit log."""

    entries: tuple[AuditLine, ...]
    """Entries in the requested order."""
    next: str | None
    """Address of the next page; null on the last."""

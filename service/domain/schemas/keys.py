"""Schemas of principals and API keys."""

from datetime import datetime
from typing import Literal

from pydantic import Field, field_validator

from models.base import Frozen, Id
from models.rule_mistakes import RuleMistake, raise_mistakes
from service.auth.principals import RESERVED_CALLERS, Grant


class CurrentPrincipal(Frozen):
    """The principal of a request with its roles."""

    caller: str
    """Name of the principal."""
    authentication: Literal["off", "on"]
    """Whether authentication is on; with `off` every caller is `local` and may do everything."""
    grants: tuple[Grant, ...]
    """Roles in provinces."""


class KeyBody(Frozen):
    """A request for an API key."""

    caller: Id
    """Caller of the key: a person or an office.

    Keys of one caller are one caller, so that a new key can replace an old one.
    """
    grants: tuple[Grant, ...] = Field(min_length=1, max_length=200)
    """Roles in provinces."""
    days: float | None = Field(default=365.0, gt=0, le=36_500)
    """Days until the key expires; null for never."""

    @field_validator("caller")
    @classmethod
    def _reject_reserved_caller(cls, caller: str) -> str:
        if caller in RESERVED_CALLERS:
            message = f"The service itself is “{caller}” in the audit log."
            raise_mistakes([RuleMistake((), "reserved_name", message, "Choose another name.")])
        return caller


class KeyView(Frozen):
    """An API key without its secret."""

    id: str
    """Identifier; also a part of the key, so that a found key can be identified."""
    caller: str
    """Caller of the key."""
    grants: tuple[Grant, ...]
    """Roles in provinces."""
    created: datetime
    """Time of creation."""
    created_by: str
    """Caller who created it."""
    expires: datetime | None
    """Time of expiry; null for never."""
    revoked: datetime | None
    """Time of revocation; null if it was not revoked."""


class KeyWithSecret(KeyView):
    """A new API key with its secret."""

    key: str = Field(repr=False)
    """The key with its secret. It is shown only once."""


class KeyList(Frozen):
    """API keys."""

    keys: tuple[KeyView, ...]
    """Oldest first, expired and revoked keys included."""

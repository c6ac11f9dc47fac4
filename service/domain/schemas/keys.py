"""Principals and keys as they travel."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from models.base import Frozen, Id
from service.auth.principals import Grant


class CurrentPrincipal(Frozen):
    """Who asks, and what they may do."""

    caller: str
    """Name."""
    authentication: Literal["off", "on"]
    """Whether one has to say who one is here; `off`: everybody is `local` and may do everything."""
    grants: tuple[Grant, ...]
    """Roles in provinces."""


class KeyBody(Frozen):
    """An API key to be made."""

    caller: Id
    """Who will ask with it: a person or an office. Keys of one caller are one caller, so that a new key can replace an old one."""
    grants: tuple[Grant, ...] = Field(min_length=1, max_length=200)
    """Roles in provinces."""
    days: float | None = Field(default=365.0, gt=0, le=36_500)
    """Days for which it holds; null for ever."""


class KeyView(Frozen):
    """An API key, but for the key itself."""

    id: str
    """Identifier; also a part of the key, so that a key that turns up can be told."""
    caller: str
    """Who asks with it."""
    grants: tuple[Grant, ...]
    """Roles in provinces."""
    created: datetime
    """When it was made."""
    created_by: str
    """Who made it."""
    expires: datetime | None
    """When it ends to hold; null: never."""
    revoked: datetime | None
    """When it was revoked; null if it was not."""


class KeyWithSecret(KeyView):
    """An API key that was just made."""

    key: str
    """The key itself. It is told this once and cannot be read again."""


class KeyList(Frozen):
    """The API keys there are."""

    keys: tuple[KeyView, ...]
    """Oldest first, with those that hold no more."""

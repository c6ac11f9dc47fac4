"""Principals as they travel."""

from typing import Literal

from models.base import Frozen
from service.identity import Grant


class Me(Frozen):
    """Who asks, and what they may do."""

    caller: str
    """Name."""
    authentication: Literal["off", "on"]
    """Whether one has to say who one is here; `off`: everybody is `local` and may do everything."""
    grants: tuple[Grant, ...]
    """Roles in provinces."""

"""Questions about plans as they travel."""

from typing import Annotated

from pydantic import Field

from models.base import Frozen, Id
from models.changes.change import Change
from models.plan import Infeasibility

MAX_SOLVES = 200
"""Solves that one question may ask for."""

MAX_TIME_LIMIT_SECONDS = 3600.0
"""Seconds that one question may ask for; the service may grant fewer."""


class CompareBody(Frozen):
    """What a plan is compared with: another plan, or itself with changes."""

    plan: Id | None = None
    """The other plan; instead of `changes`."""
    changes: Annotated[tuple[Change, ...], Field(max_length=50)] = ()
    """Changes, made one after another in this order."""


class WhatIfBody(Frozen):
    """Changes to try on a solved plan."""

    changes: Annotated[tuple[Change, ...], Field(min_length=1, max_length=50)]
    """Changes, made together."""


class CurveBody(Frozen):
    """What is varied, and how far."""

    change: Change
    """What is varied: its `factor`, or its `value`, runs along the curve; the number stated in it does not matter."""
    start: Annotated[float, Field(ge=0, strict=True)]
    """Where the curve begins."""
    end: Annotated[float, Field(ge=0, strict=True)]
    """Where it ends."""
    max_solves: Annotated[int, Field(ge=3, le=MAX_SOLVES, strict=True)] = 40
    """Solves at most; if they do not find every breakpoint, the answer says how far off the lines may be."""
    time_limit_seconds: Annotated[float, Field(gt=0, le=MAX_TIME_LIMIT_SECONDS, strict=True)] = 60.0
    """Seconds at most; what was found by then is the answer, which says how far it goes and how far off it may be."""


class GridAxis(Frozen):
    """One side of a grid."""

    change: Change
    """What is varied: its `factor` or `value`."""
    values: Annotated[tuple[Annotated[float, Field(ge=0, strict=True)], ...], Field(min_length=1, max_length=20)]
    """The values."""


class GridBody(Frozen):
    """Two things that are varied at once."""

    first: GridAxis
    """One of them."""
    second: GridAxis
    """The other."""
    time_limit_seconds: Annotated[float, Field(gt=0, le=MAX_TIME_LIMIT_SECONDS, strict=True)] = 60.0
    """Seconds at most; pairs that there was no time for have no cell."""


class InfeasibilityView(Frozen):
    """Why a plan is infeasible."""

    infeasibility: Infeasibility | None
    """The rules in conflict and the least relaxation; null where the plan keeps every rule."""


__all__ = ["CompareBody", "CurveBody", "GridBody", "InfeasibilityView", "WhatIfBody"]

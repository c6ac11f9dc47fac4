"""Questions about plans as they travel."""

from typing import Annotated

from pydantic import Field

from models.base import ACCEPT_INTEGRAL_FLOAT, Frozen, Id
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
    """Changes, applied one after another in this order."""


class WhatIfBody(Frozen):
    """Changes to solve a plan with."""

    changes: Annotated[tuple[Change, ...], Field(min_length=1, max_length=50)]
    """Changes, applied together."""


class EstimateBody(WhatIfBody):
    """Changes whose effect is estimated."""

    coarse: bool = False
    """Whether to solve in longer periods as well, where the estimate is not exact."""


class CurveBody(Frozen):
    """The parameter of a curve and its range."""

    change: Change
    """The varied change: its `factor` or `value` runs along the curve; the number stated in it does not matter."""
    start: Annotated[float, Field(ge=0, strict=True)]
    """Start of the curve."""
    end: Annotated[float, Field(ge=0, strict=True)]
    """End of the curve."""
    max_solves: Annotated[int, Field(ge=3, le=MAX_SOLVES, strict=True), ACCEPT_INTEGRAL_FLOAT] = 40
    """Maximum number of solves; if they do not find every breakpoint, the answer states the maximum error."""
    time_limit_seconds: Annotated[float, Field(gt=0, le=MAX_TIME_LIMIT_SECONDS, strict=True)] = 60.0
    """Time limit; the answer holds what was found by then, with its range and maximum error."""


class GridAxis(Frozen):
    """One axis of a grid."""

    change: Change
    """The varied change: its `factor` or `value`."""
    values: Annotated[tuple[Annotated[float, Field(ge=0, strict=True)], ...], Field(min_length=1, max_length=20)]
    """Values of the parameter."""


class GridBody(Frozen):
    """Two parameters of a grid."""

    first: GridAxis
    """First axis."""
    second: GridAxis
    """Second axis."""
    time_limit_seconds: Annotated[float, Field(gt=0, le=MAX_TIME_LIMIT_SECONDS, strict=True)] = 60.0
    """Time limit; pairs beyond it have no cell."""


class InfeasibilityView(Frozen):
    """Why a plan is infeasible."""

    infeasibility: Infeasibility | None
    """The conflicting constraints and the least relaxation; null where the plan satisfies every constraint."""


__all__ = ["CompareBody", "CurveBody", "EstimateBody", "GridBody", "InfeasibilityView", "WhatIfBody"]

"""Ranges and alternatives: what is left open within some slack of the optimum."""

from typing import Annotated

from pydantic import Field

from models.analyses.measures import RangeMeasure, RangeSelection
from models.base import ACCEPT_INTEGRAL_FLOAT, Frozen

Slack = Annotated[float, Field(ge=0, le=10, strict=True, allow_inf_nan=False)]
"""Allowed increase ε of the objective z, relative to max(1, |optimum|): z ≤ z* + ε · max(1, |z*|), in won before rounding.
With ordered goals, the value of every goal may differ from its optimum by as much, or by its tolerance if that is more."""


class RangesRequest(Frozen):
    """Measures whose least and greatest value is asked for."""

    slack: Annotated[tuple[Slack, ...], Field(min_length=1, max_length=20)] = (0.001, 0.01)
    """Slacks; one in a thousand and one in a hundred by default."""
    measures: Annotated[tuple[RangeMeasure, ...], Field(min_length=1, max_length=200)] | None = None
    """Measures; without any, the main figures of the plan: the served share of all needs, of each priority and of the six counties
    that get least, and electricity if any is used."""


class MeasureRange(Frozen):
    """Least and greatest value of a measure over all plans within a slack of the optimum."""

    measure: str
    """Name of the measure."""
    of: RangeSelection | None = None
    """What is added up."""
    slack: float
    """Allowed increase of the objective, relative to the optimum."""
    least: float | None
    """Least value; null if it was not proved to 0.05 % within the limits of the search."""
    here: float
    """Value in the plan before rounding."""
    greatest: float | None
    """Greatest value; null if it was not proved to 0.05 % within the limits of the search."""
    least_found: float
    """Least value that was found in a plan within the slack; equal to `least` where that was proved."""
    greatest_found: float
    """Greatest value that was found in a plan within the slack; equal to `greatest` where that was proved."""
    least_bound: float | None
    """Proved bound: no plan within the slack is below it, and the least value is between it and `least_found`; null if none was
    proved."""
    greatest_bound: float | None
    """Proved bound: no plan within the slack is above it, and the greatest value is between `greatest_found` and it; null if none
    was proved."""
    unit: str = ""
    """Unit: an item's unit, won, t, kWh, or empty for a share."""
    note: str = ""
    """Why a value is null; empty if none is."""


class RangesResult(Frozen):
    """Ranges by measure and slack."""

    ranges: tuple[MeasureRange, ...]
    """Ranges, in the order of the measures, then of the slacks."""


class AlternativesRequest(Frozen):
    """How many plans, within which slack of the optimum."""

    slack: Annotated[tuple[Slack, ...], Field(min_length=1, max_length=20)] = (0.01,)
    """Slacks; one in a hundred by default."""
    count: Annotated[int, Field(ge=1, le=50, strict=True), ACCEPT_INTEGRAL_FLOAT] = 3
    """Largest number of plans for each slack; fewer where no further plan differs."""


class AlternativeDifference(Frozen):
    """How far an alternative differs from the plan in one aggregate."""

    measure: str
    """Measure, such as `made of factory kimjongsuk-soap`."""
    before: float
    """Value in the plan."""
    after: float
    """Value in the alternative."""
    unit: str = ""
    """Unit of both."""


class Alternative(Frozen):
    """One alternative plan."""

    slack: float
    """Allowed increase of the objective, relative to the optimum."""
    objective: float
    """Objective in won, before rounding."""
    distance: float
    """Value of what differs from all earlier plans at the least, in won."""
    differences: tuple[AlternativeDifference, ...] = ()
    """Largest differences from the plan, by value."""


class AlternativesResult(Frozen):
    """Alternatives, each a plan of its own."""

    alternatives: tuple[Alternative, ...]
    """Alternatives, by slack, then in the order in which they were found."""
    plans: tuple[str, ...] = ()
    """Identifiers of the plans, in the same order; filled by the service."""

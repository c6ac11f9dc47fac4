"""Schemas of the demand estimate."""

from models.base import Frozen
from models.demand import DemandEstimate


class DemandAnswer(Frozen):
    """Demand of every county for every item in every period."""

    periods: tuple[str, ...]
    """Periods in order; every `quantity` has one number for each."""
    rows: tuple[DemandEstimate, ...]
    """A row for every county and item with demand."""

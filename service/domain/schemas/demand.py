"""The estimate of needs as it travels."""

from models.base import Frozen
from models.demand import DemandEstimate


class DemandAnswer(Frozen):
    """What every county needs of every item, in every period."""

    periods: tuple[str, ...]
    """The periods, in order; every `quantity` has one number for each."""
    rows: tuple[DemandEstimate, ...]
    """A row for every county and item of which anything is needed."""

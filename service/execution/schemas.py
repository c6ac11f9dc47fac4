"""Outputs and fulfilment as they travel."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from models.base import Frozen
from models.fulfilment import By, FulfilmentRow
from models.outputs import Output

ListFormat = Literal["json", "csv"]
"""Formats in which outputs and fulfilment are given."""


class OutputsBody(Frozen):
    """A report of outputs."""

    outputs: Annotated[tuple[Output, ...], Field(min_length=1)]
    """What was made, by factory, item and period; each once."""


class Accepted(Frozen):
    """A report that was taken."""

    accepted: int
    """Outputs in it."""
    revision: int
    """Its number among the reports about the plan."""


class OutputRow(Output):
    """An output as it was reported."""

    revision: int
    """Number of the report."""
    at: datetime
    """When it was reported."""
    caller: str
    """Who reported it."""


class OutputList(Frozen):
    """Reported outputs of a plan."""

    plan: str
    """The plan."""
    revision: int
    """Number of the last report; 0 where there is none."""
    total: int
    """Outputs that meet the filters."""
    outputs: tuple[OutputRow, ...]
    """By factory, item and period."""


class FulfilmentView(Frozen):
    """How a plan is fulfilled."""

    plan: str
    """The plan."""
    by: By
    """What it is rolled up by."""
    through: str
    """Last period that counts."""
    rows: tuple[FulfilmentRow, ...]
    """Worst first; at the end, without a rank, those of whom nothing has been reported."""
    total: FulfilmentRow
    """All of them together."""

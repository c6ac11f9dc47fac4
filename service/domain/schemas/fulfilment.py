"""Outputs and fulfilment as they travel."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from models.base import Frozen, Id
from models.changes.change import Change
from models.fulfilment import FulfilmentGrouping, FulfilmentRow
from models.options import PlanOptions
from models.outputs import FactoryOutput
from service.domain.schemas.problem_sources import MAX_CHANGES


class ReplanBody(Frozen):
    """The rest of a plan to be planned again."""

    from_: Id = Field(alias="from")
    """First period to be planned again; those before it are fixed at what happened."""
    unreported: Literal["quota", "zero"] = "quota"
    """What is taken for the output of lines that were not reported: their quota, or nothing."""
    keep_quotas_close: bool = Field(default=False, strict=True)
    """Whether quotas to come are kept near the old ones: after least shortage, before costs."""
    changes: tuple[Change, ...] = Field(default=(), max_length=MAX_CHANGES)
    """Changes to what is to come, applied in order."""
    options: PlanOptions = PlanOptions()
    """How to solve it."""


class OutputsBody(Frozen):
    """A report of outputs."""

    outputs: Annotated[tuple[FactoryOutput, ...], Field(min_length=1)]
    """What was made, by factory, item and period; each once."""


class AcceptedReport(Frozen):
    """A report that was taken."""

    accepted: int
    """Outputs in it."""
    revision: int
    """Its number among the reports about the plan."""


class OutputRow(FactoryOutput):
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
    by: FulfilmentGrouping
    """What it is rolled up by."""
    through: str
    """Last period that counts."""
    rows: tuple[FulfilmentRow, ...]
    """Worst first; at the end, without a rank, those of whom nothing has been reported."""
    total: FulfilmentRow
    """All of them together."""

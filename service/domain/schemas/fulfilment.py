"""Schemas of outputs, fulfilment and replanning."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from models.base import Frozen, Id
from models.changes.change import Change
from models.fulfilment import FulfilmentGrouping, FulfilmentRow
from models.options import PlanOptions
from models.outputs import FactoryOutput
from models.validation.checks import Finding
from service.domain.schemas.problems import MAX_CHANGES


class ReplanBody(Frozen):
    """A request to plan the remaining periods again."""

    from_: Id = Field(alias="from")
    """First period to plan again; earlier periods are fixed at what happened."""
    unreported: Literal["quota", "zero"] = "quota"
    """Assumed output of lines without a report: their quota, or nothing."""
    keep_quotas_close: bool = Field(default=False, strict=True)
    """Whether to keep future quotas close to the old ones: a goal after shortage, before costs."""
    changes: tuple[Change, ...] = Field(default=(), max_length=MAX_CHANGES)
    """Changes to future periods, applied in order."""
    options: PlanOptions = PlanOptions()
    """Solver options."""


class OutputsBody(Frozen):
    """A report of outputs."""

    outputs: Annotated[tuple[FactoryOutput, ...], Field(min_length=1)]
    """Outputs by factory, item and period; each once."""


class AcceptedReport(Frozen):
    """An accepted report."""

    accepted: int
    """Number of outputs in it."""
    revision: int
    """Number of the report among the reports about the plan."""
    findings: tuple[Finding, ...] = ()
    """Warnings about outputs and cells that were accepted."""


class OutputRow(FactoryOutput):
    """An output as it was reported."""

    revision: int
    """Number of the report."""
    at: datetime
    """Time of the report."""
    caller: str
    """Caller who reported it."""


class OutputList(Frozen):
    """Reported outputs of a plan."""

    plan: str
    """Identifier of the plan."""
    revision: int
    """Number of the last report; 0 without a report."""
    total: int
    """Number of outputs that match the filters."""
    outputs: tuple[OutputRow, ...]
    """Outputs by factory, item and period."""


class FulfilmentView(Frozen):
    """Fulfilment of a plan."""

    plan: str
    """Identifier of the plan."""
    by: FulfilmentGrouping
    """Grouping of the rows."""
    through: str
    """Last period that counts."""
    rows: tuple[FulfilmentRow, ...]
    """Rows with the lowest fulfilment first; rows without a report are last and have no rank."""
    total: FulfilmentRow
    """Total of all rows."""

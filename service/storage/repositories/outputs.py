"""Reported outputs with every revision. Database triggers keep them append-only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from models.outputs import FactoryOutput, LineAndPeriod
from service.storage.engine import read_database_clock
from service.storage.records import to_utc_datetime
from service.storage.schema import outputs


@dataclass(frozen=True, slots=True)
class ReportedOutput:
    """One reported output."""

    output: FactoryOutput
    """The output."""
    revision: int
    """Number of the report within the plan."""
    at: datetime
    """Time of the report."""
    caller: str
    """Caller who reported it."""


class OutputLog:
    """Output reports by plan."""

    def __init__(self, connection: Connection) -> None:
        """Work within the transaction of a connection."""
        self._connection = connection

    def append_report(self, plan: str, reported: Iterable[FactoryOutput], caller: str) -> int:
        """Append a report about a plan and return its revision. The caller must hold a lock: concurrent reports would get the same revision."""
        revision, at = self.read_last_revision(plan) + 1, read_database_clock(self._connection)
        rows = [
            {"plan": plan, "revision": revision, **output.model_dump(), "caller": caller, "at": at}
            for output in reported
        ]
        if rows:
            self._connection.execute(insert(outputs), rows)
        return revision

    def read_last_revision(self, plan: str) -> int:
        """Return the number of the last report about a plan; 0 if there is none."""
        query = select(func.max(outputs.c.revision)).where(outputs.c.plan == plan)
        return int(self._connection.execute(query).scalar() or 0)

    def read_reported_outputs(
        self, plan: str, *, history: bool = False, **labels_by_column: Sequence[str]
    ) -> tuple[ReportedOutput, ...]:
        """Read the outputs of a plan by factory, item and period: the last report of each, or with `history` every revision.

        `labels_by_column`: labels by column (`factory`, `item`, `period`); all where none are given.
        """
        query = select(outputs).where(outputs.c.plan == plan)
        for column, labels in labels_by_column.items():
            if labels:
                query = query.where(outputs.c[column].in_(labels))
        order = (outputs.c.factory, outputs.c.item, outputs.c.period, outputs.c.seq)
        found: dict[tuple[LineAndPeriod, int], ReportedOutput] = {}
        for row in self._connection.execute(query.order_by(*order)):
            output = FactoryOutput(factory=row.factory, item=row.item, period=row.period, quantity=row.quantity)
            key = (output.line_and_period, row.revision if history else 0)
            found[key] = ReportedOutput(output, row.revision, to_utc_datetime(row.at), row.caller)
        return tuple(found.values())

    def read_quantities(self, plan: str) -> dict[LineAndPeriod, float]:
        """Read the last reported quantities by factory, item and period."""
        return {one.output.line_and_period: one.output.quantity for one in self.read_reported_outputs(plan)}

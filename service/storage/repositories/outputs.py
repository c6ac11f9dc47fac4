"""Reported outputs: every revision kept, only ever added to (triggers of the database see to it)."""

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
    """One output as it was reported."""

    output: FactoryOutput
    """What was made."""
    revision: int
    """Number of the report within the plan."""
    at: datetime
    """When it was reported."""
    caller: str
    """Who reported it."""


class OutputLog:
    """The reports about plans."""

    def __init__(self, connection: Connection) -> None:
        """Work within the transaction of a connection."""
        self._connection = connection

    def append_report(self, plan: str, reported: Iterable[FactoryOutput], caller: str) -> int:
        """Add a report about a plan and return its revision. Two at once would take the same: hold a lock."""
        revision, at = self.read_last_revision(plan) + 1, read_database_clock(self._connection)
        rows = [
            {"plan": plan, "revision": revision, **output.model_dump(), "caller": caller, "at": at}
            for output in reported
        ]
        if rows:
            self._connection.execute(insert(outputs), rows)
        return revision

    def read_last_revision(self, plan: str) -> int:
        """Number of the last report about a plan; 0 if there is none."""
        query = select(func.max(outputs.c.revision)).where(outputs.c.plan == plan)
        return int(self._connection.execute(query).scalar() or 0)

    def read_reported_outputs(
        self, plan: str, *, history: bool = False, **labels_by_column: Sequence[str]
    ) -> tuple[ReportedOutput, ...]:
        """Outputs of a plan by factory, item and period, each as last reported, or with `history` every revision of it.

        `chosen`: labels by column (`factory`, `item`, `period`); all where none are given.
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
        """Units made by factory, item and period, as last reported."""
        return {one.output.line_and_period: one.output.quantity for one in self.read_reported_outputs(plan)}

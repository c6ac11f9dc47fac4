"""The lives of plans: where each is, and every act that brought it there. Triggers of the database keep what was ratified."""

from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from service.storage.engine import now
from service.storage.records import LifeAct, LifeState, moment
from service.storage.tables import life_acts, plan_lives


@dataclass(frozen=True, slots=True)
class LifeRecord:
    """Where a plan is in its life."""

    state: LifeState
    """State."""
    version: int
    """1 for a draft, one more with every act."""
    digest: str | None
    """sha-256 of what was ratified; None before."""


class LifeRepository:
    """Lives by plan; a plan without a row is a draft."""

    def __init__(self, connection: Connection) -> None:
        """Work within the transaction of a connection."""
        self._connection = connection

    def get(self, plan: str) -> LifeRecord:
        """Where a plan is in its life."""
        query = select(plan_lives.c.state, plan_lives.c.version, plan_lives.c.digest).where(plan_lives.c.plan == plan)
        row = self._connection.execute(query).first()
        return LifeRecord("draft", 1, None) if row is None else LifeRecord(*row)

    def history(self, plan: str) -> tuple[LifeAct, ...]:
        """Every act of a plan's life, oldest first."""
        query = select(life_acts).where(life_acts.c.plan == plan).order_by(life_acts.c.version)
        return tuple(
            LifeAct(row.version, moment(row.at), row.caller, row.act, row.note, row.state)
            for row in self._connection.execute(query)
        )

    def in_force(self, province: str) -> str | None:
        """The plan in force in a province, if there is one."""
        query = select(plan_lives.c.plan).where(plan_lives.c.province == province, plan_lives.c.state == "in_force")
        return self._connection.execute(query).scalar_one_or_none()

    def add(
        self,
        plan: str,
        record: LifeRecord,
        *,
        province: str | None,
        caller: str,
        act: str,
        note: str,
    ) -> None:
        """Bring a plan to `record`, by an act of `caller`. Its version must be one more than before."""
        values = {"state": record.state, "version": record.version, "digest": record.digest}
        if record.version == 2:
            self._connection.execute(plan_lives.insert().values(plan=plan, province=province, **values))
        else:
            self._connection.execute(update(plan_lives).where(plan_lives.c.plan == plan).values(values))
        self._connection.execute(
            life_acts.insert().values(
                plan=plan,
                version=record.version,
                at=now(self._connection),
                caller=caller,
                act=act,
                note=note,
                state=record.state,
            )
        )

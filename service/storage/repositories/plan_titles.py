"""Titles and tags of plans. They are no part of what is ratified, so they may change at any time."""

from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from service.storage.schema import plan_titles


@dataclass(frozen=True, slots=True)
class TitleRecord:
    """Title and tags of a plan."""

    title: str = ""
    """Title for people; empty for a plan without one."""
    tags: tuple[str, ...] = ()
    """Labels, in the order in which they were given."""
    version: int = 1
    """1 before the first change, one more with every change."""


def read_title(connection: Connection, plan: str) -> TitleRecord:
    """Read title and tags of a plan."""
    columns = (plan_titles.c.title, plan_titles.c.tags, plan_titles.c.version)
    row = connection.execute(select(*columns).where(plan_titles.c.plan == plan)).first()
    return TitleRecord() if row is None else TitleRecord(row.title, tuple(row.tags), row.version)


def store_title(connection: Connection, plan: str, record: TitleRecord) -> None:
    """Store title and tags of a plan. The version must be one more than before; the caller holds a lock."""
    values = {"title": record.title, "tags": list(record.tags), "version": record.version}
    if record.version == 2:
        connection.execute(plan_titles.insert().values(plan=plan, **values))
    else:
        connection.execute(update(plan_titles).where(plan_titles.c.plan == plan).values(values))

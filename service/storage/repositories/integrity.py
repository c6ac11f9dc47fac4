"""What a check of a whole database reads."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from service.storage.schema import analyses, analysis_tables, plan_tables, plans, problems, provinces


def find_database_faults(connection: Connection) -> Iterator[str]:
    """Find what the database itself reports as broken; PostgreSQL checks its pages by itself."""
    if connection.dialect.name != "sqlite":
        return
    for row in connection.exec_driver_sql("PRAGMA integrity_check(100)"):
        if row[0] != "ok":
            yield str(row[0])
    for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield f"a row of {row[0]} refers to a row of {row[2]} that is gone"


def list_problems(connection: Connection) -> tuple[str, ...]:
    """List the digests of all problems."""
    return tuple(connection.execute(select(problems.c.digest)).scalars())


def list_plans(connection: Connection) -> tuple[str, ...]:
    """List the identifiers of all plans."""
    return tuple(connection.execute(select(plans.c.id).order_by(plans.c.id)).scalars())


def list_analyses(connection: Connection) -> tuple[str, ...]:
    """List the identifiers of all analyses."""
    return tuple(connection.execute(select(analyses.c.id).order_by(analyses.c.id)).scalars())


def list_province_problems(connection: Connection) -> tuple[tuple[str, str], ...]:
    """List all versions of provinces, as `name version N`, with the digests of their problems."""
    query = select(provinces.c.id, provinces.c.version, provinces.c.problem_digest)
    rows = connection.execute(query.where(provinces.c.problem_digest.is_not(None)))
    return tuple((f"{row.id} version {row.version}", row.problem_digest) for row in rows)


def list_object_keys(connection: Connection) -> frozenset[str]:
    """List the keys of all objects that tables refer to."""
    keys: set[str] = set()
    for table in (plan_tables, analysis_tables):
        query = select(table.c.object_key).where(table.c.object_key.is_not(None))
        keys.update(connection.execute(query).scalars())
    return frozenset(keys)

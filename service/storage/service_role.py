"""Rights of a PostgreSQL role that serves without owning anything: it cannot remove the triggers that protect the records.

The owner of the database upgrades it and grants these rights; see docs/how-to/run-with-postgresql.md.
"""

from sqlalchemy import Engine, TextClause, text

from service.storage.driver_errors import translate_driver_errors
from service.storage.errors import UnsuitableStoreError
from service.storage.schema import metadata

APPEND_ONLY_TABLES = frozenset({"audit", "outputs", "approval_transitions"})
"""Tables of which a service reads rows and adds rows, but changes none."""


def grant_service_role(engine: Engine, role: str) -> None:
    """Grant a role what a service needs of an upgraded database, and revoke everything else; the caller owns the tables.

    Raises UnsuitableStoreError for SQLite, which has no roles, for a role that does not exist, and for one that could
    remove triggers: a superuser, and the owner of the tables and its members.
    """
    if engine.dialect.name != "postgresql":
        raise UnsuitableStoreError("only PostgreSQL has roles; the file of SQLite belongs to whoever may write it")
    with translate_driver_errors(), engine.begin() as connection:
        row = connection.execute(
            text("SELECT rolsuper OR pg_has_role(rolname, current_user, 'MEMBER') FROM pg_roles WHERE rolname = :role"),
            {"role": role},
        ).one_or_none()
        if row is None:
            raise UnsuitableStoreError(f"there is no role {role!r} in this PostgreSQL")
        if row[0]:
            raise UnsuitableStoreError(
                f"the role {role!r} is a superuser or owns the tables, so no right can be kept from it"
            )
        for statement in _list_statements(engine, role):
            connection.execute(statement)


def _list_statements(engine: Engine, role: str) -> list[TextClause]:
    """List the statements of the grant; names of tables come from the schema, the role is quoted."""
    quote = engine.dialect.identifier_preparer.quote_identifier
    name = quote(role)
    statements = [
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {name}",
        f"REVOKE ALL ON SCHEMA public FROM {name}",
        f"GRANT USAGE ON SCHEMA public TO {name}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {name}",
        f"GRANT SELECT ON alembic_version TO {name}",
    ]
    for table in sorted(metadata.tables):
        rights = "SELECT, INSERT" if table in APPEND_ONLY_TABLES else "SELECT, INSERT, UPDATE, DELETE"
        statements.append(f"GRANT {rights} ON {quote(table)} TO {name}")
    return [text(statement) for statement in statements]

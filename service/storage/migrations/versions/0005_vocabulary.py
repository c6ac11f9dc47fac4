"""Standard names: `plan_approvals`, `approval_transitions`, the table `bottlenecks`, and the keys of plan heads and events.

The contents of ratified plans are renamed as well, with their guards off for this transaction.
Each of them gets the digest of its renamed content, and an entry in the audit log with the old and the new digest.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_RENAMES = {
    "plan_lives": "plan_approvals",
    "life_acts": "approval_transitions",
    "life_is_append_only": "transitions_are_append_only",
    "the acts of a plan''s life are append-only": "the approval transitions of a plan are append-only",
}

_GUARDED_TABLES = ("plans", "plan_tables", "plan_lives", "problems", "life_acts")

plans = sa.table(
    "plans", sa.column("id"), sa.column("problem_digest"), sa.column("options", sa.JSON), sa.column("head", sa.JSON)
)
plan_tables = sa.table("plan_tables", sa.column("plan"), sa.column("name"), sa.column("digest"))
plan_approvals = sa.table("plan_lives", sa.column("plan"), sa.column("province"), sa.column("digest"))
job_events = sa.table("job_events", sa.column("job"), sa.column("seq"), sa.column("kind"), sa.column("data", sa.JSON))
audit = sa.table(
    "audit",
    *(sa.column(name) for name in ("at", "caller", "act", "subject", "province")),
    sa.column("detail", sa.JSON),
)


def upgrade() -> None:
    """Rename contents with the guards off, then tables, indexes and guards."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        for table in _GUARDED_TABLES:
            op.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        _rename_contents(connection)
        for table in _GUARDED_TABLES:
            op.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        _rename_tables_postgresql(connection)
    else:
        triggers = connection.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        for name, _ in triggers:
            op.execute(f"DROP TRIGGER {name}")
        _rename_contents(connection)
        _rename_tables()
        for _, sql in triggers:
            op.execute(_apply_renames(sql))


def _apply_renames(text: str) -> str:
    for before, after in _RENAMES.items():
        text = text.replace(before, after)
    return text


def _rename_contents(connection: sa.Connection) -> None:
    connection.execute(sa.update(plan_tables).where(plan_tables.c.name == "reasons").values(name="bottlenecks"))
    for plan in connection.execute(sa.select(plans.c.id)).scalars().all():
        head = connection.execute(sa.select(plans.c.head).where(plans.c.id == plan)).scalar_one()
        if head is not None:
            connection.execute(sa.update(plans).where(plans.c.id == plan).values(head=_rename_head(head)))
    _rename_events(connection)
    _renew_digests(connection)


def _rename_head(head: dict[str, Any]) -> dict[str, Any]:
    head = {("infeasibility" if key == "diagnosis" else key): value for key, value in head.items()}
    head["tables"] = {("bottlenecks" if name == "reasons" else name): rows for name, rows in head["tables"].items()}
    head["solver"].pop("strategy", None)  # a text; it is a list of steps from now on
    for goal in (head.get("objective") or {}).get("goals", ()):
        for before, after in (("held_at", "tolerance_bound"), ("final", "final_value")):
            if before in goal:
                goal[after] = goal.pop(before)
    return head


def _rename_events(connection: sa.Connection) -> None:
    keys = {"try": "attempt", "why": "reason"}
    query = sa.select(job_events).where(job_events.c.kind.in_(("started", "retried")))
    for row in connection.execute(query).all():
        connection.execute(
            sa.update(job_events)
            .where(job_events.c.job == row.job, job_events.c.seq == row.seq)
            .values(data={keys.get(key, key): value for key, value in row.data.items()})
        )


def _renew_digests(connection: sa.Connection) -> None:
    query = sa.select(plan_approvals, plans).join(plans, plans.c.id == plan_approvals.c.plan)
    now = "EXTRACT(EPOCH FROM clock_timestamp())"
    if connection.dialect.name == "sqlite":
        now = "(julianday('now') - 2440587.5) * 86400.0"
    for row in connection.execute(query.where(plan_approvals.c.digest.is_not(None))).all():
        tables = connection.execute(
            sa.select(plan_tables.c.name, plan_tables.c.digest).where(plan_tables.c.plan == row.plan)
        )
        content = {
            "problem": row.problem_digest,
            "options": row.options,
            "head": row.head,
            "tables": {table.name: table.digest for table in tables},
        }
        renewed = hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
        connection.execute(sa.update(plan_approvals).where(plan_approvals.c.plan == row.plan).values(digest=renewed))
        connection.execute(
            sa.insert(audit).values(
                at=sa.text(now),
                caller="migration 0005",
                act="plan digest renewed",
                subject=row.plan,
                detail={"before": row.digest, "digest": renewed},
                province=row.province,
            )
        )


def _rename_tables() -> None:
    in_force = sa.text("state = 'in_force'")
    op.drop_index("uq_plan_lives_in_force", "plan_lives")
    op.rename_table("plan_lives", "plan_approvals")
    op.rename_table("life_acts", "approval_transitions")
    op.create_index(
        "uq_plan_approvals_in_force",
        "plan_approvals",
        ["province"],
        unique=True,
        sqlite_where=in_force,
        postgresql_where=in_force,
    )


def _rename_tables_postgresql(connection: sa.Connection) -> None:
    definition = connection.execute(sa.text("SELECT pg_get_functiondef('refuse_if_ratified'::regproc)")).scalar_one()
    appending = connection.execute(sa.text("SELECT pg_get_functiondef('life_is_append_only'::regproc)")).scalar_one()
    _rename_tables()
    for constraint in ("pk_plan_lives", "fk_plan_lives_plan_plans"):
        op.execute(f"ALTER TABLE plan_approvals RENAME CONSTRAINT {constraint} TO {_apply_renames(constraint)}")
    for constraint in ("pk_life_acts", "fk_life_acts_plan_plan_lives"):
        op.execute(f"ALTER TABLE approval_transitions RENAME CONSTRAINT {constraint} TO {_apply_renames(constraint)}")
    for trigger in ("plan_lives_kept", "plan_lives_whole"):
        op.execute(f"ALTER TRIGGER {trigger} ON plan_approvals RENAME TO {_apply_renames(trigger)}")
    op.execute("ALTER TRIGGER life_acts_append_only ON approval_transitions RENAME TO approval_transitions_append_only")
    op.execute("ALTER FUNCTION life_is_append_only RENAME TO transitions_are_append_only")
    for function in (definition, appending):
        connection.exec_driver_sql(_apply_renames(function).replace("%", "%%"))

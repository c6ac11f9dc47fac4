"""Analyses: studies, ranges, alternatives and backtests, with their tasks, rows, tables and events."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

Id = sa.String(100)
Digest = sa.String(64)


def upgrade() -> None:
    """Make the tables of analyses, which are empty."""
    _create_analyses()
    _create_tasks_and_rows()
    _create_tables()
    _create_events_and_keys()


def _create_analyses() -> None:
    op.create_table(
        "analyses",
        sa.Column("id", Id, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False, comment="study, ranges, alternatives, backtest"),
        sa.Column("base_plan", Id, nullable=False),
        sa.Column("request", sa.Text, nullable=False, comment="JSON of the kind's request"),
        sa.Column("caller", Id, nullable=False),
        sa.Column("province", Id, nullable=True, comment="province of the base plan; null: it belongs to its caller"),
        sa.Column("state", sa.String(20), nullable=False, comment="queued, running, finished, cancelled, failed"),
        sa.Column("reason", sa.Text, nullable=False, comment="why it failed; empty if it did not"),
        sa.Column("head", sa.JSON, nullable=True, comment="result of the kind"),
        sa.Column("head_digest", Digest, nullable=True, comment="sha-256 of the head as sorted JSON"),
        sa.Column(
            "query_state", sa.LargeBinary, nullable=True, comment="what later queries need, such as cuts of bounds"
        ),
        sa.Column("query_state_digest", Digest, nullable=True, comment="sha-256 of the query state"),
        sa.Column(
            "round",
            sa.Integer,
            nullable=False,
            comment="rounds of tasks that were planned; -1 before the base plan ends",
        ),
        sa.Column("done", sa.Integer, nullable=False, comment="rows that are stored"),
        sa.Column("total", sa.Integer, nullable=False, comment="rows of all tasks that were planned"),
        sa.Column("created", sa.Double, nullable=False),
        sa.Column("started", sa.Double, nullable=True),
        sa.Column("finished", sa.Double, nullable=True),
        sa.Column("last_event", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_analyses"),
        sa.ForeignKeyConstraint(["base_plan"], ["plans.id"], name="fk_analyses_base_plan_plans"),
    )
    op.create_index("ix_analyses_state_caller", "analyses", ["state", "caller"])
    op.create_index("ix_analyses_created_id", "analyses", ["created", "id"])
    op.create_index("ix_analyses_base_plan", "analyses", ["base_plan"])


def _create_tasks_and_rows() -> None:
    op.create_table(
        "analysis_tasks",
        sa.Column("analysis", Id, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False, comment="advance: plan a round, or conclude; run: make rows"),
        sa.Column("rows", sa.JSON, nullable=False, comment="numbers of the rows that it makes"),
        sa.Column("body", sa.LargeBinary, nullable=False, comment="what it needs beside the request"),
        sa.Column("state", sa.String(20), nullable=False, comment="queued, running, done"),
        sa.Column("owner", Id, nullable=True, comment="service process that runs it"),
        sa.Column("lease", sa.Double, nullable=True, comment="when it may be taken over"),
        sa.Column("claimed", sa.Double, nullable=True, comment="when it was last begun"),
        sa.Column("tries", sa.Integer, nullable=False, comment="number of the attempt: the fence"),
        sa.Column("fruitless", sa.Integer, nullable=False, comment="attempts since the last that added a row"),
        sa.PrimaryKeyConstraint("analysis", "number", name="pk_analysis_tasks"),
        sa.ForeignKeyConstraint(["analysis"], ["analyses.id"], name="fk_analysis_tasks_analysis_analyses"),
    )
    op.create_index("ix_analysis_tasks_state", "analysis_tasks", ["state"])
    op.create_index("ix_analysis_tasks_owner_state", "analysis_tasks", ["owner", "state"])
    op.create_table(
        "analysis_rows",
        sa.Column("analysis", Id, nullable=False),
        sa.Column("row", sa.Integer, nullable=False, comment="each row counts once, however often its task ran"),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("analysis", "row", name="pk_analysis_rows"),
        sa.ForeignKeyConstraint(["analysis"], ["analyses.id"], name="fk_analysis_rows_analysis_analyses"),
    )


def _create_tables() -> None:
    op.create_table(
        "analysis_tables",
        sa.Column("analysis", Id, nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False, comment="bytes as Parquet"),
        sa.Column("digest", Digest, nullable=False, comment="sha-256 of the Parquet bytes"),
        sa.Column("body", sa.LargeBinary, nullable=True, comment="Parquet; null where it lies in the object store"),
        sa.Column("object_key", sa.String(200), nullable=True),
        sa.PrimaryKeyConstraint("analysis", "name", name="pk_analysis_tables"),
        sa.ForeignKeyConstraint(["analysis"], ["analyses.id"], name="fk_analysis_tables_analysis_analyses"),
    )


def _create_events_and_keys() -> None:
    op.create_table(
        "analysis_events",
        sa.Column("analysis", Id, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("data", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("analysis", "seq", name="pk_analysis_events"),
        sa.ForeignKeyConstraint(["analysis"], ["analyses.id"], name="fk_analysis_events_analysis_analyses"),
    )
    op.create_table(
        "analysis_idempotency",
        sa.Column("caller", Id, nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("body_digest", Digest, nullable=False),
        sa.Column("analysis", Id, nullable=False),
        sa.Column("created", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("caller", "key", name="pk_analysis_idempotency"),
        sa.ForeignKeyConstraint(["analysis"], ["analyses.id"], name="fk_analysis_idempotency_analysis_analyses"),
    )

"""Problems, plans and their tables, provinces, jobs and events, idempotency keys, audit log."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

Id = sa.String(100)
Digest = sa.String(64)


def upgrade() -> None:
    """Make the tables of the first version."""
    _plans()
    _provinces()
    _jobs()
    _audit()


def _plans() -> None:
    op.create_table(
        "problems",
        sa.Column("digest", Digest, nullable=False, comment="sha-256 of the canonical JSON"),
        sa.Column("size", sa.Integer, nullable=False, comment="bytes of the canonical JSON"),
        sa.Column("body", sa.LargeBinary, nullable=False, comment="canonical JSON, zstd"),
        sa.Column("created", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_problems"),
    )
    op.create_table(
        "plans",
        sa.Column("id", Id, nullable=False),
        sa.Column("problem_digest", Digest, nullable=False),
        sa.Column("options", sa.JSON, nullable=False, comment="PlanOptions"),
        sa.Column("options_digest", Digest, nullable=False),
        sa.Column(
            "source",
            sa.JSON,
            nullable=False,
            comment="where the problem came from: province, version, scenario, changes",
        ),
        sa.Column("caller", Id, nullable=False),
        sa.Column("base_plan", Id, nullable=True, comment="plan it varies or replaces"),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=True),
        sa.Column("head", sa.JSON, nullable=True, comment="models.plan.Plan"),
        sa.Column("basis", sa.LargeBinary, nullable=True, comment="simplex basis, numpy archive"),
        sa.Column("copied_from", Id, nullable=True, comment="plan with the same problem and options that answered it"),
        sa.Column("created", sa.Double, nullable=False),
        sa.Column("started", sa.Double, nullable=True),
        sa.Column("finished", sa.Double, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_plans"),
        sa.ForeignKeyConstraint(["problem_digest"], ["problems.digest"], name="fk_plans_problem_digest_problems"),
        sa.ForeignKeyConstraint(["base_plan"], ["plans.id"], name="fk_plans_base_plan_plans"),
    )
    op.create_index("ix_plans_problem_digest_options_digest", "plans", ["problem_digest", "options_digest"])
    op.create_index("ix_plans_created_id", "plans", ["created", "id"])
    op.create_index("ix_plans_caller_created", "plans", ["caller", "created"])
    op.create_table(
        "plan_tables",
        sa.Column("plan", Id, nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False, comment="bytes as Parquet"),
        sa.Column("digest", Digest, nullable=False, comment="sha-256 of the Parquet bytes"),
        sa.Column("body", sa.LargeBinary, nullable=True, comment="Parquet; null where it lies in the object store"),
        sa.Column("object_key", sa.String(200), nullable=True),
        sa.PrimaryKeyConstraint("plan", "name", name="pk_plan_tables"),
        sa.ForeignKeyConstraint(["plan"], ["plans.id"], name="fk_plan_tables_plan_plans"),
    )


def _provinces() -> None:
    op.create_table(
        "provinces",
        sa.Column("id", Id, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", sa.String(2000), nullable=False),
        sa.Column("problem_digest", Digest, nullable=True, comment="null where deleted"),
        sa.Column("scenarios", sa.JSON, nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False),
        sa.Column("created", sa.Double, nullable=False),
        sa.Column("caller", Id, nullable=False),
        sa.PrimaryKeyConstraint("id", "version", name="pk_provinces"),
        sa.ForeignKeyConstraint(["problem_digest"], ["problems.digest"], name="fk_provinces_problem_digest_problems"),
    )


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", Id, nullable=False),
        sa.Column("state", sa.String(20), nullable=False, comment="queued, running, done"),
        sa.Column("caller", Id, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False, comment="higher first, within a caller"),
        sa.Column("created", sa.Double, nullable=False),
        sa.Column("owner", Id, nullable=True, comment="service process that runs it"),
        sa.Column("lease", sa.Double, nullable=True, comment="when it may be taken over"),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("cancel", sa.Boolean, nullable=False, comment="whether its end was asked for"),
        sa.Column("last_event", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.ForeignKeyConstraint(["id"], ["plans.id"], name="fk_jobs_id_plans"),
    )
    op.create_index("ix_jobs_state_caller", "jobs", ["state", "caller"])
    op.create_index("ix_jobs_owner_state", "jobs", ["owner", "state"])
    op.create_table(
        "callers",
        sa.Column("caller", Id, nullable=False),
        sa.Column(
            "last_claim", sa.Double, nullable=False, comment="when a plan of theirs was last begun: whose turn it is"
        ),
        sa.PrimaryKeyConstraint("caller", name="pk_callers"),
    )
    op.create_table(
        "job_events",
        sa.Column("job", Id, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("data", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("job", "seq", name="pk_job_events"),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], name="fk_job_events_job_jobs"),
    )
    op.create_table(
        "idempotency",
        sa.Column("caller", Id, nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("body_digest", Digest, nullable=False),
        sa.Column("plan", Id, nullable=False),
        sa.Column("created", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("caller", "key", name="pk_idempotency"),
        sa.ForeignKeyConstraint(["plan"], ["plans.id"], name="fk_idempotency_plan_plans"),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("caller", Id, nullable=False),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("subject", Id, nullable=False, comment="what was acted on, such as a plan's id"),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit"),
    )
    op.create_index("ix_audit_subject", "audit", ["subject"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$"
        )
        op.execute(
            "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
            "EXECUTE FUNCTION audit_is_append_only()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_no_{act.lower()} BEFORE {act} ON audit "
            "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        )

"""The lives of plans, API keys, the provinces of plans and audit entries; what was ratified is kept by triggers."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

Id = sa.String(100)

RATIFIED = "('ratified', 'in_force', 'closed')"
"""States of a plan that was ratified."""


def upgrade() -> None:
    """Make the tables and columns, then the triggers."""
    _belonging()
    _api_keys()
    _lives()
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def _belonging() -> None:
    op.add_column(
        "plans", sa.Column("province", Id, nullable=True, comment="province it belongs to; null: to its caller")
    )
    op.create_index("ix_plans_province_created", "plans", ["province", "created"])
    reported = "json_extract(source, '$.province')"
    if op.get_bind().dialect.name == "postgresql":
        reported = "source ->> 'province'"
    op.execute(f"UPDATE plans SET province = {reported}")  # noqa: S608 - nothing from outside
    op.add_column(
        "audit", sa.Column("province", Id, nullable=True, comment="province that the subject belongs to, if any")
    )
    op.create_index("ix_audit_province", "audit", ["province"])


def _api_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", Id, nullable=False, comment="the part of the key by which it is found"),
        sa.Column("caller", Id, nullable=False, comment="who asks with it"),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False, comment="salted BLAKE2b of the secret part"),
        sa.Column("grants", sa.JSON, nullable=False),
        sa.Column("created", sa.Double, nullable=False),
        sa.Column("created_by", Id, nullable=False),
        sa.Column("expires", sa.Double, nullable=True),
        sa.Column("revoked", sa.Double, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
    )


def _lives() -> None:
    op.create_table(
        "plan_lives",
        sa.Column("plan", Id, nullable=False),
        sa.Column("province", Id, nullable=True),
        sa.Column("state", sa.String(20), nullable=False, comment="submitted, returned, ratified, in_force, closed"),
        sa.Column(
            "version", sa.Integer, nullable=False, comment="1 for a draft, which has no row; one more with every act"
        ),
        sa.Column("digest", sa.String(64), nullable=True, comment="of what was ratified"),
        sa.PrimaryKeyConstraint("plan", name="pk_plan_lives"),
        sa.ForeignKeyConstraint(["plan"], ["plans.id"], name="fk_plan_lives_plan_plans"),
    )
    in_force = sa.text("state = 'in_force'")
    op.create_index(
        "uq_plan_lives_in_force",
        "plan_lives",
        ["province"],
        unique=True,
        sqlite_where=in_force,
        postgresql_where=in_force,
    )
    op.create_table(
        "life_acts",
        sa.Column("plan", Id, nullable=False),
        sa.Column("version", sa.Integer, nullable=False, comment="of the plan's life after the act"),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("caller", Id, nullable=False),
        sa.Column("act", sa.String(20), nullable=False),
        sa.Column("note", sa.String(2000), nullable=False),
        sa.Column("state", sa.String(20), nullable=False, comment="after the act"),
        sa.PrimaryKeyConstraint("plan", "version", name="pk_life_acts"),
        sa.ForeignKeyConstraint(["plan"], ["plan_lives.plan"], name="fk_life_acts_plan_plan_lives"),
    )


def _ratified(plan: str) -> str:
    return f"EXISTS (SELECT 1 FROM plan_lives WHERE plan = {plan} AND state IN {RATIFIED})"  # noqa: S608


def _problem_ratified(digest: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM plans JOIN plan_lives ON plan_lives.plan = plans.id "  # noqa: S608
        f"WHERE plans.problem_digest = {digest} AND plan_lives.state IN {RATIFIED})"
    )


def _forward(same: str) -> str:
    """True of a step of a ratified plan that may be: on to in force or closed, with everything else as it was."""
    return (
        "NEW.plan = OLD.plan AND NEW.digest = OLD.digest AND NEW.version = OLD.version + 1 AND "
        f"NEW.province {same} OLD.province AND (OLD.state = 'ratified' AND NEW.state = 'in_force' OR "
        "OLD.state = 'in_force' AND NEW.state = 'closed')"
    )


def _guard_sqlite() -> None:
    """Inserts are looked at as well: INSERT OR REPLACE deletes without asking the triggers of deletion."""
    kept, grown = "a ratified plan is never changed", "the acts of a plan's life are append-only"
    there = {
        "audit": "EXISTS (SELECT 1 FROM audit WHERE seq = NEW.seq)",
        "life_acts": "EXISTS (SELECT 1 FROM life_acts WHERE plan = NEW.plan AND version = NEW.version)",
        "plan_lives": "EXISTS (SELECT 1 FROM plan_lives WHERE plan = NEW.plan)",
    }
    in_force_there = "EXISTS (SELECT 1 FROM plan_lives WHERE province = NEW.province AND state = 'in_force')"
    triggers = [
        ("audit", "INSERT", there["audit"], "the audit log is append-only"),
        ("life_acts", "INSERT", there["life_acts"], grown),
        ("life_acts", "UPDATE", "TRUE", grown),
        ("life_acts", "DELETE", "TRUE", grown),
        ("plan_lives", "INSERT", there["plan_lives"], kept),
        ("plan_lives", "UPDATE", f"OLD.state IN {RATIFIED} AND NOT ({_forward('IS')})", kept),
        ("plan_lives", "DELETE", "TRUE", kept),
        ("plans", "INSERT", _ratified("NEW.id"), kept),
        ("plans", "UPDATE", _ratified("OLD.id"), kept),
        ("plans", "DELETE", _ratified("OLD.id"), kept),
        ("plan_tables", "INSERT", _ratified("NEW.plan"), kept),
        ("plan_tables", "UPDATE", f"{_ratified('OLD.plan')} OR {_ratified('NEW.plan')}", kept),
        ("plan_tables", "DELETE", _ratified("OLD.plan"), kept),
        ("problems", "INSERT", _problem_ratified("NEW.digest"), kept),
        ("problems", "UPDATE", _problem_ratified("OLD.digest"), kept),
        ("problems", "DELETE", _problem_ratified("OLD.digest"), kept),
    ]
    for table, act, condition, words in triggers:
        reported = words.replace("'", "''")
        op.execute(
            f"CREATE TRIGGER {table}_kept_{act.lower()} BEFORE {act} ON {table} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{reported}'); END"
        )
    # UPDATE OR REPLACE would delete the plan in force to make room for another.
    op.execute(
        "CREATE TRIGGER plan_lives_kept_force BEFORE UPDATE ON plan_lives "
        f"WHEN NEW.state = 'in_force' AND OLD.state <> 'in_force' AND {in_force_there} "
        "BEGIN SELECT RAISE(ABORT, 'another plan of the province is in force'); END"
    )


def _guard_postgresql() -> None:
    kept, grown = "a ratified plan is never changed", "the acts of a plan's life are append-only"
    for name, words in (("ratified_is_kept", kept), ("life_is_append_only", grown)):
        reported = words.replace("'", "''")
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{reported}'; END $$"
        )
    op.execute(_DISPATCH.format(ratified=RATIFIED, forward=_forward("IS NOT DISTINCT FROM")))
    for table in ("plans", "plan_tables", "problems", "plan_lives"):
        acts = "INSERT OR UPDATE OR DELETE" if table == "plan_tables" else "UPDATE OR DELETE"
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE {acts} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_if_ratified()"
        )
    for table in ("plan_lives", "plan_tables"):
        op.execute(f"CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} EXECUTE FUNCTION ratified_is_kept()")
    op.execute(
        "CREATE TRIGGER life_acts_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON life_acts "
        "EXECUTE FUNCTION life_is_append_only()"
    )


_DISPATCH = """
CREATE FUNCTION refuse_if_ratified() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE kept boolean;
BEGIN
    IF TG_TABLE_NAME = 'plans' THEN
        kept := EXISTS (SELECT 1 FROM plan_lives WHERE plan = OLD.id AND state IN {ratified});
    ELSIF TG_TABLE_NAME = 'problems' THEN
        kept := EXISTS (SELECT 1 FROM plans JOIN plan_lives ON plan_lives.plan = plans.id
                        WHERE plans.problem_digest = OLD.digest AND plan_lives.state IN {ratified});
    ELSIF TG_TABLE_NAME = 'plan_tables' THEN
        kept := EXISTS (SELECT 1 FROM plan_lives WHERE state IN {ratified}
                        AND (TG_OP <> 'INSERT' AND plan = OLD.plan OR TG_OP <> 'DELETE' AND plan = NEW.plan));
    ELSIF TG_OP = 'DELETE' THEN
        kept := TRUE;
    ELSE
        kept := OLD.state IN {ratified} AND NOT ({forward});
    END IF;
    IF kept THEN
        RAISE EXCEPTION 'a ratified plan is never changed';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$
"""

"""Outputs that factories report."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

Id = sa.String(100)


def upgrade() -> None:
    """Make the table of reports, which is only ever added to."""
    op.create_table(
        "outputs",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), autoincrement=True, nullable=False),
        sa.Column("plan", Id, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False, comment="number of the report within the plan, from 1"),
        sa.Column("factory", Id, nullable=False),
        sa.Column("item", Id, nullable=False),
        sa.Column("period", Id, nullable=False),
        sa.Column("quantity", sa.Double, nullable=False),
        sa.Column("caller", Id, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_outputs"),
        sa.ForeignKeyConstraint(["plan"], ["plans.id"], name="fk_outputs_plan_plans"),
    )
    op.create_index("ix_outputs_plan_factory_item_period", "outputs", ["plan", "factory", "item", "period"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION outputs_are_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'reported outputs are append-only'; END $$"
        )
        op.execute(
            "CREATE TRIGGER outputs_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON outputs "
            "EXECUTE FUNCTION outputs_are_append_only()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER outputs_no_{act.lower()} BEFORE {act} ON outputs "
            "BEGIN SELECT RAISE(ABORT, 'reported outputs are append-only'); END"
        )

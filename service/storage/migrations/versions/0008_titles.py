"""Titles and tags of plans. They stand beside the plans, so that a ratified plan stays as it is when its title changes."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Make the table of titles; plans that are there have none."""
    op.create_table(
        "plan_titles",
        sa.Column("plan", sa.String(100), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("tags", sa.JSON, nullable=False, comment="list of labels"),
        sa.Column(
            "version", sa.Integer, nullable=False, comment="1 for a plan without a row; one more with every change"
        ),
        sa.PrimaryKeyConstraint("plan", name="pk_plan_titles"),
        sa.ForeignKeyConstraint(["plan"], ["plans.id"], name="fk_plan_titles_plan_plans"),
    )

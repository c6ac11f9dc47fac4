"""Webhooks and their deliveries."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

Id = sa.String(100)


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "webhooks",
        sa.Column("id", Id, nullable=False),
        sa.Column("caller", Id, nullable=False, comment="whose it is"),
        sa.Column("province", Id, nullable=True, comment="plans of this province; null: plans of the caller"),
        sa.Column("url", sa.String(2000), nullable=False),
        sa.Column("events", sa.JSON, nullable=False, comment="kinds of events that are sent"),
        sa.Column("secret", sa.String(100), nullable=False, comment="key of its signatures, base64 after whsec_"),
        sa.Column("created", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhooks"),
    )
    op.create_index("ix_webhooks_caller", "webhooks", ["caller"])
    op.create_index("ix_webhooks_province", "webhooks", ["province"])
    op.create_table(
        "deliveries",
        sa.Column("id", Id, nullable=False, comment="the webhook-id header, the same at every try"),
        sa.Column("webhook", Id, nullable=False),
        sa.Column("event", sa.String(40), nullable=False),
        sa.Column("plan", Id, nullable=False),
        sa.Column("body", sa.Text, nullable=False, comment="JSON, sent as it stands here"),
        sa.Column("state", sa.String(20), nullable=False, comment="waiting, delivered, dead"),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("due", sa.Double, nullable=False, comment="when it is sent (again)"),
        sa.Column("owner", Id, nullable=True, comment="service process that sends it"),
        sa.Column("lease", sa.Double, nullable=True, comment="when another may send it"),
        sa.Column("status", sa.Integer, nullable=True, comment="HTTP status of the last answer"),
        sa.Column("error", sa.String(500), nullable=True, comment="why the last try failed"),
        sa.Column("created", sa.Double, nullable=False),
        sa.Column("tried", sa.Double, nullable=True, comment="when it was last tried"),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.ForeignKeyConstraint(["webhook"], ["webhooks.id"], name="fk_deliveries_webhook_webhooks"),
    )
    op.create_index("ix_deliveries_state_due", "deliveries", ["state", "due"])
    op.create_index("ix_deliveries_webhook_created", "deliveries", ["webhook", "created"])

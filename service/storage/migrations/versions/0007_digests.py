"""Digests of heads and bases, which are compared when they are read; the build of Allot that made a plan.

Plans that are there get the digests of what is stored now. A head that cannot be read gets none, and is reported as before.
The build that made them is not known.
"""

import hashlib
from collections.abc import Sequence

import orjson
import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_DIGEST = sa.String(64)

plans = sa.table(
    "plans",
    sa.column("id"),
    sa.column("head", sa.JSON),
    sa.column("basis", sa.LargeBinary),
    sa.column("head_digest"),
    sa.column("basis_digest"),
)


def upgrade() -> None:
    """Add the columns, and fill the digests with the guards of ratified plans off."""
    op.add_column(
        "plans", sa.Column("head_digest", _DIGEST, nullable=True, comment="sha-256 of the head as sorted JSON")
    )
    op.add_column("plans", sa.Column("basis_digest", _DIGEST, nullable=True, comment="sha-256 of the basis"))
    op.add_column(
        "plans", sa.Column("build", sa.JSON, nullable=True, comment="version, commit and sources of Allot that made it")
    )
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        op.execute("ALTER TABLE plans DISABLE TRIGGER USER")
        _fill_digests(connection)
        op.execute("ALTER TABLE plans ENABLE TRIGGER USER")
    else:
        query = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'plans'")
        triggers = connection.execute(query).all()
        for name, _ in triggers:
            op.execute(f"DROP TRIGGER {name}")
        _fill_digests(connection)
        for _, sql in triggers:
            op.execute(sql)


def _fill_digests(connection: sa.Connection) -> None:
    for plan in connection.execute(sa.select(plans.c.id)).scalars().all():
        this = plans.c.id == plan
        basis = connection.execute(sa.select(plans.c.basis).where(this)).scalar_one()
        values = {"basis_digest": None if basis is None else hashlib.sha256(basis).hexdigest()}
        try:
            head = connection.execute(sa.select(plans.c.head).where(this)).scalar_one()
        except ValueError:  # damaged
            head = None
        if head is not None:
            values["head_digest"] = hashlib.sha256(orjson.dumps(head, option=orjson.OPT_SORT_KEYS)).hexdigest()
        connection.execute(sa.update(plans).where(this).values(**values))

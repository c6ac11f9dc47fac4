"""Former defaults of the policy, stated in every stored problem; new figures, stated in every stored plan.

Stored problems omit defaults, so a new default would change what a stored plan was made of: its prices and its remedies
would belong to another problem. Each problem therefore states the defaults of version 0.2.0 that it omitted, and gets the
digest of its new content.

Finished plans lacked the gap of rounding, which the objective before rounding proves, since no plan has a smaller one; that was
omitted if no quota was rounded. Nothing had a due date or took time on the way.

Ratified plans are renewed as well, with their guards off for this transaction: each gets the digest of its renewed content, and
an entry in the audit log with the old and the new digest.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

import orjson
import pyarrow as pa
import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

FORMER_DEFAULTS = {
    "shortage_bands": [{"width": 0.5, "weight": 4.0}, {"width": 0.3, "weight": 2.0}, {"width": 0.2, "weight": 1.0}],
    "own_surplus": False,
    "smoothing": 0.0,
    "tie_break": False,
}
"""Fields of `policy` whose defaults changed after 0.2.0, with the former defaults."""

FORMER_SUMMARY = {"in_time_share": None, "tonnes_under_way": 0.0, "value_under_way": 0.0}
"""Fields of `summary` that 0.2.0 lacked, with what they were: nothing was due, and nothing was under way at the end."""

_GUARDED_TABLES = ("plans", "plan_tables", "plan_approvals", "problems", "approval_transitions")

problems = sa.table(
    "problems", sa.column("digest"), sa.column("size"), sa.column("body", sa.LargeBinary), sa.column("created")
)
plans = sa.table(
    "plans", sa.column("id"), sa.column("problem_digest"), sa.column("options", sa.JSON), sa.column("head", sa.JSON)
)
provinces = sa.table("provinces", sa.column("problem_digest"))
plan_tables = sa.table("plan_tables", sa.column("plan"), sa.column("name"), sa.column("digest"))
plan_approvals = sa.table("plan_approvals", sa.column("plan"), sa.column("province"), sa.column("digest"))
audit = sa.table(
    "audit",
    *(sa.column(name) for name in ("at", "caller", "act", "subject", "province")),
    sa.column("detail", sa.JSON),
)


def upgrade() -> None:
    """Renew problems and plans with the guards off."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        for table in _GUARDED_TABLES:
            op.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        _renew_content(connection)
        for table in _GUARDED_TABLES:
            op.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    else:
        triggers = connection.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        for name, _ in triggers:
            op.execute(f"DROP TRIGGER {name}")
        _renew_content(connection)
        for _, sql in triggers:
            op.execute(sql)


def _renew_content(connection: sa.Connection) -> None:
    _state_former_defaults(connection)
    _state_new_figures(connection)
    _renew_digests(connection)


def _state_former_defaults(connection: sa.Connection) -> None:
    """Replace every problem by one that states the former defaults; the digest changes with the content."""
    for digest in connection.execute(sa.select(problems.c.digest)).scalars().all():
        row = connection.execute(sa.select(problems).where(problems.c.digest == digest)).one()
        problem = orjson.loads(pa.decompress(row.body, row.size, codec="zstd", asbytes=True))
        problem["policy"] = FORMER_DEFAULTS | problem.get("policy", {})
        body = orjson.dumps(problem, option=orjson.OPT_SORT_KEYS)
        renewed = hashlib.sha256(body).hexdigest()
        if renewed == digest:
            continue
        connection.execute(
            sa.insert(problems).values(
                digest=renewed,
                size=len(body),
                body=pa.compress(body, codec="zstd", asbytes=True),
                created=row.created,
            )
        )
        for table in (plans, provinces):
            of_problem = sa.update(table).where(table.c.problem_digest == digest)
            connection.execute(of_problem.values(problem_digest=renewed))
        connection.execute(sa.delete(problems).where(problems.c.digest == digest))


def _state_new_figures(connection: sa.Connection) -> None:
    for plan in connection.execute(sa.select(plans.c.id)).scalars().all():
        head = connection.execute(sa.select(plans.c.head).where(plans.c.id == plan)).scalar_one()
        if not head:
            continue
        if head.get("objective"):
            head["objective"] = _add_rounding_gap(head["objective"])
        if head.get("summary"):
            head["summary"] = FORMER_SUMMARY | head["summary"]
        connection.execute(sa.update(plans).where(plans.c.id == plan).values(head=head))


def _add_rounding_gap(objective: dict[str, Any]) -> dict[str, Any]:
    value, before = objective["value"], objective.get("before_rounding")
    before = value if before is None else before
    gap = max(value - before, 0.0) / abs(value) if value else 0.0
    return objective | {"before_rounding": before, "rounding_gap": gap}


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
                caller="migration 0006",
                act="plan digest renewed",
                subject=row.plan,
                detail={"before": row.digest, "digest": renewed},
                province=row.province,
            )
        )

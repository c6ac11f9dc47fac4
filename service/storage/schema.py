"""The tables of the database for SQLAlchemy. The migrations create them; a test compares both.

Times are seconds since 1970 (UTC), by the database's clock. Every row of `jobs` belongs to the plan of the same id.
Analyses have no row in `jobs`: their work is in `analysis_tasks`.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = String(100)
Digest = String(64)

problems = Table(
    "problems",
    metadata,
    Column("digest", Digest, primary_key=True, comment="sha-256 of the canonical JSON"),
    Column("size", Integer, nullable=False, comment="bytes of the canonical JSON"),
    Column("body", LargeBinary, nullable=False, comment="canonical JSON, zstd"),
    Column("created", Double, nullable=False),
)

plans = Table(
    "plans",
    metadata,
    Column("id", Id, primary_key=True),
    Column("problem_digest", Digest, ForeignKey("problems.digest"), nullable=False),
    Column("options", JSON, nullable=False, comment="PlanOptions"),
    Column("options_digest", Digest, nullable=False),
    Column("source", JSON, nullable=False, comment="where the problem came from: province, version, scenario, changes"),
    Column("caller", Id, nullable=False),
    Column("base_plan", Id, ForeignKey("plans.id"), nullable=True, comment="plan it varies or replaces"),
    Column("state", String(20), nullable=False),
    Column("outcome", String(20), nullable=True),
    Column("head", JSON, nullable=True, comment="models.plan.Plan"),
    Column("head_digest", Digest, nullable=True, comment="sha-256 of the head as sorted JSON"),
    Column("basis", LargeBinary, nullable=True, comment="simplex basis, numpy archive"),
    Column("basis_digest", Digest, nullable=True, comment="sha-256 of the basis"),
    Column("build", JSON, nullable=True, comment="version, commit and sources of Allot that made it"),
    Column("copied_from", Id, nullable=True, comment="plan with the same problem and options that answered it"),
    Column("created", Double, nullable=False),
    Column("started", Double, nullable=True),
    Column("finished", Double, nullable=True),
    Column("province", Id, nullable=True, comment="province it belongs to; null: to its caller"),
    Index(None, "province", "created"),
    Index(None, "problem_digest", "options_digest"),
    Index(None, "created", "id"),
    Index(None, "caller", "created"),
)

plan_tables = Table(
    "plan_tables",
    metadata,
    Column("plan", Id, ForeignKey("plans.id"), primary_key=True),
    Column("name", String(40), primary_key=True),
    Column("rows", Integer, nullable=False),
    Column("size", BigInteger, nullable=False, comment="bytes as Parquet"),
    Column("digest", Digest, nullable=False, comment="sha-256 of the Parquet bytes"),
    Column("body", LargeBinary, nullable=True, comment="Parquet; null where it lies in the object store"),
    Column("object_key", String(200), nullable=True),
)

plan_titles = Table(
    "plan_titles",
    metadata,
    Column("plan", Id, ForeignKey("plans.id"), primary_key=True),
    Column("title", String(200), nullable=False),
    Column("tags", JSON, nullable=False, comment="list of labels"),
    Column("version", Integer, nullable=False, comment="1 for a plan without a row; one more with every change"),
)

provinces = Table(
    "provinces",
    metadata,
    Column("id", Id, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("name", String(2000), nullable=False),
    Column("problem_digest", Digest, ForeignKey("problems.digest"), nullable=True, comment="null where deleted"),
    Column("scenarios", JSON, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("created", Double, nullable=False),
    Column("caller", Id, nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Id, ForeignKey("plans.id"), primary_key=True),
    Column("state", String(20), nullable=False, comment="queued, running, done"),
    Column("caller", Id, nullable=False),
    Column("priority", Integer, nullable=False, comment="higher first, within a caller"),
    Column("created", Double, nullable=False),
    Column("owner", Id, nullable=True, comment="service process that runs it"),
    Column("lease", Double, nullable=True, comment="when it may be taken over"),
    Column("tries", Integer, nullable=False),
    Column("cancel", Boolean, nullable=False, comment="whether its end was asked for"),
    Column("last_event", Integer, nullable=False),
    Index(None, "state", "caller"),
    Index(None, "owner", "state"),
)

callers = Table(
    "callers",
    metadata,
    Column("caller", Id, primary_key=True),
    Column("last_claim", Double, nullable=False, comment="when a plan of theirs was last begun: whose turn it is"),
)

job_events = Table(
    "job_events",
    metadata,
    Column("job", Id, ForeignKey("jobs.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("at", Double, nullable=False),
    Column("data", JSON, nullable=False),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("caller", Id, primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("body_digest", Digest, nullable=False),
    Column("plan", Id, ForeignKey("plans.id"), nullable=False),
    Column("created", Double, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("at", Double, nullable=False),
    Column("caller", Id, nullable=False),
    Column("act", String(40), nullable=False),
    Column("subject", Id, nullable=False, comment="what was acted on, such as a plan's id"),
    Column("detail", JSON, nullable=False),
    Column("province", Id, nullable=True, comment="province that the subject belongs to, if any"),
    Index(None, "subject"),
    Index(None, "province"),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Id, primary_key=True, comment="the part of the key by which it is found"),
    Column("caller", Id, nullable=False, comment="who asks with it"),
    Column("salt", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False, comment="salted BLAKE2b of the secret part"),
    Column("grants", JSON, nullable=False),
    Column("created", Double, nullable=False),
    Column("created_by", Id, nullable=False),
    Column("expires", Double, nullable=True),
    Column("revoked", Double, nullable=True),
)

plan_approvals = Table(
    "plan_approvals",
    metadata,
    Column("plan", Id, ForeignKey("plans.id"), primary_key=True),
    Column("province", Id, nullable=True),
    Column("state", String(20), nullable=False, comment="submitted, returned, ratified, in_force, closed"),
    Column("version", Integer, nullable=False, comment="1 for a draft, which has no row; one more with every act"),
    Column("digest", Digest, nullable=True, comment="of what was ratified"),
    Index(
        "uq_plan_approvals_in_force",
        "province",
        unique=True,
        sqlite_where=text("state = 'in_force'"),
        postgresql_where=text("state = 'in_force'"),
    ),
)

approval_transitions = Table(
    "approval_transitions",
    metadata,
    Column("plan", Id, ForeignKey("plan_approvals.plan"), primary_key=True),
    Column("version", Integer, primary_key=True, comment="of the plan's life after the act"),
    Column("at", Double, nullable=False),
    Column("caller", Id, nullable=False),
    Column("act", String(20), nullable=False),
    Column("note", String(2000), nullable=False),
    Column("state", String(20), nullable=False, comment="after the act"),
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("caller", Id, nullable=False, comment="whose it is"),
    Column("province", Id, nullable=True, comment="plans of this province; null: plans of the caller"),
    Column("url", String(2000), nullable=False),
    Column("events", JSON, nullable=False, comment="kinds of events that are sent"),
    Column("secret", String(100), nullable=False, comment="key of its signatures, base64 after whsec_"),
    Column("created", Double, nullable=False),
    Index(None, "caller"),
    Index(None, "province"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Id, primary_key=True, comment="the webhook-id header, the same at every try"),
    Column("webhook", Id, ForeignKey("webhooks.id"), nullable=False),
    Column("event", String(40), nullable=False),
    Column("plan", Id, nullable=False),
    Column("body", Text, nullable=False, comment="JSON, sent as it stands here"),
    Column("state", String(20), nullable=False, comment="waiting, delivered, dead"),
    Column("tries", Integer, nullable=False),
    Column("due", Double, nullable=False, comment="when it is sent (again)"),
    Column("owner", Id, nullable=True, comment="service process that sends it"),
    Column("lease", Double, nullable=True, comment="when another may send it"),
    Column("status", Integer, nullable=True, comment="HTTP status of the last answer"),
    Column("error", String(500), nullable=True, comment="why the last try failed"),
    Column("created", Double, nullable=False),
    Column("tried", Double, nullable=True, comment="when it was last tried"),
    Index(None, "state", "due"),
    Index(None, "webhook", "created"),
)

outputs = Table(
    "outputs",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("plan", Id, ForeignKey("plans.id"), nullable=False),
    Column("revision", Integer, nullable=False, comment="number of the report within the plan, from 1"),
    Column("factory", Id, nullable=False),
    Column("item", Id, nullable=False),
    Column("period", Id, nullable=False),
    Column("quantity", Double, nullable=False),
    Column("caller", Id, nullable=False),
    Column("at", Double, nullable=False),
    Index(None, "plan", "factory", "item", "period"),
)

analyses = Table(
    "analyses",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(20), nullable=False, comment="study, ranges, alternatives, backtest"),
    Column("base_plan", Id, ForeignKey("plans.id"), nullable=False),
    Column("request", Text, nullable=False, comment="JSON of the kind's request"),
    Column("caller", Id, nullable=False),
    Column("province", Id, nullable=True, comment="province of the base plan; null: it belongs to its caller"),
    Column("state", String(20), nullable=False, comment="queued, running, finished, cancelled, failed"),
    Column("reason", Text, nullable=False, comment="why it failed; empty if it did not"),
    Column("head", JSON, nullable=True, comment="result of the kind"),
    Column("head_digest", Digest, nullable=True, comment="sha-256 of the head as sorted JSON"),
    Column("query_state", LargeBinary, nullable=True, comment="what later queries need, such as cuts of bounds"),
    Column("query_state_digest", Digest, nullable=True, comment="sha-256 of the query state"),
    Column("round", Integer, nullable=False, comment="rounds of tasks that were planned; -1 before the base plan ends"),
    Column("done", Integer, nullable=False, comment="rows that are stored"),
    Column("total", Integer, nullable=False, comment="rows of all tasks that were planned"),
    Column("created", Double, nullable=False),
    Column("started", Double, nullable=True),
    Column("finished", Double, nullable=True),
    Column("last_event", Integer, nullable=False),
    Index(None, "state", "caller"),
    Index(None, "created", "id"),
    Index(None, "base_plan"),
)

analysis_tasks = Table(
    "analysis_tasks",
    metadata,
    Column("analysis", Id, ForeignKey("analyses.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("kind", String(20), nullable=False, comment="advance: plan a round, or conclude; run: make rows"),
    Column("rows", JSON, nullable=False, comment="numbers of the rows that it makes"),
    Column("body", LargeBinary, nullable=False, comment="what it needs beside the request"),
    Column("state", String(20), nullable=False, comment="queued, running, done"),
    Column("owner", Id, nullable=True, comment="service process that runs it"),
    Column("lease", Double, nullable=True, comment="when it may be taken over"),
    Column("claimed", Double, nullable=True, comment="when it was last begun"),
    Column("tries", Integer, nullable=False, comment="number of the attempt: the fence"),
    Column("fruitless", Integer, nullable=False, comment="attempts since the last that added a row"),
    Index(None, "state"),
    Index(None, "owner", "state"),
)

analysis_rows = Table(
    "analysis_rows",
    metadata,
    Column("analysis", Id, ForeignKey("analyses.id"), primary_key=True),
    Column("row", Integer, primary_key=True, comment="each row counts once, however often its task ran"),
    Column("body", LargeBinary, nullable=False),
)

analysis_tables = Table(
    "analysis_tables",
    metadata,
    Column("analysis", Id, ForeignKey("analyses.id"), primary_key=True),
    Column("name", String(40), primary_key=True),
    Column("rows", Integer, nullable=False),
    Column("size", BigInteger, nullable=False, comment="bytes as Parquet"),
    Column("digest", Digest, nullable=False, comment="sha-256 of the Parquet bytes"),
    Column("body", LargeBinary, nullable=True, comment="Parquet; null where it lies in the object store"),
    Column("object_key", String(200), nullable=True),
)

analysis_events = Table(
    "analysis_events",
    metadata,
    Column("analysis", Id, ForeignKey("analyses.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("at", Double, nullable=False),
    Column("data", JSON, nullable=False),
)

analysis_idempotency = Table(
    "analysis_idempotency",
    metadata,
    Column("caller", Id, primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("body_digest", Digest, nullable=False),
    Column("analysis", Id, ForeignKey("analyses.id"), nullable=False),
    Column("created", Double, nullable=False),
)

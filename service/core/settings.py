"""Settings of the service, read from the environment: every name starts with `ALLOT_`, such as `ALLOT_DATABASE_URL`."""

import ipaddress
import os
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

Positive = Annotated[int, Field(gt=0)]
Seconds = Annotated[float, Field(gt=0)]
Days = Annotated[float, Field(gt=0, le=36_500)]

MIB = 1024 * 1024


def _count_usable_cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def is_loopback(host: str) -> bool:
    """Whether a host is this very machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


class Settings(BaseSettings):
    """What can be set without touching the code. The defaults suit one machine and one planner."""

    model_config = SettingsConfigDict(env_prefix="ALLOT_", use_attribute_docstrings=True, frozen=True, extra="ignore")

    data_dir: Path = Path("allot-data")
    """Folder of the database and of big tables; made at start if absent."""
    database_url: str | None = None
    """Database, as an SQLAlchemy address (`postgresql://user:password@host/name`, `sqlite:////path/file.db`); a SQLite file in `data_dir` if absent."""
    database_connections: Positive = 20
    """Connections to the database that one process keeps at most."""
    object_store_url: str | None = None
    """Where tables too big for the database go: `s3://bucket/prefix` or `file:///folder`; the folder `objects` in `data_dir` if absent. S3 needs the extra `objects`."""
    max_inline_table_bytes: Annotated[int, Field(ge=0)] = 16 * MIB
    """Bytes up to which a table (as Parquet) is kept in the database itself."""

    max_body_bytes: Positive = 64 * MIB
    """Bytes of a request body at most; beyond it 413."""
    max_body_objects: Positive = 400_000
    """JSON objects (rows, lines, factories …) in a body at most, counted by their brackets before any is made, and rows over all sheets of a workbook or zip; beyond it 413."""
    max_body_values: Positive = 4_000_000
    """Values in a body of JSON at most, counted by its commas before any is made; beyond it 413."""
    max_unpacked_bytes: Positive = 128 * MIB
    """Bytes that a workbook or a zip of CSV may hold unpacked; beyond it 413."""
    max_sheet_cells: Positive = 2_000_000
    """Cells over all sheets of a workbook or a zip of CSV at most; beyond it 413."""
    max_counties: Positive = 500
    """Counties of a problem at most."""
    max_items: Positive = 2_000
    """Items of a problem at most."""
    max_factories: Positive = 20_000
    """Factories of a problem at most."""
    max_lines: Positive = 100_000
    """Lines over all factories of a problem at most."""
    max_links: Positive = 20_000
    """Links of a problem at most."""
    max_periods: Positive = 400
    """Periods of a problem at most."""
    max_cells: Positive = 4_000_000
    """Counties × items × periods of a problem at most: the size of its supply table."""
    max_columns: Positive = 10_000_000
    """Decisions of a problem at most, by estimate: periods × (lines + items × (2 × links + 5 × counties))."""

    solver_workers: Annotated[int, Field(ge=0)] = Field(default_factory=_count_usable_cores)
    """Solves at a time in one service process, each in a process of its own; the number of cores if absent. 0: this process only accepts and answers, others solve."""
    worker_memory_limit_bytes: Positive = 4096 * MIB
    """Memory that one solve, or one question, may take beyond its libraries; a plan that needs more ends as `failed`."""
    worker_nice: Annotated[int, Field(ge=0, le=19)] = 10
    """How much solves stand back behind requests where both want the processor (0 to 19, as `nice` has it)."""
    sensitivity_workers: Positive = Field(default_factory=_count_usable_cores)
    """Questions to plans answered at a time in one service process, each in a process of its own that holds its plan open; the number of cores if absent."""
    sensitivity_queue_size: Annotated[int, Field(ge=0)] = 32
    """Questions that may wait for a process; beyond it 429 with `Retry-After`."""
    sensitivity_timeout_seconds: Seconds = 600.0
    """Seconds that a question may take before it is ended. One whose caller has gone ends at once."""
    sensitivity_idle_timeout_seconds: Seconds = 300.0
    """Seconds that a process keeps its plan open after an answer, so that the next question need not open it again."""
    queue_length: Positive = 1_000
    """Plans that may wait at a time; beyond it 429 with `Retry-After`."""
    queue_length_per_caller: Positive = 500
    """Plans of one caller that may wait at a time."""
    default_time_limit_seconds: Seconds = 600.0
    """Time limit of a plan that states none."""
    max_time_limit_seconds: Seconds = 3_600.0
    """Greatest time limit that a plan may ask for."""
    kill_grace_seconds: Seconds = 30.0
    """Seconds past its time limit after which a solve that does not stop by itself is killed."""
    lease_seconds: Seconds = 30.0
    """Seconds after which a plan whose service process went silent is taken over by another."""
    max_attempts: Positive = 3
    """Times a plan is begun at most before it ends as `failed`: a problem that kills its solver must not do so for ever."""
    poll_seconds: Seconds = 0.5
    """Seconds between looks for work and news from other service processes; news of its own reach a process at once."""
    cancel_grace_seconds: Seconds = 0.5
    """Seconds that a cancelled solve has to end by itself before it is killed."""
    shutdown_grace_seconds: Seconds = 5.0
    """Seconds that running solves have to finish when the service stops; what is left goes back to the queue."""
    reuse_plans: bool = True
    """Whether a problem solved before with the same options is answered from that plan instead of solved again."""
    max_wait_seconds: Seconds = 60.0
    """Seconds that `Prefer: wait=N` is honoured at most."""

    retention_plans_days: Days | None = None
    """Days after its end for which a plan that was never submitted is kept, with its tables, basis, problem and events; for ever if absent. Plans that were submitted are always kept, and so is what a kept plan varies or replaces."""
    retention_bases_days: Days | None = None
    """Days after its end for which the basis of a plan that was not ratified is kept; for ever if absent. Without it questions and plans based on it begin from nothing."""
    retention_events_days: Days | None = None
    """Days after its end for which the progress of a plan is kept; for ever if absent."""
    retention_deliveries_days: Days | None = None
    """Days after their last try for which messages to webhooks that were delivered or given up are kept; for ever if absent."""
    retention_idempotency_days: Days | None = None
    """Days for which an Idempotency-Key is known, once its plan has ended; for ever if absent."""

    webhook_concurrency: Annotated[int, Field(ge=0)] = 4
    """Messages to webhooks that one process sends at a time. 0: this process sends none, others do."""
    webhook_timeout_seconds: Seconds = 10.0
    """Time limit of one try at sending a message: connection, answer and all."""
    webhook_max_attempts: Positive = 12
    """Times a message is sent at most before it is dead: it is kept then, and sent again only on request."""
    webhook_retry_seconds: Seconds = 5.0
    """Seconds before a message is sent a second time; three times as long before each further one, up to six hours."""
    webhook_private_addresses: bool = False
    """Whether webhooks may lead into private networks and to this machine itself. Do not set it where those who may make webhooks could reach what they should not."""

    page_rows: Positive = 1_000
    """Rows in a page of a table if the request does not say."""
    max_page_rows: Positive = 100_000
    """Rows in a page of a table at most."""
    host: str = "127.0.0.1"
    """Address that `allot serve` listens at."""
    port: Annotated[int, Field(gt=0, lt=65_536)] = 8000
    """Port that `allot serve` listens at."""
    authentication: Literal["off", "keys", "oidc"] = "off"
    """Who has to say who they are. `off`: nobody; everybody may do everything, on this machine only. `keys`: everybody, by an API key. `oidc`: by a key or a token of an identity provider (extra `oidc`)."""
    allow_unauthenticated_network: bool = False
    """Whether a service with authentication off also answers over the network. Set it only where nobody who is not trusted with everything reaches the port."""
    oidc_issuer: str | None = None
    """Issuer of the tokens, as it calls itself: an `https` address below which `/.well-known/openid-configuration` lies."""
    oidc_audience: str | None = None
    """Audience that tokens must be made for: the name under which the provider knows this service."""
    oidc_jwks_url: str | None = None
    """Where the provider publishes its keys; what it says of itself if absent."""
    oidc_caller_claim: str = "sub"
    """Claim of a token that names who asks."""
    oidc_grants_claim: str = "allot_grants"
    """Claim that holds the grants, a list of `province:role` (or `province:factory:which`); a path with points, such as `realm_access.roles`, leads into it."""
    telemetry_url: str | None = None
    """OpenTelemetry collector that traces are sent to (OTLP over HTTP), such as `http://collector:4318`; none if absent. Needs the extra `telemetry`."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Least level of the lines that are logged."""
    log_format: Literal["json", "console"] = "json"
    """`json`: a line of JSON an event. `console`: for reading by eye."""

    @model_validator(mode="after")
    def _reject_unsafe_settings(self) -> Self:
        if self.authentication == "off" and not self.allow_unauthenticated_network and not is_loopback(self.host):
            raise ValueError(
                f"host {self.host} can be reached from other machines while authentication is off: set ALLOT_AUTHENTICATION "
                "to keys or oidc, or ALLOT_ALLOW_UNAUTHENTICATED_NETWORK=true to let everybody who reaches it do everything"
            )
        if self.authentication == "oidc":
            if not self.oidc_issuer or not self.oidc_audience:
                raise ValueError("ALLOT_AUTHENTICATION=oidc needs ALLOT_OIDC_ISSUER and ALLOT_OIDC_AUDIENCE")
            for address in filter(None, (self.oidc_issuer, self.oidc_jwks_url)):
                parts = urlsplit(address)
                if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
                    raise ValueError(f"{address} is not https: keys fetched from there could be anybody's")
        return self

    @property
    def has_retention_limits(self) -> bool:
        """Whether something is not kept for ever."""
        return any(getattr(self, name) is not None for name in type(self).model_fields if name.startswith("retention_"))

    def resolve_database_url(self) -> str:
        """The database's address with its driver: the SQLite file in `data_dir` if none is set, psycopg for PostgreSQL."""
        if self.database_url is None:
            return f"sqlite:///{self.data_dir.absolute() / 'allot.db'}"
        for short in ("postgresql://", "postgres://"):
            if self.database_url.startswith(short):
                return "postgresql+psycopg://" + self.database_url.removeprefix(short)
        return self.database_url

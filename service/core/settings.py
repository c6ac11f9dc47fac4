"""Settings of the service, read from the environment: every name starts with `ALLOT_`, such as `ALLOT_DATABASE_URL`.

Each may also be a file in the folder `ALLOT_SECRETS_DIR`, named like its variable in small letters: containers and service
managers hand secrets over as files, which no list of processes and no dump of an environment shows.
"""

import ipaddress
import os
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SecretsSettingsSource, SettingsConfigDict

Positive = Annotated[int, Field(gt=0)]
Seconds = Annotated[float, Field(gt=0)]
Days = Annotated[float, Field(gt=0, le=36_500)]

MIB = 1024 * 1024

SECRETS_FOLDER_VARIABLE = "ALLOT_SECRETS_DIR"
"""Environment variable with the folder of settings that are files."""


def _count_usable_cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def is_trustworthy_address(address: str) -> bool:
    """Return whether nobody on the way can change what an address answers: https, or http on this machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))


class Settings(BaseSettings):
    """Settings of the service. The defaults suit one machine and one planner."""

    model_config = SettingsConfigDict(
        env_prefix="ALLOT_", use_attribute_docstrings=True, frozen=True, extra="ignore", hide_input_in_errors=True
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read arguments, then the environment, then the files in the folder that the environment names."""
        folder = os.environ.get(SECRETS_FOLDER_VARIABLE)
        files = (SecretsSettingsSource(settings_cls, secrets_dir=folder),) if folder and Path(folder).is_dir() else ()
        return (init_settings, env_settings, *files)

    data_dir: Path = Path("allot-data")
    """Folder of the database and of large tables; created at the start if absent."""
    database_url: SecretStr | None = None
    """Database, as an SQLAlchemy address (`postgresql://user:password@host/name`, `sqlite:////path/file.db`); a SQLite file in `data_dir` if absent."""
    database_connections: Positive = 20
    """Database connections of one process at most."""
    database_wait_seconds: Annotated[float, Field(ge=0)] = 60.0
    """Seconds for which a start waits for a database that cannot be reached yet, because it is still starting."""
    object_store_url: SecretStr | None = None
    """Address of the object store for tables too large for the database: `s3://bucket/prefix` or `file:///folder`; the folder `objects` in `data_dir` if absent. S3 needs the extra `objects`."""
    max_inline_table_bytes: Annotated[int, Field(ge=0)] = 16 * MIB
    """Size in bytes up to which a table (as Parquet) is stored in the database itself."""

    max_body_bytes: Positive = 64 * MIB
    """Bytes of a request body at most; 413 above."""
    max_body_objects: Positive = 400_000
    """JSON objects (rows, lines, factories …) in a body at most, counted by their brackets before any is built, and rows over all sheets of a workbook or zip; 413 above."""
    max_body_values: Positive = 4_000_000
    """Values in a JSON body at most, counted by its commas before any is built; 413 above."""
    max_unpacked_bytes: Positive = 128 * MIB
    """Unpacked bytes of a workbook or a zip of CSV at most; 413 above."""
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
    """Variables of a problem at most, estimated as periods × (lines + items × (2 × links + 5 × counties))."""

    solver_workers: Annotated[int, Field(ge=0)] = Field(default_factory=_count_usable_cores)
    """Solves at a time in one service process, each in a worker process; the number of cores if absent. One more starts for a caller none of whose plans runs. 0: this process only accepts plans and answers requests, others solve."""
    analysis_workers: Annotated[int, Field(ge=0)] | None = None
    """Tasks of studies, ranges, alternatives and backtests that run at a time in one service process, each in a worker process; as many as `solver_workers` if absent. They have the lowest priority: plans and queries get processor time first. 0: this process only accepts analyses, others work on them."""
    study_executor: Annotated[str, Field(pattern=r"^ray://.+")] | None = None
    """Ray cluster whose nodes run the tasks of analyses (extra `ray`): `ray://host:10001`, or `ray://auto` for the cluster that this machine belongs to; `analysis_workers` is the number of actors at a time. The environment of every node names the same database and object store. Worker processes of the service run them if absent."""
    worker_memory_limit_bytes: Positive = 4096 * MIB
    """Memory that one solve, one analysis or one sensitivity query may use beyond its libraries; a plan that needs more ends as `failed`."""
    worker_nice: Annotated[int, Field(ge=0, le=19)] = 10
    """Nice level of solver processes, so that API requests get CPU time first (0 to 19). Sensitivity queries run at half of it. Both begin at a quarter of their level, for the first three seconds of CPU time."""
    sensitivity_workers: Positive = Field(default_factory=_count_usable_cores)
    """Sensitivity queries at a time in one service process, each in a worker process that keeps its plan loaded; the number of cores if absent. With authentication, one caller leaves one of several workers to the others."""
    sensitivity_queue_size: Annotated[int, Field(ge=0)] = 32
    """Sensitivity queries that may wait for a worker; above, 429 with `Retry-After`. With authentication, half of those that run and wait may be of one caller."""
    sensitivity_timeout_seconds: Seconds = 600.0
    """Seconds after which a sensitivity query is ended. If the client disconnects, the query ends at once."""
    sensitivity_idle_timeout_seconds: Seconds = 300.0
    """Seconds that an idle worker keeps its plan loaded for the next query."""
    queue_length: Positive = 1_000
    """Plans that may wait at a time; above, 429 with `Retry-After`."""
    queue_length_per_caller: Positive = 500
    """Plans of one caller that may wait at a time, and analyses of one caller that may be unfinished at a time."""
    default_time_limit_seconds: Seconds = 600.0
    """Time limit of a plan without a time limit of its own."""
    max_time_limit_seconds: Seconds = 3_600.0
    """Greatest time limit that a plan may request."""
    estimate_columns: Annotated[int, Field(ge=0)] = 100_000
    """Variables of a linear program from which a new plan is first estimated by year, which takes some per cent of its solve. Lower on slow machines, where smaller plans take long, too."""
    kill_grace_seconds: Seconds = 30.0
    """Seconds past its time limit after which a solve that did not stop is killed."""
    lease_seconds: Seconds = 30.0
    """Seconds after which another service process takes over the plan of a process that stopped renewing its lease."""
    max_attempts: Positive = 3
    """Attempts at a plan before it ends as `failed`, so that a problem that crashes its solver is not retried for ever."""
    poll_seconds: Seconds = 0.5
    """Seconds between two polls of the database for work and changes of other service processes; changes of its own reach a process at once."""
    cancel_grace_seconds: Seconds = 0.5
    """Seconds that a cancelled solve has to end before it is killed."""
    shutdown_grace_seconds: Seconds = 5.0
    """Seconds that running solves have to finish when the service stops; unfinished plans return to the queue."""
    reuse_plans: bool = True
    """Whether a request gets the result of a finished plan with the same problem, options, code and solver versions, instead of a new solve."""
    max_wait_seconds: Seconds = 60.0
    """Greatest value of `Prefer: wait=N`, in seconds."""

    retention_plans_days: Days | None = None
    """Days after its end for which a plan that was never submitted is kept, with its tables, basis, problem and events; without limit if absent. Submitted plans, and base plans of kept plans, are always kept. Analyses are kept for as many days after their end, and their base plans with them."""
    retention_max_share: Annotated[float, Field(gt=0, le=1)] = 0.5
    """Share of all plans that retention may remove at once. If more have expired, the clock or a setting is probably wrong: nothing is removed, and the log says so. 1: no limit."""
    retention_bases_days: Days | None = None
    """Days after its end for which the basis of a plan that was not ratified is kept; without limit if absent. Without a basis, sensitivity queries and plans based on it start cold."""
    retention_events_days: Days | None = None
    """Days after its end for which the progress events of a plan are kept; without limit if absent."""
    retention_deliveries_days: Days | None = None
    """Days after the last attempt for which webhook messages that were delivered or given up are kept; without limit if absent."""
    retention_idempotency_days: Days | None = None
    """Days for which an Idempotency-Key is kept, once its plan has ended; without limit if absent."""

    webhook_concurrency: Annotated[int, Field(ge=0)] = 4
    """Webhook messages that one process sends at a time; with authentication, half of them may be of one caller. 0: this process sends none, others do."""
    webhook_timeout_seconds: Seconds = 10.0
    """Time limit of one attempt to send a message, including connection and answer."""
    webhook_max_attempts: Positive = 12
    """Attempts to send a message before it is dead: it is kept, and sent again only on request."""
    webhook_retry_seconds: Seconds = 5.0
    """Seconds before the second attempt; the time triples before each further attempt, up to six hours."""
    webhook_private_addresses: bool = False
    """Whether webhooks may have addresses in private networks and on this machine, and ports other than 80 and 443. Do not set it where users who may create webhooks must not reach these networks."""

    page_rows: Positive = 1_000
    """Rows in a page of a table by default."""
    max_page_rows: Positive = 100_000
    """Rows in a page of a table at most."""
    host: str = "127.0.0.1"
    """Address on which `allot serve` listens."""
    port: Annotated[int, Field(gt=0, lt=65_536)] = 8000
    """Port on which `allot serve` listens."""
    authentication: Literal["off", "keys", "oidc"] = "off"
    """Required credentials. `off`: none; everybody has every role, on this machine only. `keys`: an API key. `oidc`: an API key or a token of an identity provider (extra `oidc`)."""
    allow_unauthenticated_network: bool = False
    """Whether a service without authentication accepts connections from other machines. Set it only where everybody who reaches the port is trusted with everything."""
    trusted_hosts: str | None = None
    """Names, separated by commas, by which a service without authentication is addressed, besides loopback names and `ALLOT_HOST`. Requests with another header `Host` get 421."""
    trusted_proxies: str | None = None
    """Addresses of proxies, separated by commas, whose `X-Forwarded-For` and `X-Forwarded-Proto` count; none if absent. A service without authentication refuses forwarded requests if no proxy is trusted."""
    oidc_issuer: str | None = None
    """Issuer of the tokens: an `https` address below which `/.well-known/openid-configuration` is served."""
    oidc_audience: str | None = None
    """Required audience of tokens: the name of this service at the provider."""
    oidc_jwks_url: str | None = None
    """Address of the provider's keys; taken from its configuration document if absent."""
    oidc_caller_claim: str = "sub"
    """Claim of a token that identifies the caller."""
    oidc_grants_claim: str = "allot_grants"
    """Claim with the grants, a list of `province:role` (or `province:factory:which`); a dotted path, such as `realm_access.roles`, is followed."""
    telemetry_url: SecretStr | None = None
    """OpenTelemetry collector for traces (OTLP over HTTP), such as `http://collector:4318`; none if absent. Needs the extra `telemetry`."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Lowest level of log lines."""
    log_format: Literal["json", "console"] = "json"
    """`json`: one line of JSON per event. `console`: readable text."""

    @model_validator(mode="after")
    def _reject_unsafe_settings(self) -> Self:
        folder = os.environ.get(SECRETS_FOLDER_VARIABLE)
        if (
            folder is not None and not Path(folder).is_dir()
        ):  # a service must not start without what it should have read
            raise ValueError(f"{SECRETS_FOLDER_VARIABLE} names no folder: {folder}")
        if self.authentication == "off" and not self.allow_unauthenticated_network and not is_loopback(self.host):
            raise ValueError(
                f"host {self.host} can be reached from other machines while authentication is off: set ALLOT_AUTHENTICATION "
                "to keys or oidc, or ALLOT_ALLOW_UNAUTHENTICATED_NETWORK=true to give every role to everybody who reaches it"
            )
        if self.authentication == "oidc":
            if not self.oidc_issuer or not self.oidc_audience:
                raise ValueError("ALLOT_AUTHENTICATION=oidc needs ALLOT_OIDC_ISSUER and ALLOT_OIDC_AUDIENCE")
            for address in filter(None, (self.oidc_issuer, self.oidc_jwks_url)):
                if not is_trustworthy_address(address):
                    raise ValueError(f"{address} is not https: its keys would not be trustworthy")
        return self

    def count_analysis_workers(self) -> int:
        """Return the number of tasks of analyses that run at a time in one service process."""
        return self.solver_workers if self.analysis_workers is None else self.analysis_workers

    def list_trusted_hosts(self) -> tuple[str, ...]:
        """List the names in `trusted_hosts`."""
        return tuple(name.strip().lower() for name in (self.trusted_hosts or "").split(",") if name.strip())

    def resolve_object_store_url(self) -> str | None:
        """Return the address of the object store with its credentials; None for the folder in `data_dir`."""
        return None if self.object_store_url is None else self.object_store_url.get_secret_value()

    def resolve_database_url(self) -> str:
        """Return the address of the database with its driver and its password; the SQLite file in `data_dir` if none is set."""
        if self.database_url is None:
            return f"sqlite:///{self.data_dir.absolute() / 'allot.db'}"
        address = self.database_url.get_secret_value()
        for short in ("postgresql://", "postgres://"):
            if address.startswith(short):
                return "postgresql+psycopg://" + address.removeprefix(short)
        return address

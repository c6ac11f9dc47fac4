"""Stored plans: their heads, tables and bases."""

import zipfile
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import structlog
from sqlalchemy import Connection, Row, Select, func, insert, literal, or_, select, tuple_, update

from models.options import PlanOptions
from models.plan import Plan
from service.core.build_info import read_build_info
from service.core.codecs import PlanOutcome, decode_basis
from service.core.log_text import summarize_error
from service.storage.canonical import compute_digest, compute_json_digest, compute_options_digest
from service.storage.engine import read_database_clock
from service.storage.errors import DamagedRecordError, RecordNotFoundError
from service.storage.object_store import ObjectStore
from service.storage.object_verification import ObjectVerifier
from service.storage.records import Json, PlanBuild, PlanRecord, PlanState, TableInfo, to_utc_datetime
from service.storage.repositories.stored_tables import StoredTables
from service.storage.schema import plan_approvals, plan_tables, plan_titles, plans
from solvers.lp.solution import Basis

MAX_REUSE_CANDIDATES = 5
"""Plans of one problem that are tried for reuse."""

REUSABLE_OUTCOMES = ("optimal", "infeasible")
"""Outcomes that another solve could not improve."""

_log = structlog.get_logger(__name__)

_HEAD_COLUMNS = [
    *(column for column in plans.c if column is not plans.c.basis),
    func.coalesce(plan_approvals.c.state, "draft").label("approval_state"),
    func.coalesce(plan_approvals.c.version, 1).label("approval_version"),
    func.coalesce(plan_titles.c.title, "").label("title"),
    plan_titles.c.tags,
]


class PlanRepository:
    """Plans by identifier."""

    def __init__(self, connection: Connection, objects: ObjectStore, verifier: ObjectVerifier) -> None:
        """Work within the transaction of a connection; large tables are in `objects`, compared by `verifier`."""
        self._connection = connection
        self._tables = StoredTables(connection, plan_tables, "plan", objects, verifier)

    def get_plan(self, plan: str) -> PlanRecord:
        """Read a plan; raise RecordNotFoundError if there is none, DamagedRecordError if it cannot be read."""
        try:
            row = self._connection.execute(_select_heads().where(plans.c.id == plan)).first()
        except ValueError as error:  # of a JSON column
            raise DamagedRecordError("plan", plan, summarize_error(error)) from error
        if row is None:
            raise RecordNotFoundError("plan", plan)
        return _to_plan_record(row)

    def read_ownership(self, plan: str, *, lock_row: bool = False) -> tuple[str | None, str]:
        """Read the province of a plan (None where the request contained the problem) and its caller. Raises RecordNotFoundError.

        `lock_row` prevents its removal before the transaction ends.
        """
        query = select(plans.c.province, plans.c.caller).where(plans.c.id == plan)
        if lock_row:
            query = query.with_for_update(read=True, key_share=True)
        row = self._connection.execute(query).first()
        if row is None:
            raise RecordNotFoundError("plan", plan)
        return row.province, row.caller

    def list_plans(self, **conditions: Any) -> tuple[PlanRecord, ...]:
        """List plans as `list_plans_or_damage` does, without those that cannot be read."""
        return tuple(one for one in self.list_plans_or_damage(**conditions) if isinstance(one, PlanRecord))

    def list_plans_or_damage(
        self,
        *,
        caller: str | None = None,
        states: Sequence[PlanState] = (),
        before: str | None = None,
        limit: int = 100,
        visible_to: tuple[frozenset[str] | None, str] | None = None,
    ) -> tuple[PlanRecord | DamagedRecordError, ...]:
        """List at most `limit` plans, newest first; of one caller, in some states, older than the plan `before`, if given.

        A plan that cannot be read is its error, which names it. `visible_to`: only plans of these provinces (None: of any), and plans without a province of this caller.
        """
        query = _select_heads().order_by(plans.c.created.desc(), plans.c.id.desc()).limit(limit)
        if caller is not None:
            query = query.where(plans.c.caller == caller)
        if visible_to is not None:
            own = plans.c.province.is_(None) & (plans.c.caller == visible_to[1])
            with_province = (
                plans.c.province.is_not(None) if visible_to[0] is None else plans.c.province.in_(visible_to[0])
            )
            query = query.where(or_(with_province, own))
        if states:
            query = query.where(plans.c.state.in_(states))
        if before is not None:
            created = self._connection.execute(select(plans.c.created).where(plans.c.id == before)).scalar()
            if created is None:
                raise RecordNotFoundError("plan", before)
            query = query.where(tuple_(plans.c.created, plans.c.id) < (created, before))
        try:
            rows = self._connection.execute(query).all()
        except ValueError:  # of a JSON column of one of them
            names = self._connection.execute(query.with_only_columns(plans.c.id)).scalars().all()
            return tuple(self._get_plan_or_damage(plan) for plan in names)
        return tuple(_to_record_or_damage(row) for row in rows)

    def _get_plan_or_damage(self, plan: str) -> PlanRecord | DamagedRecordError:
        try:
            return self.get_plan(plan)
        except DamagedRecordError as error:
            return error

    def find_finished(
        self, problem_digest: str, options_digest: str, province: str | None, caller: str
    ) -> PlanRecord | None:
        """Find the oldest sound plan with these digests that another solve could not improve; None if there is none.

        Only plans of the same province, or without a province of the same caller: everybody who may read the copy may
        then read the original, and nobody learns that others planned the same.
        """
        audience = plans.c.province == province
        if province is None:
            audience = plans.c.province.is_(None) & (plans.c.caller == caller)
        query = (
            select(plans.c.id)
            .where(
                plans.c.problem_digest == problem_digest,
                plans.c.options_digest == options_digest,
                plans.c.state == "finished",
                plans.c.outcome.in_(REUSABLE_OUTCOMES),
                audience,
            )
            .order_by(plans.c.created)
            .limit(MAX_REUSE_CANDIDATES)
        )
        for plan in self._connection.execute(query).scalars().all():
            try:
                self.verify_plan(plan)
            except DamagedRecordError as error:
                _log.error("damaged plan not reused", plan=plan, reason=str(error))
            else:
                return self.get_plan(plan)
        return None

    def list_tables(self, plan: str) -> tuple[TableInfo, ...]:
        """List the tables of a finished plan, by name."""
        return self._tables.list_tables(plan)

    def read_parquet(self, plan: str, table: str) -> bytes:
        """Read a table as Parquet bytes; see `StoredTables.read_parquet`."""
        return self._tables.read_parquet(plan, table)

    def open_parquet_file(self, plan: str, table: str) -> pa.NativeFile:
        """Open a table as a file; see `StoredTables.open_parquet_file`."""
        return self._tables.open_parquet_file(plan, table)

    def verify_table(self, plan: str, table: str) -> None:
        """Raise DamagedRecordError unless the bytes of a table are those that were stored."""
        self._tables.verify_table(plan, table)

    def verify_head(self, plan: str) -> None:
        """Raise DamagedRecordError unless a plan can be read and its head names the tables that are stored."""
        record = self.get_plan(plan)
        stored = {table.name: table.rows for table in self.list_tables(plan)}
        if record.head is not None and dict(record.head.tables) != stored:
            raise DamagedRecordError("plan", plan, "its head names other tables than are stored")

    def verify_plan(self, plan: str) -> None:
        """Raise DamagedRecordError unless a finished plan can be read and its tables are as they were stored."""
        self.verify_head(plan)
        for table in self.list_tables(plan):
            self.verify_table(plan, table.name)

    def read_table(self, plan: str, table: str) -> pa.Table:
        """Read a table as Arrow; raise RecordNotFoundError if the plan has no such table (yet)."""
        return self._tables.read_table(plan, table)

    def read_content(self, plan: str) -> Json:
        """Read the content of a finished plan: digest of the problem, options, head, digests of the tables."""
        row = self._connection.execute(
            select(plans.c.problem_digest, plans.c.options, plans.c.head).where(plans.c.id == plan)
        ).one()
        tables = {table.name: table.digest for table in self.list_tables(plan)}
        return {"problem": row.problem_digest, "options": row.options, "head": row.head, "tables": tables}

    def read_basis(self, plan: str) -> Basis | None:
        """Read the final basis of a plan; None if it has none."""
        body = self.read_basis_bytes(plan)
        return None if body is None else decode_basis(body)

    def read_basis_bytes(self, plan: str) -> bytes | None:
        """Read the final basis as bytes; see `decode_basis`."""
        body = self._connection.execute(select(plans.c.basis).where(plans.c.id == plan)).scalar_one_or_none()
        return None if body is None else bytes(body)

    def find_sound_basis(self, plan: str) -> bytes | None:
        """Read the final basis as bytes; None if there is none, or if it is damaged: a solve can begin without it."""
        body = self.read_basis_bytes(plan)
        if body is None:
            return None
        expected = self._connection.execute(select(plans.c.basis_digest).where(plans.c.id == plan)).scalar_one()
        try:
            _compare_digests("it", compute_digest(body), expected)
            decode_basis(body)
        except (OSError, ValueError, LookupError, EOFError, zipfile.BadZipFile) as error:
            _log.error("damaged basis not used", plan=plan, reason=summarize_error(error))
            return None
        return body

    def insert_plan(
        self,
        plan: str,
        problem_digest: str,
        options: PlanOptions,
        *,
        caller: str,
        source: Json,
        base_plan: str | None,
    ) -> None:
        """Store an accepted plan, in state `queued`."""
        self._connection.execute(
            plans.insert().values(
                id=plan,
                problem_digest=problem_digest,
                options=options.model_dump(mode="json"),
                options_digest=compute_options_digest(options),
                source=dict(source),
                caller=caller,
                base_plan=base_plan,
                state="queued",
                province=source.get("province"),
                created=read_database_clock(self._connection),
            )
        )

    def set_plan_state(self, plan: str, state: PlanState) -> None:
        """Set the state of a plan that is not final, and its time."""
        moment_of = {"running": "started", "cancelled": "finished"}.get(state)
        times = {moment_of: read_database_clock(self._connection)} if moment_of else {}
        self._connection.execute(update(plans).where(plans.c.id == plan).values(state=state, **times))

    def complete_plan(self, plan: str, outcome: PlanOutcome, keys: dict[str, str]) -> None:
        """Store the result of a plan. `keys` has the object keys of the tables that are in the object store."""
        build, head = read_build_info(), outcome.head.model_dump(mode="json")
        self._connection.execute(
            update(plans)
            .where(plans.c.id == plan)
            .values(
                state="finished",
                outcome=outcome.head.outcome,
                head=head,
                head_digest=compute_json_digest(head),
                basis=outcome.basis,
                basis_digest=None if outcome.basis is None else compute_digest(outcome.basis),
                build={"version": build.version, "commit": build.commit, "source_digest": build.source_digest},
                finished=read_database_clock(self._connection),
            )
        )
        self._tables.insert_tables(plan, outcome.tables, keys)

    def copy_result_from(self, plan: str, source_plan: str) -> None:
        """Copy head, tables and basis of a finished plan."""
        now = read_database_clock(self._connection)
        copied = ("outcome", "head", "head_digest", "basis", "basis_digest", "build")
        values = self._connection.execute(
            select(*(plans.c[name] for name in copied)).where(plans.c.id == source_plan)
        ).one()
        self._connection.execute(
            update(plans)
            .where(plans.c.id == plan)
            .values(
                **dict(zip(copied, values, strict=True)),
                state="finished",
                copied_from=source_plan,
                started=now,
                finished=now,
            )
        )
        names = [column.name for column in plan_tables.c if column.name != "plan"]
        rows = select(literal(plan), *(plan_tables.c[name] for name in names)).where(plan_tables.c.plan == source_plan)
        self._connection.execute(insert(plan_tables).from_select(["plan", *names], rows))


def _select_heads() -> Select[Any]:
    """Select plans without their bases, with their approval states, titles and tags."""
    joined = plans.outerjoin(plan_approvals, plan_approvals.c.plan == plans.c.id)
    return select(*_HEAD_COLUMNS).select_from(joined.outerjoin(plan_titles, plan_titles.c.plan == plans.c.id))


def _to_record_or_damage(row: Row[Any]) -> PlanRecord | DamagedRecordError:
    try:
        return _to_plan_record(row)
    except DamagedRecordError as error:
        return error


def _to_plan_record(row: Row[Any]) -> PlanRecord:
    """Parse a row; raise DamagedRecordError if it is not what a plan is, or not what was stored."""
    try:
        _compare_digests("its head", compute_json_digest(row.head), row.head_digest)
        return _parse_plan_record(row)
    except (ValueError, TypeError) as error:
        raise DamagedRecordError("plan", row.id, summarize_error(error)) from error


def _compare_digests(what: str, found: str, expected: str | None) -> None:
    """Raise ValueError if a digest differs from the stored one; without a stored one (no head, no basis) nothing is compared."""
    if expected is not None and found != expected:
        raise ValueError(f"{what} has the digest {found}")


def _parse_plan_record(row: Row[Any]) -> PlanRecord:
    return PlanRecord(
        id=row.id,
        problem_digest=row.problem_digest,
        options=PlanOptions.model_validate(row.options),
        source=row.source,
        caller=row.caller,
        base_plan=row.base_plan,
        state=row.state,
        outcome=row.outcome,
        head=None if row.head is None else Plan.model_validate(row.head),
        copied_from=row.copied_from,
        created=to_utc_datetime(row.created),
        started=None if row.started is None else to_utc_datetime(row.started),
        finished=None if row.finished is None else to_utc_datetime(row.finished),
        province=row.province,
        approval_state=row.approval_state,
        approval_version=row.approval_version,
        build=None if row.build is None else PlanBuild(**row.build),
        title=row.title,
        tags=tuple(row.tags or ()),
    )

"""The check of a whole database and its objects: after a crash, before a backup is kept, after a restore."""

from collections.abc import Iterator
from dataclasses import dataclass

from service.domain.approval import compute_plan_digest
from service.storage.errors import DamagedRecordError, RecordNotFoundError, StorageError
from service.storage.repositories import integrity as rows
from service.storage.store import Store


@dataclass(frozen=True, slots=True)
class Damage:
    """Something that is damaged."""

    kind: str
    """Kind of the record: `database`, `problem`, `plan`, `table`, `basis`, `province` or `approval`."""
    name: str
    """The record."""
    reason: str
    """What is wrong with it."""


@dataclass(slots=True)
class CheckedCounts:
    """How much a check has read."""

    problems: int = 0
    """Problems."""
    plans: int = 0
    """Plans."""
    tables: int = 0
    """Tables of plans."""
    objects: int = 0
    """Objects in the object store."""
    unreferenced_objects: int = 0
    """Objects that no table refers to: left over from crashes, and harmless."""


def check_store(store: Store, counts: CheckedCounts) -> Iterator[Damage]:
    """Read everything that has a digest or a form, and yield what is damaged; the service may run meanwhile."""
    with store.read_transaction() as transaction:
        for reason in rows.find_database_faults(transaction.connection):
            yield Damage("database", transaction.connection.dialect.name, reason)
        problems, plans = rows.list_problems(transaction.connection), rows.list_plans(transaction.connection)
        provinces = rows.list_province_problems(transaction.connection)
    for digest in problems:
        counts.problems += 1
        yield from _check_problem(store, digest)
    for province, digest in provinces:
        if digest not in problems:
            yield Damage("province", province, f"its problem {digest} is gone")
    for plan in plans:
        counts.plans += 1
        yield from _check_plan(store, plan, counts)
    yield from _check_objects(store, counts)


def _check_problem(store: Store, digest: str) -> Iterator[Damage]:
    try:
        with store.read_transaction() as transaction:
            transaction.problems.get_problem(digest)
    except RecordNotFoundError:
        return  # retention removed it since the list was read
    except DamagedRecordError as error:
        yield Damage(error.kind, error.name, error.reason)
    except ValueError:
        yield Damage("problem", digest, "it is not a problem of this version of Allot")


def _check_plan(store: Store, plan: str, counts: CheckedCounts) -> Iterator[Damage]:
    """Check head, tables, basis and, of a ratified plan, the digest of its content."""
    try:
        with store.read_transaction() as transaction:
            tables = transaction.plans.list_tables(plan)
            counts.tables += len(tables)
            for table in tables:
                try:
                    transaction.plans.open_parquet_file(plan, table.name)
                except DamagedRecordError as error:
                    yield Damage(error.kind, error.name, error.reason)
            has_basis = transaction.plans.read_basis_bytes(plan) is not None
            if has_basis and transaction.plans.find_sound_basis(plan) is None:
                yield Damage("basis", plan, "it cannot be unpacked")
            record = transaction.plans.get_plan(plan)
            if record.head is not None and dict(record.head.tables) != {one.name: one.rows for one in tables}:
                yield Damage("plan", plan, "its head names other tables than are stored")
            ratified = transaction.approvals.get_approval(plan).digest
            if ratified is not None and compute_plan_digest(transaction, plan) != ratified:
                yield Damage("approval", plan, "what is stored is not what was ratified")
    except RecordNotFoundError:
        return
    except DamagedRecordError as error:
        yield Damage(error.kind, error.name, error.reason)


def _check_objects(store: Store, counts: CheckedCounts) -> Iterator[Damage]:
    try:
        keys = set(store.objects.list_object_keys())
    except StorageError as error:
        yield Damage("database", "object store", str(error))
        return
    with store.read_transaction() as transaction:
        counts.objects = len(keys)
        counts.unreferenced_objects = len(keys - rows.list_object_keys(transaction.connection))

"""The check of a whole database and its objects: after a crash, before a backup is kept, after a restore."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from service.domain.approval import compute_plan_digest
from service.storage.errors import DamagedRecordError, RecordNotFoundError
from service.storage.records import JobEvent, TableInfo
from service.storage.repositories import integrity as rows, plan_events
from service.storage.store import Store, Transaction


@dataclass(slots=True)
class CheckedCounts:
    """How much a check has read."""

    problems: int = 0
    """Problems."""
    plans: int = 0
    """Plans."""
    analyses: int = 0
    """Studies, ranges, alternatives and backtests."""
    tables: int = 0
    """Tables of plans and analyses."""
    objects: int = 0
    """Objects in the object store."""
    unreferenced_objects: int = 0
    """Objects that no table refers to: left over from crashes, and harmless."""


def check_store(store: Store, counts: CheckedCounts) -> Iterator[DamagedRecordError]:
    """Read everything that has a digest or a form, and yield what is damaged; the service may run meanwhile.

    Raises StorageUnavailableError if the database or the object store does not answer.
    """
    with store.read_transaction() as transaction:
        faults = tuple(rows.find_database_faults(transaction.connection))
        problems, plans = rows.list_problems(transaction.connection), rows.list_plans(transaction.connection)
        provinces = rows.list_province_problems(transaction.connection)
        analyses = rows.list_analyses(transaction.connection)
    for reason in faults:
        yield DamagedRecordError("database", store.engine.dialect.name, reason)
    for digest in problems:
        counts.problems += 1
        yield from _find_damage(store, partial(_check_problem, digest=digest))
    for province, digest in provinces:
        if digest not in problems:
            yield DamagedRecordError("province", province, f"its problem {digest} is gone")
    for plan in plans:
        counts.plans += 1
        yield from _check_plan(store, plan, counts)
    for analysis in analyses:
        counts.analyses += 1
        yield from _check_analysis(store, analysis, counts)
    _count_objects(store, counts)


def _find_damage(store: Store, check: Callable[[Transaction], object]) -> Iterator[DamagedRecordError]:
    """Run a check in a transaction of its own, and yield the damage that it raises."""
    try:
        with store.read_transaction() as transaction:
            check(transaction)
    except RecordNotFoundError:
        return  # retention removed it since the list was read
    except DamagedRecordError as error:
        yield error


def _check_problem(transaction: Transaction, digest: str) -> None:
    try:
        transaction.problems.get_problem(digest)
    except ValueError as error:
        raise DamagedRecordError("problem", digest, "it is not a problem of this version of Allot") from error


def _check_plan(store: Store, plan: str, counts: CheckedCounts) -> Iterator[DamagedRecordError]:
    """Check tables, basis, head, events and, of a ratified plan, the digest of its content."""
    tables: list[TableInfo] = []
    yield from _find_damage(store, lambda transaction: tables.extend(transaction.plans.list_tables(plan)))
    counts.tables += len(tables)
    for table in tables:
        yield from _find_damage(store, partial(_check_table, plan=plan, table=table.name))
    for check in (_check_basis, _check_head, _check_events):
        yield from _find_damage(store, partial(check, plan=plan))


def _check_analysis(store: Store, analysis: str, counts: CheckedCounts) -> Iterator[DamagedRecordError]:
    """Check head, query state and tables of an analysis."""
    tables: list[TableInfo] = []
    yield from _find_damage(store, lambda transaction: tables.extend(transaction.analyses.tables.list_tables(analysis)))
    counts.tables += len(tables)
    for table in tables:
        yield from _find_damage(store, partial(_check_analysis_table, analysis=analysis, table=table.name))
    yield from _find_damage(store, lambda transaction: transaction.analyses.verify_analysis(analysis))


def _check_analysis_table(transaction: Transaction, analysis: str, table: str) -> None:
    transaction.analyses.tables.verify_table(analysis, table)


def _check_table(transaction: Transaction, plan: str, table: str) -> None:
    transaction.plans.verify_table(plan, table)


def _check_basis(transaction: Transaction, plan: str) -> None:
    has_basis = transaction.plans.read_basis_bytes(plan) is not None
    if has_basis and transaction.plans.find_sound_basis(plan) is None:
        raise DamagedRecordError("basis", plan, "it cannot be unpacked")


def _check_head(transaction: Transaction, plan: str) -> None:
    transaction.plans.verify_head(plan)
    ratified = transaction.approvals.get_approval(plan).digest
    if ratified is not None and compute_plan_digest(transaction, plan) != ratified:
        raise DamagedRecordError("approval", plan, "what is stored is not what was ratified")


def _check_events(transaction: Transaction, plan: str) -> None:
    """Check that the events of a plan can be read, are numbered without gaps, and end as the plan did."""
    found = plan_events.read_positions(transaction.connection, [plan]).get(plan)
    if found is None:
        return  # another plan found it: it was never queued
    outcome, last, numbers = transaction.plans.get_plan(plan).outcome, found[0], 0
    event: JobEvent | None = None
    try:
        while page := plan_events.read_events(transaction.connection, plan, after=numbers):
            if [one.seq for one in page] != list(range(numbers + 1, numbers + len(page) + 1)):
                raise DamagedRecordError("events", plan, f"after number {numbers} one is gone")
            numbers, event = numbers + len(page), page[-1]
    except (ValueError, TypeError) as error:
        raise DamagedRecordError("events", plan, f"one after number {numbers} cannot be read") from error
    if numbers < last:
        raise DamagedRecordError("events", plan, f"{numbers} of {last} are stored")
    if outcome is not None and (event is None or event.data.get("outcome", outcome) != outcome):
        raise DamagedRecordError("events", plan, f"the last one states another outcome than {outcome}")


def _count_objects(store: Store, counts: CheckedCounts) -> None:
    keys = set(store.objects.list_object_keys())
    with store.read_transaction() as transaction:
        counts.objects = len(keys)
        counts.unreferenced_objects = len(keys - rows.list_object_keys(transaction.connection))

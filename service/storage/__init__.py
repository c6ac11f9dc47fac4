"""What Allot remembers: problems, plans, tables, bases, provinces and who did what, in SQLite or PostgreSQL.

store = Store.open(settings)
with store.read() as stored:
    plan = stored.plans.get("…")
    quotas = stored.plans.table("…", "quotas")
with store.write() as stored:
    stored.provinces.put("north", "North", StoredProblem.of(problem), scenarios, caller="planner", expected=3)
"""

from service.solving.encoding import EncodedTable, PlanOutcome, decode_basis, decode_table, encode_basis, encode_table
from service.storage.errors import RecordNotFoundError, StorageError, UnsuitableStoreError, VersionConflictError
from service.storage.problems import StoredProblem
from service.storage.records import (
    FINAL_STATES,
    ApprovalState,
    ApprovalTransition,
    AuditEntry,
    JobEvent,
    KeyRecord,
    PlanRecord,
    PlanState,
    ProvinceRecord,
    TableInfo,
)
from service.storage.store import Store, Transaction

__all__ = [
    "FINAL_STATES",
    "AuditEntry",
    "EncodedTable",
    "JobEvent",
    "KeyRecord",
    "ApprovalTransition",
    "ApprovalState",
    "RecordNotFoundError",
    "PlanOutcome",
    "PlanRecord",
    "PlanState",
    "ProvinceRecord",
    "StorageError",
    "Store",
    "UnsuitableStoreError",
    "StoredProblem",
    "TableInfo",
    "Transaction",
    "VersionConflictError",
    "decode_basis",
    "decode_table",
    "encode_basis",
    "encode_table",
]

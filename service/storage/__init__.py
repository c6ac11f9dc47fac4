"""What Allot remembers: problems, plans, tables, bases, provinces and who did what, in SQLite or PostgreSQL.

store = Store.open(settings)
with store.read() as stored:
    plan = stored.plans.get("…")
    quotas = stored.plans.table("…", "quotas")
with store.write() as stored:
    stored.provinces.put("north", "North", StoredProblem.of(problem), scenarios, caller="planner", expected=3)
"""

from service.solving.encoding import EncodedTable, PlanOutcome, decode_basis, decode_table, encode_basis, encode_table
from service.storage.errors import NotFound, StorageError, StoreUnsuitable, VersionConflict
from service.storage.problems import StoredProblem
from service.storage.records import (
    FINAL_STATES,
    AuditEntry,
    JobEvent,
    KeyRecord,
    LifeAct,
    LifeState,
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
    "LifeAct",
    "LifeState",
    "NotFound",
    "PlanOutcome",
    "PlanRecord",
    "PlanState",
    "ProvinceRecord",
    "StorageError",
    "Store",
    "StoreUnsuitable",
    "StoredProblem",
    "TableInfo",
    "Transaction",
    "VersionConflict",
    "decode_basis",
    "decode_table",
    "encode_basis",
    "encode_table",
]

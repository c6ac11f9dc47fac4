"""The outbox: webhook messages are written in the transaction of the change that they report."""

import secrets
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import and_, or_, select

from service.core.addresses import COLLECTIONS
from service.storage.records import EventKind
from service.storage.schema import analyses, deliveries, plans, webhooks
from service.storage.store import Transaction

_SOURCE_FIELDS = ("province", "version", "scenario")
"""Fields of a plan's source that a message contains; the changes are left out, they may be many."""


def enqueue_event(transaction: Transaction, kind: EventKind, plan: str, data: dict[str, Any]) -> int:
    """Enqueue a message for every webhook that subscribes to this kind of event of this plan; return their number.

    `data`, a JSON object, is added to the plan's identifier, address, caller and source.
    """
    row = transaction.connection.execute(select(plans.c.caller, plans.c.source).where(plans.c.id == plan)).one()
    source = {name: row.source[name] for name in _SOURCE_FIELDS if name in row.source}
    told = {"plan": plan, "href": f"/v1/plans/{plan}", "caller": row.caller, "source": source, **data}
    return _enqueue_messages(transaction, kind, plan, row.caller, source.get("province"), told)


def enqueue_analysis_event(transaction: Transaction, kind: EventKind, analysis: str, data: dict[str, Any]) -> int:
    """Enqueue a message for every webhook that subscribes to this kind of event of this analysis; return their number.

    `data`, a JSON object, is added to the analysis' identifier, kind, address, caller, province and base plan.
    """
    of = analyses.c
    query = select(of.kind, of.base_plan, of.caller, of.province).where(of.id == analysis)
    row = transaction.connection.execute(query).one()
    told = {
        "analysis": analysis,
        "kind": row.kind,
        "href": f"{COLLECTIONS[row.kind]}/{analysis}",
        "caller": row.caller,
        "province": row.province,
        "base_plan": row.base_plan,
        **data,
    }
    return _enqueue_messages(transaction, kind, row.base_plan, row.caller, row.province, told)


def _enqueue_messages(
    transaction: Transaction, kind: EventKind, plan: str, caller: str, province: str | None, data: dict[str, Any]
) -> int:
    """Enqueue a message of a caller, or of a province, that is about a plan or based on it; return the number of receivers."""
    connection = transaction.connection
    own = and_(webhooks.c.province.is_(None), webhooks.c.caller == caller)
    subscribed = own if province is None else or_(own, webhooks.c.province == province)
    found = connection.execute(select(webhooks.c.id, webhooks.c.events).where(subscribed)).all()
    subscribers = [row.id for row in found if kind in row.events]
    if not subscribers:
        return 0
    moment = transaction.read_clock()
    body = {
        "type": kind,
        "timestamp": datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "data": data,
    }
    text = orjson.dumps(body).decode()
    rows = [
        {
            "id": f"msg_{secrets.token_hex(16)}",
            "webhook": webhook,
            "event": kind,
            "plan": plan,
            "body": text,
            "state": "waiting",
            "tries": 0,
            "due": moment,
            "created": moment,
        }
        for webhook in subscribers
    ]
    connection.execute(deliveries.insert(), rows)
    return len(rows)

"""The outbox: webhook messages are written in the transaction of the change that they report."""

import secrets
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import and_, or_, select

from service.storage.records import EventKind
from service.storage.schema import deliveries, plans, webhooks
from service.storage.store import Transaction

_SOURCE_FIELDS = ("province", "version", "scenario")
"""Fields of a plan's source that a message contains; the changes are left out, they may be many."""


def enqueue_event(transaction: Transaction, kind: EventKind, plan: str, data: dict[str, Any]) -> int:
    """Enqueue a message for every webhook that subscribes to this kind of event of this plan; return their number.

    `data`, a JSON object, is added to the plan's identifier, address, caller and source.
    """
    connection = transaction.connection
    plan_row = connection.execute(select(plans.c.caller, plans.c.source).where(plans.c.id == plan)).one()
    source = {name: plan_row.source[name] for name in _SOURCE_FIELDS if name in plan_row.source}
    province = source.get("province")
    own = and_(webhooks.c.province.is_(None), webhooks.c.caller == plan_row.caller)
    subscribed = own if province is None else or_(own, webhooks.c.province == province)
    found = connection.execute(select(webhooks.c.id, webhooks.c.events).where(subscribed)).all()
    subscribers = [row.id for row in found if kind in row.events]
    if not subscribers:
        return 0
    moment = transaction.read_clock()
    body = {
        "type": kind,
        "timestamp": datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "data": {"plan": plan, "href": f"/v1/plans/{plan}", "caller": plan_row.caller, "source": source, **data},
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

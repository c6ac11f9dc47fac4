"""The outbox: messages are written in the transaction of what they tell, so that both happen or neither."""

import secrets
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import and_, or_, select

from service.storage.records import EventKind
from service.storage.schema import deliveries, plans, webhooks
from service.storage.store import Transaction

_SOURCE_FIELDS = ("province", "version", "scenario")
"""What of a plan's source is told; its changes may be many."""


def enqueue_event(transaction: Transaction, kind: EventKind, plan: str, data: dict[str, Any]) -> int:
    """Have every webhook told that asked for this kind of event of this plan; how many there are.

    `data` is told beside the plan's identifier, address, caller and source; a JSON object.
    """
    connection = transaction.connection
    reported = connection.execute(select(plans.c.caller, plans.c.source).where(plans.c.id == plan)).one()
    source = {name: reported.source[name] for name in _SOURCE_FIELDS if name in reported.source}
    province = source.get("province")
    own = and_(webhooks.c.province.is_(None), webhooks.c.caller == reported.caller)
    meant = own if province is None else or_(own, webhooks.c.province == province)
    found = connection.execute(select(webhooks.c.id, webhooks.c.events).where(meant)).all()
    request = [row.id for row in found if kind in row.events]
    if not request:
        return 0
    moment = transaction.read_clock()
    body = {
        "type": kind,
        "timestamp": datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "data": {"plan": plan, "href": f"/v1/plans/{plan}", "caller": reported.caller, "source": source, **data},
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
        for webhook in request
    ]
    connection.execute(deliveries.insert(), rows)
    return len(rows)

"""`/v1/audit`: the route."""

from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response

from service.access import may
from service.auditing.schemas import AuditLine, AuditPage
from service.errors import Invalid, documented
from service.storage import AuditEntry
from service.storage.audit import Wanted
from service.web.services import PrincipalOf, ServicesOf

router = APIRouter(prefix="/v1/audit", tags=["access"], dependencies=[may("read")])

_PRINTABLE = r"^[^\x00]*$"

Text = Annotated[str | None, Query(max_length=100, pattern=_PRINTABLE)]


@router.get("", summary="Who did what", responses=documented(Invalid))
def read_audit(
    services: ServicesOf,
    principal: PrincipalOf,
    response: Response,
    subject: Annotated[Text, Query(description="Only lines about this plan, province or key.")] = None,
    caller: Annotated[Text, Query(description="Only what this caller did.")] = None,
    act: Annotated[Text, Query(description="Only such acts.", examples=["plan ratified"])] = None,
    order: Annotated[Literal["oldest", "newest"], Query(description="Which lines come first.")] = "oldest",
    after: Annotated[
        int | None, Query(ge=0, le=2**62, description="Only lines that come after this one, in the order asked for.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="Lines at most.")] = 100,
) -> AuditPage:
    """The audit log: every plan accepted, finished and cancelled, every province stored, every act of a plan's life, every key.

    You see what belongs to provinces that you may read, and what you did yourself; administrators of `*` see all of it.
    """
    wanted = Wanted(
        subject=subject,
        caller=caller,
        act=act,
        after=after,
        newest_first=order == "newest",
        seen=None if principal.administers else (principal.readable(), principal.caller),
    )
    with services.store.read() as transaction:
        found = transaction.audit.search(wanted, limit + 1)
    shown, following = found[:limit], None
    if len(found) > limit:
        asked = {
            "subject": subject,
            "caller": caller,
            "act": act,
            "order": order,
            "after": shown[-1].seq,
            "limit": limit,
        }
        following = "/v1/audit?" + urlencode({name: value for name, value in asked.items() if value is not None})
        response.headers["Link"] = f'<{following}>; rel="next"'
    return AuditPage(entries=tuple(_line(one) for one in shown), next=following)


def _line(entry: AuditEntry) -> AuditLine:
    return AuditLine(
        seq=entry.seq,
        at=entry.at,
        caller=entry.caller,
        act=entry.act,
        subject=entry.subject,
        province=entry.province,
        detail=dict(entry.detail),
    )

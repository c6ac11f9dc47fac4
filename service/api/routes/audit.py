"""`/v1/audit`: the route."""

from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response

from service.api.dependencies import PrincipalDependency, ServicesDependency
from service.api.permissions import require_permission
from service.core.errors import UnprocessableContentError, document_errors
from service.domain.schemas.audit import AuditLine, AuditPage
from service.storage.records import AuditEntry
from service.storage.repositories.audit import AuditFilter

router = APIRouter(prefix="/v1/audit", tags=["access"], dependencies=[require_permission("read")])

_PRINTABLE_PATTERN = r"^[^\x00]*$"

FilterText = Annotated[str | None, Query(max_length=100, pattern=_PRINTABLE_PATTERN)]


@router.get("", summary="Who did what", responses=document_errors(UnprocessableContentError))
def read_audit_log(
    services: ServicesDependency,
    principal: PrincipalDependency,
    response: Response,
    subject: Annotated[FilterText, Query(description="Only lines about this plan, province or key.")] = None,
    caller: Annotated[FilterText, Query(description="Only what this caller did.")] = None,
    act: Annotated[FilterText, Query(description="Only such acts.", examples=["plan ratified"])] = None,
    order: Annotated[Literal["oldest", "newest"], Query(description="Which lines come first.")] = "oldest",
    after: Annotated[
        int | None, Query(ge=0, le=2**62, description="Only lines that come after this one, in the order asked for.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="Lines at most.")] = 100,
) -> AuditPage:
    """The audit log: every plan accepted, finished and cancelled, every province stored, every act of a plan's life, every key.

    You see what belongs to provinces that you may read, and what you did yourself; administrators of `*` see all of it.
    """
    wanted = AuditFilter(
        subject=subject,
        caller=caller,
        act=act,
        after=after,
        newest_first=order == "newest",
        visible_to=None if principal.is_administrator else (principal.list_readable_provinces(), principal.caller),
    )
    with services.store.read_transaction() as transaction:
        found = transaction.audit.search_entries(wanted, limit + 1)
    shown, following = found[:limit], None
    if len(found) > limit:
        request = {
            "subject": subject,
            "caller": caller,
            "act": act,
            "order": order,
            "after": shown[-1].seq,
            "limit": limit,
        }
        following = "/v1/audit?" + urlencode({name: value for name, value in request.items() if value is not None})
        response.headers["Link"] = f'<{following}>; rel="next"'
    return AuditPage(entries=tuple(_to_audit_line(one) for one in shown), next=following)


def _to_audit_line(entry: AuditEntry) -> AuditLine:
    return AuditLine(
        seq=entry.seq,
        at=entry.at,
        caller=entry.caller,
        act=entry.act,
        subject=entry.subject,
        province=entry.province,
        detail=dict(entry.detail),
    )

"""`/v1/audit`: the audit log."""

from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import Query, Response

from service.api.dependencies import PrincipalDependency, ServicesDependency
from service.api.permissions import require_permission
from service.api.routing import ApiRouter
from service.core.errors import UnprocessableContentError, document_errors
from service.domain.schemas.audit import AuditLine, AuditPage
from service.storage.records import AuditEntry
from service.storage.repositories.audit import AuditFilter

router = ApiRouter(prefix="/v1/audit", tags=["access"], dependencies=[require_permission("read")])

_PRINTABLE_PATTERN = r"^[^\x00]*$"

FilterText = Annotated[str | None, Query(max_length=100, pattern=_PRINTABLE_PATTERN)]


@router.get("", summary="Read the audit log", responses=document_errors(UnprocessableContentError))
def read_audit_log(
    services: ServicesDependency,
    principal: PrincipalDependency,
    response: Response,
    subject: Annotated[FilterText, Query(description="Only entries about this plan, province or key.")] = None,
    caller: Annotated[FilterText, Query(description="Only entries of this caller.")] = None,
    act: Annotated[FilterText, Query(description="Only this act.", examples=["plan ratified"])] = None,
    order: Annotated[Literal["oldest", "newest"], Query(description="Order of the entries.")] = "oldest",
    after: Annotated[
        int | None, Query(ge=0, le=2**62, description="Only entries after this one, in the requested order.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="Maximum number of entries.")] = 100,
) -> AuditPage:
    """Read the audit log: plans accepted, finished and cancelled, provinces stored, acts of approval, API keys.

    You see entries of provinces that you may read and your own entries. Administrators of `*` see all entries.
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

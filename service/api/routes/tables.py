"""`/v1/plans/{plan}/tables`: a route for every table, described by its row model."""

from typing import Annotated, Any

from fastapi import Header, Query, Response
from starlette.responses import StreamingResponse

from models.base import Frozen
from models.tables import TABLE_SCHEMAS
from service.api.admission import stream_in_threads
from service.api.dependencies import PlanName, PlanServiceDependency, ServicesDependency
from service.api.negotiation import negotiate_format
from service.api.openapi import describe_headers
from service.api.permissions import require_permission
from service.api.routing import ApiRouter
from service.core.errors import (
    ConflictError,
    NotAcceptableError,
    NotFoundError,
    UnprocessableContentError,
    document_errors,
)
from service.core.etags import IfNoneMatch, matches_etag, quote_etag
from service.domain.container import Services
from service.domain.schemas.tables import (
    TableEntry,
    TableList,
    TableQuery,
    build_page_schema,
    build_query_model,
    list_key_columns,
)
from service.domain.tables import PlanTables, TableOwner, TableService
from service.spreadsheets.table_formats import MEDIA_TYPES

router = ApiRouter(prefix="/v1/plans", tags=["tables"], dependencies=[require_permission("read")])

_RESPONSE_HEADERS = {"ETag": "Entity tag of this response.", "Link": 'Address of the next page, with `rel="next"`.'}


def describe_table_responses(
    row: type[Frozen], further: dict[str, Any] | None = None
) -> dict[int | str, dict[str, Any]]:
    """Describe the answers with a table; `further` is the schema of columns that its row model does not state."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    content = {media_type.partition(";")[0]: binary for media_type in MEDIA_TYPES.values()}
    content |= {
        "application/json": {"schema": build_page_schema(row, further)},
        "text/csv": {"schema": {"type": "string"}},
    }
    return {
        **document_errors(NotFoundError, ConflictError, NotAcceptableError, UnprocessableContentError),
        200: {"description": "The rows.", "content": content, "headers": describe_headers(_RESPONSE_HEADERS)},
        304: {
            "description": "Your copy is current.",
            "headers": describe_headers({"ETag": _RESPONSE_HEADERS["ETag"]}),
        },
    }


def respond_with_table(
    services: Services,
    owner: TableOwner,
    table: str,
    query: TableQuery,
    accept: str | None,
    if_none_match: str | None,
) -> Response:
    """Answer with a table of a plan or an analysis in the format that was asked for. Raises as `TableService` does."""
    kind = negotiate_format(query.format, accept, MEDIA_TYPES)
    tables = TableService(services.store, services.settings)
    tag = tables.compute_etag(owner, table, query, kind)
    headers = {"ETag": quote_etag(tag), "Cache-Control": "private, no-cache", "Vary": "Accept"}
    if matches_etag(if_none_match, tag):
        return Response(status_code=304, headers=headers)
    answer = tables.read_table(owner, table, query, kind)
    if answer.next_url:
        headers["Link"] = f'<{answer.next_url}>; rel="next"'
    if kind != "json":
        headers["Content-Disposition"] = f'attachment; filename="{table}.{kind}"'
    if isinstance(answer.body, bytes):
        return Response(answer.body, headers=headers, media_type=answer.media_type)
    return StreamingResponse(
        stream_in_threads(answer.body, is_heavy=kind == "xlsx"), headers=headers, media_type=answer.media_type
    )


def _add_table_route(table: str, row: type[Frozen]) -> None:
    """Add the route of one table."""

    def read_table(
        plan: PlanName,
        services: ServicesDependency,
        query: TableQuery,
        accept: Annotated[str | None, Header(description="Accepted media types; JSON if absent.")] = None,
        if_none_match: IfNoneMatch = None,
    ) -> Response:
        return respond_with_table(services, PlanTables(plan), table, query, accept, if_none_match)

    read_table.__annotations__["query"] = Annotated[build_query_model(table, row), Query()]
    router.add_api_route(
        f"/{{plan}}/tables/{table}",
        read_table,
        summary=f"Read the table {table}",
        description=f"{row.__doc__} Rows of zeros only are left out. Filters: "
        f"{', '.join(list_key_columns(row))}; repeat a filter for several values.",
        name=f"read_{table}",
        response_model=None,
        responses=describe_table_responses(row),
    )


@router.get(
    "/{plan}/tables",
    summary="List the tables of a plan",
    responses=document_errors(NotFoundError, UnprocessableContentError),
)
def list_tables(plan: PlanName, plans: PlanServiceDependency) -> TableList:
    """List the tables of a finished plan with their addresses and numbers of rows."""
    view, _ = plans.read_plan(plan)
    return TableList(
        tables=tuple(
            TableEntry(name=name, href=f"/v1/plans/{plan}/tables/{name}", rows=rows)
            for name, rows in (view.tables or {}).items()
        )
    )


for _name, _row in TABLE_SCHEMAS.items():
    _add_table_route(_name, _row)

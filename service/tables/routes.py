"""`/v1/plans/{plan}/{table}`: a route for every table, described by its row model."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Response
from starlette.responses import StreamingResponse

from models.base import ID_PATTERN, Frozen
from models.tables import TABLES
from service.access import may
from service.errors import Conflict, Invalid, Missing, NotAcceptable, documented
from service.tables.formats import MEDIA_TYPES
from service.tables.schemas import TableQuery, key_columns, page_schema, query_model
from service.tables.service import Tables
from service.web.etags import IfNoneMatch, names, quoted
from service.web.negotiation import wanted_format
from service.web.openapi import described
from service.web.services import ServicesOf

router = APIRouter(prefix="/v1/plans", tags=["tables"], dependencies=[may("read")])

PlanName = Annotated[str, Path(pattern=ID_PATTERN, max_length=100, description="The plan.")]

_HEADERS = {"ETag": "Entity tag of this answer.", "Link": 'Address of the next page, with `rel="next"`.'}


def _responses(row: type[Frozen]) -> dict[int | str, dict[str, Any]]:
    binary = {"schema": {"type": "string", "format": "binary"}}
    content = {media_type.partition(";")[0]: binary for media_type in MEDIA_TYPES.values()}
    content |= {"application/json": {"schema": page_schema(row)}, "text/csv": {"schema": {"type": "string"}}}
    return {
        **documented(Missing, Conflict, NotAcceptable, Invalid),
        200: {"description": "The rows.", "content": content, "headers": described(_HEADERS)},
        304: {"description": "You have this answer already.", "headers": described({"ETag": _HEADERS["ETag"]})},
    }


def _add(table: str, row: type[Frozen]) -> None:
    """Add the route of one table."""

    def read_table(
        plan: PlanName,
        services: ServicesOf,
        query: TableQuery,
        accept: Annotated[str | None, Header(description="Media types that you take; JSON if absent.")] = None,
        if_none_match: IfNoneMatch = None,
    ) -> Response:
        kind = wanted_format(query.format, accept, MEDIA_TYPES)
        tables = Tables(services.store, services.settings)
        tag = tables.tag(plan, table, query, kind)
        headers = {"ETag": quoted(tag), "Cache-Control": "private, no-cache", "Vary": "Accept"}
        if names(if_none_match, tag):
            return Response(status_code=304, headers=headers)
        answer = tables.read(plan, table, query, kind)
        if answer.following:
            headers["Link"] = f'<{answer.following}>; rel="next"'
        if kind != "json":
            headers["Content-Disposition"] = f'attachment; filename="{table}.{kind}"'
        if isinstance(answer.body, bytes):
            return Response(answer.body, headers=headers, media_type=answer.media_type)
        return StreamingResponse(answer.body, headers=headers, media_type=answer.media_type)

    read_table.__annotations__["query"] = Annotated[query_model(table, row), Query()]
    router.add_api_route(
        f"/{{plan}}/{table}",
        read_table,
        summary=f"Read the table {table}",
        description=f"{row.__doc__} Rows in which everything is zero are left out. Filters: "
        f"{', '.join(key_columns(row))}; name one several times for several values.",
        name=f"read_{table}",
        operation_id=f"read_{table}",
        response_model=None,
        responses=_responses(row),
    )


for _name, _row in TABLES.items():
    _add(_name, _row)

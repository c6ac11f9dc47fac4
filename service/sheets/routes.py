"""`/v1/plans/{plan}/workbook` and `/v1/templates/province`: the routes."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Response
from fastapi.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from models.base import ID_PATTERN
from service.access import may
from service.errors import Conflict, Invalid, Missing, NotAcceptable, documented
from service.sheets.kinds import SHEET_TYPES, SheetKind
from service.sheets.province import province_workbook, province_zip, template_tables
from service.sheets.service import PlanFiles
from service.sheets.streams import XLSX, in_pieces
from service.web.etags import IfNoneMatch, names, quoted
from service.web.negotiation import wanted_format
from service.web.openapi import binary, described
from service.web.services import ServicesOf

router = APIRouter(prefix="/v1", tags=["tables"])

_TAGGED = {"ETag": "Entity tag of this workbook."}


def _file(description: str, *media_types: str) -> dict[str, Any]:
    return {"description": description, "content": {one: binary() for one in media_types}}


@router.get(
    "/plans/{plan}/workbook",
    summary="Read a whole plan as a workbook",
    dependencies=[may("read")],
    response_model=None,
    responses={
        **documented(Missing, Conflict, Invalid),
        200: {**_file("The workbook.", XLSX), "headers": described(_TAGGED)},
        304: {"description": "You have it already.", "headers": described(_TAGGED)},
    },
)
async def read_workbook(
    plan: Annotated[str, Path(pattern=ID_PATTERN, max_length=100, description="The plan.")],
    services: ServicesOf,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Summary, tables, and a sheet with the quotas of every factory, ready to be printed; names in English and Korean."""
    files = PlanFiles(services.store)
    tag = await run_in_threadpool(files.tag, plan)
    headers = {"ETag": quoted(tag), "Cache-Control": "private, no-cache"}
    if names(if_none_match, tag):
        return Response(status_code=304, headers=headers)
    file = await services.bodies.apart(lambda: files.workbook(plan))
    headers["Content-Disposition"] = f'attachment; filename="{plan}.xlsx"'
    return StreamingResponse(in_pieces(file), headers=headers, media_type=XLSX)


@router.get(
    "/templates/province",
    summary="Read the template of a province",
    dependencies=[may("read")],
    response_model=None,
    responses={**documented(NotAcceptable, Invalid), 200: _file("The template.", *SHEET_TYPES.values())},
)
def read_template(
    format: Annotated[SheetKind | None, Query(description="`xlsx` or `zip` (CSV files), instead of `Accept`.")] = None,  # noqa: A002
    accept: Annotated[str | None, Header(description="Media types that you take; a workbook if absent.")] = None,
) -> Response:
    """Every sheet and column of a province, each with what it means, and two counties as example rows."""
    kind = wanted_format(format, accept, SHEET_TYPES)
    headers = {"Content-Disposition": f'attachment; filename="province-template.{kind}"', "Vary": "Accept"}
    if kind == "zip":
        return Response(province_zip(template_tables(), {}), headers=headers, media_type=SHEET_TYPES[kind])
    file = province_workbook("Template of a province", template_tables(), {})
    return StreamingResponse(in_pieces(file), headers=headers, media_type=SHEET_TYPES[kind])

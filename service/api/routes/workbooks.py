"""Workbooks of plans (`/v1/plans/{plan}/workbook`) and studies, and the template of a province."""

from collections.abc import Callable
from functools import partial
from typing import IO, Annotated, Any

from fastapi import Header, Query, Request, Response
from starlette.responses import StreamingResponse

from service.api.admission import run_in_heavy_thread, run_in_read_thread, run_while_connected, stream_in_threads
from service.api.dependencies import AnalysisName, PlanName, ServicesDependency
from service.api.negotiation import negotiate_format
from service.api.openapi import describe_binary, describe_headers
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
from service.domain.workbooks import WorkbookService
from service.spreadsheets.file_kinds import SPREADSHEET_MEDIA_TYPES, XLSX_MEDIA_TYPE, SpreadsheetKind
from service.spreadsheets.province_workbook import build_province_zip, build_template_tables, write_province_workbook
from service.spreadsheets.workbook import iterate_file_chunks

router = ApiRouter(prefix="/v1", tags=["tables"])

_ETAG_HEADER = {"ETag": "Entity tag of this workbook."}


def _describe_file(description: str, *media_types: str) -> dict[str, Any]:
    return {"description": description, "content": {one: describe_binary() for one in media_types}}


@router.get(
    "/plans/{plan}/workbook",
    summary="Read a whole plan as a workbook",
    dependencies=[require_permission("read")],
    response_model=None,
    responses={
        **document_errors(NotFoundError, ConflictError, UnprocessableContentError),
        200: {**_describe_file("The workbook.", XLSX_MEDIA_TYPE), "headers": describe_headers(_ETAG_HEADER)},
        304: {"description": "Your copy is current.", "headers": describe_headers(_ETAG_HEADER)},
    },
)
async def read_plan_workbook(
    request: Request,
    plan: PlanName,
    services: ServicesDependency,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Summary, tables, and a sheet with the quotas of every factory, ready to be printed; names in English and Korean."""
    files = WorkbookService(services.store)
    return await _respond_with_workbook(
        request, plan, if_none_match, partial(files.compute_etag, plan), partial(files.build_workbook, plan)
    )


@router.get(
    "/studies/{analysis}/workbook",
    summary="Read a whole study as a workbook",
    dependencies=[require_permission("read")],
    response_model=None,
    responses={
        **document_errors(NotFoundError, ConflictError, UnprocessableContentError),
        200: {**_describe_file("The workbook.", XLSX_MEDIA_TYPE), "headers": describe_headers(_ETAG_HEADER)},
        304: {"description": "Your copy is current.", "headers": describe_headers(_ETAG_HEADER)},
    },
)
async def read_study_workbook(
    request: Request,
    analysis: AnalysisName,
    services: ServicesDependency,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Head, quantiles, thresholds, the request and all tables of a finished study; headings in English and Korean."""
    files = WorkbookService(services.store)
    return await _respond_with_workbook(
        request,
        analysis,
        if_none_match,
        partial(files.compute_study_etag, analysis),
        partial(files.build_study_workbook, analysis),
    )


async def _respond_with_workbook(
    request: Request,
    name: str,
    if_none_match: str | None,
    compute_etag: Callable[[], str],
    build: Callable[[], IO[bytes]],
) -> Response:
    """Stream the workbook that `build` writes, unless the client has it."""
    tag = await run_in_read_thread(compute_etag)
    headers = {"ETag": quote_etag(tag), "Cache-Control": "private, no-cache"}
    if matches_etag(if_none_match, tag):
        return Response(status_code=304, headers=headers)
    file = await run_while_connected(request, partial(run_in_heavy_thread, build))
    headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return StreamingResponse(stream_in_threads(iterate_file_chunks(file)), headers=headers, media_type=XLSX_MEDIA_TYPE)


@router.get(
    "/templates/province",
    summary="Read the template of a province",
    dependencies=[require_permission("read")],
    response_model=None,
    responses={
        **document_errors(NotAcceptableError, UnprocessableContentError),
        200: _describe_file("The template.", *SPREADSHEET_MEDIA_TYPES.values()),
    },
)
async def read_province_template(
    format: Annotated[  # noqa: A002
        SpreadsheetKind | None, Query(description="`xlsx` or `zip` (CSV files), instead of `Accept`.")
    ] = None,
    accept: Annotated[str | None, Header(description="Accepted media types; a workbook if absent.")] = None,
) -> Response:
    """Every sheet and column of a province, each with what it means, and two counties as example rows."""
    kind = negotiate_format(format, accept, SPREADSHEET_MEDIA_TYPES)
    headers = {"Content-Disposition": f'attachment; filename="province-template.{kind}"', "Vary": "Accept"}
    if kind == "zip":
        archive = await run_in_heavy_thread(lambda: build_province_zip(build_template_tables(), {}))
        return Response(archive, headers=headers, media_type=SPREADSHEET_MEDIA_TYPES[kind])
    file = await run_in_heavy_thread(
        lambda: write_province_workbook("Template of a province", build_template_tables(), {})
    )
    return StreamingResponse(
        stream_in_threads(iterate_file_chunks(file)), headers=headers, media_type=SPREADSHEET_MEDIA_TYPES[kind]
    )

"""`/v1/provinces`: stored provinces, their versions and scenarios."""

from functools import partial
from typing import Annotated, Literal

from fastapi import Depends, Header, Path, Query, Request, Response
from starlette.responses import StreamingResponse

from models.base import ID_PATTERN
from models.problem.planning_problem import PlanningProblem
from service.api.admission import run_in_heavy_thread, run_in_read_thread, run_while_connected, stream_in_threads
from service.api.dependencies import CallerDependency, PrincipalDependency, ServicesDependency
from service.api.negotiation import negotiate_format
from service.api.openapi import describe_binary, describe_headers
from service.api.permissions import require_permission
from service.api.request_bodies import DocumentBodyDependency, JsonBody, RequestBody
from service.api.routing import ApiRouter
from service.core.errors import (
    BODY_ERRORS,
    ConflictError,
    NotAcceptableError,
    NotFoundError,
    PreconditionFailedError,
    UnprocessableContentError,
    document_errors,
)
from service.core.etags import IfMatch, IfNoneMatch, matches_etag, quote_etag
from service.domain.problem_sources import process_document
from service.domain.provinces import ProvinceService, ProvinceVersion, build_list_entry, stream_province_file
from service.domain.schemas.provinces import BordersBody, ProvinceBody, ProvinceList, ProvinceListEntry, ProvinceView
from service.spreadsheets.file_kinds import SPREADSHEET_MEDIA_TYPES

router = ApiRouter(prefix="/v1/provinces", tags=["provinces"])

ProvinceName = Annotated[
    str, Path(pattern=ID_PATTERN, max_length=100, description="The province.", examples=["ryanggang"])
]
VersionQuery = Annotated[int | None, Query(ge=1, le=2**31 - 1, description="A version of it; the newest if absent.")]

ProvinceFormat = Literal["json", "xlsx", "zip"]
"""Formats in which a province is given."""

_MEDIA_TYPES: dict[ProvinceFormat, str] = {
    "json": "application/json",
    "xlsx": SPREADSHEET_MEDIA_TYPES["xlsx"],
    "zip": SPREADSHEET_MEDIA_TYPES["zip"],
}
_ETAG = describe_headers({"ETag": "Entity tag of this version."})
_SPREADSHEETS = {media_type: describe_binary() for media_type in SPREADSHEET_MEDIA_TYPES.values()}


@router.get("", summary="List provinces", dependencies=[require_permission("read")], responses=document_errors())
def list_provinces(services: ServicesDependency, principal: PrincipalDependency) -> ProvinceList:
    """List the provinces that you may read, with their scenarios, without their problems."""
    found = ProvinceService(services.store, services.settings).list_provinces()
    return ProvinceList(provinces=tuple(one for one in found.provinces if principal.is_permitted("read", one.id)))


@router.get(
    "/{province}",
    summary="Read a province",
    dependencies=[require_permission("read")],
    response_model=ProvinceView,
    responses={
        **document_errors(NotFoundError, NotAcceptableError, UnprocessableContentError),
        200: {"description": "The province.", "headers": _ETAG, "content": _SPREADSHEETS},
        304: {"description": "Your copy is current.", "headers": _ETAG},
    },
)
async def read_province(
    request: Request,
    province: ProvinceName,
    services: ServicesDependency,
    version: VersionQuery = None,
    format: Annotated[ProvinceFormat | None, Query(description="The format, instead of `Accept`.")] = None,  # noqa: A002
    accept: Annotated[str | None, Header(description="Accepted media types; JSON if absent.")] = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Read a version of a province with its problem and scenarios as JSON, a workbook, or a zip of CSV files.

    You can edit the workbook or the zip and send it back with PUT without loss.
    """
    kind = negotiate_format(format, accept, _MEDIA_TYPES)
    provinces = ProvinceService(services.store, services.settings)
    found = await run_in_read_thread(partial(provinces.find_province, province, version))
    tag = found.etag if kind == "json" else f"{found.etag}.{kind}"
    headers = {**_build_headers(found), "ETag": quote_etag(tag), "Vary": "Accept"}
    if matches_etag(if_none_match, tag):
        return Response(status_code=304, headers=headers)
    if kind == "json":
        return Response(await run_in_read_thread(found.to_json), headers=headers, media_type="application/json")
    chunks = await run_while_connected(request, lambda: run_in_heavy_thread(partial(stream_province_file, found, kind)))
    headers["Content-Disposition"] = f'attachment; filename="{province}.{kind}"'
    return StreamingResponse(stream_in_threads(chunks), headers=headers, media_type=_MEDIA_TYPES[kind])


@router.get(
    "/{province}/scenarios/{scenario}",
    summary="Read the problem of a scenario",
    dependencies=[require_permission("read")],
    response_model=PlanningProblem,
    responses={
        **document_errors(NotFoundError, UnprocessableContentError),
        200: {"description": "The problem with the changes of the scenario applied.", "headers": _ETAG},
    },
)
def read_scenario(
    province: ProvinceName,
    scenario: Annotated[str, Path(max_length=100, description="The scenario.", examples=["crisis"])],
    services: ServicesDependency,
    version: VersionQuery = None,
) -> Response:
    """Read the problem of a province with all changes of one scenario applied."""
    problem = ProvinceService(services.store, services.settings).read_scenario_problem(province, version, scenario)
    return Response(
        problem.decompress_json(), headers={"ETag": quote_etag(problem.digest)}, media_type="application/json"
    )


@router.put(
    "/{province}",
    summary="Store a province",
    dependencies=[require_permission("draft")],
    response_model=ProvinceView,
    responses={
        **document_errors(*BODY_ERRORS, ConflictError, PreconditionFailedError),
        200: {"description": "A new version is stored.", "headers": _ETAG},
        201: {
            "model": ProvinceView,
            "description": "The province is stored.",
            "headers": _ETAG | describe_headers({"Location": "Address of the province."}),
        },
    },
)
async def store_province(
    province: ProvinceName,
    body: Annotated[RequestBody, Depends(DocumentBodyDependency(ProvinceBody, spreadsheets=True))],
    services: ServicesDependency,
    caller: CallerDependency,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Store a new version; all earlier versions stay.

    With `If-Match` the request fails if there is a newer version than you read. With `If-None-Match: *` it fails if the
    province exists. Built-in provinces cannot be replaced. A workbook or a zip of CSV files must follow the template.
    """

    def store_from_body(raw: bytes) -> ProvinceVersion:
        provinces = ProvinceService(services.store, services.settings)
        return process_document(
            raw,
            body.spreadsheet_kind,
            services.settings,
            lambda document: provinces.store_province(province, document, caller, if_match, if_none_match),
        )

    found = await body.process_in_thread(store_from_body)
    return await run_in_read_thread(partial(_build_response, found, 201 if found.version == 1 else 200))


@router.put(
    "/{province}/borders",
    summary="Store the borders of a province",
    dependencies=[require_permission("draft")],
    response_model=ProvinceListEntry,
    responses={
        **document_errors(*BODY_ERRORS, NotFoundError, ConflictError, PreconditionFailedError),
        200: {"description": "A new version with these borders is stored.", "headers": _ETAG},
    },
)
def store_borders(
    province: ProvinceName,
    services: ServicesDependency,
    caller: CallerDependency,
    body: JsonBody[BordersBody],
    if_match: IfMatch = None,
) -> Response:
    """Store a new version of a province with the borders of its counties, a GeoJSON file of one feature for each county.

    A feature states its county as `id`, or as `county` in its properties. The file states its source and licence, which
    the map shows. No figure of a plan depends on borders.
    """
    found = ProvinceService(services.store, services.settings).store_borders(province, body, caller, if_match)
    content = build_list_entry(found).model_dump_json()
    return Response(content, headers=_build_headers(found), media_type="application/json")


@router.delete(
    "/{province}",
    summary="Delete a province",
    dependencies=[require_permission("draft")],
    status_code=204,
    responses=document_errors(NotFoundError, ConflictError, PreconditionFailedError, UnprocessableContentError),
)
def delete_province(
    province: ProvinceName, services: ServicesDependency, caller: CallerDependency, if_match: IfMatch = None
) -> None:
    """Delete a province. Its versions stay readable by number; its plans stay unchanged."""
    ProvinceService(services.store, services.settings).delete_province(province, caller, if_match)


def _build_response(found: ProvinceVersion, status: int) -> Response:
    return Response(found.to_json(), status, headers=_build_headers(found), media_type="application/json")


def _build_headers(found: ProvinceVersion) -> dict[str, str]:
    return {
        "ETag": quote_etag(found.etag),
        "Cache-Control": "private, no-cache",
        "Location": f"/v1/provinces/{found.id}",
    }

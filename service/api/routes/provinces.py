"""`/v1/provinces`: the routes."""

from typing import Annotated, Literal

from fastapi import APIRouter, Header, Path, Query, Response
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import StreamingResponse

from models.base import ID_PATTERN
from models.problem.planning_problem import PlanningProblem
from service.api.dependencies import CallerDependency, PrincipalDependency, ServicesDependency, get_body_reader
from service.api.examples import provinces
from service.api.negotiation import negotiate_format
from service.api.openapi import (
    describe_binary,
    describe_headers,
    describe_json_body,
    describe_json_response,
    register_schema,
)
from service.api.permissions import require_permission
from service.core.errors import (
    BadRequestError,
    ConflictError,
    ContentTooLargeError,
    NotAcceptableError,
    NotFoundError,
    PreconditionFailedError,
    UnprocessableContentError,
    UnsupportedMediaTypeError,
    document_errors,
)
from service.core.etags import IfMatch, IfNoneMatch, matches_etag, quote_etag
from service.domain.province_files import stream_province_file
from service.domain.provinces import ProvinceService, ProvinceVersion
from service.domain.schemas.provinces import ProvinceBody, ProvinceList, ProvinceView
from service.domain.sheet_sources import process_document
from service.spreadsheets.file_kinds import SPREADSHEET_MEDIA_TYPES, detect_spreadsheet_kind

router = APIRouter(prefix="/v1/provinces", tags=["provinces"])

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
_ETAG_HEADER = {"ETag": "Entity tag of this version."}

_PROVINCE_RESPONSE = describe_json_response(ProvinceView, "The province.", _ETAG_HEADER)
_PROVINCE_RESPONSE["content"] |= {media_type: describe_binary() for media_type in SPREADSHEET_MEDIA_TYPES.values()}


@router.get("", summary="List the provinces", dependencies=[require_permission("read")], responses=document_errors())
def list_provinces(services: ServicesDependency, principal: PrincipalDependency) -> ProvinceList:
    """The provinces that you may read, with their scenarios, without their problems."""
    found = ProvinceService(services.store, services.settings).list_provinces()
    return ProvinceList(provinces=tuple(one for one in found.provinces if principal.is_permitted("read", one.id)))


@router.get(
    "/{province}",
    summary="Read a province",
    dependencies=[require_permission("read")],
    response_model=None,
    responses={
        **document_errors(NotFoundError, NotAcceptableError, UnprocessableContentError),
        200: _PROVINCE_RESPONSE,
        304: {"description": "You have this version already.", "headers": describe_headers(_ETAG_HEADER)},
    },
)
def read_province(
    province: ProvinceName,
    services: ServicesDependency,
    version: VersionQuery = None,
    format: Annotated[ProvinceFormat | None, Query(description="The format, instead of `Accept`.")] = None,
    accept: Annotated[str | None, Header(description="Media types that you take; JSON if absent.")] = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """A version of a province, with its problem and scenarios; as JSON, as a workbook, or as CSV files in a zip.

    Workbook and zip can be edited and sent back with PUT; nothing is lost on the way.
    """
    kind = negotiate_format(format, accept, _MEDIA_TYPES)
    found = ProvinceService(services.store, services.settings).find_province(province, version)
    tag = found.etag if kind == "json" else f"{found.etag}.{kind}"
    headers = {**_build_headers(found), "ETag": quote_etag(tag), "Vary": "Accept"}
    if matches_etag(if_none_match, tag):
        return Response(status_code=304, headers=headers)
    if kind == "json":
        return Response(found.to_json(), headers=headers, media_type="application/json")
    headers["Content-Disposition"] = f'attachment; filename="{province}.{kind}"'
    return StreamingResponse(stream_province_file(found, kind), headers=headers, media_type=_MEDIA_TYPES[kind])


@router.get(
    "/{province}/scenarios/{scenario}",
    summary="Read a province's problem in a scenario",
    dependencies=[require_permission("read")],
    response_model=None,
    responses={
        **document_errors(NotFoundError, UnprocessableContentError),
        200: describe_json_response(PlanningProblem, "The problem with the scenario's changes applied.", _ETAG_HEADER),
    },
)
def read_scenario(
    province: ProvinceName,
    scenario: Annotated[str, Path(max_length=100, description="The scenario.", examples=["crisis"])],
    services: ServicesDependency,
    version: VersionQuery = None,
) -> Response:
    """The province's problem with all changes of one of its scenarios applied: what a plan of it would plan."""
    problem = ProvinceService(services.store, services.settings).read_scenario_problem(province, version, scenario)
    return Response(
        problem.decompress_json(), headers={"ETag": quote_etag(problem.digest)}, media_type="application/json"
    )


@router.put(
    "/{province}",
    summary="Store a province",
    dependencies=[require_permission("draft")],
    response_model=None,
    responses={
        **document_errors(
            BadRequestError,
            ConflictError,
            PreconditionFailedError,
            ContentTooLargeError,
            UnsupportedMediaTypeError,
            UnprocessableContentError,
        ),
        200: describe_json_response(ProvinceView, "A new version is stored.", _ETAG_HEADER),
        201: describe_json_response(
            ProvinceView, "The province is stored.", {**_ETAG_HEADER, "Location": "Where it is."}
        ),
    },
    openapi_extra=describe_json_body(
        register_schema(ProvinceBody), provinces.PROVINCE_EXAMPLES, allow_spreadsheets=True
    ),
)
async def store_province(
    province: ProvinceName,
    request: Request,
    services: ServicesDependency,
    caller: CallerDependency,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Store a new version; none that was stored before is lost.

    With `If-Match` only if nobody wrote since you read it; with `If-None-Match: *` only if there is no province of that
    name. What comes with Allot cannot be replaced. A workbook or a zip of CSV is read as the template lays it out.
    """
    kind = detect_spreadsheet_kind(request)

    def store_from_body(raw: bytes) -> ProvinceVersion:
        provinces = ProvinceService(services.store, services.settings)
        return process_document(
            raw,
            kind,
            services.settings,
            lambda body: provinces.store_province(province, body, caller, if_match, if_none_match),
        )

    found = await get_body_reader(request).read_json_body(request, store_from_body, allow_spreadsheets=True)
    return await run_in_threadpool(_build_response, found, 201 if found.version == 1 else 200)


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
    """Delete a province; its versions stay readable by number, and plans made from it stay as they are."""
    ProvinceService(services.store, services.settings).delete_province(province, caller, if_match)


def _build_response(found: ProvinceVersion, status: int) -> Response:
    return Response(found.to_json(), status, headers=_build_headers(found), media_type="application/json")


def _build_headers(found: ProvinceVersion) -> dict[str, str]:
    return {
        "ETag": quote_etag(found.etag),
        "Cache-Control": "private, no-cache",
        "Location": f"/v1/provinces/{found.id}",
    }

"""`/v1/provinces`: the routes."""

from typing import Annotated, Literal

from fastapi import APIRouter, Header, Path, Query, Response
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import StreamingResponse

from models.base import ID_PATTERN
from models.problem import PlanningProblem
from service.access import may
from service.errors import Conflict, Invalid, Missing, NotAcceptable, Stale, TooLarge, Unreadable, WrongType, documented
from service.provinces import examples
from service.provinces.files import province_file
from service.provinces.schemas import ProvinceBody, ProvinceFull, ProvinceList
from service.provinces.service import Found, Provinces
from service.sheets.kinds import SHEET_TYPES, sheets_of
from service.sources.sheets import understood
from service.web.etags import IfMatch, IfNoneMatch, names, quoted
from service.web.negotiation import wanted_format
from service.web.openapi import binary, described, json_answer, json_body, schema_of
from service.web.services import Caller, PrincipalOf, ServicesOf

router = APIRouter(prefix="/v1/provinces", tags=["provinces"])

ProvinceName = Annotated[
    str, Path(pattern=ID_PATTERN, max_length=100, description="The province.", examples=["ryanggang"])
]
Version = Annotated[int | None, Query(ge=1, le=2**31 - 1, description="A version of it; the newest if absent.")]

ProvinceFormat = Literal["json", "xlsx", "zip"]
"""Formats in which a province is given."""

_FORMATS: dict[ProvinceFormat, str] = {
    "json": "application/json",
    "xlsx": SHEET_TYPES["xlsx"],
    "zip": SHEET_TYPES["zip"],
}
_TAGGED = {"ETag": "Entity tag of this version."}

_READ = json_answer(ProvinceFull, "The province.", _TAGGED)
_READ["content"] |= {media_type: binary() for media_type in SHEET_TYPES.values()}


@router.get("", summary="List the provinces", dependencies=[may("read")], responses=documented())
def list_provinces(services: ServicesOf, principal: PrincipalOf) -> ProvinceList:
    """The provinces that you may read, with their scenarios, without their problems."""
    found = Provinces(services.store, services.settings).list()
    return ProvinceList(provinces=tuple(one for one in found.provinces if principal.may("read", one.id)))


@router.get(
    "/{province}",
    summary="Read a province",
    dependencies=[may("read")],
    response_model=None,
    responses={
        **documented(Missing, NotAcceptable, Invalid),
        200: _READ,
        304: {"description": "You have this version already.", "headers": described(_TAGGED)},
    },
)
def read_province(
    province: ProvinceName,
    services: ServicesOf,
    version: Version = None,
    format: Annotated[ProvinceFormat | None, Query(description="The format, instead of `Accept`.")] = None,  # noqa: A002
    accept: Annotated[str | None, Header(description="Media types that you take; JSON if absent.")] = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """A version of a province, with its problem and scenarios; as JSON, as a workbook, or as CSV files in a zip.

    Workbook and zip can be edited and sent back with PUT; nothing is lost on the way.
    """
    kind = wanted_format(format, accept, _FORMATS)
    found = Provinces(services.store, services.settings).find(province, version)
    tag = found.tag if kind == "json" else f"{found.tag}.{kind}"
    headers = {**_headers(found), "ETag": quoted(tag), "Vary": "Accept"}
    if names(if_none_match, tag):
        return Response(status_code=304, headers=headers)
    if kind == "json":
        return Response(found.json(), headers=headers, media_type="application/json")
    headers["Content-Disposition"] = f'attachment; filename="{province}.{kind}"'
    return StreamingResponse(province_file(found, kind), headers=headers, media_type=_FORMATS[kind])


@router.get(
    "/{province}/scenarios/{scenario}",
    summary="Read a province's problem in a scenario",
    dependencies=[may("read")],
    response_model=None,
    responses={
        **documented(Missing, Invalid),
        200: json_answer(PlanningProblem, "The problem with the scenario's changes applied.", _TAGGED),
    },
)
def read_scenario(
    province: ProvinceName,
    scenario: Annotated[str, Path(max_length=100, description="The scenario.", examples=["crisis"])],
    services: ServicesOf,
    version: Version = None,
) -> Response:
    """The province's problem with all changes of one of its scenarios applied: what a plan of it would plan."""
    problem = Provinces(services.store, services.settings).in_scenario(province, version, scenario)
    return Response(problem.json(), headers={"ETag": quoted(problem.digest)}, media_type="application/json")


@router.put(
    "/{province}",
    summary="Store a province",
    dependencies=[may("draft")],
    response_model=None,
    responses={
        **documented(Unreadable, Conflict, Stale, TooLarge, WrongType, Invalid),
        200: json_answer(ProvinceFull, "A new version is stored.", _TAGGED),
        201: json_answer(ProvinceFull, "The province is stored.", {**_TAGGED, "Location": "Where it is."}),
    },
    openapi_extra=json_body(schema_of(ProvinceBody), examples.PUT, sheets=True),
)
async def put_province(
    province: ProvinceName,
    request: Request,
    services: ServicesOf,
    caller: Caller,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Store a new version; none that was stored before is lost.

    With `If-Match` only if nobody wrote since you read it; with `If-None-Match: *` only if there is no province of that
    name. What comes with Allot cannot be replaced. A workbook or a zip of CSV is read as the template lays it out.
    """
    kind = sheets_of(request)

    def store(raw: bytes) -> Found:
        provinces = Provinces(services.store, services.settings)
        return understood(
            raw, kind, services.settings, lambda body: provinces.put(province, body, caller, if_match, if_none_match)
        )

    found = await services.bodies.take(request, store, sheets=True)
    return await run_in_threadpool(_answer, found, 201 if found.version == 1 else 200)


@router.delete(
    "/{province}",
    summary="Delete a province",
    dependencies=[may("draft")],
    status_code=204,
    responses=documented(Missing, Conflict, Stale, Invalid),
)
def delete_province(province: ProvinceName, services: ServicesOf, caller: Caller, if_match: IfMatch = None) -> None:
    """Delete a province; its versions stay readable by number, and plans made from it stay as they are."""
    Provinces(services.store, services.settings).delete(province, caller, if_match)


def _answer(found: Found, status: int) -> Response:
    return Response(found.json(), status, headers=_headers(found), media_type="application/json")


def _headers(found: Found) -> dict[str, str]:
    return {
        "ETag": quoted(found.tag),
        "Cache-Control": "private, no-cache",
        "Location": f"/v1/provinces/{found.id}",
    }

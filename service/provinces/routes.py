"""`/v1/provinces`: the routes."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request

from models.base import ID_PATTERN
from models.problem import PlanningProblem
from service.access import may
from service.errors import Conflict, Invalid, Missing, Stale, TooLarge, Unreadable, WrongType, documented
from service.provinces import examples
from service.provinces.schemas import ProvinceBody, ProvinceFull, ProvinceList
from service.provinces.service import Found, Provinces
from service.web.bodies import decode
from service.web.etags import IfMatch, IfNoneMatch, names, quoted
from service.web.openapi import described, json_answer, json_body, schema_of
from service.web.services import Caller, PrincipalOf, ServicesOf

router = APIRouter(prefix="/v1/provinces", tags=["provinces"])

ProvinceName = Annotated[
    str, Path(pattern=ID_PATTERN, max_length=100, description="The province.", examples=["ryanggang"])
]
Version = Annotated[int | None, Query(ge=1, le=2**31 - 1, description="A version of it; the newest if absent.")]

_TAGGED = {"ETag": "Entity tag of this version."}


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
        **documented(Missing, Invalid),
        200: json_answer(ProvinceFull, "The province.", _TAGGED),
        304: {"description": "You have this version already.", "headers": described(_TAGGED)},
    },
)
def read_province(
    province: ProvinceName, services: ServicesOf, version: Version = None, if_none_match: IfNoneMatch = None
) -> Response:
    """A version of a province, with its problem and scenarios."""
    found = Provinces(services.store, services.settings).find(province, version)
    if names(if_none_match, found.tag):
        return Response(status_code=304, headers=_headers(found))
    return _answer(found, 200)


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
    openapi_extra=json_body(schema_of(ProvinceBody), examples.PUT),
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
    name. What comes with Allot cannot be replaced.
    """

    def store(raw: bytes) -> Found:
        return Provinces(services.store, services.settings).put(province, decode(raw), caller, if_match, if_none_match)

    found = await services.bodies.take(request, store)
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

"""`/v1/me` and `/v1/keys`: the routes."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request

from models.parsing import validate_model
from service.access.guards import may
from service.access.schemas import KeyBody, KeyList, KeyMade, KeyView, Me
from service.errors import Invalid, Missing, TooLarge, Unreadable, WrongType, documented
from service.identity import EVERYBODY
from service.identity.keys import NewKey, make_key, revoke_key
from service.storage import KeyRecord
from service.web.bodies import decode
from service.web.openapi import json_answer, json_body, schema_of
from service.web.services import Caller, PrincipalOf, ServicesOf

router = APIRouter(prefix="/v1", tags=["access"])

KeyName = Annotated[str, Path(pattern=r"^[0-9a-f]{12}$", max_length=12, description="The key's identifier.")]

KEYS = {
    "bureau": (
        "The planning bureau of Ryanggang, for a year",
        {"caller": "bureau", "grants": [{"province": "ryanggang", "role": "bureau"}]},
    ),
    "factory": (
        "One factory, which reports its own outputs only",
        {"caller": "hyesan-daily", "grants": [{"province": "ryanggang", "role": "factory", "factory": "hyesan-daily"}]},
    ),
}
"""Examples of `POST /v1/keys`."""


@router.get("/me", summary="Who am I?", dependencies=[may("read")], responses=documented())
async def read_me(principal: PrincipalOf) -> Me:
    """Who you are to the service, and your roles in provinces."""
    return Me(
        caller=principal.caller,
        authentication="off" if principal is EVERYBODY else "on",
        grants=tuple(sorted(principal.grants, key=str)),
    )


@router.get("/keys", summary="List the API keys", dependencies=[may("administer")], responses=documented())
def list_keys(services: ServicesOf) -> KeyList:
    """All keys, those that hold no more included. For administrators of `*`."""
    with services.store.read() as transaction:
        return KeyList(keys=tuple(KeyView.model_validate(_told(one)) for one in transaction.keys.list()))


@router.post(
    "/keys",
    summary="Make an API key",
    dependencies=[may("administer")],
    response_model=None,
    responses={
        **documented(Unreadable, TooLarge, WrongType, Invalid),
        201: json_answer(KeyMade, "The key is made; it is told this once."),
    },
    openapi_extra=json_body(schema_of(KeyBody), KEYS),
)
async def add_key(request: Request, services: ServicesOf, caller: Caller) -> Response:
    """Make a key for a caller with roles in provinces. For administrators of `*`."""

    def make(body: KeyBody) -> NewKey:
        with services.store.write() as transaction:
            return make_key(transaction, body.caller, body.grants, days=body.days, made_by=caller)

    body = await services.bodies.take(request, lambda raw: validate_model(KeyBody, decode(raw)))
    made = await run_in_threadpool(make, body)
    answer = KeyMade.model_validate({**_told(made.record), "key": made.key})
    return Response(answer.model_dump_json(), 201, media_type="application/json")


@router.delete(
    "/keys/{key}",
    summary="Revoke an API key",
    status_code=204,
    dependencies=[may("administer")],
    responses=documented(Missing, Invalid),
)
def delete_key(key: KeyName, services: ServicesOf, caller: Caller) -> None:
    """Revoke a key: whoever asks with it from now on is refused. It stays in the list. For administrators of `*`."""
    with services.store.write() as transaction:
        revoke_key(transaction, key, revoked_by=caller)


def _told(record: KeyRecord) -> dict[str, object]:
    return {name: getattr(record, name) for name in KeyView.model_fields}

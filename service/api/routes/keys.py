"""`/v1/me` and `/v1/keys`: the routes."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request

from models.validation.parsing import validate_model
from service.api.dependencies import CallerDependency, PrincipalDependency, ServicesDependency, get_body_reader
from service.api.openapi import describe_json_body, describe_json_response, register_schema
from service.api.permissions import require_permission
from service.auth.api_keys import IssuedKey, issue_api_key, revoke_api_key
from service.auth.principals import ANONYMOUS_PRINCIPAL
from service.core.errors import (
    BadRequestError,
    ContentTooLargeError,
    NotFoundError,
    UnprocessableContentError,
    UnsupportedMediaTypeError,
    document_errors,
)
from service.core.json_documents import decode_json_object
from service.domain.schemas.keys import CurrentPrincipal, KeyBody, KeyList, KeyView, KeyWithSecret
from service.storage.records import KeyRecord

router = APIRouter(prefix="/v1", tags=["access"])

KeyName = Annotated[str, Path(pattern=r"^[0-9a-f]{12}$", max_length=12, description="The key's identifier.")]

KEY_EXAMPLES = {
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


@router.get("/me", summary="Who am I?", dependencies=[require_permission("read")], responses=document_errors())
async def read_current_principal(principal: PrincipalDependency) -> CurrentPrincipal:
    """Who you are to the service, and your roles in provinces."""
    return CurrentPrincipal(
        caller=principal.caller,
        authentication="off" if principal is ANONYMOUS_PRINCIPAL else "on",
        grants=tuple(sorted(principal.grants, key=str)),
    )


@router.get(
    "/keys", summary="List the API keys", dependencies=[require_permission("administer")], responses=document_errors()
)
def list_api_keys(services: ServicesDependency) -> KeyList:
    """All keys, those that hold no more included. For administrators of `*`."""
    with services.store.read_transaction() as transaction:
        return KeyList(
            keys=tuple(KeyView.model_validate(_select_key_fields(one)) for one in transaction.keys.list_keys())
        )


@router.post(
    "/keys",
    summary="Make an API key",
    dependencies=[require_permission("administer")],
    response_model=None,
    responses={
        **document_errors(BadRequestError, ContentTooLargeError, UnsupportedMediaTypeError, UnprocessableContentError),
        201: describe_json_response(KeyWithSecret, "The key is made; it is told this once."),
    },
    openapi_extra=describe_json_body(register_schema(KeyBody), KEY_EXAMPLES),
)
async def create_api_key(request: Request, services: ServicesDependency, caller: CallerDependency) -> Response:
    """Make a key for a caller with roles in provinces. For administrators of `*`."""

    def issue_from_body(body: KeyBody) -> IssuedKey:
        with services.store.write_transaction() as transaction:
            return issue_api_key(transaction, body.caller, body.grants, days=body.days, created_by=caller)

    body = await get_body_reader(request).read_json_body(
        request, lambda raw: validate_model(KeyBody, decode_json_object(raw))
    )
    made = await run_in_threadpool(issue_from_body, body)
    answer = KeyWithSecret.model_validate({**_select_key_fields(made.record), "key": made.key})
    return Response(answer.model_dump_json(), 201, media_type="application/json")


@router.delete(
    "/keys/{key}",
    summary="Revoke an API key",
    status_code=204,
    dependencies=[require_permission("administer")],
    responses=document_errors(NotFoundError, UnprocessableContentError),
)
def delete_api_key(key: KeyName, services: ServicesDependency, caller: CallerDependency) -> None:
    """Revoke a key: whoever asks with it from now on is refused. It stays in the list. For administrators of `*`."""
    with services.store.write_transaction() as transaction:
        revoke_api_key(transaction, key, revoked_by=caller)


def _select_key_fields(record: KeyRecord) -> dict[str, object]:
    return {name: getattr(record, name) for name in KeyView.model_fields}

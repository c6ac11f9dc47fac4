"""`/v1/me` and `/v1/keys`: the principal of a request, and API keys."""

from typing import Annotated

from fastapi import Path

from service.api.dependencies import CallerDependency, PrincipalDependency, ServicesDependency
from service.api.permissions import require_permission
from service.api.request_bodies import JsonBody
from service.api.routing import ApiRouter
from service.auth.api_keys import issue_api_key, revoke_api_key
from service.auth.principals import ANONYMOUS_PRINCIPAL
from service.core.errors import BODY_ERRORS, ConflictError, NotFoundError, UnprocessableContentError, document_errors
from service.domain.schemas.keys import CurrentPrincipal, KeyBody, KeyList, KeyView, KeyWithSecret
from service.storage.records import KeyRecord

router = ApiRouter(prefix="/v1", tags=["access"])

KeyName = Annotated[str, Path(pattern=r"^[0-9a-f]{12}$", max_length=12, description="Identifier of the key.")]


@router.get(
    "/me", summary="Read the current principal", dependencies=[require_permission("read")], responses=document_errors()
)
async def read_current_principal(principal: PrincipalDependency) -> CurrentPrincipal:
    """Read who the service takes you for, and your roles in provinces."""
    return CurrentPrincipal(
        caller=principal.caller,
        authentication="off" if principal is ANONYMOUS_PRINCIPAL else "on",
        grants=tuple(sorted(principal.grants, key=str)),
    )


@router.get(
    "/keys", summary="List API keys", dependencies=[require_permission("administer")], responses=document_errors()
)
def list_api_keys(services: ServicesDependency) -> KeyList:
    """List all keys, expired and revoked ones included. Only administrators of `*` may do so."""
    with services.store.read_transaction() as transaction:
        return KeyList(
            keys=tuple(KeyView.model_validate(_select_key_fields(one)) for one in transaction.keys.list_keys())
        )


@router.post(
    "/keys",
    summary="Create an API key",
    status_code=201,
    dependencies=[require_permission("administer")],
    response_description="The key with its secret, which is shown only once.",
    responses=document_errors(*BODY_ERRORS, ConflictError),
)
def create_api_key(body: JsonBody[KeyBody], services: ServicesDependency, caller: CallerDependency) -> KeyWithSecret:
    """Create a key for a caller with roles in provinces. Only administrators of `*` may do so; without authentication,
    the command `allot keys add` does.
    """
    if not services.authenticator.is_enabled:
        raise ConflictError(
            "Authentication is off, so nobody can be known who makes a key. Use `allot keys add` where the service runs."
        )
    with services.store.write_transaction() as transaction:
        issued = issue_api_key(transaction, body.caller, body.grants, days=body.days, created_by=caller)
    return KeyWithSecret.model_validate({**_select_key_fields(issued.record), "key": issued.key})


@router.delete(
    "/keys/{key}",
    summary="Revoke an API key",
    status_code=204,
    dependencies=[require_permission("administer")],
    responses=document_errors(NotFoundError, UnprocessableContentError),
)
def delete_api_key(key: KeyName, services: ServicesDependency, caller: CallerDependency) -> None:
    """Revoke a key: every later request with it is refused. The key stays in the list. Only administrators of `*` may do so."""
    with services.store.write_transaction() as transaction:
        revoke_api_key(transaction, key, revoked_by=caller)


def _select_key_fields(record: KeyRecord) -> dict[str, object]:
    return {name: getattr(record, name) for name in KeyView.model_fields}

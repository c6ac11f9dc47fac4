"""Authentication: from the header of a request to its principal."""

import ipaddress
from collections.abc import Mapping
from typing import Any

import structlog

from service.auth.api_keys import KEY_PREFIX, find_key_principal
from service.auth.oidc_tokens import TokenVerifier, make_invalid_token_error
from service.auth.principals import ANONYMOUS_PRINCIPAL, Principal
from service.core.errors import ApiError, UnauthenticatedError
from service.core.settings import Settings
from service.storage.store import Store

_log = structlog.get_logger("allot.access")


class LoopbackOnlyError(ApiError):
    """Authentication is off, and the request came over the network."""

    status, code, title = 403, "closed", "Open to this machine only"


class Authenticator:
    """Authenticates requests as the settings say."""

    def __init__(self, store: Store, settings: Settings) -> None:
        """Look up keys in a store; read tokens if the settings name a provider."""
        self._store = store
        self._token_verifier = TokenVerifier(settings) if settings.authentication == "oidc" else None
        self._allow_network = settings.allow_unauthenticated_network
        self.is_enabled = settings.authentication != "off"
        """Whether authentication is on."""

    def authenticate_anonymous(self, scope: Mapping[str, Any]) -> Principal:
        """Return the anonymous principal; LoopbackOnlyError for a request over the network, unless the settings allow
        it.
        """
        if not self._allow_network and not _is_loopback_request(scope):
            raise LoopbackOnlyError(
                "Authentication is off, so this service answers requests on its own machine only. Set "
                "ALLOT_AUTHENTICATION where it runs, or ALLOT_ALLOW_UNAUTHENTICATED_NETWORK=true to let everybody do everything."
            )
        return ANONYMOUS_PRINCIPAL

    def authenticate_header(self, authorization: str | None) -> Principal:
        """Authenticate the header `Authorization`; UnauthenticatedError for missing or invalid credentials."""
        scheme, _, credential = (authorization or "").strip().partition(" ")
        credential = credential.strip()
        if scheme.lower() != "bearer" or not credential:
            raise UnauthenticatedError(
                "Send `Authorization: Bearer` and an API key" + (" or a token." if self._token_verifier else "."),
                headers={"WWW-Authenticate": 'Bearer realm="allot"'},
            )
        if credential.startswith(KEY_PREFIX):
            with self._store.read_transaction() as transaction:
                found = find_key_principal(transaction, credential)
            if found is None:
                _log.warning("key refused", key=credential.removeprefix(KEY_PREFIX).partition("_")[0][:12])
                raise make_invalid_token_error("The key is not one that holds: unknown, expired or revoked.")
            return found
        if self._token_verifier is None:
            raise make_invalid_token_error(f"API keys begin with {KEY_PREFIX}, and nothing else is taken here.")
        return self._token_verifier.authenticate_token(credential)


def _is_loopback_request(scope: Mapping[str, Any]) -> bool:
    """Return whether a request arrived at a loopback address, or not over a network at all."""
    try:
        address = ipaddress.ip_address((scope.get("server") or ("", 0))[0])
    except ValueError:  # a socket file, or a caller in this very process
        return True
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)

"""From the header of a request to who asks."""

import ipaddress
from collections.abc import Mapping
from typing import Any

import structlog

from service.errors import Refusal, Unauthenticated
from service.identity.keys import PREFIX, principal_of
from service.identity.principals import EVERYBODY, Principal
from service.identity.tokens import TokenReader, refused
from service.settings import Settings
from service.storage import Store

_log = structlog.get_logger("allot.access")


class Closed(Refusal):
    """Authentication is off, and the request came over the network."""

    status, code, title = 403, "closed", "Open to this machine only"


class Authenticator:
    """Tells who asks, as the settings say."""

    def __init__(self, store: Store, settings: Settings) -> None:
        """Look keys up in a store, and read tokens if the settings name a provider."""
        self._store = store
        self._tokens = TokenReader(settings) if settings.authentication == "oidc" else None
        self._open = settings.open
        self.on = settings.authentication != "off"
        """Whether one has to say who one is."""

    def everybody(self, scope: Mapping[str, Any]) -> Principal:
        """Who asks where authentication is off; Closed for what came from beyond this machine, unless the settings open it."""
        if not self._open and not _on_this_machine(scope):
            raise Closed(
                "Authentication is off, so this service answers requests on its own machine only. Set "
                "ALLOT_AUTHENTICATION where it runs, or ALLOT_OPEN=true to let everybody do everything."
            )
        return EVERYBODY

    def principal(self, authorization: str | None) -> Principal:
        """Who asks with a header `Authorization`; Unauthenticated if it does not say so that it can be believed."""
        scheme, _, credential = (authorization or "").strip().partition(" ")
        credential = credential.strip()
        if scheme.lower() != "bearer" or not credential:
            raise Unauthenticated(
                "Send `Authorization: Bearer` and an API key" + (" or a token." if self._tokens else "."),
                headers={"WWW-Authenticate": 'Bearer realm="allot"'},
            )
        if credential.startswith(PREFIX):
            with self._store.read() as transaction:
                found = principal_of(transaction, credential)
            if found is None:
                _log.warning("key refused", key=credential.removeprefix(PREFIX).partition("_")[0][:12])
                raise refused("The key is not one that holds: unknown, expired or revoked.")
            return found
        if self._tokens is None:
            raise refused(f"API keys begin with {PREFIX}, and nothing else is taken here.")
        return self._tokens.principal_of(credential)


def _on_this_machine(scope: Mapping[str, Any]) -> bool:
    """Whether a request came in at a loopback address, or not over a network at all."""
    try:
        address = ipaddress.ip_address((scope.get("server") or ("", 0))[0])
    except ValueError:  # a socket file, or a caller in this very process
        return True
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)

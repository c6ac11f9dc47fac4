"""Bearer tokens of an OpenID Connect provider: signature by its published keys, issuer, audience, time, and the claim with the grants."""

import http.client
import json
import re
import threading
import time
import urllib.request
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from service.errors import Unauthenticated, Unavailable
from service.identity.principals import Grant, Principal
from service.settings import Settings
from service.storage import StoreUnsuitable

if TYPE_CHECKING:
    from jwt import PyJWKClient

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures that are taken: those with a public key only, whatever the token says of itself."""

_LEEWAY_SECONDS = 30
_FETCH_SECONDS = 5.0
_PATIENCE_SECONDS = 5.0
"""How long a provider that failed is left alone, so that nobody waits for it in a queue."""
_CALLER = re.compile(r"[^\x00-\x1f\x7f]{1,95}")


class TokenReader:
    """Reads the tokens of one provider."""

    def __init__(self, settings: Settings) -> None:
        """Use the provider of the settings; nothing is fetched before the first token comes. StoreUnsuitable without pyjwt."""
        try:
            import jwt
        except ImportError as error:
            raise StoreUnsuitable("ALLOT_AUTHENTICATION=oidc needs the extra: pip install 'allot[oidc]'") from error
        self._jwt: Any = jwt
        self._settings = settings
        self._keys: PyJWKClient | None = None
        self._one_at_a_time = threading.Lock()
        self._down_until = 0.0

    def principal_of(self, token: str) -> Principal:
        """Who asks with a token; Unauthenticated if it does not hold, Unavailable if the provider cannot be reached."""
        claims = self._claims(token)
        caller = claims.get(self._settings.oidc_caller_claim)
        if not isinstance(caller, str) or not _CALLER.fullmatch(caller):
            raise refused(f"The token names nobody in its claim {self._settings.oidc_caller_claim!r}.")
        return Principal(f"oidc:{caller}", _grants(_claim(claims, self._settings.oidc_grants_claim)))

    def _claims(self, token: str) -> dict[str, Any]:
        jwt, settings = self._jwt, self._settings
        try:
            key = self._key(jwt.get_unverified_header(token).get("kid"))
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=ALGORITHMS,
                issuer=settings.oidc_issuer,
                audience=settings.oidc_audience,
                leeway=_LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud"]},
            )
        except jwt.PyJWTError as error:
            raise refused(f"The token does not hold: {error}.") from error
        return claims

    def _key(self, kid: Any) -> Any:
        """The published key of a name; Unavailable while the provider cannot be reached, at once for some seconds after a failure."""
        with self._one_at_a_time:
            if time.monotonic() < self._down_until:
                raise Unavailable("The identity provider cannot be reached; try again later.")
            try:
                if self._keys is None:
                    address = self._settings.oidc_jwks_url or self._discovered()
                    self._keys = self._jwt.PyJWKClient(address, timeout=_FETCH_SECONDS)
                return self._keys.get_signing_key(kid)
            except (OSError, ValueError, http.client.HTTPException, self._jwt.PyJWKClientConnectionError) as error:
                self._down_until = time.monotonic() + _PATIENCE_SECONDS
                raise Unavailable("The identity provider cannot be reached; try again later.") from error

    def _discovered(self) -> str:
        """Where the provider says that its keys are; ValueError if it does not."""
        issuer = str(self._settings.oidc_issuer)
        address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        with urllib.request.urlopen(address, timeout=_FETCH_SECONDS) as answer:  # noqa: S310 - the settings' address
            document = json.load(answer)
        found = document.get("jwks_uri") if isinstance(document, dict) and document.get("issuer") == issuer else None
        if not isinstance(found, str) or not found.startswith(("https://", "http://")):
            raise ValueError("the provider does not describe itself as the issuer that is set")
        return found


def refused(detail: str) -> Unauthenticated:
    """The refusal of a key or token that does not hold."""
    return Unauthenticated(detail, headers={"WWW-Authenticate": 'Bearer realm="allot", error="invalid_token"'})


def _claim(claims: dict[str, Any], name: str) -> Any:
    """A claim by its name, or by a path with points in it, such as `realm_access.roles`."""
    if name in claims:
        return claims[name]
    value: Any = claims
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _grants(value: Any) -> frozenset[Grant]:
    """The grants among the entries of a claim, each `province:role` or `province:factory:which`; entries of another form are of other services."""
    entries = value.split() if isinstance(value, str) else value if isinstance(value, list) else []
    found = set()
    for entry in entries:
        try:
            found.add(Grant.of(entry if isinstance(entry, str) else ""))
        except ValidationError:
            continue
    return frozenset(found)

"""Bearer tokens of an OpenID Connect provider: signature, issuer, audience, time, and the claim with the grants."""

import http.client
import json
import re
import threading
import time
import urllib.request
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from service.auth.principals import PROVIDER_CALLER_PREFIX, Grant, Principal
from service.core.errors import ServiceUnavailableError, UnauthenticatedError
from service.core.settings import Settings, is_trustworthy_address
from service.storage.errors import UnsuitableStoreError

if TYPE_CHECKING:
    from jwt import PyJWKClient

SIGNATURE_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Accepted signature algorithms: those with a public key only, whatever the token states."""

TOKEN_TYPES = frozenset({"jwt", "at+jwt"})
"""Accepted types of tokens (RFC 9068); a logout token of the same provider is no access token."""

_LEEWAY_SECONDS = 30
_FETCH_TIMEOUT_SECONDS = 5.0
_RETRY_DELAY_SECONDS = 5.0
"""Seconds for which a failed provider is not contacted again, so that requests do not queue for it."""
_CALLER_PATTERN = re.compile(r"[^\x00-\x1f\x7f]{1,95}")


class TokenVerifier:
    """Verifies the tokens of one provider."""

    def __init__(self, settings: Settings) -> None:
        """Use the provider of the settings; nothing is fetched before the first token.

        UnsuitableStoreError without pyjwt.
        """
        try:
            import jwt
        except ImportError as error:
            raise UnsuitableStoreError(
                "ALLOT_AUTHENTICATION=oidc needs the extra: pip install 'allot[oidc]'"
            ) from error
        self._jwt: Any = jwt
        self._settings = settings
        self._jwks_client: PyJWKClient | None = None
        self._fetch_lock = threading.Lock()
        self._retry_after = 0.0

    def authenticate_token(self, token: str) -> Principal:
        """Authenticate a token; UnauthenticatedError if it is invalid, ServiceUnavailableError if the provider is
        unreachable.
        """
        claims = self._decode_claims(token)
        caller = claims.get(self._settings.oidc_caller_claim)
        if not isinstance(caller, str) or not _CALLER_PATTERN.fullmatch(caller):
            raise make_invalid_token_error(f"The token names nobody in its claim {self._settings.oidc_caller_claim!r}.")
        return Principal(
            f"{PROVIDER_CALLER_PREFIX}{caller}", _parse_grants(_read_claim(claims, self._settings.oidc_grants_claim))
        )

    def _decode_claims(self, token: str) -> dict[str, Any]:
        jwt, settings = self._jwt, self._settings
        try:
            header = jwt.get_unverified_header(token)
            kind = str(header.get("typ", "JWT")).casefold().removeprefix("application/")
            if kind not in TOKEN_TYPES:
                raise make_invalid_token_error(f"The token is of the type {kind[:40]!r}, not an access token.")
            key = self._fetch_signing_key(header.get("kid"))
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=SIGNATURE_ALGORITHMS,
                issuer=settings.oidc_issuer,
                audience=settings.oidc_audience,
                leeway=_LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud"], "enforce_minimum_key_length": True},
            )
        except jwt.PyJWTError as error:
            raise make_invalid_token_error(f"The token does not hold: {error}.") from error
        return claims

    def _fetch_signing_key(self, kid: Any) -> Any:
        """Fetch a published key by its identifier; ServiceUnavailableError while the provider is unreachable.

        A key that is at hand waits for nothing: a token with an unknown identifier must not shut out valid ones.
        """
        known = self._find_cached_key(kid)
        if known is not None:
            return known
        with self._fetch_lock:
            known = self._find_cached_key(kid)  # fetched by another thread meanwhile
            if known is not None:
                return known
            if time.monotonic() < self._retry_after:
                raise ServiceUnavailableError("The identity provider cannot be reached; try again later.")
            try:
                if self._jwks_client is None:
                    address = self._settings.oidc_jwks_url or self._discover_jwks_url()
                    self._jwks_client = self._jwt.PyJWKClient(address, timeout=_FETCH_TIMEOUT_SECONDS)
                return self._jwks_client.get_signing_key(kid)
            except (OSError, ValueError, http.client.HTTPException, self._jwt.PyJWKClientConnectionError) as error:
                self._retry_after = time.monotonic() + _RETRY_DELAY_SECONDS
                raise ServiceUnavailableError("The identity provider cannot be reached; try again later.") from error

    def _find_cached_key(self, kid: Any) -> Any | None:
        """Find a key by its identifier among those fetched in the last minutes; None if it is not there."""
        cache = None if self._jwks_client is None else self._jwks_client.jwk_set_cache
        found = None if cache is None else cache.get()
        if found is None:
            return None
        return next((key for key in found.keys if key.key_id == kid and kid is not None), None)

    def _discover_jwks_url(self) -> str:
        """Read the address of the provider's keys; ValueError if the provider states none, or one that is not https."""
        issuer = str(self._settings.oidc_issuer)
        address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        with urllib.request.urlopen(address, timeout=_FETCH_TIMEOUT_SECONDS) as answer:  # noqa: S310 - the settings' address
            document = json.load(answer)
        found = document.get("jwks_uri") if isinstance(document, dict) and document.get("issuer") == issuer else None
        if not isinstance(found, str) or not is_trustworthy_address(found):
            raise ValueError("the provider does not describe itself as the issuer that is set")
        return found


def make_invalid_token_error(detail: str) -> UnauthenticatedError:
    """Build the error for an invalid key or token."""
    return UnauthenticatedError(detail, headers={"WWW-Authenticate": 'Bearer realm="allot", error="invalid_token"'})


def _read_claim(claims: dict[str, Any], name: str) -> Any:
    """Read a claim by its name, or by a dotted path such as `realm_access.roles`."""
    if name in claims:
        return claims[name]
    value: Any = claims
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _parse_grants(value: Any) -> frozenset[Grant]:
    """Parse the grants in a claim, `province:role` or `province:factory:name`; entries of another form belong to
    other services.
    """
    entries = value.split() if isinstance(value, str) else value if isinstance(value, list) else []
    found = set()
    for entry in entries:
        try:
            found.add(Grant.from_text(entry if isinstance(entry, str) else ""))
        except ValidationError:
            continue
    return frozenset(found)

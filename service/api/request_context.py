"""The identifier of a request: stated by the client or generated, and part of logs and responses."""

import re
import secrets
from collections.abc import MutableMapping
from typing import Any

REQUEST_ID_HEADER = "X-Request-Id"
_SCOPE_KEY = "allot.request_id"
_VALID_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,100}")


def assign_request_id(scope: MutableMapping[str, Any]) -> str:
    """Accept a well-formed `X-Request-Id`, otherwise generate one; store it with the request."""
    sent = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"").decode("latin-1")
    identifier = sent if _VALID_REQUEST_ID.fullmatch(sent) else secrets.token_hex(8)
    scope[_SCOPE_KEY] = identifier
    return identifier


def get_request_id(scope: MutableMapping[str, Any]) -> str:
    """Return the identifier of the request; empty outside of a request."""
    found: str = scope.get(_SCOPE_KEY, "")
    return found

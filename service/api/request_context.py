"""The identifier of a request: given by the caller, or made here, and carried to logs and answers."""

import re
import secrets
from collections.abc import MutableMapping
from typing import Any

REQUEST_ID_HEADER = "X-Request-Id"
_SCOPE_KEY = "allot.request_id"
_VALID_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,100}")


def assign_request_id(scope: MutableMapping[str, Any]) -> str:
    """Take the caller's `X-Request-Id` if it is sane, else make one; remember it with the request."""
    sent = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"").decode("latin-1")
    identifier = sent if _VALID_REQUEST_ID.fullmatch(sent) else secrets.token_hex(8)
    scope[_SCOPE_KEY] = identifier
    return identifier


def get_request_id(scope: MutableMapping[str, Any]) -> str:
    """The identifier of a request; empty outside of one."""
    found: str = scope.get(_SCOPE_KEY, "")
    return found

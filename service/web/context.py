"""The identifier of a request: given by the caller, or made here, and carried to logs and answers."""

import re
import secrets
from collections.abc import MutableMapping
from typing import Any

HEADER = "X-Request-Id"
_KEY = "allot.request_id"
_SANE = re.compile(r"[A-Za-z0-9._-]{1,100}")


def give_request_id(scope: MutableMapping[str, Any]) -> str:
    """Take the caller's `X-Request-Id` if it is sane, else make one; remember it with the request."""
    sent = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"").decode("latin-1")
    identifier = sent if _SANE.fullmatch(sent) else secrets.token_hex(8)
    scope[_KEY] = identifier
    return identifier


def request_id(scope: MutableMapping[str, Any]) -> str:
    """The identifier of a request; empty outside of one."""
    found: str = scope.get(_KEY, "")
    return found

"""Entity tags: `ETag`, `If-Match` and `If-None-Match` (RFC 9110)."""

import re
from typing import Annotated

from fastapi import Header

from service.core.errors import PreconditionFailedError

_ETAG_PATTERN = re.compile(r'(?:W/)?"([^"]*)"')

IfMatch = Annotated[str | None, Header(description="Entity tags of which one must be the current one; else 412.")]
IfNoneMatch = Annotated[
    str | None,
    Header(description="Entity tags that you have: 304 if one is current. `*` with PUT: only if there is none."),
]


def quote_etag(tag: str) -> str:
    """Quote a tag for `ETag`."""
    return f'"{tag}"'


def matches_etag(header: str | None, tag: str) -> bool:
    """Return whether `If-Match` or `If-None-Match` names a tag; `*` names all."""
    return header is not None and (header.strip() == "*" or tag in _ETAG_PATTERN.findall(header))


def require_current_etag(if_match: str | None, tag: str | None) -> None:
    """Raise PreconditionFailedError if `If-Match` is present and does not name the current tag (None: no resource)."""
    if if_match is not None and (tag is None or not matches_etag(if_match, tag)):
        current = f"it is {quote_etag(tag)} now" if tag is not None else "there is nothing now"
        raise PreconditionFailedError(
            f"If-Match names {if_match}, and {current}. Read it again, then try again.", headers={}
        )

"""Entity tags: `ETag`, `If-Match` and `If-None-Match` (RFC 9110)."""

import re
from typing import Annotated

from fastapi import Header

from service.errors import Stale

_TAG = re.compile(r'(?:W/)?"([^"]*)"')

IfMatch = Annotated[str | None, Header(description="Entity tags of which one must be the current one; else 412.")]
IfNoneMatch = Annotated[
    str | None,
    Header(description="Entity tags that you have: 304 if one is current. `*` with PUT: only if there is none."),
]


def quoted(tag: str) -> str:
    """A tag as it stands in `ETag`."""
    return f'"{tag}"'


def names(header: str | None, tag: str) -> bool:
    """Whether `If-Match` or `If-None-Match` names a tag; `*` names all."""
    return header is not None and (header.strip() == "*" or tag in _TAG.findall(header))


def refuse_unless_current(if_match: str | None, tag: str | None) -> None:
    """Raise Stale if `If-Match` is there and does not name the current tag (None: there is nothing)."""
    if if_match is not None and (tag is None or not names(if_match, tag)):
        current = f"it is {quoted(tag)} now" if tag is not None else "there is nothing now"
        raise Stale(f"If-Match names {if_match}, and {current}. Read it again, then try again.", headers={})

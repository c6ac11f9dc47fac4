"""Request bodies: read once, decoded in a thread, never on the event loop.

A body is decoded by the standard library with a hook for every object: that finds keys that stand twice, and lets other
threads run in between, so that 64 MB of JSON keep nobody waiting.
"""

import json
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

import anyio.to_thread
from starlette.requests import Request

from models.checks import Finding
from service.errors import Invalid, Unreadable, WrongType
from service.sheets.kinds import sheets_of

Result = TypeVar("Result")

_BIG = 1024 * 1024
"""Bytes from which a body is decoded among few others only."""

_AT_A_TIME = 2
"""Big bodies decoded at a time; others wait, and small requests pass them by."""

Document = dict[str, Any]
"""A decoded JSON object."""


class BodyReader:
    """Reads and decodes the bodies of one service."""

    def __init__(self) -> None:
        """Make it within the event loop that it will serve."""
        self._big = anyio.CapacityLimiter(_AT_A_TIME)

    async def take(self, request: Request, work: Callable[[bytes], Result], *, sheets: bool = False) -> Result:
        """Read the JSON body of a request and give it to `work` in a thread; with `sheets` it may also be a workbook or a zip.

        Raises WrongType if the request does not say that it is, TooLarge from the limit on bodies.
        """
        in_sheets = sheets and sheets_of(request) is not None
        if not in_sheets:
            refuse_unless_json(request)
        refuse_encoded(request)
        raw = await request.body()
        limiter = self._big if in_sheets or len(raw) > _BIG else None
        return await anyio.to_thread.run_sync(work, raw, limiter=limiter)

    async def apart(self, work: Callable[[], Result]) -> Result:
        """Do other big work in a thread, among few others only."""
        return await anyio.to_thread.run_sync(work, limiter=self._big)


def refuse_unless_json(request: Request) -> None:
    """Raise WrongType unless the request's body is stated to be plain JSON."""
    stated = request.headers.get("content-type", "")
    media_type = stated.partition(";")[0].strip().lower()
    if media_type != "application/json" and not (
        media_type.startswith("application/") and media_type.endswith("+json")
    ):
        raise WrongType(
            f"The body is {media_type or 'of no stated type'}; send JSON with Content-Type: application/json.",
            headers={"Accept": "application/json"},
        )


def refuse_encoded(request: Request) -> None:
    """Raise WrongType if the request's body is compressed."""
    encoding = request.headers.get("content-encoding", "identity").lower()
    if encoding != "identity":
        raise WrongType(
            f"The body is encoded as {encoding}; send it as it is.", headers={"Accept-Encoding": "identity"}
        )


def decode(raw: bytes) -> Document:
    """The JSON object of a body.

    Numbers too big to hold come out as infinity and are refused with their place when the body is validated. Raises
    Unreadable for what is not JSON or nested too deep, Invalid for keys that stand twice and bodies that are no object.
    """
    if b"\\u0000" in raw:
        _refuse("", "nul_character", "A text holds the character NUL.", "Remove it.")
    twice: list[str] = []

    def no_key_twice(pairs: list[tuple[str, Any]]) -> Document:
        found = dict(pairs)
        if len(found) < len(pairs):
            keys = [key for key, _ in pairs]
            twice.extend(key for key in found if keys.count(key) > 1)
        return found

    try:
        document = json.loads(raw.decode(), object_pairs_hook=no_key_twice)
    except json.JSONDecodeError as error:
        raise Unreadable(f"The body is not JSON: {error}.") from error
    except UnicodeDecodeError as error:
        raise Unreadable(f"The body is not UTF-8 at byte {error.start}.") from error
    except ValueError as error:
        raise Unreadable("The body holds a number of more digits than can be read.") from error
    except RecursionError as error:
        raise Unreadable("The body is nested deeper than anything here is.") from error
    if twice:
        _refuse("", "repeated_key", f"Some object names {twice[0]!r} twice.", "Keep one of them.")
    if not isinstance(document, dict):
        _refuse("", "wrong_type", "The body must be a JSON object.", "Send { … }.")
    return document


def _refuse(path: str, code: str, message: str, remedy: str) -> NoReturn:
    raise Invalid(f"{message} {remedy}", findings=[Finding(path=path, code=code, message=message, remedy=remedy)])

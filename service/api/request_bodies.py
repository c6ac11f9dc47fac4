"""Request bodies: read once, decoded in a thread, never on the event loop.

A body is decoded by the standard library with a hook for every object: that finds keys that stand twice, and lets other
threads run in between, so that 64 MB of JSON keep nobody waiting.
"""

from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial
from typing import TypeVar

import anyio
import anyio.to_thread
from starlette.requests import Request

from service.core.errors import (
    ContentTooLargeError,
    RequestTimeoutError,
    UnsupportedMediaTypeError,
)
from service.core.json_documents import count_occurrences
from service.core.settings import Settings
from service.domain.report_reading import CSV_MEDIA_TYPE, parse_media_type
from service.spreadsheets.file_chunks import XLSX_MEDIA_TYPE
from service.spreadsheets.file_kinds import detect_spreadsheet_kind

Result = TypeVar("Result")

_LARGE_BODY_BYTES = 1024 * 1024
"""Bytes from which a body is held and decoded among few others only."""

_MAX_CONCURRENT_DECODES = 2
"""Big bodies decoded at a time; others wait, and small requests pass them by."""

_MAX_LARGE_BODIES = 4
"""Big bodies in memory at a time; those to come wait at the door, before more of them is read."""

_READ_TIMEOUT_SECONDS = 120.0
"""How long a body may take to come: one that trickles in would keep the others at the door."""


class BodyReader:
    """Reads and decodes the bodies of one service."""

    def __init__(self, settings: Settings) -> None:
        """Make it within the event loop that it will serve; what a body may hold comes from the settings."""
        self._settings = settings
        self._decode_limiter = anyio.CapacityLimiter(_MAX_CONCURRENT_DECODES)
        self._memory_limiter = anyio.CapacityLimiter(_MAX_LARGE_BODIES)

    async def read_json_body(
        self, request: Request, work: Callable[[bytes], Result], *, allow_spreadsheets: bool = False
    ) -> Result:
        """Read the JSON body of a request and give it to `work` in a thread; with `sheets` it may also be a workbook or a zip.

        Raises WrongType if the request does not say that it is; TooLarge, TooSlow.
        """
        in_sheets = allow_spreadsheets and detect_spreadsheet_kind(request) is not None
        if not in_sheets:
            require_json_body(request)
        reject_encoded_body(request)
        return await self.read_any_body(request, work, is_large=in_sheets)

    async def read_any_body(
        self, request: Request, work: Callable[[bytes], Result], *, is_large: bool = False
    ) -> Result:
        """The same for a body of a kind that was looked at already; `big`: decode it among few others whatever its size."""
        async with AsyncExitStack() as held:
            raw = await self._read_bytes(request, held)
            refuse_unread = partial(self._check_json_size, request.headers.get("content-type", ""), raw)

            def check_and_process() -> Result:
                refuse_unread()
                return work(raw)

            limiter = self._decode_limiter if is_large or len(raw) > _LARGE_BODY_BYTES else None
            return await anyio.to_thread.run_sync(check_and_process, limiter=limiter)

    async def run_in_limited_thread(self, work: Callable[[], Result]) -> Result:
        """Do other big work in a thread, among few others only."""
        return await anyio.to_thread.run_sync(work, limiter=self._decode_limiter)

    async def _read_bytes(self, request: Request, exit_stack: AsyncExitStack) -> bytes:
        """The body, held in memory among few others until `held` is left if it is big."""
        pieces: list[bytes] = []
        size, counted = 0, False
        try:
            with anyio.fail_after(_READ_TIMEOUT_SECONDS):
                async for piece in request.stream():
                    size += len(piece)
                    if size > _LARGE_BODY_BYTES and not counted:
                        counted = True
                        await exit_stack.enter_async_context(self._memory_limiter)
                    pieces.append(piece)
        except TimeoutError as error:
            raise RequestTimeoutError(
                f"The body did not come within {_READ_TIMEOUT_SECONDS:g} seconds. Send it again, or less of it.",
                headers={"Connection": "close"},
            ) from error
        return b"".join(pieces)

    def _check_json_size(self, content_type: str, raw: bytes) -> None:
        """Raise TooLarge for more JSON than may be: counted in the bytes, for every value takes many times its bytes once it is made."""
        if "json" in content_type.lower():
            for sign, most, what, setting in (
                (b"{", self._settings.max_body_objects, "objects", "ALLOT_MAX_BODY_OBJECTS"),
                (b",", self._settings.max_body_values, "values", "ALLOT_MAX_BODY_VALUES"),
            ):
                if len(raw) > most and (found := count_occurrences(raw, sign)) > most:
                    raise ContentTooLargeError(
                        f"The body has {found:,} JSON {what}; {most:,} may be sent. Send fewer rows, or in several problems, "
                        f"or raise {setting} where the service runs."
                    )


def require_json_body(request: Request) -> None:
    """Raise WrongType unless the request's body is stated to be plain JSON."""
    stated = request.headers.get("content-type", "")
    media_type = stated.partition(";")[0].strip().lower()
    if media_type != "application/json" and not (
        media_type.startswith("application/") and media_type.endswith("+json")
    ):
        raise UnsupportedMediaTypeError(
            f"The body is {media_type or 'of no stated type'}; send JSON with Content-Type: application/json.",
            headers={"Accept": "application/json"},
        )


def reject_encoded_body(request: Request) -> None:
    """Raise WrongType if the request's body is compressed."""
    encoding = request.headers.get("content-encoding", "identity").lower()
    if encoding != "identity":
        raise UnsupportedMediaTypeError(
            f"The body is encoded as {encoding}; send it as it is.", headers={"Accept-Encoding": "identity"}
        )


def require_report_media_type(request: Request) -> None:
    """Raise WrongType unless a request's body is stated to be JSON, CSV or a workbook."""
    if parse_media_type(request.headers.get("content-type")) not in (CSV_MEDIA_TYPE, XLSX_MEDIA_TYPE):
        require_json_body(request)
    reject_encoded_body(request)

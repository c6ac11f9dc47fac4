"""Request bodies: read once, decoded in a thread, never on the event loop.

A route declares its body as a parameter. `JsonBody[Model]` gives the validated model. `DocumentBody` gives a body that the
use case decodes itself, such as a problem that may also come as a workbook. Both declare their schema: the OpenAPI document
reads it from the dependency.

The standard library decodes JSON with a hook for every object. The hook finds repeated keys and lets other threads run, so
that 64 MB of JSON delay no other request.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import anyio
from fastapi import Depends
from pydantic import BaseModel
from starlette.requests import Request

from models.validation.parsing import validate_model
from service.api.admission import get_admission, run_in_change_thread, run_in_heavy_thread, run_while_connected
from service.api.caller_limits import current_caller
from service.core.errors import (
    ContentTooLargeError,
    RequestTimeoutError,
    UnsupportedMediaTypeError,
)
from service.core.json_documents import count_occurrences, decode_json_object
from service.core.settings import Settings
from service.domain.container import Services
from service.domain.report_reading import CSV_MEDIA_TYPE, parse_media_type
from service.spreadsheets.file_kinds import (
    SPREADSHEET_MEDIA_TYPES,
    XLSX_MEDIA_TYPE,
    ZIP_MEDIA_TYPE,
    SpreadsheetKind,
    detect_spreadsheet_kind,
)

Result = TypeVar("Result")

JSON_MEDIA_TYPE = "application/json"

_LARGE_BODY_BYTES = 1024 * 1024
"""Bodies of more bytes than this share the limits on concurrent bodies and decodes."""

_READ_TIMEOUT_SECONDS = 120.0
"""Time limit for reading a body; a slow sender must not block the others."""

_STALL_SECONDS = 20.0
"""Time limit for each piece of a body, and for the slowest rate."""

_SLOWEST_BYTES_PER_SECOND = 16 * 1024
"""A large body that comes more slowly than this is given up after `_STALL_SECONDS`."""


class BodyReader:
    """Reads and decodes the bodies of one service."""

    def __init__(self, settings: Settings) -> None:
        """Create the reader; the settings limit the size of bodies."""
        self._settings = settings

    async def read_any_body(
        self, request: Request, work: Callable[[bytes], Result], *, is_large: bool = False
    ) -> Result:
        """Read a body and give it to `work` in a thread; `is_large` applies the limits of large bodies to any size.

        Raises ContentTooLargeError, RequestTimeoutError, TooManyRequestsError, and ClientDisconnect.
        """
        caller, admission = current_caller.get(), get_admission()
        async with admission.bodies.hold_slot(caller), AsyncExitStack() as exit_stack:
            raw = await self._read_bytes(request, exit_stack)
            check_size = partial(self._check_json_size, request.headers.get("content-type", ""), raw)

            def check_and_process() -> Result:
                check_size()
                return work(raw)

            run = run_in_heavy_thread if is_large or len(raw) > _LARGE_BODY_BYTES else run_in_change_thread
            return await run_while_connected(request, partial(run, check_and_process))

    async def _read_bytes(self, request: Request, exit_stack: AsyncExitStack) -> bytes:
        """Read the body; a large one keeps its slot in memory until `exit_stack` closes.

        Time spent waiting for this slot does not count.
        """
        pieces: list[bytes] = []
        size, stream = 0, aiter(request.stream())
        deadline = _BodyDeadline()
        while (piece := await deadline.wait_for_piece(stream, size)) is not None:
            if size <= _LARGE_BODY_BYTES < size + len(piece):
                await exit_stack.enter_async_context(get_admission().large_bodies.hold_slot(current_caller.get()))
                deadline = _BodyDeadline(is_large=True)
            size += len(piece)
            pieces.append(piece)
        return b"".join(pieces)

    def _check_json_size(self, content_type: str, raw: bytes) -> None:
        """Raise ContentTooLargeError for too many JSON objects or values, counted before anything is decoded."""
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


class _BodyDeadline:
    """Until when a body must come."""

    def __init__(self, *, is_large: bool = False) -> None:
        self._begun = anyio.current_time()
        self._is_large = is_large

    async def wait_for_piece(self, stream: AsyncIterator[bytes], size: int) -> bytes | None:
        """Wait for the piece after `size` bytes, None after the last; RequestTimeoutError if it comes too late."""
        due = self._begun + _READ_TIMEOUT_SECONDS
        if self._is_large:
            due = min(due, self._begun + _STALL_SECONDS + (size - _LARGE_BODY_BYTES) / _SLOWEST_BYTES_PER_SECOND)
        try:
            with anyio.fail_after(due - anyio.current_time()):
                return await anext(stream, None)
        except TimeoutError as error:
            raise RequestTimeoutError(
                f"The body did not arrive within {due - self._begun:.0f} seconds. Send it again, or send a smaller one.",
                headers={"Connection": "close"},
            ) from error


_MEDIA_TYPE_NAMES = {
    JSON_MEDIA_TYPE: "JSON",
    CSV_MEDIA_TYPE: "CSV",
    XLSX_MEDIA_TYPE: "a workbook (.xlsx)",
    ZIP_MEDIA_TYPE: "a zip of CSV files",
}
"""What a body of each media type is."""


def require_json_body(request: Request) -> None:
    """Raise UnsupportedMediaTypeError unless the request states a JSON body."""
    require_media_type(request)


def require_json_of_act(request: Request) -> None:
    """Raise UnsupportedMediaTypeError unless an act, which needs no body, states JSON where authentication is off.

    A browser asks before it sends JSON for a page of another site. With authentication it has no key to send.
    """
    services: Services = request.state.services
    if not services.authenticator.is_enabled:
        require_json_body(request)


def require_media_type(request: Request, *others: str) -> None:
    """Raise UnsupportedMediaTypeError unless the request states a JSON body, or one of `others`."""
    media_type = parse_media_type(request.headers.get("content-type"))
    if media_type in (JSON_MEDIA_TYPE, *others) or (
        media_type.startswith("application/") and media_type.endswith("+json")
    ):
        return
    accepted = (JSON_MEDIA_TYPE, *others)
    listed = ", ".join(f"{_MEDIA_TYPE_NAMES[one]} with Content-Type: {one}" for one in accepted)
    raise UnsupportedMediaTypeError(
        f"The media type is {media_type or 'not stated'}; send {listed}.", headers={"Accept": ", ".join(accepted)}
    )


def reject_encoded_body(request: Request) -> None:
    """Raise UnsupportedMediaTypeError for a compressed body."""
    encoding = request.headers.get("content-encoding", "identity").lower()
    if encoding != "identity":
        raise UnsupportedMediaTypeError(
            f"The body is encoded as {encoding}; send it without encoding.", headers={"Accept-Encoding": "identity"}
        )


@dataclass(frozen=True, slots=True)
class RequestBody:
    """A body that is not read yet."""

    request: Request
    """The request."""
    spreadsheet_kind: SpreadsheetKind | None
    """Kind of spreadsheet that the body is; None for JSON and CSV."""
    is_large: bool
    """Whether the limits of large bodies apply whatever its size."""

    @property
    def content_type(self) -> str | None:
        """The stated media type."""
        return self.request.headers.get("content-type")

    async def process_in_thread(self, work: Callable[[bytes], Result]) -> Result:
        """Read the body and give it to `work` in a thread."""
        reader: BodyReader = self.request.state.body_reader
        return await reader.read_any_body(self.request, work, is_large=self.is_large)


class BodyDependency:
    """Declares the body of a route for the OpenAPI document; subclasses give it to the route."""

    def __init__(self, *models: type[BaseModel], spreadsheets: bool = False, csv_example: str | None = None) -> None:
        """Declare JSON of any of these models, a workbook or zip with `spreadsheets`, CSV and a workbook with an example."""
        self.models = models
        self.spreadsheets = spreadsheets
        self.csv_example = csv_example
        self.is_required = True


class DocumentBodyDependency(BodyDependency):
    """Gives a route its body to be decoded by the use case, in a thread."""

    async def __call__(self, request: Request) -> RequestBody:
        """Check the media type."""
        kind = detect_spreadsheet_kind(request) if self.spreadsheets else None
        if self.csv_example is not None:
            require_media_type(request, CSV_MEDIA_TYPE, XLSX_MEDIA_TYPE)
        elif kind is None:
            require_media_type(request, *(SPREADSHEET_MEDIA_TYPES.values() if self.spreadsheets else ()))
        reject_encoded_body(request)
        return RequestBody(request, kind, is_large=kind is not None or self.csv_example is not None)


class JsonBodyDependency(BodyDependency):
    """Gives a route its decoded and validated body; with `is_required` false, the default of the model for an empty one."""

    def __init__(self, model: type[BaseModel], *, is_required: bool = True) -> None:
        """Declare JSON of a model."""
        super().__init__(model)
        self.is_required = is_required

    async def __call__(self, request: Request) -> BaseModel:
        """Read, decode and validate the body in a thread."""
        (model,) = self.models

        def parse_body(raw: bytes) -> BaseModel:
            if not raw and not self.is_required:
                return model()
            require_json_body(request)
            return validate_model(model, decode_json_object(raw))

        (require_json_body if self.is_required else require_json_of_act)(request)
        reject_encoded_body(request)
        reader: BodyReader = request.state.body_reader
        return await reader.read_any_body(request, parse_body)


BodyModel = TypeVar("BodyModel", bound=BaseModel)

if TYPE_CHECKING:
    JsonBody = Annotated[BodyModel, "decoded off the event loop"]
    OptionalJsonBody = Annotated[BodyModel, "decoded off the event loop"]
else:

    class JsonBody:
        """`JsonBody[Model]`: a required JSON body."""

        def __class_getitem__(cls, model: type[BaseModel]) -> Any:
            """Annotate a model with its dependency."""
            return Annotated[model, Depends(JsonBodyDependency(model))]

    class OptionalJsonBody:
        """`OptionalJsonBody[Model]`: a JSON body that may be left out."""

        def __class_getitem__(cls, model: type[BaseModel]) -> Any:
            """Annotate a model with its dependency."""
            return Annotated[model, Depends(JsonBodyDependency(model, is_required=False))]

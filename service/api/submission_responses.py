"""Answers to requests that start a job: at once, or when it is final, as the caller prefers (`Prefer: wait`, RFC 7240)."""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from fastapi import Response
from pydantic import BaseModel

from service.api.admission import get_admission
from service.api.caller_limits import current_caller
from service.domain.plans import parse_wait_seconds


class JobRecord(Protocol):
    """A stored plan or analysis."""

    @property
    def id(self) -> str:
        """Name of the job."""

    @property
    def is_final(self) -> bool:
        """Whether it will not change any more."""


Record = TypeVar("Record", bound=JobRecord)


async def build_submission_response(
    record: Record,
    location: str,
    *,
    build_view: Callable[[Record], BaseModel],
    wait_until_final: Callable[[str, float], Awaitable[Record]],
    prefer: str | None,
    max_wait_seconds: float,
) -> Response:
    """Answer after waiting as long as `Prefer` asks and the settings allow: 201 if the job is final, else 202.

    A caller that waits as often as one may is answered at once.
    """
    seconds = parse_wait_seconds(prefer, max_wait_seconds)
    streams, caller = get_admission().streams, current_caller.get()
    if seconds and not record.is_final:
        if streams.try_acquire_slot(caller):
            try:
                record = await wait_until_final(record.id, seconds)
            finally:
                streams.release_slot(caller)
        else:
            seconds = 0.0
    headers = {"Location": location}
    if seconds:
        headers["Preference-Applied"] = f"wait={seconds:g}"
    text = build_view(record).model_dump_json(by_alias=True)
    return Response(text, 201 if record.is_final else 202, headers, media_type="application/json")

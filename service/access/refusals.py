"""Refused attempts: what is answered, and the line that each leaves in the audit log."""

import anyio.to_thread
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from service.errors import Missing, Refusal
from service.identity import Act
from service.web.handlers import refusal_response
from service.web.services import services_of


class Forbidden(Refusal):
    """Whoever asks may read here, but not do this."""

    status, code, title = 403, "forbidden", "Not yours to do"

    def __init__(
        self, caller: str, act: Act, subject: str, province: str | None = None, detail: str | None = None
    ) -> None:
        """`caller` has no role that allows `act` with `subject` (a plan, a province, or where nothing is named, empty), which is of a province.

        `detail` says more than that.
        """
        super().__init__(detail or f"None of your roles allows {act!r} here; GET /v1/me lists them.")
        self.caller, self.act, self.subject, self.province = caller, act, subject, province


class Barred(Missing):
    """Something that whoever asks may not even know of: answered like what is not there."""

    def __init__(self, caller: str, act: Act, kind: str, subject: str, province: str | None = None) -> None:
        """`caller` may not read `subject`, a plan or a province as `kind` says, which is of a province."""
        super().__init__(f"There is no {kind} {subject!r}.")
        self.caller, self.act, self.subject, self.province = caller, act, subject, province


async def _on_attempt(request: Request, error: Exception) -> Response:
    """Note a refused attempt, then answer it."""
    if not isinstance(error, Forbidden | Barred):
        raise error
    await anyio.to_thread.run_sync(_note, request, error)
    return refusal_response(request, error)


def _note(request: Request, error: Forbidden | Barred) -> None:
    detail = {"wanted": error.act, "method": request.method, "path": request.url.path[:500]}
    with services_of(request).store.write() as transaction:
        transaction.audit.add(error.caller, "refused", error.subject[:100], detail, province=error.province)


def install(app: FastAPI) -> None:
    """Make an application note refused attempts."""
    app.add_exception_handler(Forbidden, _on_attempt)
    app.add_exception_handler(Barred, _on_attempt)

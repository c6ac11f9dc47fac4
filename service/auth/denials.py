"""Refused attempts: what is answered, and the line that each leaves in the audit log."""

import anyio.to_thread
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from service.api.error_handlers import build_error_response
from service.auth.principals import Permission
from service.core.errors import ApiError, NotFoundError
from service.domain.container import get_services


class ForbiddenError(ApiError):
    """Whoever asks may read here, but not do this."""

    status, code, title = 403, "forbidden", "Not yours to do"

    def __init__(
        self, caller: str, permission: Permission, subject: str, province: str | None = None, detail: str | None = None
    ) -> None:
        """`caller` has no role that allows `act` with `subject` (a plan, a province, or where nothing is named, empty), which is of a province.

        `detail` says more than that.
        """
        super().__init__(detail or f"None of your roles allows {permission!r} here; GET /v1/me lists them.")
        self.caller, self.permission, self.subject, self.province = caller, permission, subject, province


class HiddenError(NotFoundError):
    """Something that whoever asks may not even know of: answered like what is not there."""

    def __init__(
        self, caller: str, permission: Permission, kind: str, subject: str, province: str | None = None
    ) -> None:
        """`caller` may not read `subject`, a plan or a province as `kind` says, which is of a province."""
        super().__init__(f"There is no {kind} {subject!r}.")
        self.caller, self.permission, self.subject, self.province = caller, permission, subject, province


async def _handle_denied_request(request: Request, error: Exception) -> Response:
    """Note a refused attempt, then answer it."""
    if not isinstance(error, ForbiddenError | HiddenError):
        raise error
    await anyio.to_thread.run_sync(_audit_denial, request, error)
    return build_error_response(request, error)


def _audit_denial(request: Request, error: ForbiddenError | HiddenError) -> None:
    detail = {"wanted": error.permission, "method": request.method, "path": request.url.path[:500]}
    with get_services(request).store.write_transaction() as transaction:
        transaction.audit.append_entry(error.caller, "refused", error.subject[:100], detail, province=error.province)


def install_denial_handlers(app: FastAPI) -> None:
    """Make an application note refused attempts."""
    app.add_exception_handler(ForbiddenError, _handle_denied_request)
    app.add_exception_handler(HiddenError, _handle_denied_request)

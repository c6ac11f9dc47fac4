"""Denied requests: the response, and the audit entry of each."""

import anyio.to_thread
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from service.api.dependencies import get_services
from service.api.error_handlers import build_error_response
from service.auth.authorization import ForbiddenError, HiddenError


async def _handle_denied_request(request: Request, error: Exception) -> Response:
    """Write a denied request to the audit log, then answer it."""
    if not isinstance(error, ForbiddenError | HiddenError):
        raise error
    await anyio.to_thread.run_sync(_audit_denial, request, error)
    return build_error_response(request, error)


def _audit_denial(request: Request, error: ForbiddenError | HiddenError) -> None:
    detail = {"wanted": error.permission, "method": request.method, "path": request.url.path[:500]}
    with get_services(request).store.write_transaction() as transaction:
        transaction.audit.append_entry(error.caller, "refused", error.subject[:100], detail, province=error.province)


def install_denial_handlers(app: FastAPI) -> None:
    """Install the handlers of denied requests."""
    app.add_exception_handler(ForbiddenError, _handle_denied_request)
    app.add_exception_handler(HiddenError, _handle_denied_request)

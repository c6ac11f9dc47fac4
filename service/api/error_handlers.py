"""Exception handlers: every error becomes a response with problem details; denied requests are audited."""

import http
from functools import partial

import anyio
import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from models.validation.checks import Finding, InvalidProblemError
from service.api.admission import run_in_change_thread
from service.api.dependencies import get_services
from service.api.request_context import get_request_id
from service.auth.authorization import ForbiddenError, HiddenError
from service.core.errors import (
    PROBLEM_JSON,
    STATUS_CLIENT_CLOSED_REQUEST,
    ApiError,
    DamagedError,
    NotFoundError,
    PreconditionFailedError,
    ProblemDetails,
    ServiceUnavailableError,
    TooManyRequestsError,
    UnprocessableContentError,
    cap_findings,
    summarize_findings,
)
from service.observability.damage import report_damage
from service.storage.errors import (
    DamagedRecordError,
    RecordNotFoundError,
    StorageUnavailableError,
    VersionConflictError,
)
from service.storage.object_store import FULL_DISK_ERRORS

log = structlog.get_logger("allot.service")

REFUSAL_SECONDS = 1.0
"""Seconds before the answer that there are too many requests: a caller that repeats them at once is no load then."""

OUTAGE_RETRY_SECONDS = 5
"""`Retry-After` of answers during an outage of storage."""


def build_problem_response(
    request: Request,
    *,
    status: int,
    code: str,
    title: str,
    detail: str,
    findings: tuple[Finding, ...] = (),
    headers: dict[str, str] | None = None,
) -> Response:
    """Build a response of `application/problem+json`."""
    problem = ProblemDetails(
        type=f"urn:allot:{code}",
        title=title,
        status=status,
        detail=detail,
        instance=request.url.path,
        request_id=get_request_id(request.scope),
        errors=cap_findings(findings),
    )
    return Response(problem.model_dump_json(), status, headers, media_type=PROBLEM_JSON)


def build_error_response(request: Request, error: ApiError) -> Response:
    """Build the response of an ApiError."""
    return build_problem_response(
        request,
        status=error.status,
        code=error.code,
        title=error.title,
        detail=error.detail,
        findings=error.findings,
        headers=dict(error.headers or {}),
    )


async def handle_api_error(request: Request, error: Exception) -> Response:
    """Handle an ApiError."""
    if not isinstance(error, ApiError):
        raise error
    if isinstance(error, TooManyRequestsError):
        await anyio.sleep(REFUSAL_SECONDS)
    return build_error_response(request, error)


async def handle_invalid_problem(request: Request, error: Exception) -> Response:
    """Handle an invalid problem: report all findings at once."""
    if not isinstance(error, InvalidProblemError):
        raise error
    return build_error_response(
        request, UnprocessableContentError(summarize_findings(error.findings), findings=error.findings)
    )


async def handle_not_found(request: Request, error: Exception) -> Response:
    """Handle a name that storage does not know."""
    return build_error_response(request, NotFoundError(f"{str(error).capitalize()}."))


async def handle_version_conflict(request: Request, error: Exception) -> Response:
    """Handle a change to a version that is not the newest."""
    if not isinstance(error, VersionConflictError):
        raise error
    there = f"version {error.actual}" if error.actual else "not there"
    wanted = f"version {error.expected}" if error.expected else "not there"
    return build_error_response(
        request,
        PreconditionFailedError(
            f"{error.name} is {there}; the request expects {wanted}. Read the newest version and repeat the request."
        ),
    )


async def handle_invalid_parameters(request: Request, error: Exception) -> Response:
    """Handle parameters that FastAPI rejected."""
    if not isinstance(error, RequestValidationError):
        raise error
    findings = tuple(
        Finding(
            path=_format_location(tuple(one["loc"])),
            code=str(one["type"]),
            message=str(one["msg"]),
            remedy="See the description of the operation at /docs.",
        )
        for one in error.errors()
    )
    return build_error_response(request, UnprocessableContentError(summarize_findings(findings), findings=findings))


def _format_location(loc: tuple[int | str, ...]) -> str:
    """`("body", "items", 0)` → `/items/0`; `("query", "limit")` → `query/limit`."""
    parts = [str(part).replace("~", "~0").replace("/", "~1") for part in loc]
    return "".join(f"/{part}" for part in parts[1:]) if parts[0] == "body" else "/".join(parts)


async def handle_http_exception(request: Request, error: Exception) -> Response:
    """Handle errors of the framework: unknown paths, methods, unreadable bodies."""
    if not isinstance(error, HTTPException):
        raise error
    status = http.HTTPStatus(error.status_code)
    details = {
        404: f"There is no resource at {request.url.path}. /docs lists all paths.",
        405: f"{request.method} is not allowed here; the header `Allow` lists the methods.",
    }
    headers = dict(error.headers or {})
    if headers.get("Allow", "").startswith("GET"):
        headers["Allow"] += ", HEAD"
    return build_problem_response(
        request,
        status=status,
        code=status.phrase.lower().replace(" ", "-"),
        title=status.phrase,
        detail=details.get(status, f"{error.detail}."),
        headers=headers,
    )


async def handle_storage_unavailable(request: Request, error: Exception) -> Response:
    """Handle an outage of the database or the object store: one line of log, and when to try again."""
    log.warning("storage not available", path=request.url.path, reason=str(error))
    return build_error_response(
        request,
        ServiceUnavailableError(
            f"{error} Repeat the request in some seconds; a plan is accepted once if it has an Idempotency-Key.",
            headers={"Retry-After": str(OUTAGE_RETRY_SECONDS)},
        ),
    )


async def handle_damaged_record(request: Request, error: Exception) -> Response:
    """Handle damage of what is stored: name it, once in the log too, so that an operator can restore it."""
    if not isinstance(error, DamagedRecordError):
        raise error
    report_damage(get_services(request).metrics, error.kind, error.name, error.reason)
    return build_error_response(
        request,
        DamagedError(
            f"The stored {error.kind} {error.name!r} is damaged: its content is not what was stored. Ask the operator to run `allot check`, and to restore it."
        ),
    )


async def handle_client_disconnect(request: Request, _: Exception) -> Response:
    """Handle a client that went away before its body was complete: nobody reads the answer."""
    log.info("client disconnected", path=request.url.path)
    return Response(status_code=STATUS_CLIENT_CLOSED_REQUEST)


async def handle_system_error(request: Request, error: Exception) -> Response:
    """Handle an error of the system: a disk that is full, here that of temporary files, is an outage; others are unexpected."""
    if not isinstance(error, OSError) or error.errno not in FULL_DISK_ERRORS:
        return await handle_unexpected_error(request, error)
    return await handle_storage_unavailable(request, StorageUnavailableError("The disk of temporary files is full."))


class StreamEndedError(Exception):
    """A stream of events has ended before, and the client has all of it."""


async def handle_ended_stream(_request: Request, _error: Exception) -> Response:
    """Answer 204, after which a browser does not connect again."""
    return Response(status_code=204)


async def handle_unexpected_error(request: Request, error: Exception) -> Response:
    """Handle an unexpected error: log it, reveal nothing of it."""
    log.error("request failed", request_id=get_request_id(request.scope), path=request.url.path, exc_info=error)
    return build_problem_response(
        request,
        status=500,
        code="internal-error",
        title="Internal Server Error",
        detail="An internal error occurred. The service logged it under the request identifier.",
    )


def install_error_handlers(app: FastAPI) -> None:
    """Install the handlers on an application."""
    app.add_exception_handler(ApiError, handle_api_error)
    app.add_exception_handler(InvalidProblemError, handle_invalid_problem)
    app.add_exception_handler(RecordNotFoundError, handle_not_found)
    app.add_exception_handler(VersionConflictError, handle_version_conflict)
    app.add_exception_handler(RequestValidationError, handle_invalid_parameters)
    app.add_exception_handler(StreamEndedError, handle_ended_stream)
    app.add_exception_handler(HTTPException, handle_http_exception)
    app.add_exception_handler(StorageUnavailableError, handle_storage_unavailable)
    app.add_exception_handler(DamagedRecordError, handle_damaged_record)
    app.add_exception_handler(OSError, handle_system_error)
    app.add_exception_handler(ClientDisconnect, handle_client_disconnect)
    app.add_exception_handler(Exception, handle_unexpected_error)


async def _handle_denied_request(request: Request, error: Exception) -> Response:
    """Write a denied request to the audit log, within the budget of its caller, then answer it."""
    if not isinstance(error, ForbiddenError | HiddenError):
        raise error
    unrecorded = get_services(request).denials.spend(error.caller)
    if unrecorded is None:
        log.info("refusal not in the audit log", caller=error.caller, path=request.url.path)
    else:
        await run_in_change_thread(partial(_audit_denial, request, error, unrecorded))
    return build_error_response(request, error)


def _audit_denial(request: Request, error: ForbiddenError | HiddenError, unrecorded: int) -> None:
    detail: dict[str, object] = {"wanted": error.permission, "method": request.method, "path": request.url.path[:500]}
    if unrecorded:
        detail["unrecorded"] = unrecorded
    with get_services(request).store.write_transaction() as transaction:
        transaction.audit.append_entry(error.caller, "refused", error.subject[:100], detail, province=error.province)


def install_denial_handlers(app: FastAPI) -> None:
    """Install the handlers of denied requests."""
    app.add_exception_handler(ForbiddenError, _handle_denied_request)
    app.add_exception_handler(HiddenError, _handle_denied_request)

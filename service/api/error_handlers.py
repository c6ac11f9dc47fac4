"""From exceptions to problem details: the one place where an error becomes an answer."""

import http

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from models.validation.checks import Finding, InvalidProblemError
from service.api.request_context import get_request_id
from service.core.errors import (
    PROBLEM_JSON,
    ApiError,
    NotFoundError,
    PreconditionFailedError,
    ProblemDetails,
    UnprocessableContentError,
    summarize_findings,
)
from service.storage.errors import RecordNotFoundError, VersionConflictError

log = structlog.get_logger("allot.service")


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
    """An error as `application/problem+json`."""
    problem = ProblemDetails(
        type=f"urn:allot:{code}",
        title=title,
        status=status,
        detail=detail,
        instance=request.url.path,
        request_id=get_request_id(request.scope),
        errors=findings,
    )
    return Response(problem.model_dump_json(), status, headers, media_type=PROBLEM_JSON)


def build_error_response(request: Request, error: ApiError) -> Response:
    """A refusal as problem details."""
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
    """Answer a refusal of ours."""
    if not isinstance(error, ApiError):
        raise error
    return build_error_response(request, error)


async def handle_invalid_problem(request: Request, error: Exception) -> Response:
    """Answer a problem that cannot be planned with: everything wrong in it at once."""
    if not isinstance(error, InvalidProblemError):
        raise error
    return build_error_response(
        request, UnprocessableContentError(summarize_findings(error.findings), findings=error.findings)
    )


async def handle_not_found(request: Request, error: Exception) -> Response:
    """Answer a name that storage does not know."""
    return build_error_response(request, NotFoundError(f"{str(error).capitalize()}."))


async def handle_version_conflict(request: Request, error: Exception) -> Response:
    """Answer a change made to a version that is not the newest any more."""
    if not isinstance(error, VersionConflictError):
        raise error
    there = f"version {error.actual}" if error.actual else "not there"
    wanted = f"version {error.expected}" if error.expected else "not there"
    return build_error_response(
        request,
        PreconditionFailedError(
            f"{error.name} is {there}, and you asked for it to be {wanted}. Read it again, then try again."
        ),
    )


async def handle_invalid_parameters(request: Request, error: Exception) -> Response:
    """Answer parameters (or a small body) that FastAPI found wrong."""
    if not isinstance(error, RequestValidationError):
        raise error
    findings = tuple(
        Finding(
            path=_format_location(tuple(one["loc"])),
            code=str(one["type"]),
            message=str(one["msg"]),
            remedy="The description of the operation at /docs says what is taken here.",
        )
        for one in error.errors()
    )
    return build_error_response(request, UnprocessableContentError(summarize_findings(findings), findings=findings))


def _format_location(loc: tuple[int | str, ...]) -> str:
    """`("body", "items", 0)` → `/items/0`; `("query", "limit")` → `query/limit`."""
    parts = [str(part).replace("~", "~0").replace("/", "~1") for part in loc]
    return "".join(f"/{part}" for part in parts[1:]) if parts[0] == "body" else "/".join(parts)


async def handle_http_exception(request: Request, error: Exception) -> Response:
    """Answer what the framework refuses: unknown paths, methods, bodies that cannot be read."""
    if not isinstance(error, HTTPException):
        raise error
    status = http.HTTPStatus(error.status_code)
    details = {
        404: f"There is nothing at {request.url.path}. The paths there are stand at /docs.",
        405: f"{request.method} is not possible here; `Allow` names what is.",
    }
    headers = dict(error.headers or {})
    return build_problem_response(
        request,
        status=status,
        code=status.phrase.lower().replace(" ", "-"),
        title=status.phrase,
        detail=details.get(status, f"{error.detail}."),
        headers=headers,
    )


async def handle_unexpected_error(request: Request, error: Exception) -> Response:
    """Answer a mistake of ours: log all of it, tell nothing of it."""
    log.error("request failed", request_id=get_request_id(request.scope), path=request.url.path, exc_info=error)
    return build_problem_response(
        request,
        status=500,
        code="mistake",
        title="A mistake of ours",
        detail="Something went wrong that should not. It has been logged under the request's identifier.",
    )


def install_error_handlers(app: FastAPI) -> None:
    """Make an application answer every error with problem details."""
    app.add_exception_handler(ApiError, handle_api_error)
    app.add_exception_handler(InvalidProblemError, handle_invalid_problem)
    app.add_exception_handler(RecordNotFoundError, handle_not_found)
    app.add_exception_handler(VersionConflictError, handle_version_conflict)
    app.add_exception_handler(RequestValidationError, handle_invalid_parameters)
    app.add_exception_handler(HTTPException, handle_http_exception)
    app.add_exception_handler(Exception, handle_unexpected_error)

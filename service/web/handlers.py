"""From exceptions to problem details: the one place where an error becomes an answer."""

import http

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from models.checks import Finding, InvalidProblem
from service.errors import PROBLEM_JSON, Invalid, Missing, Problem, Refusal, Stale, at_fault
from service.storage import NotFound, VersionConflict
from service.web.context import request_id

log = structlog.get_logger("allot.service")


def problem_response(
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
    problem = Problem(
        type=f"urn:allot:{code}",
        title=title,
        status=status,
        detail=detail,
        instance=request.url.path,
        request_id=request_id(request.scope),
        errors=findings,
    )
    return Response(problem.model_dump_json(), status, headers, media_type=PROBLEM_JSON)


def refusal_response(request: Request, refusal: Refusal) -> Response:
    """A refusal as problem details."""
    return problem_response(
        request,
        status=refusal.status,
        code=refusal.code,
        title=refusal.title,
        detail=refusal.detail,
        findings=refusal.findings,
        headers=dict(refusal.headers or {}),
    )


async def on_refusal(request: Request, error: Exception) -> Response:
    """Answer a refusal of ours."""
    if not isinstance(error, Refusal):
        raise error
    return refusal_response(request, error)


async def on_invalid_problem(request: Request, error: Exception) -> Response:
    """Answer a problem that cannot be planned with: everything wrong in it at once."""
    if not isinstance(error, InvalidProblem):
        raise error
    return refusal_response(request, Invalid(at_fault(error.findings), findings=error.findings))


async def on_not_found(request: Request, error: Exception) -> Response:
    """Answer a name that storage does not know."""
    return refusal_response(request, Missing(f"{str(error).capitalize()}."))


async def on_version_conflict(request: Request, error: Exception) -> Response:
    """Answer a change made to a version that is not the newest any more."""
    if not isinstance(error, VersionConflict):
        raise error
    there = f"version {error.actual}" if error.actual else "not there"
    wanted = f"version {error.expected}" if error.expected else "not there"
    return refusal_response(
        request, Stale(f"{error.name} is {there}, and you asked for it to be {wanted}. Read it again, then try again.")
    )


async def on_parameters(request: Request, error: Exception) -> Response:
    """Answer parameters (or a small body) that FastAPI found wrong."""
    if not isinstance(error, RequestValidationError):
        raise error
    findings = tuple(
        Finding(
            path=_place(tuple(one["loc"])),
            code=str(one["type"]),
            message=str(one["msg"]),
            remedy="The description of the operation at /docs says what is taken here.",
        )
        for one in error.errors()
    )
    return refusal_response(request, Invalid(at_fault(findings), findings=findings))


def _place(loc: tuple[int | str, ...]) -> str:
    """`("body", "items", 0)` → `/items/0`; `("query", "limit")` → `query/limit`."""
    parts = [str(part).replace("~", "~0").replace("/", "~1") for part in loc]
    return "".join(f"/{part}" for part in parts[1:]) if parts[0] == "body" else "/".join(parts)


async def on_http_exception(request: Request, error: Exception) -> Response:
    """Answer what the framework refuses: unknown paths, methods, bodies that cannot be read."""
    if not isinstance(error, HTTPException):
        raise error
    status = http.HTTPStatus(error.status_code)
    details = {
        404: f"There is nothing at {request.url.path}. The paths there are stand at /docs.",
        405: f"{request.method} is not possible here; `Allow` names what is.",
    }
    headers = dict(error.headers or {})
    return problem_response(
        request,
        status=status,
        code=status.phrase.lower().replace(" ", "-"),
        title=status.phrase,
        detail=details.get(status, f"{error.detail}."),
        headers=headers,
    )


async def on_mistake(request: Request, error: Exception) -> Response:
    """Answer a mistake of ours: log all of it, tell nothing of it."""
    log.error("request failed", request_id=request_id(request.scope), path=request.url.path, exc_info=error)
    return problem_response(
        request,
        status=500,
        code="mistake",
        title="A mistake of ours",
        detail="Something went wrong that should not. It has been logged under the request's identifier.",
    )


def install(app: FastAPI) -> None:
    """Make an application answer every error with problem details."""
    app.add_exception_handler(Refusal, on_refusal)
    app.add_exception_handler(InvalidProblem, on_invalid_problem)
    app.add_exception_handler(NotFound, on_not_found)
    app.add_exception_handler(VersionConflict, on_version_conflict)
    app.add_exception_handler(RequestValidationError, on_parameters)
    app.add_exception_handler(HTTPException, on_http_exception)
    app.add_exception_handler(Exception, on_mistake)

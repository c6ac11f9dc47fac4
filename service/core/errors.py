"""Errors of the API as problem details (RFC 9457), with the titles of RFC 9110.

ApiError                       status
├── BadRequestError              400  the body is not JSON, or a header is malformed
├── UnauthenticatedError         401  missing or invalid credentials
├── ForbiddenError               403  no role of the principal allows the act (`service.auth`)
├── NotFoundError                404  nothing has that name
├── NotAcceptableError           406  no accepted format is available
├── RequestTimeoutError          408  the body did not arrive in time
├── ConflictError                409  the present state does not allow the act
├── PreconditionFailedError      412  a newer version exists
├── ContentTooLargeError         413  the request exceeds a limit of the settings
├── UnsupportedMediaTypeError    415  the media type of the body is not supported
├── UnprocessableContentError    422  the request is invalid; `errors` lists the findings
├── TooManyRequestsError         429  retry after `Retry-After` seconds
├── DamagedError                 500  what is stored is damaged
└── ServiceUnavailableError      503  the service is not available now
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from models.validation.checks import Finding
from models.validation.finding_codes import make_finding

PROBLEM_JSON = "application/problem+json"
"""Media type of every error."""

_MORE_FINDINGS = "more_findings"

STATUS_CLIENT_CLOSED_REQUEST = 499
"""Status in log and metrics of a request whose client went away; nobody reads its answer."""


class ProblemDetails(BaseModel):
    """An error, as problem details (RFC 9457)."""

    model_config = ConfigDict(use_attribute_docstrings=True, title="ProblemDetails")

    type: str
    """Kind of problem: `urn:allot:` and a stable code."""
    title: str
    """Title of the kind; that of the HTTP status in RFC 9110."""
    status: int
    """HTTP status."""
    detail: str
    """What went wrong and how to correct it."""
    instance: str
    """Path of the request."""
    request_id: str
    """Identifier of the request (also in `X-Request-Id`); quote it in support requests."""
    errors: tuple[Finding, ...] = Field(default=())
    """All findings about the request. `path` is a JSON pointer into the body; for a parameter it is `query/`, `path/` or
    `header/` and the name of the parameter."""


class ApiError(HTTPException):
    """A rejected request; subclasses fix status, code and title.

    It is an HTTPException, so that the framework passes it on from everywhere, also while it reads a body.
    """

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad-request"
    title: ClassVar[str] = "Bad Request"

    def __init__(
        self,
        detail: str,
        *,
        findings: Sequence[Finding] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """State what went wrong and how to correct it, with findings where there are places to point at."""
        super().__init__(self.status, detail, headers)
        self.findings = tuple(findings)


class BadRequestError(ApiError):
    """The body is not JSON, or a header is malformed."""

    status, code, title = 400, "bad-request", "Bad Request"


class UnauthenticatedError(ApiError):
    """Missing or invalid credentials."""

    status, code, title = 401, "unauthenticated", "Unauthorized"


class NotFoundError(ApiError):
    """Nothing has that name."""

    status, code, title = 404, "not-found", "Not Found"


class NotAcceptableError(ApiError):
    """No accepted format is available."""

    status, code, title = 406, "not-acceptable", "Not Acceptable"


class RequestTimeoutError(ApiError):
    """The body did not arrive in time."""

    status, code, title = 408, "request-timeout", "Request Timeout"


class ConflictError(ApiError):
    """The present state does not allow the act."""

    status, code, title = 409, "conflict", "Conflict"


class PreconditionFailedError(ApiError):
    """A newer version exists than the request was made for."""

    status, code, title = 412, "precondition-failed", "Precondition Failed"


class ContentTooLargeError(ApiError):
    """The request exceeds a limit of the settings."""

    status, code, title = 413, "content-too-large", "Content Too Large"


class UnsupportedMediaTypeError(ApiError):
    """The media type of the body is not supported."""

    status, code, title = 415, "unsupported-media-type", "Unsupported Media Type"


class UnprocessableContentError(ApiError):
    """The request is invalid; `errors` lists the findings."""

    status, code, title = 422, "unprocessable-content", "Unprocessable Content"


class TooManyRequestsError(ApiError):
    """Too many requests are waiting."""

    status, code, title = 429, "too-many-requests", "Too Many Requests"


class DamagedError(ApiError):
    """What is stored is damaged; an operator has to restore it."""

    status, code, title = 500, "damaged", "Internal Server Error"


class ServiceUnavailableError(ApiError):
    """The service is not available now."""

    status, code, title = 503, "service-unavailable", "Service Unavailable"


BODY_ERRORS = (BadRequestError, ContentTooLargeError, UnsupportedMediaTypeError, UnprocessableContentError)
"""Errors of every operation with a body."""


MAX_FINDINGS = 1_000
"""Findings in one answer at most, beside one that says that there are more."""


def cap_findings(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Keep at most `MAX_FINDINGS` findings, errors before warnings, and add one that says that there are more."""
    listed = [finding for finding in findings if finding.code != _MORE_FINDINGS]
    if len(listed) <= MAX_FINDINGS:
        return tuple(findings)
    listed.sort(key=lambda finding: finding.severity == "warning")
    more = make_finding(
        _MORE_FINDINGS, (), "There are more findings than are listed.", "Correct the listed findings first."
    )
    return (*listed[:MAX_FINDINGS], more)


def summarize_findings(findings: Sequence[Finding]) -> str:
    """Summarize findings in one sentence: the number of errors and the first of them."""
    errors = [finding for finding in findings if finding.severity == "error"]
    if not errors:
        return "There are no errors."
    first = f"{errors[0].path or 'the document'}: {errors[0].message}"
    return first if len(errors) == 1 else f"{len(errors)} errors. The first: {first}"


def document_errors(*error_types: type[ApiError]) -> dict[int | str, dict[str, Any]]:
    """Document the error responses of an operation; 500 and 503 are documented for all."""
    described: dict[int, list[str]] = {}
    for refusal in (*error_types, *((RequestTimeoutError,) if ContentTooLargeError in error_types else ())):
        summary = (refusal.__doc__ or "").strip()
        described.setdefault(refusal.status, []).append(summary)
    described[500] = [
        "An internal error; the service logs it under the request identifier. Code `damaged`: what is stored is damaged."
    ]
    described.setdefault(503, []).append(
        "Storage is not available now; repeat the request after `Retry-After` seconds."
    )
    schema = {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}
    return {
        status: {"description": " ".join(texts), "content": {PROBLEM_JSON: schema}}
        for status, texts in described.items()
    }

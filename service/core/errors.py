"""What the service refuses, and how it says so: problem details (RFC 9457) for every error there can be.

Refusal                   status, code and title; the rest is particulars
├── Unreadable        400  the body is not JSON, or a header makes no sense
├── Unauthenticated   401  who asks does not say who they are, or not so that it can be believed
├── Forbidden         403  no role of whoever asks allows it (`service.auth`)
├── Missing           404  there is nothing of that name
├── NotAcceptable     406  no format that the request accepts
├── TooSlow           408  the body does not come
├── Conflict          409  not in this state, or not in this place
├── Stale             412  somebody else wrote first
├── TooLarge          413  beyond a limit of the settings
├── WrongType         415  the body is not of a type that is read here
├── Invalid           422  read, understood and wrong: `errors` says where
├── TooMany           429  come back after `Retry-After` seconds
└── Unavailable       503  not now
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from models.validation.checks import Finding

PROBLEM_JSON = "application/problem+json"
"""Media type of every error."""


class ProblemDetails(BaseModel):
    """An error, as problem details (RFC 9457)."""

    model_config = ConfigDict(use_attribute_docstrings=True, title="Problem")

    type: str
    """Kind of problem: `urn:allot:` and its code. Programs may rely on it."""
    title: str
    """The kind in words; the same for every problem of a kind."""
    status: int
    """HTTP status."""
    detail: str
    """What went wrong this time, and how to mend it."""
    instance: str
    """Path of the request."""
    request_id: str
    """Identifier of the request (also in `X-Request-Id`); name it when you ask for help."""
    errors: tuple[Finding, ...] = Field(default=())
    """Everything found wrong or doubtful in the request. `path` is a JSON pointer into the body; for what is not in
    the body it is `query/`, `path/` or `header/` and the parameter's name."""


class ApiError(HTTPException):
    """A request is refused. Subclasses fix the status and the code.

    It is an HTTPException so that the framework lets it pass wherever it is raised, while a body is read included.
    """

    status: ClassVar[int] = 400
    code: ClassVar[str] = "refused"
    title: ClassVar[str] = "The request is refused"

    def __init__(
        self,
        detail: str,
        *,
        findings: Sequence[Finding] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Say what went wrong and how to mend it, with findings if there are places to point at."""
        super().__init__(self.status, detail, headers)
        self.findings = tuple(findings)


class BadRequestError(ApiError):
    """The body is not JSON, or a header makes no sense."""

    status, code, title = 400, "unreadable", "The request cannot be read"


class UnauthenticatedError(ApiError):
    """Who asks does not say who they are, or not so that it can be believed."""

    status, code, title = 401, "unauthenticated", "Say who you are"


class NotFoundError(ApiError):
    """There is nothing of that name."""

    status, code, title = 404, "not-found", "There is nothing here"


class NotAcceptableError(ApiError):
    """None of the formats asked for can be given."""

    status, code, title = 406, "not-acceptable", "No acceptable format"


class RequestTimeoutError(ApiError):
    """The body did not come in time."""

    status, code, title = 408, "too-slow", "The request does not come"


class ConflictError(ApiError):
    """What is asked cannot be done in the present state."""

    status, code, title = 409, "conflict", "Not in this state"


class PreconditionFailedError(ApiError):
    """The version that the request was made for is not the newest."""

    status, code, title = 412, "stale", "Somebody else wrote first"


class ContentTooLargeError(ApiError):
    """The request is beyond a limit of the settings."""

    status, code, title = 413, "too-large", "Beyond the limits of this service"


class UnsupportedMediaTypeError(ApiError):
    """The body is of a type that is not read here."""

    status, code, title = 415, "wrong-type", "The body's type is not read here"


class UnprocessableContentError(ApiError):
    """The request was read and understood, and is wrong."""

    status, code, title = 422, "invalid", "The request is not valid"


class TooManyRequestsError(ApiError):
    """Too much is waiting already."""

    status, code, title = 429, "too-many", "Too much is waiting"


class ServiceUnavailableError(ApiError):
    """The service cannot do this now."""

    status, code, title = 503, "unavailable", "Not available now"


def summarize_findings(findings: Sequence[Finding]) -> str:
    """One sentence about findings: how many errors, and the first of them."""
    errors = [finding for finding in findings if finding.severity == "error"]
    if not errors:
        return "Nothing is wrong."
    first = f"{errors[0].path or 'the whole'}: {errors[0].message}"
    return first if len(errors) == 1 else f"{len(errors)} errors. The first: {first}"


def document_errors(*error_types: type[ApiError]) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of an operation that may refuse so; 500 is documented for all."""
    described: dict[int, list[str]] = {}
    for refusal in (*error_types, *((RequestTimeoutError,) if ContentTooLargeError in error_types else ())):
        summary = (refusal.__doc__ or "").strip()
        described.setdefault(refusal.status, []).append(summary)
    described[500] = ["A mistake of ours; the answer names the request, not the mistake."]
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {
        status: {"description": " ".join(texts), "content": {PROBLEM_JSON: schema}}
        for status, texts in described.items()
    }

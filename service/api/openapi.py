"""The OpenAPI document: FastAPI's own, completed with request bodies, security and server-sent events.

The document is of version 3.1: client generators do not read 3.2 yet.
"""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from service.api.body_examples import BODY_EXAMPLES
from service.api.permissions import find_route_guard
from service.api.request_bodies import BodyDependency
from service.auth.authorization import ForbiddenError
from service.core.errors import ProblemDetails, UnauthenticatedError, document_errors
from service.domain.schemas.analyses import AnalysisEvent
from service.domain.schemas.plans import PlanEvent
from service.spreadsheets.file_kinds import SPREADSHEET_MEDIA_TYPES, XLSX_MEDIA_TYPE

API_VERSION = "1.0.0"
"""Version of the interface: the first number is that of `/v1`; additions raise the second."""

_SCHEMA_REF = "#/components/schemas/{model}"

JsonObject = dict[str, Any]

DESCRIPTION = """\
Allot plans what a province makes, moves and swaps, by linear programming.

- **Errors** are problem details (RFC 9457, `application/problem+json`). `errors` lists every mistake with a JSON pointer, a
  stable code and a remedy.
- **Plans** are solved in the background. An accepted plan is never lost. `Prefer: wait=20` waits for the plan; without it
  the answer is 202 with the address of the plan. Its `/events` report the progress. A repeated request with the same
  `Idempotency-Key` gives the same plan.
- **Analyses** (studies, ranges, alternatives, backtests) are accepted and followed in the same way.
- **Tables** of a plan or an analysis come as JSON (paged), CSV, Parquet, an Arrow stream or a workbook, by `Accept` or `format=`.
- **Access**: where authentication is on, every request except those about health carries `Authorization: Bearer` with an API
  key or a token of the identity provider. The answer is 401 without credentials, 403 without the role, and 404 for what
  belongs to a province that you may not read.
- The examples `two-counties` and `ryanggang` below run without changes.
"""

TAGS = [
    {"name": "access", "description": "Principals, API keys and the audit log."},
    {"name": "provinces", "description": "Stored problems with versions and scenarios."},
    {"name": "problems", "description": "Check a problem or estimate its population and demand without planning."},
    {"name": "plans", "description": "Create plans and follow them."},
    {"name": "approval", "description": "The approval workflow: from draft to ratified, in force and closed."},
    {
        "name": "sensitivity",
        "description": "Queries about a finished plan: shadow prices, bottlenecks, remedies, comparisons, curves.",
    },
    {
        "name": "analyses",
        "description": "What is not known: studies, ranges and alternatives of plans, and backtests of ways of planning.",
    },
    {"name": "fulfilment", "description": "Reported outputs, fulfilment, and plans for the rest of the periods."},
    {"name": "tables", "description": "The rows of a finished plan."},
    {"name": "webhooks", "description": "Signed messages to other programs about plans."},
    {"name": "health", "description": "Health, metrics and version of the service."},
]


def describe_binary() -> JsonObject:
    """Describe content that is bytes."""
    return {"schema": {"type": "string", "format": "binary"}}


def describe_headers(headers: dict[str, str]) -> JsonObject:
    """Describe response headers: name → description."""
    return {name: {"description": text, "schema": {"type": "string"}} for name, text in headers.items()}


def install_openapi(app: FastAPI) -> None:
    """Make the application build its OpenAPI document with this module."""

    def get_document() -> JsonObject:
        if not app.openapi_schema:
            app.openapi_schema = _build_document(app)
        return app.openapi_schema

    app.openapi = get_document  # type: ignore[method-assign]


def _build_document(app: FastAPI) -> JsonObject:
    document = get_openapi(
        title="Allot",
        version=API_VERSION,
        summary="Plans of a province's essential goods",
        description=DESCRIPTION,
        routes=app.routes,
        tags=TAGS,
        servers=[{"url": "/", "description": "This service"}],
        license_info={"name": "MIT", "identifier": "MIT"},
        separate_input_output_schemas=False,
    )
    models: list[type[BaseModel]] = [ProblemDetails, PlanEvent, AnalysisEvent]
    refused = {str(status): answer for status, answer in document_errors(UnauthenticatedError, ForbiddenError).items()}
    for route, operation in _iterate_operations(app, document):
        for body in _find_bodies(route.dependant):
            operation["requestBody"] = _describe_body(body)
            models += body.models
        if find_route_guard(route.dependant) is None:
            operation["security"] = []
        else:
            operation["security"] = [{"bearer": []}, {}]
            operation["responses"] = dict(sorted({**refused, **operation["responses"]}.items()))
        _describe_event_stream(operation, AnalysisEvent if "{analysis}" in route.path else PlanEvent)
    _add_schemas(document, models)
    document["components"]["securitySchemes"] = {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "An API key or a token of the identity provider; none where authentication is off.",
        }
    }
    return document


def _iterate_operations(app: FastAPI, document: JsonObject) -> Iterator[tuple[Any, JsonObject]]:
    """Iterate over the documented operations with their routes."""
    for route in iter_route_contexts(app.routes):
        for method in getattr(route, "methods", None) or ():
            operation = document["paths"].get(getattr(route, "path", ""), {}).get(method.lower())
            if operation is not None:
                yield route, operation


def _find_bodies(dependant: Any) -> list[BodyDependency]:
    return [one.call for one in dependant.dependencies if isinstance(one.call, BodyDependency)]


def _describe_body(body: BodyDependency) -> JsonObject:
    """Describe a request body with the examples of its models."""
    references = [{"$ref": _SCHEMA_REF.format(model=model.__name__)} for model in body.models]
    shown = {
        name: {"summary": summary, "value": value}
        for model in body.models
        for name, (summary, value) in BODY_EXAMPLES[model].items()
    }
    schema = references[0] if len(references) == 1 else {"anyOf": references}
    content: JsonObject = {"application/json": {"schema": schema, "examples": shown}}
    if body.spreadsheets:
        content |= {media_type: describe_binary() for media_type in SPREADSHEET_MEDIA_TYPES.values()}
    if body.csv_example is not None:
        content["text/csv"] = {**describe_binary(), "example": body.csv_example}
        content[XLSX_MEDIA_TYPE] = describe_binary()
    return {"required": body.is_required, "content": content}


def _describe_event_stream(operation: JsonObject, event: type[BaseModel]) -> None:
    """Describe server-sent events without `itemSchema`, a keyword of OpenAPI 3.2."""
    for answer in operation["responses"].values():
        stream = answer.get("content", {}).get("text/event-stream")
        if stream is not None:
            stream.clear()
            stream["schema"] = {
                "type": "string",
                "description": f"Server-sent events; the data of each is a `{event.__name__}` as JSON.",
                "contentMediaType": "application/json",
                "contentSchema": {"$ref": _SCHEMA_REF.format(model=event.__name__)},
            }


def _add_schemas(document: JsonObject, models: list[type[BaseModel]]) -> None:
    """Add the schemas of models that FastAPI does not see."""
    _, definitions = models_json_schema([(model, "validation") for model in models], ref_template=_SCHEMA_REF)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas.update({name: schema for name, schema in definitions.get("$defs", {}).items() if name not in schemas})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    document["components"]["schemas"] = dict(sorted(schemas.items()))

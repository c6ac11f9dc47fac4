"""The OpenAPI document: what FastAPI cannot see because bodies are decoded by us and tables are written as bytes."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from service.api.permissions import find_route_guard
from service.auth.authorization import ForbiddenError
from service.core.errors import ProblemDetails, UnauthenticatedError, document_errors
from service.spreadsheets.file_kinds import SPREADSHEET_MEDIA_TYPES

API_VERSION = "1.0.0"
"""Version of the interface: the first number is that of `/v1`; additions raise the second."""

_SCHEMA_REF = "#/components/schemas/{model}"

_registered_models: dict[str, type[BaseModel]] = {"Problem": ProblemDetails}

JsonObject = dict[str, Any]

DESCRIPTION = """\
Allot plans what a province makes, moves and swaps, by linear programming.

- **Errors** are problem details (RFC 9457, `application/problem+json`); `errors` names every mistake with a JSON pointer, a
  stable code and a remedy.
- **Plans** are made in the background and are never lost once accepted. `Prefer: wait=20` waits for the plan; without it
  the answer is 202 and the address of the plan, whose `/events` tell how far it is. `Idempotency-Key` makes a repeated
  request the same request.
- **Tables** of a plan come as JSON (paged), CSV, Parquet, an Arrow stream or a workbook, by `Accept` or `format=`.
- **Access**: where authentication is on, every request but those about health carries `Authorization: Bearer` with an API key
  or a token of the identity provider. 401 without one, 403 without the role; what is another province's is not there (404).
- `two-counties` and `ryanggang` below are examples that run as they stand.
"""

TAGS = [
    {"name": "access", "description": "Who asks, and what they may do."},
    {"name": "provinces", "description": "Problems that are kept, with versions and scenarios."},
    {"name": "problems", "description": "Looking at a problem without planning it."},
    {"name": "plans", "description": "Making plans and following them."},
    {"name": "approval", "description": "From draft to ratified, in force and closed: who may do what with a plan."},
    {"name": "answers", "description": "Questions to a finished plan: prices, reasons, remedies, comparisons, curves."},
    {"name": "execution", "description": "What was made of a plan: outputs, fulfilment, planning the rest again."},
    {"name": "tables", "description": "The rows of a finished plan."},
    {"name": "webhooks", "description": "Having what happens to plans told to other programs."},
    {"name": "health", "description": "For those who run the service."},
]


def register_schema(model: type[BaseModel]) -> JsonObject:
    """A reference to a model's schema, which will be in the document."""
    _registered_models[model.__name__] = model
    return {"$ref": _SCHEMA_REF.format(model=model.__name__)}


def describe_binary() -> JsonObject:
    """Content that is bytes."""
    return {"schema": {"type": "string", "format": "binary"}}


def describe_json_body(
    schema: JsonObject, examples: dict[str, tuple[str, Any]], *, allow_spreadsheets: bool = False
) -> JsonObject:
    """The `openapi_extra` of an operation that decodes its body itself; `examples`: name → (summary, body).

    `sheets`: whether a workbook or CSV files in a zip may be sent instead.
    """
    shown = {name: {"summary": summary, "value": value} for name, (summary, value) in examples.items()}
    content: JsonObject = {"application/json": {"schema": schema, "examples": shown}}
    if allow_spreadsheets:
        content |= {media_type: describe_binary() for media_type in SPREADSHEET_MEDIA_TYPES.values()}
    return {"requestBody": {"required": True, "content": content}}


def describe_json_response(
    model: type[BaseModel], description: str, headers: dict[str, str] | None = None
) -> JsonObject:
    """The entry in `responses=` of an answer whose JSON is written by us; `headers`: name → description."""
    answer: JsonObject = {
        "description": description,
        "content": {"application/json": {"schema": register_schema(model)}},
    }
    if headers:
        answer["headers"] = describe_headers(headers)
    return answer


def describe_headers(headers: dict[str, str]) -> JsonObject:
    """Headers of an answer as OpenAPI writes them."""
    return {name: {"description": text, "schema": {"type": "string"}} for name, text in headers.items()}


def install_openapi(app: FastAPI) -> None:
    """Make `app` describe itself with the models named by `schema_of` included."""

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
        license_info={"name": "MIT", "identifier": "MIT"},
        separate_input_output_schemas=False,
    )
    _, definitions = models_json_schema(
        [(model, "validation") for model in _registered_models.values()], ref_template=_SCHEMA_REF
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas.update({name: schema for name, schema in definitions.get("$defs", {}).items() if name not in schemas})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    document["components"]["schemas"] = dict(sorted(schemas.items()))
    _describe_guards(app, document)
    return document


def _describe_guards(app: FastAPI, document: JsonObject) -> None:
    """Say of every guarded operation that it takes a bearer's key or token, and how it refuses."""
    document["components"]["securitySchemes"] = {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "An API key, or a token of the identity provider; nothing where authentication is off.",
        }
    }
    refused = {str(status): answer for status, answer in document_errors(UnauthenticatedError, ForbiddenError).items()}
    for route in iter_route_contexts(app.routes):
        if find_route_guard(getattr(route, "dependant", None)) is None:
            continue
        for method in getattr(route, "methods", None) or ():
            operation = document["paths"].get(getattr(route, "path", ""), {}).get(method.lower())
            if operation is not None:
                operation["security"] = [{"bearer": []}, {}]
                operation["responses"] = dict(sorted({**refused, **operation["responses"]}.items()))

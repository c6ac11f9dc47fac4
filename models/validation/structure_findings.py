"""Structural findings: translate pydantic errors into findings with a path, a code, a message and a remedy."""

from collections.abc import Callable, Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from models.validation.checks.context import format_name_list, quote_name, suggest_similar_names
from models.validation.finding import Finding, JsonPath
from models.validation.finding_codes import make_finding
from models.validation.json_text import replace_lone_surrogates
from models.validation.number_forms import describe_number_form

_EXPECTED_KINDS = {
    "float_type": "a number",
    "float_parsing": "a number",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "string_type": "text",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
}
"""Expected kind of value for each pydantic error type."""

_NUMBER_ERRORS = frozenset(kind for kind, words in _EXPECTED_KINDS.items() if words.endswith("number"))

_BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "more than"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "less than"),
}
"""Context key and wording of the violated bound for each pydantic error type."""

_SIZE_ERRORS = ("string_too_short", "too_short", "string_too_long", "too_long")


class StructuralMistake(NamedTuple):
    """A structural mistake in a document."""

    finding: Finding
    """Finding about the mistake."""
    path: JsonPath
    """Location of the mistake."""
    is_missing_field: bool
    """Whether a required field is missing."""
    is_in_number_list: bool
    """Whether the mistake concerns one number of a list per period."""


class _UnionTag(str):
    """A part of a pydantic location that names a branch of a union; not part of the path."""


MAX_MISTAKES = 5_000
"""Structural mistakes that are put into words at most: each takes a look-up of its place and of similar names."""


def find_structural_mistakes(error: ValidationError, raw: Any, model_type: type[BaseModel]) -> list[StructuralMistake]:
    """Return the structural mistakes of `raw`, each once, in document order; the first `MAX_MISTAKES` of them."""
    found: dict[tuple[str, str], StructuralMistake] = {}
    for details in error.errors(include_url=False):
        if len(found) == MAX_MISTAKES:
            break
        mistake = _build_mistake(details, raw, model_type)
        if mistake is not None:
            found.setdefault((mistake.finding.path, mistake.finding.code), mistake)
    return list(found.values())


def _build_mistake(details: ErrorDetails, raw: Any, model_type: type[BaseModel]) -> StructuralMistake | None:
    if _is_consequential(details):
        return None
    steps = _resolve_location(details, raw)
    path = tuple(step for step in steps if not isinstance(step, _UnionTag))
    tagged = len(steps) > 1 and isinstance(steps[-2], _UnionTag) and steps[-2] == "list"
    printable_path = tuple(replace_lone_surrogates(part) if isinstance(part, str) else part for part in path)
    return StructuralMistake(
        finding=translate_error(details, printable_path, lambda: list_field_names(model_type, path[:-1], raw)),
        path=path,
        is_missing_field=details["type"] == "missing",
        is_in_number_list=isinstance(path[-1] if path else "", int) and (tagged or path[0] == "calendars"),
    )


def _is_consequential(details: ErrorDetails) -> bool:
    """Whether a list is reported as too short only because its entries are invalid, each with its own error."""
    given, context = details["input"], details.get("ctx", {})
    return details["type"] == "too_short" and isinstance(given, list) and len(given) >= context["min_length"]


def _resolve_location(details: ErrorDetails, raw: Any) -> JsonPath:
    """Return the path from `raw` to the invalid value, with union tags marked."""
    loc, given = details["loc"], details["input"]
    if details["type"] == "missing":
        owner = _trace_location(raw, loc[:-1], given)
        return (*(owner if owner is not None else _guess_location(raw, loc[:-1])), loc[-1])
    if loc and loc[-1] == "[key]":
        return (*_guess_location(raw, loc[:-2]), loc[-2])
    path = _trace_location(raw, loc, given)
    return path if path is not None else _guess_location(raw, loc)


def _trace_location(raw: Any, loc: JsonPath, given: Any) -> JsonPath | None:
    """Return the path along `loc` that ends at the object `given` itself; None if there is none.

    A part of `loc` is a key, a position or a union tag. If it can be both, only one of the paths ends at `given`.
    """
    if not loc:
        return () if raw is given else None
    head, rest = loc[0], loc[1:]
    if _has_element(raw, head) and (path := _trace_location(raw[head], rest, given)) is not None:
        return (head, *path)
    if isinstance(head, str) and (path := _trace_location(raw, rest, given)) is not None:
        return (_UnionTag(head), *path)
    return None


def _guess_location(raw: Any, loc: JsonPath) -> JsonPath:
    """Return the path along `loc`; parts that are no element are taken as union tags."""
    path: list[str | int] = []
    for head in loc:
        if _has_element(raw, head):
            path.append(head)
            raw = raw[head]
        elif isinstance(head, str):
            path.append(_UnionTag(head))
    return tuple(path)


def _has_element(raw: Any, part: str | int) -> bool:
    if isinstance(part, int):
        return isinstance(raw, list | tuple) and part < len(raw)
    return isinstance(raw, Mapping) and part in raw


def translate_error(details: ErrorDetails, path: JsonPath, list_known_fields: Callable[[], Sequence[str]]) -> Finding:
    """Translate one pydantic error at `path`; `list_known_fields` returns the field names allowed there."""
    kind, given, name = (
        details["type"],
        details["input"],
        replace_lone_surrogates(str(path[-1])) if path else "document",
    )
    if kind == "missing":
        return make_finding("missing", path, f"The field {quote_name(name)} is missing.", f"Add {quote_name(name)}.")
    if kind == "extra_forbidden":
        remedy = (
            suggest_similar_names(name, list_known_fields())
            or f"Remove the field. Allowed fields: {format_name_list(list_known_fields(), 40, 'and')}."
        )
        return make_finding("unknown_field", path, f"The field {quote_name(name)} is not allowed here.", remedy)
    if _is_number(given) and (kind == "finite_number" or (kind in _EXPECTED_KINDS and _is_too_large(given))):
        message = "The value is infinite, not a number (NaN), or too large."
        return make_finding("not_finite", path, message, "Give a finite number. To state no limit, omit the field.")
    if kind in _EXPECTED_KINDS:
        message = f"Expected {_EXPECTED_KINDS[kind]}, got {_describe_value(given)}."
        remedy = f"Give {_EXPECTED_KINDS[kind]}."
        if isinstance(given, str) and kind in _NUMBER_ERRORS and (form := describe_number_form(given)):
            return make_finding("wrong_type", path, f"{message} {form.message}", form.remedy)
        return make_finding("wrong_type", path, message, remedy)
    if kind in _BOUNDS:
        return _translate_bound_error(details, path)
    return _translate_text_error(details, path)


def _translate_bound_error(details: ErrorDetails, path: JsonPath) -> Finding:
    kind, given, context = details["type"], details["input"], details.get("ctx", {})
    key, words = _BOUNDS[kind]
    bound = context[key]
    if kind == "greater_than_equal" and bound == 0:
        return make_finding("negative", path, f"{_describe_value(given)} is negative.", "Give a number of at least 0.")
    return make_finding(
        "out_of_range", path, f"{_describe_value(given)} is not {words} {bound:g}.", f"Give a number {words} {bound:g}."
    )


def _translate_text_error(details: ErrorDetails, path: JsonPath) -> Finding:
    kind, given, context = details["type"], details["input"], details.get("ctx", {})
    if kind == "string_pattern_mismatch":
        message = f"{_describe_value(given)} is not a valid identifier."
        remedy = "Use only letters, digits, `-`, `_` and `.`, without a leading `.`. Put the full name in `local_name`."
        return make_finding("bad_id", path, message, remedy)
    if kind == "literal_error":
        choices = context["expected"].replace("'", "").replace(" or ", ", ").split(", ")
        remedy = (
            suggest_similar_names(given, choices) if isinstance(given, str) else ""
        ) or f"Use {format_name_list(choices, 40)}."
        return make_finding("unknown_choice", path, f"{_describe_value(given)} is not an allowed value.", remedy)
    if kind == "string_unicode":
        return make_finding(
            "bad_text", path, "The text contains an unpaired UTF-16 surrogate.", "Re-encode the file as UTF-8."
        )
    if kind == "repeated_key":
        message = f"{details['msg']}; only one of the values would count."
        return make_finding("repeated_key", path, message, "Keep one of the entries.")
    if kind in _SIZE_ERRORS:
        return _translate_size_error(kind, context, path)
    if "remedy" in context:
        return make_finding(kind, path, details["msg"], context["remedy"])
    message = details["msg"].removeprefix("Value error, ")
    return make_finding("invalid", path, f"{message[:1].upper()}{message[1:]}.", "See the description of the field.")


def _translate_size_error(kind: str, context: dict[str, Any], path: JsonPath) -> Finding:
    number = context["min_length" if kind.endswith("short") else "max_length"]
    singular, plural = ("character", "characters") if kind.startswith("string") else ("entry", "entries")
    size = f"{number} {singular if number == 1 else plural}"
    if kind.endswith("short"):
        return make_finding("too_short", path, f"Expected at least {size}.", f"Give at least {size}.")
    return make_finding("too_long", path, f"Expected at most {size}.", f"Give at most {size}.")


def _is_number(given: Any) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool)


def _is_too_large(given: float) -> bool:
    return (
        (isinstance(given, int) and given.bit_length() > 63) or given in (float("inf"), float("-inf")) or given != given
    )


def _describe_value(given: Any) -> str:
    """Describe a value in a few words."""
    if given is None:
        return "null"
    if isinstance(given, bool):
        return str(given).lower()
    if isinstance(given, str):
        return quote_name(replace_lone_surrogates(given))
    if _is_number(given):
        return f"{given:.12g}" if not _is_too_large(given) else "a number that is too large"
    return "a list" if isinstance(given, list | tuple) else "an object"


def list_field_names(model_type: type[BaseModel], path: JsonPath, raw: Any) -> tuple[str, ...]:
    """Return the JSON names of the fields of the object at `path` in `raw`; empty if there is no model at the path.

    Of several models, the one counts whose fixed values the object states, such as its `kind`.
    """
    types: list[Any] = [model_type]
    for part in path:
        types = [inner for outer in types for inner in _find_inner_types(outer, part)]
        raw = raw[part] if _has_element(raw, part) else None
    models = [candidate for candidate in types if _is_model_type(candidate)]
    for candidate in [*(model for model in models if _has_fixed_values(model, raw)), *models]:
        return tuple(info.alias or name for name, info in candidate.model_fields.items())
    return ()


def _has_fixed_values(model_type: type[BaseModel], raw: Any) -> bool:
    """Whether an object states one of the choices of every field of the model that has choices and no default."""
    return isinstance(raw, Mapping) and all(
        raw.get(info.alias or name) in get_args(info.annotation)
        for name, info in model_type.model_fields.items()
        if get_origin(info.annotation) is Literal and info.is_required()
    )


def _find_inner_types(outer: Any, part: str | int) -> list[Any]:
    """Return the possible types of element `part` of a value of type `outer`."""
    if _is_model_type(outer):
        fields = {info.alias or name: info.annotation for name, info in outer.model_fields.items()}
        return _split_union_types(fields[part]) if part in fields else []
    origin, inner = get_origin(outer), get_args(outer)
    if (origin is dict and isinstance(part, str)) or (origin is tuple and isinstance(part, int)):
        return _split_union_types(inner[1] if origin is dict else inner[0])
    return []


def _split_union_types(annotation: Any) -> list[Any]:
    """Return the types that an annotation allows, without `Annotated` and unions."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _split_union_types(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return [member for inner in get_args(annotation) for member in _split_union_types(inner)]
    return [annotation]


def _is_model_type(candidate: Any) -> bool:
    return isinstance(candidate, type) and issubclass(candidate, BaseModel)

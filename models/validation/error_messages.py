"""The words of structural findings."""

from collections.abc import Callable, Sequence
from typing import Any

from pydantic_core import ErrorDetails

from models.validation.checks.context import format_name_list, quote_name, suggest_similar_names
from models.validation.finding import Finding
from models.validation.finding_codes import make_finding
from models.validation.json_text import JsonPath, replace_lone_surrogates

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
"""What was wanted, by pydantic's type of error."""

_BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "more than"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "less than"),
}
"""Which bound was passed, by pydantic's type of error."""

_SIZE_ERRORS = ("string_too_short", "too_short", "string_too_long", "too_long")


def translate_error(details: ErrorDetails, path: JsonPath, list_known_fields: Callable[[], Sequence[str]]) -> Finding:
    """The finding about one of pydantic's complaints at `path`; `fields` gives the names known there."""
    kind, given, name = (
        details["type"],
        details["input"],
        replace_lone_surrogates(str(path[-1])) if path else "the whole",
    )
    if kind == "missing":
        return make_finding("missing", path, f"The field {quote_name(name)} is missing.", f"Add {quote_name(name)}.")
    if kind == "extra_forbidden":
        remedy = (
            suggest_similar_names(name, list_known_fields())
            or f"Take it out; known here are {format_name_list(list_known_fields(), 40, 'and')}."
        )
        return make_finding("unknown_field", path, f"There is no field {quote_name(name)} here.", remedy)
    if _is_number(given) and (kind == "finite_number" or (kind in _EXPECTED_KINDS and _is_too_large(given))):
        message = "The number is infinite, not a number, or too large to be held."
        return make_finding(
            "not_finite", path, message, "Give a finite number, or leave a limit out that is to be none."
        )
    if kind in _EXPECTED_KINDS:
        message = f"Here must be {_EXPECTED_KINDS[kind]}, not {_describe_value(given)}."
        return make_finding("wrong_type", path, message, f"Give {_EXPECTED_KINDS[kind]}.")
    if kind in _BOUNDS:
        return _translate_bound_error(details, path)
    return _translate_text_error(details, path)


def _translate_bound_error(details: ErrorDetails, path: JsonPath) -> Finding:
    kind, given, context = details["type"], details["input"], details.get("ctx", {})
    key, words = _BOUNDS[kind]
    bound = context[key]
    if kind == "greater_than_equal" and bound == 0:
        return make_finding(
            "negative", path, f"{_describe_value(given)} is below zero.", "Give a number that is 0 or more."
        )
    return make_finding(
        "out_of_range", path, f"{_describe_value(given)} is not {words} {bound:g}.", f"Give a number {words} {bound:g}."
    )


def _translate_text_error(details: ErrorDetails, path: JsonPath) -> Finding:
    kind, given, context = details["type"], details["input"], details.get("ctx", {})
    if kind == "string_pattern_mismatch":
        message = f"{_describe_value(given)} is not an identifier."
        remedy = "Use letters, digits, `-`, `_` and `.` only, not beginning with `.`; keep the name in `local_name`."
        return make_finding("bad_id", path, message, remedy)
    if kind == "literal_error":
        choices = context["expected"].replace("'", "").replace(" or ", ", ").split(", ")
        remedy = (
            suggest_similar_names(given, choices) if isinstance(given, str) else ""
        ) or f"Choose {format_name_list(choices, 40)}."
        return make_finding(
            "unknown_choice", path, f"{_describe_value(given)} is none of the words allowed here.", remedy
        )
    if kind == "string_unicode":
        return make_finding("bad_text", path, "The text holds half a character.", "Write the whole character.")
    if kind in _SIZE_ERRORS:
        return _translate_size_error(kind, context, path)
    message = details["msg"].removeprefix("Value error, ")
    return make_finding("invalid", path, f"{message[:1].upper()}{message[1:]}.", "See the description of this field.")


def _translate_size_error(kind: str, context: dict[str, Any], path: JsonPath) -> Finding:
    number = context["min_length" if kind.endswith("short") else "max_length"]
    one, many = ("character", "characters") if kind.startswith("string") else ("entry", "entries")
    size = f"{number} {one if number == 1 else many}"
    if kind.endswith("short"):
        return make_finding("too_short", path, f"Here must be at least {size}.", f"Give at least {size}.")
    return make_finding("too_long", path, f"Here may be at most {size}.", f"Give at most {size}.")


def _is_number(given: Any) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool)


def _is_too_large(given: float) -> bool:
    return (
        (isinstance(given, int) and given.bit_length() > 63) or given in (float("inf"), float("-inf")) or given != given
    )


def _describe_value(given: Any) -> str:
    """What was given, in a few words."""
    if given is None:
        return "null"
    if isinstance(given, bool):
        return str(given).lower()
    if isinstance(given, str):
        return quote_name(replace_lone_surrogates(given))
    if _is_number(given):
        return f"{given:.12g}" if not _is_too_large(given) else "a number far too large"
    return "a list" if isinstance(given, list | tuple) else "an object"

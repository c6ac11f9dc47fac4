"""The words of structural findings."""

from collections.abc import Callable, Sequence
from typing import Any

from pydantic_core import ErrorDetails

from models.validation.checks.context import close_to, listed, shown
from models.validation.finding import Finding
from models.validation.finding_codes import found
from models.validation.json_text import Path, whole_text

_WANTED = {
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

_SIZES = ("string_too_short", "too_short", "string_too_long", "too_long")


def translate(details: ErrorDetails, path: Path, fields: Callable[[], Sequence[str]]) -> Finding:
    """The finding about one of pydantic's complaints at `path`; `fields` gives the names known there."""
    kind, given, name = details["type"], details["input"], whole_text(str(path[-1])) if path else "the whole"
    if kind == "missing":
        return found("missing", path, f"The field {shown(name)} is missing.", f"Add {shown(name)}.")
    if kind == "extra_forbidden":
        remedy = close_to(name, fields()) or f"Take it out; known here are {listed(fields(), 40, 'and')}."
        return found("unknown_field", path, f"There is no field {shown(name)} here.", remedy)
    if _is_number(given) and (kind == "finite_number" or (kind in _WANTED and _too_large(given))):
        message = "The number is infinite, not a number, or too large to be held."
        return found("not_finite", path, message, "Give a finite number, or leave a limit out that is to be none.")
    if kind in _WANTED:
        message = f"Here must be {_WANTED[kind]}, not {_given(given)}."
        return found("wrong_type", path, message, f"Give {_WANTED[kind]}.")
    if kind in _BOUNDS:
        return _out_of_bounds(details, path)
    return _text_or_choice(details, path)


def _out_of_bounds(details: ErrorDetails, path: Path) -> Finding:
    kind, given, context = details["type"], details["input"], details.get("ctx", {})
    key, words = _BOUNDS[kind]
    bound = context[key]
    if kind == "greater_than_equal" and bound == 0:
        return found("negative", path, f"{_given(given)} is below zero.", "Give a number that is 0 or more.")
    return found(
        "out_of_range", path, f"{_given(given)} is not {words} {bound:g}.", f"Give a number {words} {bound:g}."
    )


def _text_or_choice(details: ErrorDetails, path: Path) -> Finding:
    kind, given, context = details["type"], details["input"], details.get("ctx", {})
    if kind == "string_pattern_mismatch":
        message = f"{_given(given)} is not an identifier."
        remedy = "Use letters, digits, `-`, `_` and `.` only, not beginning with `.`; keep the name in `local_name`."
        return found("bad_id", path, message, remedy)
    if kind == "literal_error":
        choices = context["expected"].replace("'", "").replace(" or ", ", ").split(", ")
        remedy = (close_to(given, choices) if isinstance(given, str) else "") or f"Choose {listed(choices, 40)}."
        return found("unknown_choice", path, f"{_given(given)} is none of the words allowed here.", remedy)
    if kind == "string_unicode":
        return found("bad_text", path, "The text holds half a character.", "Write the whole character.")
    if kind in _SIZES:
        return _wrong_size(kind, context, path)
    message = details["msg"].removeprefix("Value error, ")
    return found("invalid", path, f"{message[:1].upper()}{message[1:]}.", "See the description of this field.")


def _wrong_size(kind: str, context: dict[str, Any], path: Path) -> Finding:
    number = context["min_length" if kind.endswith("short") else "max_length"]
    one, many = ("character", "characters") if kind.startswith("string") else ("entry", "entries")
    size = f"{number} {one if number == 1 else many}"
    if kind.endswith("short"):
        return found("too_short", path, f"Here must be at least {size}.", f"Give at least {size}.")
    return found("too_long", path, f"Here may be at most {size}.", f"Give at most {size}.")


def _is_number(given: Any) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool)


def _too_large(given: float) -> bool:
    return (
        (isinstance(given, int) and given.bit_length() > 63) or given in (float("inf"), float("-inf")) or given != given
    )


def _given(given: Any) -> str:
    """What was given, in a few words."""
    if given is None:
        return "null"
    if isinstance(given, bool):
        return str(given).lower()
    if isinstance(given, str):
        return shown(whole_text(given))
    if _is_number(given):
        return f"{given:.12g}" if not _too_large(given) else "a number far too large"
    return "a list" if isinstance(given, list | tuple) else "an object"

"""Pydantic's complaints as findings: where, which code, in whose words."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from models.validation.error_messages import translate_error
from models.validation.field_names import list_field_names
from models.validation.finding import Finding
from models.validation.json_text import JsonPath, replace_lone_surrogates


class StructuralMistake(NamedTuple):
    """One structural mistake."""

    finding: Finding
    """The finding about it."""
    path: JsonPath
    """Where it is, as parts."""
    is_missing_field: bool
    """Whether a field is missing there."""
    is_in_number_list: bool
    """Whether it is about one number of a list by period."""


class _UnionTag(str):
    """A part of pydantic's location that names a branch of a union and is no part of the path."""


def find_structural_mistakes(error: ValidationError, raw: Any, model_type: type[BaseModel]) -> list[StructuralMistake]:
    """The structural mistakes of `raw`, each once, in the order of its parts."""
    found: dict[tuple[str, str], StructuralMistake] = {}
    for details in error.errors(include_url=False):
        complaint = _build_mistake(details, raw, model_type)
        if complaint is not None:
            found.setdefault((complaint.finding.path, complaint.finding.code), complaint)
    return list(found.values())


def _build_mistake(details: ErrorDetails, raw: Any, model_type: type[BaseModel]) -> StructuralMistake | None:
    if _is_consequential(details):
        return None
    steps = _resolve_location(details, raw)
    path = tuple(step for step in steps if not isinstance(step, _UnionTag))
    tagged = len(steps) > 1 and isinstance(steps[-2], _UnionTag) and steps[-2] == "list"
    whole_path = tuple(replace_lone_surrogates(part) if isinstance(part, str) else part for part in path)
    return StructuralMistake(
        finding=translate_error(details, whole_path, lambda: list_field_names(model_type, path[:-1])),
        path=path,
        is_missing_field=details["type"] == "missing",
        is_in_number_list=isinstance(path[-1] if path else "", int) and (tagged or path[0] == "calendars"),
    )


def _is_consequential(details: ErrorDetails) -> bool:
    """Whether a list is only called too short because what it holds was refused, each for its own reason."""
    given, context = details["input"], details.get("ctx", {})
    return details["type"] == "too_short" and isinstance(given, list) and len(given) >= context["min_length"]


def _resolve_location(details: ErrorDetails, raw: Any) -> JsonPath:
    """The way from `raw` to what is complained of, tags of unions marked as such."""
    loc, given = details["loc"], details["input"]
    if details["type"] == "missing":
        owner = _trace_location(raw, loc[:-1], given)
        return (*(owner if owner is not None else _guess_location(raw, loc[:-1])), loc[-1])
    if loc and loc[-1] == "[key]":
        return (*_guess_location(raw, loc[:-2]), loc[-2])
    way = _trace_location(raw, loc, given)
    return way if way is not None else _guess_location(raw, loc)


def _trace_location(raw: Any, loc: JsonPath, given: Any) -> JsonPath | None:
    """The way along `loc` that ends at the very object `given`; None if there is none.

    A part of `loc` is a key or position, or else a union's tag; where it could be both, only one way ends at `given`.
    """
    if not loc:
        return () if raw is given else None
    head, rest = loc[0], loc[1:]
    if _has_element(raw, head) and (way := _trace_location(raw[head], rest, given)) is not None:
        return (head, *way)
    if isinstance(head, str) and (way := _trace_location(raw, rest, given)) is not None:
        return (_UnionTag(head), *way)
    return None


def _guess_location(raw: Any, loc: JsonPath) -> JsonPath:
    """The way along `loc` that steps wherever it can."""
    way: list[str | int] = []
    for head in loc:
        if _has_element(raw, head):
            way.append(head)
            raw = raw[head]
        elif isinstance(head, str):
            way.append(_UnionTag(head))
    return tuple(way)


def _has_element(raw: Any, part: str | int) -> bool:
    if isinstance(part, int):
        return isinstance(raw, list | tuple) and part < len(raw)
    return isinstance(raw, Mapping) and part in raw

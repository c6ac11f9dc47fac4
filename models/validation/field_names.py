"""Which fields a model has at a path, for remedies."""

from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from models.validation.json_text import JsonPath


def list_field_names(model_type: type[BaseModel], path: JsonPath) -> tuple[str, ...]:
    """Names, as written in JSON, of the fields of the object at `path`; empty if no model stands there."""
    places: list[Any] = [model_type]
    for part in path:
        places = [inner for place in places for inner in _find_inner_types(place, part)]
    for place in places:
        if _is_model_type(place):
            return tuple(info.alias or name for name, info in place.model_fields.items())
    return ()


def _find_inner_types(place: Any, part: str | int) -> list[Any]:
    """The types that can stand at `part` of a value of type `place`."""
    if _is_model_type(place):
        fields = {info.alias or name: info.annotation for name, info in place.model_fields.items()}
        return _split_union_types(fields[part]) if part in fields else []
    origin, inner = get_origin(place), get_args(place)
    if (origin is dict and isinstance(part, str)) or (origin is tuple and isinstance(part, int)):
        return _split_union_types(inner[1] if origin is dict else inner[0])
    return []


def _split_union_types(annotation: Any) -> list[Any]:
    """The plain types an annotation allows."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _split_union_types(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return [member for inner in get_args(annotation) for member in _split_union_types(inner)]
    return [annotation]


def _is_model_type(place: Any) -> bool:
    return isinstance(place, type) and issubclass(place, BaseModel)

"""Leaving out of a problem what cannot be read, so that the rest can still be checked."""

from collections.abc import Iterable, Iterator
from typing import Any

from models.validation.checks.context import Omissions
from models.validation.finding import format_json_pointer
from models.validation.json_text import JsonPath
from models.validation.structure_findings import StructuralMistake

_KINDS_OF_PART = {
    "periods": ("period",),
    "items": ("item", "category"),
    "counties": ("county", "place"),
    "stations": ("place",),
    "power_areas": ("power area",),
    "calendars": ("calendar",),
}
"""Kinds of identifiers that a part of a problem brings."""

_REQUIRED_PLACEHOLDERS: dict[str, list[Any]] = {
    "periods": ["_"],
    "items": [{"id": "_"}],
    "counties": [{"id": "_", "power_area": "_"}],
}
"""What stands in for a part that there must be, where nothing of it can be read."""


class PartialDocument:
    """What was sent, less what cannot be read. Paths are those of what was sent, unless said otherwise."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self._raw = raw
        self._removed_paths: set[JsonPath] = set()
        self._changed_paths: set[JsonPath] = set()
        self._placeholders: dict[str, list[Any]] = {}
        self._position_cache: dict[JsonPath, list[int]] = {}

    def remove_unreadable(self, mistakes: Iterable[StructuralMistake]) -> bool:
        """Leave out what the mistakes, with paths in `rest()`, are about. Whether there is less now than before."""
        before = len(self._removed_paths) + len(self._placeholders)
        wholes = [self.find_original_path(_find_path_to_remove(mistake)) for mistake in mistakes]
        for path in wholes:
            self._remove_path(path)
        self._position_cache.clear()
        left = self._copy_readable(self._raw, ())
        for part, stand_in in _REQUIRED_PLACEHOLDERS.items():
            if not left.get(part):
                self._placeholders.setdefault(part, stand_in)
        return len(self._removed_paths) + len(self._placeholders) > before

    def build_readable_part(self) -> dict[str, Any]:
        """What is left; parts from which nothing was left out are shared with what was sent."""
        left: dict[str, Any] = self._copy_readable(self._raw, ())
        return left | self._placeholders

    def find_original_path(self, parts: Iterable[str | int]) -> JsonPath:
        """The path, in what was sent, of what stands at these parts in `rest()`; positions may be written as digits."""
        path: JsonPath = ()
        value: Any = self._raw
        way = tuple(parts)
        if way[:1] and way[0] in self._placeholders:
            return way
        for part in way:
            place: str | int = part
            if isinstance(value, list | tuple):
                place = (
                    self._find_remaining_positions(path, len(value))[int(part)]
                    if path in self._changed_paths
                    else int(part)
                )
            path = (*path, place)
            value = _get_value_at(value, place)
        return path

    def _find_remaining_positions(self, path: JsonPath, length: int) -> list[int]:
        """Positions of a list of which something is still there."""
        if path not in self._position_cache:
            self._position_cache[path] = [k for k in range(length) if (*path, k) not in self._removed_paths]
        return self._position_cache[path]

    def is_omitted_path(self, path: JsonPath) -> bool:
        """Whether the path leads to, or into, what was left out or stands in for it."""
        if path[:1] and path[0] in self._placeholders:
            return True
        return any(path[:length] in self._removed_paths for length in range(1, len(path) + 1))

    def collect_omissions(self) -> Omissions:
        """What was left out, as the checks need to know it."""
        kinds = {
            kind for part in self._placeholders for kind in _KINDS_OF_PART[part] if not self._has_same_length(part)
        }
        names: set[str] = set()
        for path in self._removed_paths:
            kinds.update(_find_lost_kinds(self._raw, path))
            names.update(_find_lost_names(self._raw, path))
        return Omissions(names=frozenset(names), kinds=frozenset(kinds))

    def _has_same_length(self, part: str) -> bool:
        """Whether periods stand in one for one, so that lists can still be counted against them."""
        return (
            part == "periods"
            and len(self._placeholders[part]) > 0
            and ("periods",) not in self._removed_paths
            and part in self._raw
        )

    def _remove_path(self, path: JsonPath) -> None:
        if len(path) == 2 and path[0] == "periods":
            periods = self._placeholders.setdefault("periods", list(self._raw["periods"]))
            periods[int(path[1])] = f"_{path[1]}"
        elif path:
            self._removed_paths.add(path)
            self._changed_paths.update(path[:length] for length in range(len(path)))

    def _copy_readable(self, value: Any, path: JsonPath) -> Any:
        if path not in self._changed_paths:
            return value
        if isinstance(value, dict):
            return {
                key: self._copy_readable(one, (*path, key))
                for key, one in value.items()
                if (*path, key) not in self._removed_paths
            }
        return [
            self._copy_readable(one, (*path, k)) for k, one in enumerate(value) if (*path, k) not in self._removed_paths
        ]


def _find_path_to_remove(mistake: StructuralMistake) -> JsonPath:
    """What must go with a mistake: the object that lacks a field, the list that holds a wrong number."""
    return mistake.path[:-1] if mistake.is_missing_field or mistake.is_in_number_list else mistake.path


def _find_lost_kinds(raw: dict[str, Any], path: JsonPath) -> Iterator[str]:
    """Kinds of identifiers that may have been lost with what was at `path`."""
    part, identifier = path[0], _read_text_at(raw, (*path[:2], "id"))
    if len(path) == 1 or path[2:] == ("id",) or (len(path) == 2 and not identifier and part != "calendars"):
        yield from _KINDS_OF_PART.get(str(part), ())
    if part == "items" and (len(path) == 2 or path[2:] == ("category",)):
        yield "category"
    if part == "items" and path[2:] == ("kind",):
        yield f"kind of {identifier}"
    if part == "factories" and path[2:] == ("machines",):
        yield f"machines of {identifier}"
    if part == "factories" and "materials" in path[4:5]:
        yield f"materials of {identifier}/{_read_text_at(raw, (*path[:4], 'item'))}"


def _find_lost_names(raw: dict[str, Any], path: JsonPath) -> Iterator[str]:
    """Identifiers lost with what was at `path`."""
    if len(path) == 2:
        yield str(path[1]) if path[0] == "calendars" else _read_text_at(raw, (*path, "id"))
    if path[0] == "factories" and path[2:3] == ("machines",):
        yield str(path[-1])


def _read_text_at(raw: Any, path: JsonPath) -> str:
    for part in path:
        raw = _get_value_at(raw, part)
    return raw if isinstance(raw, str) else ""


def _get_value_at(value: Any, part: str | int) -> Any:
    """What stands at one part of a path; None if nothing does."""
    if isinstance(value, dict):
        return value.get(part)
    if isinstance(value, list | tuple) and isinstance(part, int) and part < len(value):
        return value[part]
    return None


def split_json_pointer(text: str) -> Iterator[str]:
    """The parts of a JSON pointer; see `pointer`."""
    return (part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:])


def map_to_original_pointer(text: str, partial: PartialDocument) -> tuple[str, bool]:
    """The JSON pointer, in what was sent, of one in `rest()`, and whether it leads into a gap."""
    path = partial.find_original_path(split_json_pointer(text))
    return format_json_pointer(*path), partial.is_omitted_path(path)

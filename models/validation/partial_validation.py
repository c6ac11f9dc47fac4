"""Leaving out of a problem what cannot be read, so that the rest can still be checked."""

from collections.abc import Iterable, Iterator
from typing import Any

from models.validation.checks.context import Gaps
from models.validation.finding import pointer
from models.validation.json_text import Path
from models.validation.structure_findings import Complaint

_KINDS_OF_PART = {
    "periods": ("period",),
    "items": ("item", "category"),
    "counties": ("county", "place"),
    "stations": ("place",),
    "power_areas": ("power area",),
    "calendars": ("calendar",),
}
"""Kinds of identifiers that a part of a problem brings."""

_NEEDED: dict[str, list[Any]] = {
    "periods": ["_"],
    "items": [{"id": "_"}],
    "counties": [{"id": "_", "power_area": "_"}],
}
"""What stands in for a part that there must be, where nothing of it can be read."""


class Salvage:
    """What was sent, less what cannot be read. Paths are those of what was sent, unless said otherwise."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self._raw = raw
        self._gone: set[Path] = set()
        self._touched: set[Path] = set()
        self._stand_ins: dict[str, list[Any]] = {}
        self._kept: dict[Path, list[int]] = {}

    def leave_out(self, mistakes: Iterable[Complaint]) -> bool:
        """Leave out what the mistakes, with paths in `rest()`, are about. Whether there is less now than before."""
        before = len(self._gone) + len(self._stand_ins)
        wholes = [self.original(_whole(mistake)) for mistake in mistakes]
        for path in wholes:
            self._remove(path)
        self._kept.clear()
        left = self._left(self._raw, ())
        for part, stand_in in _NEEDED.items():
            if not left.get(part):
                self._stand_ins.setdefault(part, stand_in)
        return len(self._gone) + len(self._stand_ins) > before

    def rest(self) -> dict[str, Any]:
        """What is left; parts from which nothing was left out are shared with what was sent."""
        left: dict[str, Any] = self._left(self._raw, ())
        return left | self._stand_ins

    def original(self, parts: Iterable[str | int]) -> Path:
        """The path, in what was sent, of what stands at these parts in `rest()`; positions may be written as digits."""
        path: Path = ()
        value: Any = self._raw
        way = tuple(parts)
        if way[:1] and way[0] in self._stand_ins:
            return way
        for part in way:
            place: str | int = part
            if isinstance(value, list | tuple):
                place = self._kept_positions(path, len(value))[int(part)] if path in self._touched else int(part)
            path = (*path, place)
            value = _at(value, place)
        return path

    def _kept_positions(self, path: Path, length: int) -> list[int]:
        """Positions of a list of which something is still there."""
        if path not in self._kept:
            self._kept[path] = [k for k in range(length) if (*path, k) not in self._gone]
        return self._kept[path]

    def is_gap(self, path: Path) -> bool:
        """Whether the path leads to, or into, what was left out or stands in for it."""
        if path[:1] and path[0] in self._stand_ins:
            return True
        return any(path[:length] in self._gone for length in range(1, len(path) + 1))

    def gaps(self) -> Gaps:
        """What was left out, as the checks need to know it."""
        kinds = {kind for part in self._stand_ins for kind in _KINDS_OF_PART[part] if not self._same_length(part)}
        names: set[str] = set()
        for path in self._gone:
            kinds.update(_kinds(self._raw, path))
            names.update(_names(self._raw, path))
        return Gaps(names=frozenset(names), kinds=frozenset(kinds))

    def _same_length(self, part: str) -> bool:
        """Whether periods stand in one for one, so that lists can still be counted against them."""
        return (
            part == "periods"
            and len(self._stand_ins[part]) > 0
            and ("periods",) not in self._gone
            and part in self._raw
        )

    def _remove(self, path: Path) -> None:
        if len(path) == 2 and path[0] == "periods":
            periods = self._stand_ins.setdefault("periods", list(self._raw["periods"]))
            periods[int(path[1])] = f"_{path[1]}"
        elif path:
            self._gone.add(path)
            self._touched.update(path[:length] for length in range(len(path)))

    def _left(self, value: Any, path: Path) -> Any:
        if path not in self._touched:
            return value
        if isinstance(value, dict):
            return {key: self._left(one, (*path, key)) for key, one in value.items() if (*path, key) not in self._gone}
        return [self._left(one, (*path, k)) for k, one in enumerate(value) if (*path, k) not in self._gone]


def _whole(mistake: Complaint) -> Path:
    """What must go with a mistake: the object that lacks a field, the list that holds a wrong number."""
    return mistake.path[:-1] if mistake.lacking or mistake.in_numbers else mistake.path


def _kinds(raw: dict[str, Any], path: Path) -> Iterator[str]:
    """Kinds of identifiers that may have been lost with what was at `path`."""
    part, identifier = path[0], _text_at(raw, (*path[:2], "id"))
    if len(path) == 1 or path[2:] == ("id",) or (len(path) == 2 and not identifier and part != "calendars"):
        yield from _KINDS_OF_PART.get(str(part), ())
    if part == "items" and (len(path) == 2 or path[2:] == ("category",)):
        yield "category"
    if part == "items" and path[2:] == ("kind",):
        yield f"kind of {identifier}"
    if part == "factories" and path[2:] == ("machines",):
        yield f"machines of {identifier}"
    if part == "factories" and "materials" in path[4:5]:
        yield f"materials of {identifier}/{_text_at(raw, (*path[:4], 'item'))}"


def _names(raw: dict[str, Any], path: Path) -> Iterator[str]:
    """Identifiers lost with what was at `path`."""
    if len(path) == 2:
        yield str(path[1]) if path[0] == "calendars" else _text_at(raw, (*path, "id"))
    if path[0] == "factories" and path[2:3] == ("machines",):
        yield str(path[-1])


def _text_at(raw: Any, path: Path) -> str:
    for part in path:
        raw = _at(raw, part)
    return raw if isinstance(raw, str) else ""


def _at(value: Any, part: str | int) -> Any:
    """What stands at one part of a path; None if nothing does."""
    if isinstance(value, dict):
        return value.get(part)
    if isinstance(value, list | tuple) and isinstance(part, int) and part < len(value):
        return value[part]
    return None


def pointer_parts(text: str) -> Iterator[str]:
    """The parts of a JSON pointer; see `pointer`."""
    return (part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:])


def moved(text: str, salvage: Salvage) -> tuple[str, bool]:
    """The JSON pointer, in what was sent, of one in `rest()`, and whether it leads into a gap."""
    path = salvage.original(pointer_parts(text))
    return pointer(*path), salvage.is_gap(path)

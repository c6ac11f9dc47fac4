"""Names of sheets: at most 31 characters, some forbidden, unique without regard to case."""

import re

_MAX_NAME_LENGTH = 31
_FORBIDDEN_CHARACTERS = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_RESERVED_NAMES = frozenset({"history"})


class SheetNames:
    """Gives every sheet of a workbook a unique name."""

    def __init__(self) -> None:
        """Start without names."""
        self._used_names: set[str] = set(_RESERVED_NAMES)

    def assign_name(self, wanted: str) -> str:
        """Return the nearest allowed free name: forbidden characters become `_`, long names are cut, `~2` makes them
        unique.
        """
        clean = _FORBIDDEN_CHARACTERS.sub("_", wanted).strip("' ") or "sheet"
        name, count = _truncate_name(clean, _MAX_NAME_LENGTH), 1
        while name.casefold() in self._used_names:
            count += 1
            name = f"{_truncate_name(clean, _MAX_NAME_LENGTH - len(f'~{count}'))}~{count}"
        self._used_names.add(name.casefold())
        return name


def _truncate_name(text: str, max_units: int) -> str:
    """Truncate a text to a number of UTF-16 units, as Excel counts; it ends with neither apostrophe nor space."""
    while len(text.encode("utf-16-le")) > 2 * max_units:
        text = text[:-1]
    return text.rstrip("' ") or "sheet"

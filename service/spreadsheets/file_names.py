"""Names of sheets: at most 31 characters, some not allowed, none twice whatever the case."""

import re

_MAX_NAME_LENGTH = 31
_FORBIDDEN_CHARACTERS = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_RESERVED_NAMES = frozenset({"history"})


class SheetNames:
    """Gives every sheet of a workbook a name of its own."""

    def __init__(self) -> None:
        """Start with none."""
        self._used_names: set[str] = set(_RESERVED_NAMES)

    def assign_name(self, wanted: str) -> str:
        """The name wanted, or the nearest that is allowed and free: what is barred becomes `_`, what is too long is cut, and `~2` is added."""
        clean = _FORBIDDEN_CHARACTERS.sub("_", wanted).strip("' ") or "sheet"
        name, count = _truncate_name(clean, _MAX_NAME_LENGTH), 1
        while name.casefold() in self._used_names:
            count += 1
            name = f"{_truncate_name(clean, _MAX_NAME_LENGTH - len(f'~{count}'))}~{count}"
        self._used_names.add(name.casefold())
        return name


def _truncate_name(text: str, max_units: int) -> str:
    """`text` with at most so many UTF-16 units, which is what Excel counts; not ending with an apostrophe or a space."""
    while len(text.encode("utf-16-le")) > 2 * max_units:
        text = text[:-1]
    return text.rstrip("' ") or "sheet"

"""Names of sheets: at most 31 characters, some not allowed, none twice whatever the case."""

import re

_MOST = 31
_BARRED = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_RESERVED = frozenset({"history"})


class SheetNames:
    """Gives every sheet of a workbook a name of its own."""

    def __init__(self) -> None:
        """Start with none."""
        self._taken: set[str] = set(_RESERVED)

    def give(self, wanted: str) -> str:
        """The name wanted, or the nearest that is allowed and free: what is barred becomes `_`, what is too long is cut, and `~2` is added."""
        clean = _BARRED.sub("_", wanted).strip("' ") or "sheet"
        name, count = _cut(clean, _MOST), 1
        while name.casefold() in self._taken:
            count += 1
            name = f"{_cut(clean, _MOST - len(f'~{count}'))}~{count}"
        self._taken.add(name.casefold())
        return name


def _cut(text: str, most: int) -> str:
    """`text` with at most so many UTF-16 units, which is what Excel counts; not ending with an apostrophe or a space."""
    while len(text.encode("utf-16-le")) > 2 * most:
        text = text[:-1]
    return text.rstrip("' ") or "sheet"

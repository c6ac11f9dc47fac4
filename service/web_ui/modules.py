"""Which modules the modules of the page import, so that a browser can request them at once, and not level by level."""

import re
from pathlib import Path, PurePosixPath

STATIC_IMPORT = re.compile(r'^(?:import|export)\b[^;"]*?\bfrom "(\.[^"]+)"', re.MULTILINE)
"""A static import or a re-export, as Prettier writes it."""

DYNAMIC_IMPORT = re.compile(r'\bimport\("(\.[^"]+\.js)"\)(?!\.[A-Z])')
"""An import of a module when it is used, and not of a type in a comment."""

APPLICATION = "app.js"
"""The module that starts the page."""

FIRST = "preload.js"
"""The module that runs before the application."""


def list_preloads(folder: Path) -> dict[str, list[str]]:
    """List by module what a browser has to request before the module runs.

    `app.js` has all that it imports, directly or not, after what `preload.js` imports.
    Modules that are imported when they are used have what they add to these.
    Names are relative to `folder`; vendored modules import nothing.
    """
    imports: dict[str, list[str]] = {}
    entries: set[str] = set()
    for path in sorted(folder.rglob("*.js")):
        name = path.relative_to(folder).as_posix()
        text = "" if name.startswith("vendor/") else path.read_text(encoding="utf-8")
        imports[name] = [_resolve(name, found) for found in STATIC_IMPORT.findall(text)]
        entries.update(_resolve(name, found) for found in DYNAMIC_IMPORT.findall(text))
    own = list(dict.fromkeys(_list_closure(imports, FIRST) + _list_closure(imports, APPLICATION)))
    added = {entry: [one for one in _list_closure(imports, entry) if one not in own] for entry in sorted(entries)}
    return {APPLICATION: own, **{entry: names for entry, names in added.items() if names}}


def _list_closure(imports: dict[str, list[str]], entry: str) -> list[str]:
    """List a module and all that it imports, in the order in which a browser finds them."""
    found = [entry]
    for name in found:
        found.extend(one for one in imports[name] if one not in found)
    return found


def _resolve(name: str, target: str) -> str:
    """Resolve a relative path in a module; both relative to the folder of all modules."""
    parts: list[str] = []
    for part in (PurePosixPath(name).parent / target).parts:
        if part != "..":
            parts.append(part)
        elif parts:
            parts.pop()
    return "/".join(parts)

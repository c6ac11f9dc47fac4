"""JSON text as lists and objects, with what is wrong in the text itself."""

import json
import re
from collections import Counter
from typing import Any

from models.validation.checks.context import shown
from models.validation.finding import Finding
from models.validation.finding_codes import found

Path = tuple[str | int, ...]

_HALF = re.compile("[\ud800-\udfff]")
_MAYBE_HALF = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")


class _Repeating(dict[str, Any]):
    """An object whose text repeats keys."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        counts = Counter(key for key, _ in pairs)
        self.repeated = [key for key, count in counts.items() if count > 1]


def decode(raw: bytes | str) -> tuple[Any, tuple[Finding, ...]]:
    """What the JSON text `raw` says, and findings about the text; None with a finding if nothing can be read.

    NaN, Infinity and numbers too large become floats that are not finite, for the models to refuse at their place.
    """
    repeating: list[_Repeating] = []

    def read_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) == len(pairs):
            return value
        repeating.append(_Repeating(pairs))
        return repeating[-1]

    try:
        text = raw if isinstance(raw, str) else raw.decode(json.detect_encoding(raw))
        value = json.loads(text, object_pairs_hook=read_object, parse_int=_integer)
        if not repeating and not _MAYBE_HALF.search(text):
            return value, ()
        findings: list[Finding] = []
        return _mended(value, (), findings), tuple(findings)
    except UnicodeDecodeError:
        return None, (found("bad_json", (), "The bytes are not UTF-8 text.", "Send JSON as UTF-8."),)
    except json.JSONDecodeError as error:
        message = f"The text is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        return None, (found("bad_json", (), message, "Mend the text there; a JSON checker helps."),)
    except RecursionError:
        message = "Lists and objects are nested too deeply to be read."
        return None, (found("too_deep", (), message, "Nest them less; a problem needs eight levels."),)


def whole_text(text: str) -> str:
    """`text` with half characters, which no answer could carry, made visible as replacement characters."""
    return _HALF.sub("\ufffd", text)


def _integer(digits: str) -> int | float:
    """An integer, or infinity where it has more digits than any number here can have."""
    return int(digits) if len(digits) <= 300 else float("-inf" if digits.startswith("-") else "inf")


def _mended(value: Any, path: Path, findings: list[Finding]) -> Any:
    """`value` without half characters, with findings about them and about repeated keys."""
    if isinstance(value, str):
        if not _HALF.search(value):
            return value
        findings.append(found("bad_text", path, "The text holds half a character.", "Write the whole character."))
        return whole_text(value)
    if isinstance(value, list):
        return [_mended(one, (*path, k), findings) for k, one in enumerate(value)]
    if not isinstance(value, dict):
        return value
    for key in value.repeated if isinstance(value, _Repeating) else ():
        message = f"The key {shown(whole_text(key))} is there more than once; only its last value would count."
        findings.append(found("repeated_key", (*path, whole_text(key)), message, "Keep one of them."))
    mended: dict[str, Any] = {}
    for key, one in value.items():
        whole = _mended(key, (*path, whole_text(key)), findings)
        mended[whole] = _mended(one, (*path, whole), findings)
    return mended

"""JSON text as lists and objects, with what is wrong in the text itself."""

import json
import re
from collections import Counter
from typing import Any

from models.validation.checks.context import quote_name
from models.validation.finding import Finding
from models.validation.finding_codes import make_finding

JsonPath = tuple[str | int, ...]

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_POSSIBLE_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")


class _RepeatedKeyObject(dict[str, Any]):
    """An object whose text repeats keys."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        counts = Counter(key for key, _ in pairs)
        self.repeated_keys = [key for key, count in counts.items() if count > 1]


def decode_json(raw: bytes | str) -> tuple[Any, tuple[Finding, ...]]:
    """What the JSON text `raw` says, and findings about the text; None with a finding if nothing can be read.

    NaN, Infinity and numbers too large become floats that are not finite, for the models to refuse at their place.
    """
    repeating: list[_RepeatedKeyObject] = []

    def read_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) == len(pairs):
            return value
        repeating.append(_RepeatedKeyObject(pairs))
        return repeating[-1]

    try:
        text = raw if isinstance(raw, str) else raw.decode(json.detect_encoding(raw))
        value = json.loads(text, object_pairs_hook=read_object, parse_int=_parse_integer)
        if not repeating and not _POSSIBLE_SURROGATE.search(text):
            return value, ()
        findings: list[Finding] = []
        return _repair_value(value, (), findings), tuple(findings)
    except UnicodeDecodeError:
        return None, (make_finding("bad_json", (), "The bytes are not UTF-8 text.", "Send JSON as UTF-8."),)
    except json.JSONDecodeError as error:
        message = f"The text is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        return None, (make_finding("bad_json", (), message, "Mend the text there; a JSON checker helps."),)
    except RecursionError:
        message = "Lists and objects are nested too deeply to be read."
        return None, (make_finding("too_deep", (), message, "Nest them less; a problem needs eight levels."),)


def replace_lone_surrogates(text: str) -> str:
    """`text` with half characters, which no answer could carry, made visible as replacement characters."""
    return _LONE_SURROGATE.sub("\ufffd", text)


def _parse_integer(digits: str) -> int | float:
    """An integer, or infinity where it has more digits than any number here can have."""
    return int(digits) if len(digits) <= 300 else float("-inf" if digits.startswith("-") else "inf")


def _repair_value(value: Any, path: JsonPath, findings: list[Finding]) -> Any:
    """`value` without half characters, with findings about them and about repeated keys."""
    if isinstance(value, str):
        if not _LONE_SURROGATE.search(value):
            return value
        findings.append(
            make_finding("bad_text", path, "The text holds half a character.", "Write the whole character.")
        )
        return replace_lone_surrogates(value)
    if isinstance(value, list):
        return [_repair_value(one, (*path, k), findings) for k, one in enumerate(value)]
    if not isinstance(value, dict):
        return value
    for key in value.repeated_keys if isinstance(value, _RepeatedKeyObject) else ():
        message = f"The key {quote_name(replace_lone_surrogates(key))} is there more than once; only its last value would count."
        findings.append(
            make_finding("repeated_key", (*path, replace_lone_surrogates(key)), message, "Keep one of them.")
        )
    mended: dict[str, Any] = {}
    for key, one in value.items():
        whole = _repair_value(key, (*path, replace_lone_surrogates(key)), findings)
        mended[whole] = _repair_value(one, (*path, whole), findings)
    return mended

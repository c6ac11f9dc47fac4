"""Decode JSON text, and report findings about the text itself."""

import json
import re
from collections import Counter
from typing import Any

from models.validation.checks.context import quote_name
from models.validation.finding import Finding, JsonPath
from models.validation.finding_codes import make_finding

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_POSSIBLE_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")


class _RepeatedKeyObject(dict[str, Any]):
    """A JSON object with repeated keys."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        counts = Counter(key for key, _ in pairs)
        self.repeated_keys = [key for key, count in counts.items() if count > 1]


def decode_json(raw: bytes | str) -> tuple[Any, tuple[Finding, ...]]:
    """Decode JSON text; return the value and findings about the text, or None with one finding if decoding fails.

    NaN, Infinity and numbers that are too large become non-finite floats, which the models reject with their path.
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
        return None, (make_finding("bad_json", (), "The bytes are not valid UTF-8.", "Encode the JSON text as UTF-8."),)
    except json.JSONDecodeError as error:
        message = f"The text is not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        return None, (
            make_finding("bad_json", (), message, "Correct the text at this position; a JSON validator can help."),
        )
    except RecursionError:
        message = "Lists and objects are nested too deeply."
        return None, (
            make_finding("too_deep", (), message, "Reduce the nesting; a problem needs at most eight levels."),
        )


def replace_lone_surrogates(text: str) -> str:
    """Replace unpaired UTF-16 surrogates, which cannot be encoded as UTF-8, by U+FFFD."""
    return _LONE_SURROGATE.sub("\ufffd", text)


def _parse_integer(digits: str) -> int | float:
    """Parse an integer; return infinity if it has more than 300 digits."""
    return int(digits) if len(digits) <= 300 else float("-inf" if digits.startswith("-") else "inf")


def _repair_value(value: Any, path: JsonPath, findings: list[Finding]) -> Any:
    """Replace unpaired surrogates in `value`; add findings about them and about repeated keys."""
    if isinstance(value, str):
        if not _LONE_SURROGATE.search(value):
            return value
        findings.append(
            make_finding(
                "bad_text", path, "The text contains an unpaired UTF-16 surrogate.", "Re-encode the file as UTF-8."
            )
        )
        return replace_lone_surrogates(value)
    if isinstance(value, list):
        return [_repair_value(element, (*path, k), findings) for k, element in enumerate(value)]
    if not isinstance(value, dict):
        return value
    for key in value.repeated_keys if isinstance(value, _RepeatedKeyObject) else ():
        message = f"The key {quote_name(replace_lone_surrogates(key))} occurs more than once; only the last value would count."
        findings.append(
            make_finding("repeated_key", (*path, replace_lone_surrogates(key)), message, "Keep one of the entries.")
        )
    repaired: dict[str, Any] = {}
    for key, element in value.items():
        valid_key = _repair_value(key, (*path, replace_lone_surrogates(key)), findings)
        repaired[valid_key] = _repair_value(element, (*path, valid_key), findings)
    return repaired

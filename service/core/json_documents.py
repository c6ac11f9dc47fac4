"""JSON documents: decode an object and report every mistake in its text."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

from models.validation.checks import Finding
from service.core.errors import BadRequestError, ContentTooLargeError, UnprocessableContentError

_CHUNK_BYTES = 1024 * 1024

MAX_KEYS = 10_000
"""Keys of an object at most; no part of a problem has a tenth of it."""

MAX_PLAIN_VALUES = 20_000
"""Values at most of a list whose first value is no object; a problem has at most some hundred, one a period."""


Document = dict[str, Any]
"""A decoded JSON object."""


def count_occurrences(raw: bytes, sign: bytes) -> int:
    """Count a byte string in chunks, so that other threads can run in between."""
    return sum(raw.count(sign, begin, begin + _CHUNK_BYTES) for begin in range(0, len(raw), _CHUNK_BYTES))


def decode_json_object(raw: bytes) -> Document:
    """Decode the JSON object of a body.

    Numbers beyond the range of a float become infinity; validation rejects them with their position. Raises BadRequestError
    for text that is not JSON or nested too deeply, UnprocessableContentError for repeated keys and other JSON values,
    ContentTooLargeError for an object with more than `MAX_KEYS` keys or a list of more than `MAX_PLAIN_VALUES` plain values.
    """
    if b"\\u0000" in raw:
        _raise_unprocessable("", "nul_character", "A text contains the character NUL.", "Remove it.")
    twice: list[str] = []
    too_many: list[str] = []

    def collect_unique_keys(pairs: list[tuple[str, Any]]) -> Document:
        found = dict(pairs)
        if len(found) < len(pairs) and not twice:
            twice.append(_find_first_repeated(key for key, _ in pairs))
        if not too_many:
            too_many.extend(_describe_excess(pairs))
        return found

    try:
        text = raw.decode().lstrip("\ufeff")  # programs of Windows write byte order marks
        document = json.loads(text, object_pairs_hook=collect_unique_keys)
    except json.JSONDecodeError as error:
        raise BadRequestError(f"The body is not JSON: {error}.") from error
    except UnicodeDecodeError as error:
        raise BadRequestError(f"The body is not UTF-8 at byte {error.start}.") from error
    except ValueError as error:
        raise BadRequestError("The body contains a number with too many digits.") from error
    except RecursionError as error:
        raise BadRequestError("The body is nested too deeply.") from error
    if twice:
        _raise_unprocessable("", "repeated_key", f"An object contains the key {twice[0]!r} twice.", "Keep one of them.")
    if too_many:
        finding = Finding(path="", code="too_many", message=too_many[0], remedy="Send fewer.")
        raise ContentTooLargeError(f"{finding.message} {finding.remedy}", findings=[finding])
    if not isinstance(document, dict):
        _raise_unprocessable("", "wrong_type", "The body must be a JSON object.", "Send { … }.")
    return document


def _describe_excess(pairs: list[tuple[str, Any]]) -> Iterator[str]:
    """Describe what an object has too many of.

    Each of its keys or values may be a mistake, and no other thread runs while a library lists a million mistakes.
    """
    if len(pairs) > MAX_KEYS:
        yield f"An object contains {len(pairs):,} keys; the limit is {MAX_KEYS:,}."
    for key, value in pairs:
        if type(value) is list and len(value) > MAX_PLAIN_VALUES and not isinstance(value[0], dict):
            yield f"The list {key[:100]!r} contains {len(value):,} values; the limit is {MAX_PLAIN_VALUES:,}."


def _find_first_repeated(keys: Iterable[str]) -> str:
    """Find the first key that stands in an object again, in one pass."""
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            return key
        seen.add(key)
    raise AssertionError("no key is repeated")


def encode_plain_json(document: Document) -> bytes:
    """Encode a document so that equal documents have equal bytes: keys sorted, no white space, 2000.0 as 2000."""
    return json.dumps(_simplify_numbers(document), sort_keys=True, separators=(",", ":")).encode()


def _simplify_numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _simplify_numbers(element) for key, element in value.items()}
    if isinstance(value, list):
        return [_simplify_numbers(element) for element in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _raise_unprocessable(path: str, code: str, message: str, remedy: str) -> NoReturn:
    raise UnprocessableContentError(
        f"{message} {remedy}", findings=[Finding(path=path, code=code, message=message, remedy=remedy)]
    )

"""JSON documents: decode an object and report every mistake in its text."""

import json
from collections.abc import Iterable
from typing import Any, NoReturn

from models.validation.checks import Finding
from service.core.errors import BadRequestError, UnprocessableContentError

_CHUNK_BYTES = 1024 * 1024


Document = dict[str, Any]
"""A decoded JSON object."""


def count_occurrences(raw: bytes, sign: bytes) -> int:
    """Count a byte string in chunks, so that other threads can run in between."""
    return sum(raw.count(sign, begin, begin + _CHUNK_BYTES) for begin in range(0, len(raw), _CHUNK_BYTES))


def decode_json_object(raw: bytes) -> Document:
    """Decode the JSON object of a body.

    Numbers beyond the range of a float become infinity; validation rejects them with their position. Raises BadRequestError
    for text that is not JSON or nested too deeply, UnprocessableContentError for repeated keys and other JSON values.
    """
    if b"\\u0000" in raw:
        _raise_unprocessable("", "nul_character", "A text contains the character NUL.", "Remove it.")
    twice: list[str] = []

    def collect_unique_keys(pairs: list[tuple[str, Any]]) -> Document:
        found = dict(pairs)
        if len(found) < len(pairs) and not twice:
            twice.append(_find_first_repeated(key for key, _ in pairs))
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
    if not isinstance(document, dict):
        _raise_unprocessable("", "wrong_type", "The body must be a JSON object.", "Send { … }.")
    return document


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

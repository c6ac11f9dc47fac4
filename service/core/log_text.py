"""What keeps secrets, bodies and control characters out of logs.

An error is told by its type, the first line of its message and its frames. Local variables are left out, and so are further
lines of a message: database drivers put rows there, pydantic puts what a request contained.
"""

import re
import traceback
import unicodedata
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from types import TracebackType
from typing import Any, TextIO

Event = MutableMapping[str, Any]
"""A log line as structlog's processors pass it on."""

ErrorInfo = tuple[type[BaseException], BaseException, TracebackType | None]
"""An error as `sys.exc_info` returns it."""

MAX_TEXT_CHARACTERS = 2_000
"""Characters of one value of a log line at most; the middle of a longer one is left out."""

_MAX_MESSAGE_CHARACTERS = 300
_MAX_FRAMES = 12
"""Frames of one error at most: the outermost and the innermost."""
_MAX_ERRORS = 6
"""Errors of one chain or group at most."""

REDACTED = "[redacted]"
"""Stands in place of a secret."""

_SECRETS = re.compile(
    r"(?P<key>allot_[0-9a-z]{1,64}_)[\w\-]+"
    r"|(?P<webhook>whsec_)[A-Za-z0-9+/=_\-]+"
    r"|(?P<bearer>\b[Bb]earer\s+)[^\s'\"]+"
    r"|(?P<address>\b[a-z][a-z0-9+.\-]*://[^\s/:@'\"]*:)[^\s'\"]+(?=@)"
    r"|(?P<password>\bpassword\s*[=:]\s*)[^\s,;]+",
    re.ASCII,
)
"""Keys, webhook secrets, header values, and passwords of addresses and connection strings, each with the part that is kept."""


def redact_text(text: str) -> str:
    """Replace what looks like a secret, and cut a long text: first so that the search is short, then once more, so that the
    rest of a secret that was cut in two goes, too.
    """
    found = _cut_middle(text, 2 * MAX_TEXT_CHARACTERS)
    return _cut_middle(_SECRETS.sub(lambda one: f"{one[one.lastgroup or 0]}{REDACTED}", found), MAX_TEXT_CHARACTERS)


def _cut_middle(text: str, characters: int) -> str:
    half = characters // 2
    return text if len(text) <= characters else f"{text[:half]} … {text[-half:]}"


def escape_text(text: str) -> str:
    """Escape control and formatting characters, which a terminal would obey."""
    if text.isprintable():
        return text
    return "".join(_escape_character(sign) for sign in text)


def _escape_character(sign: str) -> str:
    category = unicodedata.category(sign)
    return f"\\u{{{ord(sign):x}}}" if category[0] == "C" or category in {"Zl", "Zp"} else sign


def redact_event(_logger: object, _name: str, event: Event) -> Event:
    """Redact every value of an event; a processor of structlog."""
    return {key: _map_texts(value, redact_text) for key, value in event.items()}


def escape_event(_logger: object, _name: str, event: Event) -> Event:
    """Escape every value of an event; a processor of structlog, for terminals."""
    return {key: _map_texts(value, escape_text) for key, value in event.items()}


def _map_texts(value: Any, change: Callable[[str], str]) -> Any:
    """Change every text within mappings, lists and tuples."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _map_texts(one, change) for key, one in value.items()}
    if type(value) in {list, tuple}:
        return type(value)(_map_texts(one, change) for one in value)
    return value


def describe_error(error: BaseException) -> list[dict[str, Any]]:
    """Describe an error with its causes: type, first line of the message, frames as `file:line function`."""
    found: list[dict[str, Any]] = []
    for one in _walk_errors(error, set()):
        if len(found) == _MAX_ERRORS:
            break
        found.append({"type": _name_type(one), "message": summarize_error(one), "frames": _list_frames(one)})
    return found


def summarize_error(error: BaseException) -> str:
    """Return the first line of an error's message, shortened, without secrets."""
    lines = str(error).strip().splitlines()
    first = lines[0] if lines else ""
    return redact_text(first if len(first) <= _MAX_MESSAGE_CHARACTERS else f"{first[:_MAX_MESSAGE_CHARACTERS]} …")


def _walk_errors(error: BaseException, seen: set[int]) -> Iterator[BaseException]:
    """Iterate over an error, the members of a group, and the causes."""
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        if isinstance(following, BaseExceptionGroup):
            for member in following.exceptions:
                yield from _walk_errors(member, seen)
        following = following.__cause__ or (None if following.__suppress_context__ else following.__context__)


def _name_type(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _list_frames(error: BaseException) -> list[str]:
    frames = [
        f"{frame.f_code.co_filename}:{line} {frame.f_code.co_name}"
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    half = _MAX_FRAMES // 2
    if len(frames) <= _MAX_FRAMES:
        return frames
    return [*frames[:half], f"({len(frames) - 2 * half} frames left out)", *frames[-half:]]


def render_error(exc_info: ErrorInfo) -> list[dict[str, Any]]:
    """Render an error for a JSON line; for `structlog.processors.ExceptionRenderer`."""
    return describe_error(exc_info[1])


def write_error(stream: TextIO, exc_info: ErrorInfo) -> None:
    """Write an error as text, the cause first; for `structlog.dev.ConsoleRenderer`."""
    for one in reversed(describe_error(exc_info[1])):
        stream.writelines(f"  {escape_text(frame)}\n" for frame in one["frames"])
        stream.write(f"{one['type']}: {escape_text(one['message'])}\n")

"""Content negotiation: the format of a response by `format=`, otherwise by `Accept` (RFC 9110)."""

from collections.abc import Mapping
from typing import TypeVar

from service.core.errors import NotAcceptableError

FormatType = TypeVar("FormatType", bound=str)


def negotiate_format(
    stated: FormatType | None, accept: str | None, media_types: Mapping[FormatType, str]
) -> FormatType:
    """Choose the stated format, otherwise the best of `Accept`; the first of equals.

    NotAcceptableError if none fits.
    """
    if stated is not None:
        return stated
    likings = _parse_accept(accept or "*/*")
    best, most = None, 0.0
    for kind, media_type in media_types.items():
        liking = _find_quality(media_type.partition(";")[0], likings)
        if liking > most:
            best, most = kind, liking
    if best is None:
        known = ", ".join(media_type.partition(";")[0] for media_type in media_types.values())
        raise NotAcceptableError(f"Accept names none of what there is: {known}.")
    return best


def _parse_accept(accept: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for part in accept.split(","):
        media_range, *parameters = (one.strip().lower() for one in part.split(";"))
        quality = next((one[2:] for one in parameters if one.startswith("q=")), "1")
        found[media_range] = float(quality) if quality.replace(".", "", 1).isdecimal() else 0.0
    return found


def _find_quality(media_type: str, qualities: dict[str, float]) -> float:
    """Return the quality of a media type: that of the most specific range that covers it."""
    for media_range in (media_type, f"{media_type.partition('/')[0]}/*", "*/*"):
        if media_range in qualities:
            return qualities[media_range]
    return 0.0

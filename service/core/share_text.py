"""Shares in per cent: a share below 1 never reads as 100 %, a share above 0 never as 0 %.

The page has the same rule in `formatShare` of `service/web_ui/static/lib/format.js`.
"""

ROUNDING_NOISE = 5e-8
"""Shares that differ from 0 or 1 by less are written as 0 % or 100 %: the difference is noise of the solver."""

MAX_SHARE_DIGITS = 2
"""Largest number of fraction digits of a share in per cent."""

ALMOST_ALL, ALMOST_NONE = "> 99.99%", "< 0.01%"
"""Texts of shares so close to 1 or 0 that `MAX_SHARE_DIGITS` would not tell them apart."""


def count_share_digits(share: float) -> int | None:
    """Return the number of fraction digits of a share in per cent; None if no number of digits tells it from 0 or 1.

    0 and 1 have no digits, other shares one, and two where one would read as 0 % or 100 %.
    """
    distance = min(abs(share), abs(share - 1.0))
    if distance < ROUNDING_NOISE:
        return 0
    if not 0 < share < 1:
        return 1
    return next((digits for digits in range(1, MAX_SHARE_DIGITS + 1) if distance >= 0.5 / 10 ** (digits + 2)), None)


def format_share(share: float) -> str:
    """Format a share in per cent, such as `53.8%`, `99.98%`, `> 99.99%` or `100%`."""
    digits = count_share_digits(share)
    if digits is None:
        return ALMOST_ALL if share > 0.5 else ALMOST_NONE
    return f"{share:.{digits}%}"

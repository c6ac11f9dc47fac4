"""Shares in per cent: a share below 1 never reads as 100 %, a share above 0 never as 0 %.

The page has the same rule in `formatShare` of `service/web_ui/static/lib/format.js`.
"""

ROUNDING_NOISE = 5e-8
"""Shares that differ from 0 or 1 by less are written as 0 % or 100 %: the difference is noise of the solver."""

MAX_SHARE_DIGITS = 5
"""Largest number of fraction digits of a share in per cent."""


def count_share_digits(share: float) -> int:
    """Return the number of fraction digits of a share in per cent: 0 for exactly 0 or 1, else at least 1.

    A share close to 0 or 1 gets as many digits as distinguish it from 0 or 1.
    """
    distance = min(abs(share), abs(share - 1.0))
    if distance < ROUNDING_NOISE:
        return 0
    digits = 1
    while digits < MAX_SHARE_DIGITS and distance < 0.5 / 10 ** (digits + 2):
        digits += 1
    return digits


def format_share(share: float) -> str:
    """Format a share in per cent, such as `53.8%`, `99.998%` or `100%`."""
    return f"{share:.{count_share_digits(share)}%}"

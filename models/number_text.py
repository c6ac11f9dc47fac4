"""Amounts in texts: some significant digits, every digit before the point, and never an exponent."""

import math

MAX_DECIMALS = 12
"""Largest number of decimals; smaller amounts read as 0."""


def format_amount(amount: float, digits: int = 6) -> str:
    """Format an amount by this many significant digits, or by all digits before the point, such as `13,320` or `0.00042`."""
    if not math.isfinite(amount):
        return f"{amount}"
    decimals = digits - 1 - math.floor(math.log10(abs(amount))) if amount else 0
    text = f"{amount:,.{min(max(decimals, 0), MAX_DECIMALS)}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text

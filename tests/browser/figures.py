"""Comparison of figures shown with figures of the API."""

import re
import time

from playwright.sync_api import Locator

_NUMBER = re.compile(r"([<>]?) ?([−+-]?)(\d[\d,]*)(\.\d+)?(k|m|bn|\s?%| points)?")
_TIMES = {"": 1.0, "k": 1e3, "m": 1e6, "bn": 1e9, "%": 0.01, "points": 0.01}


def shows_value(text: str, value: float) -> bool:
    """Tell whether the first number of an English text is a value, to the last digit shown; shares are in per cent."""
    found = _NUMBER.search(text)
    assert found, f"no number in {text!r}"
    beyond, sign, whole, fraction, times = found.groups(default="")
    shown = float(whole.replace(",", "") + fraction) * (-1 if sign in {"−", "-"} else 1)
    if beyond:
        given = value / _TIMES[times.strip()]
        return shown < given < 100 if beyond == ">" else 0 < given < shown
    last = 10.0 ** -max(0, len(fraction) - 1)
    return abs(shown - value / _TIMES[times.strip()]) <= 0.5 * last * (1 + 1e-9) + 1e-12


def expect_value(locator: Locator, value: float, seconds: float = 10.0) -> None:
    """Wait until a text of the page shows a value, or fail: the page may be about to draw it again."""
    deadline = time.monotonic() + seconds
    while not shows_value(locator.inner_text(), value):
        assert time.monotonic() < deadline, (locator.inner_text(), value)
        locator.page.wait_for_timeout(50)

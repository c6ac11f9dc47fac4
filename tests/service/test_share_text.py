"""Shares in per cent never read as 0 % or 100 % unless they are."""

import pytest
from hypothesis import given, strategies as st

from service.core.share_text import ROUNDING_NOISE, format_share


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0%"),
        (1e-9, "0%"),
        (0.000172, "0.02%"),
        (1.72e-5, "< 0.01%"),
        (0.5, "50.0%"),
        (0.9994, "99.9%"),
        (0.9996, "99.96%"),
        (0.99998, "> 99.99%"),
        (1 - 1e-9, "100%"),
        (1.25, "125.0%"),
    ],
)
def test_a_share_in_per_cent(share: float, text: str) -> None:
    assert format_share(share) == text


@given(st.floats(min_value=ROUNDING_NOISE, max_value=1 - ROUNDING_NOISE, exclude_min=True, exclude_max=True))
def test_a_share_between_0_and_1_reads_as_neither(share: float) -> None:
    text = format_share(share)
    number = float(text.strip("<>% "))
    assert 0 < number < 100
    assert share > number / 100 if text.startswith(">") else True
    assert share < number / 100 if text.startswith("<") else True

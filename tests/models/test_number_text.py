"""Amounts in texts have no exponent and no noise."""

import pytest
from hypothesis import given, strategies as st

from models.number_text import format_amount


@pytest.mark.parametrize(
    ("amount", "digits", "text"),
    [
        (0.0, 6, "0"),
        (-0.0, 6, "0"),
        (9e8, 6, "900,000,000"),
        (13322.4, 4, "13,322"),
        (30.7996, 4, "30.8"),
        (0.00042171, 4, "0.0004217"),
        (1.6e-5, 4, "0.000016"),
        (1e-13, 6, "0"),
        (-1234.5, 6, "-1,234.5"),
        (999999.7, 6, "1,000,000"),
        (float("inf"), 6, "inf"),
    ],
)
def test_an_amount_in_a_text(amount: float, digits: int, text: str) -> None:
    assert format_amount(amount, digits) == text


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15))
def test_no_amount_has_an_exponent(amount: float) -> None:
    text = format_amount(amount)
    assert "e" not in text
    assert float(text.replace(",", "")) == pytest.approx(amount, rel=1e-5, abs=1e-12)

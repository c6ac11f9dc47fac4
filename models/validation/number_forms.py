"""Texts that are numbers to people but not to Allot: with a comma, separators, a percent sign, a currency or a unit."""

import re
import unicodedata
from typing import NamedTuple

_SEPARATORS = "., '’_"
_DIGITS = re.compile(rf"[+-]?[.,]?\d[\d{_SEPARATORS}]*")
_CHANGES_VALUE = re.compile(r"[-+(.,<>~]|^[십백천만억조]")
"""What makes a number beside it another number: signs, brackets of losses, separators, and Korean powers of ten."""

_PLAIN = re.compile(r"[+-]?(\d+(\.\d+)?|\.\d+)")
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?P<group>[., '’_])\d{3}(?:(?P=group)\d{3})*(?P<rest>[.,]\d+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+")


class NumberForm(NamedTuple):
    """What is unusual about the form of a number."""

    message: str
    """What Allot does not read, in one sentence."""
    remedy: str
    """How to write the number."""


def describe_number_form(text: str) -> NumberForm | None:
    """Describe a text with a number in it that Allot does not read; None if there is no number in it."""
    plain = unicodedata.normalize("NFKC", text).replace("\u2212", "-").strip()
    found = _DIGITS.search(plain)
    if found is None:
        return None
    number, before, after = found[0].rstrip(_SEPARATORS), plain[: found.start()].strip(), plain[found.end() :].strip()
    readings = _list_readings(number)
    is_other = any(_CHANGES_VALUE.search(text) or any(map(str.isdecimal, text)) for text in (before, after))
    if not readings or is_other:
        return None
    if after == "%" and not before:
        shown = " or ".join(_divide_by_hundred(reading) for reading in readings)
        return NumberForm("A percent sign is not read.", f"Write {shown}.")
    shown = " or ".join(readings)
    if before or after:
        return NumberForm(
            "A sign, a currency or a unit beside a number is not read.", f"Write the number alone: {shown}."
        )
    if "," in number:
        return NumberForm(
            "A comma in a number is not read, neither before decimals nor between thousands.",
            f"Write {shown}, with a point before decimals.",
        )
    if _PLAIN.fullmatch(number):
        return NumberForm("The number is a text.", f"Write {shown} without quotation marks.")
    return NumberForm("Separators of thousands are not read.", f"Write {shown}.")


def _list_readings(number: str) -> list[str]:
    """Return what a text of digits and separators can mean, in the form that Allot reads; empty if nothing."""
    if _PLAIN.fullmatch(number):
        return [_write_plainly(number)]
    readings = []
    grouped = _GROUPED.fullmatch(number)
    if grouped is not None:
        group, rest = grouped["group"], grouped["rest"] or ""
        if not rest.startswith(group):
            readings.append(number[: len(number) - len(rest)].replace(group, "") + rest.replace(",", "."))
    if _DECIMAL_COMMA.fullmatch(number):
        readings.append(number.replace(",", "."))
    return [_write_plainly(reading) for reading in readings]


def _write_plainly(number: str) -> str:
    """Return a number without `+` and zeros in front, as JSON requires, and with a digit before the point."""
    digits = number.lstrip("+-").lstrip("0")
    return "-" * number.startswith("-") + (digits if digits[:1].isdecimal() else f"0{digits}")


def _divide_by_hundred(number: str) -> str:
    return f"{float(number) / 100:.12g}"

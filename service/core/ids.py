"""Identifiers that sort by time and cannot be guessed."""

import os
import time

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"


def new_identifier() -> str:
    """26 characters: 48 bits of milliseconds, then 80 random bits, in base 32 without letters that look alike."""
    number = (int(time.time() * 1000) << 80) | int.from_bytes(os.urandom(10))
    return "".join(_DIGITS[(number >> shift) & 31] for shift in range(125, -1, -5))

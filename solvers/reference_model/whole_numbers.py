"""Whole numbers in the reference model: needs and limits of items in whole units and of lines with a lot."""

import math
from collections.abc import Sequence

from models.problem.factories import Line
from models.problem.items import Item

TOLERANCE = 1e-6
"""Fractions of a unit that do not count."""


def round_need(units: Sequence[float]) -> list[float]:
    """Round the need over the plan up, and hand the units out by the largest fractions."""
    total = sum(units)
    whole = math.ceil(total - TOLERANCE)
    if whole <= 0:
        return [0.0 for _ in units]
    shares = [amount / total * whole for amount in units]
    rounded = [math.floor(share + TOLERANCE) for share in shares]
    while sum(rounded) < whole:
        fractions = [round(share - part, 6) for share, part in zip(shares, rounded, strict=True)]
        rounded[fractions.index(max(fractions))] += 1
    return [float(part) for part in rounded]


def get_step(item: Item, line: Line | None = None) -> float:
    """Return the units of which an amount is a multiple; 0 if any amount is possible."""
    if line is not None and line.lot is not None:
        return line.lot
    return 1.0 if item.whole_units else 0.0


def round_most(limit: float, step: float) -> float:
    """Round a maximum down to a multiple of the step."""
    return math.floor(limit / step + TOLERANCE) * step if step and limit < math.inf else limit


def round_least(limit: float, step: float) -> float:
    """Round a minimum up to a multiple of the step."""
    return math.ceil(limit / step - TOLERANCE) * step if step else limit

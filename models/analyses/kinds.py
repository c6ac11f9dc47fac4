"""Kinds of analyses."""

from collections.abc import Mapping
from typing import Literal

AnalysisKind = Literal["study", "ranges", "alternatives", "backtest"]
"""Kinds of analyses of what is not known."""

BASE_TABLES: Mapping[AnalysisKind, tuple[str, ...]] = {
    "study": ("quotas", "swaps", "supply"),
    "ranges": (),
    "alternatives": (),
    "backtest": (),
}
"""Tables of the base plan that an analysis gets, by kind; a base plan without tables gives none."""

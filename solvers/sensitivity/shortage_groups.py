"""Grouping of shortages by item, county, category or period."""

from collections.abc import Callable
from typing import Literal

import numpy as np

from solvers.lp.linear_program import IntArray
from solvers.sensitivity.session import SensitivitySession

GroupBy = Literal["all", "item", "county", "category", "period", "limit"]
"""Grouping of shortages."""


def group_shortages(
    session: SensitivitySession, group_by: GroupBy, place: IntArray, item: IntArray, period: IntArray
) -> tuple[IntArray, tuple[str, ...]]:
    """Return the group of each shortage and the names of groups."""
    labels = session.arrays.labels
    codes: dict[str, Callable[[], tuple[IntArray, tuple[str, ...]]]] = {
        "all": lambda: (np.zeros(len(place), dtype=np.int64), ("all",)),
        "item": lambda: (item, labels["item"]),
        "county": lambda: (place, labels["place"]),
        "category": lambda: _group_by_category(session, item),
        "period": lambda: (period, labels["period"]),
        "limit": lambda: (
            np.arange(len(place)),
            tuple(
                f"{labels['place'][n]}/{labels['item'][i]}/{labels['period'][t]}"
                for n, i, t in zip(place.tolist(), item.tolist(), period.tolist(), strict=True)
            ),
        ),
    }
    return codes[group_by]()


def _group_by_category(session: SensitivitySession, item: IntArray) -> tuple[IntArray, tuple[str, ...]]:
    """Return the category of each shortage; requirements have none, and are one group behind the categories."""
    categories = session.arrays.labels["category"]
    category = session.arrays.items.category[item]
    return np.where(category < 0, len(categories), category), (*categories, "requirements")

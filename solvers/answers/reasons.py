"""Why things are short, rolled up: the limits behind shortages, and from a limit all shortages behind which it stands.

Which limits stand behind a shortage is said in `solvers.report.reasons`. What each accounts for is told in won, so that
kilowatt-hours and tonnes can be compared: the units short, times the price of a unit there and then, shared among its limits in
proportion to price × amount of each limit. The sums are a way to rank, not a forecast: what one more unit of a limit truly
saves is its gain.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import sparse

from models.answers import Cause, Held, Reasons
from solvers.answers.prices import name_of
from solvers.answers.standing import Standing
from solvers.program import FloatArray, IntArray
from solvers.report.limits import Limits
from solvers.report.reasons import limits_behind

By = Literal["all", "item", "county", "category", "period", "limit"]
"""What shortages are rolled up by."""

CAUSES = 20
"""Limits named for one group."""


def reasons(
    standing: Standing,
    by: By = "all",
    *,
    county: str | None = None,
    item: str | None = None,
    period: str | None = None,
    rule: str | None = None,
    limit: str | None = None,
    most: int = 100,
) -> Reasons:
    """Reasons of the shortages of a county, item and period (all by default), rolled up; `rule` and `limit` pick limits by rule and id.

    By `limit`, the groups are the shortages (`county/item/period`) and the causes the limits picked.
    """
    limits = standing.limits()
    binding = limits.priced()
    names = [name_of(limits, int(k)) for k in binding]
    kept = [k for k, n in enumerate(names) if rule in (None, n["rule"]) and limit in (None, n["id"])]
    short = _shortages(standing, {"place": county, "item": item, "period": period})
    weight = sparse.csr_array(_weights(standing, limits, binding, short)[:, kept])
    group, keys = _groups(standing, by, *short.where)
    counted = standing.index.items.counted_value[short.where[1]]
    units = short.units * (1.0 if item is not None or by in ("item", "limit") else counted)
    ones = np.ones(len(group))
    summed = sparse.csr_array((ones, (group, np.arange(len(group)))), shape=(len(keys), len(group)))
    won, counts = sparse.csr_array(summed @ weight), sparse.csr_array(summed @ (weight > 0).astype(np.float64))
    total: FloatArray = np.asarray(won.sum(axis=1)).ravel()
    amount = np.asarray(summed @ units)
    held = [
        Held(
            key=keys[g],
            shortage=float(amount[g]),
            won=float(total[g]),
            causes=_causes(limits, binding[kept], won[[g]], counts[[g]], float(total[g])),
        )
        for g in np.argsort(-total, kind="stable").tolist()[:most]
        if total[g] > 0
    ]
    return Reasons(by=by, groups=tuple(held))


@dataclass(frozen=True, slots=True)
class _Shortages:
    """Shortages chosen, arrays of one length."""

    rows: IntArray
    """Position of the balance in its rule."""
    where: tuple[IntArray, IntArray, IntArray]
    """Place, item, period."""
    units: FloatArray
    """Units short."""
    worth: FloatArray
    """Units short × price, won."""


def _shortages(standing: Standing, chosen: Mapping[str, str | None]) -> _Shortages:
    """Shortages of the places, items and periods chosen; KeyError for one that is not there."""
    balance, labels = standing.program.rules["balance"], standing.index.labels
    where = tuple(balance.axes[axis] for axis in ("place", "item", "period"))
    flows = standing.flows()
    short, price = flows.short[where], flows.price[where]
    mine = short > 0
    for (axis, label), codes in zip(chosen.items(), where, strict=True):
        if label is not None:
            if label not in labels[axis]:
                raise KeyError(f"there is no {axis} {label}")
            mine &= codes == labels[axis].index(label)
    rows = np.flatnonzero(mine)
    worth = short[rows] * np.maximum(price[rows], 0.0)
    return _Shortages(rows, (where[0][rows], where[1][rows], where[2][rows]), short[rows], worth)


def _weights(standing: Standing, limits: Limits, binding: IntArray, short: _Shortages) -> sparse.csr_array:
    """Won of each shortage's worth that each limit accounts for, (shortages, limits)."""
    behind = limits_behind(standing.program, standing.point.row_price, limits.position[binding])[short.rows]
    size = limits.gain[binding] * np.maximum(np.abs(limits.limit[binding]), 1e-9)
    scaled = sparse.csr_array(behind @ sparse.diags_array(size))
    total = np.asarray(scaled.sum(axis=1)).ravel()
    share = short.worth / np.where(total > 0, total, 1.0)
    return sparse.csr_array(sparse.diags_array(share) @ scaled)


def _groups(
    standing: Standing, by: By, place: IntArray, item: IntArray, period: IntArray
) -> tuple[IntArray, tuple[str, ...]]:
    """Group of each shortage, and the groups' names."""
    labels = standing.index.labels
    codes: dict[str, Callable[[], tuple[IntArray, tuple[str, ...]]]] = {
        "all": lambda: (np.zeros(len(place), dtype=np.int64), ("all",)),
        "item": lambda: (item, labels["item"]),
        "county": lambda: (place, labels["place"]),
        "category": lambda: (standing.index.items.category[item], labels["category"]),
        "period": lambda: (period, labels["period"]),
        "limit": lambda: (
            np.arange(len(place)),
            tuple(
                f"{labels['place'][n]}/{labels['item'][i]}/{labels['period'][t]}"
                for n, i, t in zip(place.tolist(), item.tolist(), period.tolist(), strict=True)
            ),
        ),
    }
    return codes[by]()


def _causes(
    limits: Limits, binding: IntArray, won: sparse.csr_array, counts: sparse.csr_array, total: float
) -> tuple[Cause, ...]:
    values, many = won.toarray().ravel(), counts.toarray().ravel()
    order = [int(k) for k in np.argsort(-values, kind="stable")[:CAUSES] if values[k] > 0]
    return tuple(
        Cause(
            **name_of(limits, int(binding[k])),
            gain=float(limits.gain[binding[k]]),
            shortages=int(many[k]),
            won=float(values[k]),
            share=float(values[k]) / total if total > 0 else 0.0,
        )
        for k in order
    )

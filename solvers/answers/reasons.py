"""Why things are short, rolled up: the limits behind shortages, and from a limit all shortages behind which it stands.

Which limits stand behind a shortage is said in `solvers.report.reasons`. What each accounts for is told in won, so that
kilowatt-hours and tonnes can be compared: the units short, times the price of a unit there and then, shared among its limits in
proportion to price × amount of each limit. The sums are a way to rank, not a forecast: what one more unit of a limit truly
saves is its gain.
"""

from collections.abc import Callable
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
    kept = np.array([(rule in (None, n["rule"])) and (limit in (None, n["id"])) for n in names], dtype=bool)
    balance, labels = standing.program.rules["balance"], standing.index.labels
    place, good, time = (balance.axes[a] for a in ("place", "item", "period"))
    flows = standing.flows()
    short = flows.short[place, good, time]
    chosen = short > 0
    for axis, code, label in (("place", place, county), ("item", good, item), ("period", time, period)):
        if label is not None:
            chosen &= code == labels[axis].index(label)
    rows = np.flatnonzero(chosen)
    weight = _weights(
        standing, limits, binding, rows, short[rows] * np.maximum(flows.price[place, good, time][rows], 0.0)
    )
    weight = sparse.csr_array(weight[:, np.flatnonzero(kept)])
    binding = binding[kept]
    group, keys = _groups(standing, by, place[rows], good[rows], time[rows])
    worth = np.where(standing.index.items.value > 0, standing.index.items.value, 1.0)[good[rows]]
    units = short[rows] * (1.0 if item is not None or by in ("item", "limit") else worth)
    summed = sparse.csr_array((np.ones(len(rows)), (group, np.arange(len(rows)))), shape=(len(keys), len(rows)))
    won, counts = sparse.csr_array(summed @ weight), sparse.csr_array(summed @ (weight > 0).astype(np.float64))
    amount = np.asarray(summed @ units)
    total: FloatArray = np.asarray(won.sum(axis=1)).ravel()
    order = [int(g) for g in np.argsort(-total, kind="stable") if total[g] > 0][:most]
    held = [
        Held(
            key=keys[g],
            shortage=float(amount[g]),
            won=float(total[g]),
            causes=_causes(limits, binding, won[[g]], counts[[g]], float(total[g])),
        )
        for g in order
    ]
    return Reasons(by=by, groups=tuple(held))


def _weights(
    standing: Standing, limits: Limits, binding: IntArray, rows: IntArray, worth: FloatArray
) -> sparse.csr_array:
    """Won of each shortage's worth that each limit accounts for, (shortages, limits)."""
    behind = limits_behind(standing.program, standing.point.row_price, limits.position[binding])[rows]
    size = limits.gain[binding] * np.maximum(np.abs(limits.limit[binding]), 1e-9)
    scaled = sparse.csr_array(behind @ sparse.diags_array(size))
    total = np.asarray(scaled.sum(axis=1)).ravel()
    share = worth / np.where(total > 0, total, 1.0)
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

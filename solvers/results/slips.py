"""Slips of shops: what a county's people get, divided among the county's shops by their shares."""

import numpy as np
import pyarrow as pa

from models.tables import SlipRow
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import FloatArray, IntArray
from solvers.results.arrow_tables import build_compact_label_column, build_table
from solvers.results.flows import NEGLIGIBLE_AMOUNT, Flows

WHOLE_TOLERANCE = 1e-6
"""Amounts this close to a whole number are whole."""


def build_slip_table(arrays: ProblemArrays, flows: Flows) -> pa.Table:
    """Build the table of slips (SlipRow), for counties with shops.

    Goods in whole units are divided in whole units; see `divide_among_shops`.
    """
    handed_out = flows.handed_out
    whole = np.array([item.whole_units for item in arrays.problem.items])
    parts: list[tuple[IntArray, IntArray, IntArray, IntArray, FloatArray]] = []
    shops: list[str] = []
    for c, county in enumerate(arrays.problem.counties):
        if county.shops:
            shares = np.array([shop.share for shop in county.shops])
            units = divide_among_shops(handed_out[c], shares / shares.sum(), whole)
            item, period, shop = np.nonzero(units > NEGLIGIBLE_AMOUNT)
            parts.append((np.full(len(item), c), shop + len(shops), item, period, units[item, period, shop]))
            shops += [shop.id for shop in county.shops]
    empty = np.zeros(0, dtype=np.int64)
    parts = parts or [(empty, empty, empty, empty, np.zeros(0))]
    place, shop, item, period, quantity = (np.concatenate(column) for column in zip(*parts, strict=True))
    return build_table(
        SlipRow,
        {
            "county": build_compact_label_column(place, arrays.labels["county"]),
            "shop": build_compact_label_column(shop, shops),
            "item": build_compact_label_column(item, arrays.labels["item"]),
            "period": build_compact_label_column(period, arrays.labels["period"]),
            "quantity": quantity,
        },
    )


def divide_among_shops(units: FloatArray, shares: FloatArray, whole: np.ndarray) -> FloatArray:
    """Divide units by item and period, (I, T), by the shares of shops, (S,), which sum to 1; return (I, T, S).

    Rows of `whole`, (I,), whose units are whole numbers are divided in whole units: in each period a shop gets what is due
    to it so far, by largest remainder, so that what it lacks in one period is made up in the next.
    """
    divided = units[:, :, None] * shares
    rows = np.flatnonzero(whole & np.all(np.abs(units - np.round(units)) < WHOLE_TOLERANCE, axis=1))
    given = np.zeros((len(rows), len(shares)))
    total = np.zeros(len(rows))
    for period in range(units.shape[1]):
        here = np.round(units[rows, period])
        total += here
        part = apportion_by_largest_remainder(total[:, None] * shares - given, here)
        given += part
        divided[rows, period] = part
    return divided


def apportion_by_largest_remainder(due: FloatArray, total: FloatArray) -> FloatArray:
    """Round the amounts due, (R, S), to whole numbers that sum to the whole totals, (R,); no amount is negative.

    The rows of `due` sum to `total`, up to rounding noise. Amounts are rounded down, and the largest remainders get the
    rest; where amounts below 0 leave too little, the smallest remainders give one back.
    """
    part = np.floor(np.maximum(due, 0.0) + WHOLE_TOLERANCE)
    missing = np.round(total - part.sum(axis=1)).astype(np.int64)
    rank = np.argsort(np.argsort(part - due, axis=1, kind="stable"), axis=1, kind="stable")
    part += rank < np.maximum(missing, 0)[:, None]
    excess = np.flatnonzero(missing < 0)
    while len(excess):
        remainder = np.where(part[excess] > 0, due[excess] - part[excess], np.inf)
        part[excess, np.argmin(remainder, axis=1)] -= 1.0
        missing[excess] += 1
        excess = excess[missing[excess] < 0]
    return part

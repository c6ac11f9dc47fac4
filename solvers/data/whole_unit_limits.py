"""Limits on amounts in whole units and in lots, rounded to amounts that are possible.

A limit of 9.7 on an amount that is whole is a limit of 9. The rounded limits exclude no whole plan, and the linear program with
them is nearer to the whole plan.
"""

import numpy as np

from solvers.data.county_arrays import PlaceArrays
from solvers.data.factory_arrays import LineArrays
from solvers.data.item_arrays import WHOLE_TOLERANCE, ItemArrays
from solvers.data.trade_arrays import CentreArrays, PartnerArrays
from solvers.lp.linear_program import FloatArray


def round_limits_to_whole_units(
    items: ItemArrays, places: PlaceArrays, lines: LineArrays, centre: CentreArrays, partners: PartnerArrays, first: int
) -> None:
    """Round the limits of periods from `first` on, in place: minima up and maxima down.

    Limits of stocks, central deliveries, offers and wants of items in whole units become whole; limits of lines with a lot become
    multiples of it.
    """
    whole = np.flatnonzero(items.is_whole_units)
    for limit in (places.stock_most, centre.supply_limit, partners.offers, partners.wants):
        limit[..., whole, first:] = round_down(limit[..., whole, first:])
    places.stock_least[:, whole, first:] = round_up(places.stock_least[:, whole, first:])
    in_lots = np.flatnonzero(lines.lot > 0)
    lot = lines.lot[in_lots, None]
    lines.least[in_lots, first:] = round_up(lines.least[in_lots, first:], lot)
    lines.most[in_lots, first:] = round_down(lines.most[in_lots, first:], lot)


def round_down(amounts: FloatArray, step: FloatArray | float = 1.0) -> FloatArray:
    """Return the largest multiples of `step` that do not exceed the amounts, within the tolerance."""
    return np.asarray(np.floor(amounts / step + WHOLE_TOLERANCE) * step)


def round_up(amounts: FloatArray, step: FloatArray | float = 1.0) -> FloatArray:
    """Return the smallest multiples of `step` that reach the amounts, within the tolerance."""
    return np.asarray(np.ceil(amounts / step - WHOLE_TOLERANCE) * step + 0.0)

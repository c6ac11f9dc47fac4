"""Capacity table: use, limit and shadow price of every limit except power."""

import numpy as np
import pyarrow as pa

from models.tables import CapacityRow
from solvers.results.arrow_tables import build_compact_label_column, build_table
from solvers.results.limits import RULE_NAMES, Limits

OTHER_TABLES = ("power", "goal", "worst_fulfilment")
"""Constraints reported elsewhere: electricity in its own table, goals in the objective."""


def build_capacity_table(limits: Limits) -> pa.Table:
    """Build the capacity table (CapacityRow); limits of 0 without use and price are left out."""
    is_elsewhere = np.isin(limits.rule, [RULE_NAMES.index(name) for name in OTHER_TABLES])
    kept = np.flatnonzero(~is_elsewhere & ((limits.used != 0) | (limits.limit != 0) | (limits.shadow_price != 0)))
    labels = limits.label_table
    return build_table(
        CapacityRow,
        {
            "rule": build_compact_label_column(limits.rule[kept], RULE_NAMES),
            "id": build_compact_label_column(limits.id[kept], labels),
            "part": build_compact_label_column(limits.part[kept], labels),
            "period": build_compact_label_column(limits.period[kept], labels),
            "used": limits.used[kept],
            "limit": limits.limit[kept],
            "unit": build_compact_label_column(limits.unit[kept], labels),
            "price": limits.shadow_price[kept],
        },
    )

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
    selected = np.flatnonzero(~is_elsewhere & ((limits.used != 0) | (limits.limit != 0) | (limits.shadow_price != 0)))
    labels = limits.label_table
    return build_table(
        CapacityRow,
        {
            "rule": build_compact_label_column(limits.rule[selected], RULE_NAMES),
            "id": build_compact_label_column(limits.id[selected], labels),
            "part": build_compact_label_column(limits.part[selected], labels),
            "period": build_compact_label_column(limits.period[selected], labels),
            "used": limits.used[selected],
            "limit": limits.limit[selected],
            "unit": build_compact_label_column(limits.unit[selected], labels),
            "price": limits.shadow_price[selected],
        },
    )

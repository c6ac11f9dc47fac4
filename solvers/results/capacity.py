"""Limits other than power as a table: how much of each is used and what one more unit is worth."""

import numpy as np
import pyarrow as pa

from models.tables import CapacityRow
from solvers.results.arrow_tables import build_compact_label_column, build_table
from solvers.results.limits import RULE_NAMES, Limits

OTHER_TABLES = ("power", "goal", "worst_fulfilment")
"""Rules that are reported elsewhere: electricity in its own table, goals in the objective."""


def build_capacity_table(limits: Limits) -> pa.Table:
    """Every limit but power that is not zero and unused, (CapacityRow)."""
    apart = np.isin(limits.rule, [RULE_NAMES.index(name) for name in OTHER_TABLES])
    kept = np.flatnonzero(~apart & ((limits.used != 0) | (limits.limit != 0) | (limits.shadow_price != 0)))
    words = limits.label_table
    return build_table(
        CapacityRow,
        {
            "rule": build_compact_label_column(limits.rule[kept], RULE_NAMES),
            "id": build_compact_label_column(limits.id[kept], words),
            "part": build_compact_label_column(limits.part[kept], words),
            "period": build_compact_label_column(limits.period[kept], words),
            "used": limits.used[kept],
            "limit": limits.limit[kept],
            "unit": build_compact_label_column(limits.unit[kept], words),
            "price": limits.shadow_price[kept],
        },
    )

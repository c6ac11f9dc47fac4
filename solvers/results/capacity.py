"""Limits other than power as a table: how much of each is used and what one more unit is worth."""

import numpy as np
import pyarrow as pa

from models.tables import CapacityRow
from solvers.results.arrow_tables import frame, labelled_compactly
from solvers.results.limits import RULE_NAMES, Limits

ELSEWHERE = ("power", "goal", "worst_fulfilment")
"""Rules that are reported elsewhere: electricity in its own table, goals in the objective."""


def capacity(limits: Limits) -> pa.Table:
    """Every limit but power that is not zero and unused, (CapacityRow)."""
    apart = np.isin(limits.rule, [RULE_NAMES.index(name) for name in ELSEWHERE])
    kept = np.flatnonzero(~apart & ((limits.used != 0) | (limits.limit != 0) | (limits.gain != 0)))
    words = limits.words
    return frame(
        CapacityRow,
        {
            "rule": labelled_compactly(limits.rule[kept], RULE_NAMES),
            "id": labelled_compactly(limits.id[kept], words),
            "part": labelled_compactly(limits.part[kept], words),
            "period": labelled_compactly(limits.period[kept], words),
            "used": limits.used[kept],
            "limit": limits.limit[kept],
            "unit": labelled_compactly(limits.unit[kept], words),
            "price": limits.gain[kept],
        },
    )

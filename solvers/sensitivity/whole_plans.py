"""Whether a relaxed plan may have no counterpart in whole units: a quick test without branch and bound."""

from time import monotonic

import numpy as np

from solvers.algorithms.item_rounding import ItemRounding
from solvers.algorithms.rounding import SMALL_PROGRAM_COLUMNS, SMALL_PROGRAM_DISCRETE
from solvers.formulation import find_whole_units
from solvers.sensitivity.session import SensitivitySession

ROUNDING_SECONDS = 5.0
"""Time to round a small program item by item; most need some milliseconds."""


def may_lack_whole_plan(session: SensitivitySession) -> bool:
    """Return whether no plan in whole units was found near the relaxed plan of a session; planning must then decide.

    A program that is too large for branch and bound is not rounded, which would take longer than the answer may.
    """
    if session.lp.column_count > SMALL_PROGRAM_COLUMNS:
        return False
    whole = find_whole_units(session.arrays, session.program)
    if not 0 < int(np.count_nonzero(whole.is_discrete)) <= SMALL_PROGRAM_DISCRETE:
        return False
    deadline, point = monotonic() + ROUNDING_SECONDS, session.point
    rounding = ItemRounding(
        session.lp, whole, point.values.copy(), point.dual_values, lambda: max(deadline - monotonic(), 0.0)
    )
    return not rounding.round_all()

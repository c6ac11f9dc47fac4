"""The main figures of a plan, whose ranges are found where a request states no measures."""

import numpy as np

from models.analyses.measures import RangeMeasure, RangeMeasureName, RangeSelection
from solvers.analyses.near_optimal.linear_measures import build_linear_measure
from solvers.lp.linear_program import Program
from solvers.sensitivity.session import SensitivitySession

MOST_COUNTIES = 6
"""Counties that are main figures: those that get least."""


def list_main_measures(session: SensitivitySession) -> tuple[RangeMeasure, ...]:
    """Return the served share of all needs, of each priority, and of the counties that get least, and electricity if any is used.

    Priorities are those of goods, and are left out if there is one only.
    """
    arrays = session.arrays
    goods = [item for item in arrays.problem.items if item.kind == "good"]
    priorities = sorted({item.priority for item in goods})
    selections = [RangeSelection(priority=(one,)) for one in priorities] if len(priorities) > 1 else []
    counties = arrays.labels["place"][: arrays.places.county_count]
    by_county = [RangeSelection(county=(county,)) for county in counties]
    shares = np.array([_compute(session, "served_share", selection) for selection in by_county])
    worst = np.argsort(shares, kind="stable")[:MOST_COUNTIES]
    served = [None, *selections, *(by_county[k] for k in worst.tolist())]
    measures = [RangeMeasure(measure="served_share", of=selection) for selection in served]
    if _compute(session, "power_used", None) > 0:
        measures.append(RangeMeasure(measure="power_used"))
    return tuple(measures)


def _compute(session: SensitivitySession, name: RangeMeasureName, selection: RangeSelection | None) -> float:
    """Return the value of a measure in the plan."""
    program: Program = session.program
    return build_linear_measure(session.arrays, program, RangeMeasure(measure=name, of=selection)).compute_value(
        session.plan_values
    )

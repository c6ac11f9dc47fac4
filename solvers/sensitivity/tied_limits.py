"""Limits that bind together: one has the whole shadow price, but more of it alone gives nothing.

Where several limits are used up by the same production, the optimal vertex is degenerate, and the shadow price may belong to any of
them. The direction of the plan for one more unit of a limit shows which others stop it at once. Two solves confirm this: a small step
of the limit alone gives next to nothing, and a step of all of them together what the shadow price promises.
"""

import numpy as np

from models.answers import AttributionGroup, BindingLimit, LimitReference, ShortageAttribution
from solvers.backends.work import WORK_PER_SECOND
from solvers.lp.linear_program import FloatArray, IntArray
from solvers.results.limits import Limits
from solvers.sensitivity.bounds import Bounds
from solvers.sensitivity.goal_stages import OptimalPoint
from solvers.sensitivity.ranging import NEGLIGIBLE_STEP, LimitDirection, build_limit_path, compute_limit_direction
from solvers.sensitivity.session import SensitivitySession
from solvers.sensitivity.shadow_prices import build_limit_reference

TIED_SHARE = 1e-9
"""A limit whose allowable increase is below this share of 1 + the limit is stopped at once."""

STEP_SHARE = 1e-3
"""Size of the small step, as a share of the limit."""

NOTHING, PROMISED = 0.01, 0.5
"""Shares of what the shadow price promises: below the first, a step gives nothing; from the second on, it gives what is promised."""

MOST_WORK = 1.0 * WORK_PER_SECOND
"""Work of the search for limits that bind together. What is not found with it is not named."""


def name_tied_limits(
    session: SensitivitySession, limits: Limits, attribution: ShortageAttribution
) -> ShortageAttribution:
    """Return the attribution with the limits that bind only together; with ordered goals it is unchanged."""
    if len(session.goal_stages) > 1:
        return attribution
    named = {_get_key(limit) for group in attribution.groups for limit in group.binding_limits}
    position: dict[tuple[str, ...], int] = {}
    for k in limits.find_priced_limits():
        reference = build_limit_reference(limits, int(k))
        position.setdefault(tuple(reference.values()), int(k))
    with session.set_work_limit(MOST_WORK):
        tied = {
            key: find_tied_limits(session, limits, position[key])
            for key in sorted(named & position.keys())
            if not session.is_at_limit
        }
    groups = tuple(_add_tied_limits(group, tied) for group in attribution.groups)
    return attribution.model_copy(update={"groups": groups})


def _get_key(limit: BindingLimit) -> tuple[str, ...]:
    return tuple(getattr(limit, name) for name in LimitReference.model_fields)


def _add_tied_limits(
    group: AttributionGroup, tied: dict[tuple[str, ...], tuple[LimitReference, ...]]
) -> AttributionGroup:
    limits = tuple(
        limit.model_copy(update={"only_together_with": tied.get(_get_key(limit), ())}) for limit in group.binding_limits
    )
    return group.model_copy(update={"binding_limits": limits})


def find_tied_limits(session: SensitivitySession, limits: Limits, k: int) -> tuple[LimitReference, ...]:
    """Return the limits without which more of a limit (position in `limits`) gives nothing; empty if it gives something alone."""
    direction = compute_limit_direction(session, limits, k)
    session.add_work()
    if direction.allowable_increase > TIED_SHARE * (1 + abs(limits.limit[k])):
        return ()
    others, slopes = _find_stopping_limits(session, limits, k, direction)
    if not len(others):
        return ()
    step = STEP_SHARE * max(abs(limits.limit[k]), 1.0)
    promised = limits.shadow_price[k] * step
    alone = build_limit_path(session, limits, k).compute_bounds_at(step)
    together = alone
    for other, slope in zip(others.tolist(), slopes.tolist(), strict=True):
        together = _move_limit(session, limits, other, together, slope * step)
    saved = [_measure_saving(session, session.solve_change(bounds)) for bounds in (alone, together)]
    is_tied = saved[0] is not None and saved[1] is not None
    if not is_tied or saved[0] > NOTHING * promised or saved[1] < PROMISED * promised:
        return ()
    return tuple(LimitReference(**build_limit_reference(limits, other)) for other in others.tolist())


def _measure_saving(session: SensitivitySession, point: OptimalPoint | None) -> float | None:
    return None if point is None else session.point.objective - point.objective


def _find_stopping_limits(
    session: SensitivitySession, limits: Limits, k: int, direction: LimitDirection
) -> tuple[IntArray, FloatArray]:
    """Return the used-up limits that the direction of a limit exceeds at once, and how fast, in units per unit."""
    lp = session.lp
    is_row = limits.position < lp.row_count
    slope = np.where(
        is_row,
        (lp.matrix @ direction.values)[np.where(is_row, limits.position, 0)],
        direction.values[np.where(is_row, 0, limits.position - lp.row_count)],
    )
    stops = (limits.signs * slope > NEGLIGIBLE_STEP) & limits.is_used_up & (limits.shadow_price == 0)
    stops[k] = False
    others = np.flatnonzero(stops)
    return others, np.abs(slope[others])


def _move_limit(session: SensitivitySession, limits: Limits, k: int, bounds: Bounds, amount: float) -> Bounds:
    """Return bounds in which a limit is larger by an amount, or smaller if it limits from below."""
    step = build_limit_path(session, limits, k).step
    moved = bounds.copy_arrays()
    for name in Bounds.__slots__:
        getattr(moved, name)[:] += amount * getattr(step, name)
    return moved

"""Remedies built from larger limits and a reservation: their figures, and whether they do what they say when applied."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Literal

import numpy as np

from models.answers import LimitReference, Remedy, RemedyLimit, ShortageChange
from models.changes.apply import apply_changes
from models.changes.change import Change
from models.validation.checks import InvalidProblemError
from solvers.algorithms.pipeline import build_plan_program, requires_own_needs_stage
from solvers.algorithms.rounding import SMALL_PROGRAM_COLUMNS
from solvers.data.problem_arrays import ProblemArrays
from solvers.data.whole_unit_limits import round_up
from solvers.errors import SensitivityUnavailableError
from solvers.lp.linear_program import FloatArray
from solvers.sensitivity.bounds import Bounds
from solvers.sensitivity.changed_plan import open_changed
from solvers.sensitivity.goal_stages import NO_WORSE_TOLERANCE, OptimalPoint, compute_final_values
from solvers.sensitivity.remedies.candidate_context import CandidateChange
from solvers.sensitivity.remedies.remedy_texts import describe_remedy
from solvers.sensitivity.remedies.reservations import Reservation, build_reservation
from solvers.sensitivity.remedies.shortage_targets import ShortageTarget, build_target_bounds, compute_served
from solvers.sensitivity.reserved_needs import sum_shortage
from solvers.sensitivity.session import SensitivitySession
from solvers.sensitivity.shadow_prices import weigh_shortage_change
from solvers.sensitivity.whole_plans import has_whole_plan

RemedyKind = Literal["reserved", "unreserved", "reallocated"]
"""Kind of a remedy; see `search`."""

Enlargement = tuple[CandidateChange, float]
"""A limit, and how much larger it becomes."""

LEAST_REDUCTION = 1e-3
"""A remedy that reduces the shortage by a smaller share is none."""

GROWTH = (1.0, 1.25, 2.0, 4.0)
"""Multiples of the amounts that are tried where no plan in whole units exists with the least amounts."""

MAX_WORSE_OFF = 5
"""Other needs listed in a remedy."""


@dataclass(frozen=True, slots=True)
class TargetSearch:
    """A session in which a target can be set, and the best plan with it."""

    session: SensitivitySession
    """Session of the plan."""
    shortage: ShortageTarget
    """The shortage and its target."""
    bounds: Bounds
    """Bounds with the target."""
    reallocation: OptimalPoint | None
    """Best plan with the target and no extra resources; None if no plan satisfies it."""

    @classmethod
    def from_session(cls, session: SensitivitySession, shortage: ShortageTarget) -> "TargetSearch":
        """Solve the plan with the target, in a session that `open_target_session` returned."""
        bounds = build_target_bounds(session, shortage)
        return cls(session, shortage, bounds, session.solve_all_goals(bounds))

    def solve_no_worse(self, bounds: Bounds) -> OptimalPoint | None:
        """Return the best plan for other bounds by the last goal, with no earlier goal worse than in the plan; None if there is none."""
        *earlier, last = self.session.goal_stages
        return self.session.solve_goal_stage(last, bounds, [stage.no_worse_bound for stage in earlier])


def enlarge_bounds(bounds: Bounds, parts: Sequence[Enlargement]) -> Bounds:
    """Return bounds with larger limits."""
    for candidate, amount in parts:
        bounds = candidate.build_bound_path(bounds).compute_bounds_at(amount)
    return bounds


def build_least_remedy(
    search: TargetSearch, parts: Sequence[Enlargement], kind: RemedyKind, point: OptimalPoint
) -> Remedy | None:
    """Build a remedy with amounts that are possible: whole, in steps, and enough for a whole plan; None if there is none.

    Where no plan in whole units exists with the least amounts, for instance because quotas are in lots, larger ones are tried.
    """
    for growth in GROWTH if parts else GROWTH[:1]:
        grown = [(c, round_amount_up(search.session, c, growth * amount)) for c, amount in parts]
        if any(amount > candidate.max_amount * (1 + 1e-9) for candidate, amount in grown):
            return None
        is_solved = len(search.session.goal_stages) == 1 and [amount for _, amount in grown] == [a for _, a in parts]
        solved = point if is_solved else search.session.solve_all_goals(enlarge_bounds(search.bounds, grown))
        remedy = None if solved is None else _build_remedy(search, grown, kind, solved)
        if remedy is not None:
            return remedy
    return None


def round_amount_up(session: SensitivitySession, candidate: CandidateChange, amount: float) -> float:
    """Return the amount at which a limit is whole or has grown by whole steps; the amount itself where any amount counts."""
    if candidate.step > 0:
        rounded = float(round_up(np.array(amount), candidate.step))
    elif is_in_whole_units(session, candidate):
        rounded = float(round_up(np.array(candidate.limit + amount))) - candidate.limit
    else:
        return amount
    return max(amount, min(rounded, candidate.max_amount))


def is_in_whole_units(session: SensitivitySession, candidate: CandidateChange) -> bool:
    """Return whether the limit is an amount of an item in whole units, which counts only as far as it is whole."""
    named = {candidate.limit_reference["id"], candidate.limit_reference["part"]}
    return any(
        item.whole_units and item.id in named and item.unit == candidate.limit_reference["unit"]
        for item in session.arrays.problem.items
    )


def _build_remedy(
    search: TargetSearch, parts: Sequence[Enlargement], kind: RemedyKind, point: OptimalPoint
) -> Remedy | None:
    """Build a remedy; return None if applying its changes does not do what it says."""
    session, shortage = search.session, search.shortage
    applied = _apply_with_reservation(search, parts, kind, point)
    if applied is None:
        return None
    point = applied.point
    unreserved = _compute_unreserved_shortage(search, parts, applied.larger) if parts else None
    if parts and unreserved is None:
        return None
    others = _list_other_changes(session, shortage, point)
    worse_off = sorted((o for o in others if o.objective_change > 0), key=lambda o: -o.objective_change)
    change = session.compute_plain_objective(point.values) - session.plain_objective
    limits = tuple(_describe_enlargement(candidate, amount) for candidate, amount in parts)
    first = limits[0] if limits else RemedyLimit(rule="", id="", amount=0.0, relative_amount=0.0)
    remedy = Remedy(
        **first.model_dump(),
        kind=kind,
        limits=limits,
        before=shortage.shortage,
        after=applied.reservation.after,
        is_whole=applied.is_whole,
        objective_change=0.0 if abs(change) <= NO_WORSE_TOLERANCE * (1 + abs(session.plain_objective)) else change,
        loss_to_others=sum(o.objective_change for o in worse_off),
        gain_to_others=-sum(o.objective_change for o in others if o.objective_change < 0),
        worse_off=tuple(worse_off[:MAX_WORSE_OFF]),
        goal_changes=_compare_goals(session, point),
        changes=applied.changes,
        shortage_if_not_reserved=unreserved,
        text="",
    )
    return remedy.model_copy(update={"text": describe_remedy(shortage.location, shortage.unit, remedy)})


@dataclass(frozen=True, slots=True)
class _AppliedChanges:
    """Changes of a remedy, and what applying them gives."""

    larger: tuple[Change, ...]
    """Changes that make limits larger."""
    reservation: Reservation
    """The reservation."""
    point: OptimalPoint
    """A plan with these changes."""
    is_whole: bool
    """Whether a plan in whole units was found."""

    @property
    def changes(self) -> tuple[Change, ...]:
        """All changes, the reservation last."""
        return (*self.larger, *self.reservation.changes)


def _apply_with_reservation(
    search: TargetSearch, parts: Sequence[Enlargement], kind: RemedyKind, point: OptimalPoint
) -> _AppliedChanges | None:
    """Reserve what a plan serves of the need, or as much as the target takes; None if that is not possible."""
    session, shortage = search.session, search.shortage
    served = compute_served(session, shortage.codes, point.values)
    larger = tuple(change for candidate, amount in parts for change in candidate.to_changes(amount, point.values))
    for reservation, is_raised in _list_reservations(session, shortage, served):
        changes = (*larger, *reservation.changes)
        is_solved = is_raised or _moves_other_limits(session, parts)
        changed = _open_changed(session, changes) if is_solved else None
        if is_solved and (changed is None or (kind == "reserved" and not is_no_worse(session, changed))):
            continue
        is_whole = _find_whole_plan(session, changed, changes)
        if is_whole is not False:
            return _AppliedChanges(larger, reservation, point if changed is None else changed.point, bool(is_whole))
    return None


def _list_reservations(
    session: SensitivitySession, shortage: ShortageTarget, served: FloatArray
) -> list[tuple[Reservation, bool]]:
    """Return the reservations to try, of what a plan serves and of the target, and whether each is more than the plan serves.

    What a plan serves beyond the target may not be possible in whole units. Of a backlog, what it serves may promise less.
    """
    of_plan, of_target = (
        build_reservation(session.arrays, shortage.codes, served, target) for target in (None, shortage.target_shortage)
    )
    meets_target = of_plan is not None and of_plan.after <= shortage.target_shortage + 1e-6 * (1 + shortage.shortage)
    both = [(of_plan, False), (of_target, not meets_target)]
    most = shortage.shortage * (1 - LEAST_REDUCTION)
    in_order = both if meets_target else both[::-1]
    return [(one, is_raised) for one, is_raised in in_order if one is not None and one.after <= most]


def _find_whole_plan(
    session: SensitivitySession, changed: SensitivitySession | None, changes: Sequence[Change]
) -> bool | None:
    """Return whether a plan in whole units exists with the changes; None if the problem is too large to tell."""
    seconds = session.deadline - monotonic()
    if changed is not None:
        return has_whole_plan(changed.arrays, changed.program, seconds)
    if session.lp.column_count > SMALL_PROGRAM_COLUMNS:
        return None
    try:
        arrays = ProblemArrays.from_problem(apply_changes(session.arrays.problem, changes))
    except InvalidProblemError:
        return False
    return has_whole_plan(arrays, build_plan_program(arrays), seconds)


def _describe_enlargement(candidate: CandidateChange, amount: float) -> RemedyLimit:
    relative = amount / candidate.limit if candidate.limit > 0 else amount
    return RemedyLimit(**candidate.limit_reference, amount=amount, relative_amount=relative)


def _compare_goals(session: SensitivitySession, point: OptimalPoint) -> dict[str, float]:
    before, after = (compute_final_values(session.goal_stages, p.values) for p in (session.point, point))
    return {key: value - before[key] for key, value in after.items()}


def _moves_other_limits(session: SensitivitySession, parts: Sequence[Enlargement]) -> bool:
    """Return whether applying the changes can move limits that the session does not: those of swaps, or a floor that follows output."""
    is_floor = any(candidate.limit_reference["rule"] == "local_floor" for candidate, _ in parts)
    return is_floor or requires_own_needs_stage(session.arrays.problem)


def is_no_worse(before: SensitivitySession, after: SensitivitySession) -> bool:
    """Return whether no goal of a plan is worse than in another, or its objective without ordered goals."""
    for old, new in zip(before.goal_stages, after.goal_stages, strict=True):
        slack = 10 * NO_WORSE_TOLERANCE * (1 + abs(old.no_worse_bound))
        if new.point.objective < old.point.objective - slack:
            return True  # an earlier goal is better, which counts more than all later ones
        if new.point.objective > old.no_worse_bound + slack:
            return False
    return True


def _open_changed(session: SensitivitySession, changes: Sequence[Change]) -> SensitivitySession | None:
    seconds = session.deadline - monotonic()
    if seconds <= 0:
        return None
    try:
        problem = apply_changes(session.arrays.problem, changes)
        return open_changed(session, problem, min(seconds, 600.0))
    except (InvalidProblemError, SensitivityUnavailableError):
        return None


def _compute_unreserved_shortage(
    search: TargetSearch, parts: Sequence[Enlargement], larger: Sequence[Change]
) -> float | None:
    """Return the shortage in the best plan with the larger limits and no reservation, before rounding; None without a plan."""
    session, columns = search.session, search.shortage.shortage_columns
    if _moves_other_limits(session, parts):
        changed = _open_changed(session, larger)
        if changed is None:
            return None
        return sum_shortage(changed, search.shortage.location)
    bounds = enlarge_bounds(Bounds.from_program(session.lp), parts)
    point = session.solve_all_goals(bounds)
    if point is None:
        return None
    return float(session.settle_point(point, bounds).values[columns].sum())


def _list_other_changes(
    session: SensitivitySession, shortage: ShortageTarget, point: OptimalPoint
) -> list[ShortageChange]:
    """List the other demands whose shortage changes."""
    block, labels = session.program.variables["short"], session.arrays.labels
    units, objective_change = weigh_shortage_change(session, point.values - session.point.values)
    place, item, period = (block.axes[a] for a in ("place", "item", "period"))
    shape = (len(labels["place"]), len(labels["item"]), len(labels["period"]))
    cells = np.ravel_multi_index((place, item, period), shape)
    size = int(np.prod(shape))
    total, cost = (np.bincount(cells, weights=-amounts, minlength=size) for amounts in (units, objective_change))
    own_cell = cells[shortage.shortage_columns[0] - block.start]
    total[own_cell] = cost[own_cell] = 0.0
    rows = []
    for cell in np.flatnonzero(np.abs(total) > 1e-6):
        n, i, t = (int(v) for v in np.unravel_index(cell, shape))
        where = {"county": labels["place"][n], "item": labels["item"][i], "period": labels["period"][t]}
        rows.append(ShortageChange(**where, units=float(total[cell]), objective_change=float(cost[cell])))
    return rows


def verify_remedy(session: SensitivitySession, location: tuple[str, str, str], remedy: Remedy) -> bool:
    """Return whether the plan of a remedy's changes, solved again before rounding, does what the remedy says."""
    changed = _open_changed(session, remedy.changes)
    if changed is None or sum_shortage(changed, location) > remedy.after + 1e-6 * (1 + remedy.before):
        return False
    if remedy.kind == "reserved":
        return is_no_worse(session, changed)
    slack = 10 * NO_WORSE_TOLERANCE * (1 + abs(session.plain_objective))
    expected = session.plain_objective + remedy.objective_change
    return bool(session.goal_stages[0].goal) or changed.plain_objective <= expected + slack


def get_limit_key(remedy: Remedy) -> tuple[str, ...]:
    """Return what identifies the first limit of a remedy."""
    return tuple(getattr(remedy, name) for name in LimitReference.model_fields)

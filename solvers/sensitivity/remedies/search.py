"""Search for remedies: the smallest single changes that end or reduce one shortage, each verified by a warm solve.

Let f(θ) be the optimum with θ more units of a limit, and g(θ) the optimum that also meets the shortage target.

- `reserved`: the smallest θ with g(θ) ≤ f(0). The total objective does not get worse, but individual counties may gain or lose. As g
  is convex and piecewise linear, Newton steps find θ exactly; each step is one warm solve whose dual values give the slope.
- `unreserved`: the smallest θ for which the unconstrained optimum already meets the target; at least the reserved amount.
  Doubling and bisection find θ to a relative width of 0.05.
- `reallocated`: no extra resources. The result includes the increase of the objective, g(0) − f(0), and who loses.

With ordered goals, no goal may get worse. Newton steps are taken for each goal in order, with bounds on the earlier goals, from the θ
of the goal before. The limits of `own_needs_first` are those without the candidate; `shortage_if_not_reserved` solves both stages again.
"""

from collections.abc import Sequence
from dataclasses import replace
from time import monotonic
from typing import Literal

import numpy as np

from models.answers import LimitReference, Remedies, Remedy, ShortageChange
from models.changes.apply import apply_changes
from models.changes.change import Change
from models.validation.checks import InvalidProblemError
from solvers.data.whole_unit_limits import round_up
from solvers.errors import SensitivityUnavailableError
from solvers.results.limits import LOWER_LIMITS
from solvers.sensitivity.bounds import Bounds
from solvers.sensitivity.changed_plan import open_changed
from solvers.sensitivity.goal_stages import NO_WORSE_TOLERANCE, OptimalPoint, compute_final_values
from solvers.sensitivity.remedies.candidate_changes import CandidateChange
from solvers.sensitivity.remedies.hypothetical_offers import HypotheticalOffer, list_hypothetical_offers
from solvers.sensitivity.remedies.required_amount import find_min_reserved_amount, find_min_unreserved_amount
from solvers.sensitivity.remedies.shortage_targets import (
    ShortageTarget,
    build_target_bounds,
    find_shortage_target,
    list_target_candidates,
    open_target_session,
)
from solvers.sensitivity.session import SensitivitySession
from solvers.sensitivity.shadow_prices import describe_amount, weigh_shortage_change

RemedyKind = Literal["reserved", "unreserved", "reallocated"]
"""Kind of a remedy; see the description of this module."""


def find_remedies(
    session: SensitivitySession,
    county: str,
    item: str,
    period: str,
    *,
    target_share: float = 0.5,
    max_candidates: int = 5,
    max_results: int | None = None,
    include_unreserved: bool = False,
    time_limit_seconds: float = 60.0,
) -> Remedies:
    """Find remedies that leave at most `target_share` of the shortage of one item in one county and period.

    Limits with the largest value at their shadow price come first, then the opening stock, then hypothetical offers.

    Parameters
    ----------
    target_share
        Share of the shortage that may remain; 0 ends the shortage.
    max_candidates
        Maximum number of candidates, without the opening stock and offers.
    max_results
        Stop after this number of remedies with changes.
    include_unreserved
        Also find unreserved amounts.
    time_limit_seconds
        Limit of the search, including each solve.

    Raises
    ------
    KeyError
        The county, item or period is unknown.
    """
    shortage = find_shortage_target(session, county, item, period, target_share)
    if shortage.shortage <= 0:
        return Remedies(
            county=county, item=item, period=period, shortage=0.0, target_shortage=0.0, remedies=(), evaluated=0
        )
    deadline = monotonic() + time_limit_seconds
    candidates, offers = (
        list_target_candidates(session, shortage, max_candidates),
        list_hypothetical_offers(session.arrays.problem, shortage),
    )
    targeted = open_target_session(session, shortage)
    with targeted.set_time_limit(time_limit_seconds):
        found, evaluated = _evaluate_candidates(
            targeted, shortage, candidates, max_results=max_results, include_unreserved=include_unreserved
        )
    for offer in offers if evaluated == len(candidates) else ():
        if monotonic() >= deadline or _has_enough_remedies(found, max_results):
            break
        found += _evaluate_offer(
            session, shortage, offer, include_unreserved=include_unreserved, time_limit_seconds=deadline - monotonic()
        )
        evaluated += 1
    found.sort(key=lambda r: (r.kind == "reallocated", r.relative_amount))
    return Remedies(
        county=county,
        item=item,
        period=period,
        shortage=shortage.shortage,
        target_shortage=shortage.target_shortage,
        remedies=tuple(found),
        evaluated=evaluated,
        not_evaluated=len(candidates) + len(offers) - evaluated,
    )


def _evaluate_candidates(
    session: SensitivitySession,
    shortage: ShortageTarget,
    candidates: Sequence[CandidateChange],
    *,
    max_results: int | None,
    include_unreserved: bool,
) -> tuple[list[Remedy], int]:
    """Evaluate candidates in order until there are enough remedies or the time is over; also return the number evaluated."""
    bounds_of_target = build_target_bounds(session, shortage)
    shared = session.solve_all_goals(bounds_of_target)
    unreserved = None if shared is None else _build_remedy(session, shortage, None, "reallocated", (0.0, shared))
    found, evaluated = [] if unreserved is None else [unreserved], 0
    for candidate in candidates:
        if _has_enough_remedies(found, max_results):
            break
        amount_text = _evaluate_candidate(
            session, shortage, candidate, (bounds_of_target, shared), include_unreserved=include_unreserved
        )
        if session.is_deadline_passed and not amount_text:
            break  # the time limit stopped the evaluation
        found += amount_text
        evaluated += 1
    return found, evaluated


def _has_enough_remedies(remedies: Sequence[Remedy], max_results: int | None) -> bool:
    """Return whether there are enough remedies with changes; reallocation does not count."""
    return max_results is not None and sum(remedy.changes != () for remedy in remedies) >= max_results


def _evaluate_offer(
    session: SensitivitySession,
    shortage: ShortageTarget,
    offer: HypotheticalOffer,
    *,
    include_unreserved: bool,
    time_limit_seconds: float,
) -> list[Remedy]:
    """Evaluate a hypothetical offer."""
    try:
        opened = offer.open_session(session)
    except SensitivityUnavailableError:
        return []
    if opened is None:
        return []
    opened_session, candidate = opened
    target = find_shortage_target(opened_session, *shortage.location, 1.0)
    if target.shortage <= shortage.target_shortage:
        return []  # an alternative optimum without this shortage
    target = replace(target, target_shortage=shortage.target_shortage)
    opened_session = open_target_session(opened_session, target)
    with opened_session.set_time_limit(time_limit_seconds):
        bounds_of_target = build_target_bounds(opened_session, target)
        return _evaluate_candidate(
            opened_session,
            target,
            candidate,
            (bounds_of_target, opened_session.solve_all_goals(bounds_of_target)),
            include_unreserved=include_unreserved,
        )


def _evaluate_candidate(
    session: SensitivitySession,
    shortage: ShortageTarget,
    candidate: CandidateChange,
    reallocation: tuple[Bounds, OptimalPoint | None],
    *,
    include_unreserved: bool,
) -> list[Remedy]:
    """Evaluate one candidate; `reallocation` has the bounds with the target, and the solution without extra resources."""
    bounds, reallocated = reallocation
    reserved = find_min_reserved_amount(session, candidate, bounds, reallocated)
    if reserved is not None and reserved[0] <= 1e-9 * (1 + candidate.limit):
        return []  # reallocation meets the target without a loss
    unreserved = (
        find_min_unreserved_amount(session, candidate, shortage, reserved[0])
        if include_unreserved and reserved is not None
        else None
    )
    if candidate.step > 0 or is_in_whole_units(session, candidate):
        reserved = _round_up_amount(session, candidate, bounds, reserved)
        unreserved = _round_up_amount(session, candidate, Bounds.from_program(session.lp), unreserved)
    results: tuple[tuple[RemedyKind, tuple[float, OptimalPoint] | None], ...] = (
        ("reserved", reserved),
        ("unreserved", unreserved),
    )
    remedies = (
        _build_remedy(session, shortage, candidate, kind, found) for kind, found in results if found is not None
    )
    return [remedy for remedy in remedies if remedy is not None]


def is_in_whole_units(session: SensitivitySession, candidate: CandidateChange) -> bool:
    """Return whether the limit is an amount of an item in whole units, which counts only as far as it is whole."""
    named = {candidate.limit_reference["id"], candidate.limit_reference["part"]}
    return any(
        item.whole_units and item.id in named and item.unit == candidate.limit_reference["unit"]
        for item in session.arrays.problem.items
    )


def _round_up_amount(
    session: SensitivitySession,
    candidate: CandidateChange,
    bounds: Bounds,
    solution: tuple[float, OptimalPoint] | None,
) -> tuple[float, OptimalPoint] | None:
    """Return the amount at which the limit is whole or has grown by whole steps, and its solution; None if there is none."""
    if solution is None:
        return None
    if candidate.step > 0:
        amount = float(round_up(np.array(solution[0]), candidate.step))
    else:
        amount = float(round_up(np.array(candidate.limit + solution[0]))) - candidate.limit
    amount = min(amount, candidate.max_amount)
    if amount <= solution[0]:
        return solution
    point = session.solve_all_goals(candidate.build_bound_path(bounds).compute_bounds_at(amount))
    return None if point is None else (amount, point)


def _build_remedy(
    session: SensitivitySession,
    shortage: ShortageTarget,
    candidate: CandidateChange | None,
    kind: RemedyKind,
    solution: tuple[float, OptimalPoint],
) -> Remedy | None:
    """Build a remedy; return None if the problem with its changes has no plan."""
    amount, point = solution
    changes = () if candidate is None else candidate.to_changes(amount, point.values)
    shortage_if_not_reserved = (
        None if candidate is None else _compute_unreserved_shortage(session, shortage, candidate, amount, changes)
    )
    if candidate is not None and shortage_if_not_reserved is None:
        return None
    others = _list_other_changes(session, shortage, point)
    name = candidate.limit_reference if candidate else dict.fromkeys(("rule", "id", "part", "period", "unit"), "")
    change = session.compute_plain_objective(point.values) - session.plain_objective
    current_goals = compute_final_values(session.goal_stages, session.point.values)
    worse_off = sorted((o for o in others if o.objective_change > 0), key=lambda o: -o.objective_change)
    remedy = Remedy(
        **name,
        kind=kind,
        amount=amount,
        relative_amount=amount / candidate.limit if candidate and candidate.limit > 0 else amount,
        before=shortage.shortage,
        after=float(point.values[shortage.shortage_columns].sum()),
        objective_change=0.0 if abs(change) <= NO_WORSE_TOLERANCE * (1 + abs(session.plain_objective)) else change,
        loss_to_others=sum(o.objective_change for o in worse_off),
        gain_to_others=-sum(o.objective_change for o in others if o.objective_change < 0),
        worse_off=tuple(worse_off[:5]),
        goal_changes={
            key: value - current_goals[key]
            for key, value in compute_final_values(session.goal_stages, point.values).items()
        },
        changes=changes,
        shortage_if_not_reserved=shortage_if_not_reserved,
        text="",
    )
    return remedy.model_copy(update={"text": _describe_remedy(shortage, candidate, remedy)})


def _compute_unreserved_shortage(
    session: SensitivitySession,
    shortage: ShortageTarget,
    candidate: CandidateChange,
    amount: float,
    changes: tuple[Change, ...],
) -> float | None:
    """Return the shortage in the best plan with the changes and no reservation; None without a plan."""
    policy = session.arrays.problem.policy
    exact = candidate.limit_reference["rule"] != "local_floor" and not policy.own_needs_first
    if exact:
        point = session.solve_all_goals(
            candidate.build_bound_path(Bounds.from_program(session.lp)).compute_bounds_at(amount)
        )
        return None if point is None else float(point.values[shortage.shortage_columns].sum())
    try:
        following = open_changed(session, apply_changes(session.arrays.problem, changes))
    except InvalidProblemError:
        return None
    return None if following is None else find_shortage_target(following, *shortage.location, 1.0).shortage


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


def _describe_remedy(shortage: ShortageTarget, candidate: CandidateChange | None, remedy: Remedy) -> str:
    county, item, period = shortage.location
    tolerance = 1e-6 * (1 + shortage.shortage)
    verb = "ends" if remedy.after <= tolerance else f"leaves {remedy.after:,.4g} {shortage.unit} of"
    effect = f"{verb} the shortage of {item} in {county} in {period}"
    if candidate is None:
        return f"No extra resources: redistribution {effect}. The objective gets worse by {remedy.objective_change:,.4g} won."
    is_lower = candidate.limit_reference["rule"] in LOWER_LIMITS
    amount_text = (
        describe_amount(candidate.limit_reference, remedy.amount)
        if is_lower
        else _describe_increase(candidate.limit_reference, remedy.amount)
    )
    if remedy.kind == "unreserved":
        return f"{amount_text}, not reserved, {effect} in the best plan."
    others = f"others lose {remedy.loss_to_others:,.4g} won of served demand and gain {remedy.gain_to_others:,.4g}"
    unreserved_shortage = remedy.shortage_if_not_reserved or 0.0
    unreserved = (
        ""
        if unreserved_shortage <= remedy.after + tolerance
        else f" If the extra amount is not reserved for this demand, {unreserved_shortage:,.4g} {shortage.unit} remain short."
    )
    return f"{amount_text}, reserved for this demand, {effect}. The objective does not get worse: {others}.{unreserved}"


def _describe_increase(reference: dict[str, str], amount: float) -> str:
    """Describe an additional amount, such as `3.2 MWh more in kapsan in 1998-02`."""
    size, unit, *rest = describe_amount(reference, amount).split(" ")
    return " ".join((size, unit, "more", *rest))


def verify_remedy(session: SensitivitySession, location: tuple[str, str, str], remedy: Remedy) -> bool:
    """Return whether a new solve confirms a remedy: its shortage, its objective and its goals."""
    shortage = replace(find_shortage_target(session, *location, 1.0), target_shortage=remedy.after)
    reference = tuple(getattr(remedy, name) for name in LimitReference.model_fields)
    candidates = [
        c for c in list_target_candidates(session, shortage, 10**6) if tuple(c.limit_reference.values()) == reference
    ]
    if remedy.changes and not candidates:
        opened = HypotheticalOffer(remedy.id, remedy.part, remedy.period).open_session(session)
        if opened is None:
            return False
        session, candidates = opened[0], [opened[1]]
        shortage = replace(find_shortage_target(session, *location, 1.0), target_shortage=remedy.after)
    session = open_target_session(session, shortage)
    bounds = build_target_bounds(session, shortage)
    if candidates:
        bounds = candidates[0].build_bound_path(bounds).compute_bounds_at(remedy.amount)
    tolerance_bounds: list[float] = []
    for stage in session.goal_stages if remedy.kind == "reserved" else ():
        point = session.solve_goal_stage(stage, bounds, tolerance_bounds)
        if point is None or point.objective > stage.no_worse_bound + NO_WORSE_TOLERANCE * (
            1 + abs(stage.no_worse_bound)
        ):
            return False
        tolerance_bounds.append(stage.no_worse_bound)
    best = session.solve_all_goals(bounds)
    if best is None or float(best.values[shortage.shortage_columns].sum()) > remedy.after + 1e-6:
        return False
    slack = 10 * NO_WORSE_TOLERANCE * (1 + abs(session.plain_objective))
    if remedy.kind == "unreserved":
        unreserved = session.solve_all_goals(
            candidates[0].build_bound_path(Bounds.from_program(session.lp)).compute_bounds_at(remedy.amount)
        )
        return (
            unreserved is not None
            and session.compute_plain_objective(best.values)
            <= session.compute_plain_objective(unreserved.values) + slack
        )
    return (
        bool(session.goal_stages[0].goal)
        or session.compute_plain_objective(best.values) <= session.plain_objective + remedy.objective_change + slack
    )

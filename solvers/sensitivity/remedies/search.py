"""The smallest single changes that end or halve one shortage, each verified by a warm solve before it is shown.

With f(θ) the optimum when a lever gives θ units more, and g(θ) the same when the need may also go no shorter than the target:

- `kept`: the least θ with g(θ) ≤ f(0): so much more, kept for this need, and the plan as a whole, by its objective, is no worse
  than now. Others may lose and gain within that: what the policy weighs alike may change places. g is convex and piecewise
  linear, so Newton's steps from the left, each a warm solve whose prices give the slope, meet the least θ exactly.
- `free`: θ with which the best plan leaves the need no shorter than the target without being told to. Never less than `kept`;
  found by doubling and halving, the least found to a twentieth.
- `shared`: nothing more of anything: the need is served with what there is, made earlier or taken from others; what the plan
  as a whole loses by it, g(0) − f(0), and who.

Where goals are ordered, no goal may come to less than now: Newton's steps are taken for each goal in its turn, with those before it
held, from the θ that the last one needed. `shared` takes the goals in turn with the need served. What `own_needs_first` holds
is what the plan without swaps came to without the lever; `posted` plans both anew.
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
from solvers.sensitivity.bounds import Bounds
from solvers.sensitivity.changed_plan import open_changed
from solvers.sensitivity.errors import SensitivityUnavailableError
from solvers.sensitivity.goal_stages import GOAL_SLACK, OptimalPoint, compute_final_values
from solvers.sensitivity.remedies.candidate_changes import CandidateChange
from solvers.sensitivity.remedies.hypothetical_offers import HypotheticalOffer, list_hypothetical_offers
from solvers.sensitivity.remedies.required_amount import min_reserved_amount, min_unreserved_amount as free_amount
from solvers.sensitivity.remedies.shortage_targets import (
    ShortageTarget,
    bounds_with_target,
    find_shortage_target,
    list_candidates_for,
)
from solvers.sensitivity.session import SensitivitySession
from solvers.sensitivity.shadow_prices import describe_amount, weigh_shortage_change

RemedyKind = Literal["reserved", "unreserved", "reallocated"]
"""In which sense a remedy mends the shortage; see the head of this module."""


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
    """Remedies for the shortage of one item in one county and period that leave at most the share `left` of it (0 ends it).

    The limits with most within reach are tried first, `most` levers at most, and stock in store before the plan begins; with
    `free`, also the amounts with which the best plan needs no telling. No further lever is tried once `limit` remedies that
    change something are found, or `seconds` are over, which no solve outlasts. KeyError for a need that is not there.
    """
    need = find_shortage_target(session, county, item, period, target_share)
    if need.before <= 0:
        return Remedies(
            county=county, item=item, period=period, shortage=0.0, target_shortage=0.0, remedies=(), evaluated=0
        )
    until = monotonic() + time_limit_seconds
    candidates, offers = (
        list_candidates_for(session, need, max_candidates),
        list_hypothetical_offers(session.arrays.problem, need),
    )
    with session.set_time_limit(time_limit_seconds):
        found, tried = _evaluate_candidates(
            session, need, candidates, max_results=max_results, include_unreserved=include_unreserved
        )
    for offer in offers if tried == len(candidates) else ():
        if monotonic() >= until or _has_enough_remedies(found, max_results):
            break
        found += _evaluate_offer(
            session, need, offer, include_unreserved=include_unreserved, time_limit_seconds=until - monotonic()
        )
        tried += 1
    found.sort(key=lambda r: (r.kind == "reallocated", r.relative_amount))
    return Remedies(
        county=county,
        item=item,
        period=period,
        shortage=need.before,
        target_shortage=need.target,
        remedies=tuple(found),
        evaluated=tried,
        not_evaluated=len(candidates) + len(offers) - tried,
    )


def _evaluate_candidates(
    session: SensitivitySession,
    need: ShortageTarget,
    candidates: Sequence[CandidateChange],
    *,
    max_results: int | None,
    include_unreserved: bool,
) -> tuple[list[Remedy], int]:
    """Remedies of the levers in their order, until there are enough or the time is over; and how many levers were tried."""
    held = bounds_with_target(session, need)
    shared = session.solve_all_goals(held)
    alone = None if shared is None else _build_remedy(session, need, None, "reallocated", (0.0, shared))
    found, tried = [] if alone is None else [alone], 0
    for candidate in candidates:
        if _has_enough_remedies(found, max_results):
            break
        more = _evaluate_candidate(session, need, candidate, (held, shared), include_unreserved=include_unreserved)
        if session.is_time_over and not more:
            break  # it was cut short
        found += more
        tried += 1
    return found, tried


def _has_enough_remedies(found: Sequence[Remedy], max_results: int | None) -> bool:
    """Whether there are as many remedies as were asked for; `shared` changes nothing, so it does not count."""
    return max_results is not None and sum(remedy.changes != () for remedy in found) >= max_results


def _evaluate_offer(
    session: SensitivitySession,
    need: ShortageTarget,
    offer: HypotheticalOffer,
    *,
    include_unreserved: bool,
    time_limit_seconds: float,
) -> list[Remedy]:
    """Remedies by an offer that is not made now."""
    try:
        opened = offer.open_session(session)
    except SensitivityUnavailableError:
        return []
    if opened is None:
        return []
    other, candidate = opened
    same = find_shortage_target(other, *need.where, 1.0)
    if same.before <= need.target:
        return []  # another plan as good, in which nothing is short there
    same = replace(same, target=need.target)
    with other.set_time_limit(time_limit_seconds):
        held = bounds_with_target(other, same)
        return _evaluate_candidate(
            other, same, candidate, (held, other.solve_all_goals(held)), include_unreserved=include_unreserved
        )


def _evaluate_candidate(
    session: SensitivitySession,
    need: ShortageTarget,
    candidate: CandidateChange,
    reallocation: tuple[Bounds, OptimalPoint | None],
    *,
    include_unreserved: bool,
) -> list[Remedy]:
    """Remedies by one lever. `alone`: bounds with the need served, and the plan with nothing more of anything."""
    held, shared = reallocation
    least = min_reserved_amount(session, candidate, held, shared)
    if least is not None and least[0] <= 1e-9 * (1 + candidate.limit):
        return []  # nothing more is needed: `shared` mends it at no loss
    wider = free_amount(session, candidate, need, least[0]) if include_unreserved and least is not None else None
    ways: tuple[tuple[RemedyKind, tuple[float, OptimalPoint] | None], ...] = (
        ("reserved", least),
        ("unreserved", wider),
    )
    made = (_build_remedy(session, need, candidate, manner, way) for manner, way in ways if way is not None)
    return [remedy for remedy in made if remedy is not None]


def _build_remedy(
    session: SensitivitySession,
    need: ShortageTarget,
    candidate: CandidateChange | None,
    kind: RemedyKind,
    found: tuple[float, OptimalPoint],
) -> Remedy | None:
    """The remedy, with what comes of posting it; None where the problem with its changes cannot be planned."""
    amount, point = found
    changes = () if candidate is None else candidate.to_changes(amount, point.values)
    posted = None if candidate is None else _solve_without_reservation(session, need, candidate, amount, changes)
    if candidate is not None and posted is None:
        return None
    others = _list_other_changes(session, need, point)
    name = candidate.name if candidate else dict.fromkeys(("rule", "id", "part", "period", "unit"), "")
    change = session.plain_objective_at(point.values) - session.plain_objective
    now = compute_final_values(session.goal_stages, session.point.values)
    losers = sorted((o for o in others if o.objective_change > 0), key=lambda o: -o.objective_change)
    remedy = Remedy(
        **name,
        kind=kind,
        amount=amount,
        relative_amount=amount / candidate.limit if candidate and candidate.limit > 0 else amount,
        before=need.before,
        after=float(point.values[need.columns].sum()),
        objective_change=0.0 if abs(change) <= GOAL_SLACK * (1 + abs(session.plain_objective)) else change,
        loss_to_others=sum(o.objective_change for o in losers),
        gain_to_others=-sum(o.objective_change for o in others if o.objective_change < 0),
        worse_off=tuple(losers[:5]),
        goal_changes={
            key: value - now[key] for key, value in compute_final_values(session.goal_stages, point.values).items()
        },
        changes=changes,
        shortage_if_not_reserved=posted,
        text="",
    )
    return remedy.model_copy(update={"text": _describe_remedy(need, candidate, remedy)})


def _solve_without_reservation(
    session: SensitivitySession,
    need: ShortageTarget,
    candidate: CandidateChange,
    amount: float,
    changes: tuple[Change, ...],
) -> float | None:
    """Units short in the best plan with the changes and nothing kept; None where there is no such plan."""
    policy = session.arrays.problem.policy
    exact = candidate.name["rule"] != "local_floor" and not policy.own_needs_first
    if exact:
        point = session.solve_all_goals(candidate.bound_path(Bounds.from_program(session.lp)).bounds_at(amount))
        return None if point is None else float(point.values[need.columns].sum())
    try:
        following = open_changed(session, apply_changes(session.arrays.problem, changes))
    except InvalidProblemError:
        return None
    return None if following is None else find_shortage_target(following, *need.where, 1.0).before


def _list_other_changes(session: SensitivitySession, need: ShortageTarget, point: OptimalPoint) -> list[ShortageChange]:
    """Every other need whose shortage changes."""
    block, labels = session.program.variables["short"], session.arrays.labels
    units, won = weigh_shortage_change(session, point.values - session.point.values)
    place, item, period = (block.axes[a] for a in ("place", "item", "period"))
    shape = (len(labels["place"]), len(labels["item"]), len(labels["period"]))
    cells = np.ravel_multi_index((place, item, period), shape)
    size = int(np.prod(shape))
    total, worth = (np.bincount(cells, weights=-what, minlength=size) for what in (units, won))
    own = cells[need.columns[0] - block.start]
    total[own] = worth[own] = 0.0
    rows = []
    for cell in np.flatnonzero(np.abs(total) > 1e-6):
        n, i, t = (int(v) for v in np.unravel_index(cell, shape))
        where = {"county": labels["place"][n], "item": labels["item"][i], "period": labels["period"][t]}
        rows.append(ShortageChange(**where, units=float(total[cell]), objective_change=float(worth[cell])))
    return rows


def _describe_remedy(need: ShortageTarget, candidate: CandidateChange | None, remedy: Remedy) -> str:
    county, item, period = need.where
    nothing = 1e-6 * (1 + need.before)
    verb = "ends" if remedy.after <= nothing else f"leaves {remedy.after:,.4g} {need.unit} of"
    what = f"{verb} the shortage of {item} in {county} in {period}"
    if candidate is None:
        return f"Without anything more, sharing otherwise {what}; the plan as a whole loses {remedy.objective_change:,.4g} won."
    less = candidate.name["rule"] in ("local_floor", "line_least", "stock_least")
    more = describe_amount(candidate.name, remedy.amount) if less else _describe_amount(candidate.name, remedy.amount)
    if remedy.kind == "unreserved":
        return f"{more} {what} in the best plan."
    others = f"others lose {remedy.loss_to_others:,.4g} won of need and gain {remedy.gain_to_others:,.4g}"
    posted = remedy.shortage_if_not_reserved or 0.0
    alone = "" if posted <= remedy.after + nothing else f" Kept for nobody, it leaves {posted:,.4g} {need.unit}."
    return f"{more}, kept for it, {what}; the plan as a whole is no worse: {others}.{alone}"


def _describe_amount(name: dict[str, str], amount: float) -> str:
    """`3.2 MWh more in kapsan in 1998-02`."""
    size, unit, *rest = describe_amount(name, amount).split(" ")
    return " ".join((size, unit, "more", *rest))


def verify_remedy(session: SensitivitySession, where: tuple[str, str, str], remedy: Remedy) -> bool:
    """Whether a remedy does what it says, tried by itself once more: a plan of those goals serves the need so far."""
    need = replace(find_shortage_target(session, *where, 1.0), target=remedy.after)
    names = tuple(getattr(remedy, name) for name in LimitReference.model_fields)
    candidates = [c for c in list_candidates_for(session, need, 10**6) if tuple(c.name.values()) == names]
    if remedy.changes and not candidates:
        opened = HypotheticalOffer(remedy.id, remedy.part, remedy.period).open_session(session)
        if opened is None:
            return False
        session, candidates = opened[0], [opened[1]]
        need = replace(find_shortage_target(session, *where, 1.0), target=remedy.after)
    bounds = bounds_with_target(session, need)
    if candidates:
        bounds = candidates[0].bound_path(bounds).bounds_at(remedy.amount)
    before: list[float] = []
    for stage in session.goal_stages if remedy.kind == "reserved" else ():
        point = session.solve_goal_stage(stage, bounds, before)
        if point is None or point.objective > stage.no_worse_bound + GOAL_SLACK * (1 + abs(stage.no_worse_bound)):
            return False
        before.append(stage.no_worse_bound)
    best = session.solve_all_goals(bounds)
    if best is None or float(best.values[need.columns].sum()) > remedy.after + 1e-6:
        return False
    slack = 10 * GOAL_SLACK * (1 + abs(session.plain_objective))
    if remedy.kind == "unreserved":
        alone = session.solve_all_goals(
            candidates[0].bound_path(Bounds.from_program(session.lp)).bounds_at(remedy.amount)
        )
        return (
            alone is not None
            and session.plain_objective_at(best.values) <= session.plain_objective_at(alone.values) + slack
        )
    return (
        bool(session.goal_stages[0].goal)
        or session.plain_objective_at(best.values) <= session.plain_objective + remedy.objective_change + slack
    )

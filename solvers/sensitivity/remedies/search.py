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
from solvers.sensitivity.errors import NothingToAsk
from solvers.sensitivity.goal_stages import SLACK, Point, final_values
from solvers.sensitivity.remedies.candidate_changes import Lever
from solvers.sensitivity.remedies.hypothetical_offers import ExtraOffer, extra_offers
from solvers.sensitivity.remedies.required_amount import free as free_amount, kept
from solvers.sensitivity.remedies.shortage_targets import Need, find_need, imposed, levers_for
from solvers.sensitivity.reopening import restand
from solvers.sensitivity.session import Bounds, Standing
from solvers.sensitivity.shadow_prices import spoken, weighted_short

Manner = Literal["reserved", "unreserved", "reallocated"]
"""In which sense a remedy mends the shortage; see the head of this module."""


def remedies(
    standing: Standing,
    county: str,
    item: str,
    period: str,
    *,
    left: float = 0.5,
    most: int = 5,
    limit: int | None = None,
    free: bool = False,
    seconds: float = 60.0,
) -> Remedies:
    """Remedies for the shortage of one item in one county and period that leave at most the share `left` of it (0 ends it).

    The limits with most within reach are tried first, `most` levers at most, and stock in store before the plan begins; with
    `free`, also the amounts with which the best plan needs no telling. No further lever is tried once `limit` remedies that
    change something are found, or `seconds` are over, which no solve outlasts. KeyError for a need that is not there.
    """
    need = find_need(standing, county, item, period, left)
    if need.before <= 0:
        return Remedies(
            county=county, item=item, period=period, shortage=0.0, target_shortage=0.0, remedies=(), evaluated=0
        )
    until = monotonic() + seconds
    levers, offers = levers_for(standing, need, most), extra_offers(standing.index.problem, need)
    with standing.within(seconds):
        found, tried = _found(standing, need, levers, limit=limit, free=free)
    for offer in offers if tried == len(levers) else ():
        if monotonic() >= until or _enough(found, limit):
            break
        found += _by_offer(standing, need, offer, free=free, seconds=until - monotonic())
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
        not_evaluated=len(levers) + len(offers) - tried,
    )


def _found(
    standing: Standing, need: Need, levers: Sequence[Lever], *, limit: int | None, free: bool
) -> tuple[list[Remedy], int]:
    """Remedies of the levers in their order, until there are enough or the time is over; and how many levers were tried."""
    held = imposed(standing, need)
    shared = standing.best(held)
    alone = None if shared is None else _remedy(standing, need, None, "reallocated", (0.0, shared))
    found, tried = [] if alone is None else [alone], 0
    for lever in levers:
        if _enough(found, limit):
            break
        more = _by(standing, need, lever, (held, shared), free=free)
        if standing.over and not more:
            break  # it was cut short
        found += more
        tried += 1
    return found, tried


def _enough(found: Sequence[Remedy], limit: int | None) -> bool:
    """Whether there are as many remedies as were asked for; `shared` changes nothing, so it does not count."""
    return limit is not None and sum(remedy.changes != () for remedy in found) >= limit


def _by_offer(standing: Standing, need: Need, offer: ExtraOffer, *, free: bool, seconds: float) -> list[Remedy]:
    """Remedies by an offer that is not made now."""
    try:
        opened = offer.opened(standing)
    except NothingToAsk:
        return []
    if opened is None:
        return []
    other, lever = opened
    same = find_need(other, *need.where, 1.0)
    if same.before <= need.target:
        return []  # another plan as good, in which nothing is short there
    same = replace(same, target=need.target)
    with other.within(seconds):
        held = imposed(other, same)
        return _by(other, same, lever, (held, other.best(held)), free=free)


def _by(
    standing: Standing, need: Need, lever: Lever, alone: tuple[Bounds, Point | None], *, free: bool
) -> list[Remedy]:
    """Remedies by one lever. `alone`: bounds with the need served, and the plan with nothing more of anything."""
    held, shared = alone
    least = kept(standing, lever, held, shared)
    if least is not None and least[0] <= 1e-9 * (1 + lever.limit):
        return []  # nothing more is needed: `shared` mends it at no loss
    wider = free_amount(standing, lever, need, least[0]) if free and least is not None else None
    ways: tuple[tuple[Manner, tuple[float, Point] | None], ...] = (("reserved", least), ("unreserved", wider))
    made = (_remedy(standing, need, lever, manner, way) for manner, way in ways if way is not None)
    return [remedy for remedy in made if remedy is not None]


def _remedy(
    standing: Standing,
    need: Need,
    lever: Lever | None,
    manner: Manner,
    found: tuple[float, Point],
) -> Remedy | None:
    """The remedy, with what comes of posting it; None where the problem with its changes cannot be planned."""
    amount, point = found
    changes = () if lever is None else lever.makes(amount, point.values)
    posted = None if lever is None else _posted(standing, need, lever, amount, changes)
    if lever is not None and posted is None:
        return None
    others = _others(standing, need, point)
    name = lever.name if lever else dict.fromkeys(("rule", "id", "part", "period", "unit"), "")
    change = standing.won_at(point.values) - standing.won
    now = final_values(standing.turns, standing.point.values)
    losers = sorted((o for o in others if o.objective_change > 0), key=lambda o: -o.objective_change)
    remedy = Remedy(
        **name,
        kind=manner,
        amount=amount,
        relative_amount=amount / lever.limit if lever and lever.limit > 0 else amount,
        before=need.before,
        after=float(point.values[need.columns].sum()),
        objective_change=0.0 if abs(change) <= SLACK * (1 + abs(standing.won)) else change,
        loss_to_others=sum(o.objective_change for o in losers),
        gain_to_others=-sum(o.objective_change for o in others if o.objective_change < 0),
        worse_off=tuple(losers[:5]),
        goal_changes={key: value - now[key] for key, value in final_values(standing.turns, point.values).items()},
        changes=changes,
        shortage_if_not_reserved=posted,
        text="",
    )
    return remedy.model_copy(update={"text": _text(need, lever, remedy)})


def _posted(standing: Standing, need: Need, lever: Lever, amount: float, changes: tuple[Change, ...]) -> float | None:
    """Units short in the best plan with the changes and nothing kept; None where there is no such plan."""
    policy = standing.index.problem.policy
    exact = lever.name["rule"] != "local_floor" and not policy.own_needs_first
    if exact:
        point = standing.best(lever.way(Bounds.of(standing.lp)).at(amount))
        return None if point is None else float(point.values[need.columns].sum())
    try:
        following = restand(standing, apply_changes(standing.index.problem, changes))
    except InvalidProblemError:
        return None
    return None if following is None else find_need(following, *need.where, 1.0).before


def _others(standing: Standing, need: Need, point: Point) -> list[ShortageChange]:
    """Every other need whose shortage changes."""
    block, labels = standing.program.decisions["short"], standing.index.labels
    units, won = weighted_short(standing, point.values - standing.point.values)
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


def _text(need: Need, lever: Lever | None, remedy: Remedy) -> str:
    county, item, period = need.where
    nothing = 1e-6 * (1 + need.before)
    verb = "ends" if remedy.after <= nothing else f"leaves {remedy.after:,.4g} {need.unit} of"
    what = f"{verb} the shortage of {item} in {county} in {period}"
    if lever is None:
        return f"Without anything more, sharing otherwise {what}; the plan as a whole loses {remedy.objective_change:,.4g} won."
    less = lever.name["rule"] in ("local_floor", "line_least", "stock_least")
    more = spoken(lever.name, remedy.amount) if less else _more(lever.name, remedy.amount)
    if remedy.kind == "unreserved":
        return f"{more} {what} in the best plan."
    others = f"others lose {remedy.loss_to_others:,.4g} won of need and gain {remedy.gain_to_others:,.4g}"
    posted = remedy.shortage_if_not_reserved or 0.0
    alone = "" if posted <= remedy.after + nothing else f" Kept for nobody, it leaves {posted:,.4g} {need.unit}."
    return f"{more}, kept for it, {what}; the plan as a whole is no worse: {others}.{alone}"


def _more(name: dict[str, str], amount: float) -> str:
    """`3.2 MWh more in kapsan in 1998-02`."""
    size, unit, *rest = spoken(name, amount).split(" ")
    return " ".join((size, unit, "more", *rest))


def verify(standing: Standing, where: tuple[str, str, str], remedy: Remedy) -> bool:
    """Whether a remedy does what it says, tried by itself once more: a plan of those goals serves the need so far."""
    need = replace(find_need(standing, *where, 1.0), target=remedy.after)
    names = tuple(getattr(remedy, name) for name in LimitReference.model_fields)
    levers = [c for c in levers_for(standing, need, 10**6) if tuple(c.name.values()) == names]
    if remedy.changes and not levers:
        opened = ExtraOffer(remedy.id, remedy.part, remedy.period).opened(standing)
        if opened is None:
            return False
        standing, levers = opened[0], [opened[1]]
        need = replace(find_need(standing, *where, 1.0), target=remedy.after)
    bounds = imposed(standing, need)
    if levers:
        bounds = levers[0].way(bounds).at(remedy.amount)
    before: list[float] = []
    for turn in standing.turns if remedy.kind == "reserved" else ():
        point = standing.solve_turn(turn, bounds, before)
        if point is None or point.objective > turn.allowed + SLACK * (1 + abs(turn.allowed)):
            return False
        before.append(turn.allowed)
    best = standing.best(bounds)
    if best is None or float(best.values[need.columns].sum()) > remedy.after + 1e-6:
        return False
    slack = 10 * SLACK * (1 + abs(standing.won))
    if remedy.kind == "unreserved":
        alone = standing.best(levers[0].way(Bounds.of(standing.lp)).at(remedy.amount))
        return alone is not None and standing.won_at(best.values) <= standing.won_at(alone.values) + slack
    return (
        bool(standing.turns[0].goal) or standing.won_at(best.values) <= standing.won + remedy.objective_change + slack
    )

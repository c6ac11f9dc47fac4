"""The smallest single changes that end or halve one shortage, each verified by a warm solve before it is shown.

With f(θ) the optimum when a limit has θ units more, and g(θ) the same when the need may also go no shorter than the target:

- `kept`: the least θ with g(θ) ≤ f(0): so much more, kept for this need, and the plan as a whole, by its objective, is no worse
  than now. Others may lose and gain within that: what the policy weighs alike may change places. g is convex and piecewise
  linear, so Newton's steps from the left, each a warm solve whose prices give the slope, meet the least θ exactly.
- `free`: θ with which the best plan leaves the need no shorter than the target without being told to. Never less than `kept`;
  found by doubling and halving, the least found to a twentieth.
- `shared`: nothing more of anything: the need is served with what there is, made earlier or taken from others; what the plan
  as a whole loses by it, g(0) − f(0), and who.
"""

from dataclasses import replace
from typing import Literal

import numpy as np

from models.answers import LimitName, OtherNeed, Remedies, Remedy
from models.changes import Change
from solvers.answers.errors import NothingToAsk
from solvers.answers.moves import Way
from solvers.answers.needs import Candidate, Need, candidates_for, find_need, imposed, way_of
from solvers.answers.prices import spoken, weighted_short
from solvers.answers.standing import Bounds, Point, Standing

SLACK = 1e-7
"""Relative to 1 + the objective: a plan no worse than this is no worse."""

Manner = Literal["kept", "free", "shared"]
"""In which sense a remedy mends the shortage; see the head of this module."""

NEWTON_STEPS = 15
"""Warm solves that one amount may take."""

MOST_TIMES = 100.0
"""Beyond so many times the limit no remedy is looked for."""

RESOLUTION = 0.05
"""Relative width to which `free` amounts are searched."""


def remedies(
    standing: Standing,
    county: str,
    item: str,
    period: str,
    *,
    left: float = 0.5,
    most: int = 5,
    free: bool = False,
    seconds: float = 60.0,
) -> Remedies:
    """Remedies for the shortage of one item in one county and period that leave at most the share `left` of it (0 ends it).

    The limits that account for most of the price are tried first, `most` at most, and stock in store before the plan begins;
    with `free`, also the amounts with which the best plan needs no telling. `seconds` bounds each solve. Raises KeyError for
    a need that is not there, NothingToAsk where the plan's prices are not those of its shortages (ordered goals).
    """
    if standing.index.problem.policy.goals:
        raise NothingToAsk(
            "remedies are for plans that minimise weighted shortage and costs; this one has ordered goals"
        )
    need = find_need(standing, county, item, period, left)
    if need.before <= 0:
        return Remedies(county=county, item=item, period=period, shortage=0.0, target=0.0, remedies=(), tried=0)
    found: list[Remedy] = []
    candidates = candidates_for(standing, need, most)
    held = imposed(standing, need)
    shared = standing.solve(held, seconds)
    if shared is not None:
        found.append(_remedy(standing, need, None, "shared", (0.0, shared)))
    for candidate in candidates:
        kept = _kept(standing, candidate, held, shared, seconds)
        if kept is None:
            continue
        found.append(_remedy(standing, need, candidate, "kept", kept))
        wider = _free(standing, candidate, need, kept[0], seconds) if free else None
        if wider is not None:
            found.append(_remedy(standing, need, candidate, "free", wider))
    found.sort(key=lambda r: (r.manner == "shared", r.relative))
    return Remedies(
        county=county,
        item=item,
        period=period,
        shortage=need.before,
        target=need.target,
        remedies=tuple(found),
        tried=len(candidates),
    )


def _kept(
    standing: Standing, candidate: Candidate, held: Bounds, shared: Point | None, seconds: float
) -> tuple[float, Point] | None:
    """The least amount with which the need is served at no loss to the whole, and the plan then; None if there is none.

    Where the need cannot be served at all without more, there is no plan to take Newton's first step from; then the amount is
    bracketed by doubling and halved to a thousandth.
    """
    way = way_of(held, candidate)
    if shared is None:
        return _bracketed(standing, way, candidate, seconds)
    now, amount, point = standing.point.objective, 0.0, shared
    for _ in range(NEWTON_STEPS):
        if point.objective <= now + SLACK * (1 + abs(now)):
            return amount, point
        slope = way.slope(standing.lp, point)
        if slope > -1e-12:
            return None
        amount += (point.objective - now) / -slope
        following = standing.solve(way.at(amount), seconds)
        if following is None:
            return None
        point = following
    return None


def _bracketed(standing: Standing, way: Way, candidate: Candidate, seconds: float) -> tuple[float, Point] | None:
    now = standing.point.objective
    short, long = 0.0, max(candidate.limit * 0.01, 1.0)
    held: tuple[float, Point] | None = None
    for _ in range(2 * NEWTON_STEPS):
        point = standing.solve(way.at(long), seconds)
        if point is not None and point.objective <= now + SLACK * (1 + abs(now)):
            held = (long, point)
        else:
            short = long
        if held is not None and held[0] - short <= 1e-3 * held[0]:
            return held
        if held is None and long > MOST_TIMES * (1 + candidate.limit):
            return None
        long = 2 * long if held is None else (short + held[0]) / 2
    return held


def _free(
    standing: Standing, candidate: Candidate, need: Need, least: float, seconds: float
) -> tuple[float, Point] | None:
    """An amount with which the best plan serves the need of itself, and that plan; None where none is found."""
    way = way_of(Bounds.of(standing.lp), candidate)
    short, long = least, max(least, 1e-6 * (1 + candidate.limit))
    held: tuple[float, Point] | None = None
    for _ in range(NEWTON_STEPS):
        point = standing.solve(way.at(long), seconds)
        if point is None:
            return None
        if float(point.values[need.columns].sum()) <= need.target * (1 + 1e-9) + 1e-7:
            held = (long, point)
        elif held is None:
            if way.slope(standing.lp, point) > -1e-12:
                return None  # it has no price any more: yet more would change nothing
            short = long
        else:
            short = long
        if held is not None and held[0] - short <= RESOLUTION * held[0]:
            return held
        long = 2 * long if held is None else (short + held[0]) / 2
    return held


def _remedy(
    standing: Standing, need: Need, candidate: Candidate | None, manner: Manner, found: tuple[float, Point]
) -> Remedy:
    amount, point = found
    others = _others(standing, need, point)
    name = candidate.name if candidate else dict.fromkeys(("rule", "id", "part", "period", "unit"), "")
    change = point.objective - standing.point.objective
    losers = sorted((o for o in others if o.won > 0), key=lambda o: -o.won)
    remedy = Remedy(
        **name,
        manner=manner,
        amount=amount,
        relative=amount / candidate.limit if candidate and candidate.limit > 0 else amount,
        before=need.before,
        after=float(point.values[need.columns].sum()),
        objective=0.0 if abs(change) <= SLACK * (1 + abs(standing.point.objective)) else change,
        others_lose=sum(o.won for o in losers),
        others_gain=-sum(o.won for o in others if o.won < 0),
        losers=tuple(losers[:5]),
        change=_change(standing, candidate, amount) if candidate else None,
        text="",
    )
    return remedy.model_copy(update={"text": _text(need, candidate, remedy)})


def _others(standing: Standing, need: Need, point: Point) -> list[OtherNeed]:
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
        rows.append(OtherNeed(**where, units=float(total[cell]), won=float(worth[cell])))
    return rows


def _change(standing: Standing, candidate: Candidate, amount: float) -> Change | None:
    """The remedy as a change to the problem; None where no change of that name makes it."""
    problem, name = standing.index.problem, candidate.name
    if name["rule"] == "power":
        area = next(a for a in problem.power_areas if a.id == name["id"])
        own = area.own_generation_kwh
        before = own[problem.periods.index(name["period"])] if isinstance(own, tuple) else own
        return Change(what="own_generation", where=name["id"], periods=(name["period"],), value=before + amount)
    return None


def _text(need: Need, candidate: Candidate | None, remedy: Remedy) -> str:
    county, item, period = need.where
    verb = "ends" if remedy.after <= 1e-6 * (1 + need.before) else f"leaves {remedy.after:,.4g} {need.unit} of"
    what = f"{verb} the shortage of {item} in {county} in {period}"
    if candidate is None:
        return (
            f"Without anything more, sharing otherwise {what}; the plan as a whole loses {remedy.objective:,.4g} won."
        )
    more = f"{spoken(candidate.name, remedy.amount)} more"
    if remedy.manner == "free":
        return f"{more} {what} in the best plan."
    others = f"others lose {remedy.others_lose:,.4g} won of need and gain {remedy.others_gain:,.4g}"
    return f"{more}, kept for it, {what}; the plan as a whole is no worse: {others}."


def verify(standing: Standing, where: tuple[str, str, str], remedy: Remedy, seconds: float = 60.0) -> bool:
    """Whether a remedy does what it says, tried by itself once more: a plan of that objective serves the need so far."""
    need = replace(find_need(standing, *where, 1.0), target=remedy.after)
    names = {name: getattr(remedy, name) for name in LimitName.model_fields}
    candidates = [c for c in candidates_for(standing, need, 10**6) if c.name == names]
    held = imposed(standing, need)
    bounds = way_of(held, candidates[0]).at(remedy.amount) if candidates else held
    point = standing.solve(bounds, seconds)
    slack = 10 * SLACK * (1 + abs(standing.point.objective))
    if point is None or float(point.values[need.columns].sum()) > remedy.after + 1e-6:
        return False
    if remedy.manner == "free":
        alone = standing.solve(way_of(Bounds.of(standing.lp), candidates[0]).at(remedy.amount), seconds)
        return alone is not None and point.objective <= alone.objective + slack
    return point.objective <= standing.point.objective + remedy.objective + slack

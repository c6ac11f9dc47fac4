"""Invariants of central supply, of swaps and of money over periods, in plain loops that import nothing from `solvers`; see `tests.invariants`."""

from collections import defaultdict
from collections.abc import Iterator

from models.problem.budgets import Budget
from models.problem.population import StockLimits
from tests.plan_reading import Reading


def check_central_share_invariant(r: Reading) -> Iterator[str]:
    """Central deliveries are at most the delivered part of the promised share or allotment.

    What is due before a period ends is promised for the period before, if it can be stored.
    """
    shares = r.problem.supply_shares
    arrived = defaultdict[tuple[str, str], float](float)
    for (_, item_id, period), units in r.central.items():
        arrived[item_id, period] += units
    for item in r.problem.items:
        share = shares.by_item.get(item.id, shares.by_category.get(item.category, shares.central))
        needed = [sum(r.need[county.id, item.id, period] for county in r.problem.counties) for period in r.periods]
        due = [sum(r.due((county.id, item.id, p)) for county in r.problem.counties) for p in r.periods]
        early = [0.0, *(due[1:] if item.storable else [0.0] * (len(due) - 1)), 0.0]
        for t, period in enumerate(r.periods):
            delivered = arrived[item.id, period]
            promise = share * (needed[t] - early[t] + early[t + 1] + r.at(shares.promised.get(item.id, 0.0), period))
            if item.kind == "material":
                promise = r.at(shares.materials.get(item.id, 0.0), period)
            if r.over(delivered, promise * r.at(shares.delivered, period)):
                yield f"central_share {(item.id, period)}: {delivered} delivered of {promise} × {shares.delivered}"


def check_own_surplus_invariant(r: Reading) -> Iterator[str]:
    """Swaps give at most what local factories have made so far and the opening stock; the past is excused."""
    past = () if r.problem.past is None else r.problem.past.periods
    for item in r.items if r.problem.policy.own_surplus else ():
        opening = sum(county.stocks.get(item, StockLimits()).opening for county in r.problem.counties)
        given = made = excused = 0.0
        for period in r.periods:
            given += sum(r.give[partner.id, item, period] for partner in r.problem.partners)
            made += sum(r.make[f.id, item, period] for f in r.problem.factories if f.level == "local")
            excused = max(0.0, given - made - opening) if period in past else excused
            if period not in past and r.over(given, made + opening + excused):
                yield f"own_surplus {(item, period)}: {given} given, {made} made, {opening} in store at first"


def check_budget_invariant(r: Reading) -> Iterator[str]:
    """What a budget covers costs at most its money, so far where money carries over; the past is excused."""
    past = () if r.problem.past is None else r.problem.past.periods
    for budget in r.problem.budgets:
        spent = available = excused = 0.0
        for period in r.periods:
            kept = (spent, available) if budget.carries_over else (0.0, 0.0)
            spent = kept[0] + _spending(r, budget, period)
            available = kept[1] + r.at(budget.won, period)
            excused = spent if period in past and budget.carries_over else excused
            if period not in past and r.over(spent, max(available, excused)):
                yield f"budget {(budget.id, period)}: {spent} won spent of {available}"


def _spending(r: Reading, budget: Budget, period: str) -> float:
    """Return the won that a budget pays in a period."""
    won: dict[str, float] = defaultdict(float)
    covered = {i for i in r.items if budget.categories is None or r.items[i].category in budget.categories}
    for factory in r.problem.factories:
        for line in factory.lines:
            if line.item in covered:
                won["making"] += line.cost_per_unit * r.quota[factory.id, line.item, line.recipe, period]
    links = {link.id: link for link in r.problem.links}
    for (link_id, _, _, item, moved), units in r.ship.items():
        link = links[link_id]
        if moved == period and item in covered:
            won["haulage"] += (link.cost_per_tonne + link.cost_per_tonne_km * link.km) * r.tonnes(item, units)
    for (_, item, delivered), units in r.central.items():
        if delivered == period and item in covered:
            kind = "central" if r.items[item].kind == "good" else "materials"
            won[kind] += budget.price_factor * r.items[item].value * units
    for (partner, item, taken), units in r.take.items():
        if taken == period and item in covered and (budget.partners is None or partner in budget.partners):
            won["swaps"] += budget.price_factor * r.items[item].value * units
    return sum(won[kind] for kind in set(budget.covers))

"""Variables of the reference model as PuLP variables, keyed by the identifiers of the problem."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pulp

from models.base import PerPeriod, expand_to_periods
from models.heads import list_heads
from models.problem.factories import Factory, Line
from models.problem.items import Item
from models.problem.network import Link
from models.problem.planning_problem import PlanningProblem
from models.problem.population import StockLimits
from models.problem.requirements import Requirement
from solvers.reference_model.bands import list_bands
from solvers.reference_model.whole_numbers import get_step, round_least, round_most, round_need

MAX_NAME_LENGTH = 90
"""Maximum length of a name before its number; LP files allow 100 letters."""

Arc = tuple[str, str, str]
"""One direction of a link: link, origin, destination."""


CountyItemUnits = dict[tuple[str, str, int], float]
"""Demand in units by county, item and position of the period; demand of 0 is not listed. A requirement stands in the place of an
item, under its key."""


def get_requirement_key(name: str) -> str:
    """Return the key of a requirement among the needs: no identifier has a space, so it is never that of an item."""
    return f"requirement {name}"


def list_needs(problem: PlanningProblem) -> dict[str, Item | Requirement]:
    """Return items by identifier, then requirements by key."""
    needs: dict[str, Item | Requirement] = {item.id: item for item in problem.items}
    return needs | {get_requirement_key(one.id): one for one in problem.requirements}


def find_need_key(problem: PlanningProblem, name: str) -> str:
    """Return the key of a stated need: an item, or else a requirement."""
    return name if any(item.id == name for item in problem.items) else get_requirement_key(name)


@dataclass(slots=True)
class ReferenceModel:
    """A problem, its demand and the variables of its program. Keys are identifiers; `t` is the position of a period."""

    problem: PlanningProblem
    """The planning problem."""
    lp: pulp.LpProblem
    """The program in PuLP."""
    demand: CountyItemUnits
    """Demand in units."""
    items: dict[str, Item]
    """Items by identifier."""
    needs: dict[str, Item | Requirement]
    """Items by identifier, and requirements by key."""
    links: dict[str, Link]
    """Links by identifier."""
    make: dict[tuple[str, int, int], pulp.LpVariable] = field(default_factory=dict)
    """Units made, by factory, position of the line and t."""
    ship: dict[tuple[Arc, str, int], pulp.LpVariable] = field(default_factory=dict)
    """Units shipped, by arc, item and t."""
    stock: dict[tuple[str, str, int], pulp.LpVariable] = field(default_factory=dict)
    """Stock at the end of t in units, by county, item and t."""
    central: dict[tuple[str, str, int], pulp.LpVariable] = field(default_factory=dict)
    """Central deliveries in units, by gateway, item and t."""
    give: dict[tuple[str, str, int], pulp.LpVariable] = field(default_factory=dict)
    """Units given in swaps, by partner, item and t."""
    take: dict[tuple[str, str, int], pulp.LpVariable] = field(default_factory=dict)
    """Units taken in swaps, by partner, item and t."""
    short: dict[tuple[str, str, int, int], pulp.LpVariable] = field(default_factory=dict)
    """Units short, by county, item, t and band."""
    discard: dict[tuple[str, str, int], pulp.LpVariable] = field(default_factory=dict)
    """Remainders of items in whole units, by place, item and t."""
    extra: dict[tuple[str, str, int], pulp.LpVariable] = field(default_factory=dict)
    """Units handed out beyond own needs, by county, item and t."""
    over: dict[tuple[str, str, int], pulp.LpVariable] = field(default_factory=dict)
    """Units taken of a requirement beyond its need, by county, key of the requirement and t."""
    rate_change: dict[tuple[str, int, int], tuple[pulp.LpVariable, pulp.LpVariable]] = field(default_factory=dict)
    """Rise and fall of the output in units per mean period from t − 1 to t, by factory, position of the line and t."""
    left_over: dict[tuple[str, str], pulp.LpVariable] = field(default_factory=dict)
    """Stock at the end of the last period above its minimum in units, by county and item."""
    given_away: dict[tuple[str, int], pulp.LpVariable] = field(default_factory=dict)
    """Value given beyond what pays for the value taken in won, by partner and last period of the settlement window."""
    name_counts: dict[str, int] = field(default_factory=dict)
    """Number of requests for each name."""
    past_variables: set[str] = field(default_factory=set)
    """Names of variables that are fixed because their period is past."""

    def get_period_positions(self) -> range:
        """Return the positions of the periods."""
        return range(len(self.problem.periods))

    def expand_to_periods(self, value: PerPeriod) -> tuple[float, ...]:
        """Return a value for each period."""
        return expand_to_periods(value, len(self.problem.periods))

    def list_all_lines(self) -> list[tuple[Factory, int, Line]]:
        """Return every line with its factory and its position in the factory."""
        return [
            (factory, position, line)
            for factory in self.problem.factories
            for position, line in enumerate(factory.lines)
        ]

    def make_unique_name(self, *parts: str) -> str:
        """Return a unique name of letters that every file format accepts."""
        plain = "".join(letter if letter.isalnum() and letter.isascii() else "_" for letter in "_".join(parts))[
            :MAX_NAME_LENGTH
        ]
        self.name_counts[plain] = self.name_counts.get(plain, 0) + 1
        return plain if self.name_counts[plain] == 1 else self.make_unique_name(plain, str(self.name_counts[plain]))

    def add_variable(self, *parts: str, least: float = 0.0, most: float | None = None) -> pulp.LpVariable:
        """Add a variable with bounds."""
        return self.lp.add_variable(self.make_unique_name(*parts), least, most)

    def add_constraint(self, constraint: pulp.LpConstraint, *parts: str) -> None:
        """Add a constraint, unless it is empty and satisfied, or has past variables only."""
        if len(constraint) and all(variable.name in self.past_variables for variable, _ in constraint.items()):
            return
        if len(constraint) or not constraint.valid():
            self.lp.addConstraint(constraint, self.make_unique_name(*parts))


def build_reference_model(problem: PlanningProblem, include_swaps: bool) -> ReferenceModel:
    """Build all variables with their bounds and no constraint; without swaps, leave out `give` and `take`."""
    model = ReferenceModel(
        problem,
        pulp.LpProblem("plan", pulp.LpMinimize),
        compute_demand(problem),
        {item.id: item for item in problem.items},
        list_needs(problem),
        {link.id: link for link in problem.links},
    )
    _add_production_variables(model)
    _add_shipment_variables(model)
    _add_stock_variables(model)
    _add_central_variables(model)
    _add_shortage_variables(model)
    if include_swaps:
        _add_swap_variables(model)
    return model


def _add_production_variables(model: ReferenceModel) -> None:
    for factory, position, line in model.list_all_lines():
        least = model.expand_to_periods(line.least)
        most = None if line.most is None else model.expand_to_periods(line.most)
        step = get_step(model.items[line.item], line)
        for t in model.get_period_positions():
            model.make[factory.id, position, t] = model.add_variable(
                "make",
                factory.id,
                line.item,
                model.problem.periods[t],
                least=round_least(least[t], step),
                most=None if most is None else round_most(most[t], step),
            )


def _add_shipment_variables(model: ReferenceModel) -> None:
    arcs: list[Arc] = [(link.id, link.from_place, link.to_place) for link in model.problem.links]
    arcs += [(link.id, link.to_place, link.from_place) for link in model.problem.links if not link.one_way]
    for arc in arcs:
        for item in model.problem.items:
            for t in model.get_period_positions() if item.transportable else ():
                model.ship[arc, item.id, t] = model.add_variable("ship", *arc, item.id, model.problem.periods[t])


def _add_stock_variables(model: ReferenceModel) -> None:
    last = len(model.problem.periods) - 1
    for county in model.problem.counties:
        for item in model.problem.items:
            limits = county.stocks.get(item.id, StockLimits())
            for t in model.get_period_positions() if item.storable else ():
                least = model.expand_to_periods(limits.least)[t]
                most = [] if limits.most is None else [model.expand_to_periods(limits.most)[t]]
                if t == last:
                    least = max(least, limits.closing_least)
                    most += [] if limits.closing_most is None else [limits.closing_most]
                step = get_step(item)
                model.stock[county.id, item.id, t] = model.add_variable(
                    "stock",
                    county.id,
                    item.id,
                    model.problem.periods[t],
                    least=round_least(least, step),
                    most=min((round_most(limit, step) for limit in most), default=None),
                )


def _add_central_variables(model: ReferenceModel) -> None:
    for gateway in model.problem.supply_shares.gateways:
        for item in model.problem.items:
            for t in model.get_period_positions():
                model.central[gateway, item.id, t] = model.add_variable(
                    "central", gateway, item.id, model.problem.periods[t]
                )


def _add_swap_variables(model: ReferenceModel) -> None:
    for partner in model.problem.partners:
        for kind, variables, limits in (("take", model.take, partner.offers), ("give", model.give, partner.wants)):
            for item, most in limits.items():
                step = get_step(model.items[item])
                for t, units in enumerate(model.expand_to_periods(most)):
                    variables[partner.id, item, t] = model.add_variable(
                        kind, partner.id, item, model.problem.periods[t], most=round_most(units, step)
                    )


def _add_shortage_variables(model: ReferenceModel) -> None:
    """Add the bands of each need; where a backlog can arrive, a constraint limits their width."""
    bands, carrying = list_bands(model.problem.policy), set[tuple[str, str]]()
    for t in model.get_period_positions():
        for county in model.problem.counties:
            for key, need in model.needs.items():
                units = model.demand.get((county.id, key, t), 0.0)
                has_backlog = (county.id, key) in carrying
                if units > 0 or has_backlog:
                    for k, band in enumerate(bands):
                        model.short[county.id, key, t, k] = model.add_variable(
                            "short",
                            county.id,
                            key,
                            model.problem.periods[t],
                            str(k),
                            most=None if has_backlog else band.width * units,
                        )
                if units > 0 and need.carry_over > 0:
                    carrying.add((county.id, key))


def compute_calendar_shares(problem: PlanningProblem, item: Item | Requirement) -> list[float]:
    """Return the share of demand in each period: by the calendar of the item, else by days, else equal."""
    count = len(problem.periods)
    if item.calendar != "even":
        return list(problem.calendars[item.calendar])
    days = expand_to_periods(1.0 if problem.period_days is None else problem.period_days, count)
    return [day / sum(days) for day in days]


def compute_demand(problem: PlanningProblem) -> CountyItemUnits:
    """Return demand in units: heads × norm × years, shares by the calendar; rows of `demand` replace it.

    d = calendar[i,t] · Σ_g heads[n,g] · norm[i,g] · years
    """
    count = len(problem.periods)
    demand: CountyItemUnits = {}
    heads_by_county = list_heads(problem)
    for key, need in list_needs(problem).items():
        shares = compute_calendar_shares(problem, need)
        for county, heads in zip(problem.counties, heads_by_county, strict=True):
            per_year = sum(norm * heads.get(group, 0.0) for group, norm in need.norms.items())
            for t in range(count):
                demand[county.id, key, t] = shares[t] * per_year * problem.years
    for row in problem.demand:
        for t, quantity in enumerate(expand_to_periods(row.quantity, count)):
            demand[row.county, find_need_key(problem, row.item), t] = quantity
    for item in (one for one in problem.items if one.whole_units):
        for county in problem.counties:
            whole = round_need([demand[county.id, item.id, t] for t in range(count)])
            demand |= {(county.id, item.id, t): units for t, units in enumerate(whole)}
    return {key: units for key, units in demand.items() if units > 0}


def fix_past_variables(model: ReferenceModel) -> None:
    """Fix every variable of past periods; amounts that are not listed are 0."""
    past = model.problem.past
    if past is None:
        return
    ends = {(link.id, link.to_place): (link.id, link.from_place, link.to_place) for link in model.problem.links}
    ends |= {(link.id, link.from_place): (link.id, link.to_place, link.from_place) for link in model.problem.links}
    position = {(factory.id, line.item, line.recipe): k for factory, k, line in model.list_all_lines()}
    for t in range(len(past.periods)):
        make = {(o.factory, position[o.factory, o.item, o.recipe], t): o.quantity[t] for o in past.outputs}
        ship = {(ends[s.link, s.to], s.item, t): s.quantity[t] for s in past.shipments}
        fix_period_variables(model, t, model.make, make)
        fix_period_variables(model, t, model.ship, ship)
        fix_period_variables(model, t, model.central, {(s.place, s.item, t): s.central[t] for s in past.supply})
        fix_period_variables(model, t, model.stock, {(s.place, s.item, t): s.stock[t] for s in past.supply})
        fix_period_variables(model, t, model.give, {(s.partner, s.item, t): s.given[t] for s in past.swaps})
        fix_period_variables(model, t, model.take, {(s.partner, s.item, t): s.taken[t] for s in past.swaps})
        fix_period_shortage(model, t, {(s.place, s.item): list(s.shortage[: t + 1]) for s in past.supply})


def fix_period_variables(
    model: ReferenceModel, t: int, variables: Mapping[Any, pulp.LpVariable], past_values: Mapping[Any, float]
) -> None:
    """Fix the variables of a past period; their keys end with the period."""
    for key, variable in variables.items():
        if key[2] == t:
            _fix_variable(model, variable, past_values.get(key, 0.0))


def fix_period_shortage(
    model: ReferenceModel, t: int, short: Mapping[tuple[str, str], list[float]], *, only_requirements: bool = False
) -> None:
    """Fill the bands in order of weight, the smallest first; `short` has past shortages until t by county and item."""
    bands = list_bands(model.problem.policy)
    cheapest_first = sorted(range(len(bands)), key=lambda k: bands[k].weight)
    for county, item, period, band in model.short:
        if period == t and band == 0 and not (only_requirements and item in model.items):
            amounts = short.get((county, item), [0.0] * (t + 1))
            backlog = model.needs[item].carry_over * amounts[t - 1] if t else 0.0
            need, remaining = model.demand.get((county, item, t), 0.0) + backlog, amounts[t]
            for k in cheapest_first:
                amount = min(remaining, bands[k].width * need)
                _fix_variable(model, model.short[county, item, t, k], amount)
                remaining -= amount


def _fix_variable(model: ReferenceModel, variable: pulp.LpVariable, amount: float) -> None:
    variable.bounds(amount, amount)
    model.past_variables.add(variable.name)

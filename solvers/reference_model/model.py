"""Variables of the reference model as PuLP variables, keyed by the identifiers of the problem."""

from dataclasses import dataclass, field

import pulp

from models.base import PerPeriod, expand_to_periods
from models.problem.factories import Factory, Line
from models.problem.items import Item
from models.problem.network import Link
from models.problem.planning_problem import PlanningProblem
from models.problem.population import StockLimits
from solvers.reference_model.demand import CountyItemUnits, compute_demand

MAX_NAME_LENGTH = 90
"""Maximum length of a name before its number; LP files allow 100 letters."""

Arc = tuple[str, str, str]
"""One direction of a link: link, origin, destination."""


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
        for t in model.get_period_positions():
            model.make[factory.id, position, t] = model.add_variable(
                "make",
                factory.id,
                line.item,
                model.problem.periods[t],
                least=least[t],
                most=None if most is None else most[t],
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
                model.stock[county.id, item.id, t] = model.add_variable(
                    "stock", county.id, item.id, model.problem.periods[t], least=least, most=min(most, default=None)
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
                for t in model.get_period_positions():
                    variables[partner.id, item, t] = model.add_variable(
                        kind, partner.id, item, model.problem.periods[t], most=model.expand_to_periods(most)[t]
                    )


def _add_shortage_variables(model: ReferenceModel) -> None:
    for (county, item, t), units in model.demand.items():
        for k, band in enumerate(model.problem.policy.shortage_bands):
            model.short[county, item, t, k] = model.add_variable(
                "short", county, item, model.problem.periods[t], str(k), most=band.width * units
            )

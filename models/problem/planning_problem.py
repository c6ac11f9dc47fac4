"""The planning problem: all input data of a plan."""

from typing import Annotated

from pydantic import Field

from models.base import MAX_AMOUNT, ByLabel, Frozen, Id, Label, Name, PerPeriod, Share, Text
from models.problem.borders import Borders
from models.problem.budgets import Budget
from models.problem.factories import Factory
from models.problem.items import Item
from models.problem.network import InTransit, Link, Station
from models.problem.partners import Partner
from models.problem.past import FormerQuota, Past
from models.problem.policy import Policy
from models.problem.population import County, DemandRow, ServedLeast
from models.problem.population_projection import PopulationProjection
from models.problem.power import PowerArea
from models.problem.requirements import Requirement
from models.problem.shares import SupplyShares


class PlanningProblem(Frozen):
    """A region with its needs and its limits on production and transport, over the periods of a plan."""

    name: Name = ""
    """Name of the problem."""
    periods: Annotated[tuple[Id, ...], Field(min_length=1)]
    """Identifiers of the periods, in order."""
    period_days: PerPeriod | None = None
    """Days in each period, used by the `even` calendar; equal periods if absent."""
    years: Annotated[float, Field(gt=0, le=MAX_AMOUNT, strict=True, allow_inf_nan=False)] = 1.0
    """Length of the plan in years; 1 by default. Norms per year are multiplied by it."""
    notes: Text = ""
    """Remarks for people."""
    calendars: ByLabel[Label, tuple[Share, ...]] = {}
    """Distribution of the plan's need over its periods: one share per period, summing to 1."""
    items: Annotated[tuple[Item, ...], Field(min_length=1)]
    """Goods and materials."""
    requirements: tuple[Requirement, ...] = ()
    """Needs that several items can meet."""
    counties: Annotated[tuple[County, ...], Field(min_length=1)]
    """Counties, with people, stores and a power area."""
    population_projection: PopulationProjection = PopulationProjection()
    """Projection of the counties' censuses to the plan's year."""
    stations: tuple[Station, ...] = ()
    """Junctions and gateways."""
    demand: tuple[DemandRow, ...] = ()
    """Stated needs, which replace the estimate for their county and item."""
    served_least: tuple[ServedLeast, ...] = ()
    """Least units of needs to be served, by county and item; nothing is reserved for other needs."""
    factories: tuple[Factory, ...] = ()
    """Factories, with machines and lines."""
    power_areas: tuple[PowerArea, ...] = ()
    """Power areas with their electricity limits."""
    supply_shares: SupplyShares = SupplyShares()
    """Supply from the centre, and least shares of local production."""
    links: tuple[Link, ...] = ()
    """Railways, roads and waterways."""
    in_transit: tuple[InTransit, ...] = ()
    """Goods under way when the plan begins."""
    partners: tuple[Partner, ...] = ()
    """Neighbouring regions and central trade offices for swaps."""
    budgets: tuple[Budget, ...] = ()
    """Budgets: money for making, haulage, central supply and swaps."""
    borders: Borders | None = None
    """Areas of the counties for the map; none if absent."""
    policy: Policy = Policy()
    """Weights, goals and rules of the planner."""
    past: Past | None = None
    """Events of the first periods, if the remaining periods are replanned; no past if absent."""
    former_quotas: tuple[FormerQuota, ...] = ()
    """Quotas of the former plan, used by the goal `quotas_close`; lines not listed had a quota of 0."""

    @property
    def needs(self) -> tuple[Item | Requirement, ...]:
        """All that people can need: items, then requirements."""
        return (*self.items, *self.requirements)

    def find_need_positions(self) -> dict[str, int]:
        """Return the position in `needs` by identifier; an identifier of both an item and a requirement means the item."""
        return {need.id: position for position, need in reversed(tuple(enumerate(self.needs)))}

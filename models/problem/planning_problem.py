"""A planning problem: everything a plan is made from."""

from typing import Annotated

from pydantic import Field

from models.base import MAX_AMOUNT, Frozen, Id, Label, PerPeriod, Share, Text
from models.problem.factories import Factory
from models.problem.items import Item
from models.problem.network import Link, Station
from models.problem.partners import Partner
from models.problem.past import FormerQuota, Past
from models.problem.policy import Policy
from models.problem.population import County, DemandRow
from models.problem.power import PowerArea
from models.problem.shares import SupplyShares


class PlanningProblem(Frozen):
    """A region, what its people need, and what limits its making and moving, over the periods of a plan."""

    name: Text = ""
    """What the problem is called."""
    periods: Annotated[tuple[Id, ...], Field(min_length=1)]
    """Identifiers of the periods, in order."""
    period_days: PerPeriod | None = None
    """Days in each period; the `even` calendar spreads by them. Equal periods if absent."""
    years: Annotated[float, Field(gt=0, le=MAX_AMOUNT, strict=True, allow_inf_nan=False)] = 1.0
    """Length of the plan in years; norms per year are multiplied by it."""
    notes: Text = ""
    """Remarks for people."""
    calendars: dict[Label, tuple[Share, ...]] = {}
    """How a plan's need is spread over its periods: one share per period, summing to 1."""
    items: Annotated[tuple[Item, ...], Field(min_length=1)]
    """Goods and materials."""
    counties: Annotated[tuple[County, ...], Field(min_length=1)]
    """Counties, with people, stores and a power area."""
    stations: tuple[Station, ...] = ()
    """Junctions and gateways."""
    demand: tuple[DemandRow, ...] = ()
    """Needs stated outright, replacing the estimate for their county and item."""
    factories: tuple[Factory, ...] = ()
    """Factories, with machines and lines."""
    power_areas: tuple[PowerArea, ...] = ()
    """Power areas with their limits."""
    supply_shares: SupplyShares = SupplyShares()
    """What the centre supplies and how much must be made locally."""
    links: tuple[Link, ...] = ()
    """Railways, roads and waterways."""
    partners: tuple[Partner, ...] = ()
    """Neighbouring regions and central trade with which surplus is swapped."""
    policy: Policy = Policy()
    """Weights, goals and rules of conduct."""
    past: Past | None = None
    """What has happened in the first periods, where a plan is made again for the rest; nothing is past if absent."""
    former_quotas: tuple[FormerQuota, ...] = ()
    """Quotas of the plan before, which the goal `quotas_close` keeps near; lines not listed had none."""

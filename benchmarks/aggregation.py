"""The same year in fewer, longer periods: months joined to quarters or to one year."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from models.problem.factories import Factory
from models.problem.items import Item
from models.problem.network import Link
from models.problem.partners import Partner
from models.problem.planning_problem import PlanningProblem
from models.problem.population import County
from models.problem.shares import SupplyShares
from models.validation.checks import check_problem, raise_on_errors

Given = float | Sequence[float] | None
"""A number for every period, one for each, or none."""


@dataclass(frozen=True, slots=True)
class Joining:
    """How numbers per month become numbers per longer period."""

    months: int
    """Months that are joined to one period."""

    def total(self, given: Given) -> Any:
        """Of amounts that add up, such as hours, tonnes and kilowatt-hours."""
        return given * self.months if isinstance(given, (int, float)) else self._each(given, sum)

    def mean(self, given: Given) -> Any:
        """Of shares and weights."""
        return given if isinstance(given, (int, float)) else self._each(given, lambda part: sum(part) / len(part))

    def last(self, given: Given) -> Any:
        """Of what holds at the end of a period."""
        return given if isinstance(given, (int, float)) else self._each(given, lambda part: part[-1])

    def _each(self, given: Sequence[float] | None, how: Callable[[Sequence[float]], float]) -> tuple[float, ...] | None:
        if given is None:
            return None
        return tuple(how(given[at : at + self.months]) for at in range(0, len(given), self.months))

    def totals(self, given: dict[str, Any]) -> dict[str, Any]:
        """`total` of each."""
        return {name: self.total(numbers) for name, numbers in given.items()}


def coarser(problem: PlanningProblem, months: int) -> PlanningProblem:
    """`problem` with every `months` periods joined to one; ValueError where they do not divide the plan."""
    if len(problem.periods) % months:
        raise ValueError(f"{len(problem.periods)} periods cannot be joined by {months}")
    join = Joining(months)
    made = problem.model_copy(
        update={
            "periods": problem.periods[::months],
            "period_days": join.total(problem.period_days),
            "calendars": {name: join.total(shares) for name, shares in problem.calendars.items()},
            "items": tuple(_item(item, problem, join) for item in problem.items),
            "counties": tuple(_county(county, join) for county in problem.counties),
            "stations": tuple(_with(s, handling_tonnes=join.total(s.handling_tonnes)) for s in problem.stations),
            "demand": tuple(_with(row, quantity=join.total(row.quantity)) for row in problem.demand),
            "factories": tuple(_factory(factory, join) for factory in problem.factories),
            "power_areas": tuple(
                _with(
                    area,
                    limit_kwh=join.total(area.limit_kwh),
                    own_generation_kwh=join.total(area.own_generation_kwh),
                )
                for area in problem.power_areas
            ),
            "supply_shares": _shares(problem.supply_shares, join),
            "links": tuple(_link(link, join) for link in problem.links),
            "partners": tuple(_partner(partner, join) for partner in problem.partners),
        }
    )
    raise_on_errors(check_problem(made))
    return made


def _with(part: Any, **update: Any) -> Any:
    return part.model_copy(update=update)


def _link(link: Link, join: Joining) -> Link:
    """The link with its transit periods rounded to joined periods."""
    transit = round(link.transit_periods / join.months)
    return link.model_copy(update={"tonnes": join.total(link.tonnes), "transit_periods": transit})


def _item(item: Item, problem: PlanningProblem, join: Joining) -> Item:
    """The item with the due dates that fall on the beginning of a joined period; a date inside one is dropped.

    So a coarser year stays a relaxation: within a joined period, nothing says when goods arrive.
    """
    shares = problem.calendars.get(item.calendar, (1 / len(problem.periods),) * len(problem.periods))
    whole = dict(zip(problem.periods[:: join.months], join.total(shares), strict=True))
    part = dict(zip(problem.periods, shares, strict=True))
    due = {
        period: _with(date, share=date.share * part[period] / whole[period])
        for period, date in item.due.items()
        if period in whole and date.by == 0 and whole[period] > 0
    }
    carry_over = item.carry_over**join.months
    return item.model_copy(update={"importance": join.mean(item.importance), "due": due, "carry_over": carry_over})


def _county(county: County, join: Joining) -> County:
    stocks = {
        item: stock.model_copy(update={"least": join.last(stock.least), "most": join.last(stock.most)})
        for item, stock in county.stocks.items()
    }
    return county.model_copy(
        update={
            "labour_hours": join.total(county.labour_hours),
            "store_tonnes": join.last(county.store_tonnes) if county.store_tonnes is not None else None,
            "handling_tonnes": join.total(county.handling_tonnes),
            "stocks": stocks,
        }
    )


def _factory(factory: Factory, join: Joining) -> Factory:
    lines = tuple(_with(line, least=join.total(line.least), most=join.total(line.most)) for line in factory.lines)
    return factory.model_copy(update={"machines": join.totals(factory.machines), "lines": lines})


def _shares(shares: SupplyShares, join: Joining) -> SupplyShares:
    update = {"delivered": join.mean(shares.delivered), "materials": join.totals(shares.materials)}
    return shares.model_copy(update=update)


def _partner(partner: Partner, join: Joining) -> Partner:
    settlement = partner.settlement
    if settlement == "quarter":
        settlement = "period" if join.months == 3 else "plan"
    update = {"offers": join.totals(partner.offers), "wants": join.totals(partner.wants), "settlement": settlement}
    return partner.model_copy(update=update)

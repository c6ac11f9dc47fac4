"""Checks of lists: one number per period."""

from collections.abc import Iterator

from models.problem.population import County
from models.validation.checks.context import View, shown
from models.validation.finding import Finding
from models.validation.finding_codes import found

ByPeriod = float | tuple[float, ...] | None
Path = tuple[str | int, ...]


def lists(view: View) -> Iterator[Finding]:
    """Every list has one number per period."""
    if "period" in view.gaps.kinds:
        return
    count = len(view.problem.periods)
    for path, value in by_period_values(view):
        if isinstance(value, tuple) and len(value) != count:
            message = f"The list has {_numbers(len(value))}, but there are {count} periods."
            yield found("wrong_length", path, message, f"Give {_numbers(count)}, or one number for every period.")


def calendar_lengths(view: View) -> Iterator[Finding]:
    """Every calendar has one share per period."""
    if "period" in view.gaps.kinds:
        return
    count = len(view.problem.periods)
    for name, shares in view.problem.calendars.items():
        if len(shares) != count:
            message = f"The calendar {shown(name)} has {_numbers(len(shares))}, but there are {count} periods."
            yield found("wrong_length", ("calendars", name), message, f"Give {_numbers(count)}, one share per period.")


def calendar_sums(view: View) -> Iterator[Finding]:
    """The shares of every calendar sum to 1, within a millionth."""
    for name, shares in view.problem.calendars.items():
        total = sum(shares)
        if abs(total - 1.0) > 1e-6:
            message = f"The shares of the calendar {shown(name)} sum to {total:.6g}, so a plan's need would not be spread whole."
            yield found("calendar_sum", ("calendars", name), message, "Change the shares until they sum to 1.")


def reserved_calendar(view: View) -> Iterator[Finding]:
    """No calendar takes the name `even`."""
    if "even" in view.problem.calendars:
        message = "`even` already means: spread by the days of the periods."
        yield found("reserved_name", ("calendars", "even"), message, "Give this calendar another name.")


def period_days(view: View) -> Iterator[Finding]:
    """The periods have days to spread by."""
    days = view.problem.period_days
    if days is not None and not (any(days) if isinstance(days, tuple) else days):
        message = "All periods have 0 days, so that nothing can be spread by them."
        yield found("no_days", ("period_days",), message, "Give the days of each period, or leave `period_days` out.")


def years_and_days(view: View) -> Iterator[Finding]:
    """The plan's length in years and the days of its periods tell the same length, within a twentieth."""
    days, years = view.problem.period_days, view.problem.years
    if days is None:
        return
    total = sum(days) if isinstance(days, tuple) else days * len(view.problem.periods)
    if total and abs(total / 365.25 / years - 1.0) > 0.05:
        message = (
            f"The periods have {total:g} days, but the plan is said to be {years:g} years long; needs follow the years."
        )
        yield found("years_and_days", ("years",), message, f"Say years {total / 365.25:.4f}, or mend `period_days`.")


def by_period_values(view: View) -> Iterator[tuple[Path, ByPeriod]]:
    """Every value of the problem that may differ by period, with its path; calendars are not among them."""
    problem = view.problem
    yield ("period_days",), problem.period_days
    for i, item in enumerate(problem.items):
        yield ("items", i, "importance"), item.importance
    for n, county in enumerate(problem.counties):
        yield from _of_county(("counties", n), county)
    for n, station in enumerate(problem.stations):
        yield ("stations", n, "handling_tonnes"), station.handling_tonnes
    for r, row in enumerate(problem.demand):
        yield ("demand", r, "quantity"), row.quantity
    yield from _of_factories(view)
    for e, area in enumerate(problem.power_areas):
        yield ("power_areas", e, "limit_kwh"), area.limit_kwh
        yield ("power_areas", e, "own_generation_kwh"), area.own_generation_kwh
    for a, link in enumerate(problem.links):
        yield ("links", a, "tonnes"), link.tonnes
    yield from _from_outside(view)


def _of_county(path: Path, county: County) -> Iterator[tuple[Path, ByPeriod]]:
    yield (*path, "labour_hours"), county.labour_hours
    yield (*path, "store_tonnes"), county.store_tonnes
    yield (*path, "handling_tonnes"), county.handling_tonnes
    for item, stock in county.stocks.items():
        yield (*path, "stocks", item, "least"), stock.least
        yield (*path, "stocks", item, "most"), stock.most


def _of_factories(view: View) -> Iterator[tuple[Path, ByPeriod]]:
    for f, factory in enumerate(view.problem.factories):
        for group, hours in factory.machines.items():
            yield ("factories", f, "machines", group), hours
        for k, line in enumerate(factory.lines):
            yield ("factories", f, "lines", k, "least"), line.least
            yield ("factories", f, "lines", k, "most"), line.most


def _from_outside(view: View) -> Iterator[tuple[Path, ByPeriod]]:
    shares = view.problem.supply_shares
    yield ("supply_shares", "delivered"), shares.delivered
    for item, units in shares.materials.items():
        yield ("supply_shares", "materials", item), units
    for p, partner in enumerate(view.problem.partners):
        for item, units in partner.offers.items():
            yield ("partners", p, "offers", item), units
        for item, units in partner.wants.items():
            yield ("partners", p, "wants", item), units


def _numbers(count: int) -> str:
    return "1 number" if count == 1 else f"{count} numbers"


CHECKS = (lists, calendar_lengths, calendar_sums, reserved_calendar, period_days, years_and_days)

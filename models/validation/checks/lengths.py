"""Checks of lists and calendars: one number per period, and consistent lengths of the plan."""

from collections.abc import Iterator

from models.problem.population import County
from models.validation.checks.context import ProblemContext, quote_name
from models.validation.finding import Finding, JsonPath
from models.validation.finding_codes import make_finding

PerPeriodValue = float | tuple[float, ...] | None


def check_list_lengths(context: ProblemContext) -> Iterator[Finding]:
    """Every list has one number per period."""
    if "period" in context.omissions.kinds:
        return
    count = len(context.problem.periods)
    for path, value in iterate_per_period_values(context):
        if isinstance(value, tuple) and len(value) != count:
            message = f"The list has {_format_number_count(len(value))}, but there are {count} periods."
            yield make_finding(
                "wrong_length",
                path,
                message,
                f"Give {_format_number_count(count)}, or a single number for all periods.",
            )


def check_calendar_lengths(context: ProblemContext) -> Iterator[Finding]:
    """Every calendar has one share per period."""
    if "period" in context.omissions.kinds:
        return
    count = len(context.problem.periods)
    for name, shares in context.problem.calendars.items():
        if len(shares) != count:
            message = f"The calendar {quote_name(name)} has {_format_number_count(len(shares))}, but there are {count} periods."
            yield make_finding(
                "wrong_length",
                ("calendars", name),
                message,
                f"Give {_format_number_count(count)}, one share per period.",
            )


def check_calendar_sums(context: ProblemContext) -> Iterator[Finding]:
    """The shares of every calendar sum to 1, within 1e-6."""
    for name, shares in context.problem.calendars.items():
        total = sum(shares)
        if abs(total - 1.0) > 1e-6:
            message = f"The shares of the calendar {quote_name(name)} sum to {total:.6g}, not 1."
            yield make_finding("calendar_sum", ("calendars", name), message, "Change the shares until they sum to 1.")


def check_reserved_calendar_names(context: ProblemContext) -> Iterator[Finding]:
    """No calendar has the name `even`."""
    if "even" in context.problem.calendars:
        message = "The name `even` is reserved for the distribution by days of the periods."
        yield make_finding("reserved_name", ("calendars", "even"), message, "Give this calendar another name.")


def check_period_days(context: ProblemContext) -> Iterator[Finding]:
    """The periods have more than 0 days in total."""
    days = context.problem.period_days
    if days is not None and not (any(days) if isinstance(days, tuple) else days):
        message = "All periods have 0 days, so needs cannot be distributed by days."
        yield make_finding("no_days", ("period_days",), message, "Give the days of each period, or omit `period_days`.")


def check_years_and_days(context: ProblemContext) -> Iterator[Finding]:
    """The plan's length in years agrees with the days of its periods, within 5 %."""
    days, years = context.problem.period_days, context.problem.years
    if days is None:
        return
    total = sum(days) if isinstance(days, tuple) else days * len(context.problem.periods)
    if total and abs(total / 365.25 / years - 1.0) > 0.05:
        message = f"The periods have {total:g} days, but `years` is {years:g}. Needs are computed from `years`."
        yield make_finding(
            "years_and_days", ("years",), message, f"Set `years` to {total / 365.25:.4f}, or correct `period_days`."
        )


def iterate_per_period_values(context: ProblemContext) -> Iterator[tuple[JsonPath, PerPeriodValue]]:
    """Yield every value that may differ by period, with its path, except calendars."""
    problem = context.problem
    yield ("period_days",), problem.period_days
    for i, item in enumerate(problem.items):
        yield ("items", i, "importance"), item.importance
    for r, requirement in enumerate(problem.requirements):
        yield ("requirements", r, "importance"), requirement.importance
    for n, county in enumerate(problem.counties):
        yield from _iterate_county_values(("counties", n), county)
    for n, station in enumerate(problem.stations):
        yield ("stations", n, "handling_tonnes"), station.handling_tonnes
    for r, row in enumerate(problem.demand):
        yield ("demand", r, "quantity"), row.quantity
    for r, least in enumerate(problem.served_least):
        yield ("served_least", r, "quantity"), least.quantity
    yield from _iterate_factory_values(context)
    for e, area in enumerate(problem.power_areas):
        yield ("power_areas", e, "limit_kwh"), area.limit_kwh
        yield ("power_areas", e, "own_generation_kwh"), area.own_generation_kwh
    for a, link in enumerate(problem.links):
        yield ("links", a, "tonnes"), link.tonnes
    for k, one in enumerate(problem.in_transit):
        yield ("in_transit", k, "quantity"), one.quantity
    yield from _iterate_supply_values(context)
    for b, budget in enumerate(problem.budgets):
        yield ("budgets", b, "won"), budget.won


def _iterate_county_values(path: JsonPath, county: County) -> Iterator[tuple[JsonPath, PerPeriodValue]]:
    yield (*path, "labour_hours"), county.labour_hours
    yield (*path, "store_tonnes"), county.store_tonnes
    yield (*path, "handling_tonnes"), county.handling_tonnes
    for item, stock in county.stocks.items():
        yield (*path, "stocks", item, "least"), stock.least
        yield (*path, "stocks", item, "most"), stock.most


def _iterate_factory_values(context: ProblemContext) -> Iterator[tuple[JsonPath, PerPeriodValue]]:
    for f, factory in enumerate(context.problem.factories):
        for group, hours in factory.machines.items():
            yield ("factories", f, "machines", group), hours
        for k, line in enumerate(factory.lines):
            yield ("factories", f, "lines", k, "least"), line.least
            yield ("factories", f, "lines", k, "most"), line.most


def _iterate_supply_values(context: ProblemContext) -> Iterator[tuple[JsonPath, PerPeriodValue]]:
    shares = context.problem.supply_shares
    yield ("supply_shares", "delivered"), shares.delivered
    for item, units in shares.promised.items():
        yield ("supply_shares", "promised", item), units
    for item, units in shares.materials.items():
        yield ("supply_shares", "materials", item), units
    for p, partner in enumerate(context.problem.partners):
        for item, units in partner.offers.items():
            yield ("partners", p, "offers", item), units
        for item, units in partner.wants.items():
            yield ("partners", p, "wants", item), units


def _format_number_count(count: int) -> str:
    return "1 number" if count == 1 else f"{count} numbers"


CHECKS = (
    check_list_lengths,
    check_calendar_lengths,
    check_calendar_sums,
    check_reserved_calendar_names,
    check_period_days,
    check_years_and_days,
)

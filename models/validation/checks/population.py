"""Checks of censuses and shops: years, ages and rates are complete, and stated heads agree with the projection."""

from collections.abc import Iterator, Sequence

from models.heads import STEP_YEARS, compute_county_heads
from models.problem.population import AgeCount
from models.problem.population_projection import AgeRates
from models.validation.checks.context import ProblemContext, format_name_list, quote_name
from models.validation.finding import Finding, JsonPath
from models.validation.finding_codes import make_finding


def check_projection_years(context: ProblemContext) -> Iterator[Finding]:
    """The census year and the plan's year are stated where a county states a census."""
    projection = context.problem.population_projection
    users = [county.id for county in context.problem.counties if county.census or county.ages]
    for name in ("census_year", "plan_year"):
        if users and getattr(projection, name) is None:
            message = f"{format_name_list(users, conjunction='and')} have a census, but `{name}` is not stated."
            yield make_finding(
                "no_census_year",
                ("population_projection", name),
                message,
                f"State `{name}`, such as 2008.75 for 1 October 2008.",
            )


def check_plan_year(context: ProblemContext) -> Iterator[Finding]:
    """A table by age is not projected back in time."""
    projection = context.problem.population_projection
    if projection.plan_year is None or projection.census_year is None or projection.plan_year >= projection.census_year:
        return
    users = [county.id for county in context.problem.counties if county.ages]
    if users:
        message = f"The ages of {format_name_list(users, conjunction='and')} were counted after the plan's year, and cohorts are projected forwards only."
        yield make_finding(
            "plan_before_census",
            ("population_projection", "plan_year"),
            message,
            "Use an earlier census, or state counts by group in `census`, which have a yearly growth.",
        )


def check_ages(context: ProblemContext) -> Iterator[Finding]:
    """Ages are 0, 5, 10 and so on without a gap, at least two, and the rates have the ages of every table."""
    problem = context.problem
    rates = problem.population_projection.rates
    with_ages = [(n, county) for n, county in enumerate(problem.counties) if county.ages]
    wrong_steps = [
        finding for n, county in with_ages for finding in _check_age_steps(county.ages, ("counties", n, "ages"))
    ]
    if with_ages or rates:
        wrong_steps += _check_age_steps(rates, ("population_projection", "rates"))
    yield from wrong_steps
    if not wrong_steps and rates and rates[0].births_per_woman:
        message = "Children below 5 years of age have births."
        path = ("population_projection", "rates", 0, "births_per_woman")
        yield make_finding("bad_ages", path, message, "Set the births of age 0 to 0.")
    for n, county in () if wrong_steps else with_ages:
        if [row.age for row in county.ages] != [row.age for row in rates]:
            message = f"The ages of {quote_name(county.id)} differ from the ages of `rates`."
            yield make_finding(
                "bad_ages", ("counties", n, "ages"), message, "State the same ages in both, with the same last age."
            )


def _check_age_steps(rows: Sequence[AgeCount | AgeRates], path: JsonPath) -> Iterator[Finding]:
    wanted = [STEP_YEARS * position for position in range(len(rows))]
    if len(rows) < 2 or [row.age for row in rows] != wanted:
        message = "The ages are not 0, 5, 10 and so on in order, without a gap and with at least two rows."
        yield make_finding("bad_ages", path, message, "State a row for every five years of age, beginning with 0.")


def check_age_groups(context: ProblemContext) -> Iterator[Finding]:
    """Groups by age exist where a county states ages, cover some age, and do not divide the last age of the tables."""
    projection = context.problem.population_projection
    users = [county.id for county in context.problem.counties if county.ages]
    if users and not projection.groups:
        message = f"{format_name_list(users, conjunction='and')} have a table by age, but no population group is defined by age."
        yield make_finding(
            "no_age_groups",
            ("population_projection", "groups"),
            message,
            "Define the groups of the norms by age and sex.",
        )
    last = max((row.age for row in projection.rates), default=None)
    for name, group in projection.groups.items():
        path = ("population_projection", "groups", name)
        if group.below_age is not None and group.below_age <= group.from_age:
            message = f"The group {quote_name(name)} has no age: `below_age` is not above `from_age`."
            yield make_finding("bad_ages", path, message, "Raise `below_age`, or lower `from_age`.")
        elif last is not None and max(group.from_age, group.below_age or 0) > last:
            message = f"The group {quote_name(name)} divides the people of {last} years and above, whose ages are not known further."
            yield make_finding("bad_ages", path, message, f"Use limits of at most {last}, or state more ages.")


def check_census_and_ages(context: ProblemContext) -> Iterator[Finding]:
    """No group of a county is given both by a count of the census and by ages."""
    groups = context.problem.population_projection.groups
    for n, county in enumerate(context.problem.counties):
        for group in county.census if county.ages else ():
            if group in groups:
                message = f"{quote_name(county.id)} states the group {quote_name(group)} in `census`, and its ages give it as well."
                yield make_finding(
                    "census_and_ages", ("counties", n, "census", group), message, "Remove one of the two."
                )


def check_stated_heads(context: ProblemContext) -> Iterator[Finding]:
    """Stated heads differ from the projection of the census by its error at most."""
    if any(True for check in PROJECTION_CHECKS for _ in check(context)):
        return
    for n, county in enumerate(context.problem.counties):
        if not (county.census or county.ages):
            continue
        for row in compute_county_heads(context.problem, county):
            if row.source != "stated" or row.projected is None or row.error is None:
                continue
            if abs(row.heads - row.projected) > row.error * row.projected + 0.5:
                message = (
                    f"{quote_name(county.id)} states {row.heads:,.0f} heads of {quote_name(row.group)}; its census gives "
                    f"{row.projected:,.0f} ± {row.error:.1%}. The stated heads are used."
                )
                yield make_finding(
                    "heads_and_census",
                    ("counties", n, "population", row.group),
                    message,
                    "Remove the heads, correct the census, or state a larger error of the projection.",
                )


def check_shops(context: ProblemContext) -> Iterator[Finding]:
    """The shops of a county have unique identifiers, and their shares sum to 1 within a millionth."""
    for n, county in enumerate(context.problem.counties):
        total = sum(shop.share for shop in county.shops)
        if county.shops and abs(total - 1.0) > 1e-6:
            message = f"The shares of the shops of {quote_name(county.id)} sum to {total:.6g}, not 1."
            remedy = "Change the shares until they sum to 1."
            yield make_finding("shop_shares", ("counties", n, "shops"), message, remedy)
        seen: set[str] = set()
        for k, shop in enumerate(county.shops):
            if shop.id in seen:
                message = f"{quote_name(county.id)} already has a shop {quote_name(shop.id)}."
                path = ("counties", n, "shops", k, "id")
                yield make_finding("duplicate_shop", path, message, "Change or remove one of the identifiers.")
            seen.add(shop.id)


PROJECTION_CHECKS = (check_projection_years, check_plan_year, check_ages, check_age_groups, check_census_and_ages)
"""Checks of what a projection needs."""

CHECKS = (*PROJECTION_CHECKS, check_shops)
"""Checks of parts of a problem."""

WHOLE_PROBLEM_CHECKS = (check_stated_heads,)
"""Checks of the problem as a whole."""

"""Checks of requirements: references, shares of a basket, and greatest amounts; then whether they can be met at all."""

from collections.abc import Iterator, Mapping, Sequence

from models.heads import list_heads
from models.problem.items import Item
from models.problem.requirements import BasketShare, Requirement
from models.validation.checks.context import ProblemContext, format_name_list, quote_name
from models.validation.checks.needs import collect_source_places
from models.validation.checks.population import PROJECTION_CHECKS
from models.validation.finding import Finding
from models.validation.finding_codes import make_finding

SHARE_TOLERANCE = 1e-9
"""Rounding tolerance of sums of shares, and of amounts that are compared, relative to them."""

LEAST_GRAMS, MOST_GRAMS = 1.0, 20_000.0
"""Grams of an item per head and day outside of which it can hardly be meant to meet a requirement alone."""

DAYS_PER_YEAR = 365.25

GRAMS_PER_KG = 1000.0


def check_provided_requirements(context: ProblemContext) -> Iterator[Finding]:
    """Items provide existing requirements."""
    for i, item in enumerate(context.problem.items):
        for name in item.provides:
            yield from context.check_reference("requirement", name, ("items", i, "provides", name))


def check_share_references(context: ProblemContext) -> Iterator[Finding]:
    """Shares of a basket are of existing items that provide the requirement."""
    for r, requirement in enumerate(context.problem.requirements):
        for name in requirement.shares:
            path = ("requirements", r, "shares", name)
            item = context.items_by_id.get(name)
            if item is None:
                yield from context.check_reference("item", name, path)
            elif not item.provides.get(requirement.id) and not context.omissions:
                message = f"{quote_name(name)} provides nothing of {quote_name(requirement.id)}, so it can have no share in it."
                remedy = f"State what it provides in `provides` of {quote_name(name)}, or remove the share."
                yield make_finding("share_of_nothing", path, message, remedy)


def check_share_sums(context: ProblemContext) -> Iterator[Finding]:
    """The shares of a basket can sum to 1: least shares to at most 1, greatest shares of all its items to at least 1."""
    for r, requirement in enumerate(context.problem.requirements):
        path = ("requirements", r, "shares")
        for name, share in requirement.shares.items():
            if share.least > share.most:
                message = (
                    f"The least share of {quote_name(name)} in {quote_name(requirement.id)} exceeds its greatest share."
                )
                yield make_finding(
                    "least_above_most", (*path, name, "least"), message, "Lower `least` or raise `most`."
                )
        least = sum(share.least for share in requirement.shares.values())
        if least > 1 + SHARE_TOLERANCE:
            message = f"The least shares in {quote_name(requirement.id)} sum to {least:.6g}, more than 1."
            yield make_finding("shares_sum", path, message, "Lower the least shares until they sum to at most 1.")
        most = _sum_greatest_shares(context, requirement)
        if most < 1 - SHARE_TOLERANCE and not context.omissions:
            message = (
                f"The greatest shares of all that provides {quote_name(requirement.id)} sum to {most:.6g}, less than 1."
            )
            yield make_finding("shares_sum", path, message, "Raise the greatest shares until they sum to at least 1.")


def _sum_greatest_shares(context: ProblemContext, requirement: Requirement) -> float:
    """Return the sum of the greatest shares of all items that provide a requirement; 1 if none does."""
    providers = [item.id for item in context.problem.items if item.provides.get(requirement.id)]
    return sum(requirement.shares.get(name, BasketShare()).most for name in providers) if providers else 1.0


def check_requirement_calendars(context: ProblemContext) -> Iterator[Finding]:
    """Requirements use `even` or an existing calendar, and their due dates are in existing periods."""
    for r, requirement in enumerate(context.problem.requirements):
        if requirement.calendar != "even":
            yield from context.check_reference("calendar", requirement.calendar, ("requirements", r, "calendar"))
        for period in requirement.due:
            yield from context.check_reference("period", period, ("requirements", r, "due", period))


def check_providers(context: ProblemContext) -> Iterator[Finding]:
    """Every requirement that a county needs is provided by an item with a source."""
    sources = collect_source_places(context)
    for r, requirement in enumerate(context.problem.requirements):
        if requirement.id not in context.needing_counties:
            continue
        providers = [item.id for item in context.problem.items if item.provides.get(requirement.id)]
        if not providers:
            message = (
                f"{quote_name(requirement.id)} is needed, but no item provides it, so the whole need will be unmet."
            )
            remedy = "State in `provides` of the items what one unit provides."
            yield make_finding("requirement_without_provider", ("requirements", r), message, remedy)
        elif not any(sources.get(name) for name in providers):
            message = f"{quote_name(requirement.id)} is needed, but none of {format_name_list(providers)} has a source."
            remedy = "Add a line, a central share, a partner's offer or an opening stock of one of them."
            yield make_finding("requirement_without_provider", ("requirements", r), message, remedy)


def check_greatest_amounts(context: ProblemContext) -> Iterator[Finding]:
    """Greatest amounts per head are not below the norms."""
    if any(True for check in PROJECTION_CHECKS for _ in check(context)):
        return  # heads cannot be computed
    heads_by_county = list_heads(context.problem)
    for r, requirement in enumerate(context.problem.requirements):
        if county := _find_exceeded_county(context, heads_by_county, requirement.norms, requirement.most):
            message = f"In {quote_name(county)}, `most` of {quote_name(requirement.id)} is below its norms, so the norms count."
            remedy = "Raise `most`, or lower the norms."
            yield make_finding("most_below_norms", ("requirements", r, "most"), message, remedy)
    for i, item in enumerate(context.problem.items):
        if county := _find_exceeded_county(context, heads_by_county, item.norms, item.most_per_head):
            message = f"In {quote_name(county)}, people need more of {quote_name(item.id)} than `most_per_head`, so the norms count."
            remedy = "Raise `most_per_head`, or lower the norms."
            yield make_finding("norms_above_most", ("items", i, "most_per_head"), message, remedy)


def _find_exceeded_county(
    context: ProblemContext,
    heads_by_county: Sequence[Mapping[str, float]],
    norms: Mapping[str, float],
    most: Mapping[str, float],
) -> str:
    """Return the first county whose norms exceed its greatest amount; empty if there is none, or no greatest amount."""
    for county, heads in zip(context.problem.counties, heads_by_county, strict=True):
        if any(group in heads for group in most):
            needed, limit = (sum(heads.get(g, 0.0) * units for g, units in by.items()) for by in (norms, most))
            if needed > limit * (1 + SHARE_TOLERANCE):
                return county.id
    return ""


def check_provided_amounts(context: ProblemContext) -> Iterator[Finding]:
    """An item that alone would meet a day's need weighs neither under 1 g nor over 20 kg; items in whole units may."""
    norms = {r.id: max(r.norms.values(), default=0.0) for r in context.problem.requirements}
    for i, item in enumerate(context.problem.items):
        for name, amount in () if item.whole_units else item.provides.items():
            grams = _compute_daily_grams(item, norms.get(name, 0.0), amount)
            if grams and not LEAST_GRAMS <= grams <= MOST_GRAMS:
                message = (
                    f"{grams:,.3g} g of {quote_name(item.id)} a day would meet {quote_name(name)} alone. "
                    "An amount may be in another unit, such as g for kg."
                )
                remedy = f"Correct `provides`, the norms of {quote_name(name)}, or `kg_per_unit`."
                yield make_finding("unlikely_amount", ("items", i, "provides", name), message, remedy)


def _compute_daily_grams(item: Item, norm: float, amount: float) -> float:
    """Return the grams of an item per head and day that meet a norm per head and year alone; 0 if it provides nothing."""
    return norm / DAYS_PER_YEAR / amount * item.kg_per_unit * GRAMS_PER_KG if amount > 0 else 0.0


CHECKS = (
    check_provided_requirements,
    check_share_references,
    check_share_sums,
    check_requirement_calendars,
)
"""Checks of parts of a problem."""

WHOLE_PROBLEM_CHECKS = (check_providers, check_greatest_amounts, check_provided_amounts)
"""Checks of the problem as a whole."""

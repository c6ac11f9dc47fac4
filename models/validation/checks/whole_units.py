"""Checks of whole units, lots and least runs: limits leave room for at least one whole amount."""

from collections.abc import Iterator, Sequence
from math import ceil, floor, inf

from models.base import expand_to_periods
from models.problem.factories import Line
from models.validation.checks.context import ProblemContext, quote_name
from models.validation.finding import Finding
from models.validation.finding_codes import make_finding

TOLERANCE = 1e-6
"""A number of lots that differs from a whole number by less than this is whole."""


def check_whole_lots(context: ProblemContext) -> Iterator[Finding]:
    """A lot of an item in whole units is a whole number."""
    whole_items = _list_whole_items(context)
    for path, line in _iterate_lines(context):
        if line.lot is not None and line.item in whole_items and not _is_whole(line.lot):
            message = f"A lot of {line.lot:g} is no whole number, but {quote_name(line.item)} is in whole units."
            remedy = "Give a whole number, or remove `whole_units` from the item."
            yield make_finding("lot_not_whole", (*path, "lot"), message, remedy)


def check_whole_quotas(context: ProblemContext) -> Iterator[Finding]:
    """A line in whole units or lots has a possible amount between its limits in every period."""
    whole_items = _list_whole_items(context)
    for path, line in _iterate_lines(context):
        lot = line.lot or (1.0 if line.item in whole_items else None)
        if lot is None or line.most is None or line.least == 0:
            continue
        crossing = _find_period_without_multiple(context, line.least, line.most, lot)
        if crossing is not None:
            period, low, high = crossing
            of = "whole number" if lot == 1 else f"multiple of {lot:g}"
            message = f"No {of} of {quote_name(line.item)} lies between {low:g} and {high:g} in {quote_name(period)}."
            remedy = "Widen the range from `least` to `most`, or remove `lot` or `whole_units`."
            yield make_finding("no_whole_quota", (*path, "least"), message, remedy)


def check_whole_stocks(context: ProblemContext) -> Iterator[Finding]:
    """The stock of an item in whole units has a whole number between its limits in every period, and at the end."""
    whole_items = _list_whole_items(context)
    for n, county in enumerate(context.problem.counties):
        for item, stock in county.stocks.items():
            if item not in whole_items:
                continue
            for least, most, name in (
                (stock.least, stock.most, "least"),
                (stock.closing_least, stock.closing_most, "closing_least"),
            ):
                crossing = None if most is None else _find_period_without_multiple(context, least, most, 1.0)
                if crossing is not None:
                    message = f"No whole number of {quote_name(item)} lies between {crossing[1]:g} and {crossing[2]:g}."
                    remedy = "Widen the range of the stock, or remove `whole_units` from the item."
                    yield make_finding("no_whole_stock", ("counties", n, "stocks", item, name), message, remedy)


def check_least_runs(context: ProblemContext) -> Iterator[Finding]:
    """A line can make its least run in at least one period."""
    for path, line in _iterate_lines(context):
        if line.least_run and line.most is not None:
            # a list of wrong length, such as an empty one, has a finding of its own
            most = max(expand_to_periods(line.most, len(context.problem.periods)), default=line.least_run)
            if line.least_run > most:
                message = (
                    f"The least run of {quote_name(line.item)} is {line.least_run:g}, but at most {most:g} may be made."
                )
                remedy = "Lower `least_run` or raise `most`; the line makes nothing otherwise."
                yield make_finding("least_run_above_most", (*path, "least_run"), message, remedy)


def _iterate_lines(context: ProblemContext) -> Iterator[tuple[tuple[str | int, ...], Line]]:
    for f, factory in enumerate(context.problem.factories):
        for k, line in enumerate(factory.lines):
            yield ("factories", f, "lines", k), line


def _list_whole_items(context: ProblemContext) -> set[str]:
    return {item.id for item in context.problem.items if item.whole_units}


def _find_period_without_multiple(
    context: ProblemContext, least: float | tuple[float, ...], most: float | tuple[float, ...], step: float
) -> tuple[str, float, float] | None:
    """Return the first period in which no multiple of the step lies between the limits, with both limits."""
    periods: Sequence[str] = context.problem.periods
    low, high = expand_to_periods(least, len(periods)), expand_to_periods(most, len(periods))
    for period, a, b in zip(periods, low, high, strict=False):
        if a <= b < inf and ceil(a / step - TOLERANCE) > floor(b / step + TOLERANCE):
            return period, a, b
    return None


def _is_whole(amount: float) -> bool:
    return abs(amount - round(amount)) <= TOLERANCE


CHECKS = (check_whole_lots, check_whole_quotas, check_whole_stocks, check_least_runs)
"""Checks of whole units, lots and least runs."""

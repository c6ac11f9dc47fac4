"""Checks of limits: lower limits do not exceed upper limits, stocks are of storable items, and due dates can be kept."""

from collections.abc import Iterator

from models.base import expand_to_periods
from models.problem.population import StockLimits
from models.validation.checks.context import ProblemContext, quote_name
from models.validation.finding import Finding
from models.validation.finding_codes import make_finding

PerPeriodValue = float | tuple[float, ...]


def check_line_limits(context: ProblemContext) -> Iterator[Finding]:
    """The lower limit of a line does not exceed its upper limit."""
    for f, factory in enumerate(context.problem.factories):
        for k, line in enumerate(factory.lines):
            if line.most is not None and (period := _find_crossed_period(context, line.least, line.most)):
                message = f"`least` exceeds `most` on the line for {quote_name(line.item)} in {period}."
                remedy = "Lower `least` or raise `most`."
                yield make_finding("least_above_most", ("factories", f, "lines", k, "least"), message, remedy)


def check_stock_limits(context: ProblemContext) -> Iterator[Finding]:
    """Lower stock limits do not exceed upper stock limits, during the plan and at its end."""
    for n, county in enumerate(context.problem.counties):
        for item, stock in county.stocks.items():
            path = ("counties", n, "stocks", item)
            if stock.most is not None and (period := _find_crossed_period(context, stock.least, stock.most)):
                message = f"`least` exceeds `most` for the stock of {quote_name(item)} in {period}."
                yield make_finding("least_above_most", (*path, "least"), message, "Lower `least` or raise `most`.")
            if stock.closing_most is not None and stock.closing_least > stock.closing_most:
                message = f"`closing_least` exceeds `closing_most` for the stock of {quote_name(item)}."
                remedy = "Lower `closing_least` or raise `closing_most`."
                yield make_finding("least_above_most", (*path, "closing_least"), message, remedy)


def check_closing_stocks(context: ProblemContext) -> Iterator[Finding]:
    """Closing stock limits are consistent with the stock limits of the last period."""
    for n, county in enumerate(context.problem.counties):
        for item, stock in county.stocks.items():
            path = ("counties", n, "stocks", item)
            least, most = _get_last_value(stock.least), None if stock.most is None else _get_last_value(stock.most)
            if most is not None and stock.closing_least > most:
                message = f"The closing stock of {quote_name(item)} must be at least {stock.closing_least:g}, but the last period allows {most:g}."
                remedy = "Lower `closing_least` or raise `most` in the last period."
                yield make_finding("closing_outside_limits", (*path, "closing_least"), message, remedy)
            if stock.closing_most is not None and stock.closing_most < least:
                message = f"The closing stock of {quote_name(item)} may be at most {stock.closing_most:g}, but the last period requires {least:g}."
                remedy = "Raise `closing_most` or lower `least` in the last period."
                yield make_finding("closing_outside_limits", (*path, "closing_most"), message, remedy)


def check_unstorable_stocks(context: ProblemContext) -> Iterator[Finding]:
    """No stock is stated or required of an item that is not storable."""
    for n, county in enumerate(context.problem.counties):
        for name, stock in county.stocks.items():
            item = context.items_by_id.get(name)
            if item is not None and not item.storable and _requires_stock(stock):
                message = f"{quote_name(county.id)} has a stock of {quote_name(name)}, which is not storable."
                remedy = "Remove the stock, or make the item `storable`."
                yield make_finding("stock_of_unstorable", ("counties", n, "stocks", name), message, remedy)


def check_due_dates(context: ProblemContext) -> Iterator[Finding]:
    """Of an item that is not storable, no larger share is due than the part of the period until then."""
    for i, item in enumerate(context.problem.items):
        for period, due in item.due.items():
            if not item.storable and due.share > due.by:
                message = (
                    f"{due.share:g} of the need for {quote_name(item.id)} is due after {due.by:g} of {quote_name(period)}. "
                    "The item is not storable, and arrivals spread evenly over the period, so they come too late."
                )
                remedy = "Lower `share` to at most `by`, or make the item `storable`."
                yield make_finding("due_before_arrival", ("items", i, "due", period, "share"), message, remedy)


def check_whole_backlogs(context: ProblemContext) -> Iterator[Finding]:
    """Of an item in whole units, either all of a shortage carries over or nothing."""
    for i, item in enumerate(context.problem.items):
        if item.whole_units and item.carry_over not in (0, 1):
            message = f"{quote_name(item.id)} is in whole units, but {item.carry_over:g} of a shortage carries over."
            remedy = "Set `carry_over` to 0 or 1, or remove `whole_units`."
            yield make_finding("part_of_whole_unit", ("items", i, "carry_over"), message, remedy)


def _requires_stock(stock: StockLimits) -> bool:
    least = stock.least if isinstance(stock.least, tuple) else (stock.least,)
    return bool(stock.opening or stock.closing_least or any(least))


def _find_crossed_period(context: ProblemContext, least: PerPeriodValue, most: PerPeriodValue) -> str:
    """Describe the first period in which `least` exceeds `most`; empty if there is none."""
    if not isinstance(least, tuple) and not isinstance(most, tuple):
        return "every period" if least > most else ""
    periods = context.problem.periods
    pairs = zip(periods, expand_to_periods(least, len(periods)), expand_to_periods(most, len(periods)), strict=False)
    return next((quote_name(period) for period, low, high in pairs if low > high), "")


def _get_last_value(value: PerPeriodValue) -> float:
    return (value[-1] if value else 0.0) if isinstance(value, tuple) else value


CHECKS = (
    check_line_limits,
    check_stock_limits,
    check_closing_stocks,
    check_unstorable_stocks,
    check_due_dates,
    check_whole_backlogs,
)

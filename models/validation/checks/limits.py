"""Checks of limits: lower ones lie below upper ones, and stocks are of what can be stored."""

from collections.abc import Iterator
from math import ceil, floor

from models.base import by_period
from models.problem.population import StockLimits
from models.validation.checks.context import View, shown
from models.validation.finding import Finding
from models.validation.finding_codes import found

Value = float | tuple[float, ...]


def lines(view: View) -> Iterator[Finding]:
    """No line must make more than it may."""
    for f, factory in enumerate(view.problem.factories):
        for k, line in enumerate(factory.lines):
            if line.most is not None and (period := _crossed(view, line.least, line.most)):
                message = f"The line for {shown(line.item)} must make more than it may in {period}."
                remedy = "Lower `least` or raise `most`."
                yield found("least_above_most", ("factories", f, "lines", k, "least"), message, remedy)


def whole_quotas(view: View) -> Iterator[Finding]:
    """A line of an item in whole units has a whole number between its least and its most in every period."""
    periods = view.problem.periods
    whole = {item.id for item in view.problem.items if item.whole_units}
    for f, factory in enumerate(view.problem.factories):
        for k, line in enumerate(factory.lines):
            if line.item not in whole or line.most is None or line.least == 0:
                continue
            least, most = by_period(line.least, len(periods)), by_period(line.most, len(periods))
            for period, low, high in zip(periods, least, most, strict=False):
                if low <= high and ceil(low) > floor(high):
                    message = (
                        f"No whole number of {shown(line.item)} lies between {low:g} and {high:g} in {shown(period)}."
                    )
                    remedy = "Widen `least` and `most`, or take `whole_units` from the item."
                    yield found("no_whole_quota", ("factories", f, "lines", k, "least"), message, remedy)
                    break


def stocks(view: View) -> Iterator[Finding]:
    """No county must keep more than it may, within the plan or at its end."""
    for n, county in enumerate(view.problem.counties):
        for item, stock in county.stocks.items():
            path = ("counties", n, "stocks", item)
            if stock.most is not None and (period := _crossed(view, stock.least, stock.most)):
                message = f"More {shown(item)} must be kept than may be in {period}."
                yield found("least_above_most", (*path, "least"), message, "Lower `least` or raise `most`.")
            if stock.closing_most is not None and stock.closing_least > stock.closing_most:
                message = f"More {shown(item)} must be left at the end than may be."
                remedy = "Lower `closing_least` or raise `closing_most`."
                yield found("least_above_most", (*path, "closing_least"), message, remedy)


def closing_stocks(view: View) -> Iterator[Finding]:
    """What is to be left at the end fits the limits of the last period."""
    for n, county in enumerate(view.problem.counties):
        for item, stock in county.stocks.items():
            path = ("counties", n, "stocks", item)
            least, most = _last(stock.least), None if stock.most is None else _last(stock.most)
            if most is not None and stock.closing_least > most:
                message = f"{stock.closing_least:g} of {shown(item)} must be left at the end, but only {most:g} may be kept then."
                remedy = "Lower `closing_least` or raise `most` in the last period."
                yield found("closing_outside_limits", (*path, "closing_least"), message, remedy)
            if stock.closing_most is not None and stock.closing_most < least:
                message = f"Only {stock.closing_most:g} of {shown(item)} may be left at the end, but {least:g} must be kept then."
                remedy = "Raise `closing_most` or lower `least` in the last period."
                yield found("closing_outside_limits", (*path, "closing_most"), message, remedy)


def unstorable_stocks(view: View) -> Iterator[Finding]:
    """No stock is stated, or asked for, of an item that cannot be stored."""
    for n, county in enumerate(view.problem.counties):
        for name, stock in county.stocks.items():
            item = view.items.get(name)
            if item is not None and not item.storable and _holds(stock):
                message = f"{shown(county.id)} is to hold {shown(name)}, which cannot be stored."
                remedy = "Take the stock out, or make the item `storable`."
                yield found("stock_of_unstorable", ("counties", n, "stocks", name), message, remedy)


def _holds(stock: StockLimits) -> bool:
    least = stock.least if isinstance(stock.least, tuple) else (stock.least,)
    return bool(stock.opening or stock.closing_least or any(least))


def _crossed(view: View, least: Value, most: Value) -> str:
    """Words for the first period in which `least` lies above `most`; empty if there is none."""
    if not isinstance(least, tuple) and not isinstance(most, tuple):
        return "every period" if least > most else ""
    periods = view.problem.periods
    pairs = zip(periods, by_period(least, len(periods)), by_period(most, len(periods)), strict=False)
    return next((shown(period) for period, low, high in pairs if low > high), "")


def _last(value: Value) -> float:
    return (value[-1] if value else 0.0) if isinstance(value, tuple) else value


CHECKS = (lines, whole_quotas, stocks, closing_stocks, unstorable_stocks)

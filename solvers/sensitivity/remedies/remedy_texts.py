"""Remedies in plain words: first the shortage before and after, then what it takes and what it costs others."""

from models.answers import Remedy, RemedyLimit
from models.number_text import format_amount
from solvers.results.limits import LOWER_LIMITS
from solvers.sensitivity.shadow_prices import describe_amount

Location = tuple[str, str, str]
"""County, item and period."""


def describe_remedy(location: Location, unit: str, remedy: Remedy) -> str:
    """Describe a remedy for the shortage of an item, in its unit."""
    county, item, period = location
    tolerance = 1e-6 * (1 + remedy.before)
    ends = remedy.after <= tolerance
    change = "ends" if ends else f"falls from {format_amount(remedy.before)} to {format_amount(remedy.after)} {unit}"
    of = f" of {format_amount(remedy.before)} {unit}" if ends else ""
    effect = f"The shortage of {item} in {county} in {period}{of} {change}"
    others = f"others lose {format_amount(remedy.loss_to_others, 4)} weighted won and gain {format_amount(remedy.gain_to_others, 4)}"
    if not remedy.limits:
        worse = remedy.objective_change > 0
        cost = (
            f"gets worse by {format_amount(remedy.objective_change, 4)} weighted won" if worse else "does not get worse"
        )
        return f"{effect} without extra resources, if so much is reserved for it. The objective {cost}: {others}."
    amounts = " together with ".join(_describe_enlargement(limit) for limit in remedy.limits)
    if remedy.kind == "unreserved":
        return f"{effect} with {amounts}, also without a reservation; the reservation keeps other plans as good from doing otherwise."
    unreserved_shortage = remedy.shortage_if_not_reserved or 0.0
    unreserved = (
        ""
        if unreserved_shortage <= remedy.after + tolerance
        else f" If nothing is reserved, {format_amount(unreserved_shortage)} {unit} remain short before rounding."
    )
    return f"{effect} with {amounts}, reserved for it. The objective does not get worse: {others}.{unreserved}"


def _describe_enlargement(limit: RemedyLimit) -> str:
    """Describe a larger limit, such as `3.2 MWh more in kapsan in 1998-02`, or a smaller one from below."""
    reference = {name: getattr(limit, name) for name in ("rule", "id", "part", "period", "unit")}
    text = describe_amount(reference, limit.amount)
    if limit.rule in LOWER_LIMITS:
        return text
    size, unit, *rest = text.split(" ")
    return " ".join((size, unit, "more", *rest))

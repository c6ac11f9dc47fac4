"""What every rule and bound is called, says, and is priced in: for reports, diagnoses and the documentation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

ITEM_UNIT = "{unit}"
"""Stands for the unit of the item that a row is about."""


@dataclass(frozen=True, slots=True)
class ConstraintInfo:
    """A rule, or a bound of a decision, in the planner's words."""

    name: str
    """Name of the row block; of a bound, its own name."""
    sentence: str
    """What it says; `{county}`, `{item}` … stand for the labels of its axes."""
    unit: str
    """Unit of its limit, which its price is per; `{unit}` is the item's own."""
    shadow_price_unit: str
    """Unit of its price."""
    variables: tuple[str, ...]
    """Decisions that it binds."""
    page: str
    """Its page in the documentation, from the root of the repository."""


def _describe_constraint(
    name: str, sentence: str, unit: str, *variables: str, shadow_price_unit: str | None = None
) -> ConstraintInfo:
    return ConstraintInfo(
        name, sentence, unit, shadow_price_unit or f"won per {unit}", variables, f"docs/formulation/{name}.md"
    )


def _describe_bound(
    name: str, sentence: str, unit: str, variable: str, shadow_price_unit: str | None = None
) -> ConstraintInfo:
    return ConstraintInfo(
        name, sentence, unit, shadow_price_unit or f"won per {unit}", (variable,), "docs/formulation/decisions.md"
    )


ALL_VARIABLES = ("make", "ship", "stock", "central", "give", "take", "short")
"""The decisions of a program without goals."""

CONSTRAINTS: Mapping[str, ConstraintInfo] = {
    rule.name: rule
    for rule in (
        _describe_constraint(
            "balance",
            "What comes to {place} of {item} in {period} meets the need, is used, kept or sent on; the rest of the need is short.",
            ITEM_UNIT,
            *ALL_VARIABLES,
        ),
        _describe_constraint("machine", "The machines {machine} give only so many hours in {period}.", "hour", "make"),
        _describe_constraint("labour", "{place} has only so many hours of labour in {period}.", "hour", "make"),
        _describe_constraint(
            "power", "Factories and trains of {area} draw only so much electricity in {period}.", "kWh", "make", "ship"
        ),
        _describe_constraint("link", "The link {arc} carries only so many tonnes in {period}.", "tonne", "ship"),
        _describe_constraint(
            "handling", "Only so many tonnes can enter {place} over links in {period}.", "tonne", "ship"
        ),
        _describe_constraint(
            "central_share", "The centre hands over only so much {item} in {period}.", ITEM_UNIT, "central"
        ),
        _describe_constraint(
            "local_floor",
            "Of {group}, at least a stated share is made locally over the plan.",
            "won",
            "make",
            "central",
            shadow_price_unit="won per won's worth (category) or per unit (item)",
        ),
        _describe_constraint(
            "swap_balance",
            "What is taken from {partner} in {window} is worth no more than what is given allows.",
            "won",
            "give",
            "take",
        ),
        _describe_constraint(
            "store", "Stores of {place} hold only so many tonnes at the end of {period}.", "tonne", "stock"
        ),
        _describe_constraint(
            "own_needs_first",
            "{place} goes no shorter of {item} in {period} than it does without swaps.",
            ITEM_UNIT,
            "short",
        ),
        _describe_constraint(
            "worst_fulfilment",
            "The smallest served share is at most that of {served}.",
            "share",
            "short",
            "worst",
            shadow_price_unit="share of the goal per whole need",
        ),
        _describe_constraint(
            "central_distance",
            "The centre's part of the goods made and handed over is its target, or the difference is counted.",
            "won",
            "make",
            "central",
            "central_distance",
            shadow_price_unit="won of distance per won's worth",
        ),
        _describe_constraint(
            "quota_distance",
            "What {line} makes in {period} is its former quota, or the difference is counted.",
            ITEM_UNIT,
            "make",
            "quota_distance",
            shadow_price_unit="won of distance per {unit}",
        ),
        _describe_constraint(
            "goal",
            "The goal {goal}, once reached, is kept while the next is sought.",
            "unit of the goal",
            *ALL_VARIABLES,
            "worst",
            "central_distance",
            "quota_distance",
            shadow_price_unit="won of the goal sought per unit of the goal held",
        ),
    )
}
"""Every rule, in the order in which `build` makes them."""

Side = Literal["lower", "upper"]
"""Which bound of a column."""

BOUNDS: Mapping[tuple[str, Side], ConstraintInfo] = {
    ("make", "lower"): _describe_bound(
        "line_least", "At least so much is made on {line} in {period}.", ITEM_UNIT, "make"
    ),
    ("make", "upper"): _describe_bound(
        "line_most", "At most so much is made on {line} in {period}.", ITEM_UNIT, "make"
    ),
    ("stock", "lower"): _describe_bound(
        "stock_least", "{place} keeps at least so much {item} at the end of {period}.", ITEM_UNIT, "stock"
    ),
    ("stock", "upper"): _describe_bound(
        "stock_most", "{place} keeps at most so much {item} at the end of {period}.", ITEM_UNIT, "stock"
    ),
    ("give", "upper"): _describe_bound(
        "wants", "{partner} takes at most so much {item} in {period}.", ITEM_UNIT, "give"
    ),
    ("take", "upper"): _describe_bound(
        "offers", "{partner} gives at most so much {item} in {period}.", ITEM_UNIT, "take"
    ),
    ("short", "upper"): _describe_bound(
        "bands", "Band {band} of the need of {place} for {item} in {period} is only so wide.", ITEM_UNIT, "short"
    ),
    ("worst", "upper"): _describe_bound(
        "whole_need", "No more than the whole need is served.", "share", "worst", "share of the goal per share"
    ),
}
"""The bounds of decisions that say something, by decision and side; their price is the reduced cost of the column."""

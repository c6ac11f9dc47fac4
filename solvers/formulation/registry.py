"""Registry of constraints and bounds: name, sentence, units and documentation page of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

ITEM_UNIT = "{unit}"
"""Placeholder for the unit of the item of a constraint or bound."""


@dataclass(frozen=True, slots=True)
class ConstraintInfo:
    """A constraint, or a bound of a variable, in the planner's words."""

    name: str
    """Name of the row block, or name of the bound."""
    sentence: str
    """Sentence for planners; `{place}`, `{item}` … are placeholders for the labels of the axes."""
    unit: str
    """Unit of the right-hand side; `{unit}` is the unit of the item."""
    shadow_price_unit: str
    """Unit of the shadow price."""
    variables: tuple[str, ...]
    """Variables of the constraint."""
    page: str
    """Documentation page, relative to the root of the repository."""


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
        name, sentence, unit, shadow_price_unit or f"won per {unit}", (variable,), "docs/formulation/variables.md"
    )


ALL_VARIABLES = ("make", "ship", "stock", "central", "give", "take", "short", "discard", "extra")
"""Variables of a program without goals."""

CONSTRAINTS: Mapping[str, ConstraintInfo] = {
    constraint.name: constraint
    for constraint in (
        _describe_constraint(
            "balance",
            "{place} in {period}: the supply of {item} equals its use, stock and shipments; unmet demand is shortage.",
            ITEM_UNIT,
            *ALL_VARIABLES,
        ),
        _describe_constraint(
            "requirement",
            "{place} in {period}: what people take meets the requirement {item}; unmet need is shortage.",
            ITEM_UNIT,
            "short",
            "extra",
            "over",
        ),
        _describe_constraint(
            "taken",
            "What people of {place} take of {item} in {period} is limited.",
            ITEM_UNIT,
            "short",
            "extra",
        ),
        _describe_constraint(
            "basket_share",
            "{place} in {period}: the share of an item in what people take to meet a requirement is limited: {basket}.",
            ITEM_UNIT,
            "short",
            "extra",
        ),
        _describe_constraint(
            "due",
            "A part of the need for {item} in {place} is due before {period} ends.",
            ITEM_UNIT,
            *ALL_VARIABLES,
        ),
        _describe_constraint(
            "shortage_width",
            "Shortage band {band} of {item} in {place} in {period} has a maximum width, with what was short before.",
            ITEM_UNIT,
            "short",
        ),
        _describe_constraint(
            "served_least",
            "At least a stated amount of the need for {item} in {place} in {period} is served.",
            ITEM_UNIT,
            "short",
        ),
        _describe_constraint("machine", "The hours of the machines {machine} in {period} are limited.", "hour", "make"),
        _describe_constraint("labour", "The hours of labour in {place} in {period} are limited.", "hour", "make"),
        _describe_constraint(
            "power", "The electricity of factories and trains in {area} in {period} is limited.", "kWh", "make", "ship"
        ),
        _describe_constraint("link", "The tonnes on the link {arc} in {period} are limited.", "tonne", "ship"),
        _describe_constraint(
            "handling", "The tonnes that enter {place} over links in {period} are limited.", "tonne", "ship"
        ),
        _describe_constraint(
            "central_share", "The central deliveries of {item} in {period} are limited.", ITEM_UNIT, "central"
        ),
        _describe_constraint(
            "local_floor",
            "Local factories make at least a stated share of {group} over the plan.",
            "won",
            "make",
            "central",
            shadow_price_unit="won per won's worth (category) or per unit (item)",
        ),
        _describe_constraint(
            "swap_balance",
            "The value taken from {partner} in {window} is limited by the value given and the credit.",
            "won",
            "give",
            "take",
        ),
        _describe_constraint(
            "own_surplus",
            "Until the end of {period}, swaps give at most the {item} that local factories have made, and the opening stock.",
            ITEM_UNIT,
            "make",
            "give",
        ),
        _describe_constraint(
            "store", "The tonnes in the stores of {place} at the end of {period} are limited.", "tonne", "stock"
        ),
        _describe_constraint(
            "budget",
            "The spending from the budget {budget} is limited in {period}.",
            "won",
            "make",
            "ship",
            "central",
            "take",
        ),
        _describe_constraint(
            "rate_change",
            "The change of the output of {line} per day in {period} is measured.",
            ITEM_UNIT,
            "make",
            "rate_change",
        ),
        _describe_constraint(
            "left_over",
            "The stock of {item} in {place} at the end of {period} above its minimum is measured.",
            ITEM_UNIT,
            "stock",
            "left_over",
        ),
        _describe_constraint(
            "given_away",
            "The value given to {partner} in the settlement window that ends with {period} and not used is measured.",
            "won",
            "give",
            "take",
            "given_away",
        ),
        _describe_constraint(
            "own_needs_first",
            "The shortage of {item} in {place} in {period} is at most that of the plan without swaps.",
            ITEM_UNIT,
            "short",
        ),
        _describe_constraint(
            "worst_fulfilment",
            "The smallest served share is at most the served share of {served}.",
            "share",
            "short",
            "worst",
            shadow_price_unit="share of the goal per whole need",
        ),
        _describe_constraint(
            "central_distance",
            "The deviation of the central share of goods from its target is measured.",
            "won",
            "make",
            "central",
            "central_distance",
            shadow_price_unit="won of distance per won's worth",
        ),
        _describe_constraint(
            "quota_distance",
            "The deviation of the quota of {line} in {period} from the former quota is measured.",
            ITEM_UNIT,
            "make",
            "quota_distance",
            shadow_price_unit="won of distance per {unit}",
        ),
        _describe_constraint(
            "goal",
            "The goal {goal} stays within its tolerance while a later goal is sought.",
            "unit of the goal",
            *ALL_VARIABLES,
            "worst",
            "central_distance",
            "quota_distance",
            shadow_price_unit="won of the goal sought per unit of the goal held",
        ),
    )
}
"""Every constraint, in the order of `build_program`."""

Side = Literal["lower", "upper"]
"""Side of a bound."""

BOUNDS: Mapping[tuple[str, Side], ConstraintInfo] = {
    ("make", "lower"): _describe_bound(
        "line_least", "The quota of {line} in {period} has a minimum.", ITEM_UNIT, "make"
    ),
    ("make", "upper"): _describe_bound(
        "line_most", "The quota of {line} in {period} has a maximum.", ITEM_UNIT, "make"
    ),
    ("stock", "lower"): _describe_bound(
        "stock_least", "The stock of {item} in {place} at the end of {period} has a minimum.", ITEM_UNIT, "stock"
    ),
    ("stock", "upper"): _describe_bound(
        "stock_most", "The stock of {item} in {place} at the end of {period} has a maximum.", ITEM_UNIT, "stock"
    ),
    ("give", "upper"): _describe_bound(
        "wants", "The amount of {item} that {partner} takes in {period} is limited.", ITEM_UNIT, "give"
    ),
    ("take", "upper"): _describe_bound(
        "offers", "The amount of {item} that {partner} gives in {period} is limited.", ITEM_UNIT, "take"
    ),
    ("over", "upper"): _describe_bound(
        "requirement_most",
        "What people of {place} take of the requirement {item} in {period} is limited.",
        ITEM_UNIT,
        "over",
    ),
    ("short", "upper"): _describe_bound(
        "bands", "Shortage band {band} of {item} in {place} in {period} has a maximum width.", ITEM_UNIT, "short"
    ),
    ("worst", "upper"): _describe_bound(
        "whole_need", "The smallest served share is at most 1.", "share", "worst", "share of the goal per share"
    ),
}
"""Bounds of variables that planners can change, by variable and side; the shadow price of a bound is the reduced cost."""

"""Register of finding codes: severity and meaning of every code that Allot reports.

The codes are stable, so programs may rely on them. A test compares the register with the checks.
The documentation lists the register on its page of error and finding codes.
"""

from typing import NamedTuple

from models.validation.finding import Finding, Severity, format_json_pointer


class FindingCode(NamedTuple):
    """Severity and meaning of a code."""

    severity: Severity
    """Severity of the finding."""
    meaning: str
    """Meaning, in one sentence."""


STRUCTURE_CODES: dict[str, FindingCode] = {
    "bad_json": FindingCode("error", "The text is not valid JSON."),
    "too_deep": FindingCode("error", "Lists and objects are nested too deeply."),
    "repeated_key": FindingCode(
        "error", "An object contains the same key twice, or two keys that are one label; only one value would count."
    ),
    "bad_text": FindingCode("error", "A text contains an unpaired UTF-16 surrogate."),
    "missing": FindingCode("error", "A required field is missing."),
    "unknown_field": FindingCode("error", "A field has an unknown name."),
    "wrong_type": FindingCode(
        "error", "A value has the wrong type, such as text for a number or one value for a list."
    ),
    "negative": FindingCode("error", "A number is negative but must be at least 0."),
    "not_finite": FindingCode("error", "A number is infinite, not a number (NaN), or too large."),
    "out_of_range": FindingCode("error", "A number is outside the range of its field."),
    "bad_id": FindingCode("error", "An identifier contains characters other than letters, digits, `-`, `_` and `.`."),
    "unknown_choice": FindingCode("error", "A value is not one of the allowed values of its field."),
    "too_short": FindingCode("error", "A text or list is shorter than allowed."),
    "too_long": FindingCode("error", "A text or list is longer than allowed."),
    "invalid": FindingCode("error", "Fields of one object contradict each other."),
    "more_findings": FindingCode("error", "There are more findings than one response contains."),
}
"""Codes of structural findings about a request."""

ERROR_CODES: dict[str, FindingCode] = {
    "unknown_item": FindingCode("error", "An item is not listed in `items`."),
    "unknown_requirement": FindingCode("error", "A requirement is not listed in `requirements`."),
    "unknown_period": FindingCode("error", "A period is not listed in `periods`."),
    "unknown_place": FindingCode("error", "A place is neither a county nor a station."),
    "unknown_county": FindingCode("error", "A county is not listed in `counties`."),
    "unknown_power_area": FindingCode("error", "A power area is not listed in `power_areas`."),
    "unknown_calendar": FindingCode("error", "A calendar is not listed in `calendars`."),
    "unknown_category": FindingCode("error", "No item has the category."),
    "unknown_machine_group": FindingCode("error", "A line uses a machine group that its factory does not have."),
    "duplicate_id": FindingCode(
        "error", "Two things of one kind have the same identifier; counties and stations are one kind."
    ),
    "duplicate_period": FindingCode("error", "A period is listed twice."),
    "duplicate_line": FindingCode("error", "A factory has two lines for one item and recipe."),
    "duplicate_demand": FindingCode("error", "Two demand rows state the need of one county for one item."),
    "duplicate_served_least": FindingCode(
        "error", "Two rows of `served_least` state the least served amount of one county and item."
    ),
    "duplicate_gateway": FindingCode("error", "A gateway is listed twice."),
    "duplicate_goal": FindingCode("error", "A goal is listed twice."),
    "goal_without_selection": FindingCode("error", "A goal other than `shortage` selects needs by `of`."),
    "wrong_length": FindingCode("error", "A list has another length than it needs, such as one number per period."),
    "calendar_sum": FindingCode("error", "The shares of a calendar do not sum to 1."),
    "reserved_name": FindingCode("error", "A name has a meaning of its own, such as the calendar `even`."),
    "no_days": FindingCode("error", "All periods have 0 days, so needs cannot be distributed by days."),
    "link_to_itself": FindingCode("error", "A link starts and ends at the same place."),
    "electric_link_without_area": FindingCode("error", "An electric link has no power area."),
    "least_above_most": FindingCode("error", "A lower limit exceeds its upper limit."),
    "share_of_nothing": FindingCode(
        "error", "A share of a basket is stated for an item that provides nothing of the requirement."
    ),
    "shares_sum": FindingCode("error", "The shares of a basket cannot sum to 1."),
    "no_whole_quota": FindingCode(
        "error", "A line in whole units or lots has no whole number, or multiple of its lot, between its limits."
    ),
    "no_whole_stock": FindingCode("error", "A stock of an item in whole units has no whole number between its limits."),
    "lot_not_whole": FindingCode("error", "The lot of an item in whole units is no whole number."),
    "closing_outside_limits": FindingCode(
        "error", "A closing stock limit contradicts the stock limits of the last period."
    ),
    "stock_of_unstorable": FindingCode("error", "A stock is stated for an item that is not storable."),
    "due_before_arrival": FindingCode(
        "error", "More of a need is due than can arrive by then, and the item is not storable."
    ),
    "part_of_whole_unit": FindingCode(
        "error", "A part of a shortage carries over of an item in whole units; only all or nothing can."
    ),
    "arrives_too_late": FindingCode(
        "error", "Goods in transit arrive so late that they cannot have left before the plan begins."
    ),
    "made_from_nothing": FindingCode(
        "error", "A production cycle makes more of its items than it uses; a warning if the cycle needs swaps."
    ),
    "allotment_of_good": FindingCode(
        "error", "An allotment is stated for a good; the centre supplies goods by share, so it has no effect."
    ),
    "past_periods": FindingCode(
        "error", "The past periods are not the first periods of the problem, or leave no period to plan."
    ),
    "unknown_line": FindingCode("error", "A factory has no line for the item."),
    "unknown_link": FindingCode(
        "error",
        "A link is not listed in `links`; or a past shipment, or goods in transit, use a link that does not lead to their "
        "destination.",
    ),
    "unknown_partner": FindingCode(
        "error", "A past swap, a budget or a request names a partner that is not listed in `partners`."
    ),
    "duplicate_past": FindingCode(
        "error", "The past, the goods in transit or the former quotas list the same thing twice."
    ),
    "no_former_quotas": FindingCode("error", "The goal `quotas_close` is listed, but there are no former quotas."),
    "ambiguous_floor": FindingCode(
        "error", "A local floor names a category that is also an item outside the category."
    ),
    "no_census_year": FindingCode("error", "A county has a census, but the census year or the plan's year is missing."),
    "plan_before_census": FindingCode("error", "A table by age was counted after the plan's year."),
    "bad_ages": FindingCode("error", "Ages of a table, of rates or of a population group are incomplete or differ."),
    "no_age_groups": FindingCode("error", "A county has a table by age, but no population group is defined by age."),
    "census_and_ages": FindingCode("error", "A population group follows both from a count and from ages."),
    "shop_shares": FindingCode("error", "The shares of the shops of a county do not sum to 1."),
    "duplicate_shop": FindingCode("error", "A county has two shops with the same identifier."),
    "open_ring": FindingCode("error", "A ring of a border does not end where it begins."),
    "bands_beyond_need": FindingCode("error", "The widths of the shortage bands sum to more than 1."),
}
"""Codes of inconsistencies between parts of a problem."""

WARNING_CODES: dict[str, FindingCode] = {
    "least_run_above_most": FindingCode("warning", "The least run of a line exceeds its upper limit in every period."),
    "group_without_people": FindingCode("warning", "A norm is for a population group that no county has."),
    "misspelt_group": FindingCode(
        "warning", "A population group without a norm resembles a group with a norm that the county lacks."
    ),
    "heads_and_census": FindingCode(
        "warning", "Stated heads differ from the projection of the census by more than its error; they are used."
    ),
    "worthless_need": FindingCode("warning", "A needed good has a value of 0, so its shortage costs nothing."),
    "served_least_without_need": FindingCode(
        "warning", "A least served amount is stated where the county does not need the item, so it has no effect."
    ),
    "same_name": FindingCode("warning", "Two items have the same name."),
    "similar_label": FindingCode(
        "warning",
        "Two labels or identifiers of one kind differ only in case, width or separators, or labels in one letter or "
        "syllable.",
    ),
    "bands_sum": FindingCode("warning", "The widths of the shortage bands sum to less than 1."),
    "default_priority_weight": FindingCode(
        "warning", "Items have a priority without a stated weight, so the default weight is used."
    ),
    "goal_without_needs": FindingCode("warning", "A goal selects no need, so it has no effect."),
    "needs_without_goal": FindingCode(
        "warning", "Goals serve selected needs only, and some needs are in none of them."
    ),
    "fairness_and_bands": FindingCode(
        "warning", "Fairness and shortage bands are both stated; the bands replace fairness."
    ),
    "default_target": FindingCode("warning", "The goal `central_share` has no target, so the central share is used."),
    "level_without_smoothing": FindingCode("warning", "The goal `level` is listed, but `smoothing` is 0."),
    "tiny_coefficient": FindingCode(
        "warning", "An amount per unit is so small that solvers take it for 0, so limits that count it may be exceeded."
    ),
    "unmetered_factory": FindingCode("warning", "A factory at a station uses electricity without a limit."),
    "transit_beyond_plan": FindingCode("warning", "A link takes at least as many periods as the plan has."),
    "no_gateway": FindingCode("warning", "The centre promises supplies, but there is no gateway."),
    "share_of_material": FindingCode(
        "warning", "A share is stated for a material; shares apply to goods only, so it has no effect."
    ),
    "no_source": FindingCode("warning", "A needed item has no source: no line, central supply, partner or stock."),
    "requirement_without_provider": FindingCode(
        "warning", "A needed requirement is provided by no item, or by none that has a source."
    ),
    "most_below_norms": FindingCode(
        "warning", "The greatest amount of a requirement is below its norms; the norms count."
    ),
    "norms_above_most": FindingCode(
        "warning", "The own norms of an item exceed the most that people take of it; the norms count."
    ),
    "unlikely_amount": FindingCode(
        "warning",
        "Under 1 g or over 20 kg of an item a day would meet a requirement alone, so an amount may be in another unit.",
    ),
    "cut_off": FindingCode("warning", "A county needs items that cannot reach it from a source."),
    "partners_without_swaps": FindingCode("warning", "A budget names partners but does not cover swaps."),
    "nothing_to_pay": FindingCode("warning", "A budget covers a kind of spending that costs nothing."),
    "seat_outside_border": FindingCode("warning", "The seat of a county lies outside its border."),
    "years_and_days": FindingCode("warning", "The length of the plan in years and the days of its periods differ."),
}
"""Codes of doubtful inputs that do not prevent planning."""

CHANGE_CODES: dict[str, FindingCode] = {
    "unknown_where": FindingCode("error", "A change selects nothing."),
    "not_by_period": FindingCode("error", "A change is by period, but its target is one number for the whole plan."),
    "nothing_to_multiply": FindingCode("error", "A change multiplies values, but all of them are absent or 0."),
    "needs_all_periods": FindingCode(
        "error", "A change sets a limit in some periods, but the other periods have no limit."
    ),
    "changed_out_of_range": FindingCode("error", "A change makes a number exceed the range of its field."),
}
"""Codes of findings about changes."""

ANALYSIS_CODES: dict[str, FindingCode] = {
    "unknown_factory": FindingCode("error", "A factory is not listed in `factories`."),
    "unknown_factor": FindingCode("error", "A factor is not listed in `factors` of the request."),
    "duplicate_name": FindingCode("error", "Two entries of a list of a request have the same name."),
    "outcome_without_needs": FindingCode("error", "An outcome selects no need, so it would state nothing."),
    "not_limits_by_period": FindingCode(
        "error",
        "A factor of a backtest changes more than limits and needs by period, or the policy has several stages.",
    ),
}
"""Codes of findings about requests of analyses."""

FINDING_CODES: dict[str, FindingCode] = STRUCTURE_CODES | ERROR_CODES | WARNING_CODES | CHANGE_CODES | ANALYSIS_CODES
"""All codes."""


def make_finding(
    code: str, path: tuple[str | int, ...], message: str, remedy: str, severity: Severity | None = None
) -> Finding:
    """Create a finding with the severity of its code unless stated; `path` is a tuple such as `("items", 0, "value")`."""
    return Finding(
        path=format_json_pointer(*path),
        code=code,
        message=message,
        remedy=remedy,
        severity=severity or FINDING_CODES[code].severity,
    )

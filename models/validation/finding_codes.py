"""The register of findings: every code Allot can report, how grave it is and what it stands for.

The codes are stable: programs may rely on them. The reference page of codes is generated from this register.
"""

from typing import NamedTuple

from models.validation.finding import Finding, Severity, format_json_pointer


class FindingCode(NamedTuple):
    """What a code stands for."""

    severity: Severity
    """How grave it is."""
    meaning: str
    """What it says, in one sentence."""


STRUCTURE_CODES: dict[str, FindingCode] = {
    "bad_json": FindingCode("error", "The text is not JSON."),
    "too_deep": FindingCode("error", "Lists and objects are nested too deeply to be read."),
    "repeated_key": FindingCode("error", "An object names the same key twice; only the last would count."),
    "bad_text": FindingCode("error", "A text holds half a character (a lone surrogate)."),
    "missing": FindingCode("error", "A field that must be there is not."),
    "unknown_field": FindingCode("error", "A field has a name that Allot does not know."),
    "wrong_type": FindingCode("error", "A value is of the wrong kind: text for a number, one value for a list."),
    "negative": FindingCode("error", "A number is below zero where it may not be."),
    "not_finite": FindingCode("error", "A number is infinite, not a number, or too large to be held."),
    "out_of_range": FindingCode("error", "A number lies outside what its field allows."),
    "bad_id": FindingCode("error", "An identifier has signs other than letters, digits, `-`, `_` and `.`."),
    "unknown_choice": FindingCode("error", "A value is not one of the words its field allows."),
    "too_short": FindingCode("error", "A text or list has fewer entries than it must have."),
    "too_long": FindingCode("error", "A text or list has more entries than it may have."),
    "invalid": FindingCode("error", "Fields of one object do not go together."),
    "more_findings": FindingCode("error", "There are more findings than are reported at once."),
}
"""What can be wrong with the shape of a request."""

ERROR_CODES: dict[str, FindingCode] = {
    "unknown_item": FindingCode("error", "An item is named that `items` does not have."),
    "unknown_place": FindingCode("error", "A place is named that is neither a county nor a station."),
    "unknown_county": FindingCode("error", "A county is named that `counties` does not have."),
    "unknown_power_area": FindingCode("error", "A power area is named that `power_areas` does not have."),
    "unknown_calendar": FindingCode("error", "A calendar is named that `calendars` does not have."),
    "unknown_category": FindingCode("error", "A category is named that no item has."),
    "unknown_machine_group": FindingCode("error", "A line uses a machine group that its factory does not have."),
    "duplicate_id": FindingCode(
        "error", "Two things of one kind have the same identifier; counties and stations are one kind."
    ),
    "duplicate_period": FindingCode("error", "A period is listed twice."),
    "duplicate_line": FindingCode("error", "A factory has two lines for one item."),
    "duplicate_demand": FindingCode("error", "Two demand rows state the need of one county for one item."),
    "duplicate_gateway": FindingCode("error", "A gateway is listed twice."),
    "duplicate_goal": FindingCode("error", "A goal is listed twice."),
    "wrong_length": FindingCode("error", "A list has not one number per period."),
    "calendar_sum": FindingCode("error", "A calendar's shares do not sum to 1."),
    "reserved_name": FindingCode("error", "A calendar is called `even`, which already means something."),
    "no_days": FindingCode("error", "The periods have no days, so that nothing can be spread by them."),
    "link_to_itself": FindingCode("error", "A link starts and ends at the same place."),
    "electric_link_without_area": FindingCode("error", "A link draws electricity, but no power area meters it."),
    "least_above_most": FindingCode("error", "A lower limit lies above its upper limit."),
    "no_whole_quota": FindingCode("error", "A line of whole units has no whole number between its least and its most."),
    "closing_outside_limits": FindingCode(
        "error", "A closing stock is asked for that the limits of the last period rule out."
    ),
    "stock_of_unstorable": FindingCode("error", "A stock is stated of an item that cannot be stored."),
    "made_from_nothing": FindingCode(
        "error", "Lines that feed each other turn out more of their items than they use up."
    ),
    "allotment_of_good": FindingCode(
        "error", "An allotment is stated of a good; goods come by share, so it would not count."
    ),
    "past_periods": FindingCode("error", "The past names other periods than the first ones, or leaves none to plan."),
    "unknown_line": FindingCode("error", "A factory and an item are named for which there is no line."),
    "unknown_link": FindingCode("error", "The past names a link that does not reach the place."),
    "unknown_partner": FindingCode("error", "The past names a partner that `partners` does not have."),
    "duplicate_past": FindingCode("error", "The past, or former quotas, list the same thing twice."),
    "no_former_quotas": FindingCode("error", "The goal `quotas_close` is listed, but there are no former quotas."),
    "ambiguous_floor": FindingCode("error", "A local floor names both a category and an item outside of it."),
    "bands_beyond_need": FindingCode("error", "The widths of the shortage bands sum to more than 1."),
}
"""What can be wrong with how the parts of a problem fit together."""

WARNING_CODES: dict[str, FindingCode] = {
    "group_without_people": FindingCode("warning", "A norm is for a population group that no county has."),
    "misspelt_group": FindingCode(
        "warning", "A county's population group has no norm, but a name much like one it lacks."
    ),
    "worthless_need": FindingCode("warning", "A good is needed whose value is 0, so that its shortage costs nothing."),
    "same_name": FindingCode("warning", "Two items have the same name for people."),
    "bands_sum": FindingCode("warning", "The widths of the shortage bands sum to less than 1."),
    "default_priority_weight": FindingCode(
        "warning", "Items have a priority whose weight is not stated; the default holds."
    ),
    "default_target": FindingCode(
        "warning", "The goal `central_share` says no target; the centre's own promise is taken."
    ),
    "unmetered_factory": FindingCode("warning", "A factory at a station uses electricity that no power area limits."),
    "no_gateway": FindingCode(
        "warning", "The centre promises supplies, but there is no gateway at which it hands over."
    ),
    "share_of_material": FindingCode(
        "warning", "A share is stated of a material; shares are of goods, so it does not count."
    ),
    "no_source": FindingCode("warning", "An item is needed that nobody makes, gives, allots or has in stock."),
    "cut_off": FindingCode("warning", "A county needs items that no link brings from where they are."),
    "years_and_days": FindingCode("warning", "The plan's length in years and the days of its periods differ."),
}
"""What is doubtful in a problem that can be planned."""

CHANGE_CODES: dict[str, FindingCode] = {
    "unknown_where": FindingCode("error", "A change selects nothing."),
    "unknown_period": FindingCode("error", "A change names a period that the problem does not have."),
    "not_by_period": FindingCode(
        "error", "A change is by period, but what it changes is one number for the whole plan."
    ),
    "nothing_to_multiply": FindingCode("error", "A change multiplies limits of which none is stated."),
    "needs_all_periods": FindingCode(
        "error", "A change sets a limit in some periods, and nothing is stated for the others."
    ),
    "changed_out_of_range": FindingCode("error", "A change takes a number beyond what its field allows."),
}
"""What can be wrong with a change."""

FINDING_CODES: dict[str, FindingCode] = STRUCTURE_CODES | ERROR_CODES | WARNING_CODES | CHANGE_CODES
"""All codes."""


def make_finding(code: str, path: tuple[str | int, ...], message: str, remedy: str) -> Finding:
    """A finding with the severity of its code; `path` as parts, such as `("items", 0, "value")`."""
    return Finding(
        path=format_json_pointer(*path),
        code=code,
        message=message,
        remedy=remedy,
        severity=FINDING_CODES[code].severity,
    )

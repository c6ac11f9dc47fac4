"""Modified example problems for tests of findings."""

import json
from collections.abc import Callable
from typing import Any

from models.examples import two_counties_raw
from models.validation.checks import Finding, InvalidProblemError, check_problem
from models.validation.parsing import parse_problem

Raw = dict[str, Any]
Modification = Callable[[Raw], object]


def modified_problem(*modifications: Modification) -> Raw:
    """Return the example problem after each modification has changed it in place."""
    raw = two_counties_raw()
    for modify in modifications:
        modify(raw)
    return raw


def list_findings(raw: Any) -> tuple[Finding, ...]:
    """Return all errors and warnings about a request."""
    try:
        return check_problem(parse_problem(raw if isinstance(raw, bytes | str) else json.dumps(raw)))
    except InvalidProblemError as invalid:
        return invalid.findings


def list_codes(raw: Any) -> list[tuple[str, str]]:
    """Return path and code of each finding."""
    return [(finding.path, finding.code) for finding in list_findings(raw)]


SOAP = {"factory": "hyesan-daily", "item": "soap", "quantity": [5.0]}
SHIPPED = {"link": "kilju-hyesan", "to": "hyesan", "item": "soap", "quantity": [5.0]}
SUPPLIED = {"place": "hyesan", "item": "soap", "central": [0.0], "stock": [5.0], "shortage": [0.0]}
SWAPPED = {"partner": "north-hamgyong", "item": "soap", "given": [0.0], "taken": [5.0]}


def past(**parts: Any) -> Modification:
    """Add a past of the first month to a problem."""

    def modify(raw: Raw) -> None:
        raw["past"] = {"periods": ["2002-01"], **parts}

    return modify


def former(*quotas: dict[str, Any], goals: list[str] | None = None) -> Modification:
    """Add former quotas and goals to a problem."""

    def modify(raw: Raw) -> None:
        raw["former_quotas"] = list(quotas)
        raw["policy"]["goals"] = goals

    return modify


PAST_MISTAKES: list[tuple[str, str, Modification]] = [
    ("past_periods", "/past/periods", past(periods=["2002-02"])),
    ("past_periods", "/past/periods", past(periods=["2002-01", "2002-02"])),
    ("unknown_line", "/past/outputs/0", past(outputs=[SOAP | {"factory": "kapsan-food"}])),
    ("duplicate_past", "/past/outputs/1", past(outputs=[SOAP, SOAP])),
    ("wrong_length", "/past/outputs/0/quantity", past(outputs=[SOAP | {"quantity": [5.0, 6.0]}])),
    ("unknown_link", "/past/shipments/0/link", past(shipments=[SHIPPED | {"to": "kapsan"}])),
    ("unknown_item", "/past/shipments/0/item", past(shipments=[SHIPPED | {"item": "gold"}])),
    ("unknown_place", "/past/supply/0/place", past(supply=[SUPPLIED | {"place": "nowhere"}])),
    ("unknown_county", "/past/supply/0/place", past(supply=[SUPPLIED | {"place": "kilju"}])),
    ("unknown_partner", "/past/swaps/0/partner", past(swaps=[SWAPPED | {"partner": "nobody"}])),
    ("unknown_line", "/former_quotas/0", former(SOAP | {"item": "starch", "quantity": 5.0})),
    ("duplicate_past", "/former_quotas/1", former(SOAP | {"quantity": 5.0}, SOAP | {"quantity": 6.0})),
    ("wrong_length", "/former_quotas/0/quantity", former(SOAP | {"quantity": [1.0, 2.0, 3.0]})),
    ("no_former_quotas", "/policy/goals/1", former(goals=["shortage", "quotas_close"])),
]


def first_line(**fields: Any) -> Modification:
    """Replace fields of the first line, which makes an item in whole units."""
    return lambda raw: raw["factories"][0]["lines"][0].update(fields)


WHOLE_UNIT_MISTAKES: list[tuple[str, str, Modification]] = [
    ("lot_not_whole", "/factories/0/lines/0/lot", first_line(lot=2.5)),
    ("no_whole_quota", "/factories/0/lines/0/least", first_line(least=5, most=7, lot=4)),
    ("least_run_above_most", "/factories/0/lines/0/least_run", first_line(least_run=9, most=[5, 8])),
    (
        "no_whole_stock",
        "/counties/1/stocks/soap/closing_least",
        lambda raw: raw["counties"][1].update(stocks={"soap": {"closing_least": 2.25, "closing_most": 2.75}}),
    ),
]


def washing(items: dict[int, Raw] | None = None, **fields: Any) -> Modification:
    """Add the requirement `washing`, which soap meets, and replace fields of it and of items by position."""

    def modify(raw: Raw) -> None:
        raw["requirements"] = [{"id": "washing", "norms": {"people": 2}} | fields]
        raw["items"][0]["provides"] = {"washing": 2}
        for position, more in (items or {}).items():
            raw["items"][position].update(more)

    return modify


REQUIREMENT_MISTAKES: list[tuple[str, str, Modification]] = [
    ("unknown_requirement", "/items/0/provides/washin", washing({0: {"provides": {"washing": 2, "washin": 1}}})),
    ("unknown_item", "/requirements/0/shares/sope", washing(shares={"sope": {"most": 0.5}})),
    ("share_of_nothing", "/requirements/0/shares/starch", washing(shares={"starch": {"most": 0.5}})),
    ("shares_sum", "/requirements/0/shares", washing(shares={"soap": {"most": 0.5}})),
    (
        "shares_sum",
        "/requirements/0/shares",
        washing({1: {"provides": {"washing": 1}}}, shares={i: {"least": 0.75} for i in ("soap", "notebook")}),
    ),
    (
        "least_above_most",
        "/requirements/0/shares/soap/least",
        washing({1: {"provides": {"washing": 1}}}, shares={"soap": {"least": 0.5, "most": 0.25}}),
    ),
    ("unknown_calendar", "/requirements/0/calendar", washing(calendar="scool")),
    ("unknown_period", "/requirements/0/due/2002-13", washing(due={"2002-13": {"share": 0.5}})),
    ("group_without_people", "/requirements/0/most/infants", washing(most={"infants": 9})),
    ("duplicate_id", "/requirements/1/id", lambda raw: raw.update(requirements=[{"id": "washing"}, {"id": "washing"}])),
    ("worthless_need", "/requirements/0/value", washing(value=0)),
    ("requirement_without_provider", "/requirements/0", washing({0: {"provides": {}}})),
    ("most_below_norms", "/requirements/0/most", washing(most={"people": 1})),
    ("norms_above_most", "/items/0/most_per_head", washing({0: {"most_per_head": {"people": 0.25}}})),
    ("unlikely_amount", "/items/2/provides/washing", washing({2: {"provides": {"washing": 2000}}})),
    ("unknown_item", "/supply_shares/promised/sope", lambda raw: raw["supply_shares"].update(promised={"sope": 1})),
]

SQUARE = [[128.0, 41.0], [129.0, 41.0], [129.0, 42.0], [128.0, 42.0], [128.0, 41.0]]
"""A ring of one degree, open where its last position is left out."""


def square_border(
    county: str, *rings: list[list[float]], kind: str = "Polygon", latitude: float | None = None
) -> Modification:
    """Add a border of rings, and a seat of the first county at a latitude, which may lie outside of the square."""

    def modify(raw: Raw) -> None:
        coordinates = [rings] if kind == "MultiPolygon" else rings
        geometry = {"type": kind, "coordinates": coordinates}
        raw["borders"] = {"source": "survey", "licence": "CC0", "counties": {county: geometry}}
        raw["counties"][0].update(latitude=latitude, longitude=128.5)

    return modify


BORDER_MISTAKES: list[tuple[str, str, Modification]] = [
    ("unknown_county", "/borders/counties/hyesam", square_border("hyesam", SQUARE)),
    ("open_ring", "/borders/counties/hyesan/coordinates/0", square_border("hyesan", SQUARE[:-1])),
    (
        "open_ring",
        "/borders/counties/hyesan/coordinates/0/1",
        square_border("hyesan", SQUARE, SQUARE[:-1], kind="MultiPolygon"),
    ),
    ("seat_outside_border", "/counties/0/latitude", square_border("hyesan", SQUARE, latitude=42.5)),
]

FURTHER_MISTAKES = (*PAST_MISTAKES, *WHOLE_UNIT_MISTAKES, *REQUIREMENT_MISTAKES, *BORDER_MISTAKES)
"""Mistakes of the past, of whole units, of requirements and of borders."""

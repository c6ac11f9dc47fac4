"""Texts of the command line for studies, ranges and backtests: factors, levers, outcomes, thresholds, measures, policies.

Outcomes and measures are written as the tables name them, such as `served_share of county hyesan or kapsan, priority 1`.
Each function returns the value as JSON would state it, which the models then check.
"""

import re
from collections.abc import Callable
from typing import Any, NoReturn

import typer

from service.cli import problem_sources

_FACTOR = re.compile(r"(?:(?P<name>[\w.-]+)=)?(?P<changes>[^*=]+)\*(?P<kind>[a-z]+)\((?P<numbers>[^()]*)\)")
_BOUND = re.compile(r"(?P<outcome>.+?)\s*(?P<sign>[<>])\s*(?P<number>[0-9.eE+-]+)")
_PARAMETERS = {
    "uniform": ("low", "high"),
    "triangular": ("low", "mode", "high"),
    "normal": ("mean", "deviation", "low", "high"),
}
_WHOLE_NUMBERS = frozenset({"priority"})


def parse_factor(text: str) -> dict[str, Any]:
    """Parse `[NAME=]WHAT[@WHERE[@PERIODS]][+WHAT…]*DISTRIBUTION(NUMBERS)`; exit with 2 for any other text."""
    match = _FACTOR.fullmatch(text.strip())
    if match is None:
        _exit_with_usage(
            text,
            "a factor",
            "[NAME=]WHAT[@WHERE[@PERIODS]]*DISTRIBUTION(NUMBERS), such as power_limit*uniform(0.75,1.25)",
        )
    changes = [_parse_place(part) for part in match["changes"].split("+")]
    name = match["name"] or re.sub(r"[^\w.-]+", ".", match["changes"].split("+")[0].strip())
    return {
        "name": name,
        "changes": changes,
        "distribution": _parse_distribution(text, match["kind"], match["numbers"]),
    }


def parse_lever(text: str) -> dict[str, Any]:
    """Parse `NAME=CHANGE;CHANGE…`; exit with 2 for any other text."""
    name, sign, changes = text.partition("=")
    if not sign:
        _exit_with_usage(text, "a lever", "NAME=CHANGE;CHANGE…, such as lorries=link_tonnes@hyesan-kapsan*1.2")
    parsed = problem_sources.parse_changes([part.strip() for part in changes.split(";")])
    return {"name": name.strip(), "changes": [change.model_dump(mode="json", exclude_none=True) for change in parsed]}


def parse_correlation(text: str) -> dict[str, Any]:
    """Parse `FACTOR,FACTOR=VALUE`; exit with 2 for any other text."""
    names, _, value = text.partition("=")
    pair = [name.strip() for name in names.split(",")]
    number = _read_number(value)
    if len(pair) != 2 or number is None:
        _exit_with_usage(text, "a correlation", "FACTOR,FACTOR=VALUE, such as power,deliveries=0.5")
    return {"factors": pair, "value": number}


def parse_outcome(text: str) -> dict[str, Any]:
    """Parse an outcome, such as `served_share of priority 1`, `periods_below 0.5` or `shadow_price of power/hyesan`."""
    head, _, selection = text.strip().partition(" of ")
    name, _, below = head.strip().partition(" ")
    parsed: dict[str, Any] = {"outcome": name}
    if below:
        number = _read_number(below)
        if number is None:
            _exit_with_usage(
                text, "an outcome", "OUTCOME [NUMBER] [of SELECTION], such as periods_below 0.5 of county hyesan"
            )
        parsed["below"] = number
    if selection and name == "shadow_price":
        parsed["limit"] = dict(zip(("rule", "id", "part", "period"), selection.strip().split("/"), strict=False))
    elif selection:
        parsed["of"] = _parse_selection(selection)
    return parsed


def parse_threshold(text: str) -> dict[str, Any]:
    """Parse an outcome and the values at which it fails, such as `served_share of priority 1 < 0.6`."""
    match = _BOUND.fullmatch(text.strip())
    number = None if match is None else _read_number(match["number"])
    if match is None or number is None:
        _exit_with_usage(text, "a threshold", "OUTCOME < NUMBER or OUTCOME > NUMBER: the values at which it fails")
    return parse_outcome(match["outcome"]) | {"least" if match["sign"] == "<" else "most": number}


def parse_measure(text: str) -> dict[str, Any]:
    """Parse a measure of a range, such as `made of item soap, county hyesan`."""
    name, _, selection = text.strip().partition(" of ")
    return {"measure": name.strip()} | ({"of": _parse_selection(selection)} if selection else {})


def parse_policy(text: str) -> dict[str, Any]:
    """Parse `NAME:KEY=VALUE,…` with `replan_every`, `forecast`, `quotas` and `horizon` (months); exit with 2 otherwise."""
    name, _, settings = text.partition(":")
    readers: dict[str, Callable[[str], Any]] = {
        "replan_every": lambda value: None if value == "never" else _read_number(value),
        "forecast": str,
        "quotas": str,
        "horizon": lambda value: None if value == "all" else {"months": _read_number(value)},
    }
    parsed: dict[str, Any] = {"name": name.strip()}
    for part in filter(None, settings.split(",")):
        key, _, value = part.partition("=")
        if key.strip() not in readers or not value:
            _exit_with_usage(
                text,
                "a policy",
                f"NAME:KEY=VALUE,… with {', '.join(readers)}, such as monthly:replan_every=1,forecast=last",
            )
        parsed[key.strip()] = readers[key.strip()](value.strip())
    return parsed


def _parse_place(text: str) -> dict[str, Any]:
    what, *places = (part.strip() for part in text.split("@"))
    found: dict[str, Any] = {"what": what}
    for key, names in zip(("where", "periods"), places, strict=False):
        if names:
            found[key] = names.split(",")
    return found


def _parse_distribution(text: str, kind: str, numbers: str) -> dict[str, Any]:
    parts = [part.strip() for part in numbers.split(",") if part.strip()]
    if kind == "list" and any(":" in part for part in parts):
        pairs = [part.split(":") for part in parts]
        values, shares = ([_read_number(pair[at]) for pair in pairs if len(pair) == 2] for at in (0, 1))
        found: dict[str, Any] = {"kind": kind, "values": values, "probabilities": shares}
        listed = [*values, *shares]
    else:
        listed = [_read_number(part) for part in parts]
        names = _PARAMETERS.get(kind)
        if names is not None and len(names) != len(listed):
            _exit_with_usage(text, "a factor", f"{kind}({', '.join(names)})")
        found = {"kind": kind} | ({"values": listed} if names is None else dict(zip(names, listed, strict=True)))
    if kind not in (*_PARAMETERS, "empirical", "list") or not listed or None in listed:
        _exit_with_usage(
            text, "a factor", "uniform, triangular, normal, empirical or list with numbers, such as list(0.8:0.3,1:0.7)"
        )
    return found


def _parse_selection(text: str) -> dict[str, list[Any]]:
    """Parse `county hyesan or kapsan, priority 1`."""
    found: dict[str, list[Any]] = {}
    for part in text.split(", "):
        key, _, names = part.strip().partition(" ")
        values = [name.strip() for name in names.split(" or ")]
        found[key] = [int(value) if value.isdigit() else value for value in values] if key in _WHOLE_NUMBERS else values
    return found


def _read_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _exit_with_usage(text: str, kind: str, form: str) -> NoReturn:
    problem_sources.error_console.print(f"{text} is not {kind}; write {form}.", soft_wrap=True, markup=False)
    raise typer.Exit(2)

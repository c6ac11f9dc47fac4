"""Rules over several parts of the request of a study or backtest: names are unique and known, points complete, runs not too many."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeGuard

from models.labels import normalise_label
from models.rule_mistakes import RuleMistake
from models.validation.checks.context import format_name_list, quote_name, suggest_similar_names

BASE_LEVER = "base"
"""Name of the base without changes among the levers."""

MAX_RUNS = 100_000
"""Most runs of a study: draws times levers."""


def find_study_mistakes(raw: Mapping[str, Any]) -> Iterator[RuleMistake]:
    """Yield the mistakes against the rules of a study."""
    names = read_names(raw, "factors")
    yield from find_repeated_names("factors", names)
    levers = read_names(raw, "levers")
    yield from find_repeated_names("levers", levers)
    for k, name in levers.items():
        if name == BASE_LEVER:
            message = f"{quote_name(name)} is the base without changes, which is among the levers in any case."
            yield RuleMistake(("levers", k, "name"), "reserved_name", message, "Choose another name.")
    yield from find_correlation_mistakes(raw, names)
    yield from _find_point_mistakes(raw, names)
    yield from _find_run_count_mistakes(raw)


def find_backtest_mistakes(raw: Mapping[str, Any]) -> Iterator[RuleMistake]:
    """Yield the mistakes against the rules of a backtest."""
    names = read_names(raw, "factors")
    yield from find_repeated_names("factors", names)
    yield from find_repeated_names("policies", read_names(raw, "policies"))
    yield from find_correlation_mistakes(raw, names)


def read_names(raw: Mapping[str, Any], part: str) -> dict[int, str]:
    """Return the names of the entries of a list by position; entries without a readable name are left out."""
    named = {k: entry.get("name") for k, entry in enumerate(_read_list(raw.get(part))) if isinstance(entry, Mapping)}
    return {k: normalise_label(name) for k, name in named.items() if isinstance(name, str)}


def find_repeated_names(part: str, names: Mapping[int, str]) -> Iterator[RuleMistake]:
    """Yield a mistake for every name of a list that an earlier entry has."""
    first: dict[str, int] = {}
    for k, name in names.items():
        if first.setdefault(name, k) != k:
            message = f"{quote_name(name)} is also the name of entry {first[name]} of `{part}`."
            yield RuleMistake((part, k, "name"), "duplicate_name", message, "Give every entry a name of its own.")


def find_correlation_mistakes(raw: Mapping[str, Any], names: Mapping[int, str]) -> Iterator[RuleMistake]:
    """A rank correlation names two different factors of the request, and every pair once."""
    known, first = set(names.values()), dict[frozenset[str], int]()
    for k, entry in enumerate(_read_list(raw.get("rank_correlation"))):
        pair = _read_list(entry.get("factors")) if isinstance(entry, Mapping) else ()
        readable = [normalise_label(name) for name in pair if isinstance(name, str)]
        for position, name in enumerate(readable):
            if name not in known:
                yield _build_unknown_factor(("rank_correlation", k, "factors", position), name, known)
        if len(readable) != 2 or not set(readable) <= known:
            continue
        place = ("rank_correlation", k, "factors")
        if readable[0] == readable[1]:
            message = f"Both factors are {quote_name(readable[0])}."
            yield RuleMistake(place, "invalid", message, "Name two different factors.")
        elif first.setdefault(frozenset(readable), k) != k:
            message = f"Entry {first[frozenset(readable)]} states the correlation of the same factors."
            yield RuleMistake(place, "duplicate_name", message, "Keep one of the entries.")


def _find_point_mistakes(raw: Mapping[str, Any], names: Mapping[int, str]) -> Iterator[RuleMistake]:
    """Every point of a list states every factor, and nothing else."""
    design, known = raw.get("design"), set(names.values())
    points = _read_list(design.get("points")) if isinstance(design, Mapping) and design.get("kind") == "list" else ()
    for k, point in enumerate(points):
        if not isinstance(point, Mapping):
            continue
        stated = {normalise_label(name): name for name in point if isinstance(name, str)}
        missing = [name for name in names.values() if name not in stated]
        if missing:
            message = f"The point does not state {format_name_list(missing, conjunction='and')}."
            yield RuleMistake(("design", "points", k), "invalid", message, "State every factor in every point.")
        for name, as_given in stated.items():
            if name not in known:
                yield _build_unknown_factor(("design", "points", k, as_given), name, known)


def _find_run_count_mistakes(raw: Mapping[str, Any]) -> Iterator[RuleMistake]:
    draws, levers = _count_draws(raw), 1 + len(_read_list(raw.get("levers")))
    if draws * levers > MAX_RUNS:
        message = f"{draws:,} draws times {levers} levers are more than {MAX_RUNS:,} runs."
        yield RuleMistake(("design",), "out_of_range", message, "Ask for fewer draws, levels or levers.")


def _count_draws(raw: Mapping[str, Any]) -> int:
    """Return the number of points of the design; 0 where it cannot be read or is out of its own range."""
    design = raw.get("design")
    if not isinstance(design, Mapping):
        return 0
    match design.get("kind"):
        case "list":
            return len(_read_list(design.get("points")))
        case "grid":
            levels = design.get("levels")
            factors = min(len(_read_list(raw.get("factors"))), 50)
            return int(levels) ** factors if _is_count(levels) and levels <= 1_000 else 0
        case _:
            size = design.get("size")
            return int(size) if _is_count(size) and size <= MAX_RUNS else 0


def _is_count(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value and value >= 1


def _build_unknown_factor(path: tuple[str | int, ...], name: str, known: set[str]) -> RuleMistake:
    remedy = suggest_similar_names(name, sorted(known)) or "Name a factor of the request."
    return RuleMistake(path, "unknown_factor", f"The factor {quote_name(name)} does not exist.", remedy)


def _read_list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()

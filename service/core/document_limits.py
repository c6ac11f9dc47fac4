"""Limits on the size of a problem, checked in the decoded body before a problem is built."""

from collections.abc import Iterator, Sized
from typing import Any

from models.problem.planning_problem import PlanningProblem
from models.validation.checks import Finding
from service.core.errors import ContentTooLargeError
from service.core.settings import Settings

_FALLBACK_DEMAND_ROWS = 10_000
"""Rows of demand or of least served amounts that are accepted where counties, items or periods are missing."""


def reject_oversized_document(document: Any, settings: Settings, prefix: str) -> None:
    """Raise ContentTooLargeError if a decoded problem exceeds a limit; `prefix` is its JSON pointer in the body.

    Only lengths are read, so the check is cheap and works for malformed problems.
    """
    if isinstance(document, dict):
        _raise_content_too_large(list(_iterate_excesses(_count_parts(document), settings)), prefix)


def reject_oversized_problem(problem: PlanningProblem, settings: Settings) -> None:
    """Raise ContentTooLargeError if a parsed problem, such as that of a province, exceeds a limit."""
    counts = {
        "counties": len(problem.counties),
        "items": len(problem.items),
        "periods": len(problem.periods),
        "factories": len(problem.factories),
        "lines": sum(len(factory.lines) for factory in problem.factories),
        "links": len(problem.links),
        "demand": len(problem.demand),
        "served_least": len(problem.served_least),
    }
    _raise_content_too_large(list(_iterate_excesses(counts, settings)), "/province")


def _count_parts(document: dict[str, Any]) -> dict[str, int]:
    parts = ("counties", "items", "periods", "factories", "links", "demand", "served_least")
    counts = {part: _measure_length(document.get(part)) for part in parts}
    factories = document.get("factories")
    lines = [f.get("lines") for f in factories if isinstance(f, dict)] if isinstance(factories, list) else []
    return {**counts, "lines": sum(_measure_length(one) for one in lines)}


def _measure_length(value: Any) -> int:
    return len(value) if isinstance(value, Sized) and not isinstance(value, str) else 0


def _iterate_excesses(counts: dict[str, int], settings: Settings) -> Iterator[tuple[str, int, int, str]]:
    """Yield (part, count, limit, setting) for every exceeded limit."""
    for part in ("counties", "items", "periods", "factories", "lines", "links"):
        limit = int(getattr(settings, f"max_{part}"))
        if counts[part] > limit:
            yield part, counts[part], limit, f"ALLOT_MAX_{part.upper()}"
    cells = counts["counties"] * counts["items"] * counts["periods"]
    if cells > settings.max_cells:
        yield "counties × items × periods", cells, settings.max_cells, "ALLOT_MAX_CELLS"
    shipped = counts["items"] * (2 * counts["links"] + 5 * counts["counties"])
    columns = counts["periods"] * (counts["lines"] + shipped)
    if columns > settings.max_columns:
        yield "variables (estimated)", columns, settings.max_columns, "ALLOT_MAX_COLUMNS"
    pairs = counts["counties"] * counts["items"] if cells else _FALLBACK_DEMAND_ROWS
    for part in ("demand", "served_least"):
        if counts[part] > pairs:
            yield part, counts[part], pairs, "one row for every county and item at most"


def _raise_content_too_large(excesses: list[tuple[str, int, int, str]], prefix: str) -> None:
    if not excesses:
        return
    findings = [
        Finding(
            path=f"{prefix}/{part}" if part.replace("_", "").isalpha() and part != "lines" else prefix,
            code="too_many",
            message=f"{count:,} {part}; the limit is {limit:,}.",
            remedy=f"Send fewer, or in several problems ({where}).",
        )
        for part, count, limit, where in excesses
    ]
    raise ContentTooLargeError(
        " ".join(f"{finding.message} {finding.remedy}" for finding in findings), findings=findings
    )

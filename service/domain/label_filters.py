"""Filters by label: normalised as labels are, and an unknown label is told with the labels that resemble it."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from models.labels import normalise_label
from models.problem.planning_problem import PlanningProblem
from models.validation.checks import Finding
from models.validation.checks.context import format_name_list, quote_name, suggest_similar_names
from service.core.errors import UnprocessableContentError
from solvers.results.deliveries import SOURCES, USES
from solvers.results.limits import RULE_NAMES

LABELS_BY_COLUMN: dict[str, Callable[[PlanningProblem], Iterable[str]]] = {
    "factory": lambda problem: (factory.id for factory in problem.factories),
    "item": lambda problem: (need.id for need in problem.needs),
    "requirement": lambda problem: (requirement.id for requirement in problem.requirements),
    "period": lambda problem: problem.periods,
    "county": lambda problem: [*(one.id for one in problem.counties), *(one.id for one in problem.stations)],
    "link": lambda problem: (link.id for link in problem.links),
    "partner": lambda problem: (partner.id for partner in problem.partners),
    "category": lambda problem: (item.category for item in problem.items),
    "shop": lambda problem: (shop.id for county in problem.counties for shop in county.shops),
    "area": lambda problem: (area.id for area in problem.power_areas),
    "arrives": lambda problem: (*problem.periods, ""),
    "rule": lambda _: RULE_NAMES,
    "source": lambda _: SOURCES,
    "use": lambda _: USES,
}
"""Labels of a problem that a column of its tables may have."""

Filters = Mapping[str, Sequence[str]]
"""Labels to keep, by column."""


def normalise_filters(filters: Filters) -> dict[str, list[str]]:
    """Return the filters with labels in the form in which they are kept."""
    return {column: [normalise_label(label) for label in labels] for column, labels in filters.items()}


def reject_unknown_labels(
    filters: Filters,
    load_problem: Callable[[], PlanningProblem],
    occurring: Mapping[str, Collection[str]] | None = None,
) -> None:
    """Raise UnprocessableContentError with a finding for every label that neither occurs nor is known to the problem.

    Labels of `occurring` are known without the problem, which is loaded only for others. A column that is not in
    `LABELS_BY_COLUMN` has the labels that occur, and those of the whole problem, because a table may have no row for them.
    """
    there = occurring or {}
    doubtful = {
        column: [label for label in dict.fromkeys(labels) if label not in there.get(column, ())]
        for column, labels in filters.items()
    }
    if not any(doubtful.values()):
        return
    problem = load_problem()
    findings = [
        _make_finding(column, label, known)
        for column, labels in doubtful.items()
        if labels
        for known in [dict.fromkeys([*_list_known_labels(problem, column), *there.get(column, ())])]
        for label in labels
        if label not in known
    ]
    if findings:
        raise UnprocessableContentError(f"{findings[0].message} {findings[0].remedy}", findings=findings)


def _list_known_labels(problem: PlanningProblem, column: str) -> Iterable[str]:
    if column in LABELS_BY_COLUMN:
        return LABELS_BY_COLUMN[column](problem)
    groups = (group for factory in problem.factories for group in factory.machines)
    return [label for list_labels in LABELS_BY_COLUMN.values() for label in list_labels(problem)] + list(groups)


def _make_finding(column: str, label: str, known: Collection[str]) -> Finding:
    return Finding(
        path=f"query/{column}",
        code="unknown_label",
        message=f"The plan has no {quote_name(label)} for `{column}`.",
        remedy=suggest_similar_names(label, known)
        or (f"There are: {format_name_list(known, 12, 'and')}." if known else "Remove the filter."),
    )

"""Checks of labels: no two labels or identifiers of one kind are probably meant to be one."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from models.validation.checks.context import ProblemContext, quote_name
from models.validation.checks.needs import list_misspelt_groups
from models.validation.finding import Finding, JsonPath
from models.validation.finding_codes import make_finding
from models.validation.similar_labels import SimilarPair, find_similar_pairs

LabelPaths = Mapping[str, JsonPath]
"""The labels of one kind, each with the path of its first use."""


def check_similar_categories(context: ProblemContext) -> Iterator[Finding]:
    """No two categories differ only in case, width, or one letter or syllable."""
    yield from _report_similar("category", _keep_first_paths(_list_categories(context)))


def check_similar_groups(context: ProblemContext) -> Iterator[Finding]:
    """No two population groups differ only in case, width, or one letter or syllable."""
    misspelt = {group for _, group, _ in list_misspelt_groups(context)}
    paths = _keep_first_paths(_list_groups(context))
    yield from _report_similar("population group", {name: path for name, path in paths.items() if name not in misspelt})


def check_similar_calendars(context: ProblemContext) -> Iterator[Finding]:
    """No two calendars differ only in case, width, or one letter or syllable."""
    yield from _report_similar("calendar", {name: ("calendars", name) for name in context.problem.calendars})


def check_similar_machine_groups(context: ProblemContext) -> Iterator[Finding]:
    """No two machine groups differ only in case, width, or one letter or syllable."""
    paths = _keep_first_paths(
        (group, ("factories", f, "machines", group))
        for f, factory in enumerate(context.problem.factories)
        for group in factory.machines
    )
    yield from _report_similar("machine group", paths)


def check_similar_recipes(context: ProblemContext) -> Iterator[Finding]:
    """No two recipes of a factory for one item differ only in case, width or separators."""
    for f, factory in enumerate(context.problem.factories):
        recipes: dict[str, dict[str, JsonPath]] = {}
        for k, line in enumerate(factory.lines):
            if line.recipe:
                recipes.setdefault(line.item, {}).setdefault(line.recipe, ("factories", f, "lines", k, "recipe"))
        for paths in recipes.values():
            yield from _report_similar("recipe", paths, by_letter=False)


def check_similar_identifiers(context: ProblemContext) -> Iterator[Finding]:
    """No two identifiers of one kind differ only in case or separators."""
    problem = context.problem
    yield from _report_similar(
        "period", {period: ("periods", t) for t, period in enumerate(problem.periods)}, by_letter=False
    )
    for kind, parts in (
        ("item", ("items",)),
        ("requirement", ("requirements",)),
        ("place", ("counties", "stations")),
        ("factory", ("factories",)),
        ("power area", ("power_areas",)),
        ("link", ("links",)),
        ("partner", ("partners",)),
        ("budget", ("budgets",)),
    ):
        members = ((member.id, (part, k, "id")) for part in parts for k, member in enumerate(getattr(problem, part)))
        yield from _report_similar(kind, _keep_first_paths(members), by_letter=False)


def _list_categories(context: ProblemContext) -> Iterator[tuple[str, JsonPath]]:
    for i, item in enumerate(context.problem.items):
        yield item.category, ("items", i, "category")


def _list_groups(context: ProblemContext) -> Iterator[tuple[str, JsonPath]]:
    problem = context.problem
    for i, item in enumerate(problem.items):
        for group in item.norms:
            yield group, ("items", i, "norms", group)
        for group in item.most_per_head:
            yield group, ("items", i, "most_per_head", group)
    for r, requirement in enumerate(problem.requirements):
        for group in requirement.norms:
            yield group, ("requirements", r, "norms", group)
        for group in requirement.most:
            yield group, ("requirements", r, "most", group)
    for group in problem.population_projection.groups:
        yield group, ("population_projection", "groups", group)
    for n, county in enumerate(problem.counties):
        for group in chain(county.population, county.census):
            yield group, ("counties", n, "population" if group in county.population else "census", group)


def _keep_first_paths(uses: Iterable[tuple[str, JsonPath]]) -> dict[str, JsonPath]:
    paths: dict[str, JsonPath] = {}
    for label, path in uses:
        paths.setdefault(label, path)
    return paths


def _report_similar(kind: str, paths: LabelPaths, *, by_letter: bool = True) -> Iterator[Finding]:
    for pair in find_similar_pairs(paths, by_letter=by_letter):
        message = f"The {kind} {quote_name(pair.label)} {_describe_difference(pair)} {quote_name(pair.other)}."
        remedy = f"Spell both alike if they are one {kind}; otherwise ignore this warning."
        yield make_finding("similar_label", paths[pair.label], message, remedy)


def _describe_difference(pair: SimilarPair) -> str:
    if pair.is_same_letters:
        return "differs only in case, width, separators or letters that look alike from"
    return "differs only in one letter or syllable from"


CHECKS = (
    check_similar_categories,
    check_similar_groups,
    check_similar_calendars,
    check_similar_machine_groups,
    check_similar_recipes,
    check_similar_identifiers,
)

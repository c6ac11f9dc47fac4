"""Context of the checks: a problem, its identifiers by kind, and its omitted parts."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property

from models.labels import fold_words, show_invisible, split_letters
from models.problem.items import Item
from models.problem.planning_problem import PlanningProblem
from models.problem.policy import NeedSelection
from models.validation.finding import Finding
from models.validation.finding_codes import make_finding

MAX_SUGGESTIONS = 200
"""Largest number of unknown identifiers that get suggestions; string comparison is slow."""

MAX_CANDIDATES = 5_000
"""Largest number of known identifiers to compare for a suggestion."""


@dataclass(frozen=True)
class Omissions:
    """Invalid parts that were omitted from a problem before its checks."""

    names: frozenset[str] = frozenset()
    """Identifiers of omitted or incomplete parts."""
    kinds: frozenset[str] = frozenset()
    """Kinds of which any number of identifiers may have been omitted."""

    def __bool__(self) -> bool:
        """Whether anything was omitted."""
        return bool(self.names or self.kinds)


@dataclass
class ProblemContext:
    """A problem with its identifiers by kind and its omissions."""

    problem: PlanningProblem
    """Problem to check."""
    omissions: Omissions = Omissions()
    """Parts omitted from the problem."""
    remaining_suggestions: int = field(default=MAX_SUGGESTIONS, init=False)
    """Remaining number of unknown identifiers that get suggestions."""

    @cached_property
    def items_by_id(self) -> dict[str, Item]:
        """Items by identifier."""
        return {item.id: item for item in self.problem.items}

    @cached_property
    def requirement_ids(self) -> frozenset[str]:
        """Identifiers of requirements."""
        return frozenset(requirement.id for requirement in self.problem.requirements)

    @cached_property
    def need_ids(self) -> frozenset[str]:
        """Identifiers of items and requirements, which people may need."""
        return self.requirement_ids | self.items_by_id.keys()

    @cached_property
    def county_ids(self) -> frozenset[str]:
        """Identifiers of counties."""
        return frozenset(county.id for county in self.problem.counties)

    @cached_property
    def place_ids(self) -> frozenset[str]:
        """Identifiers of counties and stations."""
        return self.county_ids | {station.id for station in self.problem.stations}

    @cached_property
    def categories(self) -> dict[str, None]:
        """Categories that items have."""
        return dict.fromkeys(item.category for item in self.problem.items)

    @cached_property
    def power_area_ids(self) -> frozenset[str]:
        """Identifiers of power areas."""
        return frozenset(area.id for area in self.problem.power_areas)

    @cached_property
    def partner_ids(self) -> frozenset[str]:
        """Identifiers of partners."""
        return frozenset(partner.id for partner in self.problem.partners)

    @cached_property
    def factory_ids(self) -> frozenset[str]:
        """Identifiers of factories."""
        return frozenset(factory.id for factory in self.problem.factories)

    @cached_property
    def link_ids(self) -> frozenset[str]:
        """Identifiers of links."""
        return frozenset(link.id for link in self.problem.links)

    @cached_property
    def items_by_norm_group(self) -> dict[str, list[str]]:
        """Items and requirements by population group with a norm above 0."""
        groups: dict[str, list[str]] = {}
        for need in self.problem.needs:
            for group, norm in need.norms.items():
                if norm > 0:
                    groups.setdefault(group, []).append(need.id)
        return groups

    @cached_property
    def groups_by_county(self) -> tuple[dict[str, bool], ...]:
        """Population groups of each county, and whether they have people: stated, counted or by age."""
        groups = self.problem.population_projection.groups
        return tuple(
            dict.fromkeys(groups if county.ages else (), any(row.women or row.men for row in county.ages))
            | {group: count.heads > 0 for group, count in county.census.items()}
            | {group: heads > 0 for group, heads in county.population.items()}
            for county in self.problem.counties
        )

    @cached_property
    def needing_counties(self) -> dict[str, frozenset[str]]:
        """Counties that need each item or requirement, by norms or by a stated need; those without a need are omitted."""
        stated = {(row.county, row.item): row.quantity for row in self.problem.demand}
        present: dict[str, set[str]] = {}
        for county, groups in zip(self.problem.counties, self.groups_by_county, strict=True):
            for group, has_people in groups.items():
                if has_people:
                    present.setdefault(group, set()).add(county.id)
        needs: dict[str, set[str]] = {}
        for group, items in self.items_by_norm_group.items():
            for item in items:
                needs.setdefault(item, set()).update(present.get(group, ()))
        for (place, item), quantity in stated.items():
            is_needed = any(quantity) if isinstance(quantity, tuple) else quantity > 0
            (set.add if is_needed else set.discard)(needs.setdefault(item, set()), place)
        return {item: frozenset(counties) for item, counties in needs.items() if counties}

    def list_selected_counties(self, of: NeedSelection | None) -> dict[str, frozenset[str]]:
        """Return the counties whose needs a selection contains, by item or requirement."""
        needs = {
            need.id
            for need in self.problem.needs
            if of is None
            or (
                (of.priority is None or need.priority in of.priority)
                and (of.category is None or getattr(need, "category", None) in of.category)
                and (of.item is None or need.id in of.item)
            )
        }
        chosen = self.county_ids if of is None or of.county is None else self.county_ids & set(of.county)
        return {name: self.needing_counties.get(name, frozenset()) & chosen for name in needs}

    def check_reference(self, kind: str, name: str, path: tuple[str | int, ...]) -> Iterator[Finding]:
        """Yield a finding if `name` is an unknown `kind` (see `IDENTIFIERS_BY_KIND`), unless it may have been omitted."""
        known = IDENTIFIERS_BY_KIND[kind](self)
        if name not in known:
            yield from self.report_unknown_reference(kind, name, path, known)

    def check_need_reference(self, name: str, path: tuple[str | int, ...]) -> Iterator[Finding]:
        """Yield a finding if `name` is neither an item nor a requirement, unless it may have been omitted."""
        if name not in self.need_ids and "requirement" not in self.omissions.kinds:
            yield from self.report_unknown_reference("item", name, path, self.need_ids)

    def report_unknown_reference(
        self, kind: str, name: str, path: tuple[str | int, ...], known: Collection[str]
    ) -> Iterator[Finding]:
        """Yield a finding that `name` is not in `known`, with suggestions, unless it may have been omitted."""
        if name in self.omissions.names or kind in self.omissions.kinds:
            return
        code = "unknown_" + kind.replace(" ", "_")
        yield make_finding(
            code, path, f"The {kind} {quote_name(name)} does not exist.", self.suggest_reference(kind, name, known)
        )

    def suggest_reference(self, kind: str, name: str, known: Collection[str]) -> str:
        """Return a remedy for a name that is not in `known`."""
        self.remaining_suggestions -= 1
        close = suggest_similar_names(name, known) if self.remaining_suggestions >= 0 else ""
        return close or f"Use an existing {kind}, or add {quote_name(name)}."


IDENTIFIERS_BY_KIND: dict[str, Callable[[ProblemContext], Collection[str]]] = {
    "item": lambda context: context.items_by_id,
    "requirement": lambda context: context.requirement_ids,
    "period": lambda context: context.problem.periods,
    "place": lambda context: context.place_ids,
    "county": lambda context: context.county_ids,
    "power area": lambda context: context.power_area_ids,
    "calendar": lambda context: context.problem.calendars,
    "category": lambda context: context.categories,
    "partner": lambda context: context.partner_ids,
    "factory": lambda context: context.factory_ids,
    "link": lambda context: context.link_ids,
}
"""Identifiers by kind. The finding code of an unknown identifier is `unknown_` plus the kind."""


def suggest_similar_names(name: str, known: Collection[str], cutoff: float = 0.6) -> str:
    """Return a remedy with up to three names of `known` similar to `name`; empty if none is similar."""
    if len(name) > 100 or len(known) > MAX_CANDIDATES:
        return ""
    letters: dict[str, str] = {}
    for other in known:
        letters.setdefault(split_letters(fold_words(other)), other)
    close = get_close_matches(split_letters(fold_words(name)), letters, n=3, cutoff=cutoff)
    return f"Did you mean {format_name_list(letters[match] for match in close)}?" if close else ""


def quote_name(name: str) -> str:
    """Put a name in quotation marks, shortened to 60 characters, with an escape for what cannot be seen."""
    return f"“{show_invisible(name if len(name) <= 60 else name[:57] + '…')}”"


def format_name_list(names: Iterable[str], max_names: int = 5, conjunction: str = "or") -> str:
    """Format names as a list in a sentence; after `max_names` names, state only the number of the others."""
    quoted = [quote_name(name) for name in names]
    if len(quoted) > max_names:
        return ", ".join(quoted[:max_names]) + f" and {len(quoted) - max_names} more"
    return f" {conjunction} ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else "".join(quoted)

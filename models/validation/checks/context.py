"""A problem as the checks look at it: its identifiers by kind, and what is known to be missing from it."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property

from models.problem.items import Item
from models.problem.planning_problem import PlanningProblem
from models.validation.finding import Finding
from models.validation.finding_codes import make_finding

MAX_SUGGESTIONS = 200
"""How many unknown identifiers get close matches; comparing words is slow, and nobody reads more."""

MAX_CANDIDATES = 5_000
"""Up to how many known identifiers are compared for a close match."""


@dataclass(frozen=True)
class Omissions:
    """What had to be left out of a problem before it could be checked, because it could not be read."""

    names: frozenset[str] = frozenset()
    """Identifiers of what was left out, or of what lost a part."""
    kinds: frozenset[str] = frozenset()
    """Kinds of which any number of identifiers may have been left out."""

    def __bool__(self) -> bool:
        """Whether anything was left out."""
        return bool(self.names or self.kinds)


@dataclass
class ProblemContext:
    """A problem with its identifiers by kind."""

    problem: PlanningProblem
    """The problem."""
    omissions: Omissions = Omissions()
    """What was left out of it."""
    remaining_suggestions: int = field(default=MAX_SUGGESTIONS, init=False)
    """How many more unknown identifiers get close matches."""

    @cached_property
    def items_by_id(self) -> dict[str, Item]:
        """Items by identifier."""
        return {item.id: item for item in self.problem.items}

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
    def items_by_norm_group(self) -> dict[str, list[str]]:
        """Items by the population group that has a norm for them."""
        groups: dict[str, list[str]] = {}
        for item in self.problem.items:
            for group, norm in item.norms.items():
                if norm > 0:
                    groups.setdefault(group, []).append(item.id)
        return groups

    @cached_property
    def needing_counties(self) -> dict[str, frozenset[str]]:
        """Counties that need each item, by norms and people or by a stated need; items that nobody needs are not there."""
        stated = {(row.county, row.item): row.quantity for row in self.problem.demand}
        living: dict[str, set[str]] = {}
        for county in self.problem.counties:
            for group, heads in county.population.items():
                if heads > 0:
                    living.setdefault(group, set()).add(county.id)
        needs: dict[str, set[str]] = {}
        for group, items in self.items_by_norm_group.items():
            for item in items:
                needs.setdefault(item, set()).update(living.get(group, ()))
        for (place, item), quantity in stated.items():
            needy = any(quantity) if isinstance(quantity, tuple) else quantity > 0
            (set.add if needy else set.discard)(needs.setdefault(item, set()), place)
        return {item: frozenset(counties) for item, counties in needs.items() if counties}

    def check_reference(self, kind: str, name: str, path: tuple[str | int, ...]) -> Iterator[Finding]:
        """The finding that `name` is no known `kind` (see KINDS); nothing if it is, or may have been left out."""
        known = IDENTIFIERS_BY_KIND[kind](self)
        if name not in known:
            yield from self.report_unknown_reference(kind, name, path, known)

    def report_unknown_reference(
        self, kind: str, name: str, path: tuple[str | int, ...], known: Collection[str]
    ) -> Iterator[Finding]:
        """The finding that `name` is none of `known`, with the closest of them; nothing if it may have been left out."""
        if name in self.omissions.names or kind in self.omissions.kinds:
            return
        code = "unknown_" + kind.replace(" ", "_")
        yield make_finding(
            code, path, f"There is no {kind} {quote_name(name)}.", self.suggest_reference(kind, name, known)
        )

    def suggest_reference(self, kind: str, name: str, known: Collection[str]) -> str:
        """Words on how to mend a name that is none of `known`."""
        self.remaining_suggestions -= 1
        close = suggest_similar_names(name, known) if self.remaining_suggestions >= 0 else ""
        return close or f"Name a {kind} that there is, or add {quote_name(name)}."


IDENTIFIERS_BY_KIND: dict[str, Callable[[ProblemContext], Collection[str]]] = {
    "item": lambda view: view.items_by_id,
    "place": lambda view: view.place_ids,
    "county": lambda view: view.county_ids,
    "power area": lambda view: view.power_area_ids,
    "calendar": lambda view: view.problem.calendars,
    "category": lambda view: view.categories,
}
"""Identifiers by kind; the code of an unknown one is `unknown_` and the kind."""


def suggest_similar_names(name: str, known: Collection[str], cutoff: float = 0.6) -> str:
    """A remedy that names up to three of `known` most like `name`; empty if none is like it."""
    if len(name) > 100 or len(known) > MAX_CANDIDATES:
        return ""
    lower = {other.lower(): other for other in known}
    close = get_close_matches(name.lower(), lower, n=3, cutoff=cutoff)
    return f"Did you mean {format_name_list(lower[other] for other in close)}?" if close else ""


def quote_name(name: str) -> str:
    """A name in quotation marks, cut to a readable length."""
    return f"“{name if len(name) <= 60 else name[:57] + '…'}”"


def format_name_list(names: Iterable[str], max_names: int = 5, conjunction: str = "or") -> str:
    """Names in quotation marks, as a sentence lists them; beyond `most` only their number."""
    quoted = [quote_name(name) for name in names]
    if len(quoted) > max_names:
        return ", ".join(quoted[:max_names]) + f" and {len(quoted) - max_names} more"
    return f" {conjunction} ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else "".join(quoted)

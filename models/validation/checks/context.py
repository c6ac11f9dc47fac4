"""A problem as the checks look at it: its identifiers by kind, and what is known to be missing from it."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property

from models.problem.items import Item
from models.problem.planning_problem import PlanningProblem
from models.validation.finding import Finding
from models.validation.finding_codes import found

SUGGESTIONS = 200
"""How many unknown identifiers get close matches; comparing words is slow, and nobody reads more."""

CANDIDATES = 5_000
"""Up to how many known identifiers are compared for a close match."""


@dataclass(frozen=True)
class Gaps:
    """What had to be left out of a problem before it could be checked, because it could not be read."""

    names: frozenset[str] = frozenset()
    """Identifiers of what was left out, or of what lost a part."""
    kinds: frozenset[str] = frozenset()
    """Kinds of which any number of identifiers may have been left out."""

    def __bool__(self) -> bool:
        """Whether anything was left out."""
        return bool(self.names or self.kinds)


@dataclass
class View:
    """A problem with its identifiers by kind."""

    problem: PlanningProblem
    """The problem."""
    gaps: Gaps = Gaps()
    """What was left out of it."""
    suggestions: int = field(default=SUGGESTIONS, init=False)
    """How many more unknown identifiers get close matches."""

    @cached_property
    def items(self) -> dict[str, Item]:
        """Items by identifier."""
        return {item.id: item for item in self.problem.items}

    @cached_property
    def counties(self) -> frozenset[str]:
        """Identifiers of counties."""
        return frozenset(county.id for county in self.problem.counties)

    @cached_property
    def places(self) -> frozenset[str]:
        """Identifiers of counties and stations."""
        return self.counties | {station.id for station in self.problem.stations}

    @cached_property
    def categories(self) -> dict[str, None]:
        """Categories that items have."""
        return dict.fromkeys(item.category for item in self.problem.items)

    @cached_property
    def power_areas(self) -> frozenset[str]:
        """Identifiers of power areas."""
        return frozenset(area.id for area in self.problem.power_areas)

    @cached_property
    def norm_groups(self) -> dict[str, list[str]]:
        """Items by the population group that has a norm for them."""
        groups: dict[str, list[str]] = {}
        for item in self.problem.items:
            for group, norm in item.norms.items():
                if norm > 0:
                    groups.setdefault(group, []).append(item.id)
        return groups

    @cached_property
    def needs(self) -> dict[str, frozenset[str]]:
        """Counties that need each item, by norms and people or by a stated need; items that nobody needs are not there."""
        stated = {(row.county, row.item): row.quantity for row in self.problem.demand}
        living: dict[str, set[str]] = {}
        for county in self.problem.counties:
            for group, heads in county.population.items():
                if heads > 0:
                    living.setdefault(group, set()).add(county.id)
        needs: dict[str, set[str]] = {}
        for group, items in self.norm_groups.items():
            for item in items:
                needs.setdefault(item, set()).update(living.get(group, ()))
        for (place, item), quantity in stated.items():
            needy = any(quantity) if isinstance(quantity, tuple) else quantity > 0
            (set.add if needy else set.discard)(needs.setdefault(item, set()), place)
        return {item: frozenset(counties) for item, counties in needs.items() if counties}

    def unknown(self, kind: str, name: str, path: tuple[str | int, ...]) -> Iterator[Finding]:
        """The finding that `name` is no known `kind` (see KINDS); nothing if it is, or may have been left out."""
        known = KINDS[kind](self)
        if name not in known:
            yield from self.stranger(kind, name, path, known)

    def stranger(self, kind: str, name: str, path: tuple[str | int, ...], known: Collection[str]) -> Iterator[Finding]:
        """The finding that `name` is none of `known`, with the closest of them; nothing if it may have been left out."""
        if name in self.gaps.names or kind in self.gaps.kinds:
            return
        code = "unknown_" + kind.replace(" ", "_")
        yield found(code, path, f"There is no {kind} {shown(name)}.", self.remedy(kind, name, known))

    def remedy(self, kind: str, name: str, known: Collection[str]) -> str:
        """Words on how to mend a name that is none of `known`."""
        self.suggestions -= 1
        close = close_to(name, known) if self.suggestions >= 0 else ""
        return close or f"Name a {kind} that there is, or add {shown(name)}."


KINDS: dict[str, Callable[[View], Collection[str]]] = {
    "item": lambda view: view.items,
    "place": lambda view: view.places,
    "county": lambda view: view.counties,
    "power area": lambda view: view.power_areas,
    "calendar": lambda view: view.problem.calendars,
    "category": lambda view: view.categories,
}
"""Identifiers by kind; the code of an unknown one is `unknown_` and the kind."""


def close_to(name: str, known: Collection[str], cutoff: float = 0.6) -> str:
    """A remedy that names up to three of `known` most like `name`; empty if none is like it."""
    if len(name) > 100 or len(known) > CANDIDATES:
        return ""
    lower = {other.lower(): other for other in known}
    close = get_close_matches(name.lower(), lower, n=3, cutoff=cutoff)
    return f"Did you mean {listed(lower[other] for other in close)}?" if close else ""


def shown(name: str) -> str:
    """A name in quotation marks, cut to a readable length."""
    return f"“{name if len(name) <= 60 else name[:57] + '…'}”"


def listed(names: Iterable[str], most: int = 5, word: str = "or") -> str:
    """Names in quotation marks, as a sentence lists them; beyond `most` only their number."""
    quoted = [shown(name) for name in names]
    if len(quoted) > most:
        return ", ".join(quoted[:most]) + f" and {len(quoted) - most} more"
    return f" {word} ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else "".join(quoted)

"""Checks of needs and supply: norms match population groups, and every need has a source that can reach it.

All findings are warnings about the problem as a whole.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from models.problem.planning_problem import PlanningProblem
from models.validation.checks.context import ProblemContext, format_name_list, quote_name, suggest_similar_names
from models.validation.finding import Finding
from models.validation.finding_codes import make_finding


def check_groups_without_people(context: ProblemContext) -> Iterator[Finding]:
    """Every norm is for a group that some county has."""
    people = {group for county in context.problem.counties for group in county.population}
    for i, item in enumerate(context.problem.items):
        for group, norm in item.norms.items():
            if norm > 0 and group not in people:
                message = f"No county has people of the group {quote_name(group)}, so this norm gives no need."
                remedy = (
                    suggest_similar_names(group, people) or f"State {quote_name(group)} in the counties' `population`."
                )
                yield make_finding("group_without_people", ("items", i, "norms", group), message, remedy)


def check_misspelt_groups(context: ProblemContext) -> Iterator[Finding]:
    """A group without a norm is not one with a norm that the county lacks, spelt otherwise."""
    for n, county in enumerate(context.problem.counties):
        lacking = [group for group in context.items_by_norm_group if group not in county.population]
        for group in county.population:
            if (
                lacking
                and group not in context.items_by_norm_group
                and (remedy := suggest_similar_names(group, lacking, cutoff=0.8))
            ):
                message = f"{quote_name(county.id)} has the group {quote_name(group)}, for which no item has a norm."
                yield make_finding("misspelt_group", ("counties", n, "population", group), message, remedy)


def check_worthless_needs(context: ProblemContext) -> Iterator[Finding]:
    """What is needed has a value."""
    for i, item in enumerate(context.problem.items):
        if item.value == 0 and (item.id in context.needing_counties):
            message = f"{quote_name(item.id)} is needed, but its value is 0: its shortage costs nothing, so it may go wholly unmet."
            yield make_finding("worthless_need", ("items", i, "value"), message, "State its value, in won per unit.")


def check_repeated_names(context: ProblemContext) -> Iterator[Finding]:
    """No two items read alike."""
    alike: dict[tuple[str, str], list[int]] = {}
    for i, item in enumerate(context.problem.items):
        if item.name or item.local_name:
            alike.setdefault((item.name, item.local_name), []).append(i)
    for (name, local_name), positions in alike.items():
        if len(positions) > 1:
            ids = format_name_list((context.problem.items[i].id for i in positions), conjunction="and")
            message = f"The items {ids} are all called {quote_name(name or local_name)}; on a quota sheet nobody can tell them apart."
            yield make_finding("same_name", ("items", positions[1], "name"), message, "Give each a name of its own.")


def check_item_sources(context: ProblemContext) -> Iterator[Finding]:
    """Every item that people need or lines use is made, given, allotted or in stock somewhere."""
    available = _collect_source_places(context)
    users: dict[str, list[str]] = {}
    for factory in context.problem.factories:
        for line in factory.lines:
            for material, amount in line.materials.items():
                if amount > 0:
                    users.setdefault(material, []).append(factory.id)
    for i, item in enumerate(context.problem.items):
        if available.get(item.id):
            continue
        if item.id in context.needing_counties:
            message = f"{quote_name(item.id)} is needed, but nobody makes it, gives it or has it; all of its need will go unmet."
        elif item.id in users:
            used = format_name_list(dict.fromkeys(users[item.id]), conjunction="and")
            message = f"{quote_name(item.id)} is used by {used}, but nobody makes it, gives it or has it; those lines stand still."
        else:
            continue
        remedy = "Add a line, a central share or allotment, a partner's offer or an opening stock."
        yield make_finding("no_source", ("items", i), message, remedy)


def check_unreachable_counties(context: ProblemContext) -> Iterator[Finding]:
    """What a county needs can come to it from where it is."""
    available = _collect_source_places(context)
    reach = LinkGraph.from_problem(context.problem)
    lacking: dict[str, list[str]] = {}
    for item in context.problem.items:
        origins = available.get(item.id, frozenset())
        needing = context.needing_counties.get(item.id, frozenset())
        if origins and needing - origins:
            served = reach.find_reachable_from_any(origins) if item.transportable else origins
            for name in needing - served:
                lacking.setdefault(name, []).append(item.id)
    for n, county in enumerate(context.problem.counties):
        if county.id in lacking:
            message = f"{quote_name(county.id)} needs {format_name_list(lacking[county.id], conjunction='and')}, but no link brings them from where they are."
            remedy = "Add a link with tonnes, a factory or a gateway, or make the items `transportable`."
            yield make_finding("cut_off", ("counties", n), message, remedy)


def _collect_source_places(context: ProblemContext) -> dict[str, frozenset[str]]:
    """Places where each item can come from: lines, gateways, partners and opening stocks."""
    places: dict[str, set[str]] = {item.id: set() for item in context.problem.items}
    for item, place in _iterate_item_sources(context):
        if item in places:
            places[item].add(place)
    return {item: frozenset(names) for item, names in places.items()}


def _iterate_item_sources(context: ProblemContext) -> Iterator[tuple[str, str]]:
    """Every item with every place where some of it can come from."""
    for factory in context.problem.factories:
        for line in factory.lines:
            if _has_positive_limit(line.most):
                yield line.item, factory.place
    for partner in context.problem.partners:
        for item, units in partner.offers.items():
            if _has_positive_limit(units):
                yield item, partner.at
    for county in context.problem.counties:
        for item, stock in county.stocks.items():
            if stock.opening:
                yield item, county.id
    yield from (
        (item, gateway)
        for item in _iterate_central_items(context)
        for gateway in context.problem.supply_shares.gateways
    )


def _iterate_central_items(context: ProblemContext) -> Iterator[str]:
    """Items of which the centre promises any: goods by share, materials by allotment."""
    shares = context.problem.supply_shares
    for item in context.problem.items:
        if item.kind == "material":
            promised = _has_positive_limit(shares.materials.get(item.id, 0.0))
        else:
            promised = bool(shares.by_item.get(item.id, shares.by_category.get(item.category, shares.central)))
        if promised and _has_positive_limit(shares.delivered):
            yield item.id


def _has_positive_limit(value: float | tuple[float, ...] | None) -> bool:
    """Whether a limit leaves room in any period; an absent one does."""
    return value is None or (any(value) if isinstance(value, tuple) else value > 0)


@dataclass
class LinkGraph:
    """The links of a problem as a graph; answers are kept, and are shared by whole components where all links go both ways."""

    successors: dict[str, set[str]]
    """Places one link on, by place."""
    is_undirected: bool
    """Whether every link goes both ways."""

    @classmethod
    def from_problem(cls, problem: PlanningProblem) -> "LinkGraph":
        """The graph of all links that carry any tonnes at all."""
        onward: dict[str, set[str]] = {}
        links = [link for link in problem.links if _has_positive_limit(link.tonnes)]
        for link in links:
            onward.setdefault(link.from_place, set()).add(link.to_place)
            if not link.one_way:
                onward.setdefault(link.to_place, set()).add(link.from_place)
        return cls(successors=onward, is_undirected=not any(link.one_way for link in links))

    @cached_property
    def _reachable_cache(self) -> dict[str, frozenset[str]]:
        return {}

    def find_reachable_places(self, place: str) -> frozenset[str]:
        """Places that goods can reach from `place`, itself among them."""
        if place not in self._reachable_cache:
            seen, waiting = {place}, [place]
            while waiting:
                new = self.successors.get(waiting.pop(), set()) - seen
                seen |= new
                waiting.extend(new)
            reached = frozenset(seen)
            self._reachable_cache.update(dict.fromkeys(reached if self.is_undirected else (place,), reached))
        return self._reachable_cache[place]

    def find_reachable_from_any(self, places: Iterable[str]) -> frozenset[str]:
        """Places that goods can reach from any of `places`."""
        return frozenset().union(*{self.find_reachable_places(place) for place in places})


CHECKS = (
    check_groups_without_people,
    check_misspelt_groups,
    check_worthless_needs,
    check_repeated_names,
    check_item_sources,
    check_unreachable_counties,
)

"""Checks of needs and supply: norms match population groups, and every need has a source that can reach it.

All findings are warnings about the problem as a whole.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from models.labels import fold_label
from models.problem.items import Item
from models.problem.planning_problem import PlanningProblem
from models.problem.requirements import Requirement
from models.validation.checks.context import ProblemContext, format_name_list, quote_name, suggest_similar_names
from models.validation.finding import Finding, JsonPath
from models.validation.finding_codes import make_finding


def check_groups_without_people(context: ProblemContext) -> Iterator[Finding]:
    """Every norm and greatest amount is for a population group of some county."""
    people = {group for groups in context.groups_by_county for group in groups}
    for path, group in _iterate_used_groups(context.problem):
        if group not in people:
            message = (
                f"No county has people of the group {quote_name(group)}, so the {_name_group_use(path)} has no effect."
            )
            remedy = (
                suggest_similar_names(group, people) or f"Add {quote_name(group)} to the `population` of the counties."
            )
            yield make_finding("group_without_people", path, message, remedy)


def _iterate_used_groups(problem: PlanningProblem) -> Iterator[tuple[JsonPath, str]]:
    """Yield the path and the name of every population group with a norm above 0 or a greatest amount."""
    for i, item in enumerate(problem.items):
        yield from ((("items", i, "norms", group), group) for group, norm in item.norms.items() if norm > 0)
        yield from ((("items", i, "most_per_head", group), group) for group in item.most_per_head)
    for r, requirement in enumerate(problem.requirements):
        norms = requirement.norms.items()
        yield from ((("requirements", r, "norms", group), group) for group, norm in norms if norm > 0)
        yield from ((("requirements", r, "most", group), group) for group in requirement.most)


def _name_group_use(path: JsonPath) -> str:
    return "norm" if path[2] == "norms" else "greatest amount"


def check_misspelt_groups(context: ProblemContext) -> Iterator[Finding]:
    """No population group without a norm resembles a group with a norm that the county lacks."""
    for n, group, remedy in list_misspelt_groups(context):
        county = context.problem.counties[n]
        message = f"{quote_name(county.id)} has the group {quote_name(group)}, for which no item has a norm."
        yield make_finding("misspelt_group", ("counties", n, "population", group), message, remedy)


def list_misspelt_groups(context: ProblemContext) -> Iterator[tuple[int, str, str]]:
    """Yield the position of the county, the group without a norm, and a remedy with the groups that it resembles."""
    for n, county in enumerate(context.problem.counties):
        known = context.groups_by_county[n]
        lacking = [group for group in context.items_by_norm_group if group not in known]
        for group in county.population:
            if (
                lacking
                and group not in context.items_by_norm_group
                and (remedy := suggest_similar_names(group, lacking, cutoff=0.8))
            ):
                yield n, group, remedy


def check_worthless_needs(context: ProblemContext) -> Iterator[Finding]:
    """Every item and requirement with a need has a value above 0."""
    items, requirements = context.problem.items, context.problem.requirements
    needs: list[tuple[JsonPath, Item | Requirement]] = [
        *((("items", i), item) for i, item in enumerate(items)),
        *((("requirements", r), requirement) for r, requirement in enumerate(requirements)),
    ]
    for path, need in needs:
        if need.value == 0 and (need.id in context.needing_counties):
            message = f"{quote_name(need.id)} is needed, but its value is 0. A shortage costs nothing, so the plan may leave the whole need unmet."
            remedy = f"State the value of the {str(path[0]).removesuffix('s')}, in won per unit."
            yield make_finding("worthless_need", (*path, "value"), message, remedy)


def check_served_without_need(context: ProblemContext) -> Iterator[Finding]:
    """Every need with a least served amount exists."""
    for r, row in enumerate(context.problem.served_least):
        is_known = row.county in context.county_ids and row.item in context.need_ids
        if is_known and row.county not in context.needing_counties.get(row.item, ()):
            message = (
                f"{quote_name(row.county)} does not need {quote_name(row.item)}, so nothing can be reserved for it."
            )
            remedy = "State the need in `demand` or by a norm, or remove the row."
            yield make_finding("served_least_without_need", ("served_least", r), message, remedy)


def check_repeated_names(context: ProblemContext) -> Iterator[Finding]:
    """No two items have the same name, or the same name in the region's language, whatever its case and width."""
    reported: set[tuple[int, ...]] = set()
    for field in ("name", "local_name"):
        items_by_name: dict[str, list[int]] = {}
        for i, item in enumerate(context.problem.items):
            if name := getattr(item, field):
                items_by_name.setdefault(fold_label(name), []).append(i)
        for positions in items_by_name.values():
            if len(positions) > 1 and tuple(positions) not in reported:
                reported.add(tuple(positions))
                names = [context.problem.items[i] for i in positions]
                ids = format_name_list((item.id for item in names), conjunction="and")
                message = f"The items {ids} have the same name {quote_name(getattr(names[0], field))}, so a quota sheet does not distinguish them."
                yield make_finding(
                    "same_name", ("items", positions[1], field), message, "Give each item a unique name."
                )


def check_item_sources(context: ProblemContext) -> Iterator[Finding]:
    """Every item that people need or lines use has a source: a line, the centre, a partner or stock."""
    available = collect_source_places(context)
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
            message = f"{quote_name(item.id)} is needed but has no source, so the whole need will be unmet."
        elif item.id in users:
            used = format_name_list(dict.fromkeys(users[item.id]), conjunction="and")
            message = f"{quote_name(item.id)} is used by {used} but has no source, so these lines cannot produce."
        else:
            continue
        remedy = "Add a line, a central share, an allotment, a partner's offer or an opening stock."
        yield make_finding("no_source", ("items", i), message, remedy)


def check_unreachable_counties(context: ProblemContext) -> Iterator[Finding]:
    """Every item that a county needs can reach the county from a source."""
    available = collect_source_places(context)
    graph = LinkGraph.from_problem(context.problem)
    lacking: dict[str, list[str]] = {}
    for item in context.problem.items:
        origins = available.get(item.id, frozenset())
        needing = context.needing_counties.get(item.id, frozenset())
        if origins and needing - origins:
            served = graph.find_reachable_from_any(origins) if item.transportable else origins
            for name in needing - served:
                lacking.setdefault(name, []).append(item.id)
    for n, county in enumerate(context.problem.counties):
        if county.id in lacking:
            message = f"{quote_name(county.id)} needs {format_name_list(lacking[county.id], conjunction='and')}, but no route leads there from a source."
            remedy = "Add a link with capacity, a factory or a gateway, or make the items `transportable`."
            yield make_finding("cut_off", ("counties", n), message, remedy)


def collect_source_places(context: ProblemContext) -> dict[str, frozenset[str]]:
    """Collect the source places of each item: lines, gateways, partners and opening stocks."""
    places: dict[str, set[str]] = {item.id: set() for item in context.problem.items}
    for item, place in _iterate_item_sources(context):
        if item in places:
            places[item].add(place)
    return {item: frozenset(names) for item, names in places.items()}


def _iterate_item_sources(context: ProblemContext) -> Iterator[tuple[str, str]]:
    """Yield pairs of an item and a source place."""
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
    """Yield items with central supply: goods by share, materials by allotment."""
    shares = context.problem.supply_shares
    for item in context.problem.items:
        if item.kind == "material":
            promised = _has_positive_limit(shares.materials.get(item.id, 0.0))
        else:
            promised = bool(shares.by_item.get(item.id, shares.by_category.get(item.category, shares.central)))
        if promised and _has_positive_limit(shares.delivered):
            yield item.id


def _has_positive_limit(value: float | tuple[float, ...] | None) -> bool:
    """Whether a limit is absent or above 0 in any period."""
    return value is None or (any(value) if isinstance(value, tuple) else value > 0)


@dataclass
class LinkGraph:
    """The links of a problem as a directed graph, with a cache of reachable places.

    If every link goes both ways, all places of a connected component share one cache entry.
    """

    successors: dict[str, set[str]]
    """Adjacent places of each place."""
    is_undirected: bool
    """Whether every link goes both ways."""

    @classmethod
    def from_problem(cls, problem: PlanningProblem) -> "LinkGraph":
        """Build the graph of all links with capacity above 0."""
        successors: dict[str, set[str]] = {}
        links = [link for link in problem.links if _has_positive_limit(link.tonnes)]
        for link in links:
            successors.setdefault(link.from_place, set()).add(link.to_place)
            if not link.one_way:
                successors.setdefault(link.to_place, set()).add(link.from_place)
        return cls(successors=successors, is_undirected=not any(link.one_way for link in links))

    @cached_property
    def _reachable_cache(self) -> dict[str, frozenset[str]]:
        return {}

    def find_reachable_places(self, place: str) -> frozenset[str]:
        """Return the places that goods can reach from `place`, including `place`."""
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
        """Return the places that goods can reach from any of `places`."""
        return frozenset().union(*{self.find_reachable_places(place) for place in places})


CHECKS = (
    check_groups_without_people,
    check_misspelt_groups,
    check_worthless_needs,
    check_served_without_need,
    check_repeated_names,
    check_item_sources,
    check_unreachable_counties,
)

"""Which places goods can reach over links."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from models.problem.planning_problem import PlanningProblem


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
        links = [link for link in problem.links if _has_capacity(link.tonnes)]
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


def _has_capacity(tonnes: float | tuple[float, ...] | None) -> bool:
    return tonnes is None or (any(tonnes) if isinstance(tonnes, tuple) else tonnes > 0)

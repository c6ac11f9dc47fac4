"""Which places goods can reach over links."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from models.problem.planning_problem import PlanningProblem


@dataclass
class Reach:
    """The links of a problem as a graph; answers are kept, and are shared by whole components where all links go both ways."""

    onward: dict[str, set[str]]
    """Places one link on, by place."""
    both_ways: bool
    """Whether every link goes both ways."""

    @classmethod
    def of(cls, problem: PlanningProblem) -> "Reach":
        """The graph of all links that carry any tonnes at all."""
        onward: dict[str, set[str]] = {}
        links = [link for link in problem.links if _carries(link.tonnes)]
        for link in links:
            onward.setdefault(link.from_place, set()).add(link.to_place)
            if not link.one_way:
                onward.setdefault(link.to_place, set()).add(link.from_place)
        return cls(onward=onward, both_ways=not any(link.one_way for link in links))

    @cached_property
    def _reached(self) -> dict[str, frozenset[str]]:
        return {}

    def from_place(self, place: str) -> frozenset[str]:
        """Places that goods can reach from `place`, itself among them."""
        if place not in self._reached:
            seen, waiting = {place}, [place]
            while waiting:
                new = self.onward.get(waiting.pop(), set()) - seen
                seen |= new
                waiting.extend(new)
            reached = frozenset(seen)
            self._reached.update(dict.fromkeys(reached if self.both_ways else (place,), reached))
        return self._reached[place]

    def from_any(self, places: Iterable[str]) -> frozenset[str]:
        """Places that goods can reach from any of `places`."""
        return frozenset().union(*{self.from_place(place) for place in places})


def _carries(tonnes: float | tuple[float, ...] | None) -> bool:
    return tonnes is None or (any(tonnes) if isinstance(tonnes, tuple) else tonnes > 0)

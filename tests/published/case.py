"""What a published case is: a problem in the service's own JSON, the published optimum, and where it was published."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.builders import Json
from tests.plain_policy import PLAIN_POLICY


@dataclass(frozen=True, slots=True)
class Price:
    """A published price: the row of a table that must show it."""

    table: str
    """Table of the plan."""
    row: Mapping[str, str]
    """Values of the row's key columns."""
    price: float
    """Price of one more unit, as published."""
    digits: float = 1e-6
    """Half a unit of the last published digit."""


@dataclass(frozen=True, slots=True)
class Case:
    """A case with a known optimum. `published = constant + sign · objective` of the plan, or of its first goal with `scale`."""

    name: str
    """Short name."""
    source: str
    """Where it was published."""
    problem: Json
    """The problem."""
    published: float
    """The published optimum."""
    constant: float = 0.0
    """What the objective is added to: in problems of profit, the profit if everything were sold."""
    sign: float = 1.0
    """−1 where the publication maximises."""
    scale: float | None = None
    """Where the first goal is `worst_fulfilment`: the need that a share of 1 stands for."""
    digits: float = 1e-6
    """Relative accuracy of the published figure."""
    prices: tuple[Price, ...] = field(default=())
    """Published prices."""

    def from_objective(self, value: float) -> float:
        """The published measure of a plan with this objective."""
        return self.constant + self.sign * value


PLAIN: Json = {
    **PLAIN_POLICY,
    "shortage_bands": [{"width": 1, "weight": 1}],
    "priority_weights": {"1": 1, "2": 1, "3": 1},
}
"""Every unit short costs its item's value: no bands, no priorities."""


def county(id_: str, **more: Any) -> Json:
    """A county in the only power area, which has no limit."""
    return {"id": id_, "power_area": "grid", **more}


def problem(**parts: Any) -> Json:
    """A problem whose shortage costs the item's value and whose electricity is not limited."""
    return {"periods": ["all"], "power_areas": [{"id": "grid"}], "policy": PLAIN, **parts}


def plant(id_: str, place: str, *lines: Json, **more: Any) -> Json:
    """A factory."""
    return {"id": id_, "place": place, "lines": list(lines), **more}


def road(start: str, end: str, cost: float, **more: Any) -> Json:
    """A one-way link that costs so much a tonne."""
    return {"id": f"{start}.{end}", "from": start, "to": end, "one_way": True, "cost_per_tonne": cost, **more}

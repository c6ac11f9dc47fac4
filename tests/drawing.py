"""Random numbers and choices of one problem, drawn by hypothesis."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st

Draw = Callable[[st.SearchStrategy[Any]], Any]


@functools.cache
def quarters(least: float, most: float) -> st.SearchStrategy[float]:
    """Numbers between two bounds in steps of a quarter: one strategy each, for Hypothesis checks each new one at length."""
    return st.integers(int(least * 4), int(most * 4)).map(lambda steps: steps / 4)


class Drawing:
    """One problem being drawn: the draw function, the number of periods, and what exists so far."""

    def __init__(self, draw: Draw, periods: int, whole_units: bool, delays: bool) -> None:
        self.draw = draw
        self.periods = periods
        self.whole_units = whole_units
        self.delays = delays
        self.goods = [f"good-{n}" for n in range(1, draw(st.integers(1, 3)) + 1)]
        self.materials = [f"material-{n}" for n in range(1, draw(st.integers(0, 2)) + 1)]
        self.counties = [f"county-{n}" for n in range(1, draw(st.integers(1, 3)) + 1)]
        self.stations = [f"station-{n}" for n in range(1, draw(st.integers(0, 2)) + 1)]
        self.areas = [f"area-{n}" for n in range(1, draw(st.integers(1, 2)) + 1)]

    @property
    def items(self) -> list[str]:
        """Goods and materials."""
        return self.goods + self.materials

    @property
    def places(self) -> list[str]:
        """Counties and stations."""
        return self.counties + self.stations

    def one(self, choices: Sequence[Any]) -> Any:
        """One of some values."""
        return self.draw(st.sampled_from(choices))

    def number(self, least: float, most: float) -> float:
        """A quarter between two bounds."""
        return float(self.draw(quarters(least, most)))

    def by_period(self, least: float, most: float) -> float | list[float]:
        """A quarter that holds in every period, or one for each."""
        if self.draw(st.booleans()):
            return self.number(least, most)
        return [self.number(least, most) for _ in range(self.periods)]

    def perhaps(self, chance: int = 2) -> bool:
        """True once in `chance` times."""
        return bool(self.draw(st.integers(1, chance)) == chance)

    def some(self, choices: Sequence[str]) -> list[str]:
        """Any of some values, in their order, perhaps none."""
        return [choice for choice in choices if self.draw(st.booleans())]

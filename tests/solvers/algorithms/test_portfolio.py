"""Races: the first accepted answer is taken, and nobody waits for the rest."""

import time
from collections.abc import Callable

import numpy as np
import pytest

from solvers.algorithms.portfolio import Cancelled, Way, race
from solvers.lp.solution import Solution, Stop


def answer(value: float) -> Solution:
    return Solution(Stop("optimal"), np.array([value]), None)


def after(seconds: float, solution: Solution, stopped: list[bool] | None = None) -> Callable[[Cancelled], Solution]:
    def run(cancelled: Cancelled) -> Solution:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if cancelled():
                if stopped is not None:
                    stopped.append(True)
                return Solution(Stop("cancelled"), None, None)
            time.sleep(0.002)
        return solution

    return run


def test_the_first_accepted_answer_wins_and_the_other_is_told_to_stop() -> None:
    stopped: list[bool] = []
    finish = race((Way("slow", after(30, answer(1), stopped)), Way("quick", after(0.01, answer(2)))), lambda _: True)
    assert finish.way.name == "quick"
    end = time.monotonic() + 5
    while not stopped and time.monotonic() < end:
        time.sleep(0.01)
    assert stopped == [True]


def test_an_answer_that_is_not_accepted_does_not_win() -> None:
    ways = (Way("wrong", after(0, answer(1))), Way("right", after(0.1, answer(2))))
    assert race(ways, lambda s: s.values is not None and s.values[0] == 2).way.name == "right"


def test_without_an_accepted_answer_one_with_a_point_is_given() -> None:
    nothing = Solution(Stop("numerical"), None, None)
    finish = race((Way("nothing", after(0, nothing)), Way("point", after(0.05, answer(3)))), lambda _: False)
    assert finish.way.name == "point"


def test_a_way_held_back_does_not_begin_when_it_is_not_needed() -> None:
    finish = race((Way("quick", after(0.01, answer(1))), Way("later", after(0, answer(2)), after=60)), lambda _: True)
    assert (finish.way.name, finish.began) == ("quick", 1)


def test_a_way_held_back_begins_at_once_when_the_first_fails() -> None:
    begun = time.monotonic()
    ways = (Way("failing", after(0, answer(1))), Way("later", after(0, answer(2)), after=60))
    finish = race(ways, lambda s: s.values is not None and s.values[0] == 2)
    assert finish.way.name == "later"
    assert time.monotonic() - begun < 30


def test_what_a_way_raises_is_raised() -> None:
    def broken(_: Cancelled) -> Solution:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        race((Way("broken", broken), Way("slow", after(0.2, answer(1)))), lambda _: True)

"""Races: the first accepted answer is taken, and nobody waits for the rest."""

import time
from collections.abc import Callable

import numpy as np
import pytest

from solvers.algorithms.portfolio import Algorithm, Cancelled, run_portfolio
from solvers.lp.solution import Solution, Termination


def answer(value: float) -> Solution:
    return Solution(Termination("optimal"), np.array([value]), None)


def after(seconds: float, solution: Solution, stopped: list[bool] | None = None) -> Callable[[Cancelled], Solution]:
    def run(cancelled: Cancelled) -> Solution:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if cancelled():
                if stopped is not None:
                    stopped.append(True)
                return Solution(Termination("cancelled"), None, None)
            time.sleep(0.002)
        return solution

    return run


def test_the_first_accepted_answer_wins_and_the_other_is_told_to_stop() -> None:
    stopped: list[bool] = []
    finish = run_portfolio(
        (Algorithm("slow", after(30, answer(1), stopped)), Algorithm("quick", after(0.01, answer(2)))), lambda _: True
    )
    assert finish.algorithm.name == "quick"
    end = time.monotonic() + 5
    while not stopped and time.monotonic() < end:
        time.sleep(0.01)
    assert stopped == [True]


def test_an_answer_that_is_not_accepted_does_not_win() -> None:
    ways = (Algorithm("wrong", after(0, answer(1))), Algorithm("right", after(0.1, answer(2))))
    assert run_portfolio(ways, lambda s: s.values is not None and s.values[0] == 2).algorithm.name == "right"


def test_without_an_accepted_answer_one_with_a_point_is_given() -> None:
    nothing = Solution(Termination("numerical"), None, None)
    finish = run_portfolio(
        (Algorithm("nothing", after(0, nothing)), Algorithm("point", after(0.05, answer(3)))), lambda _: False
    )
    assert finish.algorithm.name == "point"


def test_a_way_held_back_does_not_begin_when_it_is_not_needed() -> None:
    finish = run_portfolio(
        (Algorithm("quick", after(0.01, answer(1))), Algorithm("later", after(0, answer(2)), start_after_seconds=60)),
        lambda _: True,
    )
    assert (finish.algorithm.name, finish.started) == ("quick", 1)


def test_a_way_held_back_begins_at_once_when_the_first_fails() -> None:
    begun = time.monotonic()
    ways = (Algorithm("failing", after(0, answer(1))), Algorithm("later", after(0, answer(2)), start_after_seconds=60))
    finish = run_portfolio(ways, lambda s: s.values is not None and s.values[0] == 2)
    assert finish.algorithm.name == "later"
    assert time.monotonic() - begun < 30


def test_what_a_way_raises_is_raised() -> None:
    def broken(_: Cancelled) -> Solution:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        run_portfolio((Algorithm("broken", broken), Algorithm("slow", after(0.2, answer(1)))), lambda _: True)

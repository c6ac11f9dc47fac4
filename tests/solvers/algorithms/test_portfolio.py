"""Portfolio: the first algorithm with a conclusive solution wins, and the others are cancelled; CPU load check."""

import time
from collections.abc import Callable
from threading import Event

import numpy as np
import psutil
import pytest

from solvers.algorithms.portfolio import (
    Algorithm,
    CancelCheck,
    append_step,
    has_idle_core,
    leaves_idle_core,
    run_portfolio,
)
from solvers.lp.solution import Solution, Termination


def solution_with(value: float) -> Solution:
    return append_step(
        Solution(Termination("optimal"), np.array([value]), None), str(value), "optimal", warm_start=False
    )


def after(seconds: float, solution: Solution, cancellation: Event | None = None) -> Callable[[CancelCheck], Solution]:
    def run(cancelled: CancelCheck) -> Solution:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if cancelled():
                if cancellation is not None:
                    cancellation.set()
                return Solution(Termination("cancelled"), None, None)
            time.sleep(0.002)
        return solution

    return run


def has_value(value: float) -> Callable[[Solution], bool]:
    return lambda solution: solution.values is not None and solution.values[0] == value


def test_first_algorithm_wins_and_the_other_algorithm_is_cancelled() -> None:
    cancellation = Event()
    slow = Algorithm("slow", after(30, solution_with(1), cancellation))
    solution = run_portfolio((Algorithm("quick", after(0.01, solution_with(2))), slow), lambda _: True)
    assert has_value(2)(solution)
    assert {(step.algorithm, step.outcome) for step in solution.strategy} <= {("slow", "cancelled"), ("2", "optimal")}
    assert cancellation.wait(10) or len(solution.strategy) == 1


def test_solution_that_comes_early_waits_for_the_algorithm_before_it() -> None:
    ended = Event()

    def solve_second(_: CancelCheck) -> Solution:
        ended.set()
        return solution_with(2)

    def solve_first(_: CancelCheck) -> Solution:
        assert ended.wait(20)
        return solution_with(1)

    assert has_value(1)(
        run_portfolio((Algorithm("first", solve_first), Algorithm("second", solve_second)), lambda _: True)
    )


def test_inconclusive_solution_does_not_win() -> None:
    algorithms = (Algorithm("wrong", after(0, solution_with(1))), Algorithm("right", after(0.1, solution_with(2))))
    solution = run_portfolio(algorithms, has_value(2))
    assert has_value(2)(solution)
    assert [step.algorithm for step in solution.strategy] == ["1", "2"]


def test_without_a_conclusive_solution_one_with_a_point_is_returned() -> None:
    empty = Solution(Termination("numerical"), None, None)
    algorithms = (Algorithm("empty", after(0, empty)), Algorithm("point", after(0.05, solution_with(3))))
    assert has_value(3)(run_portfolio(algorithms, lambda _: False))


def test_delayed_algorithm_does_not_start_if_not_needed() -> None:
    later = Algorithm("later", after(0, solution_with(2)), start_after_seconds=60)
    solution = run_portfolio((Algorithm("quick", after(0.01, solution_with(1))), later), lambda _: True)
    assert [step.algorithm for step in solution.strategy] == ["1"]


def test_delayed_algorithm_starts_when_the_first_fails() -> None:
    later = Algorithm("later", after(0, solution_with(2)), start_after_seconds=3600)
    solution = run_portfolio((Algorithm("failing", after(0, solution_with(1))), later), has_value(2))
    assert has_value(2)(solution)


def test_exception_of_an_algorithm_propagates() -> None:
    def broken(_: CancelCheck) -> Solution:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        run_portfolio((Algorithm("broken", broken), Algorithm("slow", after(0.2, solution_with(1)))), lambda _: True)


def test_cpu_load_is_sampled_from_all_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "cpu_percent", lambda _seconds, percpu: [100.0] * 4 if percpu else 0.0)
    assert not has_idle_core()


@pytest.mark.parametrize(
    ("busy", "expected"), [((0.0, 0.0), True), ((100.0, 0.0), False), ((100.0, 10.0, 5.0), True), ((0.0,), False)]
)
def test_two_threads_need_two_cores(busy: tuple[float, ...], expected: bool) -> None:
    assert leaves_idle_core(busy) is expected

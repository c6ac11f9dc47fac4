"""Listens to HiGHS while it solves: hints from its log, and the question whether to stop."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from highspy import cb
from highspy._core import _Highs

from solvers.backends.trivial_cases import ProgressReporter
from solvers.lp.solution import Progress

_SIMPLEX_LINE = re.compile(r"^(?:DuPh2|PrPh2)?\s*(\d+)\*?\s+(-?\d\.\d+e[+-]\d+)\s")
"""A line of either log: iteration and (primal) objective come first; in phase 1 there is no objective yet."""
_DETAILED_LINE = 2
"""Level of the log at which simplex speaks at every new factorisation, not every five seconds."""
_STAGES = {"Presolving": "presolve", "Running crossover": "crossover"}


def parse_log_line(message: str) -> Progress | None:
    """What a line of HiGHS' log says about progress, if anything."""
    found = _SIMPLEX_LINE.match(message)
    if found:
        return Progress("solve", int(found[1]), float(found[2]))
    for words, stage in _STAGES.items():
        if message.lstrip().startswith(words):
            return Progress(stage)
    return None


@contextmanager
def solver_callbacks(
    highs: _Highs, reporter: ProgressReporter, *, reports_progress: bool, is_cancellable: bool, simplex: bool = True
) -> Iterator[None]:
    """While inside, pass hints to the gate (`told`) and stop HiGHS when the gate says so (`asked`); costs nothing if neither."""
    if not (reports_progress or is_cancellable):
        yield
        return

    def handle_callback(
        kind: cb.HighsCallbackType,
        message: str,
        _heard: cb.HighsCallbackOutput,
        answer: cb.HighsCallbackInput | None,
        _data: Any,
    ) -> None:
        if kind == cb.HighsCallbackType.kCallbackLogging:
            progress = parse_log_line(message)
            if progress is not None:
                reporter.report_progress(progress)
        elif answer is not None and reporter.should_cancel():
            answer.user_interrupt = True

    # The console must be shut before the log is opened, or HiGHS prints a banner.
    highs.setOptionValue("log_to_console", False)
    highs.setOptionValue("log_dev_level", _DETAILED_LINE if reports_progress and simplex else 0)
    highs.setOptionValue("output_flag", reports_progress)
    highs.setCallback(handle_callback, None)
    kinds = [cb.HighsCallbackType.kCallbackLogging] if reports_progress else []
    if is_cancellable:
        kinds += [cb.HighsCallbackType.kCallbackSimplexInterrupt, cb.HighsCallbackType.kCallbackIpmInterrupt]
    for kind in kinds:
        highs.startCallback(kind)
    try:
        yield
    finally:
        for kind in kinds:
            highs.stopCallback(kind)
        highs.setCallback(None, None)
        highs.setOptionValue("output_flag", False)
        highs.setOptionValue("log_dev_level", 0)

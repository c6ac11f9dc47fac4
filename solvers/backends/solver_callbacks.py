"""Callbacks into a running HiGHS solve: progress reports from its log, and cancellation."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from highspy import cb
from highspy._core import _Highs

from solvers.backends.base import ProgressReporter
from solvers.lp.solution import Progress

_SIMPLEX_LINE = re.compile(r"^(?:DuPh2|PrPh2)?\s*(\d+)\*?\s+(-?\d\.\d+e[+-]\d+)\s")
"""An iteration line of simplex or interior point: iteration, then (primal) objective. Phase 1 lines have no objective."""
_DETAILED_LOG_LEVEL = 2
"""Log level at which simplex logs each refactorization instead of one line every five seconds."""
_STAGES = {"Presolving": "presolve", "Running crossover": "crossover"}


def parse_log_line(message: str) -> Progress | None:
    """Parse a log line of HiGHS; None if the line reports no progress."""
    found = _SIMPLEX_LINE.match(message)
    if found:
        return Progress("solve", int(found[1]), float(found[2]))
    for prefix, stage in _STAGES.items():
        if message.lstrip().startswith(prefix):
            return Progress(stage)
    return None


@contextmanager
def register_solver_callbacks(
    highs: _Highs, reporter: ProgressReporter, *, reports_progress: bool, is_cancellable: bool, is_simplex: bool = True
) -> Iterator[None]:
    """Install callbacks for progress reports and cancellation; without both, install none."""
    if not (reports_progress or is_cancellable):
        yield
        return

    def handle_callback(
        kind: cb.HighsCallbackType,
        message: str,
        _output: cb.HighsCallbackOutput,
        callback_input: cb.HighsCallbackInput | None,
        _data: Any,
    ) -> None:
        if kind == cb.HighsCallbackType.kCallbackLogging:
            progress = parse_log_line(message)
            if progress is not None:
                reporter.report_progress(progress)
        elif callback_input is not None and reporter.should_cancel():
            callback_input.user_interrupt = True

    # Disable the console before the log is enabled; otherwise HiGHS prints a banner.
    highs.setOptionValue("log_to_console", False)
    highs.setOptionValue("log_dev_level", _DETAILED_LOG_LEVEL if reports_progress and is_simplex else 0)
    highs.setOptionValue("output_flag", reports_progress)
    highs.setCallback(handle_callback, None)
    kinds = [cb.HighsCallbackType.kCallbackLogging] if reports_progress else []
    if is_cancellable:
        kinds += [
            cb.HighsCallbackType.kCallbackSimplexInterrupt,
            cb.HighsCallbackType.kCallbackIpmInterrupt,
            cb.HighsCallbackType.kCallbackMipInterrupt,
        ]
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

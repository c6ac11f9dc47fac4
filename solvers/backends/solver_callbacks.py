"""Callbacks into a running HiGHS solve: progress reports from its log, and cancellation."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from highspy import cb
from highspy._core import _Highs

from solvers.backends.base import ProgressReporter
from solvers.lp.solution import Progress

_REFACTORIZATION_LINE = re.compile(r"^(?:Du|Pr)Ph[12]\s+(\d+)\s+(-?\d\.\d+e[+-]\d+)\s")
"""A line of the detailed log of simplex, one for each refactorization: iteration, then objective. Lines of the plain log depend on the
clock."""
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


def parse_refactorization(message: str) -> Progress | None:
    """Parse a log line of a refactorization; None if the line is another one. In phase 1 the objective is unknown."""
    found = _REFACTORIZATION_LINE.match(message)
    if found is None:
        return None
    return Progress("solve", int(found[1]), None if message[4] == "1" else float(found[2]))


def _build_handler(reporter: ProgressReporter, *, is_watched: bool) -> Callable[..., None]:
    """Build the callback that HiGHS calls with each log line, and where it may be interrupted."""

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
            refactorization = parse_refactorization(message) if is_watched else None
            if refactorization is not None:
                reporter.watch_refactorization(refactorization)
        elif callback_input is not None and reporter.should_cancel():
            callback_input.user_interrupt = True

    return handle_callback


@contextmanager
def register_solver_callbacks(
    highs: _Highs,
    reporter: ProgressReporter,
    *,
    reports_progress: bool,
    is_cancellable: bool,
    is_simplex: bool = True,
    is_watched: bool = False,
) -> Iterator[None]:
    """Install callbacks for progress reports, cancellation and watched refactorizations; without any, install none."""
    is_watched &= is_simplex
    reads_log = reports_progress or is_watched
    is_cancellable |= is_watched
    if not (reads_log or is_cancellable):
        yield
        return

    # Disable the console before the log is enabled; otherwise HiGHS prints a banner.
    highs.setOptionValue("log_to_console", False)
    highs.setOptionValue("log_dev_level", _DETAILED_LOG_LEVEL if reads_log and is_simplex else 0)
    highs.setOptionValue("output_flag", reads_log)
    highs.setCallback(_build_handler(reporter, is_watched=is_watched), None)
    kinds = [cb.HighsCallbackType.kCallbackLogging] if reads_log else []
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

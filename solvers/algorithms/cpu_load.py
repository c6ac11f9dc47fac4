"""Whether the machine has a core to spare: there a second way to an answer costs nobody anything, on a busy machine everybody."""

from collections.abc import Sequence

import psutil

SAMPLE_SECONDS = 0.1
"""How long the cores are watched; the kernel counts in hundredths of a second."""

MAX_BUSY_PERCENT = 150.0
"""Idle time of all cores together, in per cent of one, from which the caller and a second thread have a core each."""


def has_idle_core() -> bool:
    """Whether, while the caller sleeps, there is a core for him and most of another."""
    return leaves_idle_core(psutil.cpu_percent(SAMPLE_SECONDS, percpu=True))


def leaves_idle_core(busy: Sequence[float]) -> bool:
    """Whether cores that are busy to these per cent leave room for two threads."""
    return sum(100.0 - share for share in busy) > MAX_BUSY_PERCENT

"""Seconds and memory of one run, each run in a process of its own; medians of several."""

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run took, or the medians of several."""

    wall: float
    """Seconds by the clock on the wall."""
    cpu: float
    """Seconds of all threads; what counts on a machine that others use too."""
    peak_mib: float = 0.0
    """Greatest memory of the process (of the service and its children together for `request`), libraries included."""
    note: str = ""
    """What came out, or why it was cut."""
    runs: int = 1
    """How many runs the medians are of."""
    share: float | None = None
    """Of `request`: what is not the solver's as a share of the whole."""


@dataclass(slots=True)
class Timer:
    """Measures the part of a driver that counts, so that what it needs beforehand does not."""

    wall: float = 0.0
    cpu: float = 0.0
    note: str = ""
    _began: tuple[float, float] = field(default=(0.0, 0.0))

    @contextmanager
    def running(self) -> Iterator["Timer"]:
        """Time what is done within; several times add up."""
        self._began = time.perf_counter(), time.process_time()
        yield self
        self.wall += time.perf_counter() - self._began[0]
        self.cpu += time.process_time() - self._began[1]

    def measured(self) -> Measured:
        """What was measured so far."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MIB
        return Measured(self.wall, self.cpu, peak, self.note)


def timed(run: Callable[[], str]) -> Measured:
    """Time one run, which gives a note."""
    timer = Timer()
    with timer.running():
        timer.note = run()
    return timer.measured()


def apart(subject: str, driver: str, limit: float, checkout: Path | None = None) -> Measured:
    """One run in a fresh process, so that nothing is warm and its memory is its own; of another checkout of Allot if given.

    RuntimeError with the process' last words where it fails.
    """
    command = [
        sys.executable,
        "-m",
        "benchmarks",
        "one",
        "--subject",
        subject,
        "--driver",
        driver,
        "--limit",
        str(limit),
    ]
    environment = None if checkout is None else os.environ | {"PYTHONPATH": str(checkout.resolve())}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=checkout, env=environment)
    if done.returncode:
        raise RuntimeError(f"{driver} of {subject} failed: {done.stderr.strip()[-2000:]}")
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def as_json(measured: Measured) -> str:
    """One line for `apart` to read."""
    return json.dumps(asdict(measured))


def medians(runs: Sequence[Measured]) -> Measured:
    """The median of each figure; the note of the last run."""
    wall, cpu, peak = (statistics.median(getattr(r, name) for r in runs) for name in ("wall", "cpu", "peak_mib"))
    shares = [r.share for r in runs if r.share is not None]
    return Measured(wall, cpu, peak, runs[-1].note, len(runs), statistics.median(shares) if shares else None)

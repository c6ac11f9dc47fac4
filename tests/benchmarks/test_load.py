"""The load that the benchmark puts on a service, for some seconds: nothing is lost, and nothing is our fault. Never a timing."""

import asyncio
import socket
from pathlib import Path

import pytest

from benchmarks.load import load, report, service


@pytest.mark.slow_lane  # the fault tests of the gate count what is lost as well
def test_nothing_is_lost_under_load(tmp_path: Path) -> None:
    with service(tmp_path, solver_workers=1) as address:
        tally = asyncio.run(load(address, callers=8, seconds=4, think=0.05, large=False))
    assert not tally.lost
    assert not tally.failed
    assert len(tally.accepted) >= 8
    assert set(tally.statuses) <= {200, 201, 202, 429}
    assert len(tally.reads()) > 50
    assert "| all reads |" in report(tally, 4)


def test_what_is_not_answered_counts_as_lost() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # not listening: every request is refused
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        tally = asyncio.run(load(address, callers=2, seconds=0.9, think=0.05, large=False))
    assert 1 <= len(tally.lost) <= 2  # each waits a second after a refusal; one that begins late asks nothing
    assert tally.failed

"""What hostile bodies cost a real service process: refused before memory is spent."""

import sys
from collections.abc import Callable

import pytest

from benchmarks.memory import CASES, MIB, measure

MOST = 200 * MIB
"""What a refused body may cost beside its own bytes and their copy on the way in."""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
@pytest.mark.parametrize(
    "name",
    [
        "1,000,000 rows of demand, JSON",
        pytest.param("30,000,000 numbers, JSON", marks=pytest.mark.slow_lane),
        pytest.param("100 MiB, JSON", marks=pytest.mark.slow_lane),
        "zip bomb, 1 GiB unpacked",
    ],
)
def test_too_much_is_refused_before_it_is_made(name: str) -> None:
    media_type, make = CASES[name]
    body_maker: Callable[[], bytes] = make
    status, _, before, after = measure(media_type, body_maker())
    assert status == 413
    assert after - before < MOST
